#pragma once

#include "weir/net/port.hpp"
#include "weir/net/protocol.hpp"
#include "weir/pool/external_address.hpp"
#include "weir/pool/pool.hpp"
#include "weir/pool/port_owner.hpp"
#include "weir/pool/port_slice.hpp"
#include "weir/pool/random.hpp"
#include "weir/table/bitmap.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

namespace weir {

/// What an internal endpoint wants of an external address.
struct port_wish {
  weir::protocol protocol{};
  port_space space{};
  port internal{};
};

/// IKE's port. Some responders answer to no other (RFC 3715 section 2.3), so it is kept when it is
/// free, even by a pool whose ports begin above it.
inline constexpr port ike_port{500};

/// Chooses a free port of one external address: the internal port where the pool keeps ports, else
/// one at random (RFC 6056 section 3.3.1) of the same range and parity, then of the same range,
/// then any. Nothing if and only if no port is left that this shard may give; nothing is taken.
template <Random R>
std::optional<port> choose_port(const port_owner& owner, external_id external, const pool& from,
                                const port_wish& wish, shard_share share, R& random) noexcept;

namespace detail {

/// The part of two ranges that both contain.
constexpr std::optional<port_range> common(port_range one, port_range other) noexcept {
  return port_range::between(std::max(one.first(), other.first()),
                             std::min(one.last(), other.last()));
}

/// RFC 4787 REQ-3a: ports below 1024 stay below it, and the others above.
constexpr port_range range_class(port internal) noexcept {
  constexpr port_range well_known = *port_range::between(port{0}, port{1023});
  constexpr port_range others = *port_range::between(well_known_end, port{65535});
  return internal < well_known_end ? well_known : others;
}

constexpr port_parity parity_of(port internal) noexcept {
  return internal.number() % 2 == 0 ? port_parity::even : port_parity::odd;
}

template <Random R>
port any_of(port_range range, R& random) noexcept {
  return port{static_cast<std::uint16_t>(range.first().number() + below(range.size(), random))};
}

/// Whether a pool that keeps ports may give the internal port itself.
inline bool may_keep(const pool& from, const port_wish& wish, port_range slice,
                     shard_share share) noexcept {
  if (slice.contains(wish.internal)) {
    return true;
  }
  return wish.protocol == protocol::udp && wish.internal == ike_port && share.index == 0 &&
         !from.numbers(wish.space).contains(ike_port);
}

}  // namespace detail

template <Random R>
std::optional<port> choose_port(const port_owner& owner, external_id external, const pool& from,
                                const port_wish& wish, shard_share share, R& random) noexcept {
  const auto slice = slice_of(from.numbers(wish.space), share);
  if (!slice) {
    return std::nullopt;
  }
  // SCTP's checksum does not follow from the change of a port, so its ports are kept or refused.
  const bool must_keep = wish.protocol == protocol::sctp;
  if ((from.manners.preserve_port || must_keep) && detail::may_keep(from, wish, *slice, share) &&
      !owner.taken(external, wish.space, wish.internal)) {
    return wish.internal;
  }
  if (must_keep) {
    return std::nullopt;
  }
  const auto search = [&](port_range within) noexcept {
    const port start = detail::any_of(within, random);
    if (from.manners.preserve_parity) {
      const port_parity parity = detail::parity_of(wish.internal);
      const auto found = owner.find_free(external, wish.space, start, within, parity);
      if (found) return found;
    }
    return owner.find_free(external, wish.space, start, within);
  };
  if (from.manners.preserve_range && wish.space != port_space::icmp) {
    if (const auto within = detail::common(*slice, detail::range_class(wish.internal))) {
      if (const auto found = search(*within)) return found;
    }
  }
  return search(*slice);
}

/// Chooses a free port of a deterministic host's block: the one the internal port asks for, else
/// the next free one. Nothing if and only if the block is full.
inline std::optional<port> choose_port(const port_owner& owner, external_id external,
                                       const host_block& block, const port_wish& wish) noexcept {
  if (wish.protocol == protocol::sctp) {
    const bool kept =
        block.ports.contains(wish.internal) && !owner.taken(external, wish.space, wish.internal);
    return kept ? std::optional{wish.internal} : std::nullopt;
  }
  return owner.find_free(external, wish.space, preferred_port(block, wish.internal), block.ports);
}

}  // namespace weir

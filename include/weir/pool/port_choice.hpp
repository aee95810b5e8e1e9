#pragma once

#include "weir/base/word_optional.hpp"
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

/// Chooses a free port of one external address: the internal port where the pool keeps ports, else
/// one at random (RFC 6056 section 3.3.1) of the same range and parity, then of the same range,
/// then any. Nothing if and only if no port is left that this shard may give; SCTP has the internal
/// port or none. Nothing is taken.
template <Random R>
word_optional<port> choose_port(const port_owner& owner, external_id external, const pool& from,
                                const port_wish& wish, shard_share share, R& random) noexcept;

/// What `choose_port` will choose if the port it draws is free, which is not looked up. Draws as
/// `choose_port` does.
template <Random R>
port likely_port(const port_owner& owner, external_id external, const pool& from,
                 const port_wish& wish, shard_share share, R& random) noexcept;

/// What `choose_port` comes to if it draws `start`, as far as that is of the ports it prefers.
inline word_optional<port> port_behind(const port_owner& owner, external_id external,
                                       const pool& from, const port_wish& wish, shard_share share,
                                       port start) noexcept;

/// Whether `choose_port` comes to the same if it draws `start`, whatever ports come back but those
/// that `stays(port)`, asked of each that stands in its way; false where these are many.
template <class Stays>
bool rests_on(const port_owner& owner, external_id external, const pool& from,
              const port_wish& wish, shard_share share, port start, Stays&& stays) noexcept;

namespace detail {

/// The part of two ranges that both contain.
constexpr std::optional<port_range> common(port_range one, port_range other) noexcept {
  return port_range::between(std::max(one.first(), other.first()),
                             std::min(one.last(), other.last()));
}

/// RFC 4787 REQ-3a: ports below 1024 stay below it, and the others above.
constexpr port_range range_class(port internal) noexcept {
  constexpr auto last = static_cast<std::uint16_t>(well_known_end.number() - 1);
  constexpr port_range well_known = *port_range::between(port{0}, port{last});
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
         !from.ports.contains(ike_port) && from.gives_ike_port;
}

/// SCTP's checksum does not follow from the change of a port, so its ports are kept or refused.
constexpr bool must_keep(const port_wish& wish) noexcept { return wish.protocol == protocol::sctp; }

/// Whether the internal port is given: it may be kept, and is free.
inline bool is_kept(const port_owner& owner, external_id external, const pool& from,
                    const port_wish& wish, port_range slice, shard_share share) noexcept {
  return (from.manners.preserve_port || must_keep(wish)) && may_keep(from, wish, slice, share) &&
         !owner.taken(external, wish.space, wish.internal);
}

/// The ports of a slice that are searched before the others, if it has any of these.
inline std::optional<port_range> preferred_range(const pool& from, const port_wish& wish,
                                                 port_range slice) noexcept {
  if (!from.manners.preserve_range || wish.space == port_space::icmp) return std::nullopt;
  return common(slice, range_class(wish.internal));
}

/// A free port of a range, from `start` on: of the parity that the pool keeps, or any.
inline word_optional<port> free_from(const port_owner& owner, external_id external,
                                     const pool& from, const port_wish& wish, port_range within,
                                     port start) noexcept {
  if (from.manners.preserve_parity) {
    const port_parity parity = parity_of(wish.internal);
    const auto found = owner.find_free(external, wish.space, start, within, parity);
    if (found) return found;
  }
  return owner.find_free(external, wish.space, start, within);
}

/// Whether a search of a range comes to the same, whatever ports come back but those that
/// `stays(port)`, asked of each that stands in its way; false where these are many.
template <class Stays>
bool search_rests_on(const port_owner& owner, external_id external, port_space space,
                     port_range within, port_parity parity, port start, Stays& stays) noexcept {
  constexpr unsigned asked_max = 64;
  if (!within.contains(start)) return false;
  const auto found = owner.find_free(external, space, start, within, parity);
  if (!found || *found < start) return false;
  unsigned asked = 0;
  for (std::uint32_t one = start.number(); one < (*found).number(); ++one) {
    const port passed{static_cast<std::uint16_t>(one)};
    if (parity != port_parity::any && parity != parity_of(passed)) continue;
    if (++asked > asked_max || !stays(passed)) return false;
  }
  return true;
}

}  // namespace detail

template <Random R>
word_optional<port> choose_port(const port_owner& owner, external_id external, const pool& from,
                                const port_wish& wish, shard_share share, R& random) noexcept {
  const auto slice = slice_of(from.numbers(wish.space), share);
  if (!slice) {
    return std::nullopt;
  }
  if (detail::is_kept(owner, external, from, wish, *slice, share)) {
    return wish.internal;
  }
  if (detail::must_keep(wish)) {
    return std::nullopt;
  }
  const auto search = [&](port_range within) noexcept {
    return detail::free_from(owner, external, from, wish, within, detail::any_of(within, random));
  };
  if (const auto within = detail::preferred_range(from, wish, *slice)) {
    if (const auto found = search(*within)) return found;
  }
  return search(*slice);
}

template <Random R>
port likely_port(const port_owner& owner, external_id external, const pool& from,
                 const port_wish& wish, shard_share share, R& random) noexcept {
  const auto slice = slice_of(from.numbers(wish.space), share);
  if (!slice || detail::must_keep(wish) ||
      detail::is_kept(owner, external, from, wish, *slice, share)) {
    return wish.internal;
  }
  const auto within = detail::preferred_range(from, wish, *slice);
  const port start = detail::any_of(within.value_or(*slice), random);
  const bool goes_on =
      from.manners.preserve_parity && detail::parity_of(start) != detail::parity_of(wish.internal);
  return goes_on ? port{static_cast<std::uint16_t>(start.number() + 1)} : start;
}

inline word_optional<port> port_behind(const port_owner& owner, external_id external,
                                       const pool& from, const port_wish& wish, shard_share share,
                                       port start) noexcept {
  const auto slice = slice_of(from.numbers(wish.space), share);
  if (!slice || detail::must_keep(wish)) {
    return std::nullopt;
  }
  const port_range within = detail::preferred_range(from, wish, *slice).value_or(*slice);
  return detail::free_from(owner, external, from, wish, within, start);
}

template <class Stays>
bool rests_on(const port_owner& owner, external_id external, const pool& from,
              const port_wish& wish, shard_share share, port start, Stays&& stays) noexcept {
  const auto slice = slice_of(from.numbers(wish.space), share);
  if (!slice) return false;
  if (detail::is_kept(owner, external, from, wish, *slice, share)) return true;
  if (detail::must_keep(wish)) return false;
  const bool was_wanted = from.manners.preserve_port && detail::may_keep(from, wish, *slice, share);
  if (was_wanted && !stays(wish.internal)) return false;
  const port_range within = detail::preferred_range(from, wish, *slice).value_or(*slice);
  const auto parity =
      from.manners.preserve_parity ? detail::parity_of(wish.internal) : port_parity::any;
  return detail::search_rests_on(owner, external, wish.space, within, parity, start, stays);
}

/// Chooses a free port of a deterministic host's block: the one the internal port asks
/// for, else the next free one. Nothing if and only if the block is full; SCTP has the internal
/// port or none.
inline word_optional<port> choose_port(const port_owner& owner, external_id external,
                                       const host_block& block, const port_wish& wish) noexcept {
  if (detail::must_keep(wish)) {
    const bool kept =
        block.ports.contains(wish.internal) && !owner.taken(external, wish.space, wish.internal);
    return kept ? word_optional{wish.internal} : word_optional<port>{};
  }
  return owner.find_free(external, wish.space, preferred_port(block, wish.internal), block.ports);
}

}  // namespace weir

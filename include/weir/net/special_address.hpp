#pragma once

// Addresses that the registries set apart (RFC 6890 and its successors), as far as a forwarder must
// care.

#include "weir/net/ip_version.hpp"
#include "weir/net/prefix.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>

namespace weir {

/// 240.0.0.0/4 (RFC 1112 section 4), the limited broadcast excepted.
constexpr bool is_reserved(ipv4_address address) noexcept {
  return address.bits() >> 28 == 0xF && !address.is_limited_broadcast();
}

/// Whether no packet on a wire can honestly come from here: "this network", loopback, multicast,
/// broadcast, reserved (RFC 1122 section 3.2.1.3, RFC 1812 section 5.3.7).
constexpr bool is_martian_source(ipv4_address address) noexcept {
  return address.bits() >> 24 == 0 || address.is_loopback() || address.is_multicast() ||
         address.is_limited_broadcast() || is_reserved(address);
}

/// Whether packets may be forwarded from and to every address of a block: none of them is a martian
/// or stays on its link (RFC 3927 section 7).
inline bool is_routable(const ipv4_prefix& block) noexcept {
  const ipv4_prefix not_routed[] = {
      ipv4_prefix::around(ipv4_address{0, 0, 0, 0}, 8),
      ipv4_prefix::around(ipv4_address{127, 0, 0, 0}, 8),
      ipv4_prefix::around(ipv4_address{169, 254, 0, 0}, 16),
      ipv4_prefix::around(ipv4_address{224, 0, 0, 0}, 3),
  };
  return std::none_of(std::begin(not_routed), std::end(not_routed),
                      [&](const ipv4_prefix& other) { return block.overlaps(other); });
}

/// Whether no packet on a wire can honestly come from here: unspecified, loopback, multicast,
/// IPv4-mapped (RFC 4291 section 2.5, RFC 4942 section 2.2).
constexpr bool is_martian_source(const ipv6_address& address) noexcept {
  return address.is_unspecified() || address.is_loopback() || address.is_multicast() ||
         address.is_v4_mapped();
}

/// Whether no packet may be routed there, whatever the routes say: "this network", loopback,
/// reserved. Multicast and broadcast are the host path's.
constexpr bool is_martian_destination(ipv4_address address) noexcept {
  return address.bits() >> 24 == 0 || address.is_loopback() || is_reserved(address);
}

/// Whether an address is a multicast whose scope no packet on a wire can have: reserved or
/// interface-local (RFC 4291 section 2.7).
constexpr bool is_multicast_off_the_wire(const ipv6_address& address) noexcept {
  constexpr std::uint64_t interface_local = 1;
  return address.is_multicast() && (address.high() >> 48 & 0xF) <= interface_local;
}

/// Whether no packet may be routed there, nor delivered from a wire: unspecified, loopback,
/// IPv4-mapped, multicast that stays in its host.
constexpr bool is_martian_destination(const ipv6_address& address) noexcept {
  return address.is_unspecified() || address.is_loopback() || address.is_v4_mapped() ||
         is_multicast_off_the_wire(address);
}

static_assert(is_martian_source(ipv4_address{127, 0, 0, 1}));
static_assert(is_martian_source(ipv4_address{240, 0, 0, 1}));
static_assert(!is_martian_source(ipv4_address{10, 0, 0, 1}));

}  // namespace weir

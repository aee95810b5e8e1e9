#pragma once

#include "weir/net/ip_address.hpp"
#include "weir/net/mac_address.hpp"
#include "weir/wire/bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace weir::program {

/// What the program's outputs put in front of every packet.
inline constexpr std::size_t ethernet_header_size = 14;
inline constexpr std::uint16_t ether_type_ipv4 = 0x0800;
inline constexpr std::uint16_t ether_type_arp = 0x0806;
inline constexpr std::uint16_t ether_type_ipv6 = 0x86DD;

/// Stores an Ethernet header with the type given as a number.
inline void store_ethernet(std::span<std::byte, ethernet_header_size> into,
                           const mac_address& destination, const mac_address& source,
                           std::uint16_t type) noexcept {
  for (std::size_t at = 0; at < mac_address::size; ++at) {
    into[at] = std::byte{destination.octets()[at]};
    into[at + mac_address::size] = std::byte{source.octets()[at]};
  }
  store_be(into.data() + 2 * mac_address::size, type);
}

}  // namespace weir::program

#pragma once

#include "weir/link/link_type.hpp"

#include <pcap/pcap.h>

#include <cstdint>
#include <optional>
#include <string>

namespace weir::pcap {

/// The link type that a capture's number stands for (the tcpdump group's LINKTYPE_ registry);
/// nothing if weir takes no such header off.
constexpr std::optional<link_type> link_type_of(std::uint16_t number) noexcept {
  switch (number) {
    case 1:
      return link_type::ethernet;
    case 12:   // DLT_RAW, as some programs write it
    case 14:   // DLT_RAW of OpenBSD
    case 101:  // LINKTYPE_RAW
      return link_type::raw;
    case 228:  // LINKTYPE_IPV4
      return link_type::raw_ipv4;
    case 229:  // LINKTYPE_IPV6
      return link_type::raw_ipv6;
    case 113:
      return link_type::linux_cooked;
    case 276:
      return link_type::linux_cooked_v2;
    case 0:    // LINKTYPE_NULL
    case 108:  // LINKTYPE_LOOP
      return link_type::null;
    default:
      return std::nullopt;
  }
}

/// The number that a capture of the program's own gets.
inline constexpr std::uint16_t link_number_ethernet = 1;
inline constexpr std::uint16_t link_number_raw_ip = 101;

/// What people call a capture's link type: libpcap's name and number, or the number alone.
inline std::string link_name(std::uint16_t number) {
  const char* const known = ::pcap_datalink_val_to_name(number);
  const auto digits = std::to_string(number);
  return known == nullptr ? digits : std::string{known} + " (" + digits + ")";
}

}  // namespace weir::pcap

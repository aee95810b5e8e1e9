#pragma once

#include <cstdint>
#include <string_view>

namespace weir {

/// The link layers whose headers weir takes off.
enum class link_type : std::uint8_t {
  ethernet,         ///< DLT_EN10MB
  raw,              ///< no header: the version field tells the family
  raw_ipv4,         ///< DLT_IPV4: no header, and IPv4 alone
  raw_ipv6,         ///< DLT_IPV6: no header, and IPv6 alone
  linux_cooked,     ///< DLT_LINUX_SLL
  linux_cooked_v2,  ///< DLT_LINUX_SLL2
  null,             ///< DLT_NULL and DLT_LOOP: four bytes of address family
};

/// The name people know it by.
constexpr std::string_view name(link_type type) noexcept {
  switch (type) {
    case link_type::ethernet:
      return "Ethernet";
    case link_type::raw:
      return "raw IP";
    case link_type::raw_ipv4:
      return "raw IPv4";
    case link_type::raw_ipv6:
      return "raw IPv6";
    case link_type::linux_cooked:
      return "Linux cooked";
    case link_type::linux_cooked_v2:
      return "Linux cooked v2";
    case link_type::null:
      return "null/loopback";
  }
  return {};
}

}  // namespace weir

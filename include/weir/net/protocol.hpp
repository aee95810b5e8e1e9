#pragma once

#include <cstdint>
#include <string_view>

namespace weir {

/// An IP protocol or IPv6 next header number (IANA); any value is legal, these have names.
enum class protocol : std::uint8_t {
  hop_by_hop = 0,
  icmp = 1,
  igmp = 2,
  ipip = 4,
  tcp = 6,
  udp = 17,
  dccp = 33,
  ipv6_encapsulation = 41,
  routing = 43,
  fragment = 44,
  gre = 47,
  esp = 50,
  ah = 51,
  icmpv6 = 58,
  no_next_header = 59,
  destination_options = 60,
  sctp = 132,
  mobility = 135,
  udp_lite = 136,
  hip = 139,
  shim6 = 140,
};

constexpr std::uint8_t number(protocol value) noexcept { return static_cast<std::uint8_t>(value); }

/// Whether the first four bytes of the transport header are a source and a destination port.
constexpr bool has_ports(protocol value) noexcept {
  return value == protocol::tcp || value == protocol::udp || value == protocol::sctp ||
         value == protocol::udp_lite || value == protocol::dccp;
}

/// The IANA keyword in lower case; empty where weir has no name for it.
constexpr std::string_view name(protocol value) noexcept {
  switch (value) {
    case protocol::hop_by_hop:
      return "hopopt";
    case protocol::icmp:
      return "icmp";
    case protocol::igmp:
      return "igmp";
    case protocol::ipip:
      return "ipip";
    case protocol::tcp:
      return "tcp";
    case protocol::udp:
      return "udp";
    case protocol::dccp:
      return "dccp";
    case protocol::ipv6_encapsulation:
      return "ipv6";
    case protocol::routing:
      return "ipv6-route";
    case protocol::fragment:
      return "ipv6-frag";
    case protocol::gre:
      return "gre";
    case protocol::esp:
      return "esp";
    case protocol::ah:
      return "ah";
    case protocol::icmpv6:
      return "icmpv6";
    case protocol::no_next_header:
      return "ipv6-nonxt";
    case protocol::destination_options:
      return "ipv6-opts";
    case protocol::sctp:
      return "sctp";
    case protocol::mobility:
      return "mobility";
    case protocol::udp_lite:
      return "udplite";
    case protocol::hip:
      return "hip";
    case protocol::shim6:
      return "shim6";
  }
  return {};
}

}  // namespace weir

#pragma once

// Overview
//
// What a home network says to the Internet in a minute, made from a seed: web pages over TCP with
// their DNS queries, pings, a traceroute, time and calls over UDP, connections that are reset or
// never answered, ARP and service discovery on the home side, and strangers who knock from outside.
// The packets are those that one would see on the cable between the home and its gateway: with the
// hosts' own addresses.

#include "weir/net/mac_address.hpp"
#include "weir/net/prefix.hpp"
#include "weir/time/instant.hpp"
#include "weir/wire/link_header.hpp"

#include "examples/weir/craft.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace weir::program {

struct home_options {
  std::uint64_t seed = 1;
  ip_prefix inside{ipv4_prefix::around(ipv4_address{10, 0, 0, 0}, 24)};
  std::optional<ip_prefix> inside_ipv6;
  std::uint32_t hosts = 8;
  std::uint32_t conversations = 400;
  duration length = duration::seconds(60);
};

/// One frame of the cable, from the Ethernet type on.
struct made_frame {
  instant time{};
  bool from_inside = false;
  link_addresses stations{};
  std::uint16_t type = 0;
  packet_bytes payload;
};

/// The Internet of the made network: blocks for documentation (RFC 5737, RFC 3849), but for what
/// the example home-gateway.yaml has on its own links. No home lives there.
inline constexpr std::array<ip_prefix, 3> made_internet{
    ipv4_prefix::around(ipv4_address{198, 51, 100, 0}, 24),
    ipv4_prefix::around(ipv4_address{192, 0, 2, 0}, 24),
    ipv6_prefix::around(ipv6_address::from_halves(0x20010DB800FF0000, 0), 64)};

/// When the made traffic begins: the first second of 2024, so that runs compare.
inline constexpr instant traffic_start = instant::from_epoch(duration::seconds(1'704'067'200));

/// Every frame, in the order of time. The same options make the same frames.
std::vector<made_frame> home_traffic(const home_options& options);

/// Station addresses of the made network: the gateway, and the inside hosts by number.
mac_address gateway_mac();
mac_address host_mac(std::uint32_t host);

/// The host's address: the gateway is number 0 of the prefix, and hosts follow.
ip_address host_address(const ip_prefix& inside, std::uint32_t host);

}  // namespace weir::program

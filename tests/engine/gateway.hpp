#pragma once

// The box under test, compiled once for all tests of the engine, and what their configurations and
// conversations have in common.

#include "tests/support/gateway.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace weir {

extern template class basic_worker<default_traits>;

namespace test {

extern template class basic_gateway<default_traits>;

/// A neighbour's station, where nothing asks which one.
inline constexpr mac_address any_station{{2, 0, 0, 0, 0, 9}};

/// One external endpoint for one internal one.
inline static_configuration port_forward(std::string_view external, unsigned external_port,
                                         std::string_view internal, unsigned internal_port,
                                         weir::protocol kind = weir::protocol::tcp) {
  static_configuration made;
  made.external = parse_ip_address(external)->v4();
  made.external_port = port{static_cast<std::uint16_t>(external_port)};
  made.internal = parse_ip_address(internal)->v4();
  made.internal_port = port{static_cast<std::uint16_t>(internal_port)};
  made.protocol = kind;
  return made;
}
/// One external address for one internal one.
inline static_configuration one_to_one(std::string_view external, std::string_view internal) {
  static_configuration made;
  made.external = parse_ip_address(external)->v4();
  made.internal = parse_ip_address(internal)->v4();
  return made;
}

/// A rule for a protocol, and a destination port where one is given.
inline rule rule_for(weir::protocol kind, action what,
                     std::optional<unsigned> destination_port = std::nullopt) {
  rule made;
  made.action = what;
  made.protocols = {kind};
  if (destination_port) {
    made.destination_ports = {
        port_range::only(port{static_cast<std::uint16_t>(*destination_port)})};
  }
  return made;
}

/// The pool of `home_gateway()` with these external addresses instead of the interface's.
inline configuration pool_gateway(std::string_view external = "203.0.113.8/29") {
  auto raw = home_gateway();
  raw.nat.pools[0].external_interface.clear();
  raw.nat.pools[0].external = {*parse_prefix(external)};
  return raw;
}

/// The same, where anybody may answer.
inline configuration open_gateway(std::string_view external = "203.0.113.8/29") {
  auto raw = pool_gateway(external);
  raw.nat.pools[0].filtering_tcp = endpoint_filtering::endpoint_independent;
  raw.nat.pools[0].filtering_udp = endpoint_filtering::endpoint_independent;
  add_policy(raw, "outside", "inside", action::permit_stateful);
  return raw;
}

/// A datagram over IPv6 from a host of `lan` to somewhere.
inline builder datagram6() { return udp{}.from("2001:db8:1::5").to("2001:db8:9::1"); }

/// A packet's answer, from somewhere that answers under the addresses it saw.
inline builder answer_to(builder answer, const fate& sent) {
  const auto seen = sent.flow();
  return answer.from(seen.destination).to(seen.source);
}

/// Keeps nothing.
struct deaf_sink {
  std::size_t forwarded = 0;

  void decided(std::size_t, ram_packet&, const verdict& answer) noexcept {
    forwarded += answer.forwarded() ? 1u : 0u;
  }
  bool generated(std::span<const std::byte>, const emission&) noexcept { return false; }
};

/// A packet of a protocol whose answers carry another identifier, or may: ESP, or GRE with a key.
inline builder identified(protocol kind, unsigned identifier) {
  return kind == protocol::esp
             ? builder{datagram{kind}.spi(identifier).payload_size(24)}
             : builder{datagram{kind}.payload(octets({0x20, 0, 8, 0, 0, 0, 0, identifier, 1, 2}))};
}

/// What an ICMP error that left quotes.
inline packet_bytes quoted(const packet_bytes& error) {
  const bool six = std::to_integer<unsigned>(error.at(0)) >> 4 == 6;
  return {error.begin() + (six ? 48 : 28), error.end()};
}
inline unsigned byte_at(const packet_bytes& packet, std::size_t at) {
  return std::to_integer<unsigned>(packet.at(at));
}
inline unsigned word_at(const packet_bytes& packet, std::size_t at) {
  return byte_at(packet, at) << 8 | byte_at(packet, at + 1);
}
/// `3/4`: type and code of an ICMP or ICMPv6 message.
inline std::string icmp_of(const packet_bytes& packet) {
  const std::size_t at = byte_at(packet, 0) >> 4 == 6 ? 40 : 20;
  return std::to_string(byte_at(packet, at)) + "/" + std::to_string(byte_at(packet, at + 1));
}
/// What was said about a packet: `3/4`, `rst`, or nothing.
inline std::string answered(const fate& one) {
  if (one.answers.empty()) return "nothing";
  const auto& bytes = one.answers.front().bytes;
  const bool six = byte_at(bytes, 0) >> 4 == 6;
  const auto transport = byte_at(bytes, six ? 6 : 9);
  return transport == 6 ? "rst" : icmp_of(bytes);
}

/// How many sessions, mappings and ports a box holds: `0 0 0`.
inline std::string held_by(const gateway& box) {
  std::uint64_t ports = 0;
  const auto& pools = box.worker().config().pools();
  for (std::size_t i = 0; i < pools.externals().size(); ++i) {
    for (const auto space :
         {port_space::tcp, port_space::udp, port_space::icmp, port_space::other}) {
      ports +=
          box.worker().mappings().owner().count(external_id{static_cast<std::uint16_t>(i)}, space);
    }
  }
  return std::to_string(box.worker().sessions4().size() + box.worker().sessions6().size()) + " " +
         std::to_string(box.worker().mappings().size()) + " " + std::to_string(ports);
}

}  // namespace test

}  // namespace weir

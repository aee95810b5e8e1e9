#pragma once

// A packet, and what the header walk finds in it: from 10.0.0.5 to 192.0.2.1, or over IPv6 from
// 2001:db8::5 to 2001:db8::1, which are the builder's hosts.

#include "weir/wire/header_walk.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/packet_builder.hpp"

#include <cstdint>
#include <string>

namespace weir::test {

inline constexpr domain_id home{42};

template <IpVersion V>
walked<V> walked_of(const packet_bytes& packet, const walk_options& options = {}) {
  return walk<V>(packet, packet.size(), home, options);
}

/// `ok`, or the reason why not.
template <IpVersion V>
std::string outcome(const packet_bytes& packet, const walk_options& options = {}) {
  const auto facts = walked_of<V>(packet, options).facts;
  return facts.ok ? "ok" : std::string{name(facts.fault)};
}

template <IpVersion V>
flow_key<V> key_of(const packet_bytes& packet) {
  return unpack(walked_of<V>(packet).key);
}

/// The walk over plain headers finds what the walk over any headers does.
template <IpVersion V>
void check_walks_agree(const packet_bytes& packet) {
  walked<V> general;
  weir::detail::walk_any(packet, packet.size(), home, {}, general);
  const auto plain = walked_of<V>(packet);

  REQUIRE(general.facts.ok);
  CHECK(same_flow(general.key, plain.key));
  CHECK(general.facts.end == plain.facts.end);
  CHECK(general.facts.transport_offset == plain.facts.transport_offset);
  CHECK(general.facts.fragment_id == plain.facts.fragment_id);
  CHECK(general.facts.message == plain.facts.message);
  CHECK(general.facts.tcp_flags == plain.facts.tcp_flags);
  CHECK(general.facts.ttl == plain.facts.ttl);
}

/// The flow between the two hosts.
template <IpVersion V>
flow_key<V> key(protocol transport, unsigned source, unsigned destination) {
  const port from{static_cast<std::uint16_t>(source)};
  const port to{static_cast<std::uint16_t>(destination)};
  if constexpr (V::number == 4) {
    return {home, transport, {ipv4_address{10, 0, 0, 5}, from}, {ipv4_address{192, 0, 2, 1}, to}};
  } else {
    constexpr std::uint64_t network = 0x2001'0DB8'0000'0000;
    return {home,
            transport,
            {ipv6_address::from_halves(network, 5), from},
            {ipv6_address::from_halves(network, 1), to}};
  }
}

}  // namespace weir::test

#pragma once

// Rule lists of any length that look like those people write, and packets that they meet.

#include "weir/net/flow_key.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/net/prefix.hpp"
#include "weir/policy/query.hpp"
#include "weir/policy/rule.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

namespace weir::test {

/// What lists of rules are to contain.
enum class rule_flavor : std::uint8_t {
  plain,   ///< prefixes, ports and protocols, one of each: as ClassBench makes them
  varied,  ///< lists, fragments, flags, types, codes and both families too
  asking,  ///< the same, most of them anywhere: a packet meets many that say no
};

/// Makes rules and packets of one family, the same for the same seed.
///
/// Addresses come from 500 networks for sources and as many for destinations, as in ClassBench's
/// seeds of firewalls; ports are any, exact or a range.
template <IpVersion V>
class random_rules {
 public:
  using address = typename V::address;

  explicit random_rules(std::uint64_t seed) : random_{seed} {
    for (auto* networks : {&sources_, &destinations_}) {
      for (auto& base : *networks) {
        base = any_address();
      }
    }
  }

  /// So many rules, of which the last one permits everything.
  std::vector<rule> make(std::size_t count, rule_flavor flavor) {
    std::vector<rule> rules;
    for (std::size_t number = 1; number < count; ++number) {
      rules.push_back(flavor == rule_flavor::plain    ? plain_rule()
                      : flavor == rule_flavor::varied ? varied_rule()
                                                      : asking_rule());
    }
    rules.emplace_back();
    rules.back().action = action::permit;
    return rules;
  }

  /// A whole TCP or UDP packet from anywhere to anywhere.
  policy_query<V> packet() {
    policy_query<V> made;
    made.flow.protocol = chance(50) ? protocol::tcp : protocol::udp;
    made.flow.source = {any_address(), any_port()};
    made.flow.destination = {any_address(), any_port()};
    return made;
  }

  /// A packet that the addresses, ports and protocol of the rule allow.
  policy_query<V> packet_of(const rule& one) {
    auto made = packet();
    if (!one.protocols.empty()) made.flow.protocol = one_of(one.protocols);
    made.flow.source.address = address_in(one.sources, made.flow.source.address);
    made.flow.destination.address = address_in(one.destinations, made.flow.destination.address);
    if (!one.source_ports.empty()) made.flow.source.port = port_in(one_of(one.source_ports));
    if (!one.destination_ports.empty()) {
      made.flow.destination.port = port_in(one_of(one.destination_ports));
    }
    if (!one.icmp_types.empty()) made.icmp_type = one_of(one.icmp_types).first;
    if (!one.icmp_codes.empty()) made.icmp_code = one_of(one.icmp_codes).last;
    made.tcp_flags = static_cast<std::uint8_t>(one.tcp_flags_set | (one.tcp_established ? 16 : 0));
    return made;
  }

  /// The packet with other flags, types, pieces or protocol, as the varied rules ask for.
  policy_query<V> varied(policy_query<V> made) {
    if (chance(30)) made.flow.protocol = any_protocol();
    made.authenticated = V::number == 6 && chance(30);
    if (chance(50)) made.tcp_flags = byte();
    if (chance(50)) made.icmp_type = small();
    if (chance(50)) made.icmp_code = small();
    if (chance(25)) {
      made.fragment = chance(50) ? fragment_kind::first : fragment_kind::later;
      made.header_known = made.fragment == fragment_kind::first || chance(10);
    }
    if (!made.header_known) {
      made.flow.source.port = made.flow.destination.port = port{};
      made.tcp_flags = made.icmp_type = made.icmp_code = 0;
    }
    return made;
  }

  bool chance(unsigned percent) { return random_() % 100 < percent; }
  std::size_t below(std::size_t limit) { return random_() % limit; }

 private:
  using bases = std::array<address, 500>;

  template <class T>
  const T& one_of(const std::vector<T>& list) {
    return list[below(list.size())];
  }

  std::uint8_t byte() { return static_cast<std::uint8_t>(random_()); }
  std::uint8_t small() { return static_cast<std::uint8_t>(below(12)); }
  port any_port() { return port{static_cast<std::uint16_t>(random_())}; }
  port port_in(const port_range& range) {
    return port{static_cast<std::uint16_t>(range.first().number() + below(range.size()))};
  }
  protocol any_protocol() {
    constexpr std::array known{protocol::tcp, protocol::udp,  protocol::icmp, protocol::icmpv6,
                               protocol::esp, protocol::sctp, protocol::ah};
    return chance(90) ? known[below(known.size())] : protocol{byte()};
  }

  address any_address() {
    if constexpr (V::number == 4) {
      return address{static_cast<std::uint32_t>(random_())};
    } else {
      return address::from_halves(0x2001'0DB8'0000'0000 | random_() % 0x1'0000'0000, random_());
    }
  }

  /// The block, with the bits behind its length taken from `host`.
  static address filled(const prefix<V>& block, address host) {
    const auto network = prefix<V>::around(host, block.length()).address();
    if constexpr (V::number == 4) {
      return address{block.address().bits() | (host.bits() ^ network.bits())};
    } else {
      return address::from_halves(block.address().high() | (host.high() ^ network.high()),
                                  block.address().low() | (host.low() ^ network.low()));
    }
  }
  address address_in(const std::vector<ip_prefix>& blocks, address host) {
    std::vector<prefix<V>> own;
    for (const auto& block : blocks) {
      if (block.address().family() == family_of<V>) own.push_back(block.template as<V>());
    }
    return own.empty() ? host : filled(one_of(own), host);
  }

  /// A block inside one of the networks, which are 16 bits long (IPv6: 48).
  prefix<V> block(const bases& from) {
    constexpr unsigned network = V::number == 4 ? 16 : 48;
    constexpr std::array<unsigned, 5> lengths4{16, 20, 24, 28, 32};
    constexpr std::array<unsigned, 5> lengths6{48, 56, 64, 96, 128};
    const auto length = (V::number == 4 ? lengths4 : lengths6)[below(5)];
    const auto base = prefix<V>::around(from[below(from.size())], network);
    return prefix<V>::around(filled(base, any_address()), length);
  }

  port_range ports() {
    if (chance(70)) {
      constexpr std::array<std::uint16_t, 8> known{22, 25, 53, 80, 123, 443, 3306, 8080};
      return port_range::only(chance(60) ? port{known[below(known.size())]} : any_port());
    }
    const auto first = any_port();
    const auto last = any_port();
    return *port_range::between(std::min(first, last), std::max(first, last));
  }

  rule plain_rule() {
    rule made;
    made.action = chance(50) ? action::permit_stateful : action::deny;
    const auto pair = below(100);
    if (pair >= 35) made.sources = {ip_prefix{block(sources_)}};
    if (pair < 35 || pair >= 50) made.destinations = {ip_prefix{block(destinations_)}};
    const auto kind = below(100);
    if (kind < 90) made.protocols = {kind < 55 ? protocol::tcp : protocol::udp};
    if (kind < 90 && chance(20)) made.source_ports = {ports()};
    if (kind < 90 && chance(80)) made.destination_ports = {ports()};
    return made;
  }

  template <class T, class Make>
  std::vector<T> list_of(Make make) {
    std::vector<T> made;
    for (std::size_t left = 1 + below(4); left > 0; --left) {
      made.push_back(make());
    }
    return made;
  }

  rule varied_rule() {
    auto made = plain_rule();
    if (chance(25)) made.sources = list_of<ip_prefix>([&] { return mixed_block(sources_); });
    if (chance(25)) {
      made.destinations = list_of<ip_prefix>([&] { return mixed_block(destinations_); });
    }
    if (chance(15)) made.destination_ports = list_of<port_range>([&] { return ports(); });
    if (chance(30)) made.protocols = list_of<protocol>([&] { return any_protocol(); });
    if (chance(10)) {
      made.protocols = {V::number == 4 ? protocol::icmp : protocol::icmpv6};
      if (chance(30)) made.protocols = {protocol::icmp, protocol::icmpv6};
      made.source_ports.clear();
      made.destination_ports.clear();
      made.icmp_types = list_of<icmp_range>([&] { return icmp_range{small(), small()}; });
      if (chance(50)) made.icmp_codes = {{small(), small()}};
    }
    if (chance(5)) made.tcp_flags_set = byte() & byte();
    if (chance(5)) made.tcp_flags_clear = byte() & byte();
    if (chance(5)) made.tcp_established = true;
    if (chance(5)) made.fragment = fragment_match(below(5));
    if (chance(5)) made.family = chance(50) ? ip_family::ipv4 : ip_family::ipv6;
    return made;
  }

  rule asking_rule() {
    auto made = varied_rule();
    if (chance(70)) made.sources.clear();
    if (chance(70)) made.destinations.clear();
    if (chance(70)) made.source_ports.clear();
    if (chance(70)) made.destination_ports.clear();
    if (chance(50)) made.protocols.clear();
    if (chance(50)) made.fragment = fragment_match(1 + below(3));
    if (made.fragment == fragment_match::unspecified) {
      made.tcp_flags_set = static_cast<std::uint8_t>(1u << below(8) | byte());
    }
    return made;
  }

  ip_prefix mixed_block(const bases& from) {
    if (chance(80)) return block(from);
    if (V::number == 4) return ipv6_prefix{};
    return ipv4_prefix{};
  }

  std::mt19937_64 random_;
  bases sources_{};
  bases destinations_{};
};

}  // namespace weir::test

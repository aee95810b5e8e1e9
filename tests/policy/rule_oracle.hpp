#pragma once

// What rules mean, said a second time and as plainly as possible: the engine shares none of it.

#include "weir/policy/query.hpp"
#include "weir/policy/rule.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace weir::test {

/// The octets of an address, as they stand in a packet.
struct address_octets {
  std::array<std::uint8_t, 16> values{};
  unsigned size = 0;

  void add(std::uint64_t number, int bits) {
    for (int shift = bits - 8; shift >= 0; shift -= 8) {
      values[size++] = static_cast<std::uint8_t>(number >> shift);
    }
  }
};

inline address_octets octets(ipv4_address address) {
  address_octets made;
  made.add(address.bits(), 32);
  return made;
}
inline address_octets octets(const ipv6_address& address) {
  address_octets made;
  made.add(address.high(), 64);
  made.add(address.low(), 64);
  return made;
}

inline bool is_in(const address_octets& address, const ip_prefix& block) {
  const auto start = block.is_ipv4() ? octets(block.address().v4()) : octets(block.address().v6());
  if (start.size != address.size) {
    return false;
  }
  for (unsigned bit = 0; bit < block.length(); ++bit) {
    const unsigned mask = 0x80u >> bit % 8;
    if (((start.values[bit / 8] ^ address.values[bit / 8]) & mask) != 0) {
      return false;
    }
  }
  return true;
}

inline bool is_in(const address_octets& address, const std::vector<ip_prefix>& blocks) {
  for (const auto& block : blocks) {
    if (is_in(address, block)) {
      return true;
    }
  }
  return blocks.empty();
}
inline bool is_in(unsigned port, const std::vector<port_range>& ranges) {
  for (const auto& range : ranges) {
    if (port >= range.first().number() && port <= range.last().number()) {
      return true;
    }
  }
  return ranges.empty();
}
inline bool is_in(unsigned value, const std::vector<icmp_range>& ranges) {
  for (const auto& range : ranges) {
    if (value >= range.first && value <= range.last) {
      return true;
    }
  }
  return ranges.empty();
}

inline bool names_protocol(const rule& one, unsigned number) {
  for (const auto listed : one.protocols) {
    if (static_cast<unsigned>(listed) == number) {
      return true;
    }
  }
  return one.protocols.empty();
}

inline bool names_fragment(const rule& one, fragment_kind kind) {
  const bool is_piece = kind == fragment_kind::first || kind == fragment_kind::later;
  switch (one.fragment) {
    case fragment_match::unspecified:
      return true;
    case fragment_match::later:
      return kind == fragment_kind::later;
    case fragment_match::first:
      return kind == fragment_kind::first;
    case fragment_match::any:
      return is_piece;
    case fragment_match::none:
      return !is_piece;
  }
  return false;
}

/// Whether the rule is about packets of IPv6 that carry an authentication header, whatever comes
/// behind it. What asks for more asks what comes behind it, and what opens a session opens one of
/// that.
inline bool names_authentication(const rule& one) {
  return !one.protocols.empty() && names_protocol(one, 51) && one.source_ports.empty() &&
         one.destination_ports.empty() && one.icmp_types.empty() && one.icmp_codes.empty() &&
         one.tcp_flags_set == 0 && one.tcp_flags_clear == 0 && !one.tcp_established &&
         one.action != action::permit_stateful && one.action != action::permit_stateful_nat;
}

/// What the rule says about the packet.
template <IpVersion V>
rule_answer expected_answer(const rule& one, const policy_query<V>& query) {
  const unsigned protocol = static_cast<unsigned>(query.flow.protocol);
  const bool family_is_named = one.family.has_value();
  if (family_is_named && *one.family != (V::number == 4 ? ip_family::ipv4 : ip_family::ipv6)) {
    return rule_answer::no;
  }
  const bool is_named = names_protocol(one, protocol) ||
                        (V::number == 6 && query.authenticated && names_authentication(one));
  if (!is_named || !names_fragment(one, query.fragment) ||
      !is_in(octets(query.flow.source.address), one.sources) ||
      !is_in(octets(query.flow.destination.address), one.destinations)) {
    return rule_answer::no;
  }
  const bool asks_ports = !one.source_ports.empty() || !one.destination_ports.empty();
  const bool asks_icmp = !one.icmp_types.empty() || !one.icmp_codes.empty();
  const bool asks_flags = one.tcp_flags_set != 0 || one.tcp_flags_clear != 0 || one.tcp_established;
  const bool has_ports =
      protocol == 6 || protocol == 17 || protocol == 33 || protocol == 132 || protocol == 136;
  const unsigned icmp = V::number == 4 ? 1 : 58;
  if ((asks_ports && !has_ports) || (asks_icmp && protocol != icmp) ||
      (asks_flags && protocol != 6)) {
    return rule_answer::no;
  }
  if (!query.header_known && (asks_ports || asks_icmp || asks_flags)) {
    return rule_answer::needs_header;
  }
  if (asks_ports && (!is_in(query.flow.source.port.number(), one.source_ports) ||
                     !is_in(query.flow.destination.port.number(), one.destination_ports))) {
    return rule_answer::no;
  }
  if (asks_icmp &&
      (!is_in(query.icmp_type, one.icmp_types) || !is_in(query.icmp_code, one.icmp_codes))) {
    return rule_answer::no;
  }
  const unsigned flags = query.tcp_flags;
  if (asks_flags &&
      ((flags & one.tcp_flags_set) != one.tcp_flags_set || (flags & one.tcp_flags_clear) != 0 ||
       (one.tcp_established && (flags & 0x14) == 0))) {
    return rule_answer::no;
  }
  return rule_answer::yes;
}

/// The first rule that does not say no.
template <IpVersion V>
rule_match expected_match(std::span<const rule> rules, const policy_query<V>& query) {
  for (std::size_t place = 0; place < rules.size(); ++place) {
    const auto answer = expected_answer(rules[place], query);
    if (answer != rule_answer::no) {
      return {static_cast<std::uint32_t>(place), answer};
    }
  }
  return {};
}

}  // namespace weir::test

#pragma once

#include "weir/net/ip_address.hpp"
#include "weir/net/prefix.hpp"
#include "weir/net/protocol.hpp"
#include "weir/policy/rule.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir {

/// One thing that is wrong with a rule.
struct rule_fault {
  std::string field;  ///< which part of it, as configurations name it; empty: the whole
  std::string what;   ///< what is wrong
  std::string fix;    ///< what would be right
};

namespace detail {

inline bool has_family(const std::vector<ip_prefix>& blocks, ip_family family) {
  return blocks.empty() || std::any_of(blocks.begin(), blocks.end(), [&](const ip_prefix& one) {
           return one.address().family() == family;
         });
}

/// Whether packets of the family can meet the rule's addresses.
inline bool admits(const rule& one, ip_family family) {
  return (!one.family || *one.family == family) && has_family(one.sources, family) &&
         has_family(one.destinations, family);
}

template <class Fits>
bool any_protocol(const rule& one, Fits fits) {
  return one.protocols.empty() || std::any_of(one.protocols.begin(), one.protocols.end(), fits);
}

inline bool is_icmp(protocol one) { return one == protocol::icmp || one == protocol::icmpv6; }

/// Whether the rule admits the family whose ICMP the protocol is.
inline bool admits_icmp(const rule& one, protocol icmp) {
  return (icmp == protocol::icmp && admits(one, ip_family::ipv4)) ||
         (icmp == protocol::icmpv6 && admits(one, ip_family::ipv6));
}

/// What to ask for instead of a header of IPv6 that is walked over on the way to the transport's;
/// empty for protocols that are known as one.
inline std::string_view instead_of(protocol one) {
  switch (one) {
    case protocol::hop_by_hop:
    case protocol::destination_options:
      return "the protocol that follows it";
    case protocol::routing:
      return "headers: { routing-headers: drop }";
    case protocol::fragment:
      return "fragment: any";
    default:
      return {};
  }
}

/// Finds what no packet of IPv6 is known as.
template <class Refuse>
void check_protocols(const rule& one, Refuse refuse) {
  if (!admits(one, ip_family::ipv6)) {
    return;
  }
  for (const auto listed : one.protocols) {
    if (const auto instead = instead_of(listed); !instead.empty()) {
      refuse("", "no packet of IPv6 matches: weir walks over " + std::string{name(listed)},
             std::string{instead} + ", or family: ipv4");
    }
  }
  const bool opens_sessions = one.action >= action::permit_stateful;
  const bool only_ah = one.protocols == std::vector{protocol::ah};
  if (only_ah && opens_sessions && !admits(one, ip_family::ipv4)) {
    refuse("", "no packet matches: a session of IPv6 is of what follows the header ah",
           "action: permit, or the protocols that follow it");
  }
}

template <class Refuse>
void check_criteria(const rule& one, Refuse refuse) {
  const bool ports = !one.source_ports.empty() || !one.destination_ports.empty();
  const bool icmp = !one.icmp_types.empty() || !one.icmp_codes.empty();
  const bool flags = one.tcp_flags_set != 0 || one.tcp_flags_clear != 0 || one.tcp_established;
  if (!admits(one, ip_family::ipv4) && !admits(one, ip_family::ipv6)) {
    refuse("", "no packet matches: family, source and destination exclude each other",
           "addresses of one family");
  }
  if (ports && !any_protocol(one, has_ports)) {
    refuse("", "no packet matches: the protocol has no ports",
           "protocol: tcp, udp, sctp, dccp or udplite");
  }
  if (icmp && (one.protocols.empty() || !any_protocol(one, is_icmp))) {
    refuse("", "icmp-type and icmp-code say nothing about this protocol",
           "protocol: icmp or icmpv6");
  } else if (icmp && !any_protocol(one, [&](protocol some) { return admits_icmp(one, some); })) {
    refuse("", "no packet matches: icmp-type and icmp-code are of the other family",
           "protocol: icmp for IPv4, icmpv6 for IPv6");
  }
  if (flags && !any_protocol(one, [](protocol some) { return some == protocol::tcp; })) {
    refuse("", "no packet matches: tcp-flags are not of this protocol", "protocol: tcp");
  }
  if (icmp && (ports || flags)) {
    refuse("", "no packet matches: ICMP has neither ports nor tcp-flags",
           "criteria of one protocol");
  }
  if (one.fragment == fragment_match::later && (ports || icmp || flags)) {
    refuse("", "no packet matches: a later fragment has no ports, ICMP type or tcp-flags",
           "fragment: first, or addresses and protocol alone");
  }
}

/// Finds ranges that contain nothing.
template <class Refuse>
void check_ranges(const char* field, const std::vector<icmp_range>& ranges, Refuse refuse) {
  for (const icmp_range& one : ranges) {
    if (one.last < one.first) {
      refuse(field,
             std::to_string(one.first) + "-" + std::to_string(one.last) + " contains no number",
             "the lower one first");
    }
  }
}

/// Finds numbers that a program took for enumerators.
template <class Refuse>
void check_enumerators(const rule& one, Refuse refuse) {
  if (one.action > action::permit_stateful_nat) {
    refuse("action", "no such action",
           "deny, reject, permit, permit-stateful or permit-stateful-nat");
  }
  if (one.fragment > fragment_match::none) {
    refuse("fragment", "no such fragments", "later, first, any or none");
  }
}

template <class Refuse>
void check_flags(const rule& one, Refuse refuse) {
  if ((one.tcp_flags_set & one.tcp_flags_clear) != 0) {
    refuse("tcp-flags", "tcp-flags asks for a flag to be both set and clear", "each flag once");
  }
  if (one.tcp_established && (one.tcp_flags_clear & tcp_ack_or_rst) == tcp_ack_or_rst) {
    refuse("tcp-flags",
           "tcp-flags asks for established, which is ack or rst, and for both to be clear",
           "established, or the flags that are to be clear");
  }
}

}  // namespace detail

/// What is wrong with a rule: criteria that exclude each other, or a number that is no enumerator.
inline std::vector<rule_fault> find_rule_faults(const rule& one) {
  std::vector<rule_fault> found;
  const auto refuse = [&](const char* field, std::string what, std::string fix) {
    found.push_back({field, std::move(what), std::move(fix)});
  };
  detail::check_protocols(one, refuse);
  detail::check_criteria(one, refuse);
  detail::check_ranges("icmp-type", one.icmp_types, refuse);
  detail::check_ranges("icmp-code", one.icmp_codes, refuse);
  detail::check_flags(one, refuse);
  detail::check_enumerators(one, refuse);
  return found;
}

}  // namespace weir

#pragma once

// Policies: one for each ordered pair of zones.

#include "weir/config/fault_text.hpp"
#include "weir/config/fields.hpp"
#include "weir/config/keys.hpp"
#include "weir/config/rule_keys.hpp"
#include "weir/config/session_keys.hpp"
#include "weir/config/value.hpp"
#include "weir/engine/configuration.hpp"
#include "weir/net/protocol.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::config::detail {

// --- what a rule says as a whole ---------------------------------------------------------------

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

/// Refuses a rule that names what no packet of IPv6 is known as.
inline void check_protocols(const value& from, const rule& one) {
  if (!admits(one, ip_family::ipv6)) {
    return;
  }
  for (const auto listed : one.protocols) {
    if (const auto instead = instead_of(listed); !instead.empty()) {
      from.refuse("no packet of IPv6 matches: weir walks over " + std::string{name(listed)},
                  std::string{instead} + ", or family: ipv4");
    }
  }
  const bool opens_sessions = one.action >= action::permit_stateful;
  const bool only_ah = one.protocols == std::vector{protocol::ah};
  if (only_ah && opens_sessions && !admits(one, ip_family::ipv4)) {
    from.refuse("no packet matches: a session of IPv6 is of what follows the header ah",
                "action: permit, or the protocols that follow it");
  }
}

/// Refuses a rule whose criteria exclude each other: no packet would ever match it.
inline void check_rule(const value& from, const rule& one) {
  check_protocols(from, one);
  const bool ports = !one.source_ports.empty() || !one.destination_ports.empty();
  const bool icmp = !one.icmp_types.empty() || !one.icmp_codes.empty();
  const bool flags = one.tcp_flags_set != 0 || one.tcp_flags_clear != 0 || one.tcp_established;
  if (!admits(one, ip_family::ipv4) && !admits(one, ip_family::ipv6)) {
    from.refuse("no packet matches: family, source and destination exclude each other",
                "addresses of one family");
  }
  if (ports && !any_protocol(one, has_ports)) {
    from.refuse("no packet matches: the protocol has no ports",
                "protocol: tcp, udp, sctp, dccp or udplite");
  }
  if (icmp && (one.protocols.empty() || !any_protocol(one, is_icmp))) {
    from.refuse("icmp-type and icmp-code say nothing about this protocol",
                "protocol: icmp or icmpv6");
  } else if (icmp && !any_protocol(one, [&](protocol some) { return admits_icmp(one, some); })) {
    from.refuse("no packet matches: icmp-type and icmp-code are of the other family",
                "protocol: icmp for IPv4, icmpv6 for IPv6");
  }
  if (flags && !any_protocol(one, [](protocol some) { return some == protocol::tcp; })) {
    from.refuse("no packet matches: tcp-flags are not of this protocol", "protocol: tcp");
  }
  if (icmp && (ports || flags)) {
    from.refuse("no packet matches: ICMP has neither ports nor tcp-flags",
                "criteria of one protocol");
  }
  if (one.fragment == fragment_match::later && (ports || icmp || flags)) {
    from.refuse("no packet matches: a later fragment has no ports, ICMP type or tcp-flags",
                "fragment: first, or addresses and protocol alone");
  }
}

/// Names that must differ, with the places of the first ones.
class unique_names {
 public:
  explicit unique_names(std::string_view what, std::string_view key = "name")
      : what_{what}, key_{key} {}

  /// Refuses `from` if the name was there before; an empty name is none.
  void add(const value& from, const std::string& name) {
    if (name.empty()) {
      return;
    }
    const auto [place, fresh] = first_.emplace(name, from.here().at.line);
    if (!fresh) {
      from.refuse_for(key_, std::string{what_} + " " + shown(name) + " is there twice",
                      "once; the other stands in line " + std::to_string(place->second));
    }
  }

 private:
  std::string_view what_;
  std::string_view key_;
  std::map<std::string, std::size_t> first_;
};

inline void read_rules(const value& from, std::vector<rule>& into) {
  if (!from.expect(node_kind::list, "a list of rules")) {
    return;
  }
  unique_names names{"rule"};
  for (std::size_t i = 0; i < from.here().items.size(); ++i) {
    const value one = from.element(i);
    const std::size_t before = from.run().count();
    into.emplace_back();
    read_map(one, into.back(), rule_keys);
    names.add(one, into.back().name);
    if (from.run().count() == before) {
      check_rule(one, into.back());
    }
  }
}

// --- the policy --------------------------------------------------------------------------------

/// The least and the greatest segment that IPv4 can carry: RFC 791 section 3.2, RFC 9293
/// section 3.7.1.
inline constexpr std::uint64_t mss_least = 28;
inline constexpr std::uint64_t mss_most = 65495;

inline void read_tcp(const value& from, tcp_strictness& into) {
  read_choice<tcp_strictness>(from, into,
                              {{"strict", tcp_strictness::strict},
                               {"loose", tcp_strictness::loose},
                               {"off", tcp_strictness::off}});
}

inline void read_tcp_mss(const value& from, policy_configuration& into) {
  constexpr std::string_view expected = "clamp, off, or a number from 28 to 65495";
  if (!from.expect(node_kind::scalar, expected)) {
    return;
  }
  if (from.text() == "clamp") {
    into.clamp_tcp_mss = true;
  } else if (is_all_digits(from.text())) {
    std::uint16_t number = 0;
    read_number_into(from, number, mss_least, mss_most);
    into.tcp_mss = number;
  } else if (switch_word(from) != "off") {
    from.refuse({"is not known here", std::string{expected}});
  }
}

inline void read_reject_with(const value& from, reject_form& into) {
  read_choice<reject_form>(from, into,
                           {{"auto", reject_form::automatic},
                            {"port-unreachable", reject_form::port_unreachable},
                            {"admin-prohibited", reject_form::admin_prohibited}});
}

inline void read_offload(const value& from, policy_configuration&) {
  bool established = false;
  read_choice<bool>(from, established, {{"never", false}, {"established", {}}});
}

/// Starts from the box's timeouts, which are read before policies are.
inline void read_policy_timeouts(const value& from, policy_configuration& into) {
  into.timeouts = from.run().timeouts;
  read_map(from, *into.timeouts, timeouts_keys);
}

inline constexpr key<policy_configuration> policy_keys[] = {
    {"name", member<&policy_configuration::name, read_label>},
    {"from", member<&policy_configuration::from, read_name>, true},
    {"to", member<&policy_configuration::to, read_name>, true},
    {"default", member<&policy_configuration::default_action, read_action>},
    {"implicit-icmpv6", member<&policy_configuration::implicit_icmpv6, read_flag>},
    {"tcp", member<&policy_configuration::tcp, read_tcp>},
    {"tcp-unknown",
     [](const value& from, policy_configuration& into) {
       read_choice<bool>(from, into.reset_unknown_tcp, {{"drop", false}, {"reset", true}});
     }},
    {"tcp-mss", read_tcp_mss},
    {"reject-with", member<&policy_configuration::reject_with, read_reject_with>},
    {"on-revoke", nullptr},
    {"offload", read_offload},
    {"timeouts", read_policy_timeouts},
    {"rules", member<&policy_configuration::rules, read_rules>},
};

/// Policies in the order of the file. One without a name is called by its zones: `inside-outside`.
inline void read_policies(const value& from, std::vector<policy_configuration>& into) {
  if (!from.expect(node_kind::list, "a list of policies")) {
    return;
  }
  unique_names names{"policy"};
  unique_names pairs{"the pair of zones", "from"};
  for (std::size_t i = 0; i < from.here().items.size(); ++i) {
    const value one = from.element(i);
    policy_configuration& made = into.emplace_back();
    read_map(one, made, policy_keys);
    names.add(one, made.name);
    if (!made.from.empty() && !made.to.empty()) {
      pairs.add(one, made.from + " to " + made.to);
      made.name = made.name.empty() ? made.from + "-" + made.to : made.name;
    }
  }
}

}  // namespace weir::config::detail

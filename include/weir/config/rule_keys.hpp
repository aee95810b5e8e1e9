#pragma once

// Rules of a policy.

#include "weir/config/fault_text.hpp"
#include "weir/config/fields.hpp"
#include "weir/config/keys.hpp"
#include "weir/config/scalar.hpp"
#include "weir/config/value.hpp"
#include "weir/net/protocol.hpp"
#include "weir/policy/rule.hpp"
#include "weir/wire/icmp_header.hpp"
#include "weir/wire/tcp_header.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace weir::config::detail {

inline void read_action(const value& from, action& into) {
  read_choice<action>(from, into,
                      {{"deny", action::deny},
                       {"reject", action::reject},
                       {"permit", action::permit},
                       {"permit-stateful", action::permit_stateful},
                       {"permit-stateful-nat", action::permit_stateful_nat}});
}

inline void read_family(const value& from, rule& into) {
  auto family = ip_family::ipv4;
  const std::size_t before = from.run().count();
  read_choice<ip_family>(from, family, {{"ipv4", ip_family::ipv4}, {"ipv6", ip_family::ipv6}});
  if (from.run().count() == before) {
    into.family = family;
  }
}

// --- ICMP --------------------------------------------------------------------------------------

/// A message by its name, and its type in either family.
struct icmp_name {
  std::string_view name;
  std::optional<std::uint8_t> type4;
  std::optional<std::uint8_t> type6;
};
inline constexpr std::array icmp_names = {
    icmp_name{"destination-unreachable", icmp_type::unreachable, icmpv6_type::unreachable},
    icmp_name{"echo-reply", icmp_type::echo_reply, icmpv6_type::echo_reply},
    icmp_name{"echo-request", icmp_type::echo_request, icmpv6_type::echo_request},
    icmp_name{"neighbor-advertisement", {}, icmpv6_type::neighbor_advertisement},
    icmp_name{"neighbor-solicitation", {}, icmpv6_type::neighbor_solicitation},
    icmp_name{"packet-too-big", {}, icmpv6_type::packet_too_big},
    icmp_name{"parameter-problem", icmp_type::parameter_problem, icmpv6_type::parameter_problem},
    icmp_name{"redirect", icmp_type::redirect, icmpv6_type::redirect},
    icmp_name{"router-advertisement", icmp_type::router_advertisement,
              icmpv6_type::router_advertisement},
    icmp_name{"router-solicitation", icmp_type::router_solicitation,
              icmpv6_type::router_solicitation},
    icmp_name{"time-exceeded", icmp_type::time_exceeded, icmpv6_type::time_exceeded},
    icmp_name{"timestamp-reply", icmp_type::timestamp_reply, {}},
    icmp_name{"timestamp-request", icmp_type::timestamp_request, {}},
};

inline bool is_icmp_name(std::string_view word) {
  return std::any_of(icmp_names.begin(), icmp_names.end(),
                     [&](const icmp_name& one) { return one.name == word; });
}

inline bool holds(const std::vector<protocol>& list, protocol one) {
  return std::find(list.begin(), list.end(), one) != list.end();
}

/// The number of a message, which depends on the family that the rule's protocol says.
inline read_scalar<icmp_range> read_icmp_name(std::string_view word,
                                              const std::vector<protocol>& protocols) {
  const bool six = holds(protocols, protocol::icmpv6);
  const bool both = six && holds(protocols, protocol::icmp);
  std::vector<std::string_view> known;
  for (const icmp_name& one : icmp_names) {
    const auto type = six ? one.type6 : one.type4;
    if (type) {
      known.push_back(one.name);
    }
    if (one.name == word && both && one.type4 != one.type6) {
      return complaint{"is not the same number in icmp and icmpv6",
                       "a rule for each of the two protocols"};
    }
    if (one.name == word && type) {
      return icmp_range{*type, *type};
    }
  }
  known.push_back("a number from 0 to 255");
  return complaint{std::string{"is not a message of "} + (six ? "icmpv6" : "icmp"),
                   suggestion(word, known)};
}

inline read_scalar<icmp_range> read_byte_range(std::string_view word) {
  const auto read = read_range<std::uint8_t>(word, 0, 255);
  if (const auto* bad = std::get_if<complaint>(&read)) {
    return *bad;
  }
  const auto& range = std::get<number_range<std::uint8_t>>(read);
  return icmp_range{range.first, range.last};
}

inline void read_icmp_types(const value& from, rule& into) {
  read_list(from, into.icmp_types, "an ICMP type, a range, or a list",
            {set_kind::numbers, set_kind::names}, [&](std::string_view word) {
              const bool number = !word.empty() && word[0] >= '0' && word[0] <= '9';
              return number ? read_byte_range(word) : read_icmp_name(word, into.protocols);
            });
}

inline void read_icmp_codes(const value& from, std::vector<icmp_range>& into) {
  read_list(from, into, "an ICMP code, a range, or a list", {set_kind::numbers}, read_byte_range);
}

// --- TCP flags ---------------------------------------------------------------------------------

struct flag_name {
  std::string_view name;
  std::uint8_t bit;
};
inline constexpr std::array flag_names = {
    flag_name{"fin", tcp_flag::fin}, flag_name{"syn", tcp_flag::syn},
    flag_name{"rst", tcp_flag::rst}, flag_name{"psh", tcp_flag::psh},
    flag_name{"ack", tcp_flag::ack}, flag_name{"urg", tcp_flag::urg},
    flag_name{"ece", tcp_flag::ece}, flag_name{"cwr", tcp_flag::cwr},
};

/// What one word of `tcp-flags` asks for.
struct asked_flag {
  std::uint8_t set = 0;
  std::uint8_t clear = 0;
  bool established = false;
};

inline read_scalar<asked_flag> read_flag_word(std::string_view word) {
  if (word == "established") {
    return asked_flag{.established = true};
  }
  const bool clear = word.starts_with('!');
  const std::string_view name = word.substr(clear ? 1 : 0);
  std::vector<std::string_view> known{"established"};
  for (const flag_name& one : flag_names) {
    if (one.name == name) {
      return clear ? asked_flag{.clear = one.bit} : asked_flag{.set = one.bit};
    }
    known.push_back(one.name);
  }
  return complaint{"is not a TCP flag", suggestion(name, known)};
}

inline void read_tcp_flags(const value& from, rule& into) {
  std::vector<asked_flag> asked;
  read_list(from, asked, "a flag such as syn, or a list", {}, read_flag_word);
  for (const asked_flag& one : asked) {
    into.tcp_flags_set |= one.set;
    into.tcp_flags_clear |= one.clear;
    into.tcp_established |= one.established;
  }
}

// --- the rule ----------------------------------------------------------------------------------

inline void read_fragment(const value& from, fragment_match& into) {
  read_choice<fragment_match>(from, into,
                              {{"later", fragment_match::later},
                               {"first", fragment_match::first},
                               {"any", fragment_match::any},
                               {"none", fragment_match::none}});
}

inline void read_rule_offload(const value& from, rule&) {
  bool offload = false;
  read_flag(from, offload);
  if (offload) {
    from.refuse_choice();
  }
}

/// In an order that lets `icmp-type` see the protocol.
inline constexpr key<rule> rule_keys[] = {
    {"name", member<&rule::name, read_label>},
    {"action", member<&rule::action, read_action>, true},
    {"family", read_family},
    {"source", member<&rule::sources, read_prefixes>},
    {"destination", member<&rule::destinations, read_prefixes>},
    {"protocol", member<&rule::protocols, read_protocols>},
    {"source-port", member<&rule::source_ports, read_matched_ports>},
    {"destination-port", member<&rule::destination_ports, read_matched_ports>},
    {"icmp-type", read_icmp_types},
    {"icmp-code", member<&rule::icmp_codes, read_icmp_codes>},
    {"tcp-flags", read_tcp_flags},
    {"fragment", member<&rule::fragment, read_fragment>},
    {"log", member<&rule::log, read_flag>},
    {"offload", read_rule_offload},
};

}  // namespace weir::config::detail

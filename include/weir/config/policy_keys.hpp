#pragma once

// Policies: one for each ordered pair of zones.

#include "weir/config/fault_text.hpp"
#include "weir/config/fields.hpp"
#include "weir/config/keys.hpp"
#include "weir/config/rule_keys.hpp"
#include "weir/config/scalar.hpp"
#include "weir/config/session_keys.hpp"
#include "weir/config/value.hpp"
#include "weir/engine/configuration.hpp"
#include "weir/net/tcp_mode.hpp"
#include "weir/policy/rule_faults.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::config::detail {

// --- rules -------------------------------------------------------------------------------------

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
      for (auto& bad : find_rule_faults(into.back())) {
        const auto part = bad.field.empty() ? std::nullopt : one.find(bad.field);
        part.value_or(one).refuse(std::move(bad.what), std::move(bad.fix));
      }
    }
  }
}

// --- the policy --------------------------------------------------------------------------------

inline void read_tcp(const value& from, tcp_mode& into) {
  read_choice<tcp_mode>(
      from, into,
      {{"strict", tcp_mode::strict}, {"loose", tcp_mode::loose}, {"off", tcp_mode::off}});
}

inline void read_tcp_mss(const value& from, policy_configuration& into) {
  const std::string expected =
      "clamp, off, or a number from " + range_text(tcp_mss_min, tcp_mss_max);
  if (!from.expect(node_kind::scalar, expected)) {
    return;
  }
  if (from.text() == "clamp") {
    into.clamp_tcp_mss = true;
  } else if (is_all_digits(from.text())) {
    std::uint16_t number = 0;
    read_number_into(from, number, tcp_mss_min, tcp_mss_max);
    into.tcp_mss = number;
  } else if (switch_word(from) != "off") {
    from.refuse({"is not known here", expected});
  }
}

inline void read_reject_with(const value& from, reject_form& into) {
  read_choice<reject_form>(from, into,
                           {{"auto", reject_form::automatic},
                            {"port-unreachable", reject_form::port_unreachable},
                            {"admin-prohibited", reject_form::admin_prohibited}});
}

inline void read_offload(const value& from, policy_configuration&) {
  read_sole_choice(from, "never", "established");
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
    }
    made.name = made.name.empty() ? made.from + "-" + made.to : made.name;
  }
}

}  // namespace weir::config::detail

#pragma once

// Policies: zones by name become zones by number, and every pair has at most one.

#include "weir/engine/check_interfaces.hpp"
#include "weir/engine/configuration.hpp"
#include "weir/engine/fault_list.hpp"
#include "weir/net/tcp_mode.hpp"
#include "weir/policy/query.hpp"
#include "weir/policy/rule.hpp"
#include "weir/policy/rule_faults.hpp"
#include "weir/policy/zone_policy.hpp"
#include "weir/session/timeouts.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace weir::detail {

/// Policies may have idle times of their own; a session names them by a number of eight bits.
inline constexpr std::size_t timeout_profiles_max = 256;

struct compiled_policies {
  zone_policy table;
  std::vector<session_timeouts> timeouts;  ///< 0 is the box's
};

inline void check_timeouts(const session_timeouts& raw, const std::string& path,
                           fault_list& faults) {
  for (const auto& [key, member] : timeout_members) {
    const duration value = raw.*member;
    if (value.count() <= 0) {
      faults.add(path + "." + key, "an idle time of nothing", "at least 1ms");
    } else if (!is_timeout(value)) {
      faults.add(path + "." + key, "an idle time beyond 12 days", "at most 12 days (288h)");
    }
  }
}

inline zone_id find_zone(const std::string& name, const std::string& path, const topology& made,
                         fault_list& faults) {
  const auto known = made.zones.find(name);
  if (!known && made.are_zones_known) {
    faults.add(path, "no interface belongs to zone " + in_quotes(name), one_of(made.zones.names()));
  }
  return known ? zone_id{*known} : zone_id::none();
}

inline policy_settings settings_of(const policy_configuration& raw) {
  policy_settings made;
  made.name = raw.name;
  made.default_action = raw.default_action;
  made.implicit_icmpv6 = raw.implicit_icmpv6;
  made.tcp = raw.tcp;
  made.reset_unknown_tcp = raw.reset_unknown_tcp;
  made.reject_with = raw.reject_with;
  made.rules = raw.rules;
  if (raw.tcp_mss) {
    made.tcp_mss = {mss_clamp::form::to_number, *raw.tcp_mss};
  } else if (raw.clamp_tcp_mss) {
    made.tcp_mss = {mss_clamp::form::to_mtu, 0};
  }
  return made;
}

/// What is wrong with a policy whatever its zones are.
inline void check_policy(const policy_configuration& raw, const std::string& path,
                         fault_list& faults) {
  if (raw.name.empty()) {
    faults.add(path + ".name", "the policy has no name", "a name of its own");
  }
  check_enumerator(raw.default_action, action::permit_stateful_nat, path + ".default", faults);
  check_enumerator(raw.tcp, tcp_mode::off, path + ".tcp", faults);
  check_enumerator(raw.reject_with, reject_form::admin_prohibited, path + ".reject-with", faults);
  if (raw.tcp_mss && (*raw.tcp_mss < tcp_mss_min || *raw.tcp_mss > tcp_mss_max)) {
    faults.add(path + ".tcp-mss", "segments of " + std::to_string(*raw.tcp_mss) + " cannot work",
               std::to_string(tcp_mss_min) + " to " + std::to_string(tcp_mss_max));
  }
  if (raw.tcp_mss && raw.clamp_tcp_mss) {
    faults.add(path + ".tcp-mss", "segments are clamped to a number and to the path's MTU",
               "one of the two");
  }
  if (raw.rules.size() > rules_max) {
    faults.add(path + ".rules", "too many rules", "at most " + std::to_string(rules_max));
  }
  for (std::size_t i = 0; i < raw.rules.size(); ++i) {
    for (auto& bad : find_rule_faults(raw.rules[i])) {
      add_refused(element(path + ".rules", i), bad, faults);
    }
  }
}

/// The zones are numbered as interfaces name them; `local` is one.
inline void check_zone_count(const configuration& raw, const topology& ground, fault_list& faults) {
  const auto count = ground.zones.names().size();
  if (count <= zones_max) {
    return;
  }
  const auto first = std::find_if(
      raw.interfaces.begin(), raw.interfaces.end(), [&](const interface_configuration& one) {
        const auto zone = one.zone.empty() ? std::nullopt : ground.zones.find(one.zone);
        return zone && *zone >= zones_max;
      });
  const bool is_found = first != raw.interfaces.end();
  const auto number = static_cast<std::size_t>(first - raw.interfaces.begin());
  faults.add(is_found ? interface_path(*first, number) + ".zone" : "interfaces",
             "there are " + std::to_string(count) +
                 " zones, local among them, and from this one on they are too many",
             "at most " + std::to_string(zones_max));
}

inline compiled_policies check_policies(const configuration& raw, const topology& ground,
                                        fault_list& faults) {
  compiled_policies made;
  made.timeouts.push_back(raw.sessions.timeouts);
  check_timeouts(raw.sessions.timeouts, "sessions.timeouts", faults);
  check_zone_count(raw, ground, faults);
  if (raw.policies.size() > policies_max) {
    faults.add(element("policies", policies_max),
               "there are " + std::to_string(raw.policies.size()) +
                   " policies, and from this one on they are too many",
               "at most " + std::to_string(policies_max));
    return made;
  }
  std::vector<policy_settings> all;
  std::set<std::pair<zone_id, zone_id>> pairs;
  for (std::size_t i = 0; i < raw.policies.size(); ++i) {
    const auto& one = raw.policies[i];
    const auto path = element("policies", i);
    auto settings = settings_of(one);
    settings.from = find_zone(one.from, path + ".from", ground, faults);
    settings.to = find_zone(one.to, path + ".to", ground, faults);
    check_policy(one, path, faults);
    if (one.timeouts) {
      check_timeouts(*one.timeouts, path + ".timeouts", faults);
      settings.timeouts = static_cast<std::uint8_t>(made.timeouts.size());
      made.timeouts.push_back(*one.timeouts);
    }
    if (settings.from.is_none() || settings.to.is_none()) {
      continue;
    }
    if (!pairs.emplace(settings.from, settings.to).second) {
      faults.add(
          path,
          "another policy is already from " + in_quotes(one.from) + " to " + in_quotes(one.to),
          "one policy for each ordered pair of zones");
      continue;
    }
    all.push_back(std::move(settings));
  }
  if (made.timeouts.size() > timeout_profiles_max) {
    faults.add("policies", "too many policies with timeouts of their own",
               "at most " + std::to_string(timeout_profiles_max - 1));
    return made;
  }
  if (faults.empty()) {
    made.table =
        zone_policy{std::move(all),
                    raw.compatibility.reverse_policy ? reverse_policy::on : reverse_policy::off};
  }
  return made;
}

}  // namespace weir::detail

#pragma once

// Overview. Few exemptions of a domain are asked one by one, which is faster than any search. More
// of them become rules, and a flow is exempt that any of these matches: rules are found at a cost
// that does not grow with their number, but for an exemption that has thousands of sources and
// thousands of destinations, whose prefixes are asked one by one as before. What policy says of the
// flow is another matter.

#include "weir/nat/exemption.hpp"
#include "weir/net/domain.hpp"
#include "weir/net/flow_key.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/policy/query.hpp"
#include "weir/policy/rule.hpp"
#include "weir/policy/rule_set.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace weir {

/// Which flows exemptions cover, whatever their number. Made once.
class exempt_flows {
 public:
  /// None.
  exempt_flows() = default;

  /// Those of exemptions with at most `exempt_values_max` values in all.
  explicit exempt_flows(std::vector<exemption> listed) {
    std::ranges::sort(listed, {}, &exemption::domain);
    for (auto next = listed.begin(); next != listed.end();) {
      const auto end = std::find_if(
          next, listed.end(), [&](const exemption& one) { return one.domain != next->domain; });
      add_domain({next, end});
      next = end;
    }
  }

  bool contains(const flow_key<ipv4>& flow) const noexcept {
    if (flow.domain.number() >= domains_.size()) return false;
    const auto& mine = domains_[flow.domain.number()];
    if (mine.rules == no_rules) [[likely]] {
      return is_exempt({asked_.data() + mine.begin, asked_.data() + mine.end}, flow);
    }
    return is_matched(rules_[mine.rules], flow);
  }

 private:
  /// What the flows of a domain are held against: exemptions, or rules.
  struct domain_part {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    std::uint32_t rules = no_rules;
  };

  static constexpr std::uint32_t no_rules = 0xFFFF'FFFF;
  /// Values of a domain's exemptions, at most, where these are asked one by one.
  static constexpr std::size_t values_asked_max = 16;
  /// A longer list becomes several rules: one with too many prefixes is searched for less exactly
  /// and then asked about each.
  static constexpr std::size_t prefixes_per_rule = 64;

  /// Not inline: where exemptions are few, flows do not come by here.
  [[gnu::__noinline__]] static bool is_matched(const rule_set<ipv4>& rules,
                                               const flow_key<ipv4>& flow) noexcept {
    policy_query<ipv4> query;
    query.flow = flow;
    return rules.match(query).rule != rule_match::none;
  }

  void add_domain(std::span<const exemption> listed) {
    std::size_t values = 0;
    for (const auto& one : listed) {
      if (one.values() == 0) {
        return ask({&one, 1});  // it covers every flow of the domain
      }
      values += one.values();
    }
    if (values <= values_asked_max) return ask(listed);
    std::vector<rule> made;
    for (const auto& one : listed) add_rules(one, made);
    part_of(listed).rules = static_cast<std::uint32_t>(rules_.size());
    rules_.emplace_back(made);
  }

  domain_part& part_of(std::span<const exemption> listed) {
    const std::size_t number = listed.front().domain.number();
    domains_.resize(std::max(domains_.size(), number + 1));
    return domains_[number];
  }

  void ask(std::span<const exemption> listed) {
    auto& part = part_of(listed);
    part.begin = static_cast<std::uint32_t>(asked_.size());
    asked_.insert(asked_.end(), listed.begin(), listed.end());
    part.end = static_cast<std::uint32_t>(asked_.size());
  }

  /// No more rules than an exemption has values.
  static void add_rules(const exemption& one, std::vector<rule>& made) {
    rule common;
    common.action = action::permit;
    common.protocols = one.protocols;
    common.destination_ports = one.destination_ports;
    common.sources.assign(one.sources.begin(), one.sources.end());
    common.destinations.assign(one.destinations.begin(), one.destinations.end());
    const bool parts_sources = one.sources.size() > one.destinations.size();
    auto longer = parts_sources ? common.sources : common.destinations;
    auto& part = parts_sources ? common.sources : common.destinations;
    const auto& shorter = parts_sources ? common.destinations : common.sources;
    // Neighbours come into one rule: rules that overlap are asked one after the other. Each copies
    // the shorter list, so that no part is shorter than that.
    std::ranges::sort(longer);
    const std::size_t part_max = std::max(prefixes_per_rule, shorter.size());
    for (std::size_t begin = 0; begin == 0 || begin < longer.size(); begin += part_max) {
      const std::size_t count = std::min(part_max, longer.size() - begin);
      const auto first = longer.begin() + static_cast<std::ptrdiff_t>(begin);
      part.assign(first, first + static_cast<std::ptrdiff_t>(count));
      made.push_back(common);
    }
  }

  std::vector<domain_part> domains_;  ///< by number
  std::vector<exemption> asked_;
  std::vector<rule_set<ipv4>> rules_;
};

}  // namespace weir

#pragma once

#include "weir/base/contract.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/policy/query.hpp"
#include "weir/policy/rule.hpp"
#include "weir/policy/rule_criteria.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace weir {

/// Rules of one policy, at most.
inline constexpr std::size_t rules_max = 100'000;

/// The rules of a policy as packets of one family meet them: the first that matches decides.
/// Made once.
template <IpVersion V>
class rule_set {
 public:
  /// No rules.
  rule_set() = default;

  explicit rule_set(std::span<const rule> rules) {
    expects(rules.size() <= rules_max, "a policy has at most rules_max rules");
    criteria_.reserve(rules.size());
    for (const auto& one : rules) {
      criteria_.emplace_back(one);
    }
  }

  /// The first rule that does not say no.
  rule_match match(const policy_query<V>& query) const noexcept {
    std::uint32_t number = 0;
    for (const auto& one : criteria_) {
      const auto answer = one.answer(query);
      if (answer != rule_answer::no) {
        return {number, answer};
      }
      ++number;
    }
    return {};
  }

 private:
  std::vector<rule_criteria<V>> criteria_;
};

}  // namespace weir

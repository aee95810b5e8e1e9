#pragma once

#include "weir/net/domain.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/net/tcp_mode.hpp"
#include "weir/policy/query.hpp"
#include "weir/policy/rule.hpp"
#include "weir/policy/rule_criteria.hpp"
#include "weir/policy/rule_set.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir {

/// Whether and where the MSS of SYN segments is cut.
struct mss_clamp {
  enum class form : std::uint8_t {
    off,
    to_mtu,     ///< to what fits the path (RFC 9293 section 3.7.1)
    to_number,  ///< to `size`
  };

  form kind = form::off;
  std::uint16_t size = 0;  ///< bytes; meaningful for `to_number`

  friend constexpr bool operator==(const mss_clamp&, const mss_clamp&) noexcept = default;
};

/// What one policy says, in order of rules.
struct policy_settings {
  std::string name;
  zone_id from{};
  zone_id to{};
  action default_action = action::deny;
  /// ICMPv6 errors 1 to 4 pass when their quote matches a session (RFC 4890 section 4.3.1).
  bool implicit_icmpv6 = true;
  tcp_mode tcp = tcp_mode::strict;
  /// Segments of no session that cannot open one are answered with a reset.
  bool reset_unknown_tcp = false;
  mss_clamp tcp_mss{};
  reject_form reject_with = reject_form::automatic;
  std::uint8_t timeouts = 0;  ///< number of the profile of idle times
  std::vector<rule> rules;
};

/// The rules between two zones, ready to decide. Made once.
class policy {
 public:
  explicit policy(policy_settings settings)
      : settings_{std::move(settings)},
        rules4_{settings_.rules},
        rules6_{settings_.rules},
        transport_refusal_{first_transport_refusal(settings_.rules)} {}

  const policy_settings& settings() const noexcept { return settings_; }

  /// What happens to the flow that the packet would open.
  template <IpVersion V>
  decision decide(const policy_query<V>& query) const noexcept {
    return decide(rules<V>().match(query));
  }
  /// The same of a packet that matched a rule, or none.
  decision decide(const rule_match& matched) const noexcept {
    decision made{settings_.default_action, false, false, settings_.reject_with, matched.rule};
    if (matched.answer == rule_answer::no) {
      return made;
    }
    const auto& decisive = settings_.rules[matched.rule];
    made.log = decisive.log;
    made.needs_header = matched.answer == rule_answer::needs_header;
    made.action = made.needs_header ? action::deny : decisive.action;
    return made;
  }

  /// Whether an IPv6 packet whose transport protocol is hidden could have met a rule that refuses
  /// it, before the one that permitted it, had its protocol been known.
  bool may_refuse_hidden(const decision& permitted) const noexcept {
    return transport_refusal_ < permitted.rule;
  }

  /// The rules as packets of one family meet them.
  template <IpVersion V>
  const rule_set<V>& rules() const noexcept {
    if constexpr (std::is_same_v<V, ipv4>) {
      return rules4_;
    } else {
      return rules6_;
    }
  }

 private:
  /// The first rule that refuses IPv6 packets by what their transport header is or holds: packets
  /// of some protocols only.
  static std::uint32_t first_transport_refusal(const std::vector<rule>& rules) {
    for (std::size_t number = 0; number < rules.size(); ++number) {
      const auto& one = rules[number];
      const auto refused = rule_criteria<ipv6>{one}.protocols();
      const bool refuses = one.action == action::deny || one.action == action::reject;
      if (refuses && refused.any() && !refused.all()) {
        return static_cast<std::uint32_t>(number);
      }
    }
    return rule_match::none;
  }

  policy_settings settings_;
  rule_set<ipv4> rules4_;
  rule_set<ipv6> rules6_;
  std::uint32_t transport_refusal_;
};

}  // namespace weir

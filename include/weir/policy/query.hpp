#pragma once

#include "weir/net/flow_key.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/policy/rule.hpp"

#include <cstdint>

namespace weir {

/// The packet that would open a flow, as policy sees it.
template <IpVersion V>
struct policy_query {
  flow_key<V> flow{};  ///< after destination translation
  fragment_kind fragment = fragment_kind::none;
  /// Whether the transport header was read: false for a later fragment whose first piece is not
  /// known. Ports, flags, type and code mean something only if it was.
  bool header_known = true;
  std::uint8_t tcp_flags = 0;  ///< of TCP, as in byte 13 of RFC 9293 section 3.1
  std::uint8_t icmp_type = 0;  ///< of ICMP and ICMPv6
  std::uint8_t icmp_code = 0;  ///< of ICMP and ICMPv6
  bool authenticated = false;  ///< of IPv6: an authentication header comes before the transport's
};

/// The query of the opposite direction: what the packet would be as a reply.
template <IpVersion V>
constexpr policy_query<V> reversed(const policy_query<V>& query) noexcept {
  policy_query<V> turned = query;
  turned.flow = reversed(query.flow);
  return turned;
}

/// What a rule says about a query.
enum class rule_answer : std::uint8_t {
  no,            ///< a criterion is not met
  yes,           ///< every criterion is met
  needs_header,  ///< the transport header would tell, and it is not known
};

/// The first rule of a list that does not answer `no`.
struct rule_match {
  static constexpr std::uint32_t none = 0xFFFF'FFFF;

  std::uint32_t rule = none;
  rule_answer answer = rule_answer::no;

  friend constexpr bool operator==(const rule_match&, const rule_match&) noexcept = default;
};

/// How a `reject` is said to the sender.
enum class reject_form : std::uint8_t {
  automatic,         ///< a reset for TCP, port unreachable for all else
  port_unreachable,  ///< ICMP 3/3, ICMPv6 1/4
  admin_prohibited,  ///< ICMP 3/13, ICMPv6 1/1
};

/// What a policy says about a query.
struct decision {
  /// The number of the rule where the default decided.
  static constexpr std::uint32_t default_rule = rule_match::none;

  weir::action action = action::deny;
  /// The packet is a later fragment, and a rule that may be about it asks for its transport
  /// header. The action is `deny`.
  bool needs_header = false;
  bool log = false;
  reject_form reject_with = reject_form::automatic;
  std::uint32_t rule = default_rule;  ///< which of the policy's rules decided

  constexpr bool is_stateful() const noexcept { return action >= action::permit_stateful; }
  constexpr bool translates() const noexcept { return action == action::permit_stateful_nat; }

  friend constexpr bool operator==(const decision&, const decision&) noexcept = default;
};

}  // namespace weir

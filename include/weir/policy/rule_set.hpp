#pragma once

#include "weir/base/contract.hpp"
#include "weir/net/flow_words.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/net/protocol.hpp"
#include "weir/policy/protocol_classes.hpp"
#include "weir/policy/query.hpp"
#include "weir/policy/rule.hpp"
#include "weir/policy/rule_box.hpp"
#include "weir/policy/rule_criteria.hpp"
#include "weir/policy/rule_search.hpp"
#include "weir/policy/rule_tree.hpp"
#include "weir/policy/tree_builder.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace weir {

/// Rules of one policy, at most.
inline constexpr std::size_t rules_max = 100'000;

/// The rules of a policy as packets of one family meet them: the first that matches decides.
///
/// Made once. Rules are found through trees that every packet descends in nearly the same few
/// steps, whatever their number. There are trees for each class of protocols, and others for
/// packets of the class whose transport header is not known.
template <IpVersion V>
class rule_set {
 public:
  /// No rules.
  rule_set() : rule_set{std::span<const rule>{}} {}

  /// There are at most `rules_max` rules.
  explicit rule_set(std::span<const rule> rules) : is_empty_{rules.empty()} {
    expects(rules.size() <= rules_max, "a policy has at most rules_max rules");
    criteria_.reserve(rules.size());
    for (const auto& one : rules) {
      criteria_.emplace_back(one);
      classes_.part(criteria_.back().protocols());
    }
    plant();
  }

  /// Whether there is no rule, so that nothing is found.
  bool is_empty() const noexcept { return is_empty_; }

  /// The first rule that does not say no.
  rule_match match(const policy_query<V>& query) const noexcept {
    if (is_empty()) return {};
    detail::rule_search<V> search;
    begin(search, words_of(query.flow), query.flow.protocol, query.header_known);
    for (std::size_t tree = 0; tree < search.trees; ++tree) {
      while (search.arrive(tree)) search.turn(tree);
    }
    return conclude(search, query);
  }

  /// The same in steps, of which each is taken for many packets: `begin`,
  /// `lead_to_leaves`, `conclude`.
  [[gnu::__always_inline__]] void begin(detail::rule_search<V>& search, const flow_words<V>& flow,
                                        protocol transport, bool header_known) const noexcept {
    const auto& trees = header_known ? known_ : unknown_;
    search.begin(forest_, trees[classes_.class_of(transport)], flow);
  }
  [[gnu::__always_inline__]] rule_match conclude(const detail::rule_search<V>& search,
                                                 const policy_query<V>& query) const noexcept {
    return search.conclude(query, criteria_);
  }

  /// What the search structures take, the rules themselves excepted.
  std::size_t bytes() const noexcept { return forest_.bytes(); }

 private:
  using criteria_type = rule_criteria<V>;

  using box_list = std::vector<detail::rule_box<V>>;

  /// Boxes that the rules for one class of packets may become, beside one for each rule.
  static constexpr std::size_t boxes_free = std::size_t{1} << 15;
  /// Boxes that the leaves of all trees keep, where they keep more than `replication_min` for each.
  static constexpr std::size_t kept_max = std::size_t{1} << 20;
  static constexpr std::size_t replication_min = 2;
  static constexpr std::size_t replication_max = 32;

  /// Makes the trees of all classes.
  void plant() {
    std::vector<box_list> lists;
    std::size_t sum = 1;
    for (std::size_t place = 0; place < classes_.count(); ++place) {
      for (const bool header_known : {false, true}) {
        sum += lists.emplace_back(boxes(place, header_known)).size();
      }
    }
    detail::tree_builder<V> builder{std::clamp(kept_max / sum, replication_min, replication_max)};
    for (std::size_t place = 0; place < classes_.count(); ++place) {
      unknown_[place] = builder.plant(std::move(lists[2 * place]));
      known_[place] = builder.plant(std::move(lists[2 * place + 1]));
    }
    forest_ = builder.forest();
  }

  /// The rules that packets of a class can match, as boxes in order.
  box_list boxes(std::size_t place, bool header_known) const {
    const auto& members = classes_.members(place);
    std::size_t per_rule = detail::boxes_per_rule_max;
    while (per_rule > 1 && boxes_at(place, header_known, per_rule) > boxes_free) {
      per_rule /= 2;
    }
    box_list made;
    for (std::uint32_t number = 0; number < criteria_.size(); ++number) {
      const auto& one = criteria_[number];
      if (!may_meet(one, members)) continue;
      detail::box_lists<V> lists{one, header_known};
      lists.reduce(per_rule);
      const bool is_exact = lists.is_exact && (members & ~one.protocols()).none();
      const auto added = detail::boxes_of(lists, number, meaning_of(one, header_known, is_exact));
      made.insert(made.end(), added.begin(), added.end());
    }
    return made;
  }

  /// Whether a rule may match packets of these protocols. One that an authentication header meets
  /// is asked about those of every class: the trees know nothing of that header.
  static bool may_meet(const criteria_type& one,
                       const protocol_classes::protocol_set& members) noexcept {
    return one.meets_authentication() || (one.protocols() & members).any();
  }

  /// How many boxes the rules of a tree become if each may be so many.
  std::size_t boxes_at(std::size_t place, bool header_known, std::size_t per_rule) const {
    std::size_t sum = 0;
    for (const auto& one : criteria_) {
      if (!may_meet(one, classes_.members(place))) continue;
      sum += std::min(detail::box_lists<V>{one, header_known}.boxes(), per_rule);
    }
    return sum;
  }

  static detail::box_meaning meaning_of(const criteria_type& one, bool header_known,
                                        bool is_exact) noexcept {
    if (!is_exact || one.needs_fragment()) return detail::box_meaning::ask;
    if (!header_known) {
      return one.needs_header() ? detail::box_meaning::needs_header : detail::box_meaning::match;
    }
    return one.needs_flags_or_icmp() ? detail::box_meaning::ask : detail::box_meaning::match;
  }

  // A cache line has what every search begins with: the forest, and the classes of TCP and UDP.
  detail::rule_forest<V> forest_;
  bool is_empty_;
  protocol_classes classes_;
  std::array<detail::tree_grove, protocol_classes::classes_max> known_{};
  std::array<detail::tree_grove, protocol_classes::classes_max> unknown_{};
  std::vector<criteria_type> criteria_;
};

}  // namespace weir

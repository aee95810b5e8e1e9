#pragma once

// Overview
//
// A node looks at some neighbouring bits of one side of the space and has a slice of space for each
// of their values. A leaf is the list of boxes that reach into the part of space that is left, in
// order of rules, compared eight at a time. The list ends with a box that holds everything, so a
// search needs no count.
//
// The tree only narrows down: a box in a leaf is compared in full. So nodes skip bits in which the
// boxes they part agree.

#include "weir/net/ip_version.hpp"
#include "weir/policy/query.hpp"
#include "weir/policy/rule_box.hpp"
#include "weir/policy/rule_criteria.hpp"
#include "weir/policy/rule_lanes.hpp"
#include "weir/table/memory.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

namespace weir::detail {

/// Where a search goes on: in a slice of a node, or in the leaf whose lanes begin with group
/// `first`.
struct tree_place {
  static constexpr std::uint8_t leaf_side = 0xFF;

  std::uint32_t first = 0;  ///< of the places of a node's slices, or of a leaf's groups
  std::uint16_t mask = 0;   ///< of the bits that a node looks at, when they are shifted down
  std::uint8_t shift = 0;
  std::uint8_t side = leaf_side;  ///< the side whose bits they are

  constexpr bool is_leaf() const noexcept { return side == leaf_side; }
  /// The slice of a node that holds the value.
  constexpr std::uint32_t slice_of(std::uint32_t value) const noexcept {
    return value >> shift & mask;
  }
};
static_assert(sizeof(tree_place) == 8);

/// Trees over different boxes; the first rule that any of them finds is the first of all.
struct tree_grove {
  static constexpr std::size_t trees_max = 3;

  std::array<tree_place, trees_max> roots{};
  std::size_t trees = 0;  ///< at least one where there is something to search
};

/// The nodes and leaves of several trees.
template <IpVersion V>
class rule_forest {
 public:
  rule_forest() noexcept = default;
  rule_forest(std::span<const tree_place> places, std::span<const lane_group<V>> groups)
      : places_{places.size()}, groups_{groups.size()} {
    std::ranges::copy(places, places_.data());
    std::ranges::copy(groups, groups_.data());
  }

  std::size_t bytes() const noexcept { return places_.bytes() + groups_.bytes(); }

  /// The first rule whose boxes in the trees hold the packet, and that does not say no.
  rule_match find(const tree_grove& grove, const policy_query<V>& query,
                  std::span<const rule_criteria<V>> criteria) const noexcept {
    const auto point = point_of(query.flow);
    auto found = find(grove.roots[0], point, query, criteria);
    for (std::size_t tree = 1; tree < grove.trees; ++tree) {
      const auto other = find(grove.roots[tree], point, query, criteria);
      if (other.rule < found.rule) found = other;
    }
    return found;
  }

 private:
  /// The first rule whose boxes in one tree hold the packet, and that does not say no.
  rule_match find(tree_place at, const rule_point<V>& point, const policy_query<V>& query,
                  std::span<const rule_criteria<V>> criteria) const noexcept {
    while (!at.is_leaf()) {
      at = places_[at.first + at.slice_of(point[at.side])];
    }
    for (const auto* group = &groups_[at.first];; ++group) {
      for (auto holding = group->holding(point); holding != 0; holding &= holding - 1) {
        const auto word = group->word[std::countr_zero(holding)];
        const auto rule = lane_word::rule(word);
        switch (lane_word::meaning(word)) {
          case box_meaning::match:
            return {rule, rule_answer::yes};
          case box_meaning::needs_header:
            return {rule, rule_answer::needs_header};
          case box_meaning::nothing:
            return {};
          case box_meaning::ask:
            break;
        }
        const auto answer = criteria[rule].answer(query);
        if (answer != rule_answer::no) return {rule, answer};
      }
    }
  }

  huge_array<tree_place> places_;
  huge_array<lane_group<V>> groups_;
};

}  // namespace weir::detail

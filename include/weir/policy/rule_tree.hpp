#pragma once

// Overview
//
// A node looks at some neighbouring bits of one side of the space and has a slice of space for each
// of their values. A leaf is the list of boxes that reach into the part of space that is left,
// compared eight at a time.
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

/// Where a search goes on: in a slice of a node, or in the groups of lanes of a leaf.
struct tree_place {
  static constexpr std::uint8_t leaf_word = 0xFF;

  std::uint32_t first = 0;  ///< of the places of a node's slices, or of a leaf's groups
  /// Of the bits that a node looks at, when they are shifted down; or how many groups a leaf has.
  std::uint16_t mask_or_count = 0;
  std::uint8_t shift = 0;
  std::uint8_t word = leaf_word;  ///< of the point: the one whose bits they are

  constexpr bool is_leaf() const noexcept { return word == leaf_word; }
  /// The place of the node's slice that holds the point.
  template <std::size_t Words>
  constexpr std::size_t next(const std::array<std::uint32_t, Words>& point) const noexcept {
    return first + (point[word] >> shift & mask_or_count);
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
    first_found first;
    for (std::size_t tree = 0; tree < grove.trees; ++tree) {
      for (const auto& group : leaf(grove.roots[tree], point)) {
        group.search(point, first);
      }
    }
    const auto found = first.first();
    return found.must_ask() ? ask(found, grove, query, criteria) : found.match();
  }

 private:
  /// The groups of the leaf that the point leads to.
  std::span<const lane_group<V>> leaf(tree_place at, const rule_point<V>& point) const noexcept {
    while (!at.is_leaf()) {
      at = places_[at.next(point)];
    }
    return {groups_.data() + at.first, at.mask_or_count};
  }

  /// The match of a search whose first answer is that a rule must be asked.
  [[gnu::noinline]] rule_match ask(found_word found, const tree_grove& grove,
                                   const policy_query<V>& query,
                                   std::span<const rule_criteria<V>> criteria) const noexcept {
    const auto point = point_of(query.flow);
    while (found.must_ask()) {
      const auto answer = criteria[found.rule()].answer(query);
      if (answer != rule_answer::no) return {found.rule(), answer};
      found = next(found, grove, point);
    }
    return found.match();
  }

  /// The first answer after another one.
  found_word next(found_word after, const tree_grove& grove,
                  const rule_point<V>& point) const noexcept {
    found_word first;
    for (std::size_t tree = 0; tree < grove.trees; ++tree) {
      // Groups are in order, and so are the lanes of each.
      for (const auto& group : leaf(grove.roots[tree], point)) {
        const auto found = group.next(point, after);
        first = std::min(first, found);
        if (found != found_word{}) break;
      }
    }
    return first;
  }

  huge_array<tree_place> places_;
  huge_array<lane_group<V>> groups_;
};

}  // namespace weir::detail

#pragma once

// Overview
//
// A node looks at some neighbouring bits of one side of the space and has a slice of space for each
// of their values. A leaf is the list of boxes that reach into the part of space that is left,
// compared four at a time.
//
// The tree only narrows down: a box in a leaf is compared in full. So nodes skip bits in which the
// boxes they part agree.
//
// What a search does is nearly the same for every packet, because no branch predictor knows where
// the next one leads: there are always two trees at least, each root is a node, and each leaf has
// a group of boxes, if need be without a box.

#include "weir/net/ip_version.hpp"
#include "weir/policy/box_group.hpp"
#include "weir/policy/found_word.hpp"
#include "weir/policy/rule_box.hpp"
#include "weir/table/memory.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace weir::detail {

/// What parts a space: a slice for each value of some neighbouring bits of a point.
struct tree_node {
  std::uint32_t first = 0;  ///< of the places of its slices
  std::uint16_t mask = 0;   ///< of the bits, when they are shifted down
  std::uint8_t shift = 0;
  std::uint8_t word = 0;  ///< of the point: the one whose bits they are

  /// The place of the slice that holds the point.
  template <std::size_t Words>
  constexpr std::size_t place(const std::array<std::uint32_t, Words>& point) const noexcept {
    return first + (point[word] >> shift & mask);
  }
};
static_assert(sizeof(tree_node) == 8);

/// Where a search goes on: at a node, or in the groups of boxes of a leaf.
class tree_place {
 public:
  /// Nodes of a forest, and groups of boxes, at most.
  static constexpr std::uint32_t numbers_max = 1u << 30;

  /// The leaf of the forest's first group, which holds no box.
  constexpr tree_place() noexcept = default;
  static constexpr tree_place node(std::uint32_t number) noexcept {
    return tree_place{number << flag_bits | node_flag};
  }
  /// A leaf of more than one group ends with a group that has room for another box.
  static constexpr tree_place leaf(std::uint32_t first_group, bool is_long) noexcept {
    return tree_place{first_group << flag_bits | (is_long ? long_flag : 0)};
  }

  constexpr bool is_node() const noexcept { return (bits_ & node_flag) != 0; }
  constexpr bool is_long() const noexcept { return (bits_ & long_flag) != 0; }
  /// Of the node, or of the leaf's first group.
  constexpr std::uint32_t number() const noexcept { return bits_ >> flag_bits; }

 private:
  static constexpr unsigned flag_bits = 2;
  static constexpr std::uint32_t node_flag = 1;
  static constexpr std::uint32_t long_flag = 2;

  constexpr explicit tree_place(std::uint32_t bits) noexcept : bits_{bits} {}

  std::uint32_t bits_ = 0;
};

/// Trees over different boxes; the first rule that any of them finds is the first of all.
struct tree_grove {
  static constexpr std::size_t trees_max = 3;
  static constexpr std::size_t trees_min = 2;

  /// The root of no boxes leads to the forest's first place.
  std::array<tree_node, trees_max> roots{};
  std::uint32_t trees = trees_min;
  /// Of all packets that no box in the trees holds.
  found_word otherwise{};
};

/// The nodes and leaves of several trees. The first place is a leaf without a box.
template <IpVersion V>
class rule_forest {
 public:
  rule_forest() noexcept = default;
  rule_forest(std::span<const tree_node> nodes, std::span<const tree_place> places,
              std::span<const box_group<V>> groups)
      : nodes_{nodes.size()}, places_{places.size()}, groups_{groups.size()} {
    std::ranges::copy(nodes, nodes_.data());
    std::ranges::copy(places, places_.data());
    std::ranges::copy(groups, groups_.data());
  }

  const tree_node* nodes() const noexcept { return nodes_.data(); }
  const tree_place* places() const noexcept { return places_.data(); }
  const box_group<V>* groups() const noexcept { return groups_.data(); }
  std::size_t bytes() const noexcept { return nodes_.bytes() + places_.bytes() + groups_.bytes(); }

 private:
  huge_array<tree_node> nodes_;
  huge_array<tree_place> places_;
  huge_array<box_group<V>> groups_;
};

}  // namespace weir::detail

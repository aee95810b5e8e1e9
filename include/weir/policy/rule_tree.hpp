#pragma once

// Overview
//
// A node looks at some neighbouring bits of one side of the space and has a slice of space for each
// of their values. A leaf is the list of boxes that reach into the part of space that is left,
// compared two at a time.
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
#include "weir/table/simd.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace weir::detail {

/// Some neighbouring bits of a word of a point, at least one of them; or none.
class tree_cut {
 public:
  constexpr tree_cut() noexcept = default;
  constexpr tree_cut(std::uint8_t word, std::uint8_t shift, std::uint8_t length) noexcept
      : bits_{std::uint32_t{word} << word_shift | std::uint32_t{length} << 8 | shift} {}

  /// How many values they have.
  constexpr std::uint32_t slices() const noexcept { return 1u << (bits_ >> 8 & 0xFF); }

  template <std::size_t Words>
  [[gnu::always_inline]] std::uint32_t slice_of(
      const std::array<std::uint32_t, Words>& point) const noexcept {
    return extract_bits(point[bits_ >> word_shift], bits_);
  }

  constexpr std::uint32_t bits() const noexcept { return bits_; }
  static constexpr tree_cut from_bits(std::uint32_t bits) noexcept {
    tree_cut made;
    made.bits_ = bits;
    return made;
  }

 private:
  static constexpr unsigned word_shift = 16;

  std::uint32_t bits_ = 0;
};

/// What parts a space: a slice for each value of some bits of a point.
struct tree_node {
  std::uint32_t first = 0;  ///< of the places of its slices
  tree_cut cut{};

  /// The place of the slice that holds the point.
  template <std::size_t Words>
  [[gnu::always_inline]] std::uint32_t place(
      const std::array<std::uint32_t, Words>& point) const noexcept {
    return first + cut.slice_of(point);
  }
};
static_assert(sizeof(tree_node) == 8);

/// Where a search goes on: at a node, or in the groups of boxes of a leaf. In front of the places
/// of a node's slices is one that holds its cut.
class tree_place {
 public:
  /// Places of a forest, and groups of boxes, at most.
  static constexpr std::uint32_t places_max = 1u << 31;
  static constexpr std::uint32_t groups_max = 1u << 26;

  /// The leaf of the forest's first group, which holds no box.
  constexpr tree_place() noexcept = default;
  static constexpr tree_place node(std::uint32_t first) noexcept {
    return tree_place{first << 1 | node_flag};
  }
  static constexpr tree_place cut(tree_cut cut) noexcept { return tree_place{cut.bits()}; }
  /// With `has_more` a search does not end with the first group. Such a leaf ends with a group that
  /// has room for another box.
  static constexpr tree_place leaf(std::uint32_t first_group, bool has_more) noexcept {
    return tree_place{first_group * group_step | (has_more ? more_flag : 0)};
  }

  constexpr bool is_node() const noexcept { return (bits_ & node_flag) != 0; }
  /// Of a node: the place of its first slice.
  constexpr std::uint32_t first() const noexcept { return bits_ >> 1; }
  constexpr tree_cut cut() const noexcept { return tree_cut::from_bits(bits_); }
  /// Of a leaf.
  constexpr bool has_more() const noexcept { return (bits_ & more_flag) != 0; }
  constexpr std::uint32_t first_group() const noexcept { return bits_ / group_step; }
  /// Where the first group lies, in bytes, if a group is as long as a cache line.
  constexpr std::size_t first_line() const noexcept { return bits_ & ~(group_step - 1); }

 private:
  static constexpr std::uint32_t node_flag = 1;
  static constexpr std::uint32_t more_flag = 2;
  static constexpr std::uint32_t group_step = line_bytes;

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
  rule_forest(std::span<const tree_place> places, std::span<const box_group<V>> groups)
      : places_{places.size()}, groups_{groups.size()} {
    std::ranges::copy(places, places_.data());
    std::ranges::copy(groups, groups_.data());
  }

  const tree_place* places() const noexcept { return places_.data(); }
  /// The node that a place leads to.
  [[gnu::always_inline]] tree_node node(tree_place at) const noexcept {
    return {at.first(), places_.data()[at.first() - 1].cut()};
  }
  /// The first group of a leaf.
  [[gnu::always_inline]] const box_group<V>* group(tree_place at) const noexcept {
    constexpr std::size_t lines = sizeof(box_group<V>) / line_bytes;
    return reinterpret_cast<const box_group<V>*>(
        reinterpret_cast<const std::byte*>(groups_.data()) + at.first_line() * lines);
  }
  std::size_t bytes() const noexcept { return places_.bytes() + groups_.bytes(); }

 private:
  huge_array<tree_place> places_;
  huge_array<box_group<V>> groups_;
};

}  // namespace weir::detail

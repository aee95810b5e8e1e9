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

#include "weir/base/contract.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/policy/box_group.hpp"
#include "weir/policy/found_word.hpp"
#include "weir/table/memory.hpp"
#include "weir/table/simd.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace weir::detail {

/// Some neighbouring bits of a word of a point, at least one of them; or none.
class tree_cut {
 public:
  constexpr tree_cut() noexcept = default;
  constexpr tree_cut(std::uint8_t word, std::uint8_t shift, std::uint8_t length) noexcept
      : bits_{std::uint32_t{word} << word_shift | std::uint32_t{length} << 8 | shift} {}

  constexpr std::uint32_t word() const noexcept { return bits_ >> word_shift; }
  constexpr std::uint32_t shift() const noexcept { return bits_ & 0xFF; }
  /// How many values they have.
  constexpr std::uint32_t slices() const noexcept { return 1u << (bits_ >> 8 & 0xFF); }

  template <std::size_t Words>
  [[gnu::__always_inline__]] std::uint32_t slice_of(
      const std::array<std::uint32_t, Words>& point) const noexcept {
    return extract_bits(point[word()], bits_);
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
  std::uint32_t first = 0;  ///< where the place of its first slice is
  tree_cut cut{};

  /// Where the place of the slice is that holds the point.
  template <std::size_t Words>
  [[gnu::__always_inline__]] std::uint32_t slice_of(
      const std::array<std::uint32_t, Words>& point) const noexcept {
    return first + cut.slice_of(point) * static_cast<std::uint32_t>(sizeof(std::uint32_t));
  }
};

/// Where a search goes on, in bytes from where its forest begins: at a node, which is its cut and
/// behind it the places of its slices, or at the groups of boxes of a leaf. The cut has the form of
/// a place, and is none to go to.
class tree_place {
 public:
  constexpr tree_place() noexcept = default;
  static constexpr tree_place node(std::uint32_t begin) noexcept {
    return tree_place{begin | node_flag};
  }
  static constexpr tree_place cut(tree_cut cut) noexcept { return tree_place{cut.bits()}; }
  /// With `has_more` a search does not end with the first group. Such a leaf ends with a group that
  /// has room for another box.
  static constexpr tree_place leaf(std::uint32_t begin, bool has_more) noexcept {
    return tree_place{begin | (has_more ? more_flag : 0)};
  }

  constexpr bool is_node() const noexcept { return (bits_ & node_flag) != 0; }
  /// Of two leaves, whether one has more than a group.
  friend constexpr bool either_has_more(tree_place one, tree_place other) noexcept {
    return ((one.bits_ | other.bits_) & more_flag) != 0;
  }
  constexpr bool has_more() const noexcept { return either_has_more(*this, *this); }
  constexpr std::uint32_t begin() const noexcept { return bits_ & ~(node_flag | more_flag); }
  /// The same, of a leaf that has no more. Else a byte of the same line, good to be asked for.
  constexpr std::uint32_t near_begin() const noexcept { return bits_; }
  constexpr tree_cut cut() const noexcept { return tree_cut::from_bits(bits_); }

  constexpr tree_place moved(std::uint32_t bytes) const noexcept {
    return tree_place{bits_ + bytes};
  }

 private:
  static constexpr std::uint32_t node_flag = 1;
  static constexpr std::uint32_t more_flag = 2;

  constexpr explicit tree_place(std::uint32_t bits) noexcept : bits_{bits} {}

  std::uint32_t bits_ = 0;
};
static_assert(sizeof(tree_place) == sizeof(std::uint32_t));

/// Trees over different boxes; the first rule that any of them finds is the first of all.
///
/// One cache line says where a search begins in all of them, and what it finds where they have
/// nothing: a fourth place, of no bits.
class alignas(line_bytes) tree_grove {
 public:
  static constexpr std::size_t trees_max = 3;
  static constexpr std::size_t trees_min = 2;

  /// For each tree, where the slice of its root is; then the word that is found otherwise.
  using starts = std::array<std::uint32_t, trees_max + 1>;

  /// Trees without boxes, and no rule to be found otherwise.
  constexpr tree_grove() noexcept {
    for (std::size_t tree = 0; tree < trees_max; ++tree) set_root(tree, no_boxes);
    set_otherwise({});
  }

  constexpr void set_root(std::size_t tree, tree_node root) noexcept {
    places_.word[tree] = root.cut.word();
    places_.below[tree] = root.cut.shift();
    places_.mask[tree] = root.cut.slices() - 1;
    places_.begin[tree] = root.first;
  }
  /// Of all packets that no box in the trees holds.
  constexpr void set_otherwise(found_word found) noexcept {
    places_.begin[trees_max] = found.bits();
  }

  /// Where a search begins for a point.
  template <std::size_t Words>
  [[gnu::__always_inline__]] void enter(
      starts& to, const std::array<std::uint32_t, Words>& point) const noexcept {
    find_places(to, places_, point);
  }
  static constexpr found_word otherwise(const starts& from) noexcept {
    return found_word::from_bits(from[trees_max]);
  }

 private:
  /// The root that leads to the forest's first place, behind the cut of no bits.
  static constexpr tree_node no_boxes{sizeof(tree_place), {}};

  word_places places_;
};

/// The nodes and leaves of several trees, all in one piece of memory: the nodes, then the groups.
/// The first node has one slice, whose leaf has no box.
template <IpVersion V>
class rule_forest {
 public:
  rule_forest() noexcept = default;
  /// `nodes` are one behind the other; their leaves begin where the groups do.
  rule_forest(std::span<const tree_place> nodes, std::span<const box_group<V>> groups)
      : memory_{groups_begin(nodes) + groups.size_bytes()} {
    expects(memory_.size() <= bytes_max, "a forest is as large as its places can tell");
    const auto leaves = static_cast<std::uint32_t>(groups_begin(nodes));
    for (std::size_t cut = 0; cut < nodes.size();) {
      const auto end = cut + 1 + nodes[cut].cut().slices();
      put(cut, nodes[cut]);
      for (++cut; cut < end; ++cut) {
        put(cut, nodes[cut].is_node() ? nodes[cut] : nodes[cut].moved(leaves));
      }
    }
    std::memcpy(memory_.data() + leaves, groups.data(), groups.size_bytes());
  }

  const std::byte* data() const noexcept { return memory_.data(); }
  std::size_t bytes() const noexcept { return memory_.bytes(); }

 private:
  static constexpr std::size_t bytes_max = ~std::uint32_t{0};

  static std::size_t groups_begin(std::span<const tree_place> nodes) noexcept {
    return (nodes.size_bytes() + line_bytes - 1) / line_bytes * line_bytes;
  }

  void put(std::size_t at, tree_place place) noexcept {
    std::memcpy(memory_.data() + at * sizeof place, &place, sizeof place);
  }

  huge_array<std::byte> memory_;
};

/// What is at a place of a forest.
[[gnu::__always_inline__]] inline tree_place place_at(const std::byte* forest,
                                                      std::uint32_t begin) noexcept {
  tree_place found;
  std::memcpy(&found, forest + begin, sizeof found);
  return found;
}
/// The node that a place leads to.
[[gnu::__always_inline__]] inline tree_node node_at(const std::byte* forest,
                                                    tree_place at) noexcept {
  return {at.begin() + static_cast<std::uint32_t>(sizeof(tree_place)),
          place_at(forest, at.begin()).cut()};
}
/// A group of a leaf.
template <IpVersion V>
[[gnu::__always_inline__]] inline const box_group<V>& group_at(const std::byte* forest,
                                                               std::uint32_t begin) noexcept {
  return *static_cast<const box_group<V>*>(static_cast<const void*>(forest + begin));
}

}  // namespace weir::detail

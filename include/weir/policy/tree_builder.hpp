#pragma once

// Overview
//
// Parts of space wait in a heap, the fullest first. Each is cut by the bits that leave the fewest
// boxes for a packet to be compared with, of all that do not repeat too many boxes: the mean over
// the boxes of the slices, because packets are where rules are. A part with few boxes, or one that
// no cut relieves, becomes a leaf.
//
// A node looks at the highest bits in which boxes differ. Where boxes agree in higher bits, a slice
// holds packets that differ there as well; they are told apart in the leaf.
//
// Limits. A box that reaches into several parts is kept in each. Cutting stops when the parts
// together hold so many boxes for each given one as the builder was told; what is left then
// becomes leaves as it is. As the fullest parts come first, that bounds memory at the least expense
// of speed.

#include "weir/net/ip_version.hpp"
#include "weir/policy/box_group.hpp"
#include "weir/policy/box_numbers.hpp"
#include "weir/policy/forest_draft.hpp"
#include "weir/policy/rule_box.hpp"
#include "weir/policy/rule_tree.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace weir::detail {

/// Boxes that a part may have without being cut further: those that are compared at once.
inline constexpr std::size_t leaf_max = group_boxes;
/// Boxes in all leaves that any tree may have, however few it was given.
inline constexpr std::size_t replication_free = 4096;
/// Boxes in the slices of one node for each box it parts, a slice counting as some of a box.
inline constexpr std::size_t node_growth_max = 4;
inline constexpr std::size_t slices_per_box = 8;
/// Bits that a node looks at.
inline constexpr unsigned node_bits_max = 12;
/// And how many more than tell its boxes apart if they are spread evenly.
inline constexpr unsigned node_bits_spare = 2;

/// Grows trees over boxes, one after the other, into the same nodes and leaves.
template <IpVersion V>
class tree_builder {
 public:
  /// A tree keeps at most `replication_max` boxes for each box it is given.
  explicit tree_builder(std::size_t replication_max) : replication_max_{replication_max} {}

  /// Trees over boxes in order of rules: one, or where enough of them are wide in one address and
  /// enough in the other, one for each kind. In one tree such boxes would be repeated in all the
  /// slices that the others need.
  tree_grove plant(std::vector<rule_box<V>> boxes) {
    tree_grove made;
    const auto last = std::ranges::find_if(
        boxes, [](const auto& box) { return decides_all(box, whole_space<V>()); });
    if (last != boxes.end()) {
      made.set_otherwise({last->rule, last->meaning});
      boxes.erase(last, boxes.end());
    }
    std::array<std::vector<rule_box<V>>, tree_grove::trees_max> kinds;
    for (const auto& box : boxes) {
      const bool is_wide_source = is_wide(box, 0);
      const bool is_wide_destination = is_wide(box, address_words<V>);
      kinds[is_wide_destination ? 1 + is_wide_source : 0].push_back(box);
    }
    if (kinds[1].size() <= leaf_max || kinds[2].size() <= leaf_max) {
      kinds[1] = merged(kinds[1], kinds[2]);
      kinds[2].clear();
    }
    if (kinds[0].size() <= leaf_max || kinds[1].size() <= leaf_max) {
      kinds = {std::move(boxes), {}, {}};
    }
    has_further_trees_ = !kinds[tree_grove::trees_min].empty();
    std::size_t trees = 0;
    for (auto& kind : kinds) {
      if (!kind.empty()) made.set_root(trees++, build(std::move(kind)));
    }
    return made;
  }

  /// A tree over boxes in order of rules.
  tree_node build(std::vector<rule_box<V>> boxes) {
    boxes_ = std::move(boxes);
    kept_ = boxes_.size();
    kept_max_ = std::max(replication_free, replication_max_ * boxes_.size());
    part root{whole_space<V>(), whole_space<V>(), {}, root_place, false};
    for (std::uint32_t number = 0; number < boxes_.size() && !root.is_decided; ++number) {
      root.boxes.push_back(number);
      root.is_decided = decides_all(boxes_[number], root.space);
    }
    root_ = {};
    add(std::move(root));
    while (!waiting_.empty()) {
      std::ranges::pop_heap(waiting_, fuller_last);
      const part fullest = std::move(waiting_.back());
      waiting_.pop_back();
      if (!try_cut(fullest)) finish(fullest);
    }
    put_leaves();
    return root_;
  }

  /// All trees that were built.
  rule_forest<V> forest() const { return draft_.forest(); }

 private:
  /// By a list of boxes, one that holds it.
  using company_of_boxes = map_by_boxes<box_numbers>;
  /// In place of the place of a slice: that of the root.
  static constexpr std::size_t root_place = ~std::size_t{0};

  /// A part of space with the boxes that reach into it, and where the tree is to lead to it.
  struct part {
    rule_box<V> space{};
    /// Where in the space its boxes are; a packet elsewhere in it is in none, or in those that
    /// cover this.
    rule_box<V> focus{};
    box_numbers boxes{};
    std::size_t place = root_place;
    bool is_decided = false;  ///< no packet in the part gets past the last box
  };

  /// How to cut a part: a slice for each value of so many bits of a side.
  struct cut_plan {
    std::size_t side = 0;
    unsigned shift = 0;
    unsigned bits = 0;
    std::uint32_t base = 0;  ///< the bits above them that the boxes agree in
    bool is_whole = false;   ///< no packet of the part differs in those
    double mean = 0;         ///< boxes of a slice, by boxes
    std::uint64_t sum = 0;   ///< boxes of all slices

    constexpr std::size_t slices() const noexcept { return std::size_t{1} << bits; }
    constexpr std::uint32_t slice_of(std::uint32_t value) const noexcept {
      return value >> shift & static_cast<std::uint32_t>(slices() - 1);
    }
    constexpr box_side range_of(std::size_t slice) const noexcept {
      const auto first = base + (static_cast<std::uint32_t>(slice) << shift);
      return {first, first + ((1u << shift) - 1)};
    }
  };

  /// Boxes of a part that are each compared with all others.
  static constexpr std::size_t compared_max = 32;

  /// Whether the box holds addresses of an eighth of IPv4's bits, or of a quarter of IPv6's.
  static bool is_wide(const rule_box<V>& box, std::size_t address_side) noexcept {
    return V::number == 4
               ? (box.sides[address_side].last - box.sides[address_side].first) >> 24 != 0
               : box.sides[address_side + 1].covers({0, ~0u});
  }

  /// Two lists as one, in order of rules.
  static std::vector<rule_box<V>> merged(const std::vector<rule_box<V>>& left,
                                         const std::vector<rule_box<V>>& right) {
    std::vector<rule_box<V>> made(left.size() + right.size());
    std::ranges::merge(left, right, made.begin(), {}, &rule_box<V>::rule, &rule_box<V>::rule);
    return made;
  }

  static bool fuller_last(const part& left, const part& right) noexcept {
    return std::pair{left.boxes.size(), right.place} < std::pair{right.boxes.size(), left.place};
  }

  /// Whether all of `inner` that lies in the space lies in `outer` too.
  static bool covers(const rule_box<V>& outer, const rule_box<V>& inner,
                     const rule_box<V>& space) noexcept {
    for (std::size_t side = 0; side < box_sides<V>; ++side) {
      const auto& limit = space.sides[side];
      const box_side seen{std::max(inner.sides[side].first, limit.first),
                          std::min(inner.sides[side].last, limit.last)};
      if (!outer.sides[side].covers(seen)) return false;
    }
    return true;
  }

  /// Whether the search for any packet in the space ends with the box.
  static bool decides_all(const rule_box<V>& box, const rule_box<V>& space) noexcept {
    return box.decides() && covers(box, space, space);
  }

  /// Takes away boxes that lie behind another one wherever they reach into the space.
  void drop_hidden(const rule_box<V>& space, box_numbers& numbers) const {
    std::size_t kept = 0;
    for (std::size_t place = 0; place < numbers.size(); ++place) {
      const auto& box = boxes_[numbers[place]];
      bool is_hidden = false;
      for (std::size_t before = 0; before < kept && !is_hidden; ++before) {
        const auto& earlier = boxes_[numbers[before]];
        is_hidden = earlier.decides() && covers(earlier, box, space);
      }
      if (!is_hidden) numbers[kept++] = numbers[place];
    }
    numbers.resize(kept);
  }

  void add(part made) {
    if (made.boxes.size() <= leaf_max) {
      finish(made);
      return;
    }
    waiting_.push_back(std::move(made));
    std::ranges::push_heap(waiting_, fuller_last);
  }

  /// The slices of the plan that a box reaches into.
  box_side slices_of(const rule_box<V>& box, const rule_box<V>& focus,
                     const cut_plan& plan) const noexcept {
    const auto& range = box.sides[plan.side];
    const auto& limit = focus.sides[plan.side];
    if (range.covers(limit)) return {0, static_cast<std::uint32_t>(plan.slices() - 1)};
    return {plan.slice_of(std::max(range.first, limit.first)),
            plan.slice_of(std::min(range.last, limit.last))};
  }

  /// Where the ends of boxes differ: bits of a side from the lowest, and what lies above them.
  struct difference {
    unsigned bits = 0;
    std::uint32_t base = 0;
  };
  difference difference_along(const part& whole, std::size_t side) const noexcept {
    const auto& limit = whole.focus.sides[side];
    std::uint32_t some = 0;
    std::uint32_t every = ~0u;
    for (const auto number : whole.boxes) {
      const auto& range = boxes_[number].sides[side];
      if (range.covers(limit)) continue;
      const auto first = std::max(range.first, limit.first);
      const auto last = std::min(range.last, limit.last);
      some |= first | last;
      every &= first & last;
    }
    if (some == 0 && every == ~0u) return {};
    const auto bits = static_cast<unsigned>(32 - std::countl_zero(some & ~every));
    return {bits, static_cast<std::uint32_t>(std::uint64_t{every} >> bits << bits)};
  }

  void measure(const part& whole, cut_plan& plan) const {
    std::vector<std::int32_t> begun(plan.slices() + 1);
    for (const auto number : whole.boxes) {
      const auto reached = slices_of(boxes_[number], whole.focus, plan);
      ++begun[reached.first];
      --begun[reached.last + 1];
    }
    double squares = 0;
    std::int64_t open = 0;
    for (std::size_t slice = 0; slice < plan.slices(); ++slice) {
      open += begun[slice];
      plan.sum += static_cast<std::uint64_t>(open);
      squares += static_cast<double>(open) * static_cast<double>(open);
    }
    plan.mean = squares / static_cast<double>(plan.sum);
  }

  /// The best cut along a side; one of no bits where there is none.
  cut_plan plan_along(const part& whole, std::size_t side) const {
    const auto differing = difference_along(whole, side);
    const auto& limit = whole.space.sides[side];
    const auto bits_useful =
        static_cast<unsigned>(std::bit_width(whole.boxes.size())) + node_bits_spare;
    cut_plan best;
    best.mean = static_cast<double>(whole.boxes.size());
    for (unsigned bits = 1; bits <= std::min({differing.bits, bits_useful, node_bits_max});
         ++bits) {
      cut_plan plan;
      plan.side = side;
      plan.shift = differing.bits - bits;
      plan.bits = bits;
      plan.base = differing.base;
      plan.is_whole = (limit.last - limit.first) >> (differing.bits - 1) == 1;
      measure(whole, plan);
      if (plan.sum + plan.slices() / slices_per_box > node_growth_max * whole.boxes.size()) break;
      if (plan.mean < best.mean) best = plan;
    }
    return best;
  }

  /// Puts a node with slices of the part in its place; false where no cut is worth its memory.
  bool try_cut(const part& whole) {
    cut_plan best;
    best.mean = static_cast<double>(whole.boxes.size());
    for (std::size_t side = 0; side < box_sides<V>; ++side) {
      const auto plan = plan_along(whole, side);
      if (plan.mean < best.mean) best = plan;
    }
    const std::uint64_t kept = kept_ - whole.boxes.size() + best.sum;
    if (best.bits == 0 || kept > kept_max_) return false;
    kept_ = static_cast<std::size_t>(kept);
    const auto low = lowest_bit<V>(best.side);
    const tree_cut cut{low.word, static_cast<std::uint8_t>(low.shift + best.shift),
                       static_cast<std::uint8_t>(best.bits)};
    const auto node = draft_.add_node(cut);
    put(whole.place, node);
    add_slices(whole, best, draft_.place_of(node));
    return true;
  }

  void add_slices(const part& whole, const cut_plan& plan, std::size_t first) {
    std::vector<part> slices(plan.slices());
    for (std::size_t slice = 0; slice < slices.size(); ++slice) {
      slices[slice] = {whole.space, whole.focus, {}, first + slice, false};
      slices[slice].focus.sides[plan.side] = plan.range_of(slice);
      if (plan.is_whole) slices[slice].space.sides[plan.side] = plan.range_of(slice);
    }
    for (const auto number : whole.boxes) {
      const auto reached = slices_of(boxes_[number], whole.focus, plan);
      for (std::size_t slice = reached.first; slice <= reached.last; ++slice) {
        auto& into = slices[slice];
        if (into.is_decided) continue;
        into.boxes.push_back(number);
        into.is_decided = decides_all(boxes_[number], into.space);
      }
    }
    kept_ -= static_cast<std::size_t>(plan.sum);
    for (auto& slice : slices) {
      if (slice.boxes.size() <= compared_max) drop_hidden(slice.space, slice.boxes);
      kept_ += slice.boxes.size();
      add(std::move(slice));
    }
  }

  /// A leaf with all boxes of the part is to be put in its place.
  void finish(const part& whole) { leaves_[whole.boxes].push_back(whole.place); }

  /// Puts the leaves in their places.
  void put_leaves() {
    const auto company = has_further_trees_ ? company_of_boxes{} : company_of_lone();
    map_by_boxes<tree_place> made;
    for (const auto& [listed, places] : leaves_) {
      const auto shared = company.find(listed);
      const auto& boxes = shared != company.end() ? shared->second : listed;
      const auto [known, is_new] = made.try_emplace(boxes);
      if (is_new) known->second = leaf_of(boxes);
      for (const auto place : places) put(place, known->second);
    }
    leaves_.clear();
  }

  /// A box more in a leaf is no harm: for each box that is alone in one, boxes that fill a group
  /// with it, so that there are fewer groups.
  company_of_boxes company_of_lone() const {
    company_of_boxes made;
    for (const auto& [listed, places] : leaves_) {
      if (listed.size() != group_boxes) continue;
      for (const auto number : listed) made.try_emplace({number}, listed);
    }
    box_numbers waiting;
    for (const auto& [listed, places] : leaves_) {
      if (listed.size() != 1 || made.contains(listed)) continue;
      waiting.push_back(listed.front());
      if (waiting.size() < group_boxes) continue;
      for (const auto number : waiting) made[{number}] = waiting;
      waiting.clear();
    }
    return made;
  }

  tree_place leaf_of(const box_numbers& listed) {
    std::vector<rule_box<V>> boxes;
    boxes.reserve(listed.size());
    for (const auto number : listed) boxes.push_back(boxes_[number]);
    return draft_.add_leaf(boxes, has_further_trees_ || boxes.size() > group_boxes);
  }

  void put(std::size_t place, tree_node node) {
    if (place == root_place) {
      root_ = node;
    } else {
      draft_.put(place, node);
    }
  }
  void put(std::size_t place, tree_place leaf) {
    if (place == root_place) {
      root_ = draft_.add_node({});
      place = draft_.place_of(root_);
    }
    draft_.put(place, leaf);
  }

  std::size_t replication_max_;
  bool has_further_trees_ = false;  ///< beside those that every search follows
  std::vector<rule_box<V>> boxes_;
  std::vector<part> waiting_;
  map_by_boxes<std::vector<std::size_t>> leaves_;  ///< and places that lead to them
  std::size_t kept_ = 0;
  std::size_t kept_max_ = 0;
  tree_node root_;
  forest_draft<V> draft_;
};

}  // namespace weir::detail

#pragma once

#include "weir/base/contract.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/policy/box_group.hpp"
#include "weir/policy/found_word.hpp"
#include "weir/policy/query.hpp"
#include "weir/policy/rule_box.hpp"
#include "weir/policy/rule_criteria.hpp"
#include "weir/policy/rule_tree.hpp"
#include "weir/table/simd.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace weir::detail {

/// The search for the first rule of a forest that matches a packet, in steps, each of which asks
/// memory for what the next one reads: `lead_to_leaves` takes each for many packets. Between
/// `begin` and `conclude` every tree is followed to a leaf.
template <IpVersion V>
class rule_search {
 public:
  /// Trees that are followed in steps; what is in further ones is looked up at the end.
  static constexpr std::size_t trees = tree_grove::trees_min;

  /// The slices of the roots.
  [[gnu::__always_inline__]] void begin(const rule_forest<V>& forest, const tree_grove& grove,
                                        const rule_point<V>& point) noexcept {
    forest_ = forest.data();
    point_ = point;
    grove.enter(slices_, point);
    for (std::size_t tree = 0; tree < trees; ++tree) prefetch_read(forest_ + slices_[tree]);
  }

  /// What the slice of a tree leads to; answers whether to a node.
  [[gnu::__always_inline__]] bool arrive(std::size_t tree) noexcept {
    const tree_place at = place_at(forest_, slices_[tree]);
    for (std::size_t line = 0; line < sizeof(box_group<V>); line += line_bytes) {
      prefetch_read(forest_ + at.near_begin() + line);
    }
    reached_[tree] = at;
    return at.is_node();
  }

  /// The slice of the node that a tree led to.
  [[gnu::__always_inline__]] void turn(std::size_t tree) noexcept {
    slices_[tree] = node_at(forest_, reached_[tree]).slice_of(point_);
    prefetch_read(forest_ + slices_[tree]);
  }

  /// The first rule whose boxes hold the packet, and that does not say no.
  [[gnu::__always_inline__]] rule_match conclude(
      const policy_query<V>& query, const std::vector<rule_criteria<V>>& criteria) const noexcept {
    if (either_has_more(reached_[0], reached_[1])) [[unlikely]] {
      return ask(first_of_all(), query, criteria);
    }
    found_word found =
        box_group<V>::first(group_at<V>(forest_, reached_[0].near_begin()),
                            group_at<V>(forest_, reached_[1].near_begin()), group_point<V>{point_});
    found = std::min(found, tree_grove::otherwise(slices_));
    return found.must_ask() ? ask(found, query, criteria) : found.match();
  }

 private:
  /// The leaf of a tree that holds the packet.
  tree_place leaf(std::size_t tree) const noexcept {
    if (tree < trees) return reached_[tree];
    auto at = place_at(forest_, slices_[tree]);
    while (at.is_node()) at = place_at(forest_, node_at(forest_, at).slice_of(point_));
    return at;
  }

  /// The first rule of all groups of all trees.
  [[gnu::__noinline__]] found_word first_of_all() const noexcept {
    const group_point<V> spread{point_};
    found_word first = tree_grove::otherwise(slices_);
    for (std::size_t tree = 0; tree < tree_grove::trees_max; ++tree) {
      const auto at = leaf(tree);
      const auto* group = &group_at<V>(forest_, at.begin());
      auto found = group->first(spread);
      while (found == found_word{} && at.has_more() && group->is_full()) {
        found = (++group)->first(spread);
      }
      first = std::min(first, found);
    }
    return first;
  }

  /// What the boxes of a leaf answer one after the other. Groups are in order, and so are the boxes
  /// of each: no group is looked at again once it is passed, or many rules that say no would cost
  /// the square of their number.
  class leaf_answers {
   public:
    /// The next answer comes after `passed`.
    void begin(const box_group<V>& group, bool has_more, found_word passed) noexcept {
      group_ = &group;
      has_more_ = has_more;
      found_ = passed;
    }

    /// The first answer after `passed`, which is not before any that was passed earlier.
    found_word after(found_word passed, const group_point<V>& spread) noexcept {
      if (passed < found_) return found_;
      found_ = group_->next(spread, passed);
      while (found_ == found_word{} && has_more_ && group_->is_full()) {
        found_ = (++group_)->next(spread, passed);
      }
      return found_;
    }

   private:
    const box_group<V>* group_ = nullptr;
    bool has_more_ = false;
    found_word found_;
  };

  /// The match of a search whose first answer is that a rule must be asked.
  [[gnu::__noinline__]] rule_match ask(
      found_word found, const policy_query<V>& query,
      const std::vector<rule_criteria<V>>& criteria) const noexcept {
    const group_point<V> spread{point_};
    std::array<leaf_answers, tree_grove::trees_max> leaves;
    for (std::size_t tree = 0; tree < leaves.size(); ++tree) {
      const auto at = leaf(tree);
      leaves[tree].begin(group_at<V>(forest_, at.begin()), at.has_more(), found);
    }
    while (found.must_ask()) {
      const auto answer = criteria[found.rule()].answer(query);
      if (answer != rule_answer::no) return {found.rule(), answer};
      const auto passed = found;
      found = tree_grove::otherwise(slices_);
      for (auto& each : leaves) found = std::min(found, each.after(passed, spread));
    }
    return found.match();
  }

  const std::byte* forest_;
  std::array<tree_place, trees> reached_;
  alignas(4 * row_words) tree_grove::starts slices_;
  alignas(4 * row_words) rule_point<V> point_;
};

/// Searches that go on together, at most: one bit each.
inline constexpr std::size_t searches_max = 64;
using search_bits = std::uint64_t;

/// Searches that are at a node of a tree go on; answers which of them are at a node again.
template <std::size_t Tree, IpVersion V>
[[gnu::__always_inline__]] inline search_bits step(std::span<rule_search<V>> searches,
                                                   search_bits at_node) noexcept {
  search_bits still = 0;
  for (; at_node != 0; at_node &= at_node - 1) {
    const auto i = static_cast<std::size_t>(std::countr_zero(at_node));
    searches[i].turn(Tree);
    still |= search_bits{searches[i].arrive(Tree)} << i;
  }
  return still;
}

/// Follows all trees of at most `searches_max` searches that have begun to their leaves.
template <IpVersion V>
void lead_to_leaves(std::span<rule_search<V>> searches) noexcept {
  static_assert(rule_search<V>::trees == 2);
  expects(searches.size() <= searches_max, "each search of a group has a bit");
  // No branch: nobody can predict which search meets a node.
  std::array<search_bits, 2> at_node{};
  for (std::size_t i = 0; i < searches.size(); ++i) {
    at_node[0] |= search_bits{searches[i].arrive(0)} << i;
    at_node[1] |= search_bits{searches[i].arrive(1)} << i;
  }
  // Few go on, so that the processor takes the steps of several at once.
  while ((at_node[0] | at_node[1]) != 0) {
    at_node = {step<0>(searches, at_node[0]), step<1>(searches, at_node[1])};
  }
}

}  // namespace weir::detail

#pragma once

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
#include <cstddef>
#include <cstdint>
#include <span>

namespace weir::detail {

/// The search for the first rule of a forest that matches a packet, in three steps, each of which
/// asks memory for what the next one reads: who has many packets takes each step for all of them.
template <IpVersion V>
class rule_search {
 public:
  /// First step: the slices of the roots.
  [[gnu::always_inline]] void begin(const rule_forest<V>& forest, const tree_grove& grove,
                                    const flow_key<V>& flow) noexcept {
    forest_ = &forest;
    grove_ = &grove;
    store_point(flow, point_);
    for (std::size_t tree = 0; tree < foreseen; ++tree) {
      slices_[tree] = forest.places() + grove.roots[tree].place(point_);
      prefetch_read(slices_[tree]);
    }
  }

  /// Second step: the leaves.
  [[gnu::always_inline]] void descend() noexcept {
    bool has_more = grove_->trees > foreseen;
    for (std::size_t tree = 0; tree < foreseen; ++tree) {
      const tree_place at = leaf(*slices_[tree]);
      has_more |= at.is_long();
      groups_[tree] = forest_->groups() + at.number();
      for (std::size_t line = 0; line < sizeof(box_group<V>); line += line_bytes) {
        prefetch_read(reinterpret_cast<const std::byte*>(groups_[tree]) + line);
      }
    }
    has_more_ = has_more;
  }

  /// Third step: the first rule whose boxes hold the packet, and that does not say no.
  [[gnu::always_inline]] rule_match conclude(
      const policy_query<V>& query, std::span<const rule_criteria<V>> criteria) const noexcept {
    const group_point<V> spread{point_};
    found_word found = std::min(groups_[0]->first(spread), groups_[1]->first(spread));
    found = std::min(found, grove_->otherwise);
    if (has_more_) [[unlikely]] {
      found = std::min(found, first_of_all());
    }
    return found.must_ask() ? ask(found, query, criteria) : found.match();
  }

 private:
  static constexpr std::size_t foreseen = tree_grove::trees_min;

  /// The leaf that a slice leads to.
  [[gnu::always_inline]] tree_place leaf(tree_place at) const noexcept {
    while (at.is_node()) [[unlikely]] {
      at = forest_->places()[forest_->nodes()[at.number()].place(point_)];
    }
    return at;
  }

  /// The first rule of all groups of all trees.
  [[gnu::noinline]] found_word first_of_all() const noexcept {
    const group_point<V> spread{point_};
    found_word first = grove_->otherwise;
    for (std::size_t tree = 0; tree < grove_->trees; ++tree) {
      each_group(tree, [&](const box_group<V>& group) noexcept {
        first = std::min(first, group.first(spread));
        return true;
      });
    }
    return first;
  }

  /// Calls `visit` for the groups of a leaf, in order, for as long as it wants to go on.
  template <class Visit>
  [[gnu::always_inline]] void each_group(std::size_t tree, Visit&& visit) const noexcept {
    const auto at = leaf(forest_->places()[grove_->roots[tree].place(point_)]);
    const box_group<V>* group = forest_->groups() + at.number();
    while (visit(*group) && at.is_long() && group->is_full()) ++group;
  }

  /// The match of a search whose first answer is that a rule must be asked.
  [[gnu::noinline]] rule_match ask(found_word found, const policy_query<V>& query,
                                   std::span<const rule_criteria<V>> criteria) const noexcept {
    while (found.must_ask()) {
      const auto answer = criteria[found.rule()].answer(query);
      if (answer != rule_answer::no) return {found.rule(), answer};
      found = next(found);
    }
    return found.match();
  }

  /// The first answer after another one.
  found_word next(found_word after) const noexcept {
    const group_point<V> spread{point_};
    found_word first = grove_->otherwise;
    for (std::size_t tree = 0; tree < grove_->trees; ++tree) {
      // Groups are in order, and so are the boxes of each.
      each_group(tree, [&](const box_group<V>& group) noexcept {
        const auto found = group.next(spread, after);
        first = std::min(first, found);
        return found == found_word{};
      });
    }
    return first;
  }

  const rule_forest<V>* forest_;
  const tree_grove* grove_;
  alignas(4 * row_words) rule_point<V> point_;
  std::array<const tree_place*, foreseen> slices_;
  std::array<const box_group<V>*, foreseen> groups_;
  bool has_more_;  ///< there are other trees or groups
};

}  // namespace weir::detail

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
#include <utility>

namespace weir::detail {

/// The search for the first rule of a forest that matches a packet, in steps, each of which asks
/// memory for what the next one reads: `search_group` takes each step for many packets. Between
/// `begin` and `conclude` every tree is followed to a leaf.
template <IpVersion V>
class rule_search {
 public:
  /// Trees that are followed in steps; what is in further ones is looked up at the end.
  static constexpr std::size_t trees = tree_grove::trees_min;

  /// The slices of the roots.
  [[gnu::always_inline]] void begin(const rule_forest<V>& forest, const tree_grove& grove,
                                    const flow_key<V>& flow) noexcept {
    forest_ = &forest;
    grove_ = &grove;
    store_point(flow, point_);
    for (std::size_t tree = 0; tree < trees; ++tree) {
      slices_[tree] = grove.roots[tree].place(point_);
      prefetch_read(forest.places() + slices_[tree]);
    }
  }

  /// What the slice of a tree leads to; answers whether to a node.
  [[gnu::always_inline]] bool arrive(std::size_t tree) noexcept {
    const auto& forest = *forest_;
    const tree_place at = forest.places()[slices_[tree]];
    const auto* const group = forest.group(at);
    for (std::size_t line = 0; line < sizeof *group; line += line_bytes) {
      prefetch_read(reinterpret_cast<const std::byte*>(group) + line);
    }
    leaves_[tree] = at;
    return at.is_node();
  }

  /// The slice of the node that a tree led to.
  [[gnu::always_inline]] void turn(std::size_t tree) noexcept {
    slices_[tree] = forest_->node(leaves_[tree]).place(point_);
    prefetch_read(forest_->places() + slices_[tree]);
  }

  /// The first rule whose boxes hold the packet, and that does not say no.
  [[gnu::always_inline]] rule_match conclude(
      const policy_query<V>& query, std::span<const rule_criteria<V>> criteria) const noexcept {
    found_word found = box_group<V>::first(*forest_->group(leaves_[0]), *forest_->group(leaves_[1]),
                                           group_point<V>{point_});
    found = std::min(found, grove_->otherwise);
    if (leaves_[0].has_more() || leaves_[1].has_more()) [[unlikely]] {
      found = first_of_all();
    }
    return found.must_ask() ? ask(found, query, criteria) : found.match();
  }

 private:
  /// The leaf of a tree that holds the packet.
  tree_place leaf(std::size_t tree) const noexcept {
    if (tree < trees) return leaves_[tree];
    auto at = forest_->places()[grove_->roots[tree].place(point_)];
    while (at.is_node()) at = forest_->places()[forest_->node(at).place(point_)];
    return at;
  }

  /// Calls `visit` for the groups of a leaf, in order, for as long as it wants to go on.
  template <class Visit>
  [[gnu::always_inline]] void each_group(tree_place leaf, Visit&& visit) const noexcept {
    const box_group<V>* group = forest_->group(leaf);
    while (visit(*group) && leaf.has_more() && group->is_full()) ++group;
  }

  /// The first rule of all groups of all trees.
  [[gnu::noinline]] found_word first_of_all() const noexcept {
    const group_point<V> spread{point_};
    found_word first = grove_->otherwise;
    for (std::size_t tree = 0; tree < grove_->trees; ++tree) {
      each_group(leaf(tree), [&](const box_group<V>& group) noexcept {
        const auto found = group.first(spread);
        first = std::min(first, found);
        return found == found_word{};
      });
    }
    return first;
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
      each_group(leaf(tree), [&](const box_group<V>& group) noexcept {
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
  std::array<std::uint32_t, trees> slices_;
  std::array<tree_place, trees> leaves_;
};

/// Searches that have begun and go on together.
template <IpVersion V>
class search_group {
 public:
  static constexpr std::size_t size_max = 64;

  /// One of at most `size_max`, which stays where it is.
  void add(rule_search<V>& search) noexcept { searches_[size_++] = &search; }

  /// Follows all trees to their leaves.
  void lead_to_leaves() noexcept {
    for (std::size_t i = 0; i < size_; ++i) {
      for (std::size_t tree = 0; tree < trees; ++tree) arrive(searches_[i], tree);
    }
    // Few go on: all trees take a step together, so that memory is waited for once.
    while (nodes_[0] + nodes_[1] > 0) {
      for (std::size_t tree = 0; tree < trees; ++tree) {
        for (std::size_t i = 0; i < nodes_[tree]; ++i) at_node_[tree][i]->turn(tree);
      }
      for (std::size_t tree = 0; tree < trees; ++tree) {
        const auto count = std::exchange(nodes_[tree], 0);
        for (std::size_t i = 0; i < count; ++i) arrive(at_node_[tree][i], tree);
      }
    }
  }

 private:
  static constexpr std::size_t trees = rule_search<V>::trees;
  static_assert(trees == 2);

  using searches = std::array<rule_search<V>*, size_max>;

  /// No branch: nobody can predict which search meets a node.
  [[gnu::always_inline]] void arrive(rule_search<V>* search, std::size_t tree) noexcept {
    at_node_[tree][nodes_[tree]] = search;
    nodes_[tree] += search->arrive(tree);
  }

  std::size_t size_ = 0;
  searches searches_;
  std::array<std::size_t, trees> nodes_{};
  std::array<searches, trees> at_node_;
};

}  // namespace weir::detail

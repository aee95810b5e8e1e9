#pragma once

#include "weir/net/ip_version.hpp"
#include "weir/policy/box_group.hpp"
#include "weir/policy/rule_box.hpp"
#include "weir/policy/rule_tree.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace weir::detail {

/// Nodes and leaves that are to become a forest. Its places have numbers; what they hold is in
/// bytes, of a node from the first node on and of a leaf from the first group on.
template <IpVersion V>
class forest_draft {
 public:
  /// What every forest begins with.
  forest_draft() { put(place_of(add_node({})), add_leaf({}, false)); }

  /// A node whose slices lead nowhere yet.
  tree_node add_node(tree_cut cut) {
    places_.push_back(tree_place::cut(cut));
    const auto first = places_.size();
    places_.resize(first + cut.slices());
    return {static_cast<std::uint32_t>(first * sizeof(tree_place)), cut};
  }
  /// The place of a node's first slice; the others follow.
  static std::size_t place_of(tree_node node) noexcept { return node.first / sizeof(tree_place); }

  /// A leaf of boxes in order of rules. With `has_more` a search does not end with its first group.
  tree_place add_leaf(const std::vector<rule_box<V>>& boxes, bool has_more) {
    const auto first = groups_.size();
    groups_.resize(first + (has_more ? boxes.size() / group_boxes + 1 : 1));
    for (std::size_t box = 0; box < boxes.size(); ++box) {
      groups_[first + box / group_boxes].set(box % group_boxes, boxes[box]);
    }
    return tree_place::leaf(static_cast<std::uint32_t>(first * sizeof(box_group<V>)), has_more);
  }

  /// From now on the place leads to a leaf, or to a node.
  void put(std::size_t place, tree_place leaf) noexcept { places_[place] = leaf; }
  void put(std::size_t place, tree_node node) noexcept {
    places_[place] = tree_place::node(node.first - static_cast<std::uint32_t>(sizeof(tree_place)));
  }

  rule_forest<V> forest() const { return rule_forest<V>{places_, groups_}; }

 private:
  std::vector<box_group<V>> groups_;
  std::vector<tree_place> places_;
};

}  // namespace weir::detail

#pragma once

// Overview. A rule is a union of boxes in a space whose sides are the 32-bit words of both
// addresses and the two ports. A packet is a point. Protocols are no side: every class of them has
// a space of its own.
//
// Limits. A rule is as many boxes as it names combinations, up to `boxes_per_rule_max`. Past
// that its longest list is replaced by the smallest block or range around it; such a box only
// says that the rule may match.

#include "weir/net/flow_words.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/net/port.hpp"
#include "weir/net/prefix.hpp"
#include "weir/policy/query.hpp"
#include "weir/policy/rule_criteria.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

namespace weir::detail {

template <IpVersion V>
inline constexpr std::size_t box_sides = 2 * address_words<V> + 2;

/// A packet in the space of rules.
template <IpVersion V>
using rule_point = flow_words<V>;

/// Words that are compared with those of a box at once.
inline constexpr std::size_t row_words = 4;
template <IpVersion V>
inline constexpr std::size_t point_rows = std::tuple_size_v<rule_point<V>> / row_words;

/// The lowest bit of a side in a point.
struct point_bit {
  std::uint8_t word = 0;
  std::uint8_t shift = 0;
};

template <IpVersion V>
constexpr point_bit lowest_bit(std::size_t side) noexcept {
  constexpr std::size_t source_port = 2 * address_words<V>;
  constexpr std::uint8_t ports = std::tuple_size_v<rule_point<V>> - 1;
  if (side < source_port) return {static_cast<std::uint8_t>(side), 0};
  return {ports, static_cast<std::uint8_t>(side == source_port ? 0 : 16)};
}

/// A closed range of one side.
struct box_side {
  std::uint32_t first = 0;
  std::uint32_t last = 0;

  constexpr bool overlaps(const box_side& other) const noexcept {
    return first <= other.last && other.first <= last;
  }
  constexpr bool covers(const box_side& other) const noexcept {
    return first <= other.first && other.last <= last;
  }
};

/// What it means that a packet lies in the box of a rule.
enum class box_meaning : std::uint8_t {
  match,         ///< the rule answers yes
  needs_header,  ///< the rule answers that it needs the header
  ask,           ///< the rule's criteria must be asked
  nothing,       ///< no rule follows
};

template <IpVersion V>
struct rule_box {
  std::array<box_side, box_sides<V>> sides{};
  std::uint32_t rule = rule_match::none;
  box_meaning meaning = box_meaning::nothing;

  /// Whether no rule behind this one matters to a packet in the box.
  constexpr bool decides() const noexcept { return meaning != box_meaning::ask; }
};

/// The box of all packets.
template <IpVersion V>
constexpr rule_box<V> whole_space() noexcept {
  rule_box<V> made;
  for (std::size_t side = 0; side < box_sides<V>; ++side) {
    made.sides[side].last = side < 2 * address_words<V> ? 0xFFFF'FFFF : 0xFFFF;
  }
  return made;
}

/// Boxes that one rule may become.
inline constexpr std::size_t boxes_per_rule_max = 4096;

/// The smallest block around disjoint, sorted ones.
template <IpVersion V>
constexpr prefix<V> block_around(std::span<const prefix<V>> blocks) noexcept {
  auto made = blocks.front();
  while (!made.contains(blocks.back())) {
    made = prefix<V>::around(made.address(), made.length() - 1);
  }
  return made;
}
/// The smallest range around disjoint, sorted ones.
constexpr port_range block_around(std::span<const port_range> ranges) noexcept {
  return *port_range::between(ranges.front().first(), ranges.back().last());
}

/// The lists of a rule whose combinations are its boxes.
template <IpVersion V>
struct box_lists {
  std::vector<prefix<V>> sources;
  std::vector<prefix<V>> destinations;
  std::vector<port_range> source_ports;
  std::vector<port_range> destination_ports;
  bool is_exact = true;  ///< no list was replaced by what lies around it

  /// The lists of a rule, without those of ports where there are none to compare.
  box_lists(const rule_criteria<V>& criteria, bool has_ports)
      : sources{criteria.sources().begin(), criteria.sources().end()},
        destinations{criteria.destinations().begin(), criteria.destinations().end()} {
    if (has_ports) {
      source_ports = {criteria.source_ports().begin(), criteria.source_ports().end()};
      destination_ports = {criteria.destination_ports().begin(),
                           criteria.destination_ports().end()};
    }
  }

  /// How many boxes they are, or more than `boxes_per_rule_max`.
  std::size_t boxes() const noexcept {
    std::size_t product = 1;
    for (const auto size :
         {sources.size(), destinations.size(), source_ports.size(), destination_ports.size()}) {
      product *= std::max<std::size_t>(size, 1);
      if (product > boxes_per_rule_max) return product;
    }
    return product;
  }

  /// Replaces the longest list until there are at most so many boxes; at least one is allowed.
  void reduce(std::size_t boxes_max) {
    while (boxes() > boxes_max) {
      is_exact = false;
      const auto longest = std::max(
          {sources.size(), destinations.size(), source_ports.size(), destination_ports.size()});
      const auto replace = [&](auto& list) {
        if (list.size() != longest) return false;
        list = {block_around(std::span{std::as_const(list)})};
        return true;
      };
      replace(sources) || replace(destinations) || replace(source_ports) ||
          replace(destination_ports);
    }
  }
};

/// Narrows the sides from `side` on to a block of addresses.
template <IpVersion V>
constexpr void narrow(rule_box<V>& box, std::size_t side, const prefix<V>& block) noexcept {
  const auto first = words_of(block.address());
  for (std::size_t word = 0; word < address_words<V>; ++word) {
    const auto known = std::clamp<int>(static_cast<int>(block.length()) - 32 * int(word), 0, 32);
    const auto open = static_cast<std::uint32_t>(0xFFFF'FFFFull >> known);
    box.sides[side + word] = {first[word], first[word] | open};
  }
}
/// Narrows a side to a range of ports.
template <IpVersion V>
constexpr void narrow(rule_box<V>& box, std::size_t side, const port_range& range) noexcept {
  box.sides[side] = {range.first().number(), range.last().number()};
}

/// The boxes, each narrowed to each block of the list; as they are if the list is empty.
template <IpVersion V, class Block>
std::vector<rule_box<V>> narrowed(std::vector<rule_box<V>> boxes, std::size_t side,
                                  const std::vector<Block>& list) {
  if (list.empty()) return boxes;
  std::vector<rule_box<V>> made;
  made.reserve(boxes.size() * list.size());
  for (const auto& box : boxes) {
    for (const auto& block : list) {
      made.push_back(box);
      narrow(made.back(), side, block);
    }
  }
  return made;
}

/// The boxes that the lists are together, for rule number `rule`.
template <IpVersion V>
std::vector<rule_box<V>> boxes_of(const box_lists<V>& lists, std::uint32_t rule,
                                  box_meaning meaning) {
  constexpr auto words = address_words<V>;
  std::vector<rule_box<V>> made{whole_space<V>()};
  made.front().rule = rule;
  made.front().meaning = meaning;
  made = narrowed(std::move(made), 0, lists.sources);
  made = narrowed(std::move(made), words, lists.destinations);
  made = narrowed(std::move(made), 2 * words, lists.source_ports);
  return narrowed(std::move(made), 2 * words + 1, lists.destination_ports);
}

}  // namespace weir::detail

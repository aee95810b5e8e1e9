#pragma once

#include "weir/net/ip_version.hpp"
#include "weir/policy/rule_box.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace weir::detail {

/// Boxes that are compared at once.
inline constexpr std::size_t group_lanes = 8;

/// The rule of a lane and what its box means, in one word.
struct lane_word {
  static constexpr unsigned meaning_shift = 30;
  static constexpr std::uint32_t rule_mask = (1u << meaning_shift) - 1;

  static constexpr std::uint32_t make(std::uint32_t rule, box_meaning meaning) noexcept {
    return static_cast<std::uint32_t>(meaning) << meaning_shift | (rule & rule_mask);
  }
  static constexpr std::uint32_t rule(std::uint32_t word) noexcept { return word & rule_mask; }
  static constexpr box_meaning meaning(std::uint32_t word) noexcept {
    return box_meaning(word >> meaning_shift);
  }
};

/// As many numbers as there are lanes, side by side in the registers of any machine.
using lane_numbers [[gnu::vector_size(group_lanes * sizeof(std::uint32_t))]] = std::uint32_t;

/// Some boxes in order, each a lane: one instruction compares all of them.
template <IpVersion V>
struct lane_group {
  lane_numbers first[box_sides<V>];
  lane_numbers extent[box_sides<V>];  ///< of a side, less one
  std::uint32_t word[group_lanes];

  void set(std::size_t lane, const rule_box<V>& box) noexcept {
    for (std::size_t side = 0; side < box_sides<V>; ++side) {
      first[side][lane] = box.sides[side].first;
      extent[side][lane] = box.sides[side].last - box.sides[side].first;
    }
    word[lane] = lane_word::make(box.rule, box.meaning);
  }

  /// Bit n says that the box of lane n holds the point.
  std::uint32_t holding(const rule_point<V>& point) const noexcept {
    auto holds = point[0] - first[0] <= extent[0];
    for (std::size_t side = 1; side < box_sides<V>; ++side) {
      holds &= point[side] - first[side] <= extent[side];
    }
    holds &= decltype(holds){1, 2, 4, 8, 16, 32, 64, 128};
    holds |= __builtin_shufflevector(holds, holds, 4, 5, 6, 7, 0, 1, 2, 3);
    holds |= __builtin_shufflevector(holds, holds, 2, 3, 0, 1, 6, 7, 4, 5);
    return static_cast<std::uint32_t>(holds[0] | holds[1]);
  }
};

}  // namespace weir::detail

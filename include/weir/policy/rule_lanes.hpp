#pragma once

#include "weir/net/ip_version.hpp"
#include "weir/policy/rule_box.hpp"

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>

namespace weir::detail {

/// Boxes that are compared at once.
inline constexpr std::size_t group_lanes = 8;

/// A rule and what it means to find its box, in one word. The first of two rules is the lesser
/// word; the greatest of all words is no rule.
class found_word {
 public:
  constexpr found_word() noexcept = default;
  constexpr found_word(std::uint32_t rule, box_meaning meaning) noexcept
      : bits_{rule << meaning_bits | static_cast<std::uint32_t>(meaning)} {}

  constexpr std::uint32_t rule() const noexcept { return bits_ >> meaning_bits; }
  constexpr bool must_ask() const noexcept {
    return (bits_ & meaning_mask) == static_cast<std::uint32_t>(box_meaning::ask);
  }
  /// The match, where nobody must be asked.
  constexpr rule_match match() const noexcept {
    constexpr std::array answers{rule_answer::yes, rule_answer::needs_header, rule_answer::no,
                                 rule_answer::no};
    return {bits_ == none ? rule_match::none : rule(), answers[bits_ & meaning_mask]};
  }

  constexpr std::uint32_t bits() const noexcept { return bits_; }
  static constexpr found_word from_bits(std::uint32_t bits) noexcept {
    found_word made;
    made.bits_ = bits;
    return made;
  }

  friend constexpr auto operator<=>(found_word, found_word) noexcept = default;

 private:
  static constexpr unsigned meaning_bits = 2;
  static constexpr std::uint32_t meaning_mask = (1u << meaning_bits) - 1;
  static constexpr std::uint32_t none = ~0u;

  std::uint32_t bits_ = none;
};
static_assert(found_word{} == found_word{rule_match::none, box_meaning::nothing});
static_assert(found_word{}.match() == rule_match{});
static_assert(found_word{7, box_meaning::match}.match() == rule_match{7, rule_answer::yes});

/// As many numbers as there are lanes, side by side in the registers of any machine.
using lane_words [[gnu::vector_size(4 * group_lanes)]] = std::uint32_t;
using lane_halves [[gnu::vector_size(2 * group_lanes)]] = std::uint16_t;
using lane_marks [[gnu::vector_size(4 * group_lanes)]] = std::int32_t;

/// The first of what boxes said of a packet, lane by lane.
class first_found {
 public:
  /// Takes what lanes say whose mark is set, where it comes before what is known.
  void note(const lane_words& words, const lane_marks& marks) noexcept {
    const lane_words said = words | (lane_words)~marks;
    first_ = said < first_ ? said : first_;
  }

  /// The first of all lanes.
  found_word first() const noexcept {
    auto least = first_;
    const auto other_half = __builtin_shufflevector(least, least, 4, 5, 6, 7, 0, 1, 2, 3);
    least = other_half < least ? other_half : least;
    const auto other_pair = __builtin_shufflevector(least, least, 2, 3, 0, 1, 6, 7, 4, 5);
    least = other_pair < least ? other_pair : least;
    return found_word::from_bits(std::min<std::uint32_t>(least[0], least[1]));
  }

 private:
  lane_words first_ = ~lane_words{};
};

/// Some boxes in order, each a lane: one instruction compares all of them. Four cache lines for
/// IPv4.
template <IpVersion V>
class alignas(64) lane_group {
 public:
  /// Lanes that say that no rule is found.
  lane_group() noexcept {
    for (std::size_t lane = 0; lane < group_lanes; ++lane) set(lane, whole_space<V>());
  }

  void set(std::size_t lane, const rule_box<V>& box) noexcept {
    for (std::size_t word = 0; word < address_sides; ++word) {
      word_[word][lane] = box.sides[word].first;
      open_[word][lane] = box.sides[word].last - box.sides[word].first;
    }
    for (std::size_t end = 0; end < 2; ++end) {
      const auto& side = box.sides[address_sides + end];
      port_[end][lane] = static_cast<std::uint16_t>(side.first);
      extent_[end][lane] = static_cast<std::uint16_t>(side.last - side.first);
    }
    found_[lane] = found_word{box.rule, box.meaning}.bits();
  }

  /// Lets boxes that hold the point say so.
  void search(const rule_point<V>& point, first_found& first) const noexcept {
    lane_marks marks;
    mark(point, marks);
    first.note(found_, marks);
  }

  /// The first word after `after` of a box that holds the point.
  found_word next(const rule_point<V>& point, found_word after) const noexcept {
    lane_marks marks;
    mark(point, marks);
    first_found first;
    first.note(found_, marks & (found_ > after.bits()));
    return first.first();
  }

 private:
  static constexpr std::size_t address_sides = 2 * address_words<V>;

  /// Sets all bits of a mark if the box of its lane holds the point, else none.
  void mark(const rule_point<V>& point, lane_marks& marks) const noexcept {
    const auto source_port = static_cast<std::uint16_t>(point[address_sides]);
    const auto destination_port = static_cast<std::uint16_t>(point[address_sides + 1]);
    const auto ports =
        (source_port - port_[0] <= extent_[0]) & (destination_port - port_[1] <= extent_[1]);
    marks = __builtin_convertvector(ports, lane_marks);
    for (std::size_t word = 0; word < address_sides; ++word) {
      marks &= point[word] - word_[word] <= open_[word];
    }
  }

  lane_words word_[address_sides];
  lane_words open_[address_sides];  ///< what a word may be above its first value
  lane_halves port_[2];
  lane_halves extent_[2];  ///< of a range of ports, less one
  lane_words found_;       ///< as `found_word`
};
static_assert(sizeof(lane_group<ipv4>) == 256);

}  // namespace weir::detail

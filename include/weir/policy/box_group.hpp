#pragma once

#include "weir/net/ip_version.hpp"
#include "weir/policy/rule_box.hpp"

#include <algorithm>
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

  /// Of no rule it is `rule_match::none`: the shift repeats the highest bit.
  constexpr std::uint32_t rule() const noexcept {
    return static_cast<std::uint32_t>(static_cast<std::int32_t>(bits_) >> meaning_bits);
  }
  constexpr bool must_ask() const noexcept {
    return (bits_ & meaning_mask) == static_cast<std::uint32_t>(box_meaning::ask);
  }
  /// The match, where nobody must be asked.
  constexpr rule_match match() const noexcept {
    return {rule(), static_cast<rule_answer>((bits_ + 1) & meaning_mask)};
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
static_assert(found_word{7, box_meaning::needs_header}.match() ==
              rule_match{7, rule_answer::needs_header});

/// As many numbers as there are lanes, side by side in the registers of any machine.
using lane_words [[gnu::vector_size(4 * group_lanes)]] = std::uint32_t;
using lane_halves [[gnu::vector_size(4 * group_lanes)]] = std::uint16_t;
using lane_marks [[gnu::vector_size(4 * group_lanes)]] = std::int32_t;

/// The first of what boxes said of a packet, lane by lane. Words are turned over, so that a lane
/// that says nothing is zero.
class first_found {
 public:
  /// Takes what lanes say whose mark is set, where it comes before what is known.
  void note(const lane_words& turned, const lane_marks& marks) noexcept {
    const lane_words said = turned & (lane_words)marks;
    turned_ = said > turned_ ? said : turned_;
  }

  /// The first of all lanes.
  found_word first() const noexcept {
    auto most = turned_;
    const auto other_half = __builtin_shufflevector(most, most, 4, 5, 6, 7, 0, 1, 2, 3);
    most = other_half > most ? other_half : most;
    const auto other_pair = __builtin_shufflevector(most, most, 2, 3, 0, 1, 6, 7, 4, 5);
    most = other_pair > most ? other_pair : most;
    return found_word::from_bits(~std::max<std::uint32_t>(most[0], most[1]));
  }

 private:
  lane_words turned_{};
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
    const auto& source = box.sides[address_sides];
    const auto& destination = box.sides[address_sides + 1];
    ports_[lane] = ports_word(source.first, destination.first);
    extents_[lane] = ports_word(source.last - source.first, destination.last - destination.first);
    turned_[lane] = ~found_word{box.rule, box.meaning}.bits();
  }

  /// Lets boxes that hold the point say so.
  void search(const rule_point<V>& point, first_found& first) const noexcept {
    lane_marks marks;
    mark(point, marks);
    first.note(turned_, marks);
  }

  /// The first word after `after` of a box that holds the point.
  found_word next(const rule_point<V>& point, found_word after) const noexcept {
    lane_marks marks;
    mark(point, marks);
    first_found first;
    first.note(turned_, marks & (turned_ < ~after.bits()));
    return first.first();
  }

 private:
  static constexpr std::size_t address_sides = 2 * address_words<V>;

  /// Sets all bits of a mark if the box of its lane holds the point, else none.
  void mark(const rule_point<V>& point, lane_marks& marks) const noexcept {
    const auto ports = (lane_halves)(point[address_sides] + lane_words{});
    const auto holds_port = ports - (lane_halves)ports_ <= (lane_halves)extents_;
    marks = (lane_marks)holds_port == ~lane_marks{};
    for (std::size_t word = 0; word < address_sides; ++word) {
      marks &= point[word] - word_[word] <= open_[word];
    }
  }

  lane_words word_[address_sides];
  lane_words open_[address_sides];  ///< what a word may be above its first value
  lane_words ports_;                ///< the first of both ranges, in the halves of a word
  lane_words extents_;              ///< of both ranges, less one
  lane_words turned_;               ///< all bits of a `found_word` turned over
};
static_assert(sizeof(lane_group<ipv4>) == 256);

}  // namespace weir::detail

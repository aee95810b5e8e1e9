#pragma once

#include "weir/policy/query.hpp"
#include "weir/policy/rule_box.hpp"

#include <compare>
#include <cstdint>

namespace weir::detail {

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

}  // namespace weir::detail

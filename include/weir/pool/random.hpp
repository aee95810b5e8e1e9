#pragma once

#include "weir/table/hash.hpp"

#include <concepts>
#include <cstdint>

namespace weir {

/// A source of random numbers.
///  - every call of `bits()` answers 64 fresh bits;
///  - the same seed gives the same numbers.
template <class R>
concept Random = requires(R& random) {
  { random.bits() } noexcept -> std::same_as<std::uint64_t>;
};

/// A counter mixed under a secret of 128 bits: quick, repeatable, and not to be foretold from the
/// sixteen bits that a port shows (RFC 6888 REQ-15). No source of keys.
class seeded_random {
 public:
  explicit constexpr seeded_random(const hash_seed& seed) noexcept
      : first_{mixed(seed.first ^ step)}, second_{mixed(seed.second + first_)} {}

  constexpr std::uint64_t bits() noexcept {
    counter_ += step;
    return mixed(mixed(counter_ + first_) ^ second_);
  }

 private:
  /// The golden ratio's fraction, odd: the counter passes every 64-bit number once.
  static constexpr std::uint64_t step = 0x9E37'79B9'7F4A'7C15;

  /// Every bit of the result depends on every bit of the number (SplitMix64's finaliser).
  static constexpr std::uint64_t mixed(std::uint64_t number) noexcept {
    number = (number ^ number >> 30) * 0xBF58'476D'1CE4'E5B9;
    number = (number ^ number >> 27) * 0x94D0'49BB'1331'11EB;
    return number ^ number >> 31;
  }

  std::uint64_t first_;
  std::uint64_t second_;
  std::uint64_t counter_ = 0;
};
static_assert(Random<seeded_random>);

/// A number below `count`, which is not zero; each as likely as the others, to one in 2^32.
template <Random R>
constexpr std::uint32_t below(std::uint32_t count, R& random) noexcept {
  return static_cast<std::uint32_t>((random.bits() >> 32) * count >> 32);
}

}  // namespace weir

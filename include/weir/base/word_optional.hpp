#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <type_traits>

namespace weir {

/// A value of one, two or four bytes, or nothing, in one word that travels in a register.
///
/// A `std::optional` of so little is put together in memory and then read as a whole: wider than
/// it was written, so that the load waits until the stores have left the processor, some 15 cycles.
/// Costs nothing beside that word.
template <class T>
  requires(std::is_trivially_copyable_v<T> && (sizeof(T) == 1 || sizeof(T) == 2 || sizeof(T) == 4))
class word_optional {
 public:
  constexpr word_optional() noexcept = default;
  constexpr word_optional(std::nullopt_t) noexcept {}
  constexpr word_optional(T value) noexcept : bits_{present | std::bit_cast<value_bits>(value)} {}

  constexpr bool has_value() const noexcept { return (bits_ & present) != 0; }
  constexpr explicit operator bool() const noexcept { return has_value(); }
  constexpr operator std::optional<T>() const noexcept {
    return has_value() ? std::optional{**this} : std::nullopt;
  }

  /// The value; there is one.
  constexpr T operator*() const noexcept {
    return std::bit_cast<T>(static_cast<value_bits>(bits_));
  }
  constexpr T value_or(T otherwise) const noexcept { return has_value() ? **this : otherwise; }

  friend constexpr bool operator==(word_optional, word_optional) noexcept = default;

 private:
  using value_bits =
      std::conditional_t<sizeof(T) == 1, std::uint8_t,
                         std::conditional_t<sizeof(T) == 2, std::uint16_t, std::uint32_t>>;
  using word = std::conditional_t<sizeof(T) == 4, std::uint64_t, std::uint32_t>;

  static constexpr word present = word{1} << 8 * sizeof(T);

  word bits_ = 0;
};

}  // namespace weir

#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>

namespace weir {

/// An IEEE 802 station address, as a 48-bit number whose highest octet is sent first.
class mac_address {
 public:
  static constexpr std::size_t size = 6;

  constexpr mac_address() noexcept = default;
  /// The address with these octets, in transmission order.
  constexpr explicit mac_address(const std::array<std::uint8_t, size>& octets) noexcept {
    for (const auto octet : octets) bits_ = bits_ << 8 | octet;
  }
  /// The address of the lower 48 bits.
  static constexpr mac_address from_bits(std::uint64_t bits) noexcept {
    mac_address made;
    made.bits_ = bits & 0xFFFF'FFFF'FFFF;
    return made;
  }

  constexpr std::uint64_t bits() const noexcept { return bits_; }
  /// The octets in transmission order.
  constexpr std::array<std::uint8_t, size> octets() const noexcept {
    std::array<std::uint8_t, size> made{};
    for (std::size_t i = 0; i < size; ++i) {
      made[i] = static_cast<std::uint8_t>(bits_ >> (40 - 8 * i) & 0xFF);
    }
    return made;
  }
  /// The group bit: broadcast or multicast.
  constexpr bool is_group() const noexcept { return (bits_ >> 40 & 1) != 0; }
  /// Whether one station can have it: frames come from it and go to it.
  constexpr bool is_station() const noexcept { return !is_group() && bits_ != 0; }

  friend constexpr auto operator<=>(const mac_address&, const mac_address&) noexcept = default;

 private:
  std::uint64_t bits_ = 0;
};

}  // namespace weir

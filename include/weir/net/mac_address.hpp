#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>

namespace weir {

/// An IEEE 802 station address, in transmission order.
class mac_address {
 public:
  static constexpr std::size_t size = 6;

  constexpr mac_address() noexcept = default;
  constexpr explicit mac_address(const std::array<std::uint8_t, size>& octets) noexcept
      : octets_{octets} {}

  constexpr const std::array<std::uint8_t, size>& octets() const noexcept { return octets_; }
  /// The group bit: broadcast or multicast.
  constexpr bool is_group() const noexcept { return (octets_[0] & 1) != 0; }

  friend constexpr auto operator<=>(const mac_address&, const mac_address&) noexcept = default;

 private:
  std::array<std::uint8_t, size> octets_{};
};

}  // namespace weir

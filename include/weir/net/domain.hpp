#pragma once

#include <compare>
#include <cstdint>

namespace weir {

/// An isolated routing and address space (VRF, VPC). Part of every key.
class domain_id {
 public:
  constexpr domain_id() noexcept = default;
  constexpr explicit domain_id(std::uint16_t number) noexcept : number_{number} {}

  constexpr std::uint16_t number() const noexcept { return number_; }

  friend constexpr auto operator<=>(domain_id, domain_id) noexcept = default;

 private:
  std::uint16_t number_ = 0;
};

/// A named set of interfaces. Zero is `local`, the box itself; `none` belongs to no zone.
class zone_id {
 public:
  static constexpr std::uint16_t none_number = 0xFFFF;

  constexpr zone_id() noexcept = default;
  constexpr explicit zone_id(std::uint16_t number) noexcept : number_{number} {}

  static constexpr zone_id local() noexcept { return zone_id{0}; }
  static constexpr zone_id none() noexcept { return zone_id{none_number}; }

  constexpr std::uint16_t number() const noexcept { return number_; }
  constexpr bool is_none() const noexcept { return number_ == none_number; }

  friend constexpr auto operator<=>(zone_id, zone_id) noexcept = default;

 private:
  std::uint16_t number_ = none_number;
};

}  // namespace weir

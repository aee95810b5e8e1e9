#pragma once

#include <compare>
#include <cstdint>

namespace weir {

/// The number of a port of the box. Zero is the box itself: `local`.
class interface_id {
 public:
  constexpr interface_id() noexcept = default;
  constexpr explicit interface_id(std::uint16_t number) noexcept : number_{number} {}

  /// The pseudo interface on which the box's own traffic enters and leaves.
  static constexpr interface_id local() noexcept { return interface_id{}; }

  constexpr std::uint16_t number() const noexcept { return number_; }
  constexpr bool is_local() const noexcept { return number_ == 0; }

  friend constexpr auto operator<=>(interface_id, interface_id) noexcept = default;

 private:
  std::uint16_t number_ = 0;
};

/// The number of a next hop in the snapshot's table.
class next_hop_id {
 public:
  constexpr next_hop_id() noexcept = default;
  constexpr explicit next_hop_id(std::uint16_t number) noexcept : number_{number} {}

  constexpr std::uint16_t number() const noexcept { return number_; }

  friend constexpr auto operator<=>(next_hop_id, next_hop_id) noexcept = default;

 private:
  std::uint16_t number_ = 0;
};

/// The box itself, the first of every table.
inline constexpr next_hop_id local_hop{};

}  // namespace weir

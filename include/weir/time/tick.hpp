#pragma once

#include "weir/time/instant.hpp"

#include <compare>
#include <cstdint>

namespace weir {

/// The engine's unit of time: one millisecond, counted from the caller's epoch.
class tick {
 public:
  static constexpr std::int64_t nanoseconds = 1'000'000;

  constexpr tick() noexcept = default;
  constexpr explicit tick(std::uint64_t count) noexcept : count_{count} {}

  /// The tick that contains `now`; instants before the epoch count as the epoch.
  static constexpr tick at(instant now) noexcept {
    const auto since = now.since_epoch().count();
    return tick{since < 0 ? 0 : static_cast<std::uint64_t>(since / nanoseconds)};
  }

  constexpr std::uint64_t count() const noexcept { return count_; }
  /// The low half, as records store it; compare it with `reached`.
  constexpr std::uint32_t low() const noexcept { return static_cast<std::uint32_t>(count_); }

  friend constexpr auto operator<=>(tick, tick) noexcept = default;
  friend constexpr tick operator+(tick from, std::uint64_t ticks) noexcept {
    return tick{from.count_ + ticks};
  }

 private:
  std::uint64_t count_ = 0;
};

/// The longest time, in ticks, that two stored ticks may lie apart and still be told apart.
inline constexpr std::uint32_t stored_ticks_max = 1u << 31;

/// Whether a deadline stored as the low half of a tick has been reached.
/// Deadlines lie less than `stored_ticks_max` (24 days) from `now`, either way.
constexpr bool reached(std::uint32_t deadline_low, tick now) noexcept {
  return static_cast<std::int32_t>(now.low() - deadline_low) >= 0;
}

/// Ticks in a duration, rounded up, so that nothing ends early.
constexpr std::uint64_t ticks_in(duration span) noexcept {
  const auto count = span.count();
  return count <= 0
             ? 0
             : static_cast<std::uint64_t>((count + tick::nanoseconds - 1) / tick::nanoseconds);
}

}  // namespace weir

#pragma once

#include "weir/time/instant.hpp"

#include <concepts>

namespace weir {

/// Tells the time when asked.
///  - `now()` never goes backwards.
template <class C>
concept Clock = requires(const C& clock) {
  { clock.now() } noexcept -> std::same_as<instant>;
};

/// A clock that moves only when told to.
class manual_clock {
 public:
  constexpr manual_clock() noexcept = default;
  constexpr explicit manual_clock(instant start) noexcept : now_{start} {}

  constexpr instant now() const noexcept { return now_; }
  constexpr void advance(duration by) noexcept { now_ = now_ + by; }
  /// Moves to `then`, or stays when `then` has passed: time never runs backwards.
  constexpr void advance_to(instant then) noexcept { now_ = then > now_ ? then : now_; }

 private:
  instant now_{};
};
static_assert(Clock<manual_clock>);

}  // namespace weir

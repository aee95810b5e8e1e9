#pragma once

#include "weir/base/contract.hpp"
#include "weir/time/clock.hpp"
#include "weir/time/instant.hpp"

#include <rte_cycles.h>

#include <cstdint>

namespace weir::dpdk {

/// The processor's time-stamp counter as a clock; its epoch is when the counter was zero. For one
/// core: those of other cores may be a little behind. Costs two divisions, once per burst.
class tsc_clock {
 public:
  /// Counts as fast as the EAL, which has been started, has measured.
  tsc_clock() noexcept : tsc_clock{rte_get_tsc_hz()} {}
  explicit tsc_clock(std::uint64_t cycles_per_second) noexcept
      : cycles_per_second_{cycles_per_second} {
    expects(cycles_per_second != 0 && cycles_per_second < cycles_per_second_max,
            "the counter's frequency is known");
  }

  instant now() const noexcept { return at(rte_rdtsc()); }

  /// When the counter stands at `cycles`.
  instant at(std::uint64_t cycles) const noexcept {
    const auto seconds = cycles / cycles_per_second_;
    const auto rest = cycles % cycles_per_second_ * nanoseconds_per_second / cycles_per_second_;
    return instant::from_epoch(duration::seconds(static_cast<std::int64_t>(seconds)) +
                               duration::nanoseconds(static_cast<std::int64_t>(rest)));
  }

 private:
  static constexpr std::uint64_t nanoseconds_per_second = 1'000'000'000;
  static constexpr std::uint64_t cycles_per_second_max = UINT64_MAX / nanoseconds_per_second;

  std::uint64_t cycles_per_second_;
};
static_assert(Clock<tsc_clock>);

}  // namespace weir::dpdk

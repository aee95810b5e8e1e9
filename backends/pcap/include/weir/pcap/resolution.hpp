#pragma once

#include "weir/time/instant.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>

namespace weir::pcap {

/// The unit of an interface's timestamps (pcapng: `if_tsresol`, `if_tsoffset`).
struct time_resolution {
  std::uint8_t code = 6;            ///< a power of ten, or of two where the top bit is set, negated
  std::int64_t offset_seconds = 0;  ///< added to every timestamp

  /// Units of 10^-19 s and finer, and of 2^-64 s and finer, do not fit the 64 bits of a timestamp.
  constexpr bool is_readable() const noexcept {
    return (code & 0x80) != 0 ? (code & 0x7F) < 64 : code < 20;
  }

  /// The instant of a timestamp, cut to nanoseconds; far futures stop at the last instant.
  constexpr instant at(std::uint64_t units) const noexcept {
    const auto [seconds, nanoseconds] = split(units);
    constexpr std::int64_t seconds_max = std::numeric_limits<std::int64_t>::max() / 1'000'000'000;
    const auto offset = std::clamp(offset_seconds, -seconds_max, seconds_max);
    const auto bounded =
        static_cast<std::int64_t>(std::min(seconds, static_cast<std::uint64_t>(seconds_max)));
    const auto shifted = std::clamp(bounded + offset, std::int64_t{0}, seconds_max - 1);
    return instant::from_epoch(duration::seconds(shifted) +
                               duration::nanoseconds(static_cast<std::int64_t>(nanoseconds)));
  }

 private:
  struct parts {
    std::uint64_t seconds;
    std::uint64_t nanoseconds;
  };

  static constexpr std::uint64_t power_of_ten(unsigned exponent) noexcept {
    std::uint64_t power = 1;
    for (; exponent > 0; --exponent) {
      power *= 10;
    }
    return power;
  }

  constexpr parts split(std::uint64_t units) const noexcept {
    if ((code & 0x80) == 0) {
      const auto per_second = power_of_ten(code);
      const auto rest = units % per_second;
      return {units / per_second,
              code <= 9 ? rest * power_of_ten(9u - code) : rest / power_of_ten(code - 9u)};
    }
    const unsigned shift = code & 0x7F;
    const auto rest = shift == 0 ? 0 : units & ~(~std::uint64_t{0} << shift);
    // 34 bits times 10^9 fit 64; the bits below are far under a nanosecond.
    constexpr unsigned kept_bits = 34;
    const unsigned lost = shift > kept_bits ? shift - kept_bits : 0;
    return {units >> shift, (rest >> lost) * 1'000'000'000 >> (shift - lost)};
  }
};

static_assert(time_resolution{}.at(1'500'000).since_epoch().count() == 1'500'000'000);
static_assert(time_resolution{9}.at(1'500'000'001).since_epoch().count() == 1'500'000'001);
static_assert(time_resolution{12}.at(1'500'000'001'999).since_epoch().count() == 1'500'000'001);
static_assert(time_resolution{0}.at(7).since_epoch().count() == 7'000'000'000);
static_assert(time_resolution{0x80 | 10}.at(1536).since_epoch().count() == 1'500'000'000);
static_assert(time_resolution{0x80 | 63}.at(3ull << 62).since_epoch().count() == 1'500'000'000);
static_assert(time_resolution{6, 10}.at(1'000'000).since_epoch().count() == 11'000'000'000);
static_assert(time_resolution{0}.at(~0ull) > time_resolution{0}.at(9'000'000'000));

}  // namespace weir::pcap

#pragma once

#include "weir/time/tick.hpp"

#include <algorithm>
#include <cstdint>

namespace weir {

/// A bucket of tokens that gains `per_second` evenly and holds no more: so many at once after
/// silence and so many in each second then, hence less than twice as many in any one second
/// (RFC 4443 section 2.4f, RFC 1812 section 4.3.2.8).
class rate_limit {
 public:
  explicit constexpr rate_limit(std::uint32_t per_second) noexcept
      : per_second_{per_second}, thousandths_{std::uint64_t{per_second} * ticks_per_second} {}

  /// Takes one token, or says that there is none. `now` never runs backwards.
  constexpr bool try_take(tick now) noexcept {
    const auto most = std::uint64_t{per_second_} * ticks_per_second;
    const auto elapsed = std::min<std::uint64_t>(now.count() - last_.count(), ticks_per_second);
    thousandths_ = std::min(most, thousandths_ + elapsed * per_second_);
    last_ = now;
    if (thousandths_ < ticks_per_second) {
      return false;
    }
    thousandths_ -= ticks_per_second;
    return true;
  }

 private:
  static constexpr std::uint64_t ticks_per_second = 1000;

  std::uint32_t per_second_;
  std::uint64_t thousandths_;  ///< of a token
  tick last_{};
};

}  // namespace weir

#pragma once

#include <compare>
#include <concepts>
#include <cstdint>

namespace weir {

/// A span of time in nanoseconds; may be negative.
class duration {
 public:
  constexpr duration() noexcept = default;

  static constexpr duration nanoseconds(std::int64_t count) noexcept { return duration{count}; }
  static constexpr duration microseconds(std::int64_t count) noexcept {
    return duration{count * 1'000};
  }
  static constexpr duration milliseconds(std::int64_t count) noexcept {
    return duration{count * 1'000'000};
  }
  static constexpr duration seconds(std::int64_t count) noexcept {
    return duration{count * 1'000'000'000};
  }
  static constexpr duration minutes(std::int64_t count) noexcept { return seconds(count * 60); }
  static constexpr duration hours(std::int64_t count) noexcept { return minutes(count * 60); }

  constexpr std::int64_t count() const noexcept { return nanoseconds_; }

  friend constexpr auto operator<=>(duration, duration) noexcept = default;
  friend constexpr duration operator+(duration left, duration right) noexcept {
    return duration{left.nanoseconds_ + right.nanoseconds_};
  }
  friend constexpr duration operator-(duration left, duration right) noexcept {
    return duration{left.nanoseconds_ - right.nanoseconds_};
  }

 private:
  constexpr explicit duration(std::int64_t count) noexcept : nanoseconds_{count} {}

  std::int64_t nanoseconds_ = 0;
};

/// A point in time: nanoseconds since an epoch that only the caller knows.
class instant {
 public:
  constexpr instant() noexcept = default;

  static constexpr instant from_epoch(duration since) noexcept { return instant{since}; }

  constexpr duration since_epoch() const noexcept { return since_epoch_; }

  friend constexpr auto operator<=>(instant, instant) noexcept = default;
  friend constexpr instant operator+(instant from, duration by) noexcept {
    return instant{from.since_epoch_ + by};
  }
  friend constexpr instant operator-(instant from, duration by) noexcept {
    return instant{from.since_epoch_ - by};
  }
  friend constexpr duration operator-(instant later, instant earlier) noexcept {
    return later.since_epoch_ - earlier.since_epoch_;
  }

 private:
  constexpr explicit instant(duration since) noexcept : since_epoch_{since} {}

  duration since_epoch_{};
};

}  // namespace weir

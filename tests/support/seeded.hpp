#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

namespace weir::test {

#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool is_sanitized = true;
#elif defined(__has_feature)
inline constexpr bool is_sanitized = __has_feature(address_sanitizer);
#else
inline constexpr bool is_sanitized = false;
#endif

/// How many random rounds to go: an eighth under sanitizers, where each takes ten times as long.
constexpr int rounds(int count) noexcept { return is_sanitized ? (count + 7) / 8 : count; }

/// Random numbers that can be had again: a test captures `seed()`, and the environment variable
/// WEIR_SEED replays it.
class seeded {
 public:
  explicit seeded(std::uint64_t fallback = 0x5EED) : seed_{fallback} {
    if (const char* wish = std::getenv("WEIR_SEED")) seed_ = std::strtoull(wish, nullptr, 0);
    state_ = seed_;
  }

  std::uint64_t seed() const noexcept { return seed_; }

  /// Any 64 bits (splitmix64).
  std::uint64_t next() noexcept {
    state_ += 0x9E3779B97F4A7C15;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }
  std::uint64_t operator()() noexcept { return next(); }

  /// A number below `bound`, which is not zero.
  std::uint64_t below(std::uint64_t bound) noexcept { return next() % bound; }
  /// An index or a size below `bound`, which is not zero.
  std::size_t index(std::size_t bound) noexcept { return static_cast<std::size_t>(below(bound)); }
  /// A number of the closed range.
  std::uint64_t between(std::uint64_t first, std::uint64_t last) noexcept {
    return first + below(last - first + 1);
  }
  /// True once in `n`.
  bool one_in(std::uint64_t n) noexcept { return below(n) == 0; }

  std::uint8_t octet() noexcept { return static_cast<std::uint8_t>(next()); }
  std::uint16_t word() noexcept { return static_cast<std::uint16_t>(next()); }

  std::vector<std::byte> bytes(std::size_t count) {
    std::vector<std::byte> made(count);
    for (auto& each : made) each = static_cast<std::byte>(octet());
    return made;
  }

  /// One of the elements.
  template <class Range>
  const auto& pick(const Range& range) noexcept {
    return *(range.begin() + static_cast<std::ptrdiff_t>(below(range.size())));
  }

 private:
  std::uint64_t seed_;
  std::uint64_t state_ = 0;
};

}  // namespace weir::test

#pragma once

#include <compare>
#include <cstdint>

namespace weir {

/// An IPv6 address, as two 64-bit halves in host order.
class ipv6_address {
 public:
  constexpr ipv6_address() noexcept = default;

  /// The address whose first eight bytes are `high` and whose last eight are `low`.
  static constexpr ipv6_address from_halves(std::uint64_t high, std::uint64_t low) noexcept {
    ipv6_address made;
    made.high_ = high;
    made.low_ = low;
    return made;
  }

  constexpr std::uint64_t high() const noexcept { return high_; }
  constexpr std::uint64_t low() const noexcept { return low_; }

  constexpr bool is_unspecified() const noexcept { return high_ == 0 && low_ == 0; }
  /// ::1 (RFC 4291 section 2.5.3).
  constexpr bool is_loopback() const noexcept { return high_ == 0 && low_ == 1; }
  /// fe80::/10 (RFC 4291 section 2.5.6).
  constexpr bool is_link_local() const noexcept { return high_ >> 54 == 0xFE80 >> 6; }
  /// ff00::/8 (RFC 4291 section 2.7).
  constexpr bool is_multicast() const noexcept { return high_ >> 56 == 0xFF; }
  /// ::ffff:0:0/96 (RFC 4291 section 2.5.5.2).
  constexpr bool is_v4_mapped() const noexcept { return high_ == 0 && low_ >> 32 == 0xFFFF; }

  friend constexpr auto operator<=>(const ipv6_address&, const ipv6_address&) noexcept = default;

 private:
  std::uint64_t high_ = 0;
  std::uint64_t low_ = 0;
};

}  // namespace weir

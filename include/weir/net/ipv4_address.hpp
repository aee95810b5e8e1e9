#pragma once

#include <compare>
#include <cstdint>

namespace weir {

/// An IPv4 address, in host order.
class ipv4_address {
 public:
  constexpr ipv4_address() noexcept = default;
  constexpr explicit ipv4_address(std::uint32_t bits) noexcept : bits_{bits} {}
  constexpr ipv4_address(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) noexcept
      : bits_{std::uint32_t{a} << 24 | std::uint32_t{b} << 16 | std::uint32_t{c} << 8 | d} {}

  constexpr std::uint32_t bits() const noexcept { return bits_; }

  constexpr bool is_unspecified() const noexcept { return bits_ == 0; }
  /// 127.0.0.0/8 (RFC 1122 section 3.2.1.3).
  constexpr bool is_loopback() const noexcept { return bits_ >> 24 == 127; }
  /// 169.254.0.0/16 (RFC 3927).
  constexpr bool is_link_local() const noexcept { return bits_ >> 16 == 0xA9FE; }
  /// 224.0.0.0/4 (RFC 5771).
  constexpr bool is_multicast() const noexcept { return bits_ >> 28 == 0xE; }
  /// 255.255.255.255 (RFC 919).
  constexpr bool is_limited_broadcast() const noexcept { return bits_ == 0xFFFFFFFF; }

  friend constexpr auto operator<=>(ipv4_address, ipv4_address) noexcept = default;

 private:
  std::uint32_t bits_ = 0;
};

}  // namespace weir

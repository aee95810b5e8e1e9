#pragma once

#include "weir/net/ip_version.hpp"

#include <compare>
#include <cstdint>

namespace weir {

/// The family of an address, where it is known only at run time.
enum class ip_family : std::uint8_t {
  ipv4 = 4,
  ipv6 = 6,
};

template <IpVersion V>
inline constexpr ip_family family_of = V::number == 4 ? ip_family::ipv4 : ip_family::ipv6;

/// An address of either family: for configuration, reports and errors, not for keys.
class ip_address {
 public:
  constexpr ip_address() noexcept = default;
  constexpr ip_address(ipv4_address address) noexcept
      : family_{ip_family::ipv4}, six_{ipv6_address::from_halves(0, address.bits())} {}
  constexpr ip_address(ipv6_address address) noexcept : family_{ip_family::ipv6}, six_{address} {}

  constexpr ip_family family() const noexcept { return family_; }
  constexpr bool is_ipv4() const noexcept { return family_ == ip_family::ipv4; }
  constexpr bool is_ipv6() const noexcept { return family_ == ip_family::ipv6; }
  /// Bits of an address of its family.
  constexpr unsigned bits_count() const noexcept {
    return is_ipv4() ? ipv4::address_bits : ipv6::address_bits;
  }

  /// The address; meaningful when `is_ipv4()`.
  constexpr ipv4_address v4() const noexcept {
    return ipv4_address{static_cast<std::uint32_t>(six_.low())};
  }
  /// The address; meaningful when `is_ipv6()`.
  constexpr ipv6_address v6() const noexcept { return six_; }

  /// The address as a member of family V; meaningful when the family is V's.
  template <IpVersion V>
  constexpr typename V::address as() const noexcept {
    if constexpr (V::number == 4) {
      return v4();
    } else {
      return v6();
    }
  }

  friend constexpr auto operator<=>(const ip_address&, const ip_address&) noexcept = default;

 private:
  ip_family family_ = ip_family::ipv4;
  ipv6_address six_{};
};

}  // namespace weir

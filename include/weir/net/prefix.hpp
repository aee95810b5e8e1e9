#pragma once

#include "weir/net/ip_address.hpp"
#include "weir/net/ip_version.hpp"

#include <compare>
#include <cstdint>
#include <optional>

namespace weir {

/// The address with all but its first `length` bits cleared; `length` is at most the family's.
constexpr ipv4_address masked(ipv4_address address, unsigned length) noexcept {
  return length == 0 ? ipv4_address{} : ipv4_address{address.bits() & (~0u << (32 - length))};
}
constexpr ipv6_address masked(ipv6_address address, unsigned length) noexcept {
  if (length == 0) {
    return {};
  }
  if (length <= 64) {
    return ipv6_address::from_halves(address.high() & (~0ull << (64 - length)), 0);
  }
  return ipv6_address::from_halves(address.high(), address.low() & (~0ull << (128 - length)));
}

/// An address block. If you hold one, its host bits are zero and its length fits the family.
template <IpVersion V>
class prefix {
 public:
  using address_type = typename V::address;

  /// The whole address space.
  constexpr prefix() noexcept = default;

  /// Nothing if `length` exceeds the family's or host bits are set.
  static constexpr std::optional<prefix> make(address_type address, unsigned length) noexcept {
    if (length > V::address_bits || masked(address, length) != address) {
      return std::nullopt;
    }
    return prefix{address, length};
  }
  /// The block of `length` bits around an address; `length` is at most the family's.
  static constexpr prefix around(address_type address, unsigned length) noexcept {
    return prefix{masked(address, length), length};
  }
  static constexpr prefix host(address_type address) noexcept {
    return prefix{address, V::address_bits};
  }

  constexpr address_type address() const noexcept { return address_; }
  constexpr unsigned length() const noexcept { return length_; }
  constexpr bool contains(address_type address) const noexcept {
    return masked(address, length_) == address_;
  }
  constexpr bool contains(const prefix& other) const noexcept {
    return other.length_ >= length_ && contains(other.address_);
  }
  constexpr bool overlaps(const prefix& other) const noexcept {
    return contains(other) || other.contains(*this);
  }

  friend constexpr auto operator<=>(const prefix&, const prefix&) noexcept = default;

 private:
  constexpr prefix(address_type address, unsigned length) noexcept
      : address_{address}, length_{static_cast<std::uint8_t>(length)} {}

  address_type address_{};
  std::uint8_t length_ = 0;
};

using ipv4_prefix = prefix<ipv4>;
using ipv6_prefix = prefix<ipv6>;

/// The last address of an IPv4 block: its directed broadcast where it is a subnet.
constexpr ipv4_address last_address(const ipv4_prefix& block) noexcept {
  return ipv4_address{block.address().bits() |
                      (block.length() == 0 ? ~0u : ~(~0u << (32 - block.length())))};
}

/// A block of either family, for configuration.
class ip_prefix {
 public:
  constexpr ip_prefix() noexcept = default;
  constexpr ip_prefix(const ipv4_prefix& block) noexcept
      : address_{block.address()}, length_{static_cast<std::uint8_t>(block.length())} {}
  constexpr ip_prefix(const ipv6_prefix& block) noexcept
      : address_{block.address()}, length_{static_cast<std::uint8_t>(block.length())} {}

  /// The block of that length around an address; at most as many bits as that has.
  static constexpr ip_prefix around(const ip_address& address, unsigned length) noexcept {
    return address.is_ipv4() ? ip_prefix{ipv4_prefix::around(address.v4(), length)}
                             : ip_prefix{ipv6_prefix::around(address.v6(), length)};
  }
  static constexpr ip_prefix host(const ip_address& address) noexcept {
    return around(address, address.bits_count());
  }

  constexpr ip_address address() const noexcept { return address_; }
  constexpr unsigned length() const noexcept { return length_; }
  constexpr bool is_ipv4() const noexcept { return address_.is_ipv4(); }
  constexpr bool is_ipv6() const noexcept { return address_.is_ipv6(); }
  /// The block as a member of family V; meaningful when the family is V's.
  template <IpVersion V>
  constexpr prefix<V> as() const noexcept {
    return prefix<V>::around(address_.template as<V>(), length_);
  }
  constexpr bool contains(const ip_address& address) const noexcept {
    if (address.family() != address_.family()) {
      return false;
    }
    return is_ipv4() ? masked(address.v4(), length_) == address_.v4()
                     : masked(address.v6(), length_) == address_.v6();
  }
  constexpr bool overlaps(const ip_prefix& other) const noexcept {
    return contains(other.address_) || other.contains(address_);
  }

  friend constexpr auto operator<=>(const ip_prefix&, const ip_prefix&) noexcept = default;

 private:
  ip_address address_{};
  std::uint8_t length_ = 0;
};

}  // namespace weir

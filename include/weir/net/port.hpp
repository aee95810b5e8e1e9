#pragma once

#include <compare>
#include <cstdint>
#include <optional>

namespace weir {

/// A transport port, or an ICMP query identifier where it stands in for one.
class port {
 public:
  constexpr port() noexcept = default;
  constexpr explicit port(std::uint16_t number) noexcept : number_{number} {}

  constexpr std::uint16_t number() const noexcept { return number_; }

  friend constexpr auto operator<=>(port, port) noexcept = default;

 private:
  std::uint16_t number_ = 0;
};

/// A closed, non-empty range of ports. If you hold one, `first() <= last()`.
class port_range {
 public:
  /// Every port, zero included.
  constexpr port_range() noexcept : port_range{port{}, port{65535}} {}

  /// Nothing if `first` lies behind `last`.
  static constexpr std::optional<port_range> between(port first, port last) noexcept {
    if (last < first) {
      return std::nullopt;
    }
    return port_range{first, last};
  }
  static constexpr port_range only(port one) noexcept { return port_range{one, one}; }

  constexpr port first() const noexcept { return port{static_cast<std::uint16_t>(bits_ >> 16)}; }
  constexpr port last() const noexcept { return port{static_cast<std::uint16_t>(bits_)}; }
  constexpr std::uint32_t size() const noexcept {
    return static_cast<std::uint32_t>(last().number() - first().number()) + 1;
  }
  constexpr bool contains(port one) const noexcept { return first() <= one && one <= last(); }
  /// Whether a port is in both.
  constexpr bool overlaps(const port_range& other) const noexcept {
    return first() <= other.last() && other.first() <= last();
  }

  friend constexpr auto operator<=>(const port_range&, const port_range&) noexcept = default;

 private:
  constexpr port_range(port first, port last) noexcept
      : bits_{std::uint32_t{first.number()} << 16 | last.number()} {}

  /// Both, the first one above the last: a range is passed on in a register.
  std::uint32_t bits_;
};
static_assert(!port_range::between(port{2000}, port{1000}));
static_assert(port_range{}.size() == 65536);
static_assert(port_range{}.overlaps(port_range::only(port{65535})));
static_assert(!port_range::only(port{80}).overlaps(port_range::only(port{81})));

}  // namespace weir

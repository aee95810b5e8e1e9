#pragma once

#include "weir/base/word_optional.hpp"
#include "weir/net/domain.hpp"
#include "weir/net/ipv4_address.hpp"
#include "weir/net/port.hpp"
#include "weir/net/protocol.hpp"
#include "weir/pool/port_space.hpp"

#include <algorithm>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace weir {

/// An address that pools give ports of. It has one owner, however many pools list it.
struct external_address {
  domain_id domain{};
  ipv4_address address{};

  friend constexpr bool operator==(const external_address& one,
                                   const external_address& other) noexcept {
    return one.rank() == other.rank();
  }
  friend constexpr auto operator<=>(const external_address& one,
                                    const external_address& other) noexcept {
    return one.rank() <=> other.rank();
  }

 private:
  /// By domain, then by address.
  constexpr std::uint64_t rank() const noexcept {
    return std::uint64_t{domain.number()} << 32 | address.bits();
  }
};

/// Where an address stands in a sorted list; nothing if it does not. Nearly every address is told
/// by the ends of the list.
inline word_optional<std::uint32_t> find_sorted(std::span<const external_address> sorted,
                                                const external_address& wanted) noexcept {
  if (sorted.empty() || wanted < sorted.front() || sorted.back() < wanted) {
    return std::nullopt;
  }
  const auto place = std::lower_bound(sorted.begin(), sorted.end(), wanted);
  return *place == wanted ? word_optional{static_cast<std::uint32_t>(place - sorted.begin())}
                          : std::nullopt;
}

/// The number of an external address among all of a `pool_set`.
class external_id {
 public:
  constexpr external_id() noexcept = default;
  constexpr explicit external_id(std::uint16_t number) noexcept : number_{number} {}

  constexpr std::uint16_t number() const noexcept { return number_; }

  friend constexpr auto operator<=>(external_id, external_id) noexcept = default;

 private:
  std::uint16_t number_ = 0;
};

/// An external endpoint, its address by number.
struct numbered_endpoint {
  external_id external{};
  weir::port port{};
};

/// An external endpoint that no pool may give: a static mapping's, or the box's own.
struct external_claim {
  external_address external{};
  std::optional<weir::protocol> protocol;  ///< absent: of every protocol
  std::optional<port> only;                ///< absent: every port
};

/// A claim on one external address without a word about ports, as protocols without ports heed it.
struct whole_claim {
  external_id external{};
  std::optional<weir::protocol> protocol;  ///< absent: of every protocol

  friend constexpr auto operator<=>(const whole_claim&, const whole_claim&) noexcept = default;
};

/// A claim on ports of one external address and space, as its owner keeps it.
struct port_claim {
  external_id external{};
  port_space space{};
  port_range ports{};

  friend constexpr auto operator<=>(const port_claim&, const port_claim&) noexcept = default;
};

/// How many ports of a range are in none of others, which are sorted and may overlap; `range_of`
/// tells the range of each.
template <class Others, class RangeOf>
constexpr std::uint32_t ports_left(port_range all, const Others& others, RangeOf range_of) {
  const std::uint32_t end = all.last().number() + 1u;
  std::uint32_t next = all.first().number();
  std::uint32_t count = 0;
  for (const auto& other : others) {
    const port_range taken = range_of(other);
    const auto first = std::clamp<std::uint32_t>(taken.first().number(), next, end);
    count += first - next;
    next = std::clamp<std::uint32_t>(taken.last().number() + 1u, first, end);
  }
  return count + (end - next);
}
/// The same where others have claimed them.
constexpr std::uint32_t ports_left(port_range all, std::span<const port_claim> claims) {
  return ports_left(all, claims, [](const port_claim& one) { return one.ports; });
}

}  // namespace weir

#pragma once

// What a pool is: `pool_specification` as somebody asks for it, `pool` as packets use it.
// `checked` in pool/checked_pools.hpp makes the one from the other.

#include "weir/net/domain.hpp"
#include "weir/net/port.hpp"
#include "weir/net/prefix.hpp"
#include "weir/pool/deterministic.hpp"
#include "weir/pool/port_space.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace weir {

/// The number of a pool in its set, in the order of configuration; `none` is no pool's.
class pool_id {
 public:
  constexpr pool_id() noexcept = default;
  constexpr explicit pool_id(std::uint16_t number) noexcept : number_{number} {}

  static constexpr pool_id none() noexcept { return pool_id{}; }

  constexpr std::uint16_t number() const noexcept { return number_; }
  constexpr bool is_none() const noexcept { return number_ == none_number; }

  friend constexpr auto operator<=>(pool_id, pool_id) noexcept = default;

 private:
  static constexpr std::uint16_t none_number = 0xFFFF;

  std::uint16_t number_ = none_number;
};

/// From which remotes a mapping lets packets in (RFC 4787 REQ-8).
enum class endpoint_filtering : std::uint8_t {
  endpoint_independent,        ///< from anybody
  address_and_port_dependent,  ///< from endpoints the internal host has sent to
};

/// What the sender hears when a pool has no port for it (RFC 6888 REQ-11).
enum class exhaustion_answer : std::uint8_t {
  silent,            ///< nothing
  admin_prohibited,  ///< ICMP 3/13 (RFC 5508 REQ-8)
  host_unreachable,  ///< ICMP 3/1 (RFC 6888 REQ-11)
};

/// How a pool treats its mappings.
struct pool_manners {
  /// By `port_space`.
  std::array<endpoint_filtering, port_space_count> filtering{
      endpoint_filtering::address_and_port_dependent,
      endpoint_filtering::address_and_port_dependent,
      endpoint_filtering::address_and_port_dependent,
      endpoint_filtering::address_and_port_dependent};
  bool preserve_port = true;
  bool preserve_parity = false;          ///< RFC 4787 REQ-4
  bool preserve_range = true;            ///< RFC 4787 REQ-3a
  bool paired = true;                    ///< RFC 4787 REQ-2
  bool paired_full_takes_other = false;  ///< else a host whose address is full is refused
  bool inbound_refresh = false;          ///< RFC 4787 REQ-6a
  exhaustion_answer exhausted = exhaustion_answer::silent;
};

/// The first port that is not well known: RFC 4787 REQ-3a keeps those below it apart.
inline constexpr port well_known_end{1024};
/// The ports that pools give where nothing else is asked for.
inline constexpr port_range pool_ports_default = *port_range::between(well_known_end, port{65535});
/// IKE's port. Some responders answer to no other (RFC 3715 section 2.3), so it is kept when it is
/// free, even by a pool whose ports begin above it.
inline constexpr port ike_port{500};

/// A pool as it is asked for, names resolved.
struct pool_specification {
  std::vector<ipv4_prefix> internal;
  std::vector<ipv4_prefix> external;  ///< an interface's own addresses are host prefixes
  zone_id zone = zone_id::none();     ///< only for what leaves through this zone; none: any
  domain_id domain{};
  domain_id external_domain{};
  port_range ports = pool_ports_default;
  std::vector<port_range> reserved_ports;
  bool deterministic = false;
  std::uint32_t ports_per_host = 0;  ///< deterministic; zero: as many as there are
  pool_manners manners{};
  std::string name = {};  ///< for messages; empty: its number
};

/// A closed, non-empty range of IPv4 addresses.
struct address_range {
  ipv4_address first{};
  ipv4_address last{};

  constexpr bool contains(ipv4_address one) const noexcept { return first <= one && one <= last; }
  constexpr std::uint64_t size() const noexcept {
    return std::uint64_t{last.bits()} - first.bits() + 1;
  }
};

constexpr address_range range_of(const ipv4_prefix& block) noexcept {
  return {block.address(), last_address(block)};
}

/// A pool as packets use it; lives in a `pool_set`.
struct pool {
  pool_id id{};
  domain_id domain{};
  domain_id external_domain{};
  zone_id zone = zone_id::none();
  port_range ports = pool_ports_default;
  port_range identifiers = pool_ports_default;  ///< of queries
  std::vector<address_range> internal;
  std::vector<address_range> external;
  bool lists_everybody = false;            ///< a prefix of `internal` holds every address
  std::optional<deterministic_plan> plan;  ///< deterministic pools alone have one
  bool gives_ike_port = true;              ///< though it is none of `ports`
  pool_manners manners{};

  /// The numbers the pool gives in a space.
  constexpr port_range numbers(port_space space) const noexcept {
    return space == port_space::icmp ? identifiers : ports;
  }

  bool is_internal(ipv4_address one) const noexcept { return any_contains(internal, one); }
  bool is_external(ipv4_address one) const noexcept { return any_contains(external, one); }

  /// Whether an internal address is one of the pool's own, whose flows are never translated.
  bool wears(ipv4_address one) const noexcept {
    return domain == external_domain && is_external(one);
  }
  /// Whether flows from `source` are translated by this pool.
  bool serves(ipv4_address source) const noexcept { return is_internal(source) && !wears(source); }

 private:
  static bool any_contains(const std::vector<address_range>& ranges, ipv4_address one) noexcept {
    for (const address_range& range : ranges) {
      if (range.contains(one)) return true;
    }
    return false;
  }
};

}  // namespace weir

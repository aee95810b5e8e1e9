#pragma once

#include "weir/net/domain.hpp"
#include "weir/net/flow_key.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/net/port.hpp"
#include "weir/net/protocol.hpp"
#include "weir/pool/external_address.hpp"
#include "weir/pool/pool.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <type_traits>

namespace weir {

/// The number of a mapping in its table, while it lives.
class mapping_id {
 public:
  constexpr mapping_id() noexcept = default;
  constexpr explicit mapping_id(std::uint32_t number) noexcept : number_{number} {}

  static constexpr mapping_id none() noexcept { return mapping_id{}; }

  constexpr std::uint32_t number() const noexcept { return number_; }
  constexpr bool is_none() const noexcept { return number_ == none_number; }

  friend constexpr auto operator<=>(mapping_id, mapping_id) noexcept = default;

 private:
  static constexpr std::uint32_t none_number = 0xFFFF'FFFF;

  std::uint32_t number_ = none_number;
};

/// What a mapping is found by from inside. Who leaves by another pool has another mapping.
template <IpVersion V>
struct internal_key {
  pool_id pool{};  ///< `none` for what the box itself holds
  domain_id domain{};
  weir::protocol protocol{};
  weir::endpoint<V> endpoint{};

  friend constexpr auto operator<=>(const internal_key&, const internal_key&) noexcept = default;
};

/// What a mapping is found by from outside.
struct external_key {
  domain_id domain{};
  weir::protocol protocol{};
  weir::endpoint<ipv4> endpoint{};

  friend constexpr auto operator<=>(const external_key&, const external_key&) noexcept = default;
};

/// An internal endpoint and the external endpoint it wears (RFC 4787 section 4.1), as the
/// table keeps it: the table knows the external address by its number. Lives as long as sessions
/// use it.
template <IpVersion V>
struct mapping {
  typename V::address internal_address{};
  port internal_port{};
  port external_port{};
  domain_id internal_domain{};
  external_id external{};
  pool_id pool{};
  weir::protocol protocol{};
  bool has_host = false;       ///< it stands in the list of its host's mappings
  std::uint32_t sessions = 0;  ///< how many use it; a record without any is free
  std::uint32_t wearer = 0;    ///< the latest that was made to wear it, or who outlives that one
  mapping_id next{};           ///< of the same host, or of the free records
  mapping_id previous{};       ///< of the same host

  /// Begins the life of a record: an endpoint wears another one, for one session.
  constexpr void begin(const internal_key<V>& key, external_id worn_address,
                       port worn_port) noexcept {
    *this = {};
    internal_address = key.endpoint.address;
    internal_port = key.endpoint.port;
    external_port = worn_port;
    internal_domain = key.domain;
    external = worn_address;
    pool = key.pool;
    protocol = key.protocol;
    sessions = 1;
  }

  constexpr endpoint<V> internal() const noexcept { return {internal_address, internal_port}; }
  constexpr internal_key<V> key() const noexcept {
    return {pool, internal_domain, protocol, internal()};
  }
};
static_assert(sizeof(mapping<ipv4>) == 32);
static_assert(std::is_trivially_copyable_v<mapping<ipv4>>);

namespace detail {

/// What the first word of a packed key says about the others.
enum class mapping_side : std::uint8_t {
  internal = 1,
  external = 2,
  host = 3,
};

constexpr std::uint64_t packed_head(mapping_side side, protocol kind, domain_id domain,
                                    port one) noexcept {
  return std::uint64_t{static_cast<std::uint8_t>(side)} << 40 | std::uint64_t{number(kind)} << 32 |
         std::uint64_t{domain.number()} << 16 | one.number();
}

/// A key of a mapping as words, for hashing.
template <IpVersion V>
using packed_key = std::array<std::uint64_t, V::number == 4 ? 2 : 5>;

constexpr packed_key<ipv4> packed(std::uint64_t head, pool_id pool, ipv4_address address) noexcept {
  return {head, std::uint64_t{pool.number()} << 32 | address.bits()};
}
constexpr packed_key<ipv6> packed(std::uint64_t head, pool_id pool,
                                  const ipv6_address& address) noexcept {
  return {head, pool.number(), address.high(), address.low(), 0};
}

template <IpVersion V>
constexpr auto packed(const internal_key<V>& key) noexcept {
  return packed(packed_head(mapping_side::internal, key.protocol, key.domain, key.endpoint.port),
                key.pool, key.endpoint.address);
}
constexpr auto packed(const external_key& key) noexcept {
  return packed(packed_head(mapping_side::external, key.protocol, key.domain, key.endpoint.port),
                pool_id::none(), key.endpoint.address);
}

/// A host, whatever its ports.
template <IpVersion V>
constexpr auto packed_host(const internal_key<V>& key) noexcept {
  return packed(packed_head(mapping_side::host, protocol{}, key.domain, port{}), key.pool,
                key.endpoint.address);
}

}  // namespace detail

}  // namespace weir

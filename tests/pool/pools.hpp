#pragma once

// Pools as tests state them: what a test does not name is as in a home gateway.

#include "weir/pool/checked_pools.hpp"

#include "tests/support/catch.hpp"

#include <span>
#include <utility>
#include <variant>
#include <vector>

namespace weir::test {

inline ipv4_prefix block(ipv4_address address, unsigned length) {
  const auto made = ipv4_prefix::make(address, length);
  REQUIRE(made);
  return *made;
}

inline port_range ports(std::uint16_t first, std::uint16_t last) {
  const auto made = port_range::between(port{first}, port{last});
  REQUIRE(made);
  return *made;
}

/// 192.168.0.0/16 behind 203.0.113.8/29.
inline pool_specification home_pool() {
  pool_specification raw;
  raw.internal = {block({192, 168, 0, 0}, 16)};
  raw.external = {block({203, 0, 113, 8}, 29)};
  return raw;
}

/// One external address with few ports, so that tests can use them up.
inline pool_specification small_pool(std::uint16_t first, std::uint16_t last) {
  pool_specification raw = home_pool();
  raw.external = {block({203, 0, 113, 8}, 32)};
  raw.ports = ports(first, last);
  return raw;
}

inline pool_set pools_of(std::vector<pool_specification> raw,
                         std::vector<external_claim> claims = {}) {
  auto made = checked(raw, claims);
  if (const auto* faults = std::get_if<std::vector<pool_fault>>(&made)) {
    FAIL(faults->front().field << ": " << faults->front().what);
  }
  return std::get<pool_set>(std::move(made));
}

inline std::vector<pool_fault> faults_of(std::vector<pool_specification> raw) {
  auto made = checked(raw);
  const auto* faults = std::get_if<std::vector<pool_fault>>(&made);
  return faults != nullptr ? *faults : std::vector<pool_fault>{};
}

}  // namespace weir::test

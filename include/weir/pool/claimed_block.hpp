#pragma once

// What claims leave of a pool: an address may be claimed whole, and so may a host's block.

#include "weir/net/port.hpp"
#include "weir/pool/external_address.hpp"
#include "weir/pool/pool.hpp"
#include "weir/pool/pool_set.hpp"
#include "weir/pool/port_space.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace weir::detail {

/// A host of a deterministic pool that claims leave no port.
struct claimed_block {
  std::uint64_t host = 0;  ///< by number, in the order of the pool's internal addresses
  external_id external{};
  port_space space{};
  port_range claimed{};  ///< what claims take together there
};

/// Whether claims take every address of a pool, each space of it at once.
inline bool has_no_port(const pool_set& pools, const pool& of) noexcept {
  const auto claims = pools.claims();
  const auto is_claimed = [&](external_id external) noexcept {
    for (std::size_t space = 0; space < port_space_count; ++space) {
      const port_claim whole{external, port_space{static_cast<std::uint8_t>(space)}, port_range{}};
      if (!std::binary_search(claims.begin(), claims.end(), whole)) return false;
    }
    return true;
  };
  const auto externals = pools.externals_of(of);
  return std::all_of(externals.begin(), externals.end(), is_claimed);
}

/// The range that sorted claims cover together from the first one on, which are taken off.
inline port_range take_joined(std::span<const port_claim>& claims) noexcept {
  const port first = claims.front().ports.first();
  port last = claims.front().ports.last();
  while (!claims.empty() && claims.front().ports.first().number() <= last.number() + 1) {
    last = std::max(last, claims.front().ports.last());
    claims = claims.subspan(1);
  }
  return *port_range::between(first, last);
}

/// The first block of the `place`-th address of a deterministic pool that claims take whole. An
/// address of one host alone may be his by a 1:1 mapping.
inline std::optional<claimed_block> find_claimed_block(const pool_set& pools, const pool& of,
                                                       std::uint32_t place) noexcept {
  const external_id external = pools.externals_of(of)[place];
  for (const port_space space : {port_space::tcp, port_space::udp}) {
    auto claims = pools.claims_of(external, space);
    while (!claims.empty()) {
      const port_range taken = take_joined(claims);
      const auto host = of.plan->host_within(place, taken);
      const bool is_alone = taken == port_range{} && of.plan->hosts_per_address() == 1;
      if (host && !is_alone) return claimed_block{*host, external, space, taken};
    }
  }
  return std::nullopt;
}

}  // namespace weir::detail

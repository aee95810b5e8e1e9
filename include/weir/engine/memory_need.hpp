#pragma once

#include "weir/engine/shard.hpp"
#include "weir/engine/snapshot.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/pool/mapping_table.hpp"
#include "weir/pool/pool_set.hpp"
#include "weir/pool/port_owner.hpp"
#include "weir/pool/port_space.hpp"
#include "weir/session/session_table.hpp"
#include "weir/table/bitmap.hpp"

#include <cstddef>
#include <cstdint>

namespace weir {

/// The memory that the tables of a worker ask for when it is made, in bytes; what else it keeps is
/// little. The platform gives it page by page, when it is written first.
struct memory_need {
  std::uint64_t per_session = 0;   ///< its mapping, and a place in the tables of either family
  std::uint64_t sessions = 0;      ///< of all that may be kept
  std::uint64_t per_external = 0;  ///< the ports of an external address
  std::uint64_t externals = 0;     ///< of those of every pool

  constexpr std::uint64_t all() const noexcept { return sessions + externals; }
};

namespace detail {

/// What tables for so many sessions ask for that are made in the proportions of the real ones.
template <EngineTraits Traits>
std::size_t table_bytes(const snapshot& config, std::uint32_t sessions) {
  auto options = table_options(config, {}, nullptr);
  options.sessions_max = sessions;
  const session_table<ipv4, Traits> four{options};
  const session_table<ipv6, Traits> six{options};
  const std::size_t both = four.bytes() + six.bytes();
  if (config.pools().pools().empty()) {
    return both;
  }
  const pool_set no_pools;
  port_owner no_ports{no_pools};
  const auto most = limits_of(config);
  const auto hosts = std::uint64_t{sessions} * most.hosts_max / most.mappings_max;
  const mapping_table<ipv4, Traits> mappings{
      no_pools, no_ports, {sessions, static_cast<std::uint32_t>(hosts)}, {}};
  return both + mappings.bytes();
}

}  // namespace detail

/// Tells it by the difference that a few more sessions make, without asking for all of it.
template <EngineTraits Traits = default_traits>
memory_need memory_need_of(const snapshot& config) {
  constexpr std::uint32_t few = 4096;
  memory_need made;
  made.per_session =
      (detail::table_bytes<Traits>(config, 2 * few) - detail::table_bytes<Traits>(config, few)) /
      few;
  made.sessions = made.per_session * config.raw().sessions.max;
  made.per_external = port_space_count * sizeof(bitmap);
  made.externals = made.per_external * config.pools().externals().size();
  return made;
}

}  // namespace weir

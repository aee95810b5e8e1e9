#pragma once

// From what a person asks for to what an engine accepts: everything is proven here, once, and every
// fault of a configuration is named in one run.

#include "weir/engine/check_nat.hpp"
#include "weir/engine/check_policies.hpp"
#include "weir/engine/check_routes.hpp"
#include "weir/engine/configuration.hpp"
#include "weir/engine/exempt_flows.hpp"
#include "weir/engine/fault_list.hpp"
#include "weir/engine/path_set.hpp"
#include "weir/engine/snapshot.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace weir {

namespace detail {

inline void check_sessions(const sessions_configuration& raw, fault_list& faults) {
  if (raw.max == 0 || raw.max > sessions_limit) {
    faults.add("sessions.max", std::to_string(raw.max) + " sessions cannot be kept",
               "1 to " + std::to_string(sessions_limit));
  }
  check_enumerator(raw.full, full_policy::fair_share, "sessions.when-full", faults);
}

template <IpVersion V>
std::vector<route_table<V>> tables_of(const std::vector<std::vector<route<V>>>& domains) {
  std::vector<route_table<V>> tables;
  tables.reserve(domains.size());
  for (const auto& routes : domains) {
    tables.emplace_back(routes);
  }
  return tables;
}

struct proven_parts {
  topology ground;
  compiled_policies policies;
  compiled_nat nat;
};

/// Without faults, all that a snapshot needs.
inline proven_parts prove(const configuration& raw, fault_list& faults) {
  proven_parts made;
  made.ground = check_topology(raw, faults);
  made.policies = check_policies(raw, made.ground, faults);
  made.nat = check_nat(raw, made.ground, faults);
  check_sessions(raw.sessions, faults);
  return made;
}

}  // namespace detail

/// Proves a configuration and compiles it. Allocates; takes milliseconds for thousands of rules.
inline checked_result checked(const configuration& raw) {
  const path_set unread;
  detail::fault_list faults{unread};
  auto [ground, policies, nat] = detail::prove(raw, faults);
  if (!faults.empty()) {
    return std::move(faults).take();
  }
  snapshot_parts parts;
  parts.raw = raw;
  parts.interfaces = std::move(ground.interfaces);
  parts.zones = ground.zones.names();
  parts.domains = ground.domains.names();
  parts.neighbors = std::move(ground.neighbors);
  parts.hops = std::move(ground.hops);
  parts.routes4 = detail::tables_of<ipv4>(ground.routes4);
  parts.routes6 = detail::tables_of<ipv6>(ground.routes6);
  parts.policies = std::move(policies.table);
  parts.timeouts = std::move(policies.timeouts);
  parts.pools = std::move(nat.pools);
  parts.statics = std::move(nat.statics);
  parts.exempt = exempt_flows{std::move(nat.exempt)};
  return std::shared_ptr<const snapshot>{new snapshot{std::move(parts)}};
}

/// The faults of a configuration of which some parts could not be read: not those that only follow
/// from what the parts should have said, unless they are of the parts themselves.
inline std::vector<fault> find_faults(const configuration& raw, const path_set& unread) {
  detail::fault_list faults{unread};
  detail::prove(raw, faults);
  return std::move(faults).take();
}

}  // namespace weir

#pragma once

// Translation: pools, static mappings and exemptions, with their names resolved.

#include "weir/engine/check_interfaces.hpp"
#include "weir/engine/check_pools.hpp"
#include "weir/engine/configuration.hpp"
#include "weir/engine/fault_list.hpp"
#include "weir/engine/path_set.hpp"
#include "weir/engine/unworn_addresses.hpp"
#include "weir/nat/exemption.hpp"
#include "weir/nat/static_nat.hpp"
#include "weir/net/text.hpp"
#include "weir/pool/pool_set.hpp"

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace weir::detail {

struct compiled_nat {
  pool_set pools;
  static_nat statics;
  std::vector<exemption> exempt;
};

/// Nobody answers for a broadcast address, and another station does for its own.
inline void check_worn(const static_configuration& one, domain_id domain, const std::string& path,
                       const unworn_addresses& unworn, fault_list& faults) {
  const auto external = unworn.find({domain, one.external});
  if (external != unworn.end()) {
    faults.add(path + ".external", to_text(one.external) + external->second.what,
               external->second.is_broadcast ? "the address of one host"
                                             : "an address that no other station has");
  }
  const auto internal = unworn.find({domain, one.internal});
  if (internal != unworn.end() && internal->second.is_broadcast) {
    faults.add(path + ".internal", to_text(one.internal) + internal->second.what,
               "the address of one host");
  }
}

/// What is wrong with a static mapping whatever the others are; its names, resolved.
inline static_mapping mapping_of(const static_configuration& one, const std::string& path,
                                 const unworn_addresses& unworn, const topology& ground,
                                 fault_list& faults) {
  const auto domain = domain_or_default(one.domain, path + ".domain", ground, faults);
  const auto zone = optional_zone(one.zone, path + ".zone", ground, faults);
  if (!faults.unread().covers(path + ".domain")) {
    check_worn(one, domain, path, unworn, faults);
  }
  return {one.external, one.external_port, one.internal, one.internal_port, one.protocol, zone,
          domain,       one.hairpin};
}

/// What is wrong with an element that stands for several mappings is said once.
inline static_nat check_statics(const configuration& raw, const topology& ground,
                                const unworn_addresses& unworn, fault_list& faults) {
  const auto& listed = raw.nat.statics;
  const auto written = [&](std::size_t i) { return listed[i].written.value_or(i); };
  std::vector<static_mapping> all;
  path_set refused_parts;
  for (std::size_t i = 0; i < listed.size(); ++i) {
    const bool is_next_of_element = i != 0 && written(i) == written(i - 1);
    fault_list own{faults.unread()};
    all.push_back(mapping_of(listed[i], element("nat.static", written(i)), unworn, ground, own));
    own.add_paths_to(refused_parts);
    if (!is_next_of_element) faults.append(std::move(own));
  }
  const auto is_elsewhere = [&](std::size_t i) {  // than where a name that is known leads
    const auto path = element("nat.static", written(i));
    return refused_parts.covers(path + ".domain") || refused_parts.covers(path + ".zone") ||
           faults.unread().touches(path);
  };
  auto made = checked(all);
  if (auto* refused = std::get_if<std::vector<static_fault>>(&made)) {
    std::set<std::tuple<std::size_t, std::string, std::string>> said;
    for (auto& one : *refused) {
      const auto place = written(one.index);
      if (one.earlier && (is_elsewhere(one.index) || is_elsewhere(*one.earlier))) continue;
      if (!said.emplace(place, one.field, one.what).second) continue;
      const auto other = one.earlier ? element("nat.static", written(*one.earlier)) : "";
      add_refused(element("nat.static", place), one, faults, other);
    }
    return {};
  }
  return std::get<static_nat>(std::move(made));
}

inline std::vector<exemption> check_exempt(const configuration& raw, const topology& ground,
                                           fault_list& faults) {
  std::vector<exemption> made;
  std::size_t values = 0;
  for (std::size_t i = 0; i < raw.nat.exempt.size(); ++i) {
    const auto& one = raw.nat.exempt[i];
    const auto path = element("nat.exempt", i);
    if (!one.protocols.empty() && !one.destination_ports.empty() &&
        std::none_of(one.protocols.begin(), one.protocols.end(), has_ports) &&
        !faults.unread().touches(path + ".protocol")) {
      faults.add(path + ".destination-port", "no packet matches: the protocol has no ports",
                 "a protocol with ports, or no port");
    }
    made.push_back({one.sources, one.destinations, one.protocols, one.destination_ports,
                    domain_or_default(one.domain, path + ".domain", ground, faults)});
    const auto before = values;
    values += made.back().values();
    if (before <= exempt_values_max && values > exempt_values_max) {
      faults.add(path, "the exemptions up to here name too many prefixes, protocols and ports",
                 "at most " + std::to_string(exempt_values_max) + " in all");
    }
  }
  return made;
}

inline compiled_nat check_nat(const configuration& raw, const topology& ground,
                              fault_list& faults) {
  compiled_nat made;
  const auto unworn = unworn_in(raw, ground);
  made.statics = check_statics(raw, ground, unworn, faults);
  made.pools = check_pools(raw, made.statics, unworn, ground, faults);
  made.exempt = check_exempt(raw, ground, faults);
  return made;
}

}  // namespace weir::detail

#pragma once

// Pools, with their names resolved.

#include "weir/engine/check_interfaces.hpp"
#include "weir/engine/check_policies.hpp"
#include "weir/engine/configuration.hpp"
#include "weir/engine/fault_list.hpp"
#include "weir/engine/path_set.hpp"
#include "weir/engine/unworn_addresses.hpp"
#include "weir/nat/static_nat.hpp"
#include "weir/net/protocol.hpp"
#include "weir/net/text.hpp"
#include "weir/policy/rule.hpp"
#include "weir/pool/checked_pools.hpp"
#include "weir/pool/external_address.hpp"
#include "weir/pool/pool_set.hpp"
#include "weir/pool/port_space.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

namespace weir::detail {

inline domain_id domain_or_default(const std::string& name, const std::string& path,
                                   const topology& ground, fault_list& faults) {
  return named_domain(name, path, ground, faults).value_or(domain_id{});
}

inline zone_id optional_zone(const std::string& name, const std::string& path,
                             const topology& ground, fault_list& faults) {
  return name.empty() ? zone_id::none() : find_zone(name, path, ground, faults);
}

/// IPv4 is all that pools translate.
inline std::vector<ipv4_prefix> ipv4_blocks(const std::vector<ip_prefix>& blocks,
                                            const std::string& path, fault_list& faults) {
  std::vector<ipv4_prefix> made;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    if (blocks[i].is_ipv4()) {
      made.push_back(blocks[i].as<ipv4>());
    } else {
      faults.add(element(path, i), "a NAT pool translates IPv4 only", "an IPv4 prefix");
    }
  }
  return made;
}

/// The addresses of an interface, which nobody wears in another domain than its own.
inline std::vector<ipv4_prefix> addresses_of(const std::string& interface,
                                             const std::string& domain, const std::string& path,
                                             const topology& ground, fault_list& faults) {
  std::vector<ipv4_prefix> made;
  const auto* const named = named_interface(interface, path, ground, faults);
  if (named == nullptr) {
    return made;
  }
  const auto& own_domain = ground.domains.names()[named->domain.number()];
  const bool is_read = !faults.unread().covers("interfaces." + interface + ".domain");
  if (is_read && own_domain != domain && ground.domains.find(domain)) {
    faults.add(path,
               in_quotes(interface) + " is in domain " + in_quotes(own_domain) +
                   ", and the pool's external addresses are in " + in_quotes(domain),
               "external-domain: " + own_domain + ", or an interface of " + in_quotes(domain));
  }
  for (const auto& own : named->addresses) {
    if (own.address.is_ipv4()) {
      made.push_back(ipv4_prefix::host(own.address.v4()));
    }
  }
  return made;
}

/// A host's block says which address and ports it has: nothing else could.
inline void check_plan_is_all(const pool_configuration& raw, const std::string& path,
                              fault_list& faults) {
  const pool_configuration usual;
  const std::pair<const char*, bool> named[] = {
      {"preserve-port", raw.preserve_port != usual.preserve_port},
      {"preserve-parity", raw.preserve_parity != usual.preserve_parity},
      {"preserve-range", raw.preserve_range != usual.preserve_range},
      {"paired", raw.paired != usual.paired},
      {"when-paired-full", raw.paired_full_takes_other != usual.paired_full_takes_other}};
  for (const auto& [key, is_written] : named) {
    if (is_written) {
      faults.add(path + "." + key,
                 "the plan of a deterministic pool says which address and ports it gives",
                 "no such key, or mode dynamic");
    }
  }
}

inline pool_specification specification_of(const pool_configuration& raw, const std::string& path,
                                           const topology& ground, fault_list& faults) {
  pool_specification made;
  if (!raw.external.empty() && !raw.external_interface.empty()) {
    faults.add(path + ".external", "the pool has prefixes and those of an interface",
               "one of the two");
  }
  constexpr auto last_filtering = endpoint_filtering::address_and_port_dependent;
  check_enumerator(raw.filtering_tcp, last_filtering, path + ".filtering.tcp", faults);
  check_enumerator(raw.filtering_udp, last_filtering, path + ".filtering.udp", faults);
  check_enumerator(raw.exhausted, exhaustion_answer::host_unreachable, path + ".exhausted", faults);
  const auto& external_domain = raw.external_domain.empty() ? raw.domain : raw.external_domain;
  made.name = raw.name;
  made.internal = ipv4_blocks(raw.internal, path + ".internal", faults);
  made.external = raw.external_interface.empty()
                      ? ipv4_blocks(raw.external, path + ".external", faults)
                      : addresses_of(raw.external_interface, external_domain, path + ".external",
                                     ground, faults);
  made.zone = optional_zone(raw.zone, path + ".zone", ground, faults);
  made.domain = domain_or_default(raw.domain, path + ".domain", ground, faults);
  made.external_domain =
      raw.external_domain.empty()
          ? made.domain
          : domain_or_default(raw.external_domain, path + ".external-domain", ground, faults);
  made.ports = raw.ports.value_or(pool_ports_default);
  made.reserved_ports = raw.reserved_ports;
  made.deterministic = raw.deterministic;
  made.ports_per_host = raw.ports_per_host;
  made.manners.filtering[number(port_space::tcp)] = raw.filtering_tcp;
  made.manners.filtering[number(port_space::udp)] = raw.filtering_udp;
  made.manners.filtering[number(port_space::other)] = raw.filtering_udp;
  made.manners.preserve_port = raw.preserve_port;
  made.manners.preserve_parity = raw.preserve_parity;
  made.manners.preserve_range = raw.preserve_range;
  made.manners.paired = raw.paired;
  made.manners.paired_full_takes_other = raw.paired_full_takes_other;
  made.manners.inbound_refresh = raw.inbound_refresh;
  made.manners.exhausted = raw.exhausted;
  return made;
}

/// The most ports of a range that is about what the box listens on; a wider one only says that
/// anything may pass.
inline constexpr std::uint32_t listened_ports_max = 1024;

using listened_port = std::pair<protocol, port>;

/// Adds the ports of an own address that a rule for traffic to the box names and permits.
inline void add_listened(const rule& one, ipv4_address own, std::set<listened_port>& into) {
  const bool is_for_own =
      one.destinations.empty() ||
      std::any_of(one.destinations.begin(), one.destinations.end(), [&](const ip_prefix& block) {
        return block.is_ipv4() && block.as<ipv4>().contains(own);
      });
  if (one.action < action::permit || one.family == ip_family::ipv6 || !is_for_own) {
    return;
  }
  for (const auto kind : {protocol::tcp, protocol::udp}) {
    const auto& listed = one.protocols;
    if (!listed.empty() && std::find(listed.begin(), listed.end(), kind) == listed.end()) continue;
    for (const auto& range : one.destination_ports) {
      if (range.size() > listened_ports_max) continue;
      for (std::uint32_t number = range.first().number(); number <= range.last().number();
           ++number) {
        into.emplace(kind, port{static_cast<std::uint16_t>(number)});
      }
    }
  }
}

/// What the box listens on, on external addresses of pools that are its own: a host's port there
/// would stand before the listener's.
inline std::vector<external_claim> claims_of_box(const configuration& raw, const topology& ground,
                                                 const std::vector<pool_specification>& pools) {
  const auto is_worn = [&](domain_id domain, ipv4_address own) {
    return std::any_of(pools.begin(), pools.end(), [&](const pool_specification& each) {
      return each.external_domain == domain &&
             std::any_of(each.external.begin(), each.external.end(),
                         [&](const ipv4_prefix& block) { return block.contains(own); });
    });
  };
  std::vector<external_claim> made;
  for (const auto& interface : ground.interfaces) {
    for (const auto& own : interface.addresses) {
      if (!own.address.is_ipv4() || !is_worn(interface.domain, own.address.v4())) continue;
      std::set<listened_port> listened;
      for (const auto& judge : raw.policies) {
        if (judge.to != "local") continue;
        for (const auto& one : judge.rules) add_listened(one, own.address.v4(), listened);
      }
      for (const auto& [kind, number] : listened) {
        made.push_back({{interface.domain, own.address.v4()}, kind, number});
      }
    }
  }
  return made;
}

/// What is wrong with pools whatever their names lead to.
inline void check_pool_keys(const configuration& raw, fault_list& faults) {
  std::set<std::string> names;
  for (std::size_t i = 0; i < raw.nat.pools.size(); ++i) {
    const auto& one = raw.nat.pools[i];
    const auto path = element("nat.pools", i);
    if (!names.insert(one.name).second && !one.name.empty()) {
      faults.add(path + ".name", "pool " + in_quotes(one.name) + " is defined twice",
                 "a name of its own");
    }
    if (one.name.empty()) {
      faults.add(path + ".name", "the pool has no name", "a name of its own");
    }
    if (one.deterministic) {
      check_plan_is_all(one, path, faults);
    } else if (one.ports_per_host != 0 && !faults.unread().covers(path + ".mode")) {
      faults.add(path + ".deterministic.ports-per-host", "a dynamic pool gives port by port",
                 "mode deterministic, or no such key");
    }
  }
}

/// Whether a fault is one of the addresses that a pool has from an interface, where it was named.
inline bool repeats_interface(const pool_fault& one, const pool_configuration& of) {
  return !of.external_interface.empty() && one.field.starts_with("external[");
}

/// Where the IPv4 blocks of a list stand in it.
inline std::vector<std::size_t> places_of_ipv4(const std::vector<ip_prefix>& blocks) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    if (blocks[i].is_ipv4()) places.push_back(i);
  }
  return places;
}

/// The part of a pool that a fault of its IPv4 blocks names, as the list of them all numbers it.
inline std::string numbered(const std::string& field, const std::string& list,
                            const std::vector<std::size_t>& places) {
  std::size_t number = 0;
  const char* const end = field.data() + field.size();
  const bool is_element = field.starts_with(list + "[");
  const bool is_read =
      is_element && std::from_chars(field.data() + list.size() + 1, end, number).ec == std::errc{};
  return is_read && number < places.size() ? element(list, places[number]) : field;
}

/// Whether it cannot be told which addresses a pool has from an interface.
inline bool is_external_in_doubt(const pool_configuration& raw, const topology& ground,
                                 const path_set& unread) {
  const auto& interface = raw.external_interface;
  return !interface.empty() && (!find_interface(ground.interfaces, interface) ||
                                unread.touches("interfaces." + interface, {"addresses", "domain"}));
}

/// Whether a part of a pool, or of what it names, could not be read: how it goes with others cannot
/// be told then.
inline bool is_in_doubt(const pool_configuration& raw, const std::string& path,
                        const topology& ground, const path_set& unread) {
  const bool is_unread = unread.touches(
      path, {"internal", "external", "zone", "domain", "external-domain", "ports", "mode"});
  const auto is_domain = [&](const std::string& name) {
    return name.empty() || ground.domains.find(name);
  };
  return is_unread || is_external_in_doubt(raw, ground, unread) || !is_domain(raw.domain) ||
         !is_domain(raw.external_domain) || !(raw.zone.empty() || ground.zones.find(raw.zone));
}

/// What else is wrong with a pool of which a part is refused: what only follows from that is no
/// fault of its own.
inline void check_alone(pool_specification made, const pool_configuration& raw,
                        const std::string& path, const topology& ground, fault_list& faults) {
  path_set known;
  faults.add_paths_to(known);
  if (is_external_in_doubt(raw, ground, faults.unread())) {
    known.add(path + ".external");
  }
  const auto is_refused = [&](const char* key) {
    return known.touches(path + "." + key) || faults.unread().touches(path + "." + key);
  };
  if (is_refused("internal") || is_refused("external") || is_refused("ports")) {
    made.deterministic = false;  // the plan would be of other hosts, addresses or ports
  }
  if (is_refused("ports")) {
    made.reserved_ports.clear();
  }
  auto result = checked(std::span{&made, 1});
  auto* const refused = std::get_if<std::vector<pool_fault>>(&result);
  if (refused == nullptr) {
    return;
  }
  const auto internal = places_of_ipv4(raw.internal);
  const auto external = places_of_ipv4(raw.external);
  for (auto& one : *refused) {
    one.field = numbered(numbered(one.field, "internal", internal), "external", external);
    if (!repeats_interface(one, raw) && !known.touches(path + "." + one.field)) {
      add_refused(path, one, faults);
    }
  }
}

/// Pools with all their names resolved, and where they stand among all.
struct placed_pools {
  std::vector<pool_specification> pools;
  std::vector<std::size_t> places;
};

/// The pools that can be held against each other; the others are checked each by itself.
inline placed_pools sound_pools(const configuration& raw, const topology& ground,
                                fault_list& faults) {
  placed_pools sound;
  for (std::size_t i = 0; i < raw.nat.pools.size(); ++i) {
    const auto& one = raw.nat.pools[i];
    const auto path = element("nat.pools", i);
    fault_list own{faults.unread()};
    auto made = specification_of(one, path, ground, own);
    if (own.empty() && !is_in_doubt(one, path, ground, own.unread())) {
      sound.pools.push_back(std::move(made));
      sound.places.push_back(i);
    } else {
      check_alone(std::move(made), one, path, ground, own);
      faults.append(std::move(own));
    }
  }
  return sound;
}

inline pool_set check_pools(const configuration& raw, const static_nat& statics,
                            const unworn_addresses& unworn, const topology& ground,
                            fault_list& faults) {
  check_pool_keys(raw, faults);
  auto [all, places] = sound_pools(raw, ground, faults);
  auto claims = claims_of_box(raw, ground, all);
  claims.insert(claims.end(), statics.claims().begin(), statics.claims().end());
  auto worn = all;
  bool changed = false;
  for (auto& one : worn) {
    changed |= leave_out(unworn, one);
  }
  // What claims leave is asked of the addresses that will be worn; the rest as it is written.
  auto made = checked(all, changed ? std::vector<external_claim>{} : claims);
  if (changed && std::holds_alternative<pool_set>(made)) {
    made = checked(worn, claims);
  }
  if (auto* refused = std::get_if<std::vector<pool_fault>>(&made)) {
    for (auto& one : *refused) {
      const auto place = places[one.pool];
      if (!repeats_interface(one, raw.nat.pools[place])) {
        add_refused(element("nat.pools", place), one, faults);
      }
    }
    return {};
  }
  return std::get<pool_set>(std::move(made));
}

}  // namespace weir::detail

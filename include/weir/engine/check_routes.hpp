#pragma once

// Routes and neighbours, and with them the whole topology.

#include "weir/base/ordered_places.hpp"
#include "weir/engine/check_interfaces.hpp"
#include "weir/engine/configuration.hpp"
#include "weir/engine/fault_list.hpp"
#include "weir/engine/interface_facts.hpp"
#include "weir/engine/path_set.hpp"
#include "weir/net/text.hpp"
#include "weir/route/next_hop.hpp"

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

namespace weir::detail {

/// Why an address of a domain cannot be that of another station, if it can be told apart from those
/// of other links; nothing if it can.
inline std::optional<std::string> why_nobody_else(const topology& made, domain_id domain,
                                                  const ip_address& address,
                                                  interface_id on = interface_id::local()) {
  if (!made.are_domains_known) return std::nullopt;
  bool is_broadcast = false;
  for (const auto& one : made.interfaces) {
    const bool is_other_link = is_of_each_link(address) && !on.is_local() && one.id != on;
    if (one.domain != domain || is_other_link) continue;
    if (answers_to(one, address)) {
      return to_text(address) + " is the box's own address";
    }
    is_broadcast |= is_broadcast_of(one, address);
  }
  return is_broadcast ? std::optional{to_text(address) + " is a broadcast address"} : std::nullopt;
}

/// Refuses what no neighbour can have; whether it did.
inline bool refuse_nobodys(const ip_address& neighbor, const std::string& path,
                           fault_list& faults) {
  const bool refused = is_nobodys(neighbor);
  if (refused) {
    faults.add(path, to_text(neighbor) + " cannot be the address of a neighbour",
               "a unicast address");
  }
  return refused;
}

/// Whether an address is on an interface's link as its subnets and the routes without a gateway
/// say, or by its nature (RFC 3927 section 2.6, RFC 4291 section 2.5.6).
inline bool is_on_link(const configuration& raw, const interface_facts& on,
                       const ip_address& address) {
  const auto leads_there = [&](const route_configuration& one) {
    return !one.via && one.interface == on.name && one.to.contains(address);
  };
  const auto is_near = [&](const auto& own) { return subnet_of(own).contains(address); };
  const bool is_link_local =
      address.is_ipv4() ? address.v4().is_link_local() : address.v6().is_link_local();
  return is_link_local || std::any_of(on.addresses.begin(), on.addresses.end(), is_near) ||
         std::any_of(raw.routes.begin(), raw.routes.end(), leads_there);
}

/// Whether all that says what is on an interface's link could be read.
inline bool is_link_known(const topology& made, const interface_facts& on, const path_set& unread) {
  return made.are_links_known && !unread.touches("interfaces." + on.name + ".addresses");
}

/// A gateway can be asked for its link-layer address on its interface, or need not be.
inline void check_gateway(const configuration& raw, const topology& made, const ip_address& gateway,
                          const interface_facts& on, const std::string& path, fault_list& faults) {
  const auto is_known = [&](const neighbor_configuration& one) {
    return one.interface == on.name && one.address == gateway;
  };
  if (const auto why = why_nobody_else(made, on.domain, gateway, on.id)) {
    faults.add(path, *why, "the address of a neighbour on " + in_quotes(on.name));
  } else if (is_link_known(made, on, faults.unread()) && !is_on_link(raw, on, gateway) &&
             std::none_of(raw.neighbors.begin(), raw.neighbors.end(), is_known)) {
    faults.add(path, to_text(gateway) + " is in no subnet of " + in_quotes(on.name),
               "the address of a neighbour on it, or a route to the gateway without `via`");
  }
}

/// A subnet has its route, and a configured one for the same prefix would take all its hosts away;
/// one for a single address would win over the box itself, or forward broadcasts (RFC 2644).
inline void check_destination(const topology& made, domain_id domain, const ip_prefix& to,
                              const std::string& path, fault_list& faults) {
  if (!made.are_domains_known) return;
  const bool is_host = to.length() == to.address().bits_count();
  const auto why = is_host ? why_nobody_else(made, domain, to.address()) : std::nullopt;
  if (why) {
    faults.add(path, *why, "a prefix of other hosts");
    return;
  }
  for (const auto& one : made.interfaces) {
    const bool is_there = std::any_of(one.addresses.begin(), one.addresses.end(),
                                      [&](const auto& own) { return subnet_of(own) == to; });
    if (one.domain == domain && is_there) {
      faults.add(path, to_text(to) + " is connected to " + in_quotes(one.name),
                 "longer prefixes for parts of it, or no route, as connected ones are implied");
      return;
    }
  }
}

/// Calls `report(first, again)` with the numbers of two elements that `name` calls by one name.
template <class Name, class Report>
void find_repeated(std::size_t count, Name name, Report report) {
  const auto order = ordered_places(count, name);
  for (std::size_t i = 1; i < count; ++i) {
    if (name(order[i - 1]) == name(order[i])) {
      report(order[i - 1], order[i]);
    }
  }
}

/// Of two routes for one prefix, one would never be taken.
inline void check_unique_routes(const configuration& raw, fault_list& faults) {
  const auto& all = raw.routes;
  find_repeated(
      all.size(), [&](std::size_t i) { return std::tie(all[i].domain, all[i].to); },
      [&](std::size_t first, std::size_t again) {
        const auto is_unread = [&](std::size_t i) {
          return faults.unread().touches(element("routes", i), {"to", "domain"});
        };
        if (is_unread(first) || is_unread(again)) return;
        faults.add(element("routes", again) + ".to",
                   to_text(all[again].to) + " has a route already: " + element("routes", first),
                   "one route for each prefix of a domain");
      });
}

/// Of two stations for one neighbour, one would never be sent to.
inline void check_unique_neighbors(const configuration& raw, fault_list& faults) {
  const auto& all = raw.neighbors;
  find_repeated(
      all.size(), [&](std::size_t i) { return std::tie(all[i].interface, all[i].address); },
      [&](std::size_t first, std::size_t again) {
        const auto path = element("neighbors", first);
        if (faults.unread().touches(path, {"address", "interface"})) return;
        faults.add(element("neighbors", again) + ".address",
                   to_text(all[again].address) + " on " + in_quotes(all[again].interface) +
                       " has a station already: " + element("neighbors", first),
                   "one station for each neighbour of an interface");
      });
}

/// What is wrong with where a route leads, apart from what it leads to.
inline void check_way(const configuration& all, const route_configuration& raw,
                      const interface_facts* on, const std::string& path, const topology& made,
                      fault_list& faults) {
  const bool is_of_other_family = raw.via && raw.via->family() != raw.to.address().family();
  if (is_of_other_family && !faults.unread().covers(path + ".to")) {
    faults.add(path + ".via", to_text(*raw.via) + " is of the other family than `to`",
               "a gateway of the destination's family");
  } else if (raw.via && !refuse_nobodys(*raw.via, path + ".via", faults) && on != nullptr) {
    check_gateway(all, made, *raw.via, *on, path + ".via", faults);
  }
  if (raw.to.is_ipv6() && on != nullptr && on->mtu < ipv6_mtu_min) {
    faults.add(path + ".interface",
               in_quotes(raw.interface) + " has an MTU of " + std::to_string(on->mtu) +
                   ", and IPv6 asks every link for " + std::to_string(ipv6_mtu_min),
               "a larger MTU, or no route over IPv6");
  }
}

inline void check_route(const configuration& all, const route_configuration& raw,
                        const std::string& path, topology& made, fault_list& faults) {
  const auto* const on = named_interface(raw.interface, path + ".interface", made, faults);
  const auto domain = named_domain(raw.domain, path + ".domain", made, faults);
  check_way(all, raw, on, path, made, faults);
  if (!domain) {
    return;
  }
  if (!faults.unread().covers(path + ".domain")) {
    check_destination(made, *domain, raw.to, path + ".to", faults);
  }
  if (on != nullptr) {
    const auto hop = add_hop(made, {on->id, raw.via, next_hop_kind::forward, raw.to.length() == 0});
    add_route(made, *domain, raw.to, hop);
  }
}

/// Whether packets may be sent to a neighbour on an interface: where one without addresses leads,
/// and what routes name as their gateway, is for the operator to know.
inline bool may_be_neighbor(const configuration& raw, const interface_facts& on,
                            const ip_address& address) {
  const auto is_gateway = [&](const route_configuration& one) {
    return one.interface == on.name && one.via == address;
  };
  return on.addresses.empty() || is_on_link(raw, on, address) ||
         std::any_of(raw.routes.begin(), raw.routes.end(), is_gateway);
}

inline void check_neighbor(const configuration& all, const neighbor_configuration& raw,
                           const std::string& path, topology& made, fault_list& faults) {
  const auto* const named = named_interface(raw.interface, path + ".interface", made, faults);
  if (!raw.mac.is_station()) {
    faults.add(path + ".mac", to_text(raw.mac) + " is no station's", "the address of one station");
  }
  if (refuse_nobodys(raw.address, path + ".address", faults) || named == nullptr) {
    return;
  }
  const auto& on = *named;
  if (const auto why = why_nobody_else(made, on.domain, raw.address, on.id)) {
    faults.add(path + ".address", *why, "the address of a neighbour on " + in_quotes(on.name));
  } else if (is_link_known(made, on, faults.unread()) && !may_be_neighbor(all, on, raw.address)) {
    faults.add(path + ".address",
               to_text(raw.address) + " is in no subnet of " + in_quotes(on.name),
               "an address of a subnet of it, or that of a gateway a route names");
  }
  made.neighbors.push_back({raw.address, on.id, raw.mac});
}

/// Whether a key of each element of a list could be read, and the list itself.
template <class Name>
bool is_read(const std::string& list, std::size_t count, Name path_of,
             std::initializer_list<const char*> keys, const path_set& unread) {
  if (unread.covers(list)) {
    return false;
  }
  for (std::size_t i = 0; i < count && !unread.empty(); ++i) {
    if (unread.touches(path_of(i), keys)) {
      return false;
    }
  }
  return true;
}

/// Says what of a topology cannot be known.
inline void check_unread(const configuration& raw, const path_set& unread, topology& made) {
  const auto interface = [&](std::size_t i) { return "interfaces." + raw.interfaces[i].name; };
  const auto is_interface_read = [&](const char* key) {
    return is_read("interfaces", raw.interfaces.size(), interface, {key}, unread);
  };
  made.are_interfaces_known = !unread.covers("interfaces");
  made.are_zones_known = is_interface_read("zone");
  made.are_domains_known = is_interface_read("domain");
  made.are_links_known =
      is_read(
          "routes", raw.routes.size(), [](std::size_t i) { return element("routes", i); },
          {"to", "via", "interface"}, unread) &&
      is_read(
          "neighbors", raw.neighbors.size(), [](std::size_t i) { return element("neighbors", i); },
          {"address", "interface"}, unread);
}

/// Every route that others rely on exists afterwards: configured, connected, own.
inline topology check_topology(const configuration& raw, fault_list& faults) {
  topology made;
  made.hops.push_back({interface_id::local(), std::nullopt, next_hop_kind::local});
  interface_facts local;
  local.name = "local";
  local.zone = zone_id::local();
  local.mtu = mtu_max;
  made.interfaces.push_back(std::move(local));
  check_unread(raw, faults.unread(), made);
  if (raw.interfaces.size() > interfaces_max) {
    made.are_interfaces_known = made.are_zones_known = made.are_domains_known = false;
    faults.add("interfaces." + raw.interfaces[interfaces_max].name,
               "there are " + std::to_string(raw.interfaces.size()) +
                   " interfaces, and from this one on they are too many",
               "at most " + std::to_string(interfaces_max));
    return made;
  }
  for (std::size_t i = 0; i < raw.interfaces.size(); ++i) {
    check_interface(raw.interfaces[i], i, made, faults);
  }
  check_unique_addresses(made, faults);
  for (std::size_t i = 1; i < made.interfaces.size(); ++i) {
    add_connected(made, made.interfaces[i]);
  }
  for (std::size_t i = 0; i < raw.routes.size(); ++i) {
    check_route(raw, raw.routes[i], element("routes", i), made, faults);
  }
  check_unique_routes(raw, faults);
  for (std::size_t i = 0; i < raw.neighbors.size(); ++i) {
    check_neighbor(raw, raw.neighbors[i], element("neighbors", i), made, faults);
  }
  check_unique_neighbors(raw, faults);
  add_own_addresses(made);
  if (made.hops.size() > next_hops_max) {
    faults.add("routes", "too many different next hops",
               "at most " + std::to_string(next_hops_max));
  }
  return made;
}

}  // namespace weir::detail

#pragma once

// Routes and neighbours, and with them the whole topology.

#include "weir/engine/check_interfaces.hpp"
#include "weir/engine/configuration.hpp"
#include "weir/engine/fault_list.hpp"
#include "weir/engine/interface_facts.hpp"
#include "weir/net/text.hpp"
#include "weir/route/next_hop.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace weir::detail {

/// Whether a gateway can be asked for its link-layer address on an interface, or need not be.
inline bool is_neighbor(const configuration& raw, const interface_facts& on,
                        const ip_address& gateway) {
  const auto is_on_link = [&](const route_configuration& one) {
    return !one.via && one.interface == on.name && one.to.contains(gateway);
  };
  const auto is_known = [&](const neighbor_configuration& one) {
    return one.interface == on.name && one.address == gateway;
  };
  const auto is_near = [&](const auto& own) { return subnet_of(own).contains(gateway); };
  return (gateway.is_ipv6() && gateway.v6().is_link_local()) ||
         std::any_of(on.addresses.begin(), on.addresses.end(), is_near) ||
         std::any_of(raw.neighbors.begin(), raw.neighbors.end(), is_known) ||
         std::any_of(raw.routes.begin(), raw.routes.end(), is_on_link);
}

inline void check_gateway(const configuration& raw, const topology& made, const ip_address& gateway,
                          const interface_facts& on, const std::string& path, fault_list& faults) {
  const bool own = std::any_of(made.interfaces.begin(), made.interfaces.end(), [&](auto& one) {
    return one.domain == on.domain && has_address(one, gateway);
  });
  if (own) {
    faults.add(path, to_text(gateway) + " is the box's own address",
               "the address of a neighbour on " + in_quotes(on.name));
  } else if (!is_neighbor(raw, on, gateway)) {
    faults.add(path, to_text(gateway) + " is in no subnet of " + in_quotes(on.name),
               "the address of a neighbour on it, or a route to the gateway without `via`");
  }
}

/// Of two routes for one prefix, one would never be taken.
inline void check_unique_routes(const configuration& raw, fault_list& faults) {
  std::vector<std::size_t> order(raw.routes.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    order[i] = i;
  }
  const auto name = [&](std::size_t i) { return std::tie(raw.routes[i].domain, raw.routes[i].to); };
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t left, std::size_t right) { return name(left) < name(right); });
  for (std::size_t i = 1; i < order.size(); ++i) {
    if (name(order[i - 1]) == name(order[i])) {
      faults.add(element("routes", order[i]) + ".to",
                 to_text(raw.routes[order[i]].to) +
                     " has a route already: " + element("routes", order[i - 1]),
                 "one route for each prefix of a domain");
    }
  }
}

inline void check_route(const configuration& all, const route_configuration& raw,
                        const std::string& path, topology& made, fault_list& faults) {
  const auto egress = find_interface(made, raw.interface);
  if (!egress || egress->is_local()) {
    faults.add(path + ".interface", "unknown interface " + in_quotes(raw.interface),
               known_interfaces(made));
    return;
  }
  const auto domain = made.domains.find(raw.domain);
  if (!domain) {
    faults.add(path + ".domain", "no interface belongs to domain " + in_quotes(raw.domain),
               "the domain of an interface");
    return;
  }
  if (raw.via && raw.via->family() != raw.to.address().family()) {
    faults.add(path + ".via", to_text(*raw.via) + " is of the other family than `to`",
               "a gateway of the destination's family");
    return;
  }
  if (raw.via) {
    check_gateway(all, made, *raw.via, made.interfaces[egress->number()], path + ".via", faults);
  }
  const auto hop = add_hop(made, {*egress, raw.via, next_hop_kind::forward});
  add_route(made, domain_id{*domain}, raw.to, hop);
}

inline void check_neighbor(const neighbor_configuration& raw, const std::string& path,
                           topology& made, fault_list& faults) {
  const auto where = find_interface(made, raw.interface);
  if (!where || where->is_local()) {
    faults.add(path + ".interface", "unknown interface " + in_quotes(raw.interface),
               known_interfaces(made));
    return;
  }
  made.neighbors.push_back({raw.address, *where, raw.mac});
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
  if (raw.interfaces.size() > interfaces_max) {
    faults.add("interfaces", "too many interfaces", "at most " + std::to_string(interfaces_max));
    return made;
  }
  for (const auto& one : raw.interfaces) {
    check_interface(one, made, faults);
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
    check_neighbor(raw.neighbors[i], element("neighbors", i), made, faults);
  }
  add_own_addresses(made);
  if (made.hops.size() > next_hops_max) {
    faults.add("routes", "too many different next hops",
               "at most " + std::to_string(next_hops_max));
  }
  return made;
}

}  // namespace weir::detail

#pragma once

// What translated flows cannot wear, whatever pools and static mappings list: the addresses of
// other stations that the configuration names, and those that are no one host's.

#include "weir/engine/check_interfaces.hpp"
#include "weir/engine/configuration.hpp"
#include "weir/engine/fault_list.hpp"
#include "weir/net/ip_address.hpp"
#include "weir/net/ipv4_address.hpp"
#include "weir/net/prefix.hpp"
#include "weir/pool/checked_pools.hpp"
#include "weir/pool/external_address.hpp"
#include "weir/route/next_hop.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace weir::detail {

/// Why an address is not to be worn.
struct unworn_address {
  std::string what;  ///< what follows the address in a message
  bool is_broadcast = false;
};
using unworn_addresses = std::map<external_address, unworn_address>;

/// Adds a station on the link of an interface.
inline void add_station(const ip_address& station, const std::string& interface, std::string what,
                        const topology& ground, unworn_addresses& into) {
  const auto on = find_interface(ground.interfaces, interface);
  if (station.is_ipv4() && on && !on->is_local()) {
    into.try_emplace({ground.interfaces[on->number()].domain, station.v4()},
                     unworn_address{std::move(what)});
  }
}

/// Gateways, neighbours and the directed broadcasts of each domain; an address that is nevertheless
/// an interface's is none of them.
inline unworn_addresses unworn_in(const configuration& raw, const topology& ground) {
  unworn_addresses found;
  for (std::size_t i = 0; i < raw.routes.size(); ++i) {
    const auto& one = raw.routes[i];
    if (!one.via) continue;
    add_station(*one.via, one.interface, " is the gateway of " + element("routes", i), ground,
                found);
  }
  for (std::size_t i = 0; i < raw.neighbors.size(); ++i) {
    const auto& one = raw.neighbors[i];
    add_station(one.address, one.interface, " is the neighbour of " + element("neighbors", i),
                ground, found);
  }
  for (std::size_t number = 0; number < ground.routes4.size(); ++number) {
    for (const auto& way : ground.routes4[number]) {
      const external_address one{domain_id{static_cast<std::uint16_t>(number)},
                                 way.destination.address()};
      const auto kind = ground.hops[way.next_hop.number()].kind;
      if (kind == next_hop_kind::broadcast) {
        found.try_emplace(one, unworn_address{" is a broadcast address", true});
      } else if (kind == next_hop_kind::local) {
        found.erase(one);
      }
    }
  }
  return found;
}

/// Adds a block without those of its addresses that are `gone`, in blocks; all in order.
inline void add_without(const ipv4_prefix& block, std::span<const ipv4_address> gone,
                        std::vector<ipv4_prefix>& into) {
  if (gone.empty()) {
    into.push_back(block);
  } else if (block.length() < ipv4::address_bits) {
    const auto lower = ipv4_prefix::around(block.address(), block.length() + 1);
    const auto upper = ipv4_prefix::around(last_address(block), block.length() + 1);
    const auto middle = std::lower_bound(gone.begin(), gone.end(), upper.address());
    add_without(lower, {gone.begin(), middle}, into);
    add_without(upper, {middle, gone.end()}, into);
  }
}

/// A pool that covers addresses which are not to be worn does not give them, and gives the others
/// in the order they are listed; whether it covers any.
inline bool leave_out(const unworn_addresses& unworn, pool_specification& made) {
  std::vector<ipv4_prefix> kept;
  for (const auto& block : made.external) {
    std::vector<ipv4_address> gone;
    const auto end = unworn.upper_bound({made.external_domain, last_address(block)});
    for (auto one = unworn.lower_bound({made.external_domain, block.address()}); one != end;
         ++one) {
      gone.push_back(one->first.address);
    }
    add_without(block, gone, kept);
  }
  const bool changed = kept != made.external;
  made.external = std::move(kept);
  return changed;
}

}  // namespace weir::detail

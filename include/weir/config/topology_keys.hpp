#pragma once

// Interfaces, routes and neighbours.

#include "weir/config/fields.hpp"
#include "weir/config/keys.hpp"
#include "weir/config/scalar.hpp"
#include "weir/config/value.hpp"
#include "weir/engine/configuration.hpp"

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace weir::config::detail {

inline void read_address(const value& from, ip_address& into) {
  read_with(from, into, address_example, read_ip);
}
inline void read_optional_address(const value& from, std::optional<ip_address>& into) {
  read_with(from, into, address_example, read_ip);
}
inline void read_station(const value& from, mac_address& into) {
  read_with(from, into, "a MAC address", read_mac);
}
inline void read_optional_station(const value& from, std::optional<mac_address>& into) {
  read_with(from, into, "a MAC address", read_mac);
}
inline void read_one_prefix(const value& from, ip_prefix& into) {
  read_with(from, into, prefix_example, read_prefix);
}

inline void read_subnets(const value& from, std::vector<interface_address_configuration>& into) {
  const bool none = from.is(node_kind::list) && from.here().items.empty();
  if (!none) {
    read_list(from, into, subnet_example, {}, read_subnet);
  }
}

inline constexpr key<interface_configuration> interface_keys[] = {
    {"addresses", member<&interface_configuration::addresses, read_subnets>},
    {"zone", member<&interface_configuration::zone, read_name>},
    {"domain", member<&interface_configuration::domain, read_name>},
    {"mtu",
     [](const value& from, interface_configuration& into) {
       read_number_into(from, into.mtu, ipv4_mtu_min, mtu_max);
     }},
    {"mac", member<&interface_configuration::mac, read_optional_station>},
    {"source-validation",
     [](const value& from, interface_configuration& into) {
       read_choice<source_validation>(from, into.validation,
                                      {{"strict", source_validation::strict},
                                       {"loose", source_validation::loose},
                                       {"off", source_validation::off}});
     }},
    {"accept-mac",
     [](const value& from, interface_configuration& into) {
       bool any = false;
       read_choice<bool>(from, any, {{"own", false}, {"any", true}});
       into.accept_any_mac = any;
     }},
    {"encapsulation", nullptr},
};

inline constexpr key<route_configuration> route_keys[] = {
    {"to", member<&route_configuration::to, read_one_prefix>, true},
    {"via", member<&route_configuration::via, read_optional_address>},
    {"interface", member<&route_configuration::interface, read_name>, true},
    {"domain", member<&route_configuration::domain, read_name>},
};

inline constexpr key<neighbor_configuration> neighbor_keys[] = {
    {"address", member<&neighbor_configuration::address, read_address>, true},
    {"interface", member<&neighbor_configuration::interface, read_name>, true},
    {"mac", member<&neighbor_configuration::mac, read_station>, true},
};

/// Interfaces stand below their names, in the order of the file.
inline void read_interfaces(const value& from, configuration& into) {
  if (!from.expect(node_kind::map, "a map of interfaces, each below its name")) {
    return;
  }
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < from.here().items.size(); ++i) {
    const value one = from.entry(i);
    if (!names.insert(one.name()).second) {
      from.run().unread.add(one.path());
      continue;  // its key is refused as a duplicate
    }
    check_key_name(from, i);
    if (one.name().empty()) {
      from.run().unread.add(from.path() + "[" + std::to_string(into.interfaces.size()) + "]");
    }
    into.interfaces.emplace_back();
    into.interfaces.back().name = one.name();
    read_map(one, into.interfaces.back(), interface_keys);
  }
}

}  // namespace weir::config::detail

#pragma once

// Interfaces, domains and zones: names become numbers, addresses become routes.

#include "weir/engine/configuration.hpp"
#include "weir/engine/fault_list.hpp"
#include "weir/engine/interface_facts.hpp"
#include "weir/net/special_address.hpp"
#include "weir/net/text.hpp"
#include "weir/route/next_hop.hpp"
#include "weir/route/route_table.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::detail {

/// Names and their numbers, in order of first use.
class name_list {
 public:
  explicit name_list(std::string first) : names_{std::move(first)} {}

  std::uint16_t number_of(std::string_view name) {
    if (const auto known = find(name)) {
      return *known;
    }
    names_.emplace_back(name);
    return static_cast<std::uint16_t>(names_.size() - 1);
  }
  std::optional<std::uint16_t> find(std::string_view name) const {
    const auto at = std::find(names_.begin(), names_.end(), name);
    if (at == names_.end()) {
      return std::nullopt;
    }
    return static_cast<std::uint16_t>(at - names_.begin());
  }
  const std::vector<std::string>& names() const noexcept { return names_; }

 private:
  std::vector<std::string> names_;
};

/// The ground everything else stands on.
struct topology {
  bool are_interfaces_known = true;  ///< all there are
  bool are_zones_known = true;       ///< of every interface
  bool are_domains_known = true;     ///< of every interface
  bool are_links_known = true;       ///< what routes and neighbours say of them
  name_list zones{"local"};
  name_list domains{"default"};
  std::vector<interface_facts> interfaces;  ///< by number; 0 is `local`
  std::vector<neighbor_facts> neighbors;
  std::vector<next_hop> hops;  ///< by number; 0 is the box itself
  std::vector<std::vector<route<ipv4>>> routes4;
  std::vector<std::vector<route<ipv6>>> routes6;
};

inline constexpr std::size_t interfaces_max = 4096;
inline constexpr std::size_t next_hops_max = 65535;

inline std::string known_interfaces(const topology& made) {
  std::vector<std::string> names;
  for (const auto& one : made.interfaces) {
    if (!one.id.is_local()) names.push_back(one.name);
  }
  return names.empty() ? "define an interface first" : one_of(names);
}

/// The interface of a name; none if nothing bears the name.
inline const interface_facts* named_interface(const std::string& name, const std::string& path,
                                              const topology& made, fault_list& faults) {
  const auto found = find_interface(made.interfaces, name);
  if (!found || found->is_local()) {
    if (made.are_interfaces_known) {
      faults.add(path, "unknown interface " + in_quotes(name), known_interfaces(made));
    }
    return nullptr;
  }
  return &made.interfaces[found->number()];
}

/// The domain of a name; none if no interface belongs to it.
inline std::optional<domain_id> named_domain(const std::string& name, const std::string& path,
                                             const topology& made, fault_list& faults) {
  const auto found = made.domains.find(name);
  if (!found && made.are_domains_known) {
    faults.add(path, "no interface belongs to domain " + in_quotes(name),
               "the domain of an interface");
  }
  return found ? std::optional{domain_id{*found}} : std::nullopt;
}

inline next_hop_id add_hop(topology& made, const next_hop& hop) {
  const auto at = std::find(made.hops.begin(), made.hops.end(), hop);
  if (at != made.hops.end()) {
    return next_hop_id{static_cast<std::uint16_t>(at - made.hops.begin())};
  }
  made.hops.push_back(hop);
  return next_hop_id{static_cast<std::uint16_t>(made.hops.size() - 1)};
}

inline void add_route(topology& made, domain_id domain, const ip_prefix& to, next_hop_id hop) {
  const std::size_t count = domain.number() + std::size_t{1};
  made.routes4.resize(std::max(made.routes4.size(), count));
  made.routes6.resize(std::max(made.routes6.size(), count));
  if (to.is_ipv4()) {
    made.routes4[domain.number()].push_back({to.as<ipv4>(), hop});
  } else {
    made.routes6[domain.number()].push_back({to.as<ipv6>(), hop});
  }
}

/// The subnet of an own address, if its first and its last address are of all its hosts: those of a
/// /31 are not (RFC 3021).
inline std::optional<ipv4_prefix> broadcast_subnet(const interface_address& own) {
  constexpr unsigned longest = 30;
  return own.address.is_ipv4() && own.length <= longest
             ? std::optional{ipv4_prefix::around(own.address.v4(), own.length)}
             : std::nullopt;
}

inline void add_broadcasts(topology& made, const interface_facts& owner,
                           const interface_address& own) {
  const auto subnet = broadcast_subnet(own);
  if (!subnet) return;
  const auto hop = add_hop(made, {owner.id, std::nullopt, next_hop_kind::broadcast});
  add_route(made, owner.domain, ipv4_prefix::host(subnet->address()), hop);
  add_route(made, owner.domain, ipv4_prefix::host(last_address(*subnet)), hop);
}

inline void add_connected(topology& made, const interface_facts& owner) {
  for (const auto& own : owner.addresses) {
    add_route(made, owner.domain, subnet_of(own), owner.on_link);
    add_broadcasts(made, owner, own);
  }
}

/// The address of any router of an own address's subnet, and so the box's too: the subnet-router
/// anycast address (RFC 4291 section 2.6.1). Links between two routers have none (RFC 6164
/// section 6).
inline std::optional<ipv6_address> router_address(const interface_address& own) {
  constexpr unsigned longest = 126;
  return own.address.is_ipv6() && own.length <= longest
             ? std::optional{ipv6_prefix::around(own.address.v6(), own.length).address()}
             : std::nullopt;
}

/// Own addresses come last, so that they win over broadcasts and host routes of equal length.
inline void add_own_addresses(topology& made) {
  for (const auto& owner : made.interfaces) {
    for (const auto& own : owner.addresses) {
      add_route(made, owner.domain, ip_prefix::host(own.address), local_hop);
      if (const auto any_router = router_address(own)) {
        add_route(made, owner.domain, ip_prefix{ipv6_prefix::host(*any_router)}, local_hop);
      }
    }
  }
}

/// Whether an address means every host of its subnet.
inline bool is_of_whole_subnet(const interface_address& own) {
  const auto subnet = broadcast_subnet(own);
  return subnet &&
         (own.address.v4() == subnet->address() || own.address.v4() == last_address(*subnet));
}

/// Whether no host can have the address.
inline bool is_nobodys(const ip_address& address) noexcept {
  return address.is_ipv4() ? is_martian_source(address.v4()) : is_martian_source(address.v6());
}

/// The address; one whose prefix is too long goes on as a host's.
inline interface_address check_address(const interface_address_configuration& raw,
                                       const std::string& path, fault_list& faults) {
  const unsigned most = raw.address.bits_count();
  const interface_address own{raw.address, raw.length.value_or(most)};
  if (own.length > most) {
    faults.add(path, "a prefix length of " + std::to_string(own.length) + " is too long",
               "at most /" + std::to_string(most));
  }
  if (is_nobodys(own.address)) {
    faults.add(path, to_text(own.address) + " cannot be the address of an interface",
               "a unicast address");
  } else if (is_of_whole_subnet(own)) {
    faults.add(path, to_text(own.address) + " is that of its whole subnet",
               "the address of one host in it");
  }
  return {own.address, std::min(own.length, most)};
}

inline void check_mtu(const interface_configuration& raw, const std::string& path,
                      fault_list& faults) {
  const bool six = std::any_of(raw.addresses.begin(), raw.addresses.end(),
                               [](const auto& own) { return own.address.is_ipv6(); });
  const auto least = six ? ipv6_mtu_min : ipv4_mtu_min;
  if (raw.mtu < least || raw.mtu > mtu_max) {
    faults.add(path + ".mtu", "an MTU of " + std::to_string(raw.mtu) + " cannot work here",
               std::to_string(least) + " to " + std::to_string(mtu_max));
  }
}

/// Whether the box answers to an address for having an interface.
inline bool answers_to(const interface_facts& one, const ip_address& address) {
  return has_address(one, address) ||
         std::any_of(one.addresses.begin(), one.addresses.end(), [&](const auto& own) {
           return address.is_ipv6() && router_address(own) == address.v6();
         });
}

/// Whether an address means every host of a subnet of the interface.
inline bool is_broadcast_of(const interface_facts& one, const ip_address& address) {
  return std::any_of(one.addresses.begin(), one.addresses.end(), [&](const auto& own) {
    return subnet_of(own).contains(address) && is_of_whole_subnet({address, own.length});
  });
}

/// Frames of the box come from one station.
inline void check_mac(const interface_configuration& raw, const std::string& path,
                      fault_list& faults) {
  if (raw.mac && !raw.mac->is_station()) {
    faults.add(path + ".mac", to_text(*raw.mac) + " is no station's", "the address of one station");
  }
}

/// What an interface is called in faults.
inline std::string interface_path(const interface_configuration& raw, std::size_t number) {
  return raw.name.empty() ? element("interfaces", number) : "interfaces." + raw.name;
}

inline void check_interface(const interface_configuration& raw, std::size_t number, topology& made,
                            fault_list& faults) {
  const std::string path = interface_path(raw, number);
  const auto zone = raw.zone.empty() ? zone_id::none() : zone_id{made.zones.number_of(raw.zone)};
  const domain_id domain{made.domains.number_of(raw.domain)};
  if (raw.name.empty() || raw.name == "local") {
    faults.add(path, in_quotes(raw.name) + " cannot name an interface",
               "any name but \"local\", which is the box itself");
    return;
  }
  if (find_interface(made.interfaces, raw.name)) {
    faults.add(path, in_quotes(raw.name) + " is defined twice", "one entry for each interface");
    return;
  }
  if (raw.zone == "local") {
    faults.add(path + ".zone", "zone \"local\" is the box itself", "another zone name");
  }
  check_mtu(raw, path, faults);
  check_mac(raw, path, faults);
  check_enumerator(raw.validation, source_validation::strict, path + ".source-validation", faults);
  interface_facts facts;
  facts.name = raw.name;
  facts.id = interface_id{static_cast<std::uint16_t>(made.interfaces.size())};
  facts.zone = zone;
  facts.domain = domain;
  facts.mtu = raw.mtu;
  facts.mac = raw.mac;
  facts.validation = raw.validation;
  facts.accept_any_mac = raw.accept_any_mac;
  for (std::size_t i = 0; i < raw.addresses.size(); ++i) {
    const auto place = element(path + ".addresses", i);
    if (has_address(facts, raw.addresses[i].address)) {
      faults.add(place, to_text(raw.addresses[i].address) + " is there twice", "each address once");
    }
    facts.addresses.push_back(check_address(raw.addresses[i], place, faults));
  }
  facts.on_link = add_hop(made, {facts.id, std::nullopt, next_hop_kind::forward});
  made.interfaces.push_back(std::move(facts));
}

/// Whether every link may have a host of that address (RFC 4291 section 2.5.6).
inline bool is_of_each_link(const ip_address& one) noexcept {
  return one.is_ipv6() && one.v6().is_link_local();
}

/// Whether hosts of one subnet could be behind either of two addresses. A host's own prefix is no
/// subnet, and link-local ones are of their link alone.
inline bool subnets_overlap(const interface_address& one, const interface_address& other) {
  const auto hosts = [](const auto& own) {
    return own.length < own.address.bits_count() && !is_of_each_link(own.address);
  };
  return hosts(one) && hosts(other) && subnet_of(one).overlaps(subnet_of(other));
}

/// Two interfaces of one domain with the same address could not be told apart, unless each link
/// may have it, and of two with hosts of one subnet only one would be asked for them.
inline void check_apart(const interface_facts& one, const interface_facts& other,
                        fault_list& faults) {
  for (const auto& own : other.addresses) {
    const auto overlapped = std::find_if(one.addresses.begin(), one.addresses.end(),
                                         [&](auto& each) { return subnets_overlap(each, own); });
    if (has_address(one, own.address) && !is_of_each_link(own.address)) {
      faults.add("interfaces." + other.name + ".addresses",
                 to_text(own.address) + " is also the address of " + in_quotes(one.name),
                 "each address once in a domain");
    } else if (overlapped != one.addresses.end()) {
      faults.add("interfaces." + other.name + ".addresses",
                 to_text(subnet_of(own)) + " overlaps " + to_text(subnet_of(*overlapped)) + " of " +
                     in_quotes(one.name),
                 "a subnet of its own for each interface of a domain");
    }
  }
}

inline void check_unique_addresses(const topology& made, fault_list& faults) {
  if (!made.are_domains_known) {
    return;
  }
  for (std::size_t left = 0; left < made.interfaces.size(); ++left) {
    for (std::size_t right = left + 1; right < made.interfaces.size(); ++right) {
      if (made.interfaces[left].domain == made.interfaces[right].domain) {
        check_apart(made.interfaces[left], made.interfaces[right], faults);
      }
    }
  }
}

}  // namespace weir::detail

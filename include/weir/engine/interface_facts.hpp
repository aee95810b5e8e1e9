#pragma once

#include "weir/base/interface_id.hpp"
#include "weir/engine/configuration.hpp"
#include "weir/net/domain.hpp"
#include "weir/net/ip_address.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/net/mac_address.hpp"
#include "weir/net/prefix.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// An address of an interface, with the length of its subnet: a host's where it is on none.
struct interface_address {
  ip_address address{};
  unsigned length = 0;
};

/// The subnet that an address of an interface lies in.
inline ip_prefix subnet_of(const interface_address& own) {
  return ip_prefix::around(own.address, own.length);
}

/// What a snapshot knows of one interface.
struct interface_facts {
  std::string name;
  interface_id id{};
  zone_id zone = zone_id::none();
  domain_id domain{};
  std::uint32_t mtu = 1500;        ///< IP MTU, bytes
  std::optional<mac_address> mac;  ///< as configured
  std::vector<interface_address> addresses;
  source_validation validation = source_validation::loose;
  std::optional<bool> accept_any_mac;
  next_hop_id on_link{};  ///< the next hop that reaches neighbours on this interface
};

/// The interface of a list that has a name.
inline std::optional<interface_id> find_interface(std::span<const interface_facts> all,
                                                  std::string_view name) noexcept {
  const auto found = std::ranges::find(all, name, &interface_facts::name);
  return found != all.end() ? std::optional{found->id} : std::nullopt;
}

/// Whether an address is one of the interface's own.
inline bool has_address(const interface_facts& one, const ip_address& address) noexcept {
  return std::any_of(one.addresses.begin(), one.addresses.end(),
                     [&](const auto& own) { return own.address == address; });
}

/// The first address of the family on an interface that is link-local, or the first that is not.
template <IpVersion V>
std::optional<typename V::address> first_address(const interface_facts& of,
                                                 bool link_local) noexcept {
  for (const auto& own : of.addresses) {
    if (own.address.family() != family_of<V>) continue;
    const auto one = own.address.template as<V>();
    if (one.is_link_local() == link_local) return one;
  }
  return std::nullopt;
}

/// The link-layer address of a host on an interface, as configured.
struct neighbor_facts {
  ip_address address{};
  interface_id interface {};
  mac_address mac{};
};

}  // namespace weir

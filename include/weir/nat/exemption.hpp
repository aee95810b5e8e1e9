#pragma once

#include "weir/net/domain.hpp"
#include "weir/net/flow_key.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/net/port.hpp"
#include "weir/net/prefix.hpp"
#include "weir/net/protocol.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace weir {

/// Flows of a domain that are sent as they are, whatever pools and static mappings say (RFC 6888
/// REQ-6).
struct exemption {
  std::vector<ipv4_prefix> sources;           ///< empty: every source
  std::vector<ipv4_prefix> destinations;      ///< empty: every destination
  std::vector<protocol> protocols;            ///< empty: every protocol
  std::vector<port_range> destination_ports;  ///< empty: every port, and what has none
  domain_id domain{};

  bool covers(const flow_key<ipv4>& flow) const noexcept {
    const auto is_listed = [](const auto& list, auto&& holds) noexcept {
      return list.empty() || std::any_of(list.begin(), list.end(), holds);
    };
    const auto holds = [](ipv4_address one) noexcept {
      return [one](const ipv4_prefix& block) noexcept { return block.contains(one); };
    };
    return domain == flow.domain &&
           is_listed(protocols, [&](protocol one) noexcept { return one == flow.protocol; }) &&
           is_listed(destinations, holds(flow.destination.address)) &&
           is_listed(sources, holds(flow.source.address)) &&
           is_listed(destination_ports, [&](const port_range& range) noexcept {
             return has_ports(flow.protocol) && range.contains(flow.destination.port);
           });
  }
  /// What a flow may be held against.
  std::size_t values() const noexcept {
    return sources.size() + destinations.size() + protocols.size() + destination_ports.size();
  }
};

/// The most values of all exemptions of a configuration.
inline constexpr std::size_t exempt_values_max = 65'536;

inline bool is_exempt(std::span<const exemption> list, const flow_key<ipv4>& flow) noexcept {
  for (const exemption& one : list) {
    if (one.covers(flow)) return true;
  }
  return false;
}

}  // namespace weir

#pragma once

#include "weir/net/domain.hpp"
#include "weir/net/flow_key.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/net/port.hpp"
#include "weir/net/prefix.hpp"
#include "weir/net/protocol.hpp"

#include <optional>
#include <span>
#include <vector>

namespace weir {

/// Flows of a domain that are sent as they are, whatever pools and static mappings say (RFC 6888
/// REQ-6).
struct exemption {
  ipv4_prefix source{};
  ipv4_prefix destination{};
  std::optional<weir::protocol> protocol;     ///< absent: every protocol
  std::vector<port_range> destination_ports;  ///< empty: every port, and what has none
  domain_id domain{};

  bool covers(const flow_key<ipv4>& flow) const noexcept {
    if (domain != flow.domain || !source.contains(flow.source.address) ||
        !destination.contains(flow.destination.address) ||
        (protocol && *protocol != flow.protocol)) {
      return false;
    }
    if (destination_ports.empty()) {
      return true;
    }
    for (const port_range& range : destination_ports) {
      if (has_ports(flow.protocol) && range.contains(flow.destination.port)) return true;
    }
    return false;
  }
};

inline bool is_exempt(std::span<const exemption> list, const flow_key<ipv4>& flow) noexcept {
  for (const exemption& one : list) {
    if (one.covers(flow)) return true;
  }
  return false;
}

}  // namespace weir

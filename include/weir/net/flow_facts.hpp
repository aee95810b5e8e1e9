#pragma once

#include "weir/net/domain.hpp"
#include "weir/net/flow_key.hpp"
#include "weir/net/ip_address.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/net/port.hpp"
#include "weir/net/protocol.hpp"

namespace weir {

/// A flow of either family. Where there are no ports, theirs is what `flow_key` has in their place.
struct flow_facts {
  domain_id domain{};
  weir::protocol protocol{};
  ip_address source{};
  port source_port{};
  ip_address destination{};
  port destination_port{};
};

template <IpVersion V>
constexpr flow_facts facts_of(const flow_key<V>& key) noexcept {
  return {key.domain,
          key.protocol,
          ip_address{key.source.address},
          key.source.port,
          ip_address{key.destination.address},
          key.destination.port};
}

}  // namespace weir

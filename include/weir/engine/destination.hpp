#pragma once

// For whom a new flow towards an external endpoint is: static mappings first, then live ones, under
// the filtering of their pool.

#include "weir/engine/new_flow.hpp"
#include "weir/engine/outcome.hpp"
#include "weir/engine/shard.hpp"
#include "weir/nat/static_nat.hpp"
#include "weir/pool/port_space.hpp"

namespace weir::detail {

/// Whether the source of a flow is a host that some pool or static mapping hides: what it sends
/// to an external endpoint is a hairpin (RFC 4787 section 6).
template <EngineTraits T>
bool is_internal_host(const shard<T>& state, const flow_key<ipv4>& flow) noexcept {
  for (const pool& one : state.config->pools().pools()) {
    if (one.domain == flow.domain && one.serves(flow.source.address)) {
      return true;
    }
  }
  return state.config->statics()
      .find_external({flow.domain, flow.protocol, flow.source, zone_id::none()})
      .has_value();
}

/// Static mappings carry every message; dynamic ones carry ports, and a query asks for none.
template <EngineTraits T>
outcome translate_destination(shard<T>& state, new_flow<ipv4>& flow) noexcept {
  const auto& to = flow.received.destination;
  const auto fixed = state.config->statics().find_internal(
      {flow.received.domain, flow.received.protocol, to, flow.from});
  if (fixed) {
    flow.inside.destination = fixed->endpoint;
    flow.destination = fixed->endpoint.port == to.port ? translation_kind::one_to_one
                                                       : translation_kind::port_forward;
    flow.hairpin = is_internal_host(state, flow.received);
    state.observer.destination_translated(flow.destination, facts_of(flow.inside));
    return outcome::open();
  }
  if (!has_ports(flow.received.protocol) || flow.facts().message == message_kind::opaque) {
    return outcome::open();
  }
  const auto id =
      state.mappings.find(external_key{flow.received.domain, flow.received.protocol, to});
  if (id.is_none()) {
    return outcome::open();
  }
  const auto& found = state.mappings.at(id);
  if (found.pool.is_none()) {
    return outcome::open();  // the box's own endpoint
  }
  const auto& manners = state.config->pools().at(found.pool).manners;
  const auto space = space_of(flow.received.protocol);
  flow.hairpin = is_internal_host(state, flow.received);
  // Filtering is between inside and outside; from one inside host to another policy alone judges.
  if (!flow.hairpin &&
      manners.filtering[number(*space)] != endpoint_filtering::endpoint_independent) {
    return drop_reason::filtered;
  }
  flow.inside.destination = found.internal();
  flow.inside.domain = found.internal_domain;
  flow.destination = translation_kind::mapping;
  flow.inbound_refresh = manners.inbound_refresh;
  flow.reached = id;
  state.observer.destination_translated(flow.destination, facts_of(flow.inside));
  return outcome::open();
}

/// IPv6 is not translated here.
template <EngineTraits T>
outcome translate_destination(shard<T>&, new_flow<ipv6>&) noexcept {
  return outcome::open();
}

/// Whether an address belongs to translation alone: what no session or mapping has taken from there
/// goes nowhere, and is never routed back out.
template <EngineTraits T>
bool is_worn_by_nobody(const shard<T>& state, const flow_key<ipv4>& flow) noexcept {
  return state.config->is_translation_address(flow.domain, flow.destination.address);
}
template <EngineTraits T>
bool is_worn_by_nobody(const shard<T>&, const flow_key<ipv6>&) noexcept {
  return false;
}

}  // namespace weir::detail

#pragma once

// For whom a new flow towards an external endpoint is: static mappings first, then live ones, under
// the filtering of their pool.

#include "weir/engine/mapping_life.hpp"
#include "weir/engine/new_flow.hpp"
#include "weir/engine/outcome.hpp"
#include "weir/engine/shard.hpp"
#include "weir/nat/static_nat.hpp"
#include "weir/pool/pool.hpp"
#include "weir/pool/port_space.hpp"
#include "weir/time/tick.hpp"

#include <cstdint>

namespace weir::detail {

/// Whether an address that a pool lists is one of its internal hosts. A pool for everybody names
/// none.
inline bool is_among_hosts(const pool& one, ipv4_address host) noexcept {
  if (!one.lists_everybody) {
    return true;
  }
  for (const auto& range : one.internal) {
    if (range.contains(host) && range.size() <= UINT32_MAX) {
      return true;
    }
  }
  return false;
}

/// Whether packets to a next hop leave through the interface that a flow came in by.
template <EngineTraits T>
bool is_behind_ingress(const shard<T>& state, const new_flow<ipv4>& flow,
                       word_optional<next_hop_id> hop) noexcept {
  return hop && state.config->hop(*hop).interface == flow.packet.meta.ingress;
}

/// Whether the route to a flow's source is more than the one that everybody is reached by.
template <EngineTraits T>
bool is_source_known(const shard<T>& state, const new_flow<ipv4>& flow) noexcept {
  return flow.back && !state.config->hop(*flow.back).is_default;
}

/// The first pool that serves a source and that `accepts(pool)` takes, or null. The first one that
/// serves the flow's own source was looked up with its group; it may be asked about twice.
template <EngineTraits T, class Accepts>
const pool* find_serving(const shard<T>& state, const new_flow<ipv4>& flow, ipv4_address source,
                         Accepts&& accepts) noexcept {
  if (flow.seen != nullptr && source == flow.received.source.address) {
    const pool* const first = flow.seen->mapping.from;
    if (first == nullptr || accepts(*first)) return first;
  }
  return state.config->pools().find_serving(flow.received.domain, source, accepts);
}

/// Whether the source of a flow is a host that some pool or static mapping hides: what it sends
/// to an external endpoint, which `server` wears, is a hairpin (RFC 4787 section 6). Who comes from
/// the pool's own outside is none, whatever address he says is his, unless the server is there too.
template <EngineTraits T>
bool is_internal_host(const shard<T>& state, const new_flow<ipv4>& flow, domain_id domain,
                      ipv4_address server) noexcept {
  const auto& source = flow.received.source;
  const bool is_near = is_behind_ingress(state, flow, flow.back);
  const auto hides_him = [&](const pool& one) noexcept {
    if (!one.zone.is_none() && one.zone != flow.from) {
      return true;
    }
    const bool may_be_outside = !one.zone.is_none() || !is_source_known(state, flow);
    return is_near && is_among_hosts(one, source.address) &&
           (!may_be_outside || is_behind_ingress(state, flow, state.config->route(domain, server)));
  };
  if (find_serving(state, flow, source.address, hides_him) != nullptr) {
    return true;
  }
  const auto fixed = state.config->statics().find_hairpin_source(
      {flow.received.domain, flow.received.protocol, source, zone_id::none()});
  return fixed && is_near;
}

/// Sends a flow to the host that a static mapping has behind its destination; false where none has.
template <EngineTraits T>
bool reach_static(shard<T>& state, new_flow<ipv4>& flow) noexcept {
  const auto fixed = state.config->statics().find_internal(
      {flow.received.domain, flow.received.protocol, flow.received.destination, flow.from});
  const bool is_inside =
      fixed && is_internal_host(state, flow, flow.received.domain, fixed->endpoint.address);
  const bool reaches = fixed && (is_inside ? fixed->hairpin : !fixed->by_hairpin);
  if (!reaches) {
    return false;
  }
  flow.inside.destination = fixed->endpoint;
  flow.destination =
      fixed->is_forward ? translation_kind::port_forward : translation_kind::one_to_one;
  flow.hairpin = is_inside;
  return true;
}

/// The mapping that wears an endpoint, or none. What is over ends, as far as that matters here.
template <EngineTraits T>
mapping_id wearer_of(shard<T>& state, const external_key& worn, tick now) noexcept {
  settle(state, now, [&](auto&& lives) noexcept {
    const auto found = state.mappings.find(worn);
    return found.is_none() || lives(found);
  });
  const auto found = state.mappings.find(worn);
  const bool is_own = !found.is_none() && state.mappings.at(found).pool.is_none();
  return is_own ? mapping_id::none() : found;  // the box's own endpoint is no host's
}

/// Sends a flow to the host behind a mapping, if that lets it in.
template <EngineTraits T>
outcome reach_mapping(shard<T>& state, new_flow<ipv4>& flow, mapping_id id) noexcept {
  const auto& found = state.mappings.at(id);
  const auto& manners = state.config->pools().at(found.pool).manners;
  const auto filtering = manners.filtering[number(*space_of(flow.received.protocol))];
  flow.hairpin = is_internal_host(state, flow, found.internal_domain, found.internal_address);
  // Filtering is between inside and outside; from one inside host to another policy alone judges.
  if (!flow.hairpin && filtering != endpoint_filtering::endpoint_independent) {
    return drop_reason::filtered;
  }
  flow.inbound_refresh = manners.inbound_refresh;
  flow.reached = id;
  if (flow.is_stranger() && !state.mappings.is_kept(id)) {
    return drop_reason::no_mapping;
  }
  flow.inside.destination = found.internal();
  flow.inside.domain = found.internal_domain;
  flow.destination = translation_kind::mapping;
  return outcome::open();
}

/// Static mappings carry every message; dynamic ones carry ports, and a query asks for none.
template <EngineTraits T>
outcome translate_destination(shard<T>& state, new_flow<ipv4>& flow) noexcept {
  const auto domain = flow.received.domain;
  const auto& to = flow.received.destination;
  const bool is_opaque = flow.facts().message == message_kind::opaque;
  if (!reach_static(state, flow)) {
    if (is_opaque && state.config->is_translation_address(domain, to.address)) {
      return drop_reason::fragment_unsupported;  // whose it is, its ports would say
    }
    if (!has_ports(flow.received.protocol) || is_opaque ||
        !state.config->pools().find({domain, to.address})) {
      return outcome::open();
    }
    const auto id = wearer_of(state, {domain, flow.received.protocol, to}, flow.now);
    if (id.is_none()) {
      return outcome::open();
    }
    if (const auto refused = reach_mapping(state, flow, id); !refused.is_open()) {
      return refused;
    }
  }
  state.observer.destination_translated(flow.destination, facts_of(flow.inside));
  return outcome::open();
}

/// IPv6 is not translated here.
template <EngineTraits T>
outcome translate_destination(shard<T>&, new_flow<ipv6>&) noexcept {
  return outcome::open();
}

}  // namespace weir::detail

#pragma once

// Whether a packet can be from where it says, by where it came in.

#include "weir/engine/configuration.hpp"
#include "weir/engine/new_flow.hpp"
#include "weir/engine/outcome.hpp"
#include "weir/engine/shard.hpp"

namespace weir::detail {

/// Whether the source may be behind the interface (RFC 3704); never the box's own address.
template <IpVersion V, EngineTraits T>
outcome validate_source(const shard<T>& state, const new_flow<V>& flow) noexcept {
  const auto& from = flow.received.source.address;
  const auto& back = flow.back;
  const bool own = back && state.config->hop(*back).kind == next_hop_kind::local;
  if (flow.packet.from_box()) {
    return own ? outcome::open() : outcome{drop_reason::martian_source};
  }
  if (state.config->raw().drop_martians && (own || from == flow.received.destination.address)) {
    return drop_reason::martian_source;
  }
  const auto& ingress = state.config->interface(flow.packet.meta.ingress);
  if (ingress.validation == source_validation::off) {
    return outcome::open();
  }
  const bool known = back && state.config->hop(*back).kind == next_hop_kind::forward;
  const bool here = known && state.config->hop(*back).interface == ingress.id;
  if (!known || (ingress.validation == source_validation::strict && !here)) {
    return drop_reason::spoofed_source;
  }
  return outcome::open();
}

}  // namespace weir::detail

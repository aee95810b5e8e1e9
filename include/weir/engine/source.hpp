#pragma once

// What a new flow wears outside: nothing new where it is exempt, a static mapping, or a port of a
// pool. What needs a translation and cannot get it goes nowhere.

#include "weir/engine/new_flow.hpp"
#include "weir/engine/outcome.hpp"
#include "weir/engine/shard.hpp"
#include "weir/nat/exemption.hpp"
#include "weir/pool/mapping_table.hpp"
#include "weir/pool/pool_set.hpp"
#include "weir/table/hash.hpp"
#include "weir/wire/icmp_error.hpp"

#include <cstdint>

namespace weir::detail {

/// From inside to inside nothing is hidden. A pool for everybody knows no inside.
inline bool stays_inside(const pool& from, const new_flow<ipv4>& flow) noexcept {
  const auto to = flow.inside.destination.address;
  for (const auto& range : from.internal) {
    if (range.contains(to) && range.size() <= UINT32_MAX) {
      return !flow.hairpin;
    }
  }
  return false;
}

/// The pool that serves the flow. A hairpin leaves by the pool its host would use outside.
template <EngineTraits T>
const pool* pool_for(const shard<T>& state, const new_flow<ipv4>& flow) noexcept {
  for (const pool& one : state.config->pools().pools()) {
    const bool zone_fits = one.zone.is_none() || one.zone == flow.to || flow.hairpin;
    if (one.domain == flow.received.domain && zone_fits &&
        one.serves(flow.received.source.address)) {
      return &one;
    }
  }
  return nullptr;
}

inline outcome exhausted(const pool& from) noexcept {
  switch (from.manners.exhausted) {
    case exhaustion_answer::admin_prohibited:
      return {drop_reason::pool_exhausted,
              answer_request::icmp(icmp_error<ipv4>::admin_prohibited())};
    case exhaustion_answer::host_unreachable:
      return {drop_reason::pool_exhausted,
              answer_request::icmp(icmp_error<ipv4>::host_unreachable())};
    case exhaustion_answer::silent:
      break;
  }
  return drop_reason::pool_exhausted;
}

/// A protocol without ports is told apart by its addresses alone: it wears the address its host
/// has, or would get (RFC 4787 REQ-2).
template <EngineTraits T>
outcome wear_address(shard<T>& state, const pool& from, new_flow<ipv4>& flow) noexcept {
  if (flow.received.protocol == protocol::ah) {
    return drop_reason::untranslatable;  // it covers the addresses (RFC 4302 section 2)
  }
  const auto& pools = state.config->pools();
  const auto host = flow.received.source.address;
  const auto externals = pools.externals_of(from);
  external_id chosen = externals[host.bits() % externals.size()];
  const auto first = state.mappings.first_of_host(
      {from.id, from.domain, flow.received.protocol, flow.received.source});
  if (from.plan) {
    chosen = externals[pools.block_of(from, host).external];
  } else if (!first.is_none()) {
    chosen = state.mappings.at(first).external;
  }
  flow.outside.source.address = pools.at(chosen).address;
  return outcome::open();
}

/// A mapping of the pool, found or made, which the flow now holds.
template <EngineTraits T>
outcome wear_mapping(shard<T>& state, const pool& from, new_flow<ipv4>& flow) noexcept {
  const auto got =
      state.mappings.acquire(from, flow.received.protocol, flow.received.source, state.random);
  switch (got.outcome) {
    case mapping_outcome::portless:
      return wear_address(state, from, flow);
    case mapping_outcome::table_full:
      return drop_reason::session_table_full;
    case mapping_outcome::exhausted:
    case mapping_outcome::host_full:
    case mapping_outcome::taken:
    case mapping_outcome::unneeded:
      return exhausted(from);
    case mapping_outcome::found:
    case mapping_outcome::made:
      break;
  }
  flow.held = got.id;
  flow.inbound_refresh = from.manners.inbound_refresh;
  flow.outside.source = state.mappings.at(got.id).outside();
  return outcome::open();
}

template <EngineTraits T>
void tell_source(shard<T>& state, translation_kind kind, const new_flow<ipv4>& flow) noexcept {
  state.observer.source_translated(kind, facts_of(flow.outside));
}

/// Hides the source as the static mappings say; false where none is for it.
template <EngineTraits T>
bool wear_static(shard<T>& state, new_flow<ipv4>& flow) noexcept {
  const zone_id towards = flow.hairpin ? zone_id::none() : flow.to;
  const auto fixed = state.config->statics().find_external(
      {flow.received.domain, flow.received.protocol, flow.received.source, towards});
  if (!fixed) {
    return false;
  }
  flow.outside.source = fixed->endpoint;
  tell_source(state, translation_kind::one_to_one, flow);
  return true;
}

/// A stateless flow wears a 1:1 mapping and nothing else.
template <EngineTraits T>
void wear_one_to_one(shard<T>& state, new_flow<ipv4>& flow) noexcept {
  const auto fixed = state.config->statics().find_external(
      {flow.received.domain, flow.received.protocol, flow.received.source, flow.to});
  if (fixed && fixed->endpoint.port == flow.received.source.port) {
    flow.outside.source = fixed->endpoint;
    tell_source(state, translation_kind::one_to_one, flow);
  }
}

/// Hides the source where policy asks for it; open: the flow may go on.
template <EngineTraits T>
outcome translate_source(shard<T>& state, new_flow<ipv4>& flow) noexcept {
  const bool forced = flow.hairpin && flow.from == flow.to;  // RFC 4787 REQ-9a
  if ((!flow.said.translates() && !forced) || flow.packet.from_box() || flow.hop == next_hop_id{}) {
    return outcome::open();
  }
  if (is_exempt(state.config->exemptions(), flow.inside)) {
    tell_source(state, translation_kind::exempt, flow);
    return outcome::open();
  }
  if (wear_static(state, flow)) {
    return outcome::open();
  }
  const pool* const from = pool_for(state, flow);
  if (from == nullptr) {
    return drop_reason::no_pool;
  }
  if (stays_inside(*from, flow)) {
    tell_source(state, translation_kind::internal, flow);
    return outcome::open();
  }
  if (from->external_domain != flow.egress_domain && !flow.hairpin) {
    return drop_reason::no_pool;
  }
  const auto worn = wear_mapping(state, *from, flow);
  if (worn.is_open()) {
    tell_source(state, from->plan ? translation_kind::deterministic : translation_kind::pool, flow);
  }
  return worn;
}

/// IPv6 keeps its addresses.
template <EngineTraits T>
outcome translate_source(shard<T>&, new_flow<ipv6>&) noexcept {
  return outcome::open();
}

}  // namespace weir::detail

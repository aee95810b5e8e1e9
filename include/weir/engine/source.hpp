#pragma once

// What a new flow wears outside: nothing new where it is exempt, a static mapping, or a port of a
// pool. What needs a translation and cannot get it goes nowhere.

#include "weir/engine/destination.hpp"
#include "weir/engine/mapping_life.hpp"
#include "weir/engine/new_flow.hpp"
#include "weir/engine/outcome.hpp"
#include "weir/engine/reply_key.hpp"
#include "weir/engine/room.hpp"
#include "weir/engine/shard.hpp"
#include "weir/nat/static_nat.hpp"
#include "weir/pool/mapping_table.hpp"
#include "weir/pool/pool_set.hpp"
#include "weir/wire/icmp_error.hpp"

#include <algorithm>

namespace weir::detail {

template <EngineTraits T>
void tell_source(shard<T>& state, translation_kind kind, const new_flow<ipv4>& flow) noexcept {
  state.observer.source_translated(kind, facts_of(flow.outside));
}

/// Whether a flow is on its way out of what a pool or a 1:1 mapping hides: to its zone or, where it
/// has none, by the route that leads to everybody. An address of its hosts that lies there is none
/// of them.
template <EngineTraits T>
bool leaves_inside(const shard<T>& state, zone_id zone, const new_flow<ipv4>& flow) noexcept {
  return zone.is_none() ? state.config->hop(flow.hop).is_default
                        : zone == flow.to && flow.from != flow.to;
}

/// Whether what does not leave the inside of a pool, which lists where it goes to, goes to one of
/// its hosts. A pool for everybody names none. Where it has a zone, hosts of one other zone are
/// inside to each other: any further zone, and the route that leads to everybody, may be another
/// way out.
template <EngineTraits T>
bool reaches_inside(const shard<T>& state, const pool& of, const new_flow<ipv4>& flow,
                    ipv4_address to) noexcept {
  return is_among_hosts(of, to) || (!of.zone.is_none() && of.serves(to) && flow.from == flow.to &&
                                    !state.config->hop(flow.hop).is_default);
}

/// Whether a flow of a source that a pool serves comes from inside. A pool for everybody serves who
/// is outside too: beyond its own zone or that of another one.
template <EngineTraits T>
bool comes_from_inside(const shard<T>& state, const pool& one, const new_flow<ipv4>& flow,
                       ipv4_address source) noexcept {
  if (is_among_hosts(one, source)) {
    return true;
  }
  if (one.zone.is_none()) {
    return is_source_known(state, flow);
  }
  const auto leads_there = [&](const pool& each) noexcept {
    return each.domain == one.domain && each.zone == flow.from;
  };
  return std::ranges::none_of(state.config->pools().pools(), leads_there);
}

/// Whether pools or 1:1 mappings have the source of a flow inside, and it does not leave there.
template <EngineTraits T>
bool begins_inside(const shard<T>& state, const new_flow<ipv4>& flow,
                   ipv4_address source) noexcept {
  const auto& statics = state.config->statics();
  const auto domain = flow.received.domain;
  const auto leaves = [&](zone_id zone) noexcept { return leaves_inside(state, zone, flow); };
  const auto is_left = [&](const pool& one) noexcept { return leaves(one.zone); };
  if (find_serving(state, flow, source, is_left) != nullptr ||
      statics.has_one_to_one(domain, source, leaves)) {
    return false;
  }
  const auto is_begun = [&](const pool& one) noexcept {
    return comes_from_inside(state, one, flow, source);
  };
  const auto any_zone = [](zone_id) noexcept { return true; };
  return find_serving(state, flow, source, is_begun) != nullptr ||
         statics.has_one_to_one(domain, source, any_zone);
}

/// Whether pools or 1:1 mappings that a flow does not leave have its destination inside.
template <EngineTraits T>
bool ends_inside(const shard<T>& state, const new_flow<ipv4>& flow,
                 ipv4_address destination) noexcept {
  const auto domain = flow.received.domain;
  const auto stays = [&](zone_id zone) noexcept { return !leaves_inside(state, zone, flow); };
  const auto is_reached = [&](const pool& one) noexcept {
    return stays(one.zone) && reaches_inside(state, one, flow, destination);
  };
  return state.config->pools().find_listing(domain, destination, is_reached) != nullptr ||
         state.config->statics().has_one_to_one(domain, destination, stays);
}

/// From inside to inside nothing is hidden, whichever pools and 1:1 mappings its ends have (SD8);
/// what leaves the inside of one that its source has goes there no more, and another domain is
/// nobody's inside.
template <EngineTraits T>
bool stays_inside(const shard<T>& state, const new_flow<ipv4>& flow, ipv4_address source,
                  ipv4_address destination) noexcept {
  return !flow.hairpin && flow.egress_domain == flow.received.domain &&
         begins_inside(state, flow, source) && ends_inside(state, flow, destination);
}

template <EngineTraits T>
bool stays_inside(const shard<T>& state, const new_flow<ipv4>& flow) noexcept {
  return stays_inside(state, flow, flow.received.source.address, flow.inside.destination.address);
}

/// What keeps its source, whatever pools and static mappings say; tells the observer.
template <EngineTraits T>
bool keeps_source(shard<T>& state, const new_flow<ipv4>& flow) noexcept {
  if (state.config->exempt().contains(flow.received)) {
    tell_source(state, translation_kind::exempt, flow);
    return true;
  }
  if (stays_inside(state, flow)) {
    tell_source(state, translation_kind::internal, flow);
    return true;
  }
  return false;
}

/// The pool that serves the flow. A hairpin leaves by the pool its host would use outside.
template <EngineTraits T>
const pool* pool_for(const shard<T>& state, const new_flow<ipv4>& flow) noexcept {
  return find_serving(state, flow, flow.received.source.address, [&](const pool& one) noexcept {
    return one.zone.is_none() || one.zone == flow.to || flow.hairpin;
  });
}

[[gnu::__noinline__]] inline outcome exhausted(const pool& from) noexcept {
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
/// has, or would get (RFC 4787 REQ-2), of those that no 1:1 mapping owns.
template <EngineTraits T>
[[gnu::__noinline__]] outcome wear_address(shard<T>& state, const pool& from,
                                           new_flow<ipv4>& flow) noexcept {
  if (flow.received.protocol == protocol::ah) {
    return drop_reason::untranslatable;  // it covers the addresses (RFC 4302 section 2)
  }
  const auto chosen =
      state.mappings.address_of(from, flow.received.protocol, flow.received.source.address);
  if (!chosen) {
    return exhausted(from);
  }
  flow.outside.source.address = state.config->pools().at(*chosen).address;
  return outcome::open();
}

/// A mapping of the pool, found or made, which the flow now holds.
template <EngineTraits T>
[[gnu::__noinline__, gnu::__flatten__]] outcome wear_mapping(shard<T>& state, const pool& from,
                                                             const mapping_forecast<ipv4>& asked,
                                                             new_flow<ipv4>& flow) noexcept {
  settle(state, flow.now, [&](auto&& lives) noexcept {
    return state.mappings.rests_on(asked, state.random, lives);
  });
  const auto got = acquire_in_room(state, flow, [&]() noexcept {
    return state.mappings.acquire(asked, state.random, [&](const endpoint<ipv4>& chosen) noexcept {
      find_reply(state, flow, chosen);
    });
  });
  switch (got.outcome) {
    case mapping_outcome::portless:
      return wear_address(state, from, flow);
    case mapping_outcome::table_full:
      return refuse(state, got.refusal);
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
  flow.outside.source = state.mappings.outside(got.id);
  return outcome::open();
}

template <EngineTraits T>
outcome wear_mapping(shard<T>& state, const pool& from, new_flow<ipv4>& flow) noexcept {
  if (flow.seen != nullptr && flow.seen->mapping.from == &from) {
    return wear_mapping(state, from, flow.seen->mapping, flow);
  }
  mapping_forecast<ipv4> asked;
  state.mappings.begin(asked, from, flow.received.protocol, flow.received.source);
  return wear_mapping(state, from, asked, flow);
}

/// Whether static mappings are worn where a flow leaves to: their external side is in their own
/// domain, to which hairpins come back.
inline bool wears_statics(const new_flow<ipv4>& flow) noexcept {
  return flow.hairpin || flow.egress_domain == flow.received.domain;
}

/// Hides the source as the static mappings say; false where none is for it.
template <EngineTraits T>
bool wear_static(shard<T>& state, new_flow<ipv4>& flow) noexcept {
  if (!wears_statics(flow)) {
    return false;
  }
  const static_query wanted{flow.received.domain, flow.received.protocol, flow.received.source,
                            flow.to};
  const auto& statics = state.config->statics();
  const auto fixed =
      flow.hairpin ? statics.find_hairpin_source(wanted) : statics.find_external(wanted);
  if (!fixed) {
    return false;
  }
  flow.outside.source = fixed->endpoint;
  tell_source(state,
              fixed->is_forward ? translation_kind::port_forward : translation_kind::one_to_one,
              flow);
  return true;
}

/// What policy permits without translation wears a 1:1 mapping and nothing else.
template <EngineTraits T>
[[gnu::__noinline__]] void wear_one_to_one(shard<T>& state, new_flow<ipv4>& flow) noexcept {
  if (!wears_statics(flow)) {
    return;
  }
  const auto fixed = state.config->statics().find_one_to_one(
      {flow.received.domain, flow.received.protocol, flow.received.source, flow.to});
  if (fixed) {
    flow.outside.source = fixed->endpoint;
    tell_source(state, translation_kind::one_to_one, flow);
  }
}

/// Hides the source where policy asks for it; open: the flow may go on.
template <EngineTraits T>
outcome translate_source(shard<T>& state, new_flow<ipv4>& flow) noexcept {
  if (flow.packet.from_box() || flow.hop == local_hop) {
    return outcome::open();
  }
  if (!flow.said.translates() && !flow.must_hide()) {
    const bool leaves = flow.destination == translation_kind::none;
    if (leaves && state.config->statics().size() != 0 && !keeps_source(state, flow)) {
      wear_one_to_one(state, flow);
    }
    return outcome::open();
  }
  if (flow.destination != translation_kind::none && !flow.hairpin) {
    return outcome::open();  // what comes in keeps its source
  }
  // An exemption is for the flow as its host sends it: a hairpin to an external endpoint is none to
  // the host that wears it, and has to be hidden from that one (RFC 4787 REQ-9a).
  if (keeps_source(state, flow) || wear_static(state, flow)) {
    return outcome::open();
  }
  const pool* const from = pool_for(state, flow);
  if (from == nullptr) {
    return drop_reason::no_pool;
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

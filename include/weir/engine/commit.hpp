#pragma once

// The tentative flow becomes a session: both keys or neither, and everything it holds with it.

#include "weir/engine/established.hpp"
#include "weir/engine/new_flow.hpp"
#include "weir/engine/outcome.hpp"
#include "weir/engine/room.hpp"
#include "weir/engine/shard.hpp"
#include "weir/net/flow_key.hpp"
#include "weir/session/session_table.hpp"

#include <cstdint>

namespace weir::detail {

/// Where answers go: to the source as it was received, or out where the opener came in; no route
/// leads to a link-local source.
template <IpVersion V, EngineTraits T>
next_hop_id reply_hop(const shard<T>& state, const new_flow<V>& flow) noexcept {
  if (flow.packet.from_box()) {
    return local_hop;
  }
  const bool leads_away = flow.back &&
                          state.config->hop(*flow.back).kind == next_hop_kind::forward &&
                          !flow.received.source.address.is_link_local();
  return leads_away ? *flow.back : state.config->interface(flow.packet.meta.ingress).on_link;
}

template <IpVersion V>
session_opening<V> opening_of(const new_flow<V>& flow) noexcept {
  const auto& settings = flow.judge->settings();
  session_opening<V> opening;
  opening.original = flow.headers.key;
  opening.reply = flow.reply;
  opening.is_translated = flow.is_translated();
  opening.is_unclaimed = has_unknown_reply(opening.original);
  opening.mode = settings.tcp;
  opening.profile = settings.timeouts;
  if (flow.facts().message == message_kind::tcp) {
    opening.segment = segment_of(flow.packet.bytes, flow.facts());
  }
  return opening;
}

/// RFC 4787 REQ-6: what comes from outside does not lengthen a mapping unless the pool says so.
/// Both sides of a TCP connection tell that it lives (RFC 5382 REQ-5), once it is one.
template <IpVersion V>
void set_refresh(hot_record<V>& record, const new_flow<V>& flow) noexcept {
  if (flow.is_stranger()) {
    record.set(session_flag::original_does_not_refresh, true);
  } else if (!flow.held.is_none() && flow.reached.is_none() && !flow.inbound_refresh &&
             flow.received.protocol != protocol::tcp && !flow.hairpin) {
    record.set(session_flag::reply_does_not_refresh, true);
  }
}

/// Counts the flow on the mapping it reaches.
template <IpVersion V, EngineTraits T>
void hold_reached(shard<T>& state, const new_flow<V>& flow) noexcept {
  if (flow.is_stranger()) {
    state.mappings.hold_as_stranger(flow.reached);
  } else if (!flow.reached.is_none()) {
    state.mappings.hold(flow.reached);
  }
}

/// Lets go of what a flow holds that becomes no session.
template <IpVersion V, EngineTraits T>
[[gnu::__noinline__]] void let_go(shard<T>& state, const new_flow<V>& flow) noexcept {
  if (flow.is_stranger()) state.mappings.forget_stranger(flow.reached);
  for (const auto id : {flow.held, flow.reached}) {
    if (!id.is_none()) state.mappings.release(id);
  }
}

/// Fills the record of a session that was just made.
template <IpVersion V, EngineTraits T>
void fill(shard<T>& state, std::uint32_t id, const new_flow<V>& flow) noexcept {
  auto& table = state.template sessions<V>();
  auto& record = table.hot(id);
  auto& cold = table.cold(id);
  record.set_hops(flow.hop, reply_hop(state, flow));
  set_refresh(record, flow);
  cold.mapping = flow.held.number();
  if constexpr (V::number == 4) {
    if (!flow.held.is_none()) state.mappings.set_wearer(flow.held, id);
  }
  cold.policy = state.config->policies().number_of(*flow.judge);
  cold.rule = flow.said.rule;
  cold.ingress = flow.packet.meta.ingress;
}

/// A SYN over a closing connection takes the place of its session, which was alive until now; what
/// its source may not have leaves that session as it is.
template <IpVersion V, EngineTraits T>
session_refusal end_former(shard<T>& state, const new_flow<V>& flow) noexcept {
  if (!flow.reopens) return session_refusal::none;
  auto& table = state.template sessions<V>();
  const auto former = table.find(flow.headers.key, flow.now);
  if (!former.found()) return session_refusal::none;
  const auto limit =
      table.limit_in_place_of(former.id(), flow.headers.key, flow.now, state.template on_end<V>());
  if (limit == session_refusal::none) {
    state.template end<V>(former.id());
  }
  return limit;
}

/// Why a table has no session for a flow. One whose answers look like itself is a socket that talks
/// to its own mapping: what it sends comes back to it and would be sent again.
template <IpVersion V, EngineTraits T>
[[gnu::__noinline__]] drop_reason refuse_session(shard<T>& state, const new_flow<V>& flow,
                                                 session_refusal why) noexcept {
  const auto reason = refuse(state, why);
  return same_flow(flow.reply, flow.headers.key) ? drop_reason::hairpin_loop : reason;
}

/// Makes the session of a flow, where nothing stands in its way that lives.
template <IpVersion V, EngineTraits T>
session_creation create(shard<T>& state, const new_flow<V>& flow) noexcept {
  const auto opening = opening_of(flow);
  if (const auto stands = end_former(state, flow); stands != session_refusal::none) {
    return {0, stands};
  }
  auto& table = state.template sessions<V>();
  const typename session_table<V, T>::hash_pair at{flow.hash, flow.reply_hash};
  const auto on_end = state.template on_end<V>();
  if (state.room.is_full()) [[unlikely]] {
    // Whoever cannot have its keys costs nobody a session.
    const auto stands = table.make_way(opening, at, flow.now, on_end);
    if (stands != session_refusal::none) return {0, stands};
    make_room_across(state, flow);
  }
  return table.try_create(opening, at, flow.now, on_end, may_evict_for(state, flow));
}

/// Makes the session of a flow that may exist, and sends its packet on its way. What the flow needs
/// is held before anything else ends and lets go of it.
template <IpVersion V, EngineTraits T>
[[gnu::__noinline__, gnu::__flatten__]] outcome commit(shard<T>& state,
                                                       const new_flow<V>& flow) noexcept {
  hold_reached(state, flow);
  const auto made = create(state, flow);
  if (!made.created()) {
    let_go(state, flow);
    return refuse_session(state, flow, made.refusal);
  }
  fill(state, made.id, flow);
  state.lives.created.add();
  const auto& table = state.template sessions<V>();
  state.observer.created(facts_of_session(made.id, table.hot(made.id), table.cold(made.id)));
  return emit<V>(state, session_ref{made.id, direction::original}, flow.headers, flow.packet);
}

}  // namespace weir::detail

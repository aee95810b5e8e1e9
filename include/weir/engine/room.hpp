#pragma once

// Room for one more session: who may be evicted for it, what it is told where there is none, and
// mappings, of which there are no more than sessions.

#include "weir/engine/new_flow.hpp"
#include "weir/engine/outcome.hpp"
#include "weir/engine/shard.hpp"
#include "weir/pool/mapping_table.hpp"
#include "weir/session/session_opening.hpp"

#include <cstdint>
#include <type_traits>

namespace weir::detail {

/// Counts a flow that becomes no session, and says why.
template <EngineTraits T>
[[gnu::__noinline__]] drop_reason refuse(shard<T>& state, session_refusal why) noexcept {
  state.lives.refused.add();
  switch (why) {
    case session_refusal::reply_unclaimed:
      return drop_reason::reply_unclaimed;
    case session_refusal::source_limit:
      return drop_reason::source_limit;
    case session_refusal::embryonic_limit:
      return drop_reason::embryonic_limit;
    case session_refusal::key_taken:
      return drop_reason::key_taken;
    case session_refusal::table_full:
    case session_refusal::none:
      break;
  }
  return drop_reason::session_table_full;
}

/// Whether a mapping that a session keeps alive must not end sooner for a newcomer: it is another
/// subscriber's (RFC 6888 REQ-11), or the newcomer is on its way to it.
template <EngineTraits T>
bool must_keep(const shard<T>& state, mapping_id held, const new_flow<ipv4>& newcomer) noexcept {
  const auto& one = state.mappings.at(held);
  const bool is_own = one.internal_address == newcomer.received.source.address &&
                      one.internal_domain == newcomer.received.domain;
  const bool is_claim = one.pool.is_none();  // the box's, which needs none to speak again
  return held == newcomer.reached || !(is_own || is_claim);
}

/// Whether a mapping, if it is one, would end sooner without a session that holds it so often: that
/// is its last one, or the one that is known to live longest. One that is asked about and outlives
/// that one is known from then on, so that of many a single one stays.
template <EngineTraits T>
bool keeps_alive(shard<T>& state, std::uint32_t id, mapping_id held, std::uint32_t times) noexcept {
  if (held.is_none()) return false;
  const auto& table = state.sessions4;
  const auto& one = state.mappings.at(held);
  if (one.sessions <= times) return true;
  if (table.hot(id).is_stranger()) return false;
  const auto holds_it = [&](std::uint32_t which) noexcept {
    const auto [worn, reached] = state.mappings_of(which);
    return worn == held || reached == held;
  };
  const auto deadline = [&](std::uint32_t which) noexcept {
    return table.hot(which).state.deadline_low;
  };
  const bool is_outlived = one.wearer != id && table.is_held(one.wearer) && holds_it(one.wearer) &&
                           static_cast<std::int32_t>(deadline(one.wearer) - deadline(id)) >= 0;
  if (is_outlived) return false;
  state.mappings.set_wearer(held, id);
  return true;
}

/// Whether a session may end, where `must_stay(mapping)` says which of those that it keeps alive
/// must not end sooner.
template <EngineTraits T, class MustStay>
bool may_end(shard<T>& state, std::uint32_t id, MustStay&& must_stay) noexcept {
  const auto [held, reached] = state.mappings_of(id);
  const std::uint32_t times = held == reached ? 2 : 1;
  const auto stays = [&](mapping_id one) noexcept {
    return keeps_alive(state, id, one, times) && must_stay(one);
  };
  return !stays(held) && !stays(reached);
}

/// Which sessions a full table may end for a newcomer.
template <EngineTraits T>
auto may_evict_for(shard<T>& state, const new_flow<ipv4>& newcomer) noexcept {
  return [&](std::uint32_t id) noexcept {
    return may_end(state, id,
                   [&](mapping_id held) noexcept { return must_keep(state, held, newcomer); });
  };
}
template <EngineTraits T>
any_session may_evict_for(const shard<T>&, const new_flow<ipv6>&) noexcept {
  return {};
}

/// Ends a session of the other family for a newcomer to the room that both share, if one has to go.
template <EngineTraits T>
void evict_other_family(shard<T>& state, const new_flow<ipv4>& newcomer) noexcept {
  state.sessions6.try_evict(state.sessions4.held_by(newcomer.headers.key),
                            state.template on_end<ipv6>(), any_session{});
}
template <EngineTraits T>
void evict_other_family(shard<T>& state, const new_flow<ipv6>& newcomer) noexcept {
  // An IPv6 host is no subscriber that any mapping is for.
  const auto must_stay = [](mapping_id) noexcept { return true; };
  state.sessions4.try_evict(
      state.sessions6.held_by(newcomer.headers.key), state.template on_end<ipv4>(),
      [&](std::uint32_t id) noexcept { return may_end(state, id, must_stay); });
}

/// Makes a place in a full room that both families share: of what is dead or, where its turn comes
/// before any of the newcomer's own, by ending a session of the other family.
template <IpVersion V, EngineTraits T>
[[gnu::__noinline__]] void make_room_across(shard<T>& state, const new_flow<V>& newcomer) noexcept {
  using other_family = std::conditional_t<V::number == 4, ipv6, ipv4>;
  auto& own = state.template sessions<V>();
  auto& other = state.template sessions<other_family>();
  own.reclaim_room(newcomer.now, state.template on_end<V>());
  other.reclaim_room(newcomer.now, state.template on_end<other_family>());
  const bool is_allowed = own.limit_of(newcomer.headers.key) == session_refusal::none;
  if (state.room.is_full() && is_allowed &&
      other.eviction_rank(newcomer.now) > own.eviction_rank(newcomer.now)) {
    evict_other_family(state, newcomer);
  }
}

/// A mapping, or why there is no room for the session that asks for one.
struct mapping_in_room : acquired_mapping {
  session_refusal refusal = session_refusal::none;  ///< set where the outcome is `table_full`
};

/// What `acquire()` gets; where there are too many mappings, after room was made for the session
/// that asks for one.
template <EngineTraits T, class Acquire>
mapping_in_room acquire_in_room(shard<T>& state, const new_flow<ipv4>& flow,
                                Acquire&& acquire) noexcept {
  const auto got = acquire();
  if (got.outcome != mapping_outcome::table_full) {
    return {got};
  }
  state.sessions6.reclaim_room(flow.now, state.template on_end<ipv6>());
  const auto refusal = state.sessions4.make_room(
      flow.headers.key, flow.now, state.template on_end<ipv4>(), may_evict_for(state, flow));
  if (refusal != session_refusal::none) {
    return {got, refusal};
  }
  return {acquire(), session_refusal::table_full};
}

}  // namespace weir::detail

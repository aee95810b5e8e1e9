#pragma once

// A packet of a session: plausible, counted, refreshed, rewritten, gone.

#include "weir/engine/leaving.hpp"
#include "weir/engine/outcome.hpp"
#include "weir/engine/packet_view.hpp"
#include "weir/engine/shard.hpp"
#include "weir/engine/validation.hpp"
#include "weir/session/session_table.hpp"
#include "weir/time/tick.hpp"
#include "weir/wire/header_walk.hpp"

#include <algorithm>
#include <cstdint>

namespace weir::detail {

/// The policy that permitted a session.
template <EngineTraits T>
const policy& policy_of(const shard<T>& state, const cold_record& cold) noexcept {
  return state.config->policies().policies()[cold.policy];
}

template <IpVersion V, EngineTraits T>
[[gnu::__noinline__]] void clamp_session_syn(shard<T>& state, std::uint32_t id,
                                             const packet_view& packet,
                                             const packet_facts& facts) noexcept {
  const auto& record = state.template sessions<V>().hot(id);
  const auto& permitted_by = policy_of(state, state.template sessions<V>().cold(id));
  const auto mtu = std::min(state.config->hop(record.state.hop[0]).mtu,
                            state.config->hop(record.state.hop[1]).mtu);
  clamp_syn<V>(packet, facts, permitted_by.settings().tcp_mss, mtu);
}

/// Sends a packet of a session on its way; nothing stops it any more.
template <IpVersion V, EngineTraits T>
[[gnu::__always_inline__]] inline verdict emit(shard<T>& state, session_ref which,
                                               const walked<V>& headers,
                                               const packet_view& packet) noexcept {
  auto& table = state.template sessions<V>();
  const auto& record = table.hot(which.id());
  const hop_facts& hop = state.config->hop(record.state.hop[index_of(which.way())]);
  const auto step = step_of(hop, packet.from_box());
  table.count(which, headers.facts.end);
  if ((headers.facts.tcp_flags & tcp_flag::syn) != 0 && state.clamps_mss) [[unlikely]] {
    clamp_session_syn<V>(state, which.id(), packet, headers.facts);
  }
  if constexpr (V::number == 4) {
    if (record.has(session_flag::translated)) {
      const auto after = record.outgoing(which.way());
      translate(packet, headers, after.endpoints(), step);
      refresh_identification(state.identifications, packet.bytes.data(), headers.key, after);
      return hop.decision;
    }
  }
  pass_on<V>(packet.bytes.data(), step);
  return hop.decision;
}

/// Whether a packet arrived where its session's packets of that direction can: what the box sends
/// comes from the box, and nobody else sends it.
template <IpVersion V>
bool is_from_its_side(const hot_record<V>& record, direction way, const packet_view& packet) {
  return (record.state.hop[index_of(opposite(way))] == local_hop) == packet.from_box();
}

/// What a stranger's first answer changes: from now on it keeps the mapping that it reached, and if
/// it is a connection, both its sides do (RFC 5382 REQ-5).
template <IpVersion V, EngineTraits T>
[[gnu::__noinline__]] void take_in_stranger(shard<T>& state, session_ref which, tick now) noexcept {
  if constexpr (V::number == 4) {
    auto& record = state.sessions4.hot(which.id());
    if (record.is_stranger()) return;
    state.mappings.forget_stranger(state.reached_by(record));
    if (record.status().kind() == session_kind::tcp) {
      record.set(session_flag::original_does_not_refresh, false);
      state.sessions4.refresh(which, now);
    }
  }
}

/// Ends a session of DNS with the reply to its last query, where that is asked for: resolvers ask
/// for the addresses of both families from one port.
template <IpVersion V, EngineTraits T>
[[gnu::__noinline__]] void end_if_answered(shard<T>& state, std::uint32_t id) noexcept {
  if (!state.config->raw().sessions.dns_reply_closes) return;
  const auto& table = state.template sessions<V>();
  const auto sums = totals(table.hot(id), table.cold(id));
  if (sums.packets[index_of(direction::reply)] >= sums.packets[index_of(direction::original)]) {
    state.template end<V>(id);
  }
}

/// Moves the session on by a packet of it; nothing if a new flow begins where it ends (SYN over a
/// closing connection).
template <IpVersion V, EngineTraits T>
[[gnu::__always_inline__]] inline outcome track(shard<T>& state, session_ref which,
                                                const walked<V>& headers, const packet_view& packet,
                                                tick now) noexcept {
  auto& table = state.template sessions<V>();
  const bool was_stranger = table.hot(which.id()).is_stranger();
  if (headers.facts.message != message_kind::tcp) {
    const auto status = table.hot(which.id()).status();
    table.track(which, now);
    if (was_stranger) [[unlikely]]
      take_in_stranger<V>(state, which, now);
    const outcome passed{emit<V>(state, which, headers, packet)};
    if (status.kind() == session_kind::dns && which.way() == direction::reply) [[unlikely]] {
      end_if_answered<V>(state, which.id());
    }
    return passed;
  }
  const auto passes = table.track(which, segment_of(packet.bytes, headers.facts), now);
  if (was_stranger) [[unlikely]]
    take_in_stranger<V>(state, which, now);
  switch (passes) {
    case tcp_outcome::pass:
    case tcp_outcome::pass_no_refresh:
      return outcome{emit<V>(state, which, headers, packet)};
    case tcp_outcome::out_of_window:
      return drop_reason::tcp_out_of_window;
    case tcp_outcome::reopen:
      break;
  }
  return outcome::open();
}

/// Why a packet of a live session may not pass; nothing if its session is to judge it.
template <IpVersion V, EngineTraits T>
[[gnu::__always_inline__]] inline outcome refuse_known(const shard<T>& state, session_ref which,
                                                       const walked<V>& headers,
                                                       const packet_view& packet) noexcept {
  const auto& record = state.template sessions<V>().hot(which.id());
  const hop_facts& hop = state.config->hop(record.state.hop[index_of(which.way())]);
  if (packet.meta.cast != link_cast::unicast) [[unlikely]] {
    return drop_reason::link_broadcast;
  }
  if (!is_from_its_side(record, which.way(), packet)) [[unlikely]] {
    return drop_reason::martian_source;
  }
  return cannot_leave<V>(headers.facts, hop, packet.from_box());
}

/// What happens to a packet that its live session is to judge; nothing if it begins a new one
/// instead.
template <IpVersion V, EngineTraits T>
[[gnu::__always_inline__]] inline outcome pass_established(shard<T>& state, session_ref which,
                                                           const walked<V>& headers,
                                                           const packet_view& packet,
                                                           tick now) noexcept {
  state.observer.matched(family_of<V>, which.id(), which.way());
  return track<V>(state, which, headers, packet, now);
}

/// A packet whose key leads to a live session; nothing if it begins a new one.
template <IpVersion V, EngineTraits T>
[[gnu::__always_inline__]] inline outcome pass_known(shard<T>& state, session_ref which,
                                                     const walked<V>& headers,
                                                     const packet_view& packet, tick now) noexcept {
  if (state.ingress[packet.meta.ingress.number()].is_guarded() ||
      headers.key.source().is_link_local()) [[unlikely]] {
    if (const auto refused = guard(state, headers.key, packet.meta.ingress)) {
      return refused;
    }
  }
  if (const auto refused = refuse_known(state, which, headers, packet)) [[unlikely]] {
    return refused;
  }
  return pass_established(state, which, headers, packet, now);
}

}  // namespace weir::detail

#pragma once

// The packet that nearly all are: a whole TCP or UDP datagram behind a plain IP header, from
// another station, of an open session that it moves on in no way. It is asked the questions of
// established.hpp in one breath. Whatever is unusual is left untouched and asked them one by one.

#include "weir/engine/leaving.hpp"
#include "weir/engine/shard.hpp"
#include "weir/nat/ipv4_id.hpp"
#include "weir/nat/rewrite.hpp"
#include "weir/packet/packet_meta.hpp"
#include "weir/session/plain_segment.hpp"
#include "weir/session/session_table.hpp"
#include "weir/wire/plain_datagram.hpp"

namespace weir::detail {

/// Whether the source of a packet is behind the strict interface it came in by (RFC 3704), as far
/// as that needs no route: in a box with one domain a session's answers leave by the route to the
/// source of its packets. There is a session; it is certain only once its key is compared.
template <IpVersion V, EngineTraits T>
bool is_behind(const shard<T>& state, session_ref which, interface_id ingress) noexcept {
  const auto& record = state.template sessions<V>().hot(which.id());
  const auto back = record.state.hop[index_of(opposite(which.way()))];
  return state.hops[back.number()].interface == ingress;
}

/// What is left to do to a dressed packet without DF. Not inlined: it would cost the others
/// registers.
[[gnu::__noinline__]] inline void identify_plain(ipv4_identifications& fresh,
                                                 const hot_record<ipv4>& record, direction way,
                                                 const plain_lane<ipv4>& lane) noexcept {
  refresh_identification(fresh, lane.header, lane.packet.key, record.outgoing(way));
}

/// Rewrites a packet whose checksum its sender's hardware was to complete. Not inlined, likewise.
[[gnu::__noinline__]] inline void rewrite_partial(const hot_record<ipv4>& record, direction way,
                                                  const plain_lane<ipv4>& lane) noexcept {
  const auto after = record.outgoing_endpoints(way);
  const auto delta = flow_delta::between(packed_endpoints::all_of(lane.header), after);
  after.store_all(lane.header);
  finish_header(lane.header, delta.addresses(), ttl_step::down);
  const auto kind = lane.packet.is_tcp ? protocol::tcp : protocol::udp;
  add_to_sum(lane.header + ipv4_header::size_min + *checksum_field_of<ipv4>(kind),
             delta.addresses());
}

/// Sends a packet that passed on its way, under the key its session has it wear.
template <protocol Kind>
[[gnu::__always_inline__]] inline void dress_plain(ipv4_identifications& fresh,
                                                   const hot_record<ipv4>& record, direction way,
                                                   const plain_lane<ipv4>& lane) noexcept {
  // What is stored there might be this lane, as far as compilers know.
  std::byte* const header = lane.header;
  if (!record.has(session_flag::translated)) {
    decrement_ttl(header);
    return;
  }
  if (lane.transport == checksum_state::partial) [[unlikely]] {
    rewrite_partial(record, way, lane);
  } else {
    const auto after = record.outgoing_endpoints(way);
    const auto delta = flow_delta::between(packed_endpoints::all_of(header), after);
    if constexpr (Kind == protocol::tcp) {
      rewrite_tcp(header, after, delta, ttl_step::down);
    } else {
      rewrite_udp(header, after, delta, ttl_step::down);
    }
  }
  if (needs_identification(header)) [[unlikely]] {
    identify_plain(fresh, record, way, lane);
  }
}
template <protocol>
[[gnu::__always_inline__]] inline void dress_plain(ipv4_identifications&, const hot_record<ipv6>&,
                                                   direction,
                                                   const plain_lane<ipv6>& lane) noexcept {
  pass_on<ipv6>(lane.header, ttl_step::down);
}

/// Counts, refreshes and dresses the common packet of a steady session; answers through which hop
/// it goes. Null, and nothing changed, where it is not plausible or cannot leave or be counted.
template <protocol Kind, IpVersion V, EngineTraits T>
[[gnu::__always_inline__]] inline const hop_facts* go_on(shard<T>& state, hot_record<V>& record,
                                                         direction way, const plain_lane<V>& lane,
                                                         tick now) noexcept {
  flow_state& flow = record.state;
  const hop_facts& hop = state.hops[flow.hop[index_of(way)].number()];
  packet_counter tally = flow.counter[index_of(way)];
  if (lane.packet.end > hop.mtu || !tally.try_add(lane.packet.end)) [[unlikely]]
    return nullptr;
  if constexpr (Kind == protocol::tcp) {
    const auto* const segment = lane.header + header_size_min<V>;
    if (!try_note_plain(flow, way, segment, lane.packet.payload)) [[unlikely]]
      return nullptr;
  }
  flow.counter[index_of(way)] = tally;
  // A steady session's life is never shortened by a packet, and TCP is refreshed both ways.
  if (Kind == protocol::tcp || !refuses_refresh(record, way)) {
    flow.deadline_low =
        now.low() + state.template sessions<V>().profile(flow.profile).ticks(record.status());
  }
  dress_plain<Kind>(state.identifications, record, way, lane);
  return &hop;
}

/// Passes on the common packet of a live session, counted and rewritten; answers through which
/// hop. Any other packet that has a candidate is left untouched: null.
template <IpVersion V, EngineTraits T>
[[gnu::__always_inline__]] inline const hop_facts* pass_plain(shard<T>& state,
                                                              const plain_lane<V>& lane,
                                                              tick now) noexcept {
  const session_ref which = lane.candidate;
  auto& record = state.template sessions<V>().hot(which.id());
  const direction way = which.way();
  if (!same_flow(record.key[index_of(way)], lane.packet.key) || record.state.is_dead(now) ||
      !record.state.is_steady(way)) [[unlikely]] {
    return nullptr;
  }
  const hop_facts* const hop = lane.packet.is_tcp
                                   ? go_on<protocol::tcp>(state, record, way, lane, now)
                                   : go_on<protocol::udp>(state, record, way, lane, now);
  if (hop != nullptr) [[likely]] {
    state.observer.matched(family_of<V>, which.id(), way);
  }
  return hop;
}

}  // namespace weir::detail

#pragma once

// The packet that nearly all are: a whole TCP or UDP datagram behind a plain IPv4 header, from
// another station, of an open session that it moves on in no way. It is asked the questions of
// established.hpp in one breath. Whatever is unusual is left untouched and asked them one by one.

#include "weir/engine/leaving.hpp"
#include "weir/engine/outcome.hpp"
#include "weir/engine/shard.hpp"
#include "weir/nat/rewrite.hpp"
#include "weir/packet/packet_meta.hpp"
#include "weir/session/session_phase.hpp"
#include "weir/session/session_table.hpp"
#include "weir/session/tcp_window.hpp"
#include "weir/wire/plain_datagram.hpp"

#include <cstdint>

namespace weir::detail {

/// Whether nothing about how a packet came in asks for the long way, but perhaps its interface.
inline bool is_usual(const packet_meta& meta) noexcept {
  static_assert(link_cast::unicast == link_cast{0} && checksum_state::partial == checksum_state{2});
  return (static_cast<unsigned>(meta.cast) | static_cast<unsigned>(meta.transport) >> 1) == 0;
}

/// Whether the source of a packet is behind the strict interface it came in by (RFC 3704), as far
/// as that needs no route: in a box with one domain a session's answers leave by the route to the
/// source of its packets. A session is certain only once its key is compared.
template <EngineTraits T>
bool is_behind(const shard<T>& state, session_ref which, interface_id ingress) noexcept {
  if (!which.found()) {
    return false;
  }
  const auto back = state.sessions4.hot(which.id()).state.hop[index_of(opposite(which.way()))];
  return state.hops[back.number()].interface == ingress;
}

/// Whether the session goes on as it is with this packet, which is noted if it does.
[[gnu::always_inline]] inline bool goes_on(hot_record<ipv4>& record, direction way,
                                           const plain_datagram& packet,
                                           const std::byte* header) noexcept {
  const auto status = record.status();
  if (!packet.is_tcp) {
    return status == session_status{session_kind::udp, session_phase::two_way};
  }
  if (status.phase() < session_phase::established || status.phase() >= session_phase::closing) {
    return false;
  }
  const auto fields = read_tcp_fields(header + ipv4_header::size_min);
  tcp_segment segment;
  segment.sequence = fields.sequence;
  segment.acknowledgment = fields.acknowledgment;
  segment.window = fields.window;
  if (!is_plausible(record.state, way, segment, packet.payload)) {
    return false;
  }
  note_segment(record.state, way, segment, packet.payload);
  return true;
}

/// Whether the common packet of a live session passes, which is noted and its verdict written down
/// if it does; any other one is left untouched.
template <EngineTraits T>
[[gnu::always_inline]] inline bool judge_plain(shard<T>& state, plain_lane& lane,
                                               tick now) noexcept {
  const session_ref which = lane.candidate;
  if (!which.found()) [[unlikely]] {
    return false;
  }
  auto& record = state.sessions4.hot(which.id());
  const direction way = which.way();
  if (!same_flow(record.key[index_of(way)], lane.packet.key) || record.state.is_dead(now) ||
      record.state.has_local_side) [[unlikely]] {
    return false;
  }
  const hop_facts& hop = state.hops[record.state.hop[index_of(way)].number()];
  lane.decision = hop.decision;
  // Where nothing changes a session's status, its life is never shortened by a packet.
  const std::uint32_t deadline =
      now.low() + state.sessions4.profile(record.state.profile).ticks(record.status());
  auto& traffic = record.state.counter[index_of(way)];
  if (lane.packet.end > hop.mtu || traffic.is_full() ||
      !goes_on(record, way, lane.packet, lane.header)) [[unlikely]] {
    return false;
  }
  traffic.add(lane.packet.end);
  if (!refuses_refresh(record, way)) {
    record.state.deadline_low = deadline;
  }
  state.observer.matched(which.id(), way);
  return true;
}

/// Sends a packet that passed on its way, under the key its session has it wear.
inline void dress_plain(const hot_record<ipv4>& record, const plain_lane& lane,
                        std::byte* header) noexcept {
  if (!record.has(session_flag::translated)) {
    decrement_ttl(header);
    return;
  }
  const auto after = record.outgoing(lane.candidate.way()).endpoints();
  const auto delta = flow_delta::between(lane.packet.key.endpoints(), after);
  if (lane.packet.is_tcp) [[likely]] {
    rewrite_tcp(header, after, delta, ttl_step::down);
  } else {
    rewrite_udp(header, after, delta, ttl_step::down);
  }
}

}  // namespace weir::detail

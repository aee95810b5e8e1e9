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

/// Whether nothing about how a packet came in asks for the long way.
inline bool is_usual(const packet_meta& meta) noexcept {
  return !meta.ingress.is_local() && meta.cast == link_cast::unicast &&
         meta.transport != checksum_state::partial;
}

/// Whether the session goes on as it is with this packet, which is noted if it does.
[[gnu::always_inline]] inline bool goes_on(hot_record<ipv4>& record, direction way,
                                           const plain_datagram& packet,
                                           const std::byte* header) noexcept {
  const auto status = record.status();
  if (!packet.is_tcp) {
    return status == session_status{session_kind::udp, session_phase::two_way};
  }
  const bool open =
      status.phase() >= session_phase::established && status.phase() < session_phase::closing;
  const auto fields = read_tcp_fields(header + ipv4_header::size_min);
  tcp_segment segment;
  segment.sequence = fields.sequence;
  segment.acknowledgment = fields.acknowledgment;
  segment.payload = packet.payload;
  segment.window = fields.window;
  if (!open || !is_plausible(record.state, way, segment, packet.payload)) {
    return false;
  }
  note_segment(record.state, way, segment, packet.payload);
  return true;
}

/// What happens to the common packet of a live session; open for any other one.
template <EngineTraits T>
[[gnu::always_inline]] inline outcome pass_plain(shard<T>& state, session_ref which,
                                                 const plain_datagram& packet, std::byte* header,
                                                 tick now) noexcept {
  constexpr std::uint8_t hindrances =
      session_flag::original_does_not_refresh | session_flag::reply_does_not_refresh;
  auto& record = state.sessions4.hot(which.id());
  const auto way = index_of(which.way());
  const next_hop_id id = record.state.hop[way];
  const hop_facts hop = state.hops[id.number()];
  const bool usual = hop.kind == next_hop_kind::forward && packet.end <= hop.mtu &&
                     record.state.hop[way ^ 1] != local_hop &&
                     !record.state.counter[way].is_full() && !record.has(hindrances);
  if (!usual || !goes_on(record, which.way(), packet, header)) [[unlikely]] {
    return outcome::open();
  }
  record.state.deadline_low =
      now.low() + state.sessions4.profile(record.state.profile).ticks(record.status());
  record.state.counter[way].add(packet.end);
  if (!record.has(session_flag::translated)) {
    decrement_ttl(header);
    return verdict::forward(hop.interface, id);
  }
  const auto after = record.outgoing(which.way());
  const auto delta = flow_delta::between(packet.key, after);
  if (packet.is_tcp) [[likely]] {
    rewrite_tcp(header, after, delta, ttl_step::down);
  } else {
    rewrite_udp(header, after, delta, ttl_step::down);
  }
  return verdict::forward(hop.interface, id);
}

}  // namespace weir::detail

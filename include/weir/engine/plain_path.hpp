#pragma once

// The packet that nearly all are: a whole TCP or UDP datagram behind a plain IPv4 header, of an
// open session that it moves on in no way, with nothing against it. It is asked the questions of
// established.hpp in one breath; whatever is unusual stays open and is asked them one by one.

#include "weir/engine/leaving.hpp"
#include "weir/engine/outcome.hpp"
#include "weir/engine/packet_view.hpp"
#include "weir/engine/shard.hpp"
#include "weir/nat/ipv4_id.hpp"
#include "weir/nat/rewrite.hpp"
#include "weir/session/session_phase.hpp"
#include "weir/session/session_table.hpp"
#include "weir/session/tcp_window.hpp"

#include <cstdint>

namespace weir::detail {

/// Whether the session goes on as it is with this packet, which is noted if it does.
[[gnu::always_inline]] inline bool goes_on(hot_record<ipv4>& record, direction way,
                                           const packet_facts& facts,
                                           const std::byte* header) noexcept {
  constexpr std::uint8_t telling = tcp_flag::syn | tcp_flag::fin | tcp_flag::rst | tcp_flag::ack;
  const auto status = record.status();
  if (facts.message == message_kind::udp) {
    return status == session_status{session_kind::udp, session_phase::two_way};
  }
  const auto segment = plain_segment(header, facts);
  const bool open =
      status.phase() >= session_phase::established && status.phase() < session_phase::closing;
  if (!open || (facts.tcp_flags & telling) != tcp_flag::ack ||
      !is_plausible(record.state, way, segment)) {
    return false;
  }
  note_segment(record.state, way, segment);
  return true;
}

/// What happens to the common packet; open for any other one, which it leaves untouched.
template <EngineTraits T>
[[gnu::always_inline]] inline outcome pass_plain(shard<T>& state, session_ref which,
                                                 const walked<ipv4>& headers,
                                                 const packet_view& packet, tick now) noexcept {
  constexpr std::uint8_t hindrances =
      session_flag::original_does_not_refresh | session_flag::reply_does_not_refresh;
  auto& record = state.sessions4.hot(which.id());
  const auto& facts = headers.facts;
  const auto way = index_of(which.way());
  const next_hop_id id = record.state.hop[way];
  const hop_facts hop = state.hops[id.number()];
  std::byte* const header = packet.bytes.data();
  const bool usual =
      facts.transport_offset == ipv4_header::size_min && hop.kind == next_hop_kind::forward &&
      facts.ttl > 1 && facts.end <= hop.mtu && record.state.hop[way ^ 1] != local_hop &&
      !packet.from_box() && packet.meta.cast == link_cast::unicast &&
      packet.meta.transport != checksum_state::partial && !needs_identification(header) &&
      (facts.message == message_kind::tcp || facts.message == message_kind::udp) &&
      !record.state.counter[way].is_full() && !record.has(hindrances);
  if (!usual || !goes_on(record, which.way(), facts, header)) [[unlikely]] {
    return outcome::open();
  }
  record.state.deadline_low =
      now.low() + state.sessions4.profile(record.state.profile).ticks(record.status().timeout());
  record.state.counter[way].add(static_cast<std::uint16_t>(facts.end));
  if (!record.has(session_flag::translated)) {
    decrement_ttl(header);
    return verdict::forward(hop.interface, id);
  }
  const auto after = record.outgoing(which.way());
  const auto delta = flow_delta::between(headers.key, after);
  if (facts.message == message_kind::tcp) [[likely]] {
    rewrite_tcp(header, after, delta, ttl_step::down);
  } else {
    rewrite_udp(header, after, delta, ttl_step::down);
  }
  return verdict::forward(hop.interface, id);
}

}  // namespace weir::detail

#pragma once

// Overview. A session in two parts: what every packet touches, one line for IPv4 and two for IPv6,
// and what opening, ending and reports need. Both keys are as received: a packet of one direction
// leaves with the other direction's key reversed, so that nothing else says how to translate.
//
// The annotations of the keys belong to the record: the original's holds the `session_status`, the
// reply's the `session_flag` bits.

#include "weir/base/interface_id.hpp"
#include "weir/net/flow_key.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/net/protocol.hpp"
#include "weir/net/tcp_mode.hpp"
#include "weir/session/flow_state.hpp"
#include "weir/session/session_phase.hpp"
#include "weir/session/tcp_alternative.hpp"
#include "weir/session/timeout_profile.hpp"
#include "weir/time/tick.hpp"
#include "weir/wire/icmp_header.hpp"
#include "weir/wire/packed_flow.hpp"
#include "weir/wire/packet_facts.hpp"

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace weir {

/// What is true of a session, as bits of one byte.
namespace session_flag {
inline constexpr std::uint8_t translated = 0x01;  ///< what leaves is not what came in
/// Packets of this direction do not lengthen its life (RFC 4787 REQ-6, RFC 7857 section 7).
inline constexpr std::uint8_t original_does_not_refresh = 0x02;
inline constexpr std::uint8_t reply_does_not_refresh = 0x04;
inline constexpr std::uint8_t tcp_modes = 0x18;   ///< two bits that hold the `tcp_mode`
inline constexpr std::uint8_t unclaimed = 0x20;   ///< the reply's identifier is not known yet
inline constexpr std::uint8_t unanswered = 0x40;  ///< counts as embryonic
inline constexpr std::uint8_t queued = 0x80;      ///< of the record: it will come up for review

constexpr std::uint8_t of(tcp_mode mode) noexcept {
  return static_cast<std::uint8_t>(static_cast<unsigned>(mode) << 3);
}
}  // namespace session_flag
static_assert(session_flag::of(tcp_mode{3}) == session_flag::tcp_modes);
static_assert(session_flag::reply_does_not_refresh == session_flag::original_does_not_refresh << 1);

/// What every packet of a session touches.
template <IpVersion V>
struct alignas(64) hot_record {
  /// By direction, as received.
  packed_flow<V> key[2];
  flow_state state;

  constexpr session_status status() const noexcept {
    return session_status::from_byte(key[0].annotation());
  }
  constexpr void set_status(session_status status) noexcept {
    key[0].set_annotation(status.byte());
    settle();
  }
  /// Says where packets of each direction go.
  constexpr void set_hops(next_hop_id original, next_hop_id reply) noexcept {
    state.hop[0] = original;
    state.hop[1] = reply;
    settle();
  }
  constexpr bool has(std::uint8_t flag) const noexcept { return (key[1].annotation() & flag) != 0; }
  constexpr void set(std::uint8_t flag, bool on) noexcept {
    const unsigned flags = key[1].annotation();
    key[1].set_annotation(static_cast<std::uint8_t>(on ? flags | flag : flags & ~unsigned{flag}));
  }
  /// Whether it came in on a mapping and was not answered: it does not keep the mapping.
  constexpr bool is_stranger() const noexcept {
    return has(session_flag::original_does_not_refresh) && has(session_flag::unanswered);
  }
  constexpr tcp_mode mode() const noexcept {
    return tcp_mode((key[1].annotation() & session_flag::tcp_modes) >> 3);
  }

  /// What a packet that came in `way` wears when it leaves; without annotation.
  constexpr packed_flow<V> outgoing(direction way) const noexcept {
    return reversed(key[index_of(opposite(way))]);
  }
  /// The part of it that a rewrite exchanges.
  constexpr packed_endpoints outgoing_endpoints(direction way) const noexcept
    requires(V::number == 4)
  {
    return reversed(key[index_of(opposite(way))].endpoints());
  }

 private:
  constexpr void settle() noexcept {
    const bool is_forwarded = state.hop[0] != local_hop && state.hop[1] != local_hop;
    state.steady = is_forwarded ? steady_ways(status()) : std::uint8_t{0};
  }
};
static_assert(sizeof(hot_record<ipv4>) == 64);
static_assert(sizeof(hot_record<ipv6>) == 128);
static_assert(std::is_trivially_copyable_v<hot_record<ipv4>>);

/// What opening, ending and reports need of a session.
struct cold_record {
  static constexpr std::uint32_t no_mapping = 0xFFFF'FFFF;

  /// Carried over from the hot counters, by direction; packets in two halves.
  std::uint64_t bytes[2];
  std::uint32_t packets_low[2];
  std::uint16_t packets_high[2];
  /// The low half of the tick at which it began: tells ages of up to 49 days.
  std::uint32_t created_low;
  /// The number of the mapping it wears, or `no_mapping`.
  std::uint32_t mapping;
  tcp_alternative alternative;
  /// What permitted it, as policies number their rules and themselves.
  std::uint32_t rule;
  std::uint16_t policy;
  /// Where the opener came in; where it left, its hop says.
  interface_id ingress;
};
static_assert(sizeof(cold_record) == 48);

/// Packets and bytes of a session since it began, by direction.
struct session_totals {
  std::uint64_t packets[2];
  std::uint64_t bytes[2];
};

/// Counts one packet of a session.
template <IpVersion V>
constexpr void count(hot_record<V>& hot, cold_record& cold, direction way,
                     std::uint32_t bytes) noexcept {
  const std::size_t which = index_of(way);
  packet_counter& counter = hot.state.counter[which];
  if (!counter.try_add(bytes)) [[unlikely]] {
    cold.bytes[which] += counter.bytes();
    cold.packets_low[which] += counter.packets();
    cold.packets_high[which] = static_cast<std::uint16_t>(
        cold.packets_high[which] + (cold.packets_low[which] < counter.packets() ? 1 : 0));
    counter = packet_counter{};
    counter.try_add(bytes);
  }
}

template <IpVersion V>
constexpr session_totals totals(const hot_record<V>& hot, const cold_record& cold) noexcept {
  session_totals sums{};
  for (std::size_t which = 0; which < 2; ++which) {
    const packet_counter counter = hot.state.counter[which];
    sums.packets[which] =
        (std::uint64_t{cold.packets_high[which]} << 32 | cold.packets_low[which]) +
        counter.packets();
    sums.bytes[which] = cold.bytes[which] + counter.bytes();
  }
  return sums;
}

/// Whether packets of `way` do not lengthen the life of a session.
template <IpVersion V>
constexpr bool refuses_refresh(const hot_record<V>& hot, direction way) noexcept {
  return hot.has(
      static_cast<std::uint8_t>(session_flag::original_does_not_refresh << index_of(way)));
}

/// Lengthens the life of a session by a packet of `way`, where that direction may; a phase that
/// ends sooner shortens it in any case.
template <IpVersion V>
constexpr void refresh(hot_record<V>& hot, direction way, const timeout_profile& profile,
                       tick now) noexcept {
  const std::uint32_t deadline = now.low() + profile.ticks(hot.status());
  if (refuses_refresh(hot, way) && static_cast<std::int32_t>(deadline - hot.state.deadline_low) > 0)
      [[unlikely]] {
    return;
  }
  hot.state.deadline_low = deadline;
}

/// Whether a packet whose key is a session's in a direction may be of that session. The identifier
/// and the type of a query lie in keys where ports do, so one whose identifier is the number of a
/// type may have the key of what goes the other way: requests follow the opener alone.
template <IpVersion V>
constexpr bool goes_along(const packet_facts& facts, direction way) noexcept {
  return facts.message != message_kind::icmp_query ||
         is_icmp_request<V>(facts.icmp_type) == (way == direction::original);
}

/// Whether the flows of a protocol carry an identifier that differs by direction: the SPI of ESP
/// (RFC 4303 section 2.1), and the key of GRE, which PPTP takes for its call (RFC 2637).
constexpr bool has_identifier_by_direction(protocol transport) noexcept {
  return transport == protocol::esp || transport == protocol::gre;
}

/// Whether the reply of a flow carries another identifier, which nobody knows at the start. GRE
/// without a key is its own reply.
template <IpVersion V>
constexpr bool has_unknown_reply(const packed_flow<V>& original) noexcept {
  return has_identifier_by_direction(original.protocol()) &&
         (original.protocol() == protocol::esp || original.ports_bits() != 0);
}

/// How the reply of a flow is filed whose identifier differs by direction, until its first packet
/// says it. No packet has this key: the protocol is one without ports, and reserved.
template <IpVersion V>
constexpr packed_flow<V> wildcard(const packed_flow<V>& reply) noexcept {
  constexpr protocol reserved{255};
  return packed_flow<V>{reply.domain(), reserved, reply.source_bits(), reply.destination_bits(),
                        detail::packed_ports(port{number(reply.protocol())}, port{})};
}

/// The reverse of a key that a direction of a session leaves with: the addresses of what goes the
/// other way, and this one's own identifier.
template <IpVersion V>
constexpr packed_flow<V> mirror(const packed_flow<V>& way, const packed_flow<V>& other) noexcept {
  return packed_flow<V>{other.domain(), way.protocol(), other.source_bits(),
                        other.destination_bits(), way.ports_bits()};
}

/// Whether the reverses of what a session's packets leave with are no keys of its own: they are
/// translated, and answers carry an identifier that is known and another one.
template <IpVersion V>
constexpr bool has_mirrors(const hot_record<V>& hot) noexcept {
  return has_identifier_by_direction(hot.key[0].protocol()) && hot.has(session_flag::translated) &&
         !hot.has(session_flag::unclaimed) && hot.key[0].ports_bits() != hot.key[1].ports_bits();
}

}  // namespace weir

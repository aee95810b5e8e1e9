#pragma once

#include "weir/session/session_table.hpp"

#include <cstdint>
#include <utility>
#include <vector>

namespace weir::test {

inline constexpr std::uint32_t minute = 60'000;  ///< in ticks

/// The address of a host by number, inside or outside.
template <IpVersion V>
typename V::address host(std::uint32_t number, bool is_inside) {
  if constexpr (V::number == 4) {
    return ipv4_address{(is_inside ? 0x0A00'0000u : 0xC633'6400u) + number};
  } else {
    return ipv6_address::from_halves(0x2001'0DB8'0000'0000 + (is_inside ? 0 : 1), number);
  }
}

/// The flow number `number` of a host towards the outside.
template <IpVersion V>
packed_flow<V> flow_of(protocol transport, std::uint32_t number, std::uint32_t inside = 1,
                       std::uint16_t to = 4000) {
  return pack(flow_key<V>{domain_id{1},
                          transport,
                          {host<V>(inside, true), port{static_cast<std::uint16_t>(number)}},
                          {host<V>(number >> 16, false), port{to}}});
}
template <IpVersion V>
packed_flow<V> udp_flow(std::uint32_t number, std::uint32_t inside = 1) {
  return flow_of<V>(protocol::udp, number, inside);
}
template <IpVersion V>
packed_flow<V> tcp_flow(std::uint32_t number, std::uint32_t inside = 1) {
  return flow_of<V>(protocol::tcp, number, inside, 443);
}

inline constexpr tcp_segment first_syn{.sequence = 1000, .window = 10'000, .flags = tcp_flag::syn};
inline constexpr tcp_segment its_answer{.sequence = 5000,
                                        .acknowledgment = 1001,
                                        .window = 10'000,
                                        .flags = tcp_flag::syn | tcp_flag::ack};
inline constexpr tcp_segment its_confirmation{
    .sequence = 1001, .acknowledgment = 5001, .window = 10'000, .flags = tcp_flag::ack};

/// A table, the time, and what the table ended by itself.
template <IpVersion V>
struct table_fixture {
  explicit table_fixture(session_table_options options, session_timeouts idle = {})
      : timeouts{idle}, table{complete(options)} {}

  session_creation create(const packed_flow<V>& original) {
    return create_translated(original, reversed(original));
  }
  session_creation create_translated(const packed_flow<V>& original, const packed_flow<V>& reply) {
    return table.try_create({.original = original,
                             .reply = reply,
                             .is_translated = !same_flow(reply, reversed(original)),
                             .segment = first_syn},
                            now, on_end());
  }
  /// A session whose reply identifier is not known.
  session_creation create_unclaimed(const packed_flow<V>& original) {
    return create_unclaimed(original, reversed(original));
  }
  /// The answers have the addresses of `reply`.
  session_creation create_unclaimed(const packed_flow<V>& original, const packed_flow<V>& reply) {
    return table.try_create({.original = original,
                             .reply = wildcard(reply),
                             .is_translated = !same_flow(reply, reversed(original)),
                             .is_unclaimed = true},
                            now, on_end());
  }
  std::uint32_t reclaim(std::uint32_t budget = 0xFFFF'FFFF) {
    return table.reclaim(now, budget, on_end());
  }
  bool is_live(const packed_flow<V>& key) const { return table.find(key, now).found(); }
  void pass(std::uint64_t ticks) { now = now + ticks; }

  auto on_end() {
    return [this](std::uint32_t id, session_end why) noexcept { ended.push_back({id, why}); };
  }
  session_table_options complete(session_table_options options) {
    options.timeouts = {&timeouts, 1};
    return options;
  }

  session_timeouts timeouts;
  tick now{0xFFFF'0000};
  std::vector<std::pair<std::uint32_t, session_end>> ended;
  session_table<V> table;
};

}  // namespace weir::test

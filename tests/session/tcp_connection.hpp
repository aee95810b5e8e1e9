#pragma once

#include "weir/session/tcp_tracker.hpp"

#include <cstdint>

namespace weir::test {

/// What becomes of most segments.
inline constexpr auto pass = tcp_outcome::pass;
inline constexpr auto quiet = tcp_outcome::pass_no_refresh;
inline constexpr auto drop = tcp_outcome::out_of_window;

inline constexpr std::uint32_t original_isn = 1000;
inline constexpr std::uint32_t reply_isn = 5000;

/// One tracked connection. Segments are told by where they lie behind the initial sequence numbers
/// of both sides, so that a test says `data(direction::reply, 1, 100)` for the first 100 bytes.
struct tcp_connection {
  flow_state flow{};
  session_phase phase = session_phase::none;
  tcp_alternative alternative{};
  tcp_mode mode = tcp_mode::strict;
  std::uint32_t isn[2] = {original_isn, reply_isn};

  tcp_outcome take(direction way, const tcp_segment& segment) {
    return track_tcp(flow, phase, alternative, mode, way, segment);
  }

  /// A segment of `way` at `sequence`, confirming `acknowledged`, both behind the initial numbers.
  tcp_segment at(direction way, std::uint32_t sequence, std::uint32_t acknowledged,
                 std::uint8_t flags = tcp_flag::ack, std::uint32_t payload = 0) const {
    return {.sequence = isn[index_of(way)] + sequence,
            .acknowledgment = isn[index_of(opposite(way))] + acknowledged,
            .payload = payload,
            .window = 10'000,
            .flags = flags};
  }
  /// What `way` would send next.
  tcp_segment next(direction way, std::uint8_t flags = tcp_flag::ack,
                   std::uint32_t payload = 0) const {
    return {.sequence = flow.sequence_end[index_of(way)],
            .acknowledgment = flow.sequence_end[index_of(opposite(way))],
            .payload = payload,
            .window = 10'000,
            .flags = flags};
  }

  void open() { phase = open_tcp(flow, at(direction::original, 0, 0, tcp_flag::syn)); }
  void answer() {
    take(direction::reply, at(direction::reply, 0, 1, tcp_flag::syn | tcp_flag::ack));
  }
  void confirm() { take(direction::original, at(direction::original, 1, 1)); }
  void finish(direction way) { take(way, next(way, tcp_flag::fin | tcp_flag::ack)); }
  void reset(direction way) { take(way, next(way, tcp_flag::rst)); }

  /// A connection that has come to a phase in the usual way.
  static tcp_connection in(session_phase wanted, tcp_mode mode = tcp_mode::strict) {
    tcp_connection made;
    made.mode = mode;
    if (wanted == session_phase::picked_up) {
      made.phase = open_tcp(made.flow, made.at(direction::original, 1, 1));
      return made;
    }
    made.open();
    if (wanted >= session_phase::answered) made.answer();
    if (wanted >= session_phase::established) made.confirm();
    if (wanted == session_phase::fin_original || wanted == session_phase::closing) {
      made.finish(direction::original);
    }
    if (wanted == session_phase::fin_reply || wanted == session_phase::closing) {
      made.finish(direction::reply);
    }
    if (wanted == session_phase::reset) made.reset(direction::reply);
    return made;
  }
};

}  // namespace weir::test

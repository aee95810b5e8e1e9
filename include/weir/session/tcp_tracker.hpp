#pragma once

// Overview. `track_tcp` judges a segment by what its session has seen and moves the session on.
// Plain segments of an open connection take one test of flags and the four inequalities of
// tcp_window.hpp; what opens, ends or resets goes through the table of tcp_table.hpp. Who is in a
// hurry asks `is_plain` and `try_note_plain` first, which touch less.
//
// Life cycle. `may_open` says whether a segment of no session may begin one; `open_tcp` begins it.

#include "weir/net/flow_key.hpp"
#include "weir/net/tcp_mode.hpp"
#include "weir/session/flow_state.hpp"
#include "weir/session/session_phase.hpp"
#include "weir/session/tcp_rules.hpp"
#include "weir/session/tcp_table.hpp"
#include "weir/session/tcp_window.hpp"
#include "weir/wire/tcp_header.hpp"

#include <cstdint>

namespace weir {

/// Whether a segment of no session may begin one.
constexpr bool may_open(tcp_mode mode, std::uint8_t flags) noexcept {
  const tcp_event event = event_of(flags);
  if (event == tcp_event::rst) return false;
  const bool is_midstream = (flags & tcp_flag::ack) != 0;  // RFC 9293 section 3.10.7.4
  return event == tcp_event::syn || mode == tcp_mode::off ||
         (mode == tcp_mode::loose && is_midstream);
}

/// Begins a session with a segment that may open it, and says how far it has come.
constexpr session_phase open_tcp(flow_state& flow, const tcp_segment& segment) noexcept {
  if (event_of(segment.flags) == tcp_event::syn) {
    detail::note_opener(flow, segment);
    return session_phase::opening;
  }
  flow.sequence_end[0] = segment.end();
  flow.window[0] = 1;
  flow.window[1] = 0;
  detail::note_alone(flow, segment);
  return session_phase::picked_up;
}

/// Whether a segment neither opens, ends nor resets anything, in a session that is open.
constexpr bool is_plain(session_phase phase, std::uint8_t flags) noexcept {
  constexpr std::uint8_t telling = tcp_flag::syn | tcp_flag::fin | tcp_flag::rst | tcp_flag::ack;
  const bool is_open = phase >= session_phase::established && phase <= session_phase::closing;
  return is_open && (flags & telling) == tcp_flag::ack;
}

/// Takes note of a plain segment if it is plausible; all that most segments need.
[[gnu::__always_inline__]] constexpr bool try_note_plain(flow_state& flow, direction way,
                                                         const tcp_segment& segment) noexcept {
  if (!is_plausible(flow, way, segment, segment.payload)) [[unlikely]] {
    return false;
  }
  note_segment(flow, way, segment, segment.payload);
  return true;
}
constexpr tcp_outcome outcome_of_plain(session_phase phase) noexcept {
  return phase == session_phase::closing ? tcp_outcome::pass_no_refresh : tcp_outcome::pass;
}

/// Judges a segment of a TCP session and moves the session on. Without ACK only SYN and RST are
/// legal (RFC 9293 section 3.10.7.4).
constexpr tcp_outcome track_tcp(flow_state& flow, session_phase& phase,
                                tcp_alternative& alternative, tcp_mode mode, direction way,
                                const tcp_segment& segment) noexcept {
  if (is_plain(phase, segment.flags) && try_note_plain(flow, way, segment)) {
    return outcome_of_plain(phase);
  }
  constexpr std::uint8_t any = tcp_flag::syn | tcp_flag::rst | tcp_flag::ack;
  if (!segment.has(any) && mode != tcp_mode::off) return tcp_outcome::out_of_window;
  const detail::tcp_cell cell = detail::tcp_cell_of(phase, way, event_of(segment.flags));
  return detail::tcp_judgment{flow, phase, alternative, mode, way, segment, cell.next}.by(
      cell.rule);
}

}  // namespace weir

#pragma once

// Overview. `track_tcp` judges a segment by what its session has seen and moves the session on.
// Plain segments of an open connection take one test of flags and the four inequalities of
// tcp_window.hpp; what opens, ends or resets goes through the table of tcp_table.hpp.
//
// Life cycle. `may_open` says whether a segment of no session may begin one; `open_tcp` begins it.

#include "weir/base/contract.hpp"
#include "weir/net/flow_key.hpp"
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
  return event == tcp_event::syn || mode != tcp_mode::strict;
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

namespace detail {

/// What is not plain, or not plausible as a plain segment.
[[gnu::noinline]] constexpr tcp_outcome track_special(flow_state& flow, session_phase& phase,
                                                      remembered_syn& remembered, tcp_mode mode,
                                                      direction way,
                                                      const tcp_segment& segment) noexcept {
  constexpr std::uint8_t any = tcp_flag::syn | tcp_flag::rst | tcp_flag::ack;
  if (!segment.has(any) && mode != tcp_mode::off) return tcp_outcome::out_of_window;
  const tcp_cell cell = tcp_cell_of(phase, way, event_of(segment.flags));
  return tcp_judgment{flow, phase, remembered, mode, way, segment, cell.next}.by(cell.rule);
}

}  // namespace detail

/// Judges a segment of a TCP session and moves the session on. Without ACK only SYN and RST are
/// legal (RFC 9293 section 3.10.7.4).
constexpr tcp_outcome track_tcp(flow_state& flow, session_phase& phase, remembered_syn& remembered,
                                tcp_mode mode, direction way, const tcp_segment& segment) noexcept {
  constexpr std::uint8_t telling = tcp_flag::syn | tcp_flag::fin | tcp_flag::rst | tcp_flag::ack;
  const bool is_open = phase >= session_phase::established && phase <= session_phase::closing;
  if (is_open && (segment.flags & telling) == tcp_flag::ack && is_plausible(flow, way, segment))
      [[likely]] {
    note_segment(flow, way, segment);
    return phase == session_phase::closing ? tcp_outcome::pass_no_refresh : tcp_outcome::pass;
  }
  return detail::track_special(flow, phase, remembered, mode, way, segment);
}

}  // namespace weir

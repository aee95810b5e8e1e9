#pragma once

// The TCP state machine as data: what a segment means, by phase, direction and event. After RFC
// 6146 section 3.5.2.2 as RFC 7857 section 2 asks, with RFC 5961 against blind resets.
//
// Deviates from RFC 6146 section 3.5.2.2: the second SYN leads to `answered` with the opening
// timeout, and the opener's confirmation to `established`, so that a forged SYN holds no session
// for hours; a reset after a FIN counts too; and a bare acknowledgment after a reset renews the
// four minutes of RFC 7857 section 2.2, where data brings `established` back.

#include "weir/net/flow_key.hpp"
#include "weir/session/session_phase.hpp"
#include "weir/wire/tcp_header.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace weir {

/// What a segment is to the state machine. A reset counts before a SYN, a SYN before a FIN.
enum class tcp_event : std::uint8_t {
  syn,
  syn_ack,
  segment,
  fin,
  rst
};
inline constexpr std::size_t tcp_event_count = 5;

constexpr tcp_event event_of(std::uint8_t flags) noexcept {
  if ((flags & tcp_flag::rst) != 0) return tcp_event::rst;
  if ((flags & tcp_flag::syn) != 0) {
    return (flags & tcp_flag::ack) != 0 ? tcp_event::syn_ack : tcp_event::syn;
  }
  return (flags & tcp_flag::fin) != 0 ? tcp_event::fin : tcp_event::segment;
}

namespace detail {

/// What is asked of a segment, and what it does then. A cell names the phase that `follow`,
/// `confirm`, `cross`, `unasked` and `join` lead to; the others know it or stay.
enum class tcp_rule : std::uint8_t {
  follow,        ///< plausible: next
  confirm,       ///< plausible, or it confirms the answer before the last one: next
  settle,        ///< plausible: passes and renews nothing
  revive,        ///< plausible: established if it carries data; or such a confirmation
  challenge,     ///< a SYN that its receiver will challenge (RFC 5961 section 4): passes
  reopen,        ///< a SYN over what is ending: a session of its own
  repeat_syn,    ///< the opener's SYN, again or another one: either may be answered
  cross,         ///< a SYN against the opener's (RFC 9293 section 3.5): next
  answer,        ///< confirms one of the opener's SYNs: answered; else an old one, for the opener
                 ///< to reset
  repeat,        ///< a SYN that is seen again; any other one is a challenge
  answer_again,  ///< the answer seen again, or another one, to either SYN, that is as good
  old_answer,    ///< plausible; or the answer to the opener's other SYN: answered
  late_answer,   ///< likewise; or confirms what was sent last: passes and renews nothing; or the
                 ///< SYN took another path, where that may be: a session of its own
  early,         ///< the opener goes on before it is answered: picked up if that is allowed
  unasked,       ///< a challenge (RFC 5961 section 4); or the answer took another path: next
  alone,         ///< nothing to hold it against
  join,          ///< the first from the other side: next
  rst_exact,   ///< at the sender's end (RFC 5961 section 3.2), or it refuses a SYN that passed as a
               ///< challenge (RFC 9293 section 3.10.7.3): reset; in the window: passes
  rst_window,  ///< in the window, for one side has finished already, or such a refusal: reset
  rst_again,   ///< in the window, or such a refusal: passes and renews nothing
  rst_refusal,  ///< confirms the SYN: reset (RFC 9293 section 3.10.7.3); or another one: passes
  rst_abandon,  ///< the opener gives up: reset; or it refuses an old answer, and goes on
};

struct tcp_cell {
  tcp_rule rule;
  session_phase next = session_phase::none;
};

/// The cells of one phase by event, for the original direction and for the reply.
struct tcp_row {
  session_phase phase;
  std::array<tcp_cell, tcp_event_count> original;
  std::array<tcp_cell, tcp_event_count> reply;
};

inline constexpr auto tcp_rows = [] {
  using enum session_phase;
  using enum tcp_rule;
  constexpr tcp_cell to_established{follow, established};
  constexpr tcp_cell to_fin_original{follow, fin_original};
  constexpr tcp_cell to_fin_reply{follow, fin_reply};
  constexpr tcp_cell to_closing{follow, closing};
  return std::array<tcp_row, 8>{{
      // SYN, SYN+ACK, segment, FIN, RST
      {opening,
       {{{repeat_syn}, {early}, {early}, {early}, {rst_abandon}}},
       {{{cross, answered},
         {answer},
         {unasked, established},
         {unasked, fin_reply},
         {rst_refusal}}}},
      {answered,
       {{{repeat}, to_established, {confirm, established}, {confirm, fin_original}, {rst_exact}}},
       {{{repeat}, {answer_again}, {follow, answered}, to_fin_reply, {rst_exact}}}},
      {picked_up,
       {{{reopen}, {alone}, {alone}, {alone}, {rst_exact}}},
       {{{reopen}, {join, established}, {join, established}, {join, fin_reply}, {rst_exact}}}},
      {established,
       {{{challenge}, {old_answer}, to_established, to_fin_original, {rst_exact}}},
       {{{challenge}, {old_answer}, to_established, to_fin_reply, {rst_exact}}}},
      {fin_original,
       {{{challenge}, {old_answer}, to_fin_original, to_fin_original, {rst_window}}},
       {{{challenge}, {old_answer}, to_fin_original, to_closing, {rst_window}}}},
      {fin_reply,
       {{{challenge}, {old_answer}, to_fin_reply, to_closing, {rst_window}}},
       {{{challenge}, {old_answer}, to_fin_reply, to_fin_reply, {rst_window}}}},
      {closing,
       {{{reopen}, {late_answer}, {settle}, {settle}, {rst_again}}},
       {{{reopen}, {late_answer}, {settle}, {settle}, {rst_again}}}},
      {reset,
       {{{reopen}, {late_answer}, {revive}, {follow, reset}, {rst_again}}},
       {{{reopen}, {late_answer}, {revive}, {follow, reset}, {rst_again}}}},
  }};
}();

inline constexpr auto tcp_first_row = static_cast<std::size_t>(session_phase::opening);
static_assert(tcp_first_row + tcp_rows.size() == session_phase_count);
static_assert([] {
  for (std::size_t row = 0; row < tcp_rows.size(); ++row) {
    if (static_cast<std::size_t>(tcp_rows[row].phase) != tcp_first_row + row) return false;
  }
  return true;
}());

constexpr tcp_cell tcp_cell_of(session_phase phase, direction way, tcp_event event) noexcept {
  const tcp_row& row = tcp_rows[static_cast<std::size_t>(phase) - tcp_first_row];
  return (way == direction::original ? row.original : row.reply)[static_cast<std::size_t>(event)];
}

}  // namespace detail

}  // namespace weir

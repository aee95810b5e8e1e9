#pragma once

// What the rules of tcp_table.hpp ask and do.

#include "weir/net/flow_key.hpp"
#include "weir/net/tcp_mode.hpp"
#include "weir/session/flow_state.hpp"
#include "weir/session/session_phase.hpp"
#include "weir/session/tcp_alternative.hpp"
#include "weir/session/tcp_table.hpp"
#include "weir/session/tcp_window.hpp"
#include "weir/wire/tcp_header.hpp"
#include "weir/wire/tcp_options.hpp"

#include <algorithm>
#include <cstdint>

namespace weir {

/// What becomes of a segment.
enum class tcp_outcome : std::uint8_t {
  pass,             ///< it belongs here; the session lives on
  pass_no_refresh,  ///< it may go, and says nothing about the session
  out_of_window,    ///< it is implausible: `drop_reason::tcp_out_of_window`
  /// A SYN over a session that is ending: a new flow, to be judged as one. When that is accepted
  /// the old session is ended first; until then it stays as it is.
  reopen,
};

namespace detail {

/// Without the SYNs nobody knows scales or the silent side's window; the largest ones keep wrong
/// drops away.
inline constexpr std::uint16_t window_unknown = 0xFFFF;

constexpr void set_scales(flow_state& flow, unsigned original, unsigned reply) noexcept {
  flow.scale[0] = static_cast<std::uint8_t>(original);
  flow.scale[1] = static_cast<std::uint8_t>(reply);
}

/// A window as sent in a SYN, which nobody scales, in units of the scale; at least one, for the
/// side was seen.
constexpr std::uint16_t in_units(std::uint16_t window, unsigned scale) noexcept {
  const std::uint32_t rounded_up = (window + (1u << scale) - 1) >> scale;
  return static_cast<std::uint16_t>(std::max(rounded_up, 1u));
}

/// Until the opener is answered, its scale stands in its place and in the reply's whether there is
/// any.
constexpr void offer_scale(flow_state& flow, std::uint8_t scale) noexcept {
  const bool is_scaled = scale != tcp_segment::no_window_scale;
  set_scales(flow, is_scaled ? scale : 0u, is_scaled ? 1u : 0u);
}

/// The first SYN. Until it is answered, the reply's end is the least that an answer may confirm.
constexpr void note_opener(flow_state& flow, const tcp_segment& syn) noexcept {
  flow.sequence_end[0] = syn.end();
  flow.sequence_end[1] = syn.sequence + 1;
  flow.window[0] = in_units(syn.window, 0);
  flow.window[1] = 0;
  offer_scale(flow, syn.window_scale);
}

/// The second SYN. Scales count only where both sides offer one (RFC 7323 section 1.3).
constexpr void note_answer(flow_state& flow, std::uint8_t opener_scale,
                           const tcp_segment& answer) noexcept {
  const bool is_scaled = opener_scale != tcp_segment::no_window_scale &&
                         answer.window_scale != tcp_segment::no_window_scale;
  const unsigned original_scale = is_scaled ? opener_scale : 0u;
  const unsigned reply_scale = is_scaled ? answer.window_scale : 0u;
  flow.sequence_end[1] = answer.end();
  flow.window[0] = in_units(flow.window[0], original_scale);
  flow.window[1] = in_units(answer.window, reply_scale);
  set_scales(flow, original_scale, reply_scale);
}

/// Where nobody knows which SYNs the sides go by.
constexpr void forget_scales(flow_state& flow) noexcept {
  set_scales(flow, window_scale_max, window_scale_max);
}

/// A segment from the middle, the first or the next: the silent side is what it says.
constexpr void note_alone(flow_state& flow, const tcp_segment& segment) noexcept {
  if (flow.window[1] == 0) {
    flow.sequence_end[1] = segment.acknowledgment;
  } else if (segment.has(tcp_flag::ack)) {
    flow.sequence_end[1] = later_sequence(flow.sequence_end[1], segment.acknowledgment);
  }
  note_segment(flow, direction::original, segment);
  flow.window[1] = window_unknown;
  forget_scales(flow);
}

/// One segment, in the hands of the rule that its cell names.
struct tcp_judgment {
  flow_state& flow;
  session_phase& phase;
  tcp_alternative& alternative;
  tcp_mode mode;
  direction way;
  const tcp_segment& segment;
  session_phase next;

  constexpr tcp_outcome by(tcp_rule rule) noexcept {
    using enum tcp_rule;
    switch (rule) {
      case follow:
        return is_believed() ? follow_to(next) : by_disbelief();
      case confirm:
        return by_confirm();
      case settle:
        return is_believed() ? unchanged() : by_disbelief();
      case revive:
        return by_revive();
      case challenge:
        return by_challenge();
      case reopen:
        return tcp_outcome::reopen;
      case repeat_syn:
        return by_repeat_syn();
      case cross:
        note_answer(flow, opener_scale(), segment);
        return move_to(next);
      case answer:
        return by_answer();
      case repeat:
        return is_repeated() ? move_to(phase) : by_challenge();
      case answer_again:
        return by_answer_again();
      case old_answer:
        return is_believed() ? unchanged() : by_old_answer();
      case late_answer:
        return by_late_answer();
      case early:
        return by_early();
      case unasked:
        return by_unasked();
      case alone:
        note_alone(flow, segment);
        return move_to(phase);
      case join:
        return follow_to(next);
      case rst_exact:
        return by_rst(is_off() || segment.sequence == sender_end());
      case rst_window:
        return by_rst(is_in_window());
      case rst_again:
        return is_in_window() || refuses_alternative() ? unchanged() : tcp_outcome::out_of_window;
      case rst_refusal:
        return by_refusal();
      case rst_abandon:
        return is_off() || segment.sequence == sender_end() ? move_to(session_phase::reset)
                                                            : unchanged();
    }
    return tcp_outcome::out_of_window;
  }

  /// The bound of inequality III moves for paths of which a part is seen: what is confirmed up to
  /// a window ahead counts as sent.
  constexpr bool is_believed() noexcept {
    if (is_off() || is_plausible(flow, way, segment) || is_before_fin()) return true;
    if (mode == tcp_mode::strict || !segment.has(tcp_flag::ack)) return false;
    const std::uint32_t ahead = std::max(flow.window_bytes(way), acknowledgment_window_min);
    std::uint32_t& end = flow.sequence_end[index_of(opposite(way))];
    const bool catches_up = weir::is_in_window(flow, way, segment.sequence) &&
                            weir::is_in_window(flow, way, segment.end()) &&
                            sequence_between(end - ahead, segment.acknowledgment, end + ahead);
    if (catches_up) end = later_sequence(end, segment.acknowledgment);
    return catches_up;
  }

 private:
  constexpr bool is_off() const noexcept { return mode == tcp_mode::off; }
  constexpr std::uint32_t sender_end() const noexcept { return flow.sequence_end[index_of(way)]; }
  constexpr std::uint32_t receiver_end() const noexcept {
    return flow.sequence_end[index_of(opposite(way))];
  }
  constexpr bool is_in_window() const noexcept {
    return is_off() || weir::is_in_window(flow, way, segment.sequence);
  }
  constexpr std::uint8_t opener_scale() const noexcept {
    return flow.scale[1] == 0 ? tcp_segment::no_window_scale : flow.scale[0];
  }
  /// Whether an answer confirms the opener's SYN, with the data it may carry (RFC 7413) or not.
  constexpr bool confirms_opener() const noexcept {
    return segment.has(tcp_flag::ack) &&
           sequence_between(flow.sequence_end[1], segment.acknowledgment, flow.sequence_end[0]);
  }
  /// Whether all of a segment was seen before.
  constexpr bool is_repeated() const noexcept {
    return is_in_window() && sequence_distance(sender_end(), segment.end()) >= 0;
  }

  constexpr tcp_outcome move_to(session_phase phase_now) noexcept {
    phase = phase_now;
    return tcp_outcome::pass;
  }
  constexpr tcp_outcome follow_to(session_phase phase_now) noexcept {
    note_segment(flow, way, segment);
    return move_to(phase_now);
  }
  constexpr tcp_outcome unchanged() const noexcept { return tcp_outcome::pass_no_refresh; }

  /// What one side has seen that has finished: its FIN may stand behind a window that was full
  /// already, and takes a number that no window has room for.
  constexpr flow_state before_fin() const noexcept {
    flow_state seen = flow;
    --seen.sequence_end[index_of(opposite(way))];
    return seen;
  }
  constexpr bool may_be_finished() const noexcept { return phase > session_phase::established; }
  constexpr bool is_before_fin() const noexcept {
    return may_be_finished() && segment.has(tcp_flag::ack) &&
           is_plausible(before_fin(), way, segment);
  }

  constexpr tcp_outcome by_disbelief() const noexcept {
    const bool is_late = is_belated(flow, way, segment) ||
                         (may_be_finished() && is_belated(before_fin(), way, segment));
    return is_late ? unchanged() : tcp_outcome::out_of_window;
  }
  constexpr tcp_outcome by_revive() noexcept {
    if (!is_believed()) return by_taken(session_phase::established);
    return follow_to(segment.payload != 0 ? session_phase::established : phase);
  }
  /// Only an answer to the opener's own SYN would be the same flow.
  constexpr tcp_outcome by_challenge() noexcept {
    if (way == direction::original) {
      alternative = tcp_alternative::syn(segment.sequence + 1, segment.window_scale);
    }
    return unchanged();
  }
  /// Either SYN may be a late one of an attempt that was given up (RFC 9293 section 3.5): which it
  /// is, the answer says. One that is sent again may lack options that it had.
  constexpr tcp_outcome by_repeat_syn() noexcept {
    const std::uint8_t scale = opener_scale();
    const std::uint32_t end = sender_end();
    const bool is_same = segment.sequence + 1 == receiver_end();
    if (!is_same) alternative = tcp_alternative::syn(receiver_end(), scale);
    note_opener(flow, segment);
    if (!is_same) return move_to(phase);
    flow.sequence_end[0] = later_sequence(end, segment.end());
    if (opener_scale() == tcp_segment::no_window_scale) offer_scale(flow, scale);
    return move_to(phase);
  }
  constexpr tcp_outcome by_answer() noexcept {
    if (is_off() || confirms_opener()) {
      note_answer(flow, opener_scale(), segment);
      return move_to(session_phase::answered);
    }
    return by_other_answer(tcp_alternative::syn(sender_end(), opener_scale()), unchanged());
  }
  /// The opener has confirmed none yet: it may take either answer, and with it its options.
  constexpr tcp_outcome by_answer_again() noexcept {
    const std::uint32_t end = receiver_end();
    const bool confirms =
        sequence_between(end - acknowledgment_window_min, segment.acknowledgment, end);
    if (!is_off() && !confirms) {
      return by_other_answer(tcp_alternative::answer(sender_end()), unchanged());
    }
    if (!agrees_with_scales()) forget_scales(flow);
    flow.window[1] = std::max(flow.window[1], in_units(segment.window, flow.scale[1]));
    if (!is_repeated()) {
      alternative = tcp_alternative::answer(sender_end());
      flow.sequence_end[1] = segment.end();
    }
    return move_to(phase);
  }
  /// Without scales nobody knows whether one of zero was offered: the same answer gains none.
  constexpr bool agrees_with_scales() const noexcept {
    const bool is_scaled = (flow.scale[0] | flow.scale[1]) != 0;
    if (is_scaled) return segment.window_scale == flow.scale[1];
    return segment.window_scale == tcp_segment::no_window_scale ||
           (segment.window_scale == 0 && is_repeated());
  }
  constexpr bool answers_alternative() const noexcept {
    return way == direction::reply && alternative.is_answered_by(segment);
  }
  /// Where it answers the other SYN the session goes by these two, and `instead` is the
  /// alternative.
  constexpr tcp_outcome by_other_answer(tcp_alternative instead, tcp_outcome otherwise) noexcept {
    if (!answers_alternative()) return otherwise;
    flow.sequence_end[0] = segment.acknowledgment;
    flow.window[0] = window_unknown;
    note_answer(flow, alternative.window_scale(), segment);
    alternative = instead;
    return move_to(session_phase::answered);
  }
  constexpr tcp_outcome by_old_answer() noexcept {
    return by_other_answer(tcp_alternative::answer(sender_end()), tcp_outcome::out_of_window);
  }
  /// Over what has ended, where a part of the path is seen it may answer a SYN that was not.
  constexpr tcp_outcome by_late_answer() noexcept {
    if (is_believed() || segment.acknowledgment == receiver_end()) return unchanged();
    const auto outcome = by_old_answer();
    const bool is_new = outcome == tcp_outcome::out_of_window && mode == tcp_mode::loose;
    return is_new && way == direction::original ? tcp_outcome::reopen : outcome;
  }
  /// The opener confirms the answer, or the one that came before it: it goes by no other one then.
  constexpr tcp_outcome by_confirm() noexcept {
    if (!is_believed()) return by_taken(next);
    alternative = tcp_alternative{};
    return follow_to(next);
  }
  /// The opener may have taken another answer than the session goes by, of which nothing else is
  /// known.
  constexpr tcp_outcome by_taken(session_phase phase_now) noexcept {
    if (way == direction::reply || !alternative.is_taken_by(segment)) return by_disbelief();
    flow.sequence_end[0] = segment.sequence;
    flow.sequence_end[1] = segment.acknowledgment;
    flow.window[1] = window_unknown;
    forget_scales(flow);
    alternative = tcp_alternative{};
    return follow_to(phase_now);
  }
  constexpr tcp_outcome by_early() noexcept {
    if (mode == tcp_mode::strict) return tcp_outcome::out_of_window;
    note_alone(flow, segment);
    return move_to(session_phase::picked_up);
  }
  constexpr tcp_outcome by_unasked() noexcept {
    if (is_off() || (mode == tcp_mode::loose && confirms_opener())) {
      forget_scales(flow);
      flow.sequence_end[1] = segment.end();
      flow.window[1] = in_units(segment.window, 0);
      return move_to(next);
    }
    const bool is_challenge = segment.payload == 0 && !segment.has(tcp_flag::fin);
    return is_challenge ? unchanged() : tcp_outcome::out_of_window;
  }
  /// Where the receiver of the other SYN has lost the connection, its refusal stands nowhere near
  /// what it sent before: that it confirms the SYN tells it from a blind one.
  constexpr bool refuses_alternative() noexcept {
    const bool refuses = answers_alternative();
    if (refuses) alternative = tcp_alternative{};
    return refuses;
  }
  constexpr tcp_outcome by_rst(bool counts) noexcept {
    if (counts || refuses_alternative()) return move_to(session_phase::reset);
    return is_in_window() ? unchanged() : tcp_outcome::out_of_window;
  }
  constexpr tcp_outcome by_refusal() noexcept {
    if (is_off() || confirms_opener()) return move_to(session_phase::reset);
    return refuses_alternative() ? unchanged() : tcp_outcome::out_of_window;
  }
};

}  // namespace detail

}  // namespace weir

#pragma once

// What the rules of tcp_table.hpp ask and do.

#include "weir/net/flow_key.hpp"
#include "weir/net/tcp_mode.hpp"
#include "weir/session/flow_state.hpp"
#include "weir/session/session_phase.hpp"
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

/// The last SYN that passed as a challenge, in case its receiver answers or refuses it after all:
/// what that would confirm, as far as 27 bits go, and the window scale it offered.
class remembered_syn {
 public:
  constexpr remembered_syn() noexcept = default;
  constexpr explicit remembered_syn(const tcp_segment& syn) noexcept
      : word_{(syn.window_scale == tcp_segment::no_window_scale ? unscaled : syn.window_scale + 1u)
                  << number_bits |
              ((syn.sequence + 1) & number_mask)} {}

  constexpr bool is_answered_by(const tcp_segment& answer) const noexcept {
    return word_ >> number_bits != 0 && answer.has(tcp_flag::ack) &&
           ((word_ ^ answer.acknowledgment) & number_mask) == 0;
  }
  /// The scale it offered, or `tcp_segment::no_window_scale`.
  constexpr std::uint8_t window_scale() const noexcept {
    const std::uint32_t scale = word_ >> number_bits;
    return scale == unscaled ? tcp_segment::no_window_scale : static_cast<std::uint8_t>(scale - 1);
  }

 private:
  static constexpr unsigned number_bits = 27;
  static constexpr std::uint32_t number_mask = (1u << number_bits) - 1;
  static constexpr std::uint32_t unscaled = 0x1F;
  static_assert(window_scale_max + 1 < unscaled);

  std::uint32_t word_ = 0;
};
static_assert(sizeof(remembered_syn) == 4);

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

/// The first SYN. Until it is answered, its scale stands in its place and in the reply's
/// whether there is any, and the reply's end is the least that an answer may confirm.
constexpr void note_opener(flow_state& flow, const tcp_segment& syn) noexcept {
  const bool is_scaled = syn.window_scale != tcp_segment::no_window_scale;
  flow.sequence_end[0] = syn.end();
  flow.sequence_end[1] = syn.sequence + 1;
  flow.window[0] = in_units(syn.window, 0);
  flow.window[1] = 0;
  set_scales(flow, is_scaled ? syn.window_scale : 0u, is_scaled ? 1u : 0u);
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

/// A segment from the middle, the first or the next: the silent side is what it says.
constexpr void note_alone(flow_state& flow, const tcp_segment& segment) noexcept {
  if (flow.window[1] == 0) {
    flow.sequence_end[1] = segment.acknowledgment;
  } else if (segment.has(tcp_flag::ack)) {
    flow.sequence_end[1] = later_sequence(flow.sequence_end[1], segment.acknowledgment);
  }
  note_segment(flow, direction::original, segment);
  flow.window[1] = window_unknown;
  set_scales(flow, window_scale_max, window_scale_max);
}

/// One segment, in the hands of the rule that its cell names.
struct tcp_judgment {
  flow_state& flow;
  session_phase& phase;
  remembered_syn& remembered;
  tcp_mode mode;
  direction way;
  const tcp_segment& segment;
  session_phase next;

  constexpr tcp_outcome by(tcp_rule rule) noexcept {
    using enum tcp_rule;
    switch (rule) {
      case follow:
        return is_believed() ? follow_to(next) : by_disbelief();
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
        return by_old_answer();
      case late_answer:
        return is_believed() || segment.acknowledgment == receiver_end()
                   ? unchanged()
                   : tcp_outcome::out_of_window;
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
        return is_in_window() ? unchanged() : tcp_outcome::out_of_window;
      case rst_refusal:
        return is_off() || confirms_opener() ? move_to(session_phase::reset)
                                             : tcp_outcome::out_of_window;
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
    if (!is_believed()) return by_disbelief();
    return follow_to(segment.payload != 0 ? session_phase::established : phase);
  }
  /// Only an answer to the opener's own SYN would be the same flow.
  constexpr tcp_outcome by_challenge() noexcept {
    if (way == direction::original) remembered = remembered_syn{segment};
    return unchanged();
  }
  constexpr tcp_outcome by_repeat_syn() noexcept {
    const bool is_same = segment.sequence + 1 == flow.sequence_end[1];
    const std::uint32_t end = is_same ? later_sequence(sender_end(), segment.end()) : segment.end();
    note_opener(flow, segment);
    flow.sequence_end[0] = end;
    return move_to(phase);
  }
  constexpr tcp_outcome by_answer() noexcept {
    if (!is_off() && !confirms_opener()) return unchanged();
    note_answer(flow, opener_scale(), segment);
    return move_to(session_phase::answered);
  }
  /// The opener has confirmed none yet, so another answer to its SYN takes the first one's place.
  constexpr tcp_outcome by_answer_again() noexcept {
    const std::uint32_t end = receiver_end();
    const bool confirms =
        sequence_between(end - acknowledgment_window_min, segment.acknowledgment, end);
    if (!is_off() && !confirms) return unchanged();
    flow.sequence_end[1] = is_repeated() ? sender_end() : segment.end();
    return move_to(phase);
  }
  constexpr tcp_outcome by_old_answer() noexcept {
    if (is_believed()) return unchanged();
    if (way == direction::original || !remembered.is_answered_by(segment)) {
      return tcp_outcome::out_of_window;
    }
    flow.sequence_end[0] = segment.acknowledgment;
    flow.window[0] = window_unknown;
    note_answer(flow, remembered.window_scale(), segment);
    remembered = remembered_syn{};
    return move_to(session_phase::answered);
  }
  constexpr tcp_outcome by_early() noexcept {
    if (mode == tcp_mode::strict) return tcp_outcome::out_of_window;
    note_alone(flow, segment);
    return move_to(session_phase::picked_up);
  }
  constexpr tcp_outcome by_unasked() noexcept {
    if (is_off() || (mode == tcp_mode::loose && confirms_opener())) {
      set_scales(flow, window_scale_max, window_scale_max);
      flow.sequence_end[1] = segment.end();
      flow.window[1] = in_units(segment.window, 0);
      return move_to(next);
    }
    const bool is_challenge = segment.payload == 0 && !segment.has(tcp_flag::fin);
    return is_challenge ? unchanged() : tcp_outcome::out_of_window;
  }
  /// Where the receiver of a SYN that passed as a challenge has lost the connection, its refusal
  /// stands nowhere near what it sent before: that it confirms the SYN tells it from a blind one.
  constexpr bool refuses_remembered() noexcept {
    const bool refuses = way == direction::reply && remembered.is_answered_by(segment);
    if (refuses) remembered = remembered_syn{};
    return refuses;
  }
  constexpr tcp_outcome by_rst(bool counts) noexcept {
    if (counts || refuses_remembered()) return move_to(session_phase::reset);
    return is_in_window() ? unchanged() : tcp_outcome::out_of_window;
  }
};

}  // namespace detail

}  // namespace weir

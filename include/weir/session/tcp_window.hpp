#pragma once

// Which segments are plausible, after van Rooij, "Real stateful TCP packet filtering in IP
// filter", with what a record can hold: for each side the end of what it sent and the largest
// window it offered. A segment of the sender S towards the receiver R is plausible if
//
//   I    its end  <= S.end + R.window               R never let S send more;
//   II   its seq  >= S.end - R.window               S never sends again what R confirmed;
//   III  its ack  <= R.end                          S cannot confirm what R did not send;
//   IV   its ack  >= R.end - max(S.window, 66000)   old, but not from another time
//                                                   (RFC 5961 section 5.2).
//
// S.end may stand beyond what S sent, moved there by a segment that R threw away: damaged, or
// forged. What S then sends again lies up to a window further back than II has it, so that much is
// let through; it says nothing about the session.
//
// A FIN behind data that fill the window takes none of it: some stacks append it to the last
// segment that R let them send, and R takes both.
//
// Keepalives (seq one below the end, RFC 9293 section 3.8.4) obey II and probes of a closed window
// (RFC 9293 section 3.8.6.1) obey I, because a window counts as one byte at least.

#include "weir/net/flow_key.hpp"
#include "weir/session/flow_state.hpp"
#include "weir/wire/tcp_header.hpp"
#include "weir/wire/tcp_options.hpp"

#include <algorithm>
#include <cstdint>

namespace weir {

/// What the tracker asks of a TCP segment.
struct tcp_segment {
  static constexpr std::uint8_t no_window_scale = 0xFF;

  std::uint32_t sequence = 0;
  std::uint32_t acknowledgment = 0;  ///< meaningful with ACK
  std::uint32_t payload = 0;         ///< bytes behind the header
  std::uint16_t window = 0;          ///< as sent
  std::uint8_t flags = 0;            ///< `tcp_flag` bits
  /// The option of a SYN, at most 14 (RFC 7323 section 2.3); not looked at elsewhere.
  std::uint8_t window_scale = no_window_scale;

  constexpr bool has(std::uint8_t flag) const noexcept { return (flags & flag) != 0; }
  /// The sequence numbers it takes: SYN and FIN count as one each.
  constexpr std::uint32_t length() const noexcept {
    return payload + (has(tcp_flag::syn) ? 1u : 0u) + (has(tcp_flag::fin) ? 1u : 0u);
  }
  constexpr std::uint32_t end() const noexcept { return sequence + length(); }
};
static_assert(sizeof(tcp_segment) == 16);

/// How far behind an acknowledgment may lie whatever the windows were: inequality IV.
inline constexpr std::uint32_t acknowledgment_window_min = 66'000;

namespace detail {

/// `left - right` as a distance on the circle of sequence numbers (RFC 9293 section 3.4).
constexpr std::int32_t sequence_distance(std::uint32_t left, std::uint32_t right) noexcept {
  return static_cast<std::int32_t>(left - right);
}
/// The one further ahead.
constexpr std::uint32_t later_sequence(std::uint32_t left, std::uint32_t right) noexcept {
  return sequence_distance(left, right) < 0 ? right : left;
}
/// Whether `first`, `middle`, `last` come in this order; `first` and `last` are close.
constexpr bool sequence_between(std::uint32_t first, std::uint32_t middle,
                                std::uint32_t last) noexcept {
  return middle - first <= last - first;
}

}  // namespace detail

/// Inequalities III and IV.
[[gnu::__always_inline__]] constexpr bool confirms_plausibly(const flow_state& flow, direction way,
                                                             const tcp_segment& segment) noexcept {
  const std::uint32_t sender_window = std::max(flow.window_bytes(way), acknowledgment_window_min);
  const std::uint32_t open = flow.sequence_end[index_of(opposite(way))] - segment.acknowledgment;
  return static_cast<std::int32_t>(open |                         // III
                                   (sender_window - open)) >= 0;  // IV
}

/// Inequalities I to IV for a segment with ACK between two sides that were both seen; `length` is
/// the segment's, without a FIN.
[[gnu::__always_inline__]] constexpr bool is_plausible(const flow_state& flow, direction way,
                                                       const tcp_segment& segment,
                                                       std::uint32_t length) noexcept {
  // A distance is negative where its inequality fails; so is the union of two then.
  const std::uint32_t receiver_window = flow.window_bytes(opposite(way));
  const std::uint32_t start = segment.sequence - flow.sequence_end[index_of(way)];
  if (static_cast<std::int32_t>((receiver_window - (start + length)) |  // I
                                (receiver_window + start)) < 0) {       // II
    return false;
  }
  return confirms_plausibly(flow, way, segment);
}
constexpr bool is_plausible(const flow_state& flow, direction way,
                            const tcp_segment& segment) noexcept {
  return is_plausible(flow, way, segment, segment.length() - (segment.has(tcp_flag::fin) ? 1 : 0));
}

/// Whether a segment with ACK that fails II alone may be of those that its sender has to send
/// again.
constexpr bool is_belated(const flow_state& flow, direction way,
                          const tcp_segment& segment) noexcept {
  const std::uint32_t end = flow.sequence_end[index_of(way)];
  const std::uint32_t window = flow.window_bytes(opposite(way));
  return segment.has(tcp_flag::ack) &&
         detail::sequence_between(end - 2 * window, segment.sequence, end) &&
         detail::sequence_distance(end, segment.end()) >= 0 &&
         confirms_plausibly(flow, way, segment);
}

/// Whether a sequence number lies in the window of the receiver, whatever it confirms: I and II.
constexpr bool is_in_window(const flow_state& flow, direction way,
                            std::uint32_t sequence) noexcept {
  const std::uint32_t sender_end = flow.sequence_end[index_of(way)];
  const std::uint32_t window = flow.window_bytes(opposite(way));
  return (detail::sequence_distance(sender_end + window, sequence) |
          detail::sequence_distance(sequence, sender_end - window)) >= 0;
}

/// Whether the sequence number that an ICMP error quotes may be of a segment of `way` that is
/// under way: not sent long ago, and not sent in the future (RFC 5927 section 4.1). Of a side that
/// was not seen nothing is, and as long as the other one was not, the SYN is all that was sent.
constexpr bool is_quotable(const flow_state& flow, direction way, std::uint32_t sequence) noexcept {
  if (flow.window[index_of(way)] == 0) return false;
  const std::uint32_t window = flow.window_bytes(opposite(way));
  const std::uint32_t end = flow.sequence_end[index_of(way)];
  if (window == 0) {
    const std::uint32_t confirming = flow.sequence_end[index_of(opposite(way))];
    return detail::sequence_between(confirming - 1, sequence, end - 1);
  }
  return detail::sequence_between(end - window, sequence, end);
}

/// Takes note of the window that a plausible segment offers, as sent.
[[gnu::__always_inline__]] constexpr void note_window(flow_state& flow, direction way,
                                                      std::uint16_t window) noexcept {
  std::uint16_t& largest = flow.window[index_of(way)];
  if (window > largest) [[unlikely]] {
    largest = window;
  }
}
/// Takes note of a plausible segment; `length` is the segment's.
[[gnu::__always_inline__]] constexpr void note_segment(flow_state& flow, direction way,
                                                       const tcp_segment& segment,
                                                       std::uint32_t length) noexcept {
  std::uint32_t& end = flow.sequence_end[index_of(way)];
  end += static_cast<std::uint32_t>(
      std::max(detail::sequence_distance(segment.sequence + length, end), 0));
  note_window(flow, way, segment.window);
}
constexpr void note_segment(flow_state& flow, direction way, const tcp_segment& segment) noexcept {
  note_segment(flow, way, segment, segment.length());
}

}  // namespace weir

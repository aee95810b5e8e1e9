#pragma once

// The segment that nearly all are, of a session that is open: judged by the four inequalities of
// tcp_window.hpp and taken note of, as `try_note_plain` does, with both sides of the connection
// side by side. In a row a side of the session has its word, the opener first.

#include "weir/net/flow_key.hpp"
#include "weir/session/flow_state.hpp"
#include "weir/session/tcp_tracker.hpp"
#include "weir/session/tcp_window.hpp"
#include "weir/table/simd.hpp"
#include "weir/wire/tcp_header.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace weir {

namespace detail {

/// What differs by the direction of a segment: ones and limits where a side's word is.
struct segment_rows {
  word_row sender;  ///< ones in the word of the side that sent it
  word_row least;   ///< the least window that IV grants, in the word of the other side
};
inline constexpr segment_rows rows_by_direction[2] = {
    {{~0u, 0, 0, 0}, {0, acknowledgment_window_min, 0, 0}},
    {{0, ~0u, 0, 0}, {acknowledgment_window_min, 0, 0, 0}},
};

/// The windows that both sides offered, in bytes; each in the word of the other side.
[[gnu::__always_inline__]] inline void load_windows(word_row& to, const flow_state& flow) noexcept {
  const auto* const bytes = reinterpret_cast<const std::byte*>(&flow);
  word_row own, scale;
  // No more than the windows: behind them is what the packet before, if it was of this session, has
  // only just written, and a load of both would wait for it.
  load_shorts(own, bytes + offsetof(flow_state, window));
  load_octets(scale, bytes + offsetof(flow_state, scale));  // the last two are something else
  shift_left(own, scale);
  to = __builtin_shufflevector(own, own, 1, 0, 2, 3);
}

/// Takes note of a segment with `payload` bytes behind `header`, if it is plausible, by rows.
[[gnu::__always_inline__]] inline bool try_note_rows(flow_state& flow, direction way,
                                                     const std::byte* header,
                                                     std::uint16_t payload) noexcept {
  using signed_row [[gnu::vector_size(sizeof(word_row))]] = std::int32_t;
  const auto& rows = rows_by_direction[index_of(way)];
  word_row numbers, ends, windows;
  load_pair(numbers, header + tcp_field::sequence, way == direction::reply);
  load_words(ends, flow.sequence_end);
  load_windows(windows, flow);
  // Behind the end of what each side sent: where the segment starts and ends, and what it confirms.
  const word_row start = numbers - ends;
  const word_row end = start + ((word_row{} + payload) & rows.sender);
  const word_row granted = windows > rows.least ? windows : rows.least;
  const word_row first_and_third = (windows & rows.sender) - end;
  const word_row second_and_fourth = granted + start;
  if ((signs(first_and_third | second_and_fourth) & 0b11) != 0) [[unlikely]] {
    return false;
  }
  const auto ahead = reinterpret_cast<signed_row>(end);  // nothing confirmed is: inequality III
  ends += reinterpret_cast<word_row>(ahead > 0 ? ahead : signed_row{});
  std::memcpy(flow.sequence_end, &ends, sizeof flow.sequence_end);
  return true;
}

}  // namespace detail

/// Takes note of a plain segment if it is plausible; answers whether it is. `header` is its TCP
/// header, behind which are `payload` bytes; both sides were seen.
[[gnu::__always_inline__]] inline bool try_note_plain(flow_state& flow, direction way,
                                                      const std::byte* header,
                                                      std::uint16_t payload) noexcept {
  const auto fields = read_tcp_fields(header);
  if constexpr (shifts_rows) {
    if (!detail::try_note_rows(flow, way, header, payload)) [[unlikely]] {
      return false;
    }
    note_window(flow, way, fields.window);
    return true;
  } else {
    tcp_segment segment;
    segment.sequence = fields.sequence;
    segment.acknowledgment = fields.acknowledgment;
    segment.payload = payload;
    segment.window = fields.window;
    return try_note_plain(flow, way, segment);
  }
}

}  // namespace weir

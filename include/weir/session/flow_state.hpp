#pragma once

#include "weir/base/interface_id.hpp"
#include "weir/net/flow_key.hpp"
#include "weir/time/tick.hpp"

#include <cstddef>
#include <cstdint>

namespace weir {

constexpr std::size_t index_of(direction way) noexcept { return static_cast<std::size_t>(way); }

/// Packets and bytes of one direction since they were last carried over: eight bits and 24. Full
/// after 255 packets, before the bytes can be.
class packet_counter {
 public:
  static constexpr std::uint32_t packets_max = 255;
  /// The longest IP packet: an IPv6 header does not count itself.
  static constexpr std::uint32_t packet_bytes_max = 40 + 65'535;

  constexpr std::uint32_t packets() const noexcept { return word_ >> 24; }
  constexpr std::uint32_t bytes() const noexcept { return word_ & 0xFF'FFFF; }
  /// Counts one packet of at most `packet_bytes_max`; fails where the counter is full.
  constexpr bool try_add(std::uint32_t bytes) noexcept {
    const std::uint32_t one = (1u << 24) + bytes;
    if (word_ + one < one) return false;
    word_ += one;
    return true;
  }

 private:
  std::uint32_t word_ = 0;
};
static_assert(packet_counter::packets_max * packet_counter::packet_bytes_max < 1u << 24);

/// What every packet of a session touches beside the keys, in half a cache line. By direction:
/// `original` first.
struct flow_state {
  /// TCP: one past the highest sequence number seen from each side.
  std::uint32_t sequence_end[2];
  /// TCP: the largest window each side has offered, before scaling; zero until it was seen.
  std::uint16_t window[2];
  /// The low half of the tick at which the session is dead.
  std::uint32_t deadline_low;
  packet_counter counter[2];
  /// Where packets of each direction go.
  next_hop_id hop[2];
  /// TCP: the window scale of each side.
  std::uint8_t scale[2];
  /// Which of the table's timeout profiles applies.
  std::uint8_t profile;
  /// The directions, by bit, of which a packet that opens and ends nothing changes no more than the
  /// numbers here, and is forwarded.
  std::uint8_t steady;

  /// The largest window a side has offered, in bytes.
  constexpr std::uint32_t window_bytes(direction way) const noexcept {
    return std::uint32_t{window[index_of(way)]} << scale[index_of(way)];
  }
  constexpr bool is_steady(direction way) const noexcept {
    return (steady >> index_of(way) & 1u) != 0;
  }
  /// Whether the session is over at `now`.
  constexpr bool is_dead(tick now) const noexcept { return reached(deadline_low, now); }
};
static_assert(sizeof(flow_state) == 32);

}  // namespace weir

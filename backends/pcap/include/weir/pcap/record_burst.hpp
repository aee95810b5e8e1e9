#pragma once

#include "weir/base/contract.hpp"
#include "weir/packet/packet_burst.hpp"
#include "weir/packet/packet_meta.hpp"
#include "weir/pcap/record.hpp"
#include "weir/pcap/record_packet.hpp"
#include "weir/time/instant.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

namespace weir::pcap {

/// Packets of a capture that are judged together: copied into one arena, which is used again for
/// the next burst.
class record_burst {
 public:
  static constexpr std::size_t packets_max = 256;
  /// Room before and behind every packet, for link headers and for what makes a packet longer.
  static constexpr std::size_t headroom = 64;
  static constexpr std::size_t tailroom = 64;

  record_burst() : arena_(arena_size) { frames_.reserve(packets_max); }

  std::size_t size() const noexcept { return frames_.size(); }
  record_packet operator[](std::size_t index) const noexcept {
    return record_packet{frames_[index].slot};
  }
  packet_meta meta(std::size_t index) const noexcept { return frames_[index].meta; }
  /// When the packet was captured.
  instant time(std::size_t index) const noexcept { return frames_[index].time; }

  /// Whether a packet of `length` bytes can be added.
  bool has_room_for(std::size_t length) const noexcept {
    return frames_.size() < packets_max && used_ + slot_size(length) <= arena_.size();
  }

  /// Adds a packet that begins at its IP header. `wire_size` is more than its bytes where the
  /// capture cut it. Precondition: `has_room_for(bytes.size())`.
  void add(std::span<const std::byte> bytes, std::size_t wire_size, packet_meta meta,
           instant time) noexcept {
    expects(has_room_for(bytes.size()), "the burst has room for the packet");
    const auto length = static_cast<std::uint32_t>(bytes.size());
    frame& made = frames_.emplace_back();
    made.meta = meta;
    made.time = time;
    record_slot& slot = made.slot;
    slot.memory = arena_.data() + used_;
    slot.capacity = static_cast<std::uint32_t>(slot_size(length));
    slot.offset = headroom;
    slot.length = length;
    if (wire_size > bytes.size()) {
      slot.missing = static_cast<std::uint32_t>(wire_size - bytes.size());
    }
    if (length != 0) {
      std::memcpy(slot.memory + headroom, bytes.data(), length);
    }
    used_ += slot.capacity;
  }

  /// Forgets the packets.
  void clear() noexcept {
    frames_.clear();
    used_ = 0;
  }

 private:
  struct frame {
    mutable record_slot slot;  ///< a burst is a view: its packets may change while it does not
    packet_meta meta;
    instant time;
  };

  static constexpr std::size_t alignment = 64;
  static constexpr std::size_t slot_size(std::size_t length) noexcept {
    return (headroom + length + tailroom + alignment - 1) / alignment * alignment;
  }
  static constexpr std::size_t arena_size = 1 << 20;
  static_assert(headroom + captured_length_max + tailroom + alignment <= arena_size,
                "any record fits an empty burst");

  std::vector<std::byte> arena_;
  std::vector<frame> frames_;
  std::size_t used_ = 0;
};
static_assert(PacketBurst<record_burst>);

}  // namespace weir::pcap

#pragma once

#include "weir/packet/packet_meta.hpp"
#include "weir/packet/ram_packet.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace weir::test {

/// A packet with its memory, and room before and behind it.
class owned_packet {
 public:
  static constexpr std::size_t room = 64;

  explicit owned_packet(std::span<const std::byte> bytes, std::size_t wire_size = 0)
      : memory_(room + bytes.size() + room), size_{bytes.size()}, wire_size_{wire_size} {
    std::copy(bytes.begin(), bytes.end(), memory_.begin() + room);
  }

  ram_packet packet() { return ram_packet{memory_, room, size_, wire_size_}; }

 private:
  std::vector<std::byte> memory_;
  std::size_t size_;
  std::size_t wire_size_;
};

/// Packets with their memory, to be seen as a burst. Packets keep their place once added.
class owned_burst {
 public:
  void add(std::span<const std::byte> bytes, packet_meta meta = {}, std::size_t wire_size = 0) {
    packets_.emplace_back(bytes, wire_size);
    frames_.push_back({packets_.back().packet(), meta});
  }

  ram_burst burst() const noexcept { return ram_burst{frames_}; }
  std::size_t size() const noexcept { return frames_.size(); }
  void clear() noexcept {
    packets_.clear();
    frames_.clear();
  }

 private:
  std::vector<owned_packet> packets_;  // their memory stays put when they move
  std::vector<ram_frame> frames_;
};

}  // namespace weir::test

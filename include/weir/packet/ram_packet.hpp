#pragma once

#include "weir/base/contract.hpp"
#include "weir/packet/packet.hpp"
#include "weir/packet/packet_burst.hpp"
#include "weir/packet/packet_meta.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace weir {

/// A packet in a piece of the caller's memory, with room before and behind it. Borrows.
class ram_packet {
 public:
  constexpr ram_packet() noexcept = default;

  /// The packet that fills `memory`, without room to grow.
  explicit ram_packet(std::span<std::byte> memory) noexcept
      : ram_packet{memory, 0, memory.size()} {}

  /// The packet of `length` bytes that begins `offset` bytes into `memory`, whole or, where
  /// `wire_size` is more than `length`, cut off.
  ram_packet(std::span<std::byte> memory, std::size_t offset, std::size_t length,
             std::size_t wire_size = 0) noexcept
      : memory_{memory.data()},
        capacity_{static_cast<std::uint32_t>(memory.size())},
        offset_{static_cast<std::uint32_t>(offset)},
        length_{static_cast<std::uint32_t>(length)},
        missing_{static_cast<std::uint32_t>(wire_size > length ? wire_size - length : 0)} {
    expects(memory.size() <= UINT32_MAX && wire_size <= UINT32_MAX, "a packet is under 4 GiB");
    expects(offset <= memory.size() && length <= memory.size() - offset,
            "a packet lies inside its memory");
  }

  std::span<const std::byte> bytes() const noexcept { return {memory_ + offset_, length_}; }
  std::span<std::byte> bytes() noexcept { return {memory_ + offset_, length_}; }
  std::size_t wire_size() const noexcept { return std::size_t{length_} + missing_; }

  std::size_t headroom() const noexcept { return offset_; }
  std::size_t tailroom() const noexcept { return capacity_ - offset_ - length_; }

  bool try_grow_front(std::size_t count) noexcept {
    if (count > headroom()) return false;
    offset_ -= static_cast<std::uint32_t>(count);
    length_ += static_cast<std::uint32_t>(count);
    return true;
  }
  bool try_grow_back(std::size_t count) noexcept {
    if (count > tailroom() || missing_ != 0) return false;
    length_ += static_cast<std::uint32_t>(count);
    return true;
  }
  void shrink_front(std::size_t count) noexcept {
    expects(count <= length_, "a packet shrinks by at most its length");
    offset_ += static_cast<std::uint32_t>(count);
    length_ -= static_cast<std::uint32_t>(count);
  }
  void shrink_back(std::size_t count) noexcept {
    expects(count <= length_, "a packet shrinks by at most its length");
    length_ -= static_cast<std::uint32_t>(count);
  }

 private:
  std::byte* memory_ = nullptr;
  std::uint32_t capacity_ = 0;
  std::uint32_t offset_ = 0;
  std::uint32_t length_ = 0;
  std::uint32_t missing_ = 0;  ///< bytes of the wire that a capture left out
};
static_assert(ResizablePacket<ram_packet>);
static_assert(sizeof(ram_packet) <= 24, "a packet is passed by value");

/// A packet in memory with its metadata: one element of a `ram_burst`.
struct ram_frame {
  ram_packet packet{};
  packet_meta meta{};
};
static_assert(sizeof(ram_frame) <= 32);

/// Packets in the caller's memory, seen as a burst. Borrows.
class ram_burst {
 public:
  constexpr ram_burst() noexcept = default;
  constexpr explicit ram_burst(std::span<const ram_frame> frames) noexcept : frames_{frames} {}

  constexpr std::size_t size() const noexcept { return frames_.size(); }
  constexpr const ram_packet& operator[](std::size_t index) const noexcept {
    return frames_[index].packet;
  }
  constexpr packet_meta meta(std::size_t index) const noexcept { return frames_[index].meta; }

 private:
  std::span<const ram_frame> frames_{};
};
static_assert(PacketBurst<ram_burst>);

}  // namespace weir

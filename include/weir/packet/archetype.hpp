#pragma once

// The least that models each concept of this room: code that compiles with these asks for no more
// than the concept says.

#include "weir/packet/packet.hpp"
#include "weir/packet/packet_burst.hpp"
#include "weir/packet/packet_meta.hpp"

#include <cstddef>
#include <span>

namespace weir::archetype {

/// A `ReadablePacket` and nothing more.
class readable_packet {
 public:
  std::span<const std::byte> bytes() const noexcept { return {}; }
  std::size_t wire_size() const noexcept { return 0; }
};
static_assert(ReadablePacket<readable_packet> && !Packet<readable_packet>);

/// A `Packet` and nothing more.
class packet {
 public:
  std::span<const std::byte> bytes() const noexcept { return {}; }
  std::span<std::byte> bytes() noexcept { return {}; }
  std::size_t wire_size() const noexcept { return 0; }
};
static_assert(Packet<packet> && !ResizablePacket<packet>);

/// A `ResizablePacket` and nothing more.
class resizable_packet {
 public:
  std::span<const std::byte> bytes() const noexcept { return {}; }
  std::span<std::byte> bytes() noexcept { return {}; }
  std::size_t wire_size() const noexcept { return 0; }
  bool try_grow_front(std::size_t) noexcept { return false; }
  bool try_grow_back(std::size_t) noexcept { return false; }
  void shrink_front(std::size_t) noexcept {}
  void shrink_back(std::size_t) noexcept {}
};
static_assert(ResizablePacket<resizable_packet>);

/// A `PacketBurst` and nothing more.
class packet_burst {
 public:
  std::size_t size() const noexcept { return 0; }
  packet operator[](std::size_t) const noexcept { return {}; }
  packet_meta meta(std::size_t) const noexcept { return {}; }
};
static_assert(PacketBurst<packet_burst>);

}  // namespace weir::archetype

#include "weir/packet/packet.hpp"

#include "weir/packet/archetype.hpp"
#include "weir/packet/packet_burst.hpp"
#include "weir/packet/ram_packet.hpp"

#include "tests/support/catch.hpp"

#include <cstddef>
#include <span>

using namespace weir;

namespace {

struct without_wire_size {
  std::span<const std::byte> bytes() const noexcept { return {}; }
  std::span<std::byte> bytes() noexcept { return {}; }
};
struct may_throw {
  std::span<const std::byte> bytes() const { return {}; }
  std::size_t wire_size() const noexcept { return 0; }
};
struct size_of_another_type {
  std::span<const std::byte> bytes() const noexcept { return {}; }
  int wire_size() const noexcept { return 0; }
};
struct not_copyable : archetype::packet {
  not_copyable() = default;
  not_copyable(const not_copyable&) = delete;
  not_copyable& operator=(const not_copyable&) = delete;
};
struct largest_handle : archetype::packet {
  void* words[4];
};
struct larger_handle : archetype::packet {
  void* words[4];
  char one_more;
};
struct copied_by_its_own : archetype::packet {
  copied_by_its_own(const copied_by_its_own&) noexcept {}
  copied_by_its_own& operator=(const copied_by_its_own&) noexcept { return *this; }
};
struct one_end_only : archetype::packet {
  bool try_grow_front(std::size_t) noexcept { return false; }
  void shrink_front(std::size_t) noexcept {}
};
struct burst_of_references : archetype::packet_burst {
  archetype::packet& operator[](std::size_t) const noexcept;
};
struct burst_without_meta {
  std::size_t size() const noexcept { return 0; }
  archetype::packet operator[](std::size_t) const noexcept { return {}; }
};
struct burst_of_readable : archetype::packet_burst {
  archetype::readable_packet operator[](std::size_t) const noexcept { return {}; }
};

static_assert(!ReadablePacket<without_wire_size> && !Packet<without_wire_size>);
static_assert(!ReadablePacket<may_throw>);
static_assert(!ReadablePacket<size_of_another_type>);
static_assert(ReadablePacket<not_copyable> && !Packet<not_copyable>);
static_assert(sizeof(largest_handle) == packet_handle_max && Packet<largest_handle>);
static_assert(ReadablePacket<larger_handle> && !Packet<larger_handle>);
static_assert(ReadablePacket<copied_by_its_own> && !Packet<copied_by_its_own>);
static_assert(Packet<one_end_only> && !ResizablePacket<one_end_only>);
static_assert(!ReadablePacket<int> && !Packet<std::span<std::byte>>);

static_assert(!PacketBurst<burst_of_references>);
static_assert(!PacketBurst<burst_without_meta>);
static_assert(!PacketBurst<burst_of_readable>);
static_assert(!PacketBurst<int>);

static_assert(ResizablePacket<ram_packet> && PacketBurst<ram_burst>);
static_assert(std::same_as<packet_of<ram_burst>, ram_packet>);

}  // namespace

TEST_CASE("what the concepts refuse is refused when this file compiles", "[packet][concepts]") {
  SUCCEED();
}

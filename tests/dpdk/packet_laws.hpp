#pragma once

// What `ResizablePacket` promises, checked of any packet whose room is known.

#include "weir/packet/packet.hpp"

#include "tests/support/catch.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace weir::test {

namespace detail {

template <ReadablePacket P>
std::span<const std::byte> read(const P& packet) {
  return packet.bytes();
}

/// The packet is these bytes, in this place.
template <ReadablePacket P>
bool shows(const P& packet, std::span<const std::byte> place, const std::vector<std::byte>& bytes) {
  const auto now = read(packet);
  return now.data() == place.data() && packet.wire_size() == bytes.size() &&
         std::equal(now.begin(), now.end(), bytes.begin(), bytes.end());
}

}  // namespace detail

/// The front of a packet that is all there, with `room` bytes before it.
template <ResizablePacket P>
void check_front(P packet, std::size_t room) {
  const auto place = detail::read(packet);
  const std::vector<std::byte> bytes(place.begin(), place.end());

  CHECK_FALSE(packet.try_grow_front(room + 1));
  CHECK_FALSE(packet.try_grow_front(std::size_t{1} << 16));
  CHECK(detail::shows(packet, place, bytes));

  CHECK(packet.try_grow_front(room));
  CHECK(detail::read(packet).data() == place.data() - room);
  CHECK(detail::read(packet).size() == bytes.size() + room);
  CHECK(packet.wire_size() == bytes.size() + room);
  CHECK_FALSE(packet.try_grow_front(1));
  CHECK(packet.try_grow_front(0));

  packet.shrink_front(room);
  CHECK(detail::shows(packet, place, bytes));

  packet.shrink_front(bytes.size());
  CHECK(detail::read(packet).empty());
  CHECK(packet.wire_size() == 0);
  CHECK(packet.try_grow_front(bytes.size()));
  CHECK(detail::read(packet).data() == place.data());
}

/// The back of a packet that is all there, with `room` bytes behind it.
template <ResizablePacket P>
void check_back(P packet, std::size_t room) {
  const auto place = detail::read(packet);
  const std::vector<std::byte> bytes(place.begin(), place.end());

  CHECK_FALSE(packet.try_grow_back(room + 1));
  CHECK_FALSE(packet.try_grow_back(std::size_t{1} << 16));
  CHECK(detail::shows(packet, place, bytes));

  CHECK(packet.try_grow_back(room));
  CHECK(detail::read(packet).data() == place.data());
  CHECK(packet.wire_size() == bytes.size() + room);
  CHECK_FALSE(packet.try_grow_back(1));
  CHECK(packet.try_grow_back(0));

  packet.shrink_back(room);
  CHECK(detail::shows(packet, place, bytes));

  packet.shrink_back(bytes.size());
  CHECK(detail::read(packet).empty());
  CHECK(packet.wire_size() == 0);
}

/// A copy is another handle of the same bytes.
template <Packet P>
void check_copies(P packet) {
  P copy = packet;
  const auto other = ~detail::read(packet)[0];

  copy.bytes()[0] = other;

  CHECK(detail::read(packet)[0] == other);
}

}  // namespace weir::test

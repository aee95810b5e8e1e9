// says: packet\.wire_size\(\)' (is|would be) invalid

#include "weir/packet/packet.hpp"

#include <cstddef>
#include <span>

struct cut_packet {
  std::span<const std::byte> bytes() const noexcept { return {}; }
  std::span<std::byte> bytes() noexcept { return {}; }
};
static_assert(weir::Packet<cut_packet>);

// says: packet\.bytes\(\)' (is|would be) invalid

#include "weir/packet/archetype.hpp"

#include <cstddef>

struct driver_burst : weir::archetype::packet_burst {
  weir::archetype::packet* operator[](std::size_t) const noexcept { return nullptr; }
};
static_assert(weir::PacketBurst<driver_burst>);

// says: try_grow_back\(count\)' (is not 'noexcept'|may throw an exception)

#include "weir/packet/archetype.hpp"

#include <cstddef>

struct growing_packet : weir::archetype::resizable_packet {
  bool try_grow_back(std::size_t) { throw "no memory"; }
};
static_assert(weir::ResizablePacket<growing_packet>);

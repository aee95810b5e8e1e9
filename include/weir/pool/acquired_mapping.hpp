#pragma once

#include "weir/pool/mapping.hpp"

#include <cstdint>

namespace weir {

/// How an endpoint fared that asked for a mapping.
enum class mapping_outcome : std::uint8_t {
  found,       ///< it had one
  made,        ///< it has one now
  unneeded,    ///< the box's own endpoint, which no pool gives
  taken,       ///< the box's own endpoint, which an internal host wears
  exhausted,   ///< no external address has a port for it
  host_full,   ///< the address its host is paired with, or its host's block, is full
  table_full,  ///< no record is free
  portless,    ///< the protocol has no ports to map
};

/// A mapping that now counts the caller as one of its sessions, or why there is none.
struct acquired_mapping {
  mapping_outcome outcome = mapping_outcome::exhausted;
  mapping_id id = mapping_id::none();

  constexpr explicit operator bool() const noexcept { return !id.is_none(); }
};

}  // namespace weir

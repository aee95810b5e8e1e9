#pragma once

#include <cstdint>

namespace weir {

/// How much is asked of the TCP segments of a session.
enum class tcp_mode : std::uint8_t {
  strict,  ///< sessions open with a SYN, and every segment is plausible
  loose,   ///< sessions are picked up in the middle, and one direction may be all there is
  off,     ///< flags alone count
};

}  // namespace weir

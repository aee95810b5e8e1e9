#pragma once

#include <cstdint>

namespace weir {

/// Why a session is over.
enum class session_end : std::uint8_t {
  expired,  ///< it was idle for too long, or closed and idle
  evicted,  ///< a newcomer needed the room
  ended,    ///< a packet began its flow anew, or was the last reply of DNS
};

}  // namespace weir

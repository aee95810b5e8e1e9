#pragma once

// The box between two links, and who is on them.

#include "weir/base/interface_id.hpp"
#include "weir/net/mac_address.hpp"

namespace weir::test::peers {

inline constexpr interface_id lan{1};
inline constexpr mac_address router{{0x02, 0, 0, 0, 0, 0x01}};  ///< the box on `lan`
inline constexpr mac_address host{{0x02, 0, 0, 0, 0, 0x05}};    ///< its neighbour there

inline constexpr interface_id wan{2};
inline constexpr mac_address uplink{{0x02, 0, 0, 0, 0, 0x02}};    ///< the box on `wan`
inline constexpr mac_address provider{{0x02, 0, 0, 0, 0, 0x09}};  ///< its neighbour there

}  // namespace weir::test::peers

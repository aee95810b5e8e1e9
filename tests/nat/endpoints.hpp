#pragma once

// The endpoints of a translated flow.

#include "weir/net/flow_key.hpp"

namespace weir::test {

using end = endpoint<ipv4>;

inline constexpr end inside{{192, 168, 1, 10}, port{5000}};
inline constexpr end outside{{203, 0, 113, 8}, port{40'000}};  ///< what `inside` wears
inline constexpr end server{{198, 51, 100, 7}, port{443}};

}  // namespace weir::test

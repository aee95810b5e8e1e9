#pragma once

// The endpoints of a translated flow.

#include "weir/net/flow_key.hpp"

namespace weir::test {

inline constexpr endpoint<ipv4> inside{{192, 168, 1, 10}, port{5000}};
inline constexpr endpoint<ipv4> outside{{203, 0, 113, 8}, port{40'000}};  ///< what `inside` wears
inline constexpr endpoint<ipv4> server{{198, 51, 100, 7}, port{443}};

}  // namespace weir::test

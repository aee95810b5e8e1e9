#pragma once

#include "examples/weir/replayer.hpp"
#include "examples/weir/result.hpp"

namespace weir::program {

/// What a replay has come to.
replay_result collect(const replayer& replay);

}  // namespace weir::program

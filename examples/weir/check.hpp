#pragma once

#include "examples/weir/failure.hpp"

#include <string>

namespace weir::program {

/// `weir check FILE`: says everything that is wrong with a configuration, or what it has.
exit_code run_check(const std::string& path);

}  // namespace weir::program

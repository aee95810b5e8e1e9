#pragma once

#include "examples/weir/result.hpp"

#include <cstdio>

namespace weir::program {

/// Prints what happened, for a person.
void print_summary(const replay_result& result, std::FILE* to);

}  // namespace weir::program

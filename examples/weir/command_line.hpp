#pragma once

namespace weir::program {

/// Runs the program: reads the command line, does what it asks, and answers the exit code.
int run(int argc, const char* const* argv);

}  // namespace weir::program

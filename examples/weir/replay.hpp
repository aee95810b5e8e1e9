#pragma once

#include "examples/weir/assignment.hpp"
#include "examples/weir/failure.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace weir::program {

struct replay_options {
  std::string config;
  std::vector<assignment> inputs;  ///< `--in` and `--tap`, in the order typed
  std::vector<assignment> outputs;
  std::string out_dir;
  std::string report;
  std::uint64_t seed = 1;
  bool complete_checksums = false;
  bool verify = false;
};

/// `weir replay`: captures in, captures and a report out.
exit_code run_replay(const replay_options& options);

}  // namespace weir::program

#pragma once

#include "examples/weir/failure.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace weir::program {

struct explain_options {
  std::string config;
  std::string packet;   ///< hexadecimal
  std::string link;     ///< with `packet`, what it begins with: raw or ethernet; empty: guessed
  std::string capture;  ///< FILE#NUMBER
  std::string in;       ///< the interface it enters; empty: by its source
  std::string tap;      ///< IN,OUT instead
  std::vector<std::string> after;
  std::string reverse;  ///< ADDRESS:PORT instead of a packet
  std::string protocol = "tcp";
  std::uint64_t seed = 1;
  bool complete_checksums = false;
};

/// `weir explain`: says stage by stage what would happen to one packet and why, or whose an
/// external endpoint is.
exit_code run_explain(const explain_options& options);

}  // namespace weir::program

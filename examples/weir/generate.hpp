#pragma once

#include "examples/weir/failure.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace weir::program {

struct generate_options {
  std::vector<std::string> out;  ///< one file, or NAME=FILE twice: the hosts' side first
  std::uint64_t seed = 1;
  std::string inside = "10.0.0.0/24";
  std::string inside_ipv6;
  std::uint32_t hosts = 8;
  std::uint32_t conversations = 400;
  std::uint32_t seconds = 60;
  std::uint64_t packets = 0;  ///< bulk instead of conversations
  std::uint32_t flows = 1'000;
  std::uint32_t size = 64;
};

/// `weir generate`: makes traffic.
exit_code run_generate(const generate_options& options);

}  // namespace weir::program

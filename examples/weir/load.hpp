#pragma once

#include "weir/engine/snapshot.hpp"

#include <memory>
#include <string>
#include <vector>

namespace weir::program {

/// A configuration file, read and compiled, or everything that is wrong with it, a line each:
/// `file:line:column: what is wrong; what would be right`.
struct loaded_configuration {
  std::shared_ptr<const snapshot> compiled;  ///< null where there are faults
  std::vector<std::string> faults;
};

/// Reads and checks a configuration file; `-` is standard input. That its tables need more memory
/// than a process may have is a fault too. A file that cannot be read ends the program.
loaded_configuration load_configuration(const std::string& path);

/// The same for those who need it whole: faults end the program with all of them.
std::shared_ptr<const snapshot> proven_configuration(const std::string& path);

}  // namespace weir::program

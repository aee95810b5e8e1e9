#pragma once

#include <stdexcept>
#include <string>

namespace weir::program {

/// How the program ends.
enum class exit_code : int {
  ok = 0,
  broken = 1,        ///< packets are unaccounted for, or the engine's state does not verify
  usage = 2,         ///< a wrong command line or configuration: nothing was done
  input_output = 3,  ///< a file could not be read to its end or not be written
  interrupted = 128  ///< and the number of the signal that ended the input: what was read is judged
};

/// Ends the program with a message of what is wrong and what would be right.
class failure : public std::runtime_error {
 public:
  failure(exit_code code, const std::string& message) : std::runtime_error{message}, code_{code} {}

  exit_code code() const noexcept { return code_; }

 private:
  exit_code code_;
};

inline failure usage_failure(const std::string& message) {
  return failure{exit_code::usage, message};
}
inline failure input_output_failure(const std::string& message) {
  return failure{exit_code::input_output, message};
}

}  // namespace weir::program

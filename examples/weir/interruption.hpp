#pragma once

namespace weir::program {

/// While it lives, the first SIGINT, SIGTERM or SIGHUP ends what is read and not the program: who
/// waits for bytes of a pipe or a terminal finds its end there, but not who waits for a pipe to be
/// opened. The second one ends the program at once.
/// Signals that are ignored stay so. There is one at a time.
class interruption {
 public:
  interruption();
  interruption(const interruption&) = delete;
  interruption& operator=(const interruption&) = delete;
  ~interruption();

  /// The number of the signal that came; zero where none did.
  int signal() const noexcept;
};

}  // namespace weir::program

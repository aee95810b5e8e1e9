#pragma once

// How a program ends that breaks a precondition: it is done in a child process.

#include "tests/support/catch.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>

namespace weir::test {

/// The line that a child process says to stderr before it ends, and the signal that ended it.
/// What follows may be an emulator's, who tells of the signal.
struct ending {
  int signal = 0;
  std::string said;
};

template <class Deed>
ending ending_of(Deed&& deed) {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const auto child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    dup2(ends[1], STDERR_FILENO);
    std::signal(SIGABRT, SIG_DFL);
    deed();
    _exit(0);
  }
  close(ends[1]);
  ending seen;
  char letter = 0;
  while (read(ends[0], &letter, 1) == 1) seen.said += letter;
  if (const auto end = seen.said.find('\n'); end != std::string::npos) seen.said.resize(end + 1);
  close(ends[0]);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  seen.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  return seen;
}

}  // namespace weir::test

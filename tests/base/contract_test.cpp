#include "weir/base/contract.hpp"

#include "tests/support/catch.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>

using namespace weir;

namespace {

/// What a child process that breaks a precondition says before it ends, and how it ends.
struct ending {
  int signal = 0;
  std::string said;
};

ending ending_of(bool condition) {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const auto child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    dup2(ends[1], STDERR_FILENO);
    std::signal(SIGABRT, SIG_DFL);
    expects(condition, "the tests must hold");
    _exit(0);
  }
  close(ends[1]);
  ending seen;
  char letter = 0;
  while (read(ends[0], &letter, 1) == 1) seen.said += letter;
  close(ends[0]);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  seen.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  return seen;
}

static_assert([] {
  expects(true, "holds at compile time");
  return true;
}());

}  // namespace

TEST_CASE("a broken precondition stops the program and says which", "[base][contract]") {
  const auto seen = ending_of(false);

  CHECK(seen.signal == SIGABRT);
  CHECK(seen.said == "weir: broken precondition: the tests must hold\n");
}

TEST_CASE("a kept precondition says nothing", "[base][contract]") {
  const auto seen = ending_of(true);

  CHECK(seen.signal == 0);
  CHECK(seen.said.empty());
}

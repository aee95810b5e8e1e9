#include "weir/base/contract.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/ending.hpp"

#include <csignal>

using namespace weir;

namespace {

static_assert([] {
  expects(true, "holds at compile time");
  return true;
}());

}  // namespace

TEST_CASE("a broken precondition stops the program and says which", "[base][contract]") {
  const auto seen = test::ending_of([] { expects(false, "the tests must hold"); });

  CHECK(seen.signal == SIGABRT);
  CHECK(seen.said == "weir: broken precondition: the tests must hold\n");
}

TEST_CASE("a kept precondition says nothing", "[base][contract]") {
  const auto seen = test::ending_of([] { expects(true, "the tests must hold"); });

  CHECK(seen.signal == 0);
  CHECK(seen.said.empty());
}

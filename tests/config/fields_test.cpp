#include "weir/config/fields.hpp"

#include "tests/config/said.hpp"
#include "tests/support/catch.hpp"

#include <string>

using weir::test::said_about;

TEST_CASE("an unknown set is told the known ones, and the near one alone", "[config][refusal]") {
  const auto [use, fix] = GENERATE(table<std::string, std::string>({
      {"@zz", "the only one is \"a\""},
      {"@b", "the only one is \"a\""},
      {"@A", "did you mean \"a\"?"},
  }));

  CHECK(
      said_about("sets: { a: [10.0.0.0/8] }\npolicies: [{ from: x, to: y, rules: [{ action: deny, "
                 "source: \"" +
                 use + "\" }] }]\n")
          .find("\"" + use + "\" is not a set; " + fix) != std::string::npos);
}

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

TEST_CASE("a name is as long as its characters, whatever their bytes", "[config][refusal]") {
  const auto named = [](const std::string& character, int count) {
    std::string name;
    for (int i = 0; i < count; ++i) name += character;
    return said_about("interfaces: { " + name + ": {} }\npolicies: [{ name: " + name +
                      ", from: x, to: y, rules: [{ name: " + name + ", action: deny }] }]\n");
  };
  const std::string character = GENERATE("a", "\u00E9", "\u65E5", "\U0001F600");

  CHECK(named(character, 64) == "");
  const auto said = named(character, 65);
  CHECK(said.find("; at most 64 characters, none") != std::string::npos);
  CHECK(said.find("cannot be a name; 1 to 64 characters\n") != std::string::npos);
}

#include "examples/weir/command_line.hpp"

#include "weir/base/version.hpp"

#include "tests/program/run_weir.hpp"
#include "tests/support/catch.hpp"

#include <string>

using weir::test::workshop;

TEST_CASE("without a command the program says how it is used", "[program][usage]") {
  const auto said = workshop{}.run("");

  CHECK(said.code == 2);
  CHECK(said.out.empty());
  for (const char* command : {"replay", "check", "explain", "generate", "help"}) {
    CHECK(said.says(command));
  }
}

TEST_CASE("help explains the program and each command", "[program][usage]") {
  const workshop here;

  CHECK(here.run("help").code == 0);
  CHECK(here.run("--help").code == 0);
  CHECK(here.run("help replay").says("--complete-checksums"));
  CHECK(here.run("replay --help").says("--tap"));
  const auto unknown = here.run("help fly");
  CHECK(unknown.code == 2);
  CHECK(unknown.says("there is no command \"fly\""));
}

TEST_CASE("an unknown option is named", "[program][usage]") {
  const auto said = workshop{}.run("generate --out a.pcap --speed 9");

  CHECK(said.code == 2);
  CHECK(said.says("--speed"));
}

TEST_CASE("the program has the version of the library", "[program][usage]") {
  const auto& version = weir::library_version;
  const auto due = std::to_string(version.major) + "." + std::to_string(version.minor) + "." +
                   std::to_string(version.patch);

  const auto said = workshop{}.run("--version");

  CHECK(said.code == 0);
  CHECK(said.out == "weir " + due + "\n");
}

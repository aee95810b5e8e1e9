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

TEST_CASE("a word that is not known is named, and what is near it", "[program][usage]") {
  const auto [words, complaint] = GENERATE(table<std::string, std::string>({
      {"generate --out a.pcap --speed 9",
       "weir: generate: there is no option --speed; did you mean"},
      {"replay --frobnicate-everything", "replay: there is no option --frobnicate-everything; see"},
      {"replay --in lan=a.pcap --wrokers 2", "there is no option --wrokers"},
      {"replay --outdir=x", "there is no option --outdir; did you mean --out-dir?"},
      {"replya --config a.yaml", "there is no command \"replya\"; did you mean \"replay\"?"},
      {"bogus-command-of-no-kind", "weir has replay, check, explain, generate and help"},
      {"replay --in lan=a.pcap", "weir: --config is required; see weir help replay\n"},
      {"explain --config a --seed 1 --seed 2", "see weir help explain\n"},
      {"--frobnicate", "see weir help\n"},
      {"help chekc", "there is no command \"chekc\"; did you mean \"check\"?"},
  }));
  CAPTURE(words);

  const auto said = workshop{}.run(words);

  CAPTURE(said.err);
  CHECK(said.code == 2);
  CHECK(said.err.find(complaint) != std::string::npos);
}

TEST_CASE("a number out of its range is refused", "[program][usage]") {
  const auto [words, complaint] = GENERATE(table<std::string, std::string>({
      {"replay --config a --seed -1", "-1: not a whole number from 0 to 18446744073709551615"},
      {"explain --config a --seed 18446744073709551616", "not a whole number from 0 to 1844674"},
      {"generate --out a.pcap --seed 7x", "7x: not a whole number"},
      {"generate --out a.pcap --hosts 4294967297", "not a whole number from 0 to 4294967295"},
      {"generate --out a.pcap --packets -5", "-5: not a whole number"},
  }));
  CAPTURE(words);
  const workshop here;

  const auto said = here.run(words);

  CAPTURE(said.err);
  CHECK(said.code == 2);
  CHECK(said.err.find(complaint) != std::string::npos);
  CHECK(!here.exists("a.pcap"));
}

TEST_CASE("a folder is no configuration", "[program][usage]") {
  const workshop here;

  for (const char* const words : {"check .", "replay --config . --in lan=a.pcap"}) {
    const auto said = here.run(words);

    CAPTURE(said.err);
    CHECK(said.code == 2);
    CHECK(said.says(".: is a folder"));
  }
}

TEST_CASE("the program has the version of the library", "[program][usage]") {
  const auto& version = weir::library_version;
  const auto due = std::to_string(version.major) + "." + std::to_string(version.minor) + "." +
                   std::to_string(version.patch);

  const auto said = workshop{}.run("--version");

  CHECK(said.code == 0);
  CHECK(said.out == "weir " + due + "\n");
}

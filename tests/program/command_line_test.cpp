#include "examples/weir/command_line.hpp"

#include "weir/base/version.hpp"

#include "tests/program/run_weir.hpp"
#include "tests/support/catch.hpp"

#include <filesystem>
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
      {"replya --config a.yaml", "\"replya\"; did you mean \"replay\"? weir has replay, check,"},
      {"bogus-command-of-no-kind", "weir has replay, check, explain, generate and help"},
      {"replay --in lan=a.pcap", "weir: --config is required; see weir help replay\n"},
      {"explain --config a --seed 1 --seed 2", "see weir help explain\n"},
      {"--frobnicate", "weir: there is no option --frobnicate; see weir help\n"},
      {"--verison", "weir: there is no option --verison; did you mean --version? See weir help\n"},
      {"replay --foo", "weir: replay: there is no option --foo; see weir help replay\n"},
      {"--config a replay", "weir: there is no option --config; see weir help\n"},
      {"replay --report --verify --config a",
       "replay: --report: its value is missing before --verify; write ./--verify if a file is "
       "meant\n"},
      {"generate --out --packets=3", "--out: its value is missing before --packets=3"},
      {"replay --config a --seed --in lan=a.pcap", "--seed: its value is missing before --in"},
      {"help chekc", "there is no command \"chekc\"; did you mean \"check\"?"},
  }));
  CAPTURE(words);

  const auto said = workshop{}.run(words);

  CAPTURE(said.err);
  CHECK(said.code == 2);
  CHECK(said.err.find(complaint) != std::string::npos);
}

TEST_CASE("a file's name may begin like an option's where no option can be", "[program][usage]") {
  const workshop here;

  CHECK(here.run("generate --packets 1 --out=--verify").code == 0);
  CHECK(here.run("generate --packets 1 --out ./--seed").code == 0);

  CHECK(here.exists("--verify"));
  CHECK(here.exists("--seed"));
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

TEST_CASE("a number that begins with zeros is decimal", "[program][usage]") {
  const workshop here;

  CHECK(here.run("generate --out a.pcap --packets 010 --seed 08").code == 0);
  CHECK(here.run("generate --out b.pcap --packets 10 --seed 8").code == 0);

  CHECK(here.frames("a.pcap").size() == 10);
  CHECK(here.text("a.pcap") == here.text("b.pcap"));
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

TEST_CASE("an answer that standard output does not take is a failure", "[program][usage]") {
  if (!std::filesystem::exists("/dev/full")) {
    WARN("SKIPPED: there is no /dev/full");
    return;
  }
  const workshop here;
  here.write("home.yaml", weir::test::home_yaml);
  here.capture("a.pcap", {});
  const std::string words =
      GENERATE("help", "--version", "check home.yaml", "generate --out b.pcap --conversations 3",
               "replay --config home.yaml --in lan=a.pcap",
               "replay --config home.yaml --in lan=a.pcap --report -",
               "explain --config home.yaml --reverse 203.0.113.1:80");
  const std::string output = GENERATE(">/dev/full", ">&-");
  CAPTURE(words, output);

  const auto said = here.run(words, "true", output);

  CAPTURE(said.err);
  CHECK(said.code == 3);
  CHECK(said.says("writing failed"));
}

TEST_CASE("what is meant for a closed stream enters no file", "[program][usage]") {
  const workshop here;
  auto yaml = weir::test::home_yaml;
  const std::string rule = "{ name: no-smtp,";
  yaml.replace(yaml.find(rule), rule.size(), rule + " log: true,");
  here.write("home.yaml", yaml + "events: { log: stderr }\n");
  const auto syn = weir::test::tcp{}.from("10.0.0.5", 4000).to("198.51.100.7", 25).syn().bytes();
  here.capture("a.pcap", {{0, weir::test::outward(syn)}});

  const auto said = here.run("replay --config home.yaml --in lan=- --out lan=l.pcap", "true",
                             ">out.txt 2>&- <a.pcap");

  CHECK(said.code == 0);
  CHECK(here.frames("l.pcap").size() == 1);
}

TEST_CASE("a complaint that nobody takes changes no exit code", "[program][usage]") {
  const workshop here;

  CHECK(here.run("replay --config none.yaml", "true", "2>&-").code == 2);
  if (std::filesystem::exists("/dev/full")) {
    CHECK(here.run("replay --config none.yaml", "true", "2>/dev/full").code == 2);
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

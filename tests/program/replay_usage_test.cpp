#include "examples/weir/replay.hpp"
#include "tests/program/run_weir.hpp"
#include "tests/support/catch.hpp"

#include <filesystem>
#include <string>
#include <tuple>

using weir::test::home_yaml;
using weir::test::workshop;

namespace {

namespace packets = weir::test;

/// A workshop with a configuration and a capture of one packet.
class replay_workshop : public workshop {
 public:
  replay_workshop() {
    write("home.yaml", home_yaml);
    const auto packet = packets::udp{}.from("10.0.0.5").to("198.51.100.7").bytes();
    capture("a.pcap", {{1'000, packets::outward(packet)}});
  }
  packets::run_result replay(const std::string& arguments) const {
    return run("replay --config home.yaml " + arguments);
  }
};

}  // namespace

TEST_CASE("what is wrong with the command line is said with what is right", "[program][replay]") {
  const auto [arguments, complaint] = GENERATE(table<std::string, std::string>({
      {"", "there is no input; give --in INTERFACE=FILE or --tap IN,OUT=FILE"},
      {"--in lan=a.pcap --in lan=b.pcap", "interface \"lan\" is named twice"},
      {"--in lan=a.pcap --tap lan,wan=a.pcap", "interface \"lan\" is named twice, first in --in"},
      {"--tap lan,lan=a.pcap", "a tap lies between two interfaces, and IN is OUT"},
      {"--in lna=a.pcap", "no interface \"lna\"; did you mean \"lan\"?"},
      {"--in dmz-number-one=a.pcap", "it has local, lan and wan"},
      {"--tap lan,wam=a.pcap", "did you mean \"wan\"?"},
      {"--tap lan=a.pcap", "write --tap IN,OUT=FILE"},
      {"--in lan,wan=a.pcap", "a capture of both directions is a tap"},
      {"--in a.pcap", "write it as --in INTERFACE=FILE"},
      {"--in lan=", "write it as --in INTERFACE=FILE"},
      {"--in '[lan=a.pcap]'", "--in [lan=a.pcap]: the configuration has no interface \"[lan\""},
      {"--in lan=none.pcap", "none.pcap: cannot be read: No such file or directory"},
      {"--in lan=- --in wan=-", "--in wan=-: --in lan=- already reads standard input"},
      {"--in lan=/dev/stdin --in wan=-", "--in lan=/dev/stdin already reads standard input"},
      {"--in lan=a.pcap --out lan=x.pcap --out lan=y.pcap", "give each interface one output"},
      {"--in lan=a.pcap --out lan=x.pcap --out wan=x.pcap", "already writes this file"},
      {"--in lan=a.pcap --out wen=x.pcap", "did you mean \"wan\"?"},
      {"--in lan=a.pcap --out lan=x.pcap --out wan=./x.pcap", "already writes this file"},
      {"--in lan=a.pcap --out wan=o/lan.pcap --out-dir o", "--out wan=o/lan.pcap already writes"},
      {"--in lan=a.pcap --out wan=x.pcap --report x.pcap", "already writes this file"},
      {"--in lan=a.pcap --out lan=far.pcap --out wan=x.pcap", "already writes this file"},
      {"--in lan=a.pcap --out lan=x.pcap --out wan=far.pcap", "already writes this file"},
      {"--in lan=a.pcap --out lan=far.pcap --report ./x.pcap", "already writes this file"},
      {"--in lan=a.pcap --out wan=a.pcap", "is an input and an output"},
      {"--in lan=a.pcap --out wan=link.pcap", "--in lan=a.pcap reads it"},
      {"--in lan=a.pcap --report ./a.pcap", "--in lan=a.pcap reads it"},
      {"--in lan=a.pcap --out wan=home.yaml", "--config home.yaml reads it"},
      {"--in lan=a.pcap --out wan=/dev/stdout --out lan=/dev/fd/1", "already writes this file"},
      {"--in lan=a.pcap --out wan=/dev/stdout --report -", "is already an interface's"},
      {"--in lan=a.pcap --out wan=- --report out.txt", "is already an interface's"},
      {"--in lan=a.pcap --report ''", "--report: is empty; give a value, or leave it out"},
      {"--in lan=a.pcap --out-dir ''", "--out-dir: is empty; give a value, or leave it out"},
      {"--in lan=a.pcap --out-dir=", "--out-dir"},
      {"--in lan=a.pcap --out wan=- --report -", "standard output is already an interface's"},
  }));
  CAPTURE(arguments);
  const replay_workshop here;
  std::filesystem::create_symlink("a.pcap", here / "link.pcap");
  std::filesystem::create_symlink("x.pcap", here / "near.pcap");
  std::filesystem::create_symlink(here / "near.pcap", here / "far.pcap");
  const auto capture = here.text("a.pcap");

  const auto said = here.replay(arguments);

  CHECK(said.code == 2);
  CAPTURE(said.err);
  CHECK(said.err.find(complaint) != std::string::npos);
  CHECK(here.text("a.pcap") == capture);
  CHECK(here.text("home.yaml") == home_yaml);
  CHECK(!here.exists("x.pcap"));
}

TEST_CASE("a replay that is refused leaves no report behind", "[program][replay]") {
  const replay_workshop here;

  const auto said = here.replay("--in lan=none.pcap --out wan=o/w.pcap --report r.json");

  CHECK(said.code == 2);
  CHECK(!here.exists("r.json"));
  CHECK(!here.exists("o"));
}

TEST_CASE("standard input is read for one purpose", "[program][replay][explain]") {
  const auto [words, complaint] = GENERATE(table<std::string, std::string>({
      {"replay --config - --in lan=-", "--in lan=-: --config - already reads standard input"},
      {"explain --config - --pcap -#1", "--pcap -#1: --config - already reads standard input"},
      {"explain --config - --after lan=- --packet 45",
       "--in lan=-: --config - already reads standard input"},
      {"explain --config home.yaml --in lan --after - --pcap -#2",
       "--pcap -#2: --in lan=- already reads standard input"},
  }));
  CAPTURE(words);
  const replay_workshop here;

  const auto said = here.run(words + " <home.yaml");

  CAPTURE(said.err);
  CHECK(said.code == 2);
  CHECK(said.err.find(complaint) != std::string::npos);
}

TEST_CASE("the file that standard input comes from is not written", "[program][replay]") {
  const auto [words, input] = GENERATE(table<std::string, std::string>({
      {"--config home.yaml --in lan=- --out wan=a.pcap", "a.pcap"},
      {"--config home.yaml --in lan=- --report ./a.pcap", "a.pcap"},
      {"--config home.yaml --tap lan,wan=- --out lan=x.pcap --out wan=link.pcap", "a.pcap"},
      {"--config home.yaml --in lan=/dev/stdin --out wan=a.pcap", "a.pcap"},
      {"--config - --in lan=a.pcap --out wan=home.yaml", "home.yaml"},
  }));
  CAPTURE(words);
  const replay_workshop here;
  std::filesystem::create_symlink("a.pcap", here / "link.pcap");
  const auto before = here.text(input);

  const auto said = here.run("replay " + words, "true", ">out.txt <" + input);

  CAPTURE(said.err);
  CHECK(said.code == 2);
  CHECK(said.err.find("is an input and an output") != std::string::npos);
  CHECK(here.text(input) == before);
  CHECK(!here.exists("x.pcap"));
}

TEST_CASE("the summary keeps out of what standard output is used for", "[program][replay]") {
  const std::string name = GENERATE("-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "out.txt");
  CAPTURE(name);
  const replay_workshop here;

  const auto packets = here.replay("--in lan=a.pcap --out wan=" + name);
  CHECK(packets.code == 0);
  CHECK(packets.err.find("1 in") != std::string::npos);
  CHECK(here.frames("out.txt").size() == 1);

  const auto report = here.replay("--in lan=a.pcap --report " + name);
  CHECK(report.code == 0);
  CHECK(here.json("out.txt").at("packets").at("in") == 1);

  const auto made = here.run("generate --packets 10 --out " + name);
  CHECK(made.code == 0);
  CHECK(made.err.find("10 packets in") != std::string::npos);
  CHECK(here.frames("out.txt").size() == 10);
}

TEST_CASE("a summary goes where only a device is written to as well", "[program][replay]") {
  const replay_workshop here;

  const auto said = here.run("replay --config home.yaml --in lan=a.pcap --out wan=/dev/null",
                             "true", ">/dev/null");

  CHECK(said.code == 0);
  CHECK(said.err.empty());
}

TEST_CASE("outputs may share a device", "[program][replay]") {
  const replay_workshop here;

  CHECK(here.replay("--in lan=a.pcap --out lan=/dev/null --out wan=/dev/null").code == 0);
}

TEST_CASE("an output that cannot be written is found before any work", "[program][replay]") {
  const replay_workshop here;
  here.write("old.pcap", std::string{"an earlier result"});
  here.write("file", std::string{});

  for (const char* const arguments : {"--in lan=a.pcap --out lan=old.pcap --out wan=file/w.pcap",
                                      "--in lan=a.pcap --out lan=new/l.pcap --report file/r.json",
                                      "--in lan=a.pcap --out lan=old.pcap --out-dir file"}) {
    CAPTURE(arguments);
    const auto said = here.replay(arguments);

    CHECK(said.code == 3);
    CHECK(said.err.find("file") != std::string::npos);
    CHECK(said.out.empty());
    CHECK(here.text("old.pcap") == "an earlier result");
    CHECK(!here.exists("new"));
  }
}

TEST_CASE("an output whose folder has no possible name is told like any", "[program][replay]") {
  const replay_workshop here;
  const std::string path = std::string(300, 'x') + "/w.pcap";

  const auto said = here.replay("--in lan=a.pcap --out wan=" + path);

  CHECK(said.code == 3);
  CHECK(said.err == "weir: " + path + ": cannot be written: File name too long\n");
}

TEST_CASE("an output that fills up is reported", "[program][replay]") {
  if (!std::filesystem::exists("/dev/full")) {
    WARN("SKIPPED: there is no /dev/full");
    return;
  }
  const replay_workshop here;

  const auto said = here.replay("--in lan=a.pcap --out wan=/dev/full");

  CHECK(said.code == 3);
  CHECK(said.err.find("/dev/full: writing failed: No space left on device") != std::string::npos);
}

TEST_CASE("a folder for outputs is made", "[program][replay]") {
  const replay_workshop here;

  CHECK(here.replay("--in lan=a.pcap --out-dir new/folder").code == 0);

  CHECK(here.frames("new/folder/wan.pcap").size() == 1);
  CHECK(here.frames("new/folder/lan.pcap").empty());
  CHECK(here.frames("new/folder/local.pcap").empty());
}

TEST_CASE("an interface's name leads out of no folder for outputs", "[program][replay]") {
  const replay_workshop here;
  auto yaml = home_yaml;
  yaml.replace(yaml.find("lan:"), 4, "../up/lan:");
  here.write("home.yaml", yaml);
  std::filesystem::create_directory(here / "up");

  const auto refused = here.replay("--in ../up/lan=a.pcap --out-dir o");
  const auto named = here.replay("--in ../up/lan=a.pcap --out-dir o --out ../up/lan=l.pcap");

  CAPTURE(refused.err, named.err);
  CHECK(refused.code == 2);
  CHECK(refused.says("interface \"../up/lan\" cannot be the name of a file"));
  CHECK(std::filesystem::is_empty(here / "up"));
  CHECK(named.code == 0);
  CHECK(here.frames("l.pcap").empty());
  CHECK(here.frames("o/wan.pcap").size() == 1);
}

#include "examples/weir/check.hpp"

#include "tests/program/run_weir.hpp"
#include "tests/support/catch.hpp"

#include <filesystem>
#include <string>

using weir::test::home_yaml;
using weir::test::workshop;

TEST_CASE("a good configuration is ok, and said in a line", "[program][check]") {
  const workshop here;
  here.write("home.yaml", home_yaml);

  const auto said = here.run("check home.yaml");

  CHECK(said.code == 0);
  CHECK(said.out ==
        "home.yaml: ok: 2 interfaces, 2 routes, 4 policies with 2 rules, 1 pool, 0 static entries "
        "and exemptions, up to 1000000 sessions\n");
}

TEST_CASE("a bad configuration is refused with every fault and its place", "[program][check]") {
  const workshop here;
  here.write("bad.yaml",
             "interfaces:\n"
             "  lan: { addresses: [10.0.0.1/24], zoen: inside }\n"
             "policies:\n"
             "  - { name: out, from: inside, to: outside, default: permitt }\n");

  const auto said = here.run("check bad.yaml");

  CHECK(said.code == 2);
  CHECK(said.out.empty());
  CHECK(said.says("bad.yaml:2:"));
  CHECK(said.says("zone"));
  CHECK(said.says("bad.yaml:4:"));
  CHECK(said.says("faults"));
}

TEST_CASE("a configuration that is not there is a fault of usage", "[program][check]") {
  const auto said = workshop{}.run("check none.yaml");

  CHECK(said.code == 2);
  CHECK(said.says("none.yaml: the configuration cannot be read: No such file or directory"));
}

TEST_CASE("a configuration is read from standard input", "[program][check]") {
  const workshop here;
  here.write("home.yaml", home_yaml);

  CHECK(here.run("check - < home.yaml").code == 0);
}

TEST_CASE("a configuration that fails to be read is no empty one", "[program][check]") {
  const auto [words, why] = GENERATE(table<std::string, std::string>({
      {"check - <.", "-: the configuration cannot be read: Is a directory"},
      {"check - <&-", "-: the configuration cannot be read: Bad file descriptor"},
      {"check /proc/self/mem", "/proc/self/mem: the configuration cannot be read: "},
  }));
  CAPTURE(words);
  if (words.find("/proc") != std::string::npos && !std::filesystem::exists("/proc/self/mem")) {
    WARN("SKIPPED: there is no /proc/self/mem");
    return;
  }

  const auto said = workshop{}.run(words);

  CAPTURE(said.out, said.err);
  CHECK(said.code == 2);
  CHECK(said.out.empty());
  CHECK(said.says(why));
}

TEST_CASE("replay refuses a bad configuration as check does", "[program][check][replay]") {
  const workshop here;
  here.write("bad.yaml", "interfaces: { lan: { mtu: 5 } }\n");

  const auto said = here.run("replay --config bad.yaml --in lan=a.pcap");

  CHECK(said.code == 2);
  CHECK(said.says("bad.yaml:1:"));
}

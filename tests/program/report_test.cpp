#include "examples/weir/report.hpp"

#include "tests/program/run_weir.hpp"
#include "tests/program/schema.hpp"
#include "tests/support/catch.hpp"

#include <fstream>
#include <string>

using weir::test::home_yaml;
using weir::test::schema_check;
using weir::test::workshop;

namespace {

nlohmann::json schema() {
  std::ifstream file{"examples/weir/report.schema.json"};
  return nlohmann::json::parse(file);
}

}  // namespace

TEST_CASE("reports fit their schema", "[program][report]") {
  const workshop here;
  here.write("home.yaml", home_yaml);
  here.write("empty.pcap", std::string{});
  REQUIRE(here.run("generate --out t.pcap --conversations 80").code == 0);
  schema_check check{schema()};

  REQUIRE(here.run("replay --config home.yaml --tap lan,wan=t.pcap --out-dir o --report a.json "
                   "--verify")
              .code == 0);
  REQUIRE(here.run("replay --config home.yaml --in lan=empty.pcap --report b.json").code == 3);

  CHECK(check.faults_of(here.json("a.json")) == std::vector<std::string>{});
  CHECK(check.faults_of(here.json("b.json")) == std::vector<std::string>{});
  CHECK(here.json("a.json")["pools"].contains("internet"));
}

TEST_CASE("a report goes through a pipe whole", "[program][report]") {
  const workshop here;
  here.write("home.yaml", home_yaml);
  here.capture("a.pcap", {});

  const auto said =
      here.run("replay --config home.yaml --in lan=a.pcap --report p",
               "mkfifo p && { cat p >got.json & }", ">out.txt; code=$?; wait; exit $code");

  CHECK(said.code == 0);
  CHECK(here.json("got.json")["conserved"] == true);
}

TEST_CASE("a report names files whose names are no UTF-8", "[program][report]") {
  const workshop here;
  here.write("home.yaml", home_yaml);
  here.capture("a.pcap", {});

  const auto said = here.run(
      "replay --config home.yaml --in lan=a.pcap --out \"$(printf 'wan=w\\377.pcap')\" "
      "--report r.json");

  CAPTURE(said.err);
  CHECK(said.code == 0);
  CHECK(here.json("r.json")["frames"]["wan"]["file"] == "w\uFFFD.pcap");
}

TEST_CASE("a pool counts the ports that are its own to give", "[program][report][pool]") {
  const workshop here;
  const auto [pools, ports, used] = GENERATE(table<std::string, unsigned, unsigned>({
      // Five ports for each of three protocols, ten identifiers; one port is forwarded.
      {"{ name: a, internal: [10.0.0.0/24], external: [203.0.113.8/32], zone: outside, ports: "
       "2000-2009, reserved-ports: [2005-2007, 2006-2009] }",
       24, 1},
      // Eight addresses with ten ports for each protocol; one address is another host's.
      {"{ name: a, internal: [10.0.0.0/24], external: [203.0.113.8/29], zone: outside, ports: "
       "2000-2009 }",
       7 * 40 - 1, 1},
      // The other pool gives ports of the same address.
      {"{ name: a, internal: [10.0.9.0/24], external: [203.0.113.8/32], zone: outside, ports: "
       "2000-2009 }\n    - { name: b, internal: [10.0.0.0/24], external: [203.0.113.8/32], zone: "
       "outside, ports: 2000-2009 }",
       39, 0},
  }));
  CAPTURE(pools);
  auto yaml = home_yaml.substr(0, home_yaml.find("nat:"));
  yaml += "nat:\n  pools:\n    - " + pools +
          "\n  static:\n    - { external: \"203.0.113.8:2000\", internal: \"10.0.0.20:22\", "
          "protocol: tcp }\n    - { external: 203.0.113.10, internal: 10.0.0.10 }\n";
  here.write("home.yaml", yaml);
  const auto packet = weir::test::udp{}.from("10.0.0.5", 4000).to("198.51.100.7", 53).bytes();
  here.capture("a.pcap", {{0, weir::test::outward(packet)}});

  const auto said = here.run("replay --config home.yaml --in lan=a.pcap --report r.json");

  CAPTURE(said.err);
  REQUIRE(said.code == 0);
  const auto pool = here.json("r.json")["pools"]["a"];
  CHECK(pool["ports"] == ports);
  CHECK(pool["ports_used"] == used);
  CHECK(pool["mappings"] == used);
}

TEST_CASE("the schema notices what does not fit", "[program][report]") {
  const workshop here;
  here.write("home.yaml", home_yaml);
  here.capture("a.pcap", {});
  REQUIRE(here.run("replay --config home.yaml --in lan=a.pcap --report r.json").code == 0);
  const auto good = here.json("r.json");
  schema_check check{schema()};

  auto missing = good;
  missing.erase("packets");
  auto unknown = good;
  unknown["speed"] = 3;
  auto negative = good;
  negative["packets"]["in"] = -1;
  auto typed = good;
  typed["conserved"] = "yes";

  CHECK(check.faults_of(good).empty());
  CHECK(check.faults_of(missing).size() == 1);
  CHECK(check.faults_of(unknown).size() == 1);
  CHECK(check.faults_of(negative).size() == 1);
  CHECK(check.faults_of(typed).size() == 1);
}

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

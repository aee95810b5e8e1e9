#include "tests/engine/gateway.hpp"
#include "tests/support/catch.hpp"

namespace weir::test {
namespace {

configuration validating(source_validation how) {
  auto raw = two_zones(action::permit_stateful);
  raw.interfaces[0].validation = how;
  raw.interfaces[1].validation = how;
  add_policy(raw, "outside", "inside", action::permit_stateful);
  return raw;
}

TEST_CASE("loose validation asks for some route to the source", "[engine][validation][rfc3704]") {
  auto raw = validating(source_validation::loose);
  gateway box{raw};
  raw.routes.clear();
  gateway lost{raw};

  CHECK(box.sends("lan", udp{}.from("198.51.100.1")).text() == "forward");
  CHECK(lost.sends("lan", udp{}.from("198.51.100.1").to("203.0.113.9")).text() ==
        "drop spoofed_source");
  CHECK(lost.sends("lan", udp{}.to("203.0.113.9")).text() == "forward");
}

TEST_CASE("strict validation asks for the route back through the ingress interface",
          "[engine][validation][rfc3704]") {
  gateway box{validating(source_validation::strict)};

  CHECK(box.sends("lan", udp{}).text() == "forward");
  CHECK(box.sends("lan", udp{}.from("198.51.100.1")).text() == "drop spoofed_source");
  CHECK(box.sends("wan", udp{}.from("10.0.0.7").to("10.0.0.5")).text() == "drop spoofed_source");
}

TEST_CASE("strict validation holds for packets of sessions too", "[engine][validation][rfc3704]") {
  auto raw = two_zones();
  raw.interfaces[1].validation = source_validation::strict;
  gateway box{raw};
  const auto opener = udp{}.from("10.0.0.5", 4000).to("192.0.2.1", 99);
  REQUIRE(box.sends("lan", opener).text() == "forward");

  CHECK(box.sends("wan", opener).text() == "drop spoofed_source");
  CHECK(box.sends("lan", opener).text() == "forward");
}

TEST_CASE("an answered session's packets come by the sides of their sources alone",
          "[engine][validation][rfc3704]") {
  gateway box{validating(source_validation::strict)};
  const auto question = udp{}.from("10.0.0.5", 4000).to("192.0.2.1", 99).dont_fragment();
  const auto answer = udp{}.from("192.0.2.1", 99).to("10.0.0.5", 4000).dont_fragment();
  REQUIRE(box.sends("lan", question).text() == "forward");
  REQUIRE(box.sends("wan", answer).text() == "forward");

  CHECK(box.sends("lan", question).text() == "forward");
  CHECK(box.sends("wan", question).text() == "drop spoofed_source");
  CHECK(box.sends("wan", answer).text() == "forward");
  CHECK(box.sends("lan", answer).text() == "drop spoofed_source");
}

TEST_CASE("without validation only the box's own addresses are guarded", "[engine][validation]") {
  gateway box{validating(source_validation::off)};

  CHECK(box.sends("wan", udp{}.from("10.0.0.7").to("10.0.0.5")).text() == "forward");
  CHECK(box.sends("wan", udp{}.from("10.0.0.1").to("10.0.0.5")).text() == "drop martian_source");
}

TEST_CASE("a packet to its own source is no packet", "[engine][validation]") {
  gateway box{validating(source_validation::off)};

  CHECK(box.sends("lan", udp{}.from("10.0.0.9").to("10.0.0.9")).text() == "drop martian_source");
}

TEST_CASE("a broadcast address is no source", "[engine][validation]") {
  gateway box{validating(source_validation::loose)};

  CHECK(box.sends("lan", udp{}.from("10.0.0.255")).text() == "drop spoofed_source");
}

}  // namespace
}  // namespace weir::test

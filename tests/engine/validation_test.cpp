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

TEST_CASE("strict validation holds for what is delivered to the box without a policy",
          "[engine][validation][rfc3704]") {
  gateway box{validating(source_validation::strict)};
  const auto to = GENERATE("224.0.0.5", "255.255.255.255", "10.0.0.255", "169.254.1.1");
  CAPTURE(to);

  CHECK(box.sends("lan", udp{}.to(to)).text() == "deliver");
  CHECK(box.sends("lan", udp{}.from("198.51.100.1").to(to)).text() == "drop spoofed_source");
  CHECK(box.sends("lan", udp{}.from("10.0.0.0").to(to)).text() == "drop spoofed_source");
}

TEST_CASE("loose validation holds for what is delivered to the box without a policy",
          "[engine][validation][rfc3704]") {
  auto raw = validating(source_validation::loose);
  raw.routes.clear();
  gateway lost{raw};
  const auto report = icmp{143, 0}.to("ff02::16").payload_size(20).ttl(1);

  CHECK(lost.sends("lan", udp{}.to("224.0.0.5")).text() == "deliver");
  CHECK(lost.sends("lan", udp{}.from("198.51.100.1").to("224.0.0.5")).text() ==
        "drop spoofed_source");
  CHECK(lost.sends("lan", builder{report}.from("2001:db8:1::5")).text() == "deliver");
  CHECK(lost.sends("lan", builder{report}.from("2001:db8:9::1")).text() == "drop spoofed_source");
}

TEST_CASE("who has no address yet, or one of the link alone, is heard whatever the routes say",
          "[engine][validation][rfc2131][rfc3376][rfc3590][rfc4862]") {
  gateway box{validating(source_validation::strict)};
  const auto join = datagram{protocol::igmp}.to("224.0.0.22").ttl(1).payload_size(16);
  const auto report = icmp{143, 0}.to("ff02::16").payload_size(20).ttl(1);
  const auto detection = icmp{135, 0}.to("ff02::1:ff00:5").payload_size(16).ttl(255);

  CHECK(box.sends("lan", udp{}.from("0.0.0.0", 68).to("255.255.255.255", 67)).text() == "deliver");
  CHECK(box.sends("lan", builder{join}.from("0.0.0.0")).text() == "deliver");
  CHECK(box.sends("lan", builder{report}.from("::")).text() == "deliver");
  CHECK(box.sends("lan", builder{detection}.from("::")).text() == "deliver");
  CHECK(box.sends("lan", udp{}.from("169.254.1.1").to("224.0.0.251")).text() == "deliver");
  CHECK(box.sends("lan", builder{detection}.from("fe80::5")).text() == "deliver");
}

TEST_CASE("a server that gives out addresses is heard by who has no route to it",
          "[engine][validation][rfc2131]") {
  gateway box{validating(source_validation::strict)};
  const auto from_elsewhere = udp{}.from("198.51.100.1", 67);

  CHECK(box.sends("lan", builder{from_elsewhere}.to("255.255.255.255", 68)).text() == "deliver");
  CHECK(box.sends("lan", builder{from_elsewhere}.to("255.255.255.255", 67)).text() ==
        "drop spoofed_source");
  CHECK(box.sends("lan", builder{from_elsewhere}.to("224.0.0.1", 68)).text() ==
        "drop spoofed_source");
}

TEST_CASE("without validation only the box's own addresses are guarded", "[engine][validation]") {
  gateway box{validating(source_validation::off)};

  CHECK(box.sends("wan", udp{}.from("10.0.0.7").to("10.0.0.5")).text() == "forward");
  CHECK(box.sends("wan", udp{}.from("10.0.0.1").to("10.0.0.5")).text() == "drop martian_source");
}

/// Anybody may answer, `10.0.0.7` wears 203.0.113.50, and 203.0.113.60:80 is its port 8080.
configuration worn_addresses(source_validation how, std::string_view pool = "203.0.113.8/31") {
  auto raw = open_gateway(pool);
  raw.interfaces[1].validation = how;
  raw.nat.statics = {one_to_one("203.0.113.50", "10.0.0.7"),
                     port_forward("203.0.113.60", 80, "10.0.0.7", 8080)};
  return raw;
}

TEST_CASE("nobody speaks under an address that translated flows wear",
          "[engine][validation][rfc4787-req9]") {
  const auto how =
      GENERATE(source_validation::off, source_validation::loose, source_validation::strict);
  const bool drops = GENERATE(true, false);
  const auto from = GENERATE("203.0.113.8", "203.0.113.9", "203.0.113.50", "203.0.113.60");
  auto raw = worn_addresses(how);
  raw.drop_martians = drops;
  gateway box{raw};
  const auto syn = tcp{}.syn().from(from, 5).to("203.0.113.60", 80);

  CHECK(box.sends("wan", syn).text() == (drops ? "drop martian_source" : "forward"));
  CHECK(box.sends("wan", builder{syn}.from("203.0.113.61", 5)).text() == "forward");
  CHECK((box.sends("lan", udp{}.from(from).to("192.0.2.1")).text() == "drop martian_source") ==
        drops);
}

TEST_CASE("an address that translated flows wear is no source where no route leads to it",
          "[engine][validation]") {
  auto raw = worn_addresses(source_validation::off, "198.51.100.8/31");
  raw.routes.clear();
  gateway box{raw};
  const auto packet = udp{}.from("198.51.100.9").to("10.0.0.7");

  CHECK(box.sends("wan", packet).text() == "drop martian_source");
  CHECK(box.sends("wan", builder{packet}.from("198.51.100.10")).text() == "forward");
}

TEST_CASE("a forged external endpoint takes no hairpin's place",
          "[engine][validation][rfc4787-req9]") {
  auto raw = worn_addresses(source_validation::strict);
  raw.nat.pools[0].internal = {*parse_prefix(GENERATE("10.0.0.0/24", "0.0.0.0/0"))};
  add_policy(raw, "inside", "inside", action::permit_stateful_nat);
  gateway box{raw};
  const auto worn = box.sends("lan", udp{}.from("10.0.0.5", 4001)).flow().source;
  const auto to_worn = udp{}.to(worn);

  CHECK(box.sends("wan", builder{to_worn}.from("203.0.113.50", 7000)).text() ==
        "drop martian_source");
  const auto hairpin = box.sends("lan", builder{to_worn}.from("10.0.0.7", 7000));
  CHECK(box.egress_of(hairpin) == "lan");
  CHECK(hairpin.destination() == "10.0.0.5");
}

TEST_CASE("an ICMP error from an address that translated flows wear is forged",
          "[engine][validation][rfc5508]") {
  gateway box{worn_addresses(source_validation::loose)};
  const auto sent = box.sends("lan", udp{}.from("10.0.0.5", 4001));
  const auto error = icmp{3, 1}.to(sent.source()).quote(sent.bytes);

  CHECK(box.sends("wan", builder{error}.from("203.0.113.50")).text() == "drop martian_source");
  CHECK(box.sends("wan", builder{error}.from("203.0.113.77")).text() == "forward");
}

TEST_CASE("who is known as a neighbour has his address although a pool covers it",
          "[engine][validation][rfc5508]") {
  auto raw = worn_addresses(source_validation::strict, "203.0.113.0/24");
  raw.neighbors = {{*parse_ip_address("203.0.113.99"), "wan", any_station}};
  gateway box{raw};
  const auto sent = box.sends("lan", udp{}.from("10.0.0.5", 4001));
  const auto error = icmp{11, 0}.to(sent.source()).quote(sent.bytes);

  CHECK(box.sends("wan", builder{error}.from("203.0.113.254")).text() == "forward");
  CHECK(box.sends("wan", builder{error}.from("203.0.113.99")).text() == "forward");
  CHECK(box.sends("wan", builder{error}.from("203.0.113.98")).text() == "drop martian_source");
}

TEST_CASE("an address that flows of another domain wear is a host's", "[engine][validation]") {
  auto raw = pool_gateway("203.0.113.8/31");
  raw.interfaces.push_back(raw.interfaces[0]);
  raw.interfaces[2].name = "red";
  raw.interfaces[2].domain = "red";
  raw.interfaces[2].zone = "red";
  raw.interfaces[2].addresses = {own("203.0.113.1/24")};
  add_policy(raw, "red", "red", action::permit_stateful);
  gateway box{raw};

  CHECK(box.sends("red", udp{}.from("203.0.113.9").to("203.0.113.10")).text() == "forward");
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

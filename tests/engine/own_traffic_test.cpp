#include "tests/engine/gateway.hpp"
#include "tests/support/catch.hpp"

namespace weir::test {
namespace {

configuration talking_box(configuration raw = two_zones()) {
  add_policy(raw, "local", "outside", action::permit_stateful);
  return raw;
}

TEST_CASE("the box's own traffic leaves by its own policy and keeps its TTL",
          "[engine][local][s70]") {
  gateway box{talking_box()};

  const auto out = box.sends("local", udp{}.from("203.0.113.1").to("192.0.2.1").ttl(1));

  REQUIRE(out.text() == "forward");
  CHECK(box.egress_of(out) == "wan");
  CHECK(byte_at(out.bytes, 8) == 1);
}

TEST_CASE("the reply to the box's own flow is delivered without an inbound policy",
          "[engine][local][sr3]") {
  gateway box{talking_box()};
  REQUIRE(box.sends("local", udp{}.from("203.0.113.1").to("192.0.2.1")).text() == "forward");

  CHECK(box.sends("wan", udp{}.from("192.0.2.1", 53).to("203.0.113.1", 1000)).text() == "deliver");
}

TEST_CASE("what is for the box is judged towards the zone local", "[engine][local][sr1]") {
  auto raw = two_zones();
  add_policy(raw, "outside", "local", action::deny).rules = {
      rule_for(protocol::tcp, action::permit_stateful, 22)};
  add_policy(raw, "outside", "outside", action::permit);
  gateway box{raw};

  const auto shell = box.sends("wan", tcp{}.syn().from("192.0.2.1", 999).to("203.0.113.1", 22));
  CHECK(shell.text() == "deliver");
  CHECK(byte_at(shell.bytes, 8) == 64);
  CHECK(box.sends("wan", tcp{}.syn().from("192.0.2.1").to("203.0.113.1", 23)).text() ==
        "drop policy_denied");
  CHECK(box.sends("local",
                  tcp{}.syn_ack().acknowledgment(2).from("203.0.113.1", 22).to("192.0.2.1", 999))
            .text() == "forward");
}

TEST_CASE("the longest packet counts all its bytes", "[engine][local][counters]") {
  auto raw = home_gateway();
  add_policy(raw, "inside", "local", action::permit_stateful);
  gateway box{raw};
  const auto packet = udp{}.from("2001:db8:1::5").to("2001:db8:1::1").payload_size(65'527).bytes();
  REQUIRE(packet.size() == packet_counter::packet_bytes_max);

  REQUIRE(box.sends("lan", packet).text() == "deliver");

  const auto& sessions = box.worker().sessions6();
  CHECK(totals(sessions.hot(0), sessions.cold(0)).bytes[0] == packet_counter::packet_bytes_max);
}

TEST_CASE("an own address of another interface is local too", "[engine][local][sr1]") {
  auto raw = two_zones();
  add_policy(raw, "inside", "local", action::permit_stateful);
  gateway box{raw};

  CHECK(box.sends("lan", echo{}.to("203.0.113.1")).text() == "deliver");
}

TEST_CASE("the box does not speak under addresses that are not its own", "[engine][local]") {
  gateway box{talking_box()};

  CHECK(box.sends("local", udp{}.from("10.0.0.5").to("192.0.2.1")).text() == "drop martian_source");
}

TEST_CASE("what the box says to its neighbours is not forwarded, for what it is",
          "[engine][local][host_path]") {
  gateway box{talking_box()};
  const auto says = [&](const builder& packet) { return box.sends("local", packet).text(); };

  CHECK(says(udp{}.from("203.0.113.1").to("224.0.0.1")) == "drop multicast");
  CHECK(says(udp{}.from("203.0.113.1").to("255.255.255.255")) == "drop broadcast");
  CHECK(says(udp{}.from("203.0.113.1").to("203.0.113.255")) == "drop broadcast");
  CHECK(says(udp{}.from("0.0.0.0", 68).to("255.255.255.255", 67)) == "drop broadcast");
  CHECK(says(udp{}.from("203.0.113.1").to("169.254.1.1")) == "drop link_local");
  CHECK(says(udp{}.from("fe80::1").to("fe80::2")) == "drop link_local");
  CHECK(says(udp{}.from("fe80::1").to("ff02::1")) == "drop multicast");
  CHECK(says(icmp{135, 0}.from("fe80::1").to("fe80::2").payload_size(16).ttl(255)) ==
        "drop link_local");
}

TEST_CASE("nobody else speaks in the box's own sessions", "[engine][local]") {
  gateway box{talking_box()};
  const auto query = udp{}.from("203.0.113.1").to("192.0.2.1");
  REQUIRE(box.sends("local", query).text() == "forward");

  CHECK(box.sends("wan", query).text() == "drop martian_source");
  CHECK(box.sends("lan", query).text() == "drop martian_source");
}

TEST_CASE("the box does not speak in the sessions of others", "[engine][local]") {
  gateway box{talking_box()};
  const auto query = udp{}.from("10.0.0.5").to("192.0.2.1");
  REQUIRE(box.sends("lan", query).text() == "forward");

  CHECK(box.sends("local", query).text() == "drop martian_source");
}

TEST_CASE("a port the box uses is not given to an internal host", "[engine][local][nat]") {
  gateway box{talking_box(home_gateway())};
  REQUIRE(box.sends("local", udp{}.from("203.0.113.1", 4000).to("192.0.2.1")).text() == "forward");

  const auto out = box.sends("lan", udp{}.from("10.0.0.5", 4000).to("192.0.2.1"));

  REQUIRE(out.text() == "forward");
  CHECK(out.source_port() != 4000);
  CHECK(held_by(box) == "2 2 2");
}

TEST_CASE("a port that the box listens on is not given to an internal host",
          "[engine][local][nat]") {
  auto raw = home_gateway();
  add_policy(raw, "outside", "local", action::permit_stateful);
  gateway box{raw};
  REQUIRE(box.sends("wan", udp{}.from("192.0.2.9", 7).to("203.0.113.1", 4000)).text() == "deliver");

  const auto out = box.sends("lan", udp{}.from("10.0.0.5", 4000).to("192.0.2.1"));

  REQUIRE(out.text() == "forward");
  CHECK(out.source_port() != 4000);
}

TEST_CASE("a port that policy names for the box is given to no internal host",
          "[engine][local][nat]") {
  auto raw = home_gateway();
  add_policy(raw, "outside", "local", action::deny).rules = {
      rule_for(protocol::udp, action::permit_stateful, 51'820)};
  gateway box{raw};
  const auto from_host = [&](builder packet) {
    return box.sends("lan", packet.from("10.0.0.5", 51'820).to("192.0.2.1", 51'820));
  };

  const auto out = from_host(udp{});
  const auto in = box.sends("wan", udp{}.from("192.0.2.9", 7).to("203.0.113.1", 51'820));
  const auto same = box.sends("wan", udp{}.from("192.0.2.1", 51'820).to("203.0.113.1", 51'820));

  REQUIRE(out.text() == "forward");
  CHECK(out.source_port() != 51'820);
  CHECK(in.text() == "deliver");
  CHECK(same.text() == "deliver");
  CHECK(from_host(tcp{}.syn()).source_port() == 51'820);
}

TEST_CASE("what policy permits for the box without naming few ports of it is given",
          "[engine][local][nat]") {
  auto named = rule_for(protocol::udp, action::permit_stateful, 4000);
  const auto change = GENERATE(0, 1, 2, 3, 4);
  if (change == 0) named.destination_ports.clear();
  if (change == 1) named.destination_ports = {*port_range::between(port{2977}, port{4001})};
  if (change == 2) named.destinations = {*parse_prefix("10.0.0.1/32")};
  if (change == 3) named.family = ip_family::ipv6;
  if (change == 4) named.action = action::deny;
  auto raw = home_gateway();
  add_policy(raw, "outside", "local", action::permit_stateful).rules = {named};
  gateway box{raw};

  CAPTURE(change);
  CHECK(box.sends("lan", udp{}.from("10.0.0.5", 4000).to("192.0.2.1")).source_port() == 4000);
}

TEST_CASE("the box uses a port that an internal host wears, towards others",
          "[engine][local][nat]") {
  gateway box{talking_box(home_gateway())};
  REQUIRE(box.sends("lan", udp{}.from("10.0.0.5", 4000).to("192.0.2.1")).text() == "forward");
  const auto asks = [&](const char* remote) {
    return box.sends("local", udp{}.from("203.0.113.1", 4000).to(remote)).text();
  };
  const auto answers = [&](const char* remote) {
    return box.sends("wan", udp{}.from(remote, 53).to("203.0.113.1", 4000));
  };

  CHECK(asks("192.0.2.9") == "forward");
  CHECK(asks("192.0.2.1") == "drop key_taken");
  CHECK(held_by(box) == "2 1 1");
  CHECK(answers("192.0.2.9").text() == "deliver");
  CHECK(answers("192.0.2.1").destination() == "10.0.0.5");
}

TEST_CASE("a port that the box uses beside an internal host's is its own when that one is gone",
          "[engine][local][nat]") {
  auto raw = talking_box(home_gateway());
  add_policy(raw, "inside", "local", action::permit_stateful);
  gateway box{raw};
  const auto asks = [&](const char* remote) {
    return box.sends("local", udp{}.from("203.0.113.1", 4000).to(remote)).text();
  };
  box.sends("lan", udp{}.from("10.0.0.5", 4000).to("192.0.2.1", 99));
  box.advance(duration::seconds(119));
  CHECK(asks("192.0.2.9") == "forward");
  box.advance(duration::seconds(1));

  CHECK(asks("192.0.2.8") == "forward");

  CHECK(held_by(box) == "2 1 1");
  CHECK(box.sends("lan", udp{}.from("10.0.0.5", 4000)).source_port() != 4000);
}

TEST_CASE("the box serves on a port that another end of a pool wears", "[engine][local][nat]") {
  auto raw = home_gateway();
  raw.nat.statics = {port_forward("203.0.113.1", 80, "10.0.0.1", 8080, protocol::udp)};
  raw.nat.pools[0].internal = {*parse_prefix("192.0.2.0/24")};
  raw.nat.pools[0].external_interface = "lan";
  raw.nat.pools[0].zone = "inside";
  add_policy(raw, "outside", "inside", action::permit_stateful_nat);
  add_policy(raw, "outside", "local", action::permit_stateful);
  gateway box{raw};
  const auto guest = box.sends("wan", udp{}.from("192.0.2.1", 8080).to("10.0.0.5"));
  REQUIRE(guest.source() == "10.0.0.1");
  REQUIRE(guest.source_port() == 8080);

  const auto call = box.sends("wan", udp{}.from("192.0.2.9", 7).to("203.0.113.1", 80));

  CHECK(call.text() == "deliver");
  CHECK(held_by(box) == "2 1 1");
}

TEST_CASE("a packet of the box that is too big is told so", "[engine][local]") {
  auto raw = talking_box();
  raw.interfaces[1].mtu = 1400;
  gateway box{raw};

  const auto large = box.sends("local", udp{}.from("203.0.113.1").payload_size(1400));

  CHECK(large.text() == "drop too_big");
  REQUIRE(answered(large) == "3/4");
  CHECK(large.answers[0].where.egress == interface_id::local());
}

TEST_CASE("the box sends no packet whose time is up", "[engine][local][rfc1122]") {
  gateway box{talking_box()};
  const auto packet = [](unsigned ttl) {
    return udp{}.from("203.0.113.1").to("192.0.2.1").ttl(ttl);
  };

  CHECK(box.sends("local", packet(0)).text() == "drop ttl_expired");
  CHECK(box.sends("local", packet(1)).text() == "forward");
  CHECK(box.sends("local", packet(0)).text() == "drop ttl_expired");
}

TEST_CASE("an identifier the box asks with is not given to an internal host",
          "[engine][local][nat][sd4]") {
  gateway box{talking_box(home_gateway())};
  REQUIRE(box.sends("local", echo{}.from("203.0.113.1").identifier(5)).text() == "forward");

  const auto out = box.sends("lan", echo{}.from("10.0.0.5").identifier(5));

  REQUIRE(out.text() == "forward");
  CHECK(out.source_port() != 5);
  CHECK(held_by(box) == "2 2 2");
  CHECK(box.sends("wan", echo{}.type(0).from("192.0.2.1").to("203.0.113.1").identifier(5)).text() ==
        "deliver");
}

TEST_CASE("the box asks with an identifier that an internal host wears, others than its remotes",
          "[engine][local][nat][sd4]") {
  gateway box{talking_box(home_gateway())};
  REQUIRE(box.sends("lan", echo{}.from("10.0.0.5").to("192.0.2.1").identifier(5)).text() ==
          "forward");
  const auto asks = [&](const char* remote) {
    return box.sends("local", echo{}.from("203.0.113.1").to(remote).identifier(5)).text();
  };

  CHECK(asks("192.0.2.9") == "forward");
  CHECK(asks("192.0.2.1") == "drop key_taken");
  CHECK(held_by(box) == "2 1 1");
  CHECK(box.sends("wan", echo{}.type(0).from("192.0.2.9").to("203.0.113.1").identifier(5)).text() ==
        "deliver");
}

TEST_CASE("a query towards the box claims nothing", "[engine][local][nat]") {
  auto raw = home_gateway();
  add_policy(raw, "outside", "local", action::permit_stateful);
  gateway box{raw};

  CHECK(box.sends("wan", echo{}.from("192.0.2.1").to("203.0.113.1").identifier(5)).text() ==
        "deliver");
  CHECK(held_by(box) == "1 0 0");
}

}  // namespace
}  // namespace weir::test

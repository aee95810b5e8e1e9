#include "tests/engine/gateway.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace weir::test {
namespace {

exempt_configuration exempting(std::string_view destination) {
  exempt_configuration made;
  made.sources = {parse_prefix("10.0.0.0/24")->as<ipv4>()};
  made.destinations = {parse_prefix(destination)->as<ipv4>()};
  return made;
}

configuration deterministic_gateway() {
  auto raw = pool_gateway("203.0.113.8/32");
  raw.nat.pools[0].deterministic = true;
  return raw;
}

TEST_CASE("one internal endpoint wears one external endpoint towards everybody",
          "[engine][source][rfc4787-req1][rfc5382-req1]") {
  gateway box{pool_gateway()};
  const auto first = box.sends("lan", udp{}.to("192.0.2.1", 53));

  for (const auto* peer : {"192.0.2.2", "198.51.100.7"}) {
    const auto next = box.sends("lan", udp{}.to(peer, 99));
    CHECK(next.source() == first.source());
    CHECK(next.source_port() == first.source_port());
  }
  CHECK(held_by(box) == "3 1 1");
}

TEST_CASE("a host keeps one external address", "[engine][source][rfc4787-req2]") {
  gateway box{pool_gateway()};
  std::set<std::string> worn;

  for (unsigned port = 4000; port < 4020; ++port) {
    worn.insert(box.sends("lan", udp{}.from("10.0.0.5", port)).source());
  }

  CHECK(worn.size() == 1);
}

TEST_CASE("a small table remembers the address of as many hosts as it has mappings",
          "[engine][source][rfc4787-req2]") {
  auto raw = pool_gateway();
  raw.sessions.max = 100;
  gateway box{raw};

  for (unsigned host = 101; host <= 200; ++host) {
    REQUIRE(box.sends("lan", udp{}.from("10.0.0." + std::to_string(host))).text() == "forward");
  }

  CHECK(box.worker().mappings().hosts() == 100);
}

TEST_CASE("a burst of 64 equal new packets is one session with one port",
          "[engine][source][v15][sd1][sd2]") {
  gateway box{pool_gateway()};
  const auto packet = udp{}.from("10.0.0.5", 4000).bytes();

  const auto fates = box.burst(std::vector<sent_packet>(64, {"lan", packet}));

  for (const auto& one : fates) {
    REQUIRE(one.text() == "forward");
    CHECK(one.source_port() == fates[0].source_port());
  }
  CHECK(held_by(box) == "1 1 1");
}

TEST_CASE("two hosts with one echo id towards one target get their own replies",
          "[engine][source][sd4][v16]") {
  gateway box{pool_gateway("203.0.113.8/32")};

  const auto first = box.sends("lan", echo{}.from("10.0.0.5").to("192.0.2.1").identifier(7));
  const auto second = box.sends("lan", echo{}.from("10.0.0.6").to("192.0.2.1").identifier(7));
  REQUIRE(first.text() == "forward");
  REQUIRE(second.text() == "forward");
  CHECK(first.source_port() != second.source_port());

  const auto reply = [&](const fate& sent) {
    return box.sends(
        "wan", echo{}.type(0).from("192.0.2.1").to("203.0.113.8").identifier(sent.source_port()));
  };
  const auto to_first = reply(first);
  const auto to_second = reply(second);
  REQUIRE(to_first.text() == "forward");
  REQUIRE(to_second.text() == "forward");
  CHECK(to_first.destination() == "10.0.0.5");
  CHECK(to_second.destination() == "10.0.0.6");
  CHECK(word_at(to_first.bytes, 24) == 7);
  CHECK(word_at(to_second.bytes, 24) == 7);
}

TEST_CASE("an echo session gives back the identifier it took", "[engine][source][sd3]") {
  gateway box{pool_gateway()};
  for (unsigned id = 1; id <= 10; ++id) box.sends("lan", echo{}.identifier(id));
  CHECK(held_by(box) == "10 10 10");

  box.advance(duration::seconds(60));
  box.worker().expire(instant::from_epoch(duration::seconds(1'000'060)));

  CHECK(held_by(box) == "0 0 0");
}

TEST_CASE("from inside to inside nothing is translated", "[engine][source][sd8]") {
  auto raw = home_gateway();
  raw.interfaces[0].addresses.push_back(own("10.0.1.1/24"));
  raw.nat.pools[0].internal = {*parse_prefix("10.0.0.0/16")};
  add_policy(raw, "inside", "inside", action::permit_stateful_nat);
  gateway box{raw};

  const auto out = box.sends("lan", udp{}.from("10.0.0.5").to("10.0.1.9"));

  REQUIRE(out.text() == "forward");
  CHECK(out.source() == "10.0.0.5");
  CHECK(held_by(box) == "1 0 0");
}

TEST_CASE("what does not leave to the zone of a pool for everybody is its inside",
          "[engine][source][sd8]") {
  auto raw = pool_gateway();
  raw.nat.pools[0].internal = {*parse_prefix("0.0.0.0/0")};
  auto inside = raw.routes[0];
  inside.to = *parse_prefix("10.9.0.0/16");
  inside.via = parse_ip_address("10.0.0.254");
  inside.interface = "lan";
  raw.routes.push_back(inside);
  add_policy(raw, "inside", "inside", action::permit_stateful_nat);
  gateway box{raw};

  const auto out = box.sends("lan", udp{}.from("10.0.0.5").to("10.9.0.9"));

  REQUIRE(out.text() == "forward");
  CHECK(out.source() == "10.0.0.5");
  CHECK(held_by(box) == "1 0 0");
  CHECK(box.sends("lan", udp{}.from("10.0.0.5").to("192.0.2.1")).source() != "10.0.0.5");
}

TEST_CASE("without a zone a pool for everybody knows no inside", "[engine][source][sd8]") {
  auto raw = pool_gateway();
  raw.nat.pools[0].internal = {*parse_prefix("0.0.0.0/0")};
  raw.nat.pools[0].zone.clear();
  raw.interfaces[0].addresses.push_back(own("10.0.1.1/24"));
  add_policy(raw, "inside", "inside", action::permit_stateful_nat);
  gateway box{raw};

  CHECK(box.sends("lan", udp{}.from("10.0.0.5").to("10.0.1.9")).source() != "10.0.0.5");
}

TEST_CASE("by another way to everybody nothing leaves a pool untranslated",
          "[engine][source][sd17]") {
  auto raw = pool_gateway();
  raw.nat.pools[0].internal = {*parse_prefix("0.0.0.0/0")};
  raw.nat.pools[0].zone = "elsewhere";
  raw.interfaces.push_back(raw.interfaces[1]);
  raw.interfaces[2].name = "wan2";
  raw.interfaces[2].zone = "elsewhere";
  raw.interfaces[2].addresses = {own("198.51.100.1/24")};
  gateway box{raw};

  CHECK(box.sends("lan", udp{}.to("192.0.2.1")).text() == "drop no_pool");
}

TEST_CASE("a pool for everybody takes no other zone for its inside", "[engine][source][sd17]") {
  auto raw = pool_gateway();
  raw.nat.pools[0].internal = {*parse_prefix("0.0.0.0/0")};
  raw.interfaces.push_back(raw.interfaces[0]);
  raw.interfaces[2].name = "tunnel";
  raw.interfaces[2].zone = "vpn";
  raw.interfaces[2].addresses = {own("10.8.0.1/24")};
  for (const char* const half : {"0.0.0.0/1", "128.0.0.0/1"}) {
    raw.routes.push_back({*parse_prefix(half), parse_ip_address("10.8.0.254"), "tunnel", ""});
    raw.routes.back().domain = raw.routes[0].domain;
  }
  add_policy(raw, "inside", "vpn", action::permit_stateful_nat);
  gateway box{raw};

  CHECK(box.sends("lan", udp{}.to("192.0.2.1")).text() == "drop no_pool");
}

TEST_CASE("who comes from an uplink is inside for no pool for everybody",
          "[engine][source][sd17]") {
  auto raw = pool_gateway();
  raw.nat.pools[0].internal = {*parse_prefix("0.0.0.0/0")};
  raw.nat.pools.push_back(raw.nat.pools[0]);
  raw.nat.pools[1].name = "second";
  raw.nat.pools[1].external = {*parse_prefix("198.51.100.8/29")};
  raw.nat.pools[1].zone = "elsewhere";
  raw.nat.pools.insert(raw.nat.pools.begin(), raw.nat.pools[0]);
  raw.nat.pools[0].name = "hosts";
  raw.nat.pools[0].internal = {*parse_prefix("10.0.0.0/24")};
  raw.interfaces.push_back(raw.interfaces[1]);
  raw.interfaces[2].name = "wan2";
  raw.interfaces[2].zone = "elsewhere";
  raw.interfaces[2].addresses = {own("198.51.100.1/24")};
  add_policy(raw, "outside", "inside", action::permit_stateful_nat);
  gateway box{raw};

  const auto caller = udp{}.from("192.0.2.1").to("10.0.0.5");

  CHECK(box.sends("wan", caller).text() == "drop no_pool");
}

TEST_CASE("another domain is nobody's inside", "[engine][source][sd17]") {
  const char* const internal = GENERATE("0.0.0.0/0", "10.0.0.0/8");
  auto raw = pool_gateway();
  raw.interfaces[0].domain = "red";
  raw.interfaces.push_back(raw.interfaces[1]);
  raw.interfaces[2].name = "shared";
  raw.interfaces[2].zone = raw.interfaces[0].zone;
  raw.interfaces[2].addresses = {own("10.200.0.1/16")};
  raw.routes.push_back({*parse_prefix("10.200.0.0/16"), std::nullopt, "shared", "red"});
  raw.nat.pools[0].internal = {*parse_prefix(internal)};
  raw.nat.pools[0].domain = "red";
  raw.nat.pools[0].external_domain = "default";
  add_policy(raw, "inside", "inside", action::permit_stateful_nat);
  gateway box{raw};

  CHECK(box.sends("lan", udp{}.to("10.200.0.7")).text() == "drop no_pool");
}

TEST_CASE("from the inside of one pool to that of another nothing is translated",
          "[engine][source][sd8]") {
  auto raw = home_gateway();
  raw.interfaces[0].addresses.push_back(own("10.0.1.1/24"));
  raw.nat.pools.push_back(raw.nat.pools[0]);
  raw.nat.pools[1].name = "others";
  raw.nat.pools[1].internal = {*parse_prefix("10.0.1.0/24")};
  raw.nat.pools[0].zone = raw.nat.pools[1].zone = GENERATE("outside", "");
  add_policy(raw, "inside", "inside", action::permit_stateful_nat);
  gateway box{raw};

  CHECK(box.sends("lan", udp{}.from("10.0.0.5").to("10.0.1.9")).source() == "10.0.0.5");
  CHECK(box.sends("lan", udp{}.from("10.0.1.9").to("10.0.0.5")).source() == "10.0.1.9");
}

TEST_CASE("without a zone, what only the default route leads to is outside",
          "[engine][source][sd17]") {
  auto raw = pool_gateway();
  raw.nat.pools[0].internal = {*parse_prefix("10.0.0.0/16")};
  raw.nat.pools[0].zone.clear();
  raw.interfaces[0].addresses.push_back(own("10.0.1.1/24"));
  add_policy(raw, "inside", "inside", action::permit_stateful_nat);
  gateway box{raw};

  const auto out = box.sends("lan", udp{}.from("10.0.0.5").to("10.0.77.7"));
  CHECK(box.egress_of(out) == "wan");
  CHECK(out.source() != "10.0.0.5");
  CHECK(box.sends("lan", udp{}.from("10.0.0.5").to("10.0.1.7")).source() == "10.0.0.5");
}

TEST_CASE("an inside route by the gateway that leads to everybody is inside",
          "[engine][source][sd8]") {
  auto raw = pool_gateway();
  raw.nat.pools[0].internal = {*parse_prefix("10.0.0.0/8")};
  raw.nat.pools[0].zone.clear();
  auto inside = raw.routes[0];
  inside.to = *parse_prefix("10.2.0.0/16");
  raw.routes.insert(raw.routes.begin(), inside);
  gateway box{raw};

  CHECK(box.sends("lan", udp{}.from("10.0.0.5").to("10.2.0.9")).source() == "10.0.0.5");
  CHECK(box.sends("lan", udp{}.from("10.0.0.5").to("10.3.0.9")).source() != "10.0.0.5");
}

TEST_CASE("what leaves by the zone of one pool is inside for no other", "[engine][source][sd8]") {
  auto raw = pool_gateway();
  raw.nat.pools[0].internal = {*parse_prefix("10.0.0.0/8")};
  raw.nat.pools[0].zone = "outside";
  raw.nat.pools.push_back(raw.nat.pools[0]);
  raw.nat.pools[1].name = "second";
  raw.nat.pools[1].zone = "outside2";
  raw.interfaces.push_back(raw.interfaces[1]);
  raw.interfaces[2].name = "wan2";
  raw.interfaces[2].zone = "outside2";
  raw.interfaces[2].addresses = {own("198.51.100.1/24")};
  gateway box{raw};

  CHECK(box.sends("lan", udp{}.from("10.0.0.5").to("10.9.9.9")).source() != "10.0.0.5");
}

TEST_CASE("what waits for its answer and what has it share identifications with nobody",
          "[engine][source][rfc6864]") {
  gateway box{pool_gateway("203.0.113.8/32")};
  const auto esp = [](std::uint32_t spi) { return datagram{protocol::esp}.spi(spi); };
  box.sends("lan", esp(1).from("10.0.0.5"));
  box.sends("wan", esp(77).from("192.0.2.1").to("203.0.113.8"));
  const auto first = word_at(box.sends("lan", esp(1).from("10.0.0.5")).bytes, 4);
  const auto second = word_at(box.sends("lan", esp(2).from("10.0.0.6")).bytes, 4);
  const auto third = word_at(box.sends("lan", esp(1).from("10.0.0.5")).bytes, 4);

  CHECK(static_cast<std::uint16_t>(second - first) == 1);
  CHECK(static_cast<std::uint16_t>(third - second) == 1);
}

TEST_CASE("behind the zone of its pool an inside address is outside", "[engine][source][sd17]") {
  auto raw = pool_gateway();
  raw.nat.pools[0].internal = {*parse_prefix("10.0.0.0/16")};
  raw.interfaces[1].addresses.push_back(own("10.0.8.1/24"));
  gateway box{raw};

  const auto out = box.sends("lan", udp{}.from("10.0.0.5").to("10.0.8.9"));

  REQUIRE(out.text() == "forward");
  CHECK(box.egress_of(out) == "wan");
  CHECK(out.source() != "10.0.0.5");
}

TEST_CASE("what needs a pool and has none goes nowhere", "[engine][source][sd17]") {
  auto raw = home_gateway();
  raw.nat.pools[0].internal = {*parse_prefix("10.0.0.128/25")};
  gateway box{raw};

  CHECK(box.sends("lan", udp{}.from("10.0.0.5")).text() == "drop no_pool");
  CHECK(box.sends("lan", udp{}.from("10.0.0.200")).text() == "forward");
}

TEST_CASE("a pool serves only what leaves through its zone", "[engine][source]") {
  auto raw = pool_gateway();
  raw.interfaces.push_back(raw.interfaces[1]);
  raw.interfaces[2].name = "dmz";
  raw.interfaces[2].zone = "dmz";
  raw.interfaces[2].addresses = {own("172.16.0.1/24")};
  add_policy(raw, "inside", "dmz", action::permit_stateful_nat);
  gateway box{raw};

  CHECK(box.sends("lan", udp{}.to("172.16.0.9")).text() == "drop no_pool");
}

TEST_CASE("a port is given once, and the next host is refused",
          "[engine][source][rfc4787-req3][sd17]") {
  auto raw = pool_gateway("203.0.113.8/32");
  raw.nat.pools[0].ports = port_range::between(port{4000}, port{4001});
  gateway box{raw};

  const auto first = box.sends("lan", udp{}.from("10.0.0.5", 1));
  const auto second = box.sends("lan", udp{}.from("10.0.0.6", 1));
  const auto third = box.sends("lan", udp{}.from("10.0.0.7", 1));

  CHECK(first.source_port() != second.source_port());
  CHECK(third.text() == "drop pool_exhausted");
  CHECK(answered(third) == "nothing");
  CHECK(held_by(box) == "2 2 2");
}

TEST_CASE("an exhausted pool says what it is asked to say",
          "[engine][source][rfc5508-req8][rfc6888-req11]") {
  auto raw = pool_gateway("203.0.113.8/32");
  raw.nat.pools[0].ports = port_range::only(port{4000});
  raw.nat.pools[0].exhausted = exhaustion_answer::admin_prohibited;
  gateway admin{raw};
  raw.nat.pools[0].exhausted = exhaustion_answer::host_unreachable;
  gateway host{raw};
  admin.sends("lan", udp{}.from("10.0.0.5"));
  host.sends("lan", udp{}.from("10.0.0.5"));

  CHECK(answered(admin.sends("lan", udp{}.from("10.0.0.6"))) == "3/13");
  CHECK(answered(host.sends("lan", udp{}.from("10.0.0.6"))) == "3/1");
}

TEST_CASE("a port whose session is past its deadline is free in that very tick",
          "[engine][source][sr5]") {
  auto raw = pool_gateway("203.0.113.8/32");
  raw.nat.pools[0].ports = port_range::only(port{4000});
  worker_options lazy;
  lazy.reclaim_budget = 0;
  gateway box{raw, lazy};
  box.sends("lan", udp{}.from("10.0.0.5").to("192.0.2.1", 99));

  box.advance(duration::milliseconds(119'999));
  CHECK(box.sends("lan", udp{}.from("10.0.0.6").to("192.0.2.1", 99)).text() ==
        "drop pool_exhausted");
  box.advance(duration::milliseconds(1));
  CHECK(box.sends("lan", udp{}.from("10.0.0.6").to("192.0.2.1", 99)).text() == "forward");
}

TEST_CASE("an exempt destination is reached untranslated", "[engine][source][rfc6888-req6]") {
  auto raw = pool_gateway();
  raw.nat.exempt = {exempting("192.0.2.0/24")};
  gateway box{raw};

  CHECK(box.sends("lan", udp{}.to("192.0.2.1")).source() == "10.0.0.5");
  CHECK(box.sends("lan", udp{}.to("198.51.100.1")).source() != "10.0.0.5");
}

TEST_CASE("of two tenants with the same addresses one is exempt", "[engine][source]") {
  auto raw = pool_gateway();
  raw.interfaces.push_back(raw.interfaces[0]);
  raw.interfaces[2].name = "tenant";
  raw.interfaces[2].domain = "red";
  raw.routes.push_back({ip_prefix{ipv4_prefix{}}, raw.routes[0].via, "wan", "red"});
  raw.nat.pools.push_back(raw.nat.pools[0]);
  raw.nat.pools[1].name = "red";
  raw.nat.pools[1].domain = "red";
  raw.nat.pools[1].external_domain = "default";
  raw.nat.exempt = {exempting("192.0.2.0/24")};
  raw.nat.exempt[0].domain = GENERATE("default", "red");
  const bool is_red = raw.nat.exempt[0].domain == "red";
  gateway box{raw};

  const auto ours = box.sends("lan", udp{}.to("192.0.2.1"));
  const auto theirs = box.sends("tenant", udp{}.to("192.0.2.1"));

  CHECK((ours.source() == "10.0.0.5") == !is_red);
  CHECK((theirs.source() == "10.0.0.5") == is_red);
}

TEST_CASE("a 1:1 host wears its mapping whatever permits its flow", "[engine][source]") {
  auto raw = pool_gateway();
  raw.policies[0].default_action =
      GENERATE(action::permit, action::permit_stateful, action::permit_stateful_nat);
  raw.nat.statics = {one_to_one("203.0.113.2", "10.0.0.5")};
  add_policy(raw, "inside", "inside", raw.policies[0].default_action);
  raw.interfaces[0].addresses.push_back(own("10.0.1.1/24"));
  raw.nat.pools[0].internal.push_back(*parse_prefix("10.0.1.0/24"));
  gateway box{raw};

  const auto out = box.sends("lan", udp{}.from("10.0.0.5", 4000));
  REQUIRE(out.text() == "forward");
  CHECK(out.source() == "203.0.113.2");
  CHECK(out.source_port() == 4000);
  CHECK(box.sends("lan", udp{}.from("10.0.0.5").to("10.0.1.9")).source() == "10.0.0.5");
}

/// A 1:1 host in a zone of its own, which lies in no pool, and policies both ways.
configuration with_server(action permits, std::string_view pool_zone = "outside") {
  auto raw = pool_gateway();
  raw.nat.pools[0].zone = pool_zone;
  raw.interfaces.push_back(raw.interfaces[0]);
  raw.interfaces[2].name = "dmz";
  raw.interfaces[2].zone = "dmz";
  raw.interfaces[2].addresses = {own("10.2.0.1/24")};
  raw.nat.statics = {one_to_one("203.0.113.2", "10.2.0.30")};
  add_policy(raw, "inside", "dmz", permits);
  add_policy(raw, "dmz", "inside", permits);
  add_policy(raw, "dmz", "outside", permits);
  return raw;
}

TEST_CASE("between a 1:1 host and the hosts of a pool nothing is translated",
          "[engine][source][sd8]") {
  const auto permits =
      GENERATE(action::permit, action::permit_stateful, action::permit_stateful_nat);
  auto raw = with_server(permits, GENERATE("outside", ""));
  if (GENERATE(false, true)) raw.nat.statics[0].protocol = protocol::tcp;
  gateway box{raw};

  const auto there = box.sends("lan", udp{}.from("10.0.0.5", 4000).to("10.2.0.30", 53));
  const auto back = box.sends("dmz", answer_to(udp{}, there));
  const auto other = box.sends("dmz", udp{}.from("10.2.0.30", 5000).to("10.0.0.6", 99));

  REQUIRE(there.text() == "forward");
  CHECK(there.source() == "10.0.0.5");
  REQUIRE(back.text() == "forward");
  CHECK(back.source() == "10.2.0.30");
  REQUIRE(other.text() == "forward");
  CHECK(other.source() == "10.2.0.30");
}

TEST_CASE("between 1:1 hosts nothing is translated", "[engine][source][sd8]") {
  auto raw =
      with_server(GENERATE(action::permit, action::permit_stateful, action::permit_stateful_nat));
  raw.nat.pools.clear();
  raw.nat.statics.push_back(one_to_one("203.0.113.3", "10.0.0.5"));
  if (GENERATE(false, true)) raw.nat.statics[0].zone = raw.nat.statics[1].zone = "outside";
  gateway box{raw};

  CHECK(box.sends("lan", udp{}.from("10.0.0.5").to("10.2.0.30")).source() == "10.0.0.5");
  CHECK(box.sends("dmz", udp{}.from("10.2.0.30", 7).to("10.0.0.5")).source() == "10.2.0.30");
}

TEST_CASE("a 1:1 host wears its mapping towards all who are not inside", "[engine][source]") {
  auto raw =
      with_server(GENERATE(action::permit, action::permit_stateful, action::permit_stateful_nat));
  raw.nat.statics[0].zone = GENERATE("", "outside");
  gateway box{raw};
  const auto to = GENERATE("192.0.2.1", "203.0.113.77");

  CAPTURE(to);
  CHECK(box.sends("dmz", udp{}.from("10.2.0.30").to(to)).source() == "203.0.113.2");
}

TEST_CASE("what leaves the inside of a 1:1 mapping wears it, whoever has the address inside",
          "[engine][source][sd17]") {
  auto raw =
      with_server(GENERATE(action::permit, action::permit_stateful, action::permit_stateful_nat));
  raw.nat.pools[0].internal = {*parse_prefix("10.0.0.0/16")};
  const bool has_zone = GENERATE(false, true);
  if (has_zone) {
    raw.nat.statics[0].zone = "outside";
    raw.interfaces[1].addresses.push_back(own("10.0.8.1/24"));
  } else {
    raw.nat.pools[0].zone = "dmz";  // what leaves by the default route is inside for this one
  }
  gateway box{raw};

  const auto out = box.sends("dmz", udp{}.from("10.2.0.30").to("10.0.8.9"));

  REQUIRE(out.text() == "forward");
  CHECK(box.egress_of(out) == "wan");
  CHECK(out.source() == "203.0.113.2");
}

TEST_CASE("who comes from outside speaks to no 1:1 host as from inside", "[engine][source]") {
  auto raw = with_server(action::permit_stateful_nat);
  raw.nat.pools[0].internal = {*parse_prefix("0.0.0.0/0")};
  add_policy(raw, "outside", "dmz", action::permit_stateful_nat);
  gateway box{raw};

  CHECK(box.sends("wan", udp{}.from("192.0.2.1").to("10.2.0.30")).text() == "drop no_pool");
  CHECK(box.sends("lan", udp{}.from("10.0.0.5").to("10.2.0.30")).source() == "10.0.0.5");
}

TEST_CASE("a port forward makes its host no internal one", "[engine][source]") {
  auto raw = with_server(action::permit_stateful_nat);
  raw.nat.statics = {port_forward("203.0.113.2", 80, "10.2.0.30", 8080)};
  gateway box{raw};

  CHECK(box.sends("lan", tcp{}.syn().from("10.0.0.5").to("10.2.0.30", 8080)).text() ==
        "drop no_pool");
}

TEST_CASE("an exempt flow of a 1:1 host keeps its source whatever permits it",
          "[engine][source][rfc6888-req6]") {
  auto raw = pool_gateway();
  raw.policies[0].default_action =
      GENERATE(action::permit, action::permit_stateful, action::permit_stateful_nat);
  raw.nat.statics = {one_to_one("203.0.113.2", "10.0.0.5")};
  raw.nat.exempt = {exempting("192.0.2.0/24")};
  gateway box{raw};

  CHECK(box.sends("lan", udp{}.to("192.0.2.1")).source() == "10.0.0.5");
  CHECK(box.sends("lan", udp{}.to("198.51.100.1")).source() == "203.0.113.2");
}

TEST_CASE("errors about an exempt flow keep their source without a session",
          "[engine][source][rfc6888-req6]") {
  auto raw = pool_gateway();
  raw.policies[0].default_action = action::permit;
  raw.nat.statics = {one_to_one("203.0.113.2", "10.0.0.5")};
  raw.nat.exempt = {exempting("192.0.2.0/24")};
  gateway box{raw};
  const auto about = [](const char* remote) {
    const auto quoted = udp{}.from(remote, 53).to("10.0.0.5", 4000).bytes();
    return icmp{3, 3}.from("10.0.0.5").to(remote).quote(quoted);
  };

  CHECK(box.sends("lan", about("192.0.2.1")).source() == "10.0.0.5");
}

TEST_CASE("a hairpin is hidden though the inside is exempt from translation",
          "[engine][source][rfc4787-req9]") {
  auto raw = home_gateway();
  add_policy(raw, "inside", "inside", action::permit_stateful);
  raw.nat.statics = {port_forward("203.0.113.1", 80, "10.0.0.20", 8080)};
  raw.nat.exempt = {exempting("10.0.0.0/16")};
  gateway box{raw};

  const auto there = box.sends("lan", tcp{}.syn().from("10.0.0.5", 4000).to("203.0.113.1", 80));

  REQUIRE(there.text() == "forward");
  CHECK(there.destination() == "10.0.0.20");
  CHECK(there.source() == "203.0.113.1");
}

TEST_CASE("a deterministic pool gives what its plan says", "[engine][source][v11]") {
  auto raw = deterministic_gateway();
  raw.nat.pools[0].ports = port_range::between(port{1024}, port{65535});
  gateway box{raw};

  const auto out = box.sends("lan", udp{}.from("10.0.0.5", 1000));

  REQUIRE(out.text() == "forward");
  CHECK(out.source() == "203.0.113.8");
  CHECK(out.source_port() == 2284 + 1000 % 252);
}

TEST_CASE("a deterministic pool gives the addresses of a connected subnet in their order",
          "[engine][source][rfc7422]") {
  auto raw = pool_gateway("203.0.113.0/29");
  raw.interfaces[1].addresses = {own("203.0.113.3/29"), own("2001:db8:2::1/64")};
  raw.routes.erase(raw.routes.begin());
  auto& pool = raw.nat.pools[0];
  pool.internal = {*parse_prefix("10.0.0.0/29")};
  pool.external = {*parse_prefix("203.0.113.16/31"), *parse_prefix("203.0.113.0/29")};
  pool.deterministic = true;
  gateway box{raw};
  const auto& pools = box.worker().config().pools();

  const char* const expected[] = {"203.0.113.16", "203.0.113.17", "203.0.113.1", "203.0.113.2",
                                  "203.0.113.3",  "203.0.113.4",  "203.0.113.5", "203.0.113.6"};
  for (std::uint8_t host = 0; host < 8; ++host) {
    const ipv4_address inside{10, 0, 0, host};
    const auto block = pools.block_of(pools.pools()[0], inside);
    const auto given = pools.externals_of(pools.pools()[0])[block.external];
    CHECK(to_text(pools.at(given).address) == expected[host]);
    CHECK(pools.inverse(pools.at(given), port_space::udp, block.ports.first()).internal == inside);
  }
}

TEST_CASE("blocks are judged on the addresses that a deterministic pool is left with",
          "[engine][source][rfc7422]") {
  auto raw = pool_gateway();
  raw.interfaces[1].addresses = {own("203.0.113.2/29"), own("2001:db8:2::1/64")};
  raw.routes[0].via = parse_ip_address("203.0.113.1");
  auto& pool = raw.nat.pools[0];
  pool.internal = {*parse_prefix("10.0.0.0/28")};
  pool.external = {*parse_prefix("203.0.113.0/29")};
  pool.deterministic = true;
  raw.nat.statics = {one_to_one("203.0.113.6", "10.0.0.200")};
  gateway box{raw};

  CHECK(box.sends("lan", udp{}.from("10.0.0.12")).source() == "203.0.113.5");
}

TEST_CASE("protocols without ports wear the address of their host",
          "[engine][source][rfc4787-req2]") {
  gateway box{pool_gateway()};
  const auto host = GENERATE("10.0.0.5", "10.0.0.6", "10.0.0.77", "10.0.0.200");
  const auto kind = GENERATE(protocol::esp, protocol::gre, protocol{99});

  const auto bare = box.sends("lan", datagram{kind}.from(host).payload_size(16));
  const auto ported = box.sends("lan", udp{}.from(host));
  const auto again = box.sends("lan", datagram{kind}.from(host).to("192.0.2.9").payload_size(16));

  REQUIRE(bare.text() == "forward");
  CHECK(bare.source() == ported.source());
  CHECK(again.source() == ported.source());
}

TEST_CASE("protocols without ports do not wear the address of a 1:1 mapping", "[engine][source]") {
  auto raw = pool_gateway("203.0.113.8/31");
  raw.nat.statics = {one_to_one("203.0.113.8", "10.0.0.20")};
  gateway box{raw};

  for (const char* host : {"10.0.0.5", "10.0.0.6", "10.0.0.7", "10.0.0.8", "10.0.0.9"}) {
    const auto remote = "192.0.2." + std::string{host}.substr(7);
    const auto sent =
        box.sends("lan", datagram{protocol::gre}.from(host).to(remote).payload_size(16));
    REQUIRE(sent.text() == "forward");
    CHECK(sent.source() == "203.0.113.9");
  }
  CHECK(box.sends("lan", datagram{protocol::gre}.from("10.0.0.20").payload_size(16)).source() ==
        "203.0.113.8");
}

TEST_CASE("a protocol that 1:1 mappings leave no address finds the pool exhausted",
          "[engine][source]") {
  auto raw = pool_gateway("203.0.113.8/32");
  raw.nat.statics = {one_to_one("203.0.113.8", "10.0.0.20")};
  raw.nat.statics[0].protocol = protocol::gre;
  gateway box{raw};

  CHECK(box.sends("lan", datagram{protocol::gre}.from("10.0.0.5").payload_size(16)).text() ==
        "drop pool_exhausted");
  CHECK(box.sends("lan", datagram{protocol::esp}.from("10.0.0.5").payload_size(16)).text() ==
        "forward");
}

TEST_CASE("a second host to the same remote is refused where only addresses tell flows apart",
          "[engine][source]") {
  gateway box{pool_gateway("203.0.113.8/32")};
  const auto packet = datagram{protocol{99}}.payload_size(16);
  REQUIRE(box.sends("lan", builder{packet}.from("10.0.0.5")).text() == "forward");

  CHECK(box.sends("lan", builder{packet}.from("10.0.0.6")).text() == "drop key_taken");
  const auto back = box.sends("wan", builder{packet}.from("192.0.2.1").to("203.0.113.8"));
  REQUIRE(back.text() == "forward");
  CHECK(back.destination() == "10.0.0.5");
}

TEST_CASE("the first reply claims an ESP session, and the next host waits until then",
          "[engine][source][sd20][v13]") {
  gateway box{pool_gateway("203.0.113.8/32")};
  const auto esp = [](std::uint32_t spi) { return datagram{protocol::esp}.spi(spi); };
  REQUIRE(box.sends("lan", esp(1).from("10.0.0.5")).text() == "forward");
  CHECK(box.sends("lan", esp(2).from("10.0.0.6")).text() == "drop reply_unclaimed");

  const auto reply = box.sends("wan", esp(77).from("192.0.2.1").to("203.0.113.8"));
  REQUIRE(reply.text() == "forward");
  CHECK(reply.destination() == "10.0.0.5");
  CHECK(box.sends("lan", esp(2).from("10.0.0.6")).text() == "forward");

  const auto other = box.sends("wan", esp(78).from("192.0.2.1").to("203.0.113.8"));
  CHECK(other.destination() == "10.0.0.6");
  CHECK(box.sends("wan", esp(77).from("192.0.2.1").to("203.0.113.8")).destination() == "10.0.0.5");
  CHECK(box.worker().sessions4().size() == 2);
}

TEST_CASE("the first reply claims an ESP session of a full table", "[engine][source][sd20]") {
  auto raw = pool_gateway("203.0.113.8/32");
  raw.sessions.max = 1;
  gateway box{raw};
  const auto esp = [](std::uint32_t spi) { return datagram{protocol::esp}.spi(spi); };
  REQUIRE(box.sends("lan", esp(1).from("10.0.0.5")).text() == "forward");

  const auto reply = box.sends("wan", esp(77).from("192.0.2.1").to("203.0.113.8"));

  CHECK(reply.destination() == "10.0.0.5");
  CHECK_FALSE(box.worker().verify());
}

TEST_CASE("an authentication header is not translated", "[engine][source][rfc4302]") {
  auto raw = pool_gateway();
  raw.nat.statics = {one_to_one("203.0.113.2", "10.0.0.9")};
  gateway box{raw};
  const auto packet = datagram{protocol::ah}.payload_size(24);

  CHECK(box.sends("lan", builder{packet}.from("10.0.0.5")).text() == "drop untranslatable");
  CHECK(box.sends("lan", builder{packet}.from("10.0.0.9")).text() == "drop untranslatable");
  CHECK(held_by(box) == "0 0 0");
}

TEST_CASE("SCTP keeps its port or is refused", "[engine][source][rfc4960]") {
  gateway box{pool_gateway("203.0.113.8/32")};
  const auto init = datagram{protocol::sctp}.payload_size(20);

  const auto first = box.sends("lan", builder{init}.from("10.0.0.5", 5000));
  REQUIRE(first.text() == "forward");
  CHECK(first.source_port() == 5000);
  CHECK(box.sends("lan", builder{init}.from("10.0.0.6", 5000)).text() == "drop pool_exhausted");
}

TEST_CASE("UDP-Lite and DCCP are translated with their checksums", "[engine][source]") {
  gateway box{pool_gateway()};
  const auto kind = GENERATE(protocol::udp_lite, protocol::dccp);

  const auto out = box.sends("lan", datagram{kind}.from("10.0.0.5", 5000).payload_size(20));

  REQUIRE(out.text() == "forward");
  CHECK(out.source() != "10.0.0.5");
  CHECK(judge_transport(out.bytes) == checksum_verdict::right);
}

TEST_CASE("UDP without a checksum stays without", "[engine][source][rfc768]") {
  gateway box{pool_gateway()};

  const auto out = box.sends("lan", udp{}.no_checksum());

  REQUIRE(out.text() == "forward");
  CHECK(word_at(out.bytes, 26) == 0);
}

TEST_CASE("a partial checksum follows the addresses and nothing else", "[engine][source]") {
  auto raw = pool_gateway();
  raw.policies[0].tcp_mss = 1000;
  gateway box{raw};
  packet_meta meta;
  meta.transport = checksum_state::partial;

  const auto out = box.sends("lan", tcp{}.syn().mss(1460).partial_checksum(), meta);

  REQUIRE(out.text() == "forward");
  const auto expected = tcp{}
                            .syn()
                            .mss(1000)
                            .from(out.source(), out.source_port())
                            .to("192.0.2.1", 53)
                            .partial_checksum()
                            .bytes();
  CHECK(word_at(out.bytes, 36) == word_at(expected, 36));
}

TEST_CASE("datagrams that may be fragmented do not share identifications",
          "[engine][source][rfc6864]") {
  gateway box{pool_gateway("203.0.113.8/32")};
  std::set<unsigned> ids;
  for (unsigned i = 0; i < 8; ++i) {
    const auto* host = i % 2 == 0 ? "10.0.0.5" : "10.0.0.6";
    ids.insert(word_at(box.sends("lan", udp{}.from(host).id(0x1234)).bytes, 4));
  }
  CHECK(ids.size() == 8);

  const auto atomic = box.sends("lan", udp{}.id(0x1234).dont_fragment());
  CHECK(word_at(atomic.bytes, 4) == 0x1234);
}

TEST_CASE("IKE keeps its port while it is free", "[engine][source][rfc3715]") {
  gateway box{pool_gateway("203.0.113.8/32")};

  const auto first = box.sends("lan", udp{}.from("10.0.0.5", 500).to("192.0.2.1", 500));
  const auto second = box.sends("lan", udp{}.from("10.0.0.6", 500).to("192.0.2.1", 500));

  CHECK(first.source_port() == 500);
  REQUIRE(second.text() == "forward");
  CHECK(second.source_port() != 500);
}

TEST_CASE("addresses of broadcasts, gateways and neighbours are never worn", "[engine][source]") {
  auto raw = pool_gateway("203.0.113.0/24");
  raw.neighbors = {{*parse_ip_address("203.0.113.77"), "wan", any_station},
                   {*parse_ip_address("fe80::77"), "wan", any_station}};
  gateway box{raw};
  const auto& pools = box.worker().config().pools();
  const auto is_given = [&](const char* address) {
    return pools.find({domain_id{}, parse_ip_address(address)->v4()}).has_value();
  };

  CHECK(pools.externals().size() == 252);
  for (const auto* one : {"203.0.113.0", "203.0.113.77", "203.0.113.254", "203.0.113.255"}) {
    CHECK_FALSE(is_given(one));
  }
  for (const auto* one : {"203.0.113.1", "203.0.113.76", "203.0.113.78", "203.0.113.253"}) {
    CHECK(is_given(one));
  }
}

TEST_CASE("the gateway in the prefix of a pool is reached", "[engine][source]") {
  gateway box{pool_gateway("203.0.113.0/24")};

  const auto sent = box.sends("lan", echo{}.to("203.0.113.254"));

  REQUIRE(sent.text() == "forward");
  CHECK(sent.destination() == "203.0.113.254");
}

TEST_CASE("another domain's gateway may be worn", "[engine][source]") {
  auto raw = pool_gateway("198.51.100.8/29");
  raw.interfaces.push_back(raw.interfaces[1]);
  raw.interfaces[2].name = "other";
  raw.interfaces[2].domain = "red";
  raw.interfaces[2].addresses = {own("198.51.100.10/28")};
  raw.routes.push_back(
      {*parse_prefix("192.0.2.0/24"), parse_ip_address("198.51.100.9"), "other", "red"});
  const auto given = [&] {
    gateway box{raw};
    return box.worker().config().pools().externals().size();
  };

  CHECK(given() == 8);
  raw.routes.back().domain = "default";  // the gateway stays where its interface is
  CHECK(given() == 8);
  raw.nat.pools[0].external_domain = "red";
  CHECK(given() == 6);  // nor the broadcast address
}

}  // namespace
}  // namespace weir::test

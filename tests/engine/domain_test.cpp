#include "tests/engine/gateway.hpp"
#include "tests/support/catch.hpp"

namespace weir::test {
namespace {

/// Two tenants with the same addresses: `lan` and `wan` in the first domain, `lan2` and `wan2` in
/// the second one.
configuration tenants(const configuration& one) {
  auto raw = one;
  for (std::size_t i = 0; i < 2; ++i) {
    auto other = one.interfaces[i];
    other.name += "2";
    other.zone += "2";
    other.domain = "red";
    raw.interfaces.push_back(other);
  }
  for (auto other : one.routes) {
    other.interface += "2";
    other.domain = "red";
    raw.routes.push_back(other);
  }
  auto policy = one.policies[0];
  policy.from += "2";
  policy.to += "2";
  raw.policies.push_back(policy);
  return raw;
}

/// The same, where `lan` leaves by `wan2` and wears the addresses of a pool there.
configuration leaving_through_red() {
  auto raw = tenants(pool_gateway());
  raw.routes[0].interface = "wan2";
  raw.policies[0].to = "outside2";
  raw.policies.pop_back();
  raw.nat.pools[0].zone = "outside2";
  raw.nat.pools[0].external_domain = "red";
  return raw;
}

TEST_CASE("two domains use the same addresses and do not meet", "[engine][domain]") {
  gateway box{tenants(two_zones())};
  const auto query = udp{}.from("10.0.0.5", 4000).to("192.0.2.1", 53);
  const auto reply = udp{}.from("192.0.2.1", 53).to("10.0.0.5", 4000);

  const auto first = box.sends("lan", query);
  REQUIRE(first.text() == "forward");
  CHECK(box.egress_of(first) == "wan");
  CHECK(box.sends("wan2", reply).text() == "drop no_policy");

  const auto second = box.sends("lan2", query);
  CHECK(box.egress_of(second) == "wan2");
  CHECK(box.egress_of(box.sends("wan2", reply)) == "lan2");
  CHECK(box.egress_of(box.sends("wan", reply)) == "lan");
}

TEST_CASE("a pool address of another domain is not routed there",
          "[engine][domain][rfc4787-req9]") {
  auto raw = leaving_through_red();
  raw.interfaces[1].addresses[0] = own("198.51.100.1/24");
  gateway box{raw};
  const auto server = box.sends("lan", udp{}.from("10.0.0.6", 5000)).flow().source;
  const auto held = held_by(box);

  CHECK(box.sends("lan", udp{}.from("10.0.0.5", 4000).to(server)).text() == "drop no_mapping");
  CHECK(box.sends("lan", udp{}.to("203.0.113.14")).text() == "drop no_mapping");
  CHECK(held_by(box) == held);
}

TEST_CASE("a pool may have its external addresses in another domain", "[engine][domain]") {
  gateway box{leaving_through_red()};

  const auto out = box.sends("lan", udp{}.from("10.0.0.5", 4000));
  REQUIRE(out.text() == "forward");
  CHECK(box.egress_of(out) == "wan2");
  CHECK(out.source() != "10.0.0.5");

  const auto back = box.sends("wan2", answer_to(udp{}, out));
  REQUIRE(back.text() == "forward");
  CHECK(box.egress_of(back) == "lan");
  CHECK(back.destination() == "10.0.0.5");
}

TEST_CASE("a pool whose addresses are in another domain than the route leads to serves nobody",
          "[engine][domain]") {
  auto raw = tenants(pool_gateway());
  raw.nat.pools[0].external_domain = "red";
  gateway box{raw};

  CHECK(box.sends("lan", udp{}).text() == "drop no_pool");
}

TEST_CASE("a static mapping is worn in its own domain alone", "[engine][domain]") {
  auto raw = leaving_through_red();
  raw.interfaces[1].addresses[0] = own("198.51.100.1/24");
  raw.nat.statics = {GENERATE(one_to_one("203.0.113.77", "10.0.0.5"),
                              port_forward("203.0.113.77", 80, "10.0.0.5", 4000, protocol::udp))};
  const auto packet = udp{}.from("10.0.0.5", 4000);
  gateway pooled{raw};
  raw.nat.pools.clear();
  gateway box{raw};
  raw.policies[0].default_action = GENERATE(action::permit, action::permit_stateful);
  gateway plain{raw};

  const auto worn = pooled.sends("lan", packet);
  REQUIRE(worn.text() == "forward");
  CHECK(worn.source() != "203.0.113.77");
  CHECK(worn.source() != "10.0.0.5");
  CHECK(box.sends("lan", packet).text() == "drop no_pool");
  CHECK(plain.sends("lan", packet).source() == "10.0.0.5");
}

TEST_CASE("an error wears no static mapping of its sender in another domain",
          "[engine][domain][rfc5508-req5]") {
  auto raw = leaving_through_red();
  raw.interfaces[1].addresses[0] = own("198.51.100.1/24");
  raw.nat.statics = {one_to_one("203.0.113.77", "10.0.0.9")};
  gateway box{raw};
  const auto out = box.sends("lan", udp{}.from("10.0.0.5", 4000));
  const auto answer = box.sends("wan2", answer_to(udp{}, out));
  REQUIRE(answer.text() == "forward");

  const auto error =
      box.sends("lan", icmp{11, 0}.from("10.0.0.9").to("192.0.2.1").quote(answer.bytes));

  REQUIRE(error.text() == "forward");
  CHECK(error.source() == out.source());
}

TEST_CASE("without a session an error wears no static mapping in another domain",
          "[engine][domain][rfc5508-req5]") {
  auto raw = leaving_through_red();
  raw.interfaces[1].addresses[0] = own("198.51.100.1/24");
  raw.nat.pools.clear();
  raw.nat.statics = {one_to_one("203.0.113.77", "10.0.0.9")};
  raw.policies[0].default_action = action::permit;
  gateway box{raw};
  const auto about = udp{}.from("192.0.2.1", 53).to("10.0.0.9", 4000).bytes();

  const auto error = box.sends("lan", icmp{3, 3}.from("10.0.0.9").to("192.0.2.1").quote(about));

  REQUIRE(error.text() == "forward");
  CHECK(error.source() == "10.0.0.9");
  CHECK(to_text(unpack(walk<ipv4>(quoted(error.bytes), 1500, {}).key).destination.address) ==
        "10.0.0.9");
}

TEST_CASE("an error about a packet of the box comes from its own domain", "[engine][domain]") {
  auto raw = tenants(two_zones());
  raw.interfaces[3].addresses[0] = own("198.51.100.1/24");
  raw.interfaces[3].mtu = 1300;
  raw.routes[2].via = parse_ip_address("198.51.100.254");
  add_policy(raw, "local", "outside2", action::permit_stateful);
  gateway box{raw};

  const auto large = box.sends("local", udp{}.from("198.51.100.1").payload_size(1300));

  CHECK(large.text() == "drop too_big");
  REQUIRE(answered(large) == "3/4");
}

TEST_CASE("the domain of the box's own packet is known by its first header alone",
          "[engine][domain][local]") {
  auto raw = tenants(two_zones());
  raw.interfaces[2].addresses = {own("10.7.0.1/24"), own("2001:db8:7::1/64")};
  const gateway box{raw};
  const auto red = box.worker().config().interface(box.id_of("lan2")).domain;
  const auto local = box.id_of("local");
  const auto four = tcp{}.syn().from("10.7.0.1").to("192.0.2.1", 80).bytes();
  const auto six = tcp{}.syn().from("2001:db8:7::1").to("2001:db8:9::1", 80).bytes();

  const auto first_segment = [](const packet_bytes& bytes, std::size_t size) {
    return std::span{bytes}.first(size);
  };
  CHECK(box.worker().domain_of<ipv4>(first_segment(four, 20), local) == red);
  CHECK(box.worker().domain_of<ipv6>(first_segment(six, 40), local) == red);
  CHECK(box.worker().domain_of<ipv4>(first_segment(four, 19), local) == domain_id{});
}

TEST_CASE("a mapping may wear its host's own endpoint in another domain", "[engine][domain]") {
  auto raw = leaving_through_red();
  raw.nat.pools[0].external = {*parse_prefix("10.0.0.5/32")};
  raw.nat.pools[0].filtering_udp = endpoint_filtering::endpoint_independent;
  add_policy(raw, "outside2", "inside", action::permit_stateful);
  gateway box{raw};
  REQUIRE(box.sends("lan", udp{}.from("10.0.0.5", 4000)).source_port() == 4000);

  const auto stranger = udp{}.from("192.0.2.77", 99).to("10.0.0.5", 4000);
  CHECK(box.egress_of(box.sends("wan2", stranger)) == "lan");
  CHECK(held_by(box) == "2 1 1");
  CHECK(box.sends("lan", udp{}.from("10.0.0.5", 4000).to("192.0.2.77", 99)).text() == "forward");
  CHECK_FALSE(box.worker().verify());

  box.worker().expire(instant::from_epoch(duration::seconds(1'010'000)));
  CHECK(held_by(box) == "0 0 0");
}

builder keyed_gre(unsigned key) {
  return datagram{protocol::gre}.payload(octets({0x20, 0, 8, 0, 0, 0, 0, key, 1, 2, 3, 4}));
}

TEST_CASE("a GRE tunnel without a key and those with keys do not meet", "[engine][source][gre]") {
  gateway box{two_zones()};
  const bool is_six = GENERATE(false, true);
  const std::string host = is_six ? "2001:db8:1::5" : "10.0.0.5";
  const std::string remote = is_six ? "2001:db8:9::1" : "192.0.2.1";
  const auto bare = datagram{protocol::gre}.payload(octets({0, 0, 8, 0, 1, 2, 3, 4}));
  const auto sends = [&](builder packet) {
    return box.sends("lan", packet.from(host).to(remote)).text();
  };
  const auto answers = [&](builder packet) {
    return box.sends("wan", packet.from(remote).to(host)).text();
  };
  const bool keyless_comes_first = GENERATE(true, false);
  CHECK(sends(keyless_comes_first ? bare : keyed_gre(7)) == "forward");
  CHECK(sends(keyless_comes_first ? keyed_gre(7) : bare) == "forward");

  // The answers of each are its own, and the next one with a key waits no longer.
  CHECK(answers(bare) == "forward");
  CHECK(sends(keyed_gre(8)) == "drop reply_unclaimed");
  CHECK(answers(keyed_gre(9)) == "forward");
  CHECK(sends(keyed_gre(8)) == "forward");
}

TEST_CASE("whatever answers a GRE tunnel with a key claims it", "[engine][source][gre]") {
  gateway box{pool_gateway("203.0.113.8/32")};
  const auto bare = datagram{protocol::gre}.payload(octets({0, 0, 8, 0, 1, 2, 3, 4}));
  REQUIRE(box.sends("lan", keyed_gre(1).from("10.0.0.5")).text() == "forward");

  const auto reply = box.sends("wan", builder{bare}.from("192.0.2.1").to("203.0.113.8"));

  CHECK(reply.destination() == "10.0.0.5");
  CHECK(box.sends("lan", keyed_gre(2).from("10.0.0.6")).text() == "forward");
}

TEST_CASE("the first reply claims a GRE session with a key", "[engine][tunnel]") {
  gateway box{pool_gateway("203.0.113.8/32")};
  REQUIRE(box.sends("lan", keyed_gre(1).from("10.0.0.5")).text() == "forward");
  CHECK(box.sends("lan", keyed_gre(2).from("10.0.0.6")).text() == "drop reply_unclaimed");

  const auto reply = box.sends("wan", keyed_gre(9).from("192.0.2.1").to("203.0.113.8"));
  REQUIRE(reply.text() == "forward");
  CHECK(reply.destination() == "10.0.0.5");
  CHECK(box.sends("lan", keyed_gre(2).from("10.0.0.6")).text() == "forward");
}

TEST_CASE("a reply that nobody waits for claims nothing", "[engine][tunnel]") {
  gateway box{pool_gateway("203.0.113.8/32")};

  CHECK(box.sends("wan", keyed_gre(9).from("192.0.2.1").to("203.0.113.8")).text() ==
        "drop no_mapping");
  CHECK(held_by(box) == "0 0 0");
}

TEST_CASE("a reply that does not pass claims nothing", "[engine][tunnel]") {
  gateway box{pool_gateway("203.0.113.8/32")};
  REQUIRE(box.sends("lan", keyed_gre(1).from("10.0.0.5")).text() == "forward");
  const auto reply = [](unsigned key) {
    return keyed_gre(key).from("192.0.2.1").to("203.0.113.8");
  };
  packet_meta broadcast;
  broadcast.cast = link_cast::broadcast;

  CHECK(box.sends("wan", reply(8), broadcast).text() == "drop link_broadcast");
  CHECK(box.sends("wan", reply(8).ttl(1)).text() == "drop ttl_expired");
  CHECK(box.sends("wan", reply(9)).destination() == "10.0.0.5");
}

TEST_CASE("a spoofed reply from the inside does not claim a session", "[engine][tunnel]") {
  auto raw = two_zones();
  raw.interfaces[0].validation = source_validation::strict;
  gateway box{raw};
  REQUIRE(box.sends("lan", keyed_gre(1).from("10.0.0.5")).text() == "forward");

  CHECK(box.sends("lan", keyed_gre(9).from("192.0.2.1").to("10.0.0.5")).text() ==
        "drop spoofed_source");
  CHECK(box.sends("wan", keyed_gre(9).from("192.0.2.1").to("10.0.0.5")).text() == "forward");
}

}  // namespace
}  // namespace weir::test

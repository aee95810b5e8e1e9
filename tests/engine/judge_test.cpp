#include "tests/engine/gateway.hpp"
#include "tests/support/catch.hpp"

#include <cstdint>
#include <string>

namespace weir::test {
namespace {

configuration forwarding_gateway(unsigned permitted_port) {
  auto raw = home_gateway();
  raw.nat.statics = {port_forward("203.0.113.1", 80, "10.0.0.20", 8080)};
  add_policy(raw, "outside", "inside", action::deny).rules = {
      rule_for(protocol::tcp, action::permit_stateful, permitted_port)};
  return raw;
}

/// The same with room for so few sessions.
configuration crowded(configuration raw, std::uint32_t sessions_max,
                      full_policy full = full_policy::refuse) {
  raw.sessions.max = sessions_max;
  raw.sessions.full = full;
  return raw;
}

TEST_CASE("a session lets its reply pass before any policy is asked", "[engine][judge]") {
  gateway box{two_zones()};
  box.sends("lan", udp{}.to("192.0.2.1", 53));

  const auto reply = box.sends("wan", udp{}.from("192.0.2.1", 53).to("10.0.0.5", 1000));
  const auto stranger = box.sends("wan", udp{}.from("192.0.2.1", 54).to("10.0.0.5", 1000));

  CHECK(reply.text() == "forward");
  CHECK(stranger.text() == "drop no_policy");
}

TEST_CASE("policy sees the host and port behind a port forward", "[engine][judge][v12]") {
  gateway box{forwarding_gateway(8080)};

  const auto in = box.sends("wan", tcp{}.syn().from("192.0.2.1", 999).to("203.0.113.1", 80));
  REQUIRE(in.text() == "forward");
  CHECK(in.destination() == "10.0.0.20");
  CHECK(in.destination_port() == 8080);

  const auto back = box.sends("lan", answer_to(tcp{}.syn_ack().acknowledgment(2), in));
  REQUIRE(back.text() == "forward");
  CHECK(back.source() == "203.0.113.1");
  CHECK(back.source_port() == 80);
}

TEST_CASE("a rule for the port outside of a port forward does not match", "[engine][judge][v12]") {
  gateway box{forwarding_gateway(80)};

  const auto in = box.sends("wan", tcp{}.syn().from("192.0.2.1", 999).to("203.0.113.1", 80));

  CHECK(in.text() == "drop policy_denied");
}

TEST_CASE("a packet that cannot leave allocates nothing", "[engine][judge]") {
  auto raw = pool_gateway();
  raw.interfaces[1].mtu = 1400;
  raw.policies[0].rules = {rule_for(protocol::udp, action::deny, 9),
                           rule_for(protocol::udp, action::reject, 10)};
  raw.interfaces[0].addresses.push_back(own("10.9.0.1/24"));
  gateway box{raw};

  const auto late = box.sends("lan", udp{}.ttl(1));
  const auto large = box.sends("lan", udp{}.payload_size(1400));
  const auto denied = box.sends("lan", udp{}.to("192.0.2.1", 9));
  const auto rejected = box.sends("lan", udp{}.to("192.0.2.1", 10));
  const auto poolless = box.sends("lan", udp{}.from("10.9.0.5"));
  const auto unasked = box.sends("lan", tcp{}.ack());

  CHECK(late.text() == "drop ttl_expired");
  CHECK(large.text() == "drop too_big");
  CHECK(denied.text() == "drop policy_denied");
  CHECK(rejected.text() == "drop policy_rejected");
  CHECK(poolless.text() == "drop no_pool");
  CHECK(unasked.text() == "drop no_session");
  CHECK(held_by(box) == "0 0 0");
}

TEST_CASE("a packet as long as the MTU passes and one byte more does not", "[engine][judge]") {
  auto raw = two_zones();
  raw.interfaces[1].mtu = 1400;
  gateway box{raw};

  CHECK(box.sends("lan", udp{}.payload_size(1372)).text() == "forward");
  CHECK(box.sends("lan", udp{}.payload_size(1373)).text() == "drop too_big");
}

TEST_CASE("an error about a packet of a translated session quotes it as it was received",
          "[engine][judge]") {
  gateway box{pool_gateway()};
  const auto packet = udp{}.payload("hello");
  REQUIRE(box.sends("lan", packet).text() == "forward");
  const auto expired = builder{packet}.ttl(1).bytes();

  const auto late = box.sends("lan", expired);

  REQUIRE(late.text() == "drop ttl_expired");
  REQUIRE(answered(late) == "11/0");
  CHECK(quoted(late.answers[0].bytes) == expired);
}

TEST_CASE("a packet that expires in the middle of a session does not lengthen it",
          "[engine][judge]") {
  gateway box{two_zones()};
  box.sends("lan", udp{}.to("192.0.2.1", 99));
  box.advance(duration::seconds(119));
  box.sends("lan", udp{}.to("192.0.2.1", 99).ttl(1));
  box.advance(duration::seconds(1));

  box.worker().expire(instant::from_epoch(duration::seconds(1'000'120)));

  CHECK(box.worker().sessions4().size() == 0);
}

TEST_CASE("an interface without a zone passes nothing", "[engine][judge]") {
  auto raw = two_zones();
  raw.interfaces[0].zone.clear();
  raw.policies[0].from = "outside";
  gateway box{raw};

  CHECK(box.sends("lan", udp{}).text() == "drop no_zone");
}

/// A home gateway with one more interface, which is in no zone.
configuration with_unzoned(configuration raw) {
  raw.interfaces.push_back(raw.interfaces[0]);
  raw.interfaces[2].name = "spare";
  raw.interfaces[2].zone.clear();
  raw.interfaces[2].addresses = {own("10.7.0.1/24"), own("2001:db8:7::1/64")};
  return raw;
}

TEST_CASE("an interface without a zone carries no session of others", "[engine][judge]") {
  gateway box{with_unzoned(home_gateway())};
  const auto opener = udp{}.from("10.0.0.5", 4000).to("192.0.2.1", 99).dont_fragment();
  const auto opener6 = udp{}.from("2001:db8:1::5", 4000).to("2001:db8:9::1", 99);
  const auto sent = box.sends("lan", opener);
  const auto reply = answer_to(udp{}.dont_fragment(), sent);
  REQUIRE(box.sends("wan", reply).text() == "forward");
  REQUIRE(box.sends("lan", opener6).text() == "forward");
  const auto error = icmp{11, 0}.from("198.51.100.77").to(sent.flow().source).quote(sent.bytes);

  CHECK(box.sends("spare", opener).text() == "drop no_zone");
  CHECK(box.sends("spare", reply).text() == "drop no_zone");
  CHECK(box.sends("spare", opener6).text() == "drop no_zone");
  CHECK(box.sends("spare", error).text() == "drop no_zone");
  CHECK(box.sends("lan", opener).text() == "forward");
  CHECK(box.sends("wan", reply).text() == "forward");
  CHECK(box.sends("wan", error).text() == "forward");
}

TEST_CASE("an answer by an interface without a zone claims nothing", "[engine][judge][sd20]") {
  gateway box{with_unzoned(pool_gateway("203.0.113.8/32"))};
  const auto esp = [](std::uint32_t spi) { return datagram{protocol::esp}.spi(spi); };
  REQUIRE(box.sends("lan", esp(1).from("10.0.0.5")).text() == "forward");

  const auto reply = esp(77).from("192.0.2.1").to("203.0.113.8");

  CHECK(box.sends("spare", reply).text() == "drop no_zone");
  CHECK(box.sends("wan", reply).text() == "forward");
}

TEST_CASE("every query of ICMP that has an identifier is answered",
          "[engine][judge][sd3][rfc5508-req1][rfc8335]") {
  gateway box{pool_gateway()};
  const auto [request, reply] =
      GENERATE(table<unsigned, unsigned>({{8, 0}, {13, 14}, {15, 16}, {17, 18}, {42, 43}}));
  CAPTURE(request);

  const auto sent = box.sends("lan", echo{}.type(request).from("10.0.0.5").identifier(7));
  REQUIRE(sent.text() == "forward");
  CHECK(box.sends("wan", answer_to(echo{}.type(reply).identifier(word_at(sent.bytes, 24)), sent))
            .destination() == "10.0.0.5");
  CHECK(box.worker().sessions4().size() == 1);
}

TEST_CASE("every query of ICMPv6 that has an identifier is answered",
          "[engine][judge][rfc4890][rfc8335]") {
  gateway box{two_zones()};
  const auto request = GENERATE(128u, 146u, 160u);
  CAPTURE(request);
  const auto query = [](unsigned type) { return echo{}.type(type).identifier(7); };

  CHECK(box.sends("lan", query(request).from("2001:db8:1::5").to("2001:db8:9::1")).text() ==
        "forward");
  CHECK(box.sends("wan", query(request + 1).from("2001:db8:9::1").to("2001:db8:1::5")).text() ==
        "forward");
}

TEST_CASE("nobody leaves with the identifier that another one's packets leave with",
          "[engine][judge][sd20]") {
  const auto kind = GENERATE(protocol::esp, protocol::gre);
  const auto answered = GENERATE(7u, 99u);
  const bool is_box = GENERATE(false, true);
  CAPTURE(number(kind), answered, is_box);
  auto raw = home_gateway();
  add_policy(raw, "local", "outside", action::permit_stateful);
  gateway box{raw};
  const auto tunnel = [&](unsigned identifier, std::string_view source) {
    return identified(kind, identifier).from(source);
  };
  const auto first = is_box ? box.sends("local", tunnel(7, "203.0.113.1"))
                            : box.sends("lan", tunnel(7, "10.0.0.5"));
  REQUIRE(first.text() == "forward");
  REQUIRE(box.sends("wan", answer_to(tunnel(answered, "192.0.2.1"), first)).text() ==
          (is_box ? "deliver" : "forward"));

  CHECK(box.sends("lan", tunnel(7, "10.0.0.6")).text() == "drop key_taken");
  CHECK(box.sends("lan", tunnel(8, "10.0.0.6")).text() == "forward");
}

TEST_CASE("an answer of the box does not leave with a host's identifier", "[engine][judge][sd20]") {
  auto raw = home_gateway();
  add_policy(raw, "local", "outside", action::permit_stateful);
  add_policy(raw, "outside", "local", action::permit_stateful);
  gateway box{raw};
  const auto tunnel = [](unsigned spi, std::string_view source, std::string_view destination) {
    return identified(protocol::esp, spi).from(source).to(destination);
  };
  REQUIRE(box.sends("wan", tunnel(7, "192.0.2.1", "203.0.113.1")).text() == "deliver");
  REQUIRE(box.sends("lan", tunnel(8, "10.0.0.5", "192.0.2.1")).text() == "forward");
  REQUIRE(box.sends("wan", tunnel(5, "192.0.2.1", "203.0.113.1")).text() == "forward");

  CHECK(box.sends("local", tunnel(8, "203.0.113.1", "192.0.2.1")).text() == "drop key_taken");
  CHECK(box.sends("local", tunnel(9, "203.0.113.1", "192.0.2.1")).text() == "forward");
}

TEST_CASE("neighbours are heard by an interface without a zone", "[engine][judge][host_path]") {
  gateway box{with_unzoned(home_gateway())};

  CHECK(box.sends("spare", udp{}.from("0.0.0.0", 68).to("255.255.255.255", 67)).text() ==
        "deliver");
  CHECK(box.sends("spare", udp{}.from("10.7.0.5").to("10.7.0.255")).text() == "deliver");
  CHECK(box.sends("spare", udp{}.from("fe80::5").to("fe80::1")).text() == "deliver");
}

TEST_CASE("an interface without a zone passes all where that is asked for", "[engine][judge]") {
  auto raw = two_zones();
  raw.interfaces[0].zone.clear();
  raw.policies[0].from = "outside";
  raw.compatibility.pass_unzoned = true;
  gateway box{raw};

  CHECK(box.sends("lan", udp{}).text() == "forward");
  CHECK(held_by(box) == "0 0 0");
}

TEST_CASE("sessions go by an interface without a zone where that is asked for", "[engine][judge]") {
  auto raw = with_unzoned(two_zones());
  raw.compatibility.pass_unzoned = true;
  gateway box{raw};
  const auto opener = udp{}.from("10.0.0.5", 4000).to("192.0.2.1", 99);
  REQUIRE(box.sends("lan", opener).text() == "forward");

  CHECK(box.sends("spare", opener).text() == "forward");
}

TEST_CASE("a pair of zones without a policy passes nothing", "[engine][judge]") {
  auto raw = two_zones();
  raw.policies.clear();
  gateway box{raw};

  CHECK(box.sends("lan", udp{}).text() == "drop no_policy");
}

TEST_CASE("a pair of zones borrows the opposite policy where that is asked for",
          "[engine][judge]") {
  auto raw = two_zones();
  raw.compatibility.reverse_policy = true;
  gateway box{raw};

  CHECK(box.sends("wan", udp{}.from("192.0.2.1").to("10.0.0.5")).text() == "forward");
}

TEST_CASE("a destination without a route is unreachable, and the sender hears it",
          "[engine][judge]") {
  auto raw = two_zones();
  raw.routes.clear();
  gateway box{raw};

  const auto four = box.sends("lan", udp{});
  const auto six = box.sends("lan", datagram6());

  CHECK(four.text() == "drop no_route");
  CHECK(answered(four) == "3/0");
  CHECK(six.text() == "drop no_route");
  CHECK(answered(six) == "1/0");
}

TEST_CASE("a pool address that nobody wears is never routed back out", "[engine][judge]") {
  auto raw = open_gateway();
  add_policy(raw, "outside", "outside", action::permit);
  gateway box{raw};

  CHECK(box.sends("wan", udp{}.from("192.0.2.1").to("203.0.113.9")).text() == "drop no_mapping");
  CHECK(box.sends("wan", echo{}.from("192.0.2.1").to("203.0.113.9")).text() == "drop no_mapping");
}

TEST_CASE("a full table refuses the newcomer and keeps its port", "[engine][judge]") {
  gateway box{crowded(pool_gateway(), 2)};
  box.sends("lan", udp{}.from("10.0.0.5", 4001));
  box.sends("lan", udp{}.from("10.0.0.5", 4002));

  const auto third = box.sends("lan", udp{}.from("10.0.0.5", 4003));

  CHECK(third.text() == "drop session_table_full");
  CHECK(held_by(box) == "2 2 2");
}

TEST_CASE("a source beyond its limit takes no port", "[engine][judge]") {
  auto raw = pool_gateway();
  raw.sessions.per_source = 1;
  gateway box{raw};
  box.sends("lan", udp{}.from("10.0.0.5", 4001));

  const auto second = box.sends("lan", udp{}.from("10.0.0.5", 4002));
  const auto other = box.sends("lan", udp{}.from("10.0.0.6", 4002));

  CHECK(second.text() == "drop source_limit");
  CHECK(other.text() == "forward");
  CHECK(held_by(box) == "2 2 2");
}

TEST_CASE("a source beyond its limit is told so in a full table too", "[engine][judge]") {
  auto raw = crowded(pool_gateway(), 2);
  raw.sessions.per_source = 1;
  gateway box{raw};
  box.sends("lan", udp{}.from("10.0.0.5", 4001));
  box.sends("lan", udp{}.from("10.0.0.6", 4001));

  CHECK(box.sends("lan", udp{}.from("10.0.0.5", 4002)).text() == "drop source_limit");
  CHECK(box.sends("lan", udp{}.from("10.0.0.7", 4002)).text() == "drop session_table_full");
}

TEST_CASE("an embryonic session makes room for who comes to its mapping, the last one does not",
          "[engine][judge][eviction][rfc4787-req5]") {
  gateway box{crowded(open_gateway(), 2, full_policy::evict_embryonic)};
  const auto out = box.sends("lan", udp{}.from("10.0.0.5", 4001));
  REQUIRE(out.text() == "forward");
  REQUIRE(box.sends("lan", udp{}.from("10.0.0.5", 4001).to("192.0.2.2")).text() == "forward");
  const auto comes = [&](unsigned port) {
    return box.sends("wan", answer_to(udp{}, out).from("192.0.2.9", port)).text();
  };

  CHECK(comes(77) == "forward");
  CHECK(held_by(box) == "2 1 1");
  CHECK(box.worker().lives().evicted.read() == 1);
  CHECK(comes(78) == "forward");  // the stranger before it keeps nothing
  CHECK(box.worker().lives().evicted.read() == 2);
  gateway small{crowded(open_gateway(), 1, full_policy::evict_embryonic)};
  REQUIRE(small.sends("lan", udp{}.from("10.0.0.5", 4001)).text() == "forward");
  CHECK(small.sends("wan", answer_to(udp{}, out).from("192.0.2.9", 77)).text() ==
        "drop session_table_full");
}

TEST_CASE("a newcomer evicts in a full table of mappings too", "[engine][judge][eviction]") {
  gateway refusing{crowded(pool_gateway(), 4)};
  gateway evicting{crowded(pool_gateway(), 4, full_policy::evict_embryonic)};
  for (unsigned port = 4001; port <= 4006; ++port) {
    refusing.sends("lan", udp{}.from("10.0.0.5", port));
    REQUIRE(evicting.sends("lan", udp{}.from("10.0.0.5", port)).text() == "forward");
  }

  CHECK(refusing.worker().lives().refused.read() == 2);
  CHECK(evicting.worker().lives().evicted.read() == 2);
  CHECK(evicting.worker().lives().refused.read() == 0);
  CHECK(held_by(evicting) == "4 4 4");
}

TEST_CASE("the box's own endpoint is claimed in a full table of mappings too",
          "[engine][judge][eviction]") {
  auto raw = home_gateway();
  add_policy(raw, "local", "outside", action::permit_stateful);
  gateway box{crowded(raw, 2, full_policy::evict_embryonic)};
  const auto query = [](unsigned port) { return udp{}.from("203.0.113.1", port); };

  for (const unsigned port : {4001u, 4002u, 4003u}) {
    CHECK(box.sends("local", query(port)).text() == "forward");
  }
  CHECK(held_by(box) == "2 2 2");
}

TEST_CASE("a newcomer evicts no mapping of another subscriber",
          "[engine][judge][eviction][rfc6888-req11]") {
  const auto full = GENERATE(full_policy::evict_embryonic, full_policy::fair_share);
  gateway alone{crowded(pool_gateway(), 3, full)};
  gateway shared{crowded(pool_gateway(), 3, full)};
  for (auto* box : {&alone, &shared}) {
    box->sends("lan", udp{}.from("10.0.0.6", 4000));
  }
  for (const unsigned number : {1u, 2u}) {
    alone.sends("lan", udp{}.from("10.0.0.5", 4000 + number));
    shared.sends("lan", udp{}.from("10.0.0.5", 4000).to("192.0.2.1", number));
  }

  CHECK(alone.sends("lan", udp{}.from("10.0.0.9", 4000)).text() == "drop session_table_full");
  CHECK(held_by(alone) == "3 3 3");
  CHECK(shared.sends("lan", udp{}.from("10.0.0.9", 4000)).text() == "forward");
  CHECK(held_by(shared) == "3 3 3");
  CHECK(shared.worker().lives().evicted.read() == 1);
}

TEST_CASE("a newcomer whose answers are another session's evicts nobody",
          "[engine][judge][eviction]") {
  const auto full = GENERATE(full_policy::evict_embryonic, full_policy::fair_share);
  gateway box{crowded(pool_gateway("203.0.113.8/32"), 2, full)};
  box.sends("lan", udp{}.from("2001:db8:1::5").to("2001:db8:9::1"));
  const auto tunnel = datagram{protocol::gre}.payload_size(16);
  REQUIRE(box.sends("lan", builder{tunnel}.from("10.0.0.5")).text() == "forward");

  CHECK(box.sends("lan", builder{tunnel}.from("10.0.0.6")).text() == "drop key_taken");
  CHECK(box.worker().lives().evicted.read() == 0);
}

TEST_CASE("a newcomer shortens no mapping of another subscriber",
          "[engine][judge][eviction][rfc6888-req11][rfc4787-req5]") {
  const auto full = GENERATE(full_policy::evict_embryonic, full_policy::fair_share);
  const bool is_over_ipv6 = GENERATE(false, true);
  gateway box{crowded(pool_gateway(), 3, full)};
  const auto first = udp{}.from("10.0.0.5", 4000).to("192.0.2.1", 1000);
  const auto second = udp{}.from("10.0.0.5", 4000).to("192.0.2.2", 1000);
  const auto seen = box.sends("lan", first).flow().source;
  box.sends("lan", second);
  box.sends("lan", udp{}.from("10.0.0.5", 4000).to("192.0.2.3", 1000));
  box.advance(duration::seconds(100));
  box.sends("lan", first);  // which keeps the mapping for two minutes more

  const auto newcomer =
      is_over_ipv6 ? udp{}.from("2001:db8:1::6").to("2001:db8:9::1") : udp{}.from("10.0.0.6", 4001);
  CHECK(box.sends("lan", newcomer).text() == "forward");
  CHECK(box.worker().lives().evicted.read() == 1);
  box.advance(duration::seconds(119));
  CHECK(box.sends("wan", udp{}.from("192.0.2.1", 1000).to(seen)).text() == "forward");
}

TEST_CASE("of many sessions that keep a mapping alive one stays in a full table",
          "[engine][judge][eviction]") {
  const auto full = GENERATE(full_policy::evict_embryonic, full_policy::fair_share);
  gateway box{crowded(pool_gateway(), 10, full)};
  const auto speaks = [&](unsigned remote) {
    return box.sends("lan", udp{}.from("10.0.0.5", 4000).to("192.0.2.1", remote));
  };
  const auto seen = speaks(1).flow().source;
  for (unsigned remote = 2; remote <= 10; ++remote) speaks(remote);
  box.advance(duration::seconds(60));
  for (unsigned remote = 1; remote <= 9; ++remote) speaks(remote);  // all but the latest wearer

  for (unsigned port = 1; port <= 4; ++port) {
    CHECK(box.sends("lan", udp{}.from("10.0.0.6", 4001).to("192.0.2.2", port)).text() == "forward");
  }

  CHECK(box.worker().lives().evicted.read() == 4);
  box.advance(duration::seconds(119));
  CHECK(box.sends("wan", udp{}.from("192.0.2.1", 1).to(seen)).text() == "forward");
}

TEST_CASE("a flood of one family makes room for a newcomer of the other",
          "[engine][judge][eviction]") {
  const auto full = GENERATE(full_policy::evict_embryonic, full_policy::fair_share);
  gateway six{crowded(two_zones(), 5, full)};
  gateway four{crowded(two_zones(), 5, full)};
  gateway worn{crowded(pool_gateway(), 5, full)};
  for (unsigned port = 4001; port <= 4009; ++port) {
    six.sends("lan", udp{}.from("2001:db8:1::5", port).to("2001:db8:9::1"));
    four.sends("lan", udp{}.from("10.0.0.5", port));
    worn.sends("lan", udp{}.from("10.0.0.5", port));
  }
  const auto newcomer4 = udp{}.from("10.0.0.6");
  const auto newcomer6 = udp{}.from("2001:db8:1::6").to("2001:db8:9::1");

  CHECK(six.sends("lan", newcomer4).text() == "forward");
  CHECK(four.sends("lan", newcomer6).text() == "forward");
  CHECK(six.worker().sessions6().size() == 4);
  CHECK(four.worker().sessions4().size() == 4);
  // RFC 6888 REQ-11: a mapping ends for no other subscriber.
  CHECK(worn.sends("lan", newcomer6).text() == "drop session_table_full");
}

TEST_CASE("the dead of one family make room for a newcomer of the other",
          "[engine][judge][expiry]") {
  const auto full =
      GENERATE(full_policy::refuse, full_policy::evict_embryonic, full_policy::fair_share);
  const bool floods_six = GENERATE(false, true);
  auto options = gateway::unbounded();
  options.reclaim_budget = 0;
  gateway box{crowded(two_zones(), 20, full), options};
  const auto query = [](bool is_six, unsigned port) {
    return is_six ? udp{}.from("2001:db8:1::5", port).to("2001:db8:9::1", 99)
                  : udp{}.from("10.0.0.5", port).to("192.0.2.1", 99);
  };
  for (unsigned port = 1; port <= 10; ++port) box.sends("lan", query(floods_six, port));
  box.advance(duration::seconds(100));
  for (unsigned port = 11; port <= 20; ++port) box.sends("lan", query(floods_six, port));
  box.advance(duration::seconds(30));

  for (unsigned port = 1; port <= 10; ++port) {
    CHECK(box.sends("lan", query(!floods_six, port)).text() == "forward");
  }
  CHECK(box.worker().lives().expired.read() == 10);
  CHECK(box.worker().lives().evicted.read() == 0);
}

TEST_CASE("whoever has waited longest in either family goes first", "[engine][judge][eviction]") {
  gateway box{crowded(two_zones(), 10, full_policy::evict_embryonic)};
  for (unsigned port = 1; port <= 10; ++port) {
    box.sends("lan", udp{}.from("2001:db8:1::5", port).to("2001:db8:9::1"));
  }
  box.advance(duration::seconds(2));
  for (unsigned port = 1; port <= 5; ++port) {
    CHECK(box.sends("lan", udp{}.from("10.0.0.5", port)).text() == "forward");
  }

  CHECK(box.worker().sessions4().size() == 5);
  CHECK(box.worker().sessions6().size() == 5);
}

TEST_CASE("the greatest holder of either family loses first", "[engine][judge][eviction]") {
  gateway box{crowded(two_zones(), 20, full_policy::fair_share)};
  for (unsigned port = 1; port <= 5; ++port) box.sends("lan", udp{}.from("10.0.0.5", port));
  for (unsigned port = 1; port <= 15; ++port) {
    box.sends("lan", udp{}.from("2001:db8:1::5", port).to("2001:db8:9::1"));
  }
  for (unsigned port = 1; port <= 5; ++port) {
    CHECK(box.sends("lan", udp{}.from("10.0.0.6", port)).text() == "forward");
  }

  CHECK(box.worker().sessions4().size() == 10);
  CHECK(box.worker().sessions6().size() == 10);
}

TEST_CASE("a newcomer in a hairpin does not evict the mapping that it is for",
          "[engine][judge][eviction]") {
  auto raw = open_gateway();
  add_policy(raw, "inside", "inside", action::permit_stateful);
  gateway box{crowded(raw, 1, full_policy::evict_embryonic)};
  const auto worn = box.sends("lan", udp{}.from("10.0.0.5", 4001)).flow().source;

  CHECK(box.sends("lan", udp{}.from("10.0.0.5", 4002).to(worn)).text() ==
        "drop session_table_full");
  CHECK(held_by(box) == "1 1 1");
}

TEST_CASE("a rule for a port is not evaded behind an extension header",
          "[engine][judge][sd13][rfc7045]") {
  auto raw = two_zones();
  raw.policies[0].rules = {rule_for(protocol::tcp, action::deny, 25)};
  gateway dropping{raw};
  raw.headers.pass_unknown_extensions = true;
  gateway passing{raw};
  const auto mail = tcp{}.syn().from("2001:db8:1::5").to("2001:db8:9::1", 25);
  const auto kind =
      GENERATE(protocol::mobility, protocol::hip, protocol::shim6, protocol{253}, protocol{254});
  const bool is_walkable = number(kind) < 253;

  const auto hidden = builder{mail}.extension(kind);

  CHECK(dropping.sends("lan", hidden).text() == "drop unknown_extension");
  CHECK(passing.sends("lan", hidden).text() ==
        (is_walkable ? "drop policy_denied" : "drop unknown_extension"));
  CHECK(passing.sends("lan", builder{hidden}.to("2001:db8:9::1", 80)).text() ==
        (is_walkable ? "forward" : "drop unknown_extension"));
}

TEST_CASE("a rule for the authentication header is not evaded over IPv6",
          "[engine][judge][rfc4302]") {
  auto raw = two_zones();
  raw.policies[0].rules = {rule_for(protocol::ah, action::deny)};
  gateway box{raw};
  const auto plain = tcp{}.syn().from("2001:db8:1::5").to("2001:db8:9::1", 25);
  const auto covered = builder{plain}.extension(protocol::ah, packet_bytes(22));

  CHECK(box.sends("lan", covered).text() == "drop policy_denied");
  CHECK(box.sends("lan", builder{covered}.extension(protocol::destination_options)).text() ==
        "drop policy_denied");
  CHECK(box.sends("lan", plain).text() == "forward");
}

TEST_CASE("what a header hides passes where no rule before could refuse it",
          "[engine][judge][sd13][rfc7045]") {
  auto raw = two_zones();
  raw.headers.pass_unknown_extensions = true;
  gateway open{raw};
  rule nobody;
  nobody.action = action::deny;
  nobody.sources = {*parse_prefix("2001:db8:1::66/128")};
  auto only_four = rule_for(protocol::tcp, action::deny, 25);
  only_four.family = ip_family::ipv4;
  raw.policies[0].rules = {nobody, only_four, rule_for(protocol{253}, action::permit_stateful),
                           rule_for(protocol::tcp, action::deny, 25)};
  gateway asked{raw};
  const auto packet =
      tcp{}.syn().from("2001:db8:1::5").to("2001:db8:9::1", 25).extension(protocol{253});

  CHECK(open.sends("lan", packet).text() == "forward");
  CHECK(asked.sends("lan", packet).text() == "forward");
}

TEST_CASE("a HIP message that ends its chain is a protocol like any other", "[engine][judge]") {
  gateway box{two_zones()};
  const auto message = datagram{protocol::no_next_header}
                           .from("2001:db8:1::5")
                           .to("2001:db8:9::1")
                           .extension(protocol::hip);

  CHECK(box.sends("lan", message).text() == "forward");
}

TEST_CASE("DSCP and ECN pass unchanged", "[engine][judge]") {
  gateway box{pool_gateway()};

  const auto four = box.sends("lan", udp{}.tos(0xB9));
  const auto six = box.sends("lan", datagram6().tos(0xB9));

  CHECK(byte_at(four.bytes, 1) == 0xB9);
  CHECK((word_at(six.bytes, 0) >> 4 & 0xFF) == 0xB9);
}

TEST_CASE("an IPv6 flow under a policy that translates keeps its address", "[engine][judge][sr6]") {
  gateway box{home_gateway()};

  const auto six = box.sends("lan", datagram6());

  CHECK(six.text() == "forward");
  CHECK(six.flow6().source.address == parse_ip_address("2001:db8:1::5")->v6());
}

TEST_CASE("a session remembers the number of its rule, however many there are", "[engine][judge]") {
  auto raw = two_zones(action::deny);
  raw.policies[0].rules.assign(65'999, rule_for(protocol::icmp, action::deny));
  raw.policies[0].rules.push_back(rule_for(protocol::udp, action::permit_stateful));
  gateway box{raw};

  REQUIRE(box.sends("lan", udp{}).text() == "forward");

  CHECK(box.worker().sessions4().cold(0).rule == 65'999);
}

}  // namespace
}  // namespace weir::test

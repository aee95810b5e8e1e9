#include "tests/engine/gateway.hpp"
#include "tests/support/catch.hpp"

namespace weir::test {
namespace {

/// Hosts of the inside may speak to each other.
configuration hairpinning(configuration raw) {
  add_policy(raw, "inside", "inside", action::permit_stateful);
  return raw;
}

/// A third interface, whose hosts no pool serves and who may speak to the inside.
void add_guests(configuration& raw) {
  raw.interfaces.push_back({});
  raw.interfaces.back().name = "guest";
  raw.interfaces.back().zone = "guests";
  raw.interfaces.back().addresses = {own("172.16.0.1/24")};
  add_policy(raw, "guests", "inside", action::permit_stateful);
}

TEST_CASE("a mapping lets in only whom its host has spoken to",
          "[engine][destination][rfc4787-req8]") {
  auto raw = pool_gateway();
  add_policy(raw, "outside", "inside", action::permit_stateful);
  gateway box{raw};
  const auto out = box.sends("lan", udp{}.from("10.0.0.5", 4000).to("192.0.2.1", 53));
  const auto to = out.flow().source;

  CHECK(box.sends("wan", udp{}.from("192.0.2.1", 53).to(to)).text() == "forward");
  CHECK(box.sends("wan", udp{}.from("192.0.2.1", 54).to(to)).text() == "drop filtered");
  CHECK(box.sends("wan", udp{}.from("192.0.2.2", 53).to(to)).text() == "drop filtered");
}

TEST_CASE("a mapping without filtering lets in anybody whom policy permits",
          "[engine][destination][rfc4787-req8]") {
  auto raw = open_gateway();
  gateway box{raw};
  raw.policies.pop_back();
  gateway closed{raw};
  const auto to = box.sends("lan", udp{}.from("10.0.0.5", 4000)).flow().source;
  const auto behind = closed.sends("lan", udp{}.from("10.0.0.5", 4000)).flow().source;

  const auto in = box.sends("wan", udp{}.from("192.0.2.9", 99).to(to));

  REQUIRE(in.text() == "forward");
  CHECK(in.destination() == "10.0.0.5");
  CHECK(in.destination_port() == 4000);
  CHECK(in.source() == "192.0.2.9");
  CHECK(closed.sends("wan", udp{}.from("192.0.2.9", 99).to(behind)).text() == "drop no_policy");
}

TEST_CASE("what comes in on a mapping may ask for translation too", "[engine][destination]") {
  auto raw = open_gateway();
  raw.policies.back().default_action = action::permit_stateful_nat;
  raw.nat.statics = {port_forward("203.0.113.1", 80, "10.0.0.20", 8080)};
  gateway box{raw};
  const auto to = box.sends("lan", udp{}.from("10.0.0.5", 4000)).flow().source;

  CHECK(box.sends("wan", udp{}.from("192.0.2.9", 99).to(to)).text() == "forward");
  CHECK(box.sends("wan", tcp{}.syn().from("192.0.2.9", 99).to("203.0.113.1", 80)).text() ==
        "forward");
}

TEST_CASE("a mapping lives as long as a session that came in on it", "[engine][destination]") {
  gateway box{open_gateway()};
  const auto out = box.sends("lan", udp{}.from("10.0.0.5", 4000).to("192.0.2.1", 99));
  box.advance(duration::seconds(100));
  const auto in = box.sends("wan", udp{}.from("192.0.2.9", 99).to(out.flow().source));
  REQUIRE(in.text() == "forward");
  box.advance(duration::seconds(100));

  const auto back = box.sends("lan", udp{}.from("10.0.0.5", 4000).to("192.0.2.9", 99));

  REQUIRE(back.text() == "forward");
  CHECK(back.flow().source == out.flow().source);
  CHECK(held_by(box) == "1 1 1");
}

TEST_CASE("packets from outside do not lengthen a mapping unless asked to",
          "[engine][destination][rfc4787-req6]") {
  auto raw = pool_gateway();
  gateway strict{raw};
  raw.nat.pools[0].inbound_refresh = true;
  gateway lenient{raw};
  for (auto* box : {&strict, &lenient}) {
    const auto out = box->sends("lan", udp{}.from("10.0.0.5", 4000).to("192.0.2.1", 99));
    const auto reply = udp{}.from("192.0.2.1", 99).to(out.flow().source);
    REQUIRE(box->sends("wan", reply).text() == "forward");
    box->sends("lan", udp{}.from("10.0.0.5", 4000).to("192.0.2.1", 99));
    box->advance(duration::seconds(200));
    REQUIRE(box->sends("wan", reply).text() == "forward");
    box->advance(duration::seconds(200));
    CHECK(box->sends("wan", reply).forwarded() == (box == &lenient));
  }
}

TEST_CASE("strangers who are not answered do not keep a mapping open",
          "[engine][destination][rfc4787-req6]") {
  auto raw = open_gateway();
  gateway strict{raw};
  raw.nat.pools[0].inbound_refresh = true;
  gateway lenient{raw};
  const bool is_tcp = GENERATE(false, true);
  CAPTURE(is_tcp);
  const auto opens = [&](const char* from, unsigned number) {
    return is_tcp ? builder{tcp{}.syn().from(from, number)} : builder{udp{}.from(from, number)};
  };
  for (auto* box : {&strict, &lenient}) {
    const auto to = box->sends("lan", opens("10.0.0.5", 4000).to("192.0.2.1", 99)).flow().source;
    unsigned stranger = 1000;
    const auto knocks = [&] { return box->sends("wan", opens("192.0.2.9", ++stranger).to(to)); };
    // The host's own session ends after two minutes, if it is TCP after four.
    for (int minutes = 1; minutes < (is_tcp ? 4 : 2); ++minutes) {
      box->advance(duration::minutes(1));
      REQUIRE(knocks().text() == "forward");
    }
    box->advance(duration::minutes(1));
    for (int minutes = 0; minutes < 3; ++minutes) {
      CHECK(knocks().text() == (box == &lenient ? "forward" : "drop no_mapping"));
      box->advance(duration::minutes(1));
    }
    CHECK(box->worker().verify() == std::nullopt);
    box->advance(duration::minutes(5));
    box->sends("wan", udp{}.from("192.0.2.9").to("203.0.113.1"));  // time passes by packets
    CHECK(held_by(*box) == "0 0 0");
  }
}

TEST_CASE("a stranger who is answered keeps the mapping open",
          "[engine][destination][rfc4787-req6]") {
  gateway box{open_gateway()};
  const auto to = box.sends("lan", udp{}.from("10.0.0.5", 4000).to("192.0.2.1", 99)).flow().source;
  box.advance(duration::seconds(100));
  REQUIRE(box.sends("wan", udp{}.from("192.0.2.9", 99).to(to)).text() == "forward");
  REQUIRE(box.sends("lan", udp{}.from("10.0.0.5", 4000).to("192.0.2.9", 99)).text() == "forward");
  CHECK(box.worker().verify() == std::nullopt);
  box.advance(duration::seconds(200));

  CHECK(box.sends("wan", udp{}.from("192.0.2.8", 99).to(to)).text() == "forward");
  CHECK(box.worker().verify() == std::nullopt);
  box.advance(duration::seconds(300));
  box.sends("wan", udp{}.from("192.0.2.9").to("203.0.113.1"));  // time passes by packets
  CHECK(held_by(box) == "0 0 0");
}

TEST_CASE("a connection that came in on a mapping may be as idle as any other",
          "[engine][destination][rfc5382-req5]") {
  gateway box{open_gateway()};
  const auto to =
      box.sends("lan", tcp{}.syn().from("10.0.0.5", 4000).to("192.0.2.1", 99)).flow().source;
  const auto inwards = tcp{}.from("192.0.2.9", 99).to(to);
  const auto outwards = tcp{}.from("10.0.0.5", 4000).to("192.0.2.9", 99);
  REQUIRE(box.sends("wan", builder{inwards}.syn().sequence(100)).text() == "forward");
  REQUIRE(box.sends("lan", builder{outwards}.syn_ack().sequence(500).acknowledgment(101)).text() ==
          "forward");
  REQUIRE(box.sends("wan", builder{inwards}.ack().sequence(101).acknowledgment(501)).text() ==
          "forward");
  CHECK(box.worker().verify() == std::nullopt);

  for (int hours = 0; hours < 4; hours += 2) {
    box.advance(duration::minutes(120));
    CHECK(box.sends("wan", builder{inwards}.ack().sequence(101).acknowledgment(501)).text() ==
          "forward");
  }
}

TEST_CASE("a stranger for whom there is no room leaves the mapping as it was",
          "[engine][destination][limits]") {
  auto raw = open_gateway();
  raw.sessions.max = 1;
  gateway box{raw};
  const auto to = box.sends("lan", udp{}.from("10.0.0.5", 4000)).flow().source;

  CHECK(box.sends("wan", udp{}.from("192.0.2.9", 99).to(to)).text() == "drop session_table_full");

  CHECK(box.worker().verify() == std::nullopt);
  CHECK(held_by(box) == "1 1 1");
}

TEST_CASE("a 1:1 mapping works from both sides", "[engine][destination]") {
  auto raw = home_gateway();
  raw.nat.statics = {one_to_one("203.0.113.2", "10.0.0.10")};
  add_policy(raw, "outside", "inside", action::permit_stateful);
  gateway box{raw};

  const auto out = box.sends("lan", udp{}.from("10.0.0.10", 4000));
  const auto in = box.sends("wan", tcp{}.syn().from("192.0.2.9", 99).to("203.0.113.2", 22));
  const auto ping = box.sends("wan", echo{}.from("192.0.2.9").to("203.0.113.2"));

  REQUIRE(out.text() == "forward");
  CHECK(out.source() == "203.0.113.2");
  CHECK(out.source_port() == 4000);
  REQUIRE(in.text() == "forward");
  CHECK(in.destination() == "10.0.0.10");
  CHECK(in.destination_port() == 22);
  REQUIRE(ping.text() == "forward");
  CHECK(ping.destination() == "10.0.0.10");
}

TEST_CASE("a 1:1 mapping needs no session", "[engine][destination]") {
  auto raw = two_zones(action::permit);
  raw.nat.statics = {one_to_one("203.0.113.2", "10.0.0.10")};
  add_policy(raw, "outside", "inside", action::permit);
  gateway box{raw};

  const auto out = box.sends("lan", udp{}.from("10.0.0.10", 4000));
  const auto in = box.sends("wan", udp{}.from("192.0.2.9", 99).to("203.0.113.2", 22));

  REQUIRE(out.text() == "forward");
  CHECK(out.source() == "203.0.113.2");
  REQUIRE(in.text() == "forward");
  CHECK(in.destination() == "10.0.0.10");
  CHECK(held_by(box) == "0 0 0");
}

TEST_CASE("a port forward needs a session", "[engine][destination]") {
  auto raw = two_zones(action::permit);
  raw.nat.statics = {port_forward("203.0.113.1", 80, "10.0.0.20", 8080)};
  add_policy(raw, "outside", "inside", action::permit);
  gateway box{raw};

  CHECK(box.sends("wan", tcp{}.syn().from("192.0.2.9", 99).to("203.0.113.1", 80)).text() ==
        "drop needs_state");
}

TEST_CASE("a packet that is dropped for want of a session is not changed",
          "[engine][destination][mss]") {
  auto raw = two_zones(action::permit);
  raw.nat.statics = {port_forward("203.0.113.1", 80, "10.0.0.20", 8080)};
  add_policy(raw, "outside", "inside", action::permit);
  raw.policies.back().tcp_mss = 1000;
  gateway box{raw};
  const auto syn = tcp{}.syn().mss(1460).from("192.0.2.9", 99).to("203.0.113.1", 80).bytes();

  const auto dropped = box.sends("wan", syn);

  REQUIRE(dropped.text() == "drop needs_state");
  CHECK(dropped.bytes == syn);
}

TEST_CASE("an internal host reaches another one by its mapping, and both see external addresses",
          "[engine][destination][rfc4787-req9]") {
  gateway box{hairpinning(pool_gateway())};
  const auto server = box.sends("lan", udp{}.from("10.0.0.6", 5000)).flow().source;
  const auto client = box.sends("lan", udp{}.from("10.0.0.5", 4000)).flow().source;

  const auto there = box.sends("lan", udp{}.from("10.0.0.5", 4000).to(server));
  REQUIRE(there.text() == "forward");
  CHECK(there.destination() == "10.0.0.6");
  CHECK(there.destination_port() == 5000);
  CHECK(there.flow().source == client);

  const auto back = box.sends("lan", udp{}.from("10.0.0.6", 5000).to(client));
  REQUIRE(back.text() == "forward");
  CHECK(back.destination() == "10.0.0.5");
  CHECK(back.destination_port() == 4000);
  CHECK(back.flow().source == server);
}

TEST_CASE("an internal host reaches a port forward by its external endpoint",
          "[engine][destination][rfc4787-req9][rfc5382-req8]") {
  auto raw = hairpinning(home_gateway());
  raw.nat.statics = {port_forward("203.0.113.1", 80, "10.0.0.20", 8080)};
  raw.nat.statics[0].zone = "outside";
  gateway box{raw};

  const auto there = box.sends("lan", tcp{}.syn().from("10.0.0.5", 4000).to("203.0.113.1", 80));
  REQUIRE(there.text() == "forward");
  CHECK(there.destination() == "10.0.0.20");
  CHECK(there.source() == "203.0.113.1");

  const auto back = box.sends("lan", answer_to(tcp{}.syn_ack().acknowledgment(2), there));
  REQUIRE(back.text() == "forward");
  CHECK(back.destination() == "10.0.0.5");
  CHECK(back.source() == "203.0.113.1");
  CHECK(back.source_port() == 80);
}

TEST_CASE("a port forward without hairpins is not there for internal hosts",
          "[engine][destination]") {
  auto raw = hairpinning(home_gateway());
  raw.nat.statics = {port_forward("203.0.113.2", 80, "10.0.0.20", 8080)};
  raw.nat.statics[0].hairpin = false;
  add_policy(raw, "outside", "inside", action::permit_stateful);
  gateway box{raw};

  CHECK(box.sends("lan", tcp{}.syn().to("203.0.113.2", 80)).text() == "drop no_mapping");
  CHECK(box.sends("wan", tcp{}.syn().from("192.0.2.9").to("203.0.113.2", 80)).text() == "forward");
}

TEST_CASE("a host with a 1:1 mapping of the outside wears it in hairpins too",
          "[engine][destination][rfc4787-req9]") {
  auto raw = hairpinning(home_gateway());
  raw.nat.statics = {one_to_one("203.0.113.2", "10.0.0.10"),
                     one_to_one("203.0.113.3", "10.0.0.11")};
  raw.nat.statics[0].zone = "outside";
  raw.nat.statics[1].zone = "outside";
  gateway box{raw};

  const auto there = box.sends("lan", udp{}.from("10.0.0.10", 4000).to("203.0.113.3", 5000));

  REQUIRE(there.text() == "forward");
  CHECK(there.destination() == "10.0.0.11");
  CHECK(there.source() == "203.0.113.2");
}

TEST_CASE("a socket that talks to its own mapping talks to itself",
          "[engine][destination][rfc4787-req9]") {
  auto raw = hairpinning(open_gateway());
  raw.nat.statics = {one_to_one("203.0.113.2", "10.0.0.9")};
  gateway box{raw};
  const auto mapped = box.sends("lan", udp{}.from("10.0.0.5", 4000)).flow().source;
  const auto held = held_by(box);

  CHECK(box.sends("lan", udp{}.from("10.0.0.5", 4000).to(mapped)).text() == "drop hairpin_loop");
  CHECK(box.sends("lan", udp{}.from("10.0.0.9", 7).to("203.0.113.2", 7)).text() ==
        "drop hairpin_loop");
  CHECK(held_by(box) == held);
  CHECK(box.sends("lan", udp{}.from("10.0.0.5", 4001).to(mapped)).text() == "forward");
}

TEST_CASE("a hairpin that leads to another external address ends", "[engine][destination]") {
  auto raw = home_gateway();
  raw.nat.statics = {one_to_one("203.0.113.2", "203.0.113.3"),
                     one_to_one("203.0.113.3", "10.0.0.9")};
  add_policy(raw, "outside", "outside", action::permit_stateful);
  gateway box{raw};

  CHECK(box.sends("wan", udp{}.from("192.0.2.1").to("203.0.113.2")).text() == "drop hairpin_loop");
}

TEST_CASE("a pool for everybody makes nobody outside an internal host",
          "[engine][destination][rfc4787-req8]") {
  auto raw = pool_gateway();
  raw.nat.pools[0].internal = {ip_prefix{ipv4_prefix{}}};
  add_policy(raw, "outside", "inside", action::permit_stateful);
  gateway box{raw};
  const auto to = box.sends("lan", udp{}.from("10.0.0.5", 4000)).flow().source;

  CHECK(box.sends("wan", udp{}.from("192.0.2.9", 99).to(to)).text() == "drop filtered");
}

TEST_CASE("an internal address said by somebody outside does not pass the filter",
          "[engine][destination][rfc4787-req8]") {
  auto raw = pool_gateway();
  add_policy(raw, "outside", "inside", action::permit_stateful);
  gateway box{raw};
  const auto to = box.sends("lan", udp{}.from("10.0.0.5", 4000)).flow().source;

  CHECK(box.sends("wan", udp{}.from("10.0.0.66", 99).to(to)).text() == "drop filtered");
}

TEST_CASE("an inside address that no route tells from the rest does not pass the filter",
          "[engine][destination][rfc4787-req8]") {
  auto raw = pool_gateway();
  raw.nat.pools[0].internal = {*parse_prefix("10.0.0.0/16")};
  raw.nat.pools[0].zone = GENERATE("outside", "");
  const auto policy = GENERATE(action::permit_stateful, action::permit_stateful_nat);
  add_policy(raw, "outside", "inside", policy);
  raw.nat.statics = {port_forward("203.0.113.1", 80, "10.0.0.20", 8080)};
  raw.nat.statics[0].hairpin = false;
  gateway box{raw};
  const auto to = box.sends("lan", udp{}.from("10.0.0.5", 4000)).flow().source;
  const auto held = held_by(box);

  CHECK(box.sends("wan", udp{}.from("10.0.77.7", 99).to(to)).text() == "drop filtered");
  CHECK(held_by(box) == held);
  CHECK(box.sends("wan", tcp{}.syn().from("10.0.77.7").to("203.0.113.1", 80)).text() == "forward");
}

TEST_CASE("behind a box with one arm hosts reach each other by their mappings",
          "[engine][destination][rfc4787-req9]") {
  auto raw = pool_gateway();
  raw.nat.pools[0].internal = {*parse_prefix("10.0.77.0/24")};
  raw.interfaces[1].addresses.push_back(own("10.0.77.1/24"));
  raw.nat.pools[0].zone = GENERATE("outside", "");
  add_policy(raw, "outside", "outside", action::permit_stateful_nat);
  gateway box{raw};
  const auto server = box.sends("wan", udp{}.from("10.0.77.6", 5000)).flow().source;

  const auto there = box.sends("wan", udp{}.from("10.0.77.5", 4000).to(server));

  REQUIRE(there.text() == "forward");
  CHECK(there.destination() == "10.0.77.6");
  CHECK(there.source() != "10.0.77.5");
}

TEST_CASE("a hairpin to a 1:1 mapping of the same zone needs a session",
          "[engine][destination][rfc4787-req9]") {
  auto raw = home_gateway();
  add_policy(raw, "inside", "inside", action::permit);
  raw.nat.statics = {one_to_one("203.0.113.2", "10.0.0.10")};
  gateway box{raw};

  CHECK(box.sends("lan", udp{}.from("10.0.0.5").to("203.0.113.2")).text() == "drop needs_state");
  CHECK(box.sends("lan", udp{}.from("10.0.0.10").to("203.0.113.2")).text() == "drop needs_state");
}

TEST_CASE("the first piece of a datagram is translated and the others are not passed",
          "[engine][destination][sd12]") {
  gateway box{pool_gateway()};
  const auto pieces = udp{}.from("10.0.0.5", 4000).payload_size(64).fragments(32);

  const auto first = box.sends("lan", pieces[0]);
  const auto second = box.sends("lan", pieces[1]);
  const auto answers = answer_to(udp{}.payload_size(64), first).fragments(32);

  REQUIRE(first.text() == "forward");
  CHECK(first.source_port() == 4000);
  CHECK(second.text() == "drop fragment_unsupported");
  CHECK(box.sends("wan", answers[0]).text() == "forward");
  CHECK(box.sends("wan", answers[1]).text() == "drop fragment_unsupported");
}

TEST_CASE("all pieces pass where no session is asked for", "[engine][destination]") {
  auto raw = two_zones(action::permit);
  raw.nat.statics = {one_to_one("203.0.113.2", "10.0.0.10")};
  gateway box{raw};

  for (const auto& piece : udp{}.from("10.0.0.10").payload_size(100).fragments(32)) {
    const auto out = box.sends("lan", piece);
    REQUIRE(out.text() == "forward");
    CHECK(to_text(ipv4_header::parse(out.bytes)->source()) == "203.0.113.2");
  }
  for (const auto& piece : datagram6().payload_size(64).fragments(32)) {
    CHECK(box.sends("lan", piece).text() == "forward");
  }
}

TEST_CASE("rules match pieces, and what needs their ports does not pass",
          "[engine][destination][sd12]") {
  auto raw = two_zones(action::permit);
  rule no_later;
  no_later.action = action::deny;
  no_later.fragment = fragment_match::later;
  raw.policies[0].rules = {no_later};
  gateway refusing{raw};
  raw.policies[0].rules = {rule_for(protocol::udp, action::deny, 99)};
  gateway asking{raw};
  const auto pieces = udp{}.payload_size(64).fragments(32);

  CHECK(refusing.sends("lan", pieces[0]).text() == "forward");
  CHECK(refusing.sends("lan", pieces[1]).text() == "drop policy_denied");
  CHECK(asking.sends("lan", pieces[0]).text() == "forward");
  CHECK(asking.sends("lan", pieces[1]).text() == "drop fragment_unsupported");
}

TEST_CASE("a static mapping of one zone is not there for another", "[engine][destination][zone]") {
  auto raw = home_gateway();
  raw.nat.statics = {port_forward("203.0.113.2", 80, "10.0.0.20", 8080)};
  raw.nat.statics[0].zone = "outside";
  add_policy(raw, "outside", "inside", action::permit_stateful);
  add_guests(raw);
  gateway box{raw};
  const auto packet = tcp{}.syn().to("203.0.113.2", 80);

  CHECK(box.sends("guest", builder{packet}.from("172.16.0.9")).text() == "drop no_mapping");
  CHECK(box.sends("wan", builder{packet}.from("192.0.2.9")).text() == "forward");
}

TEST_CASE("of two static mappings of one address each zone gets its own",
          "[engine][destination][zone]") {
  auto raw = home_gateway();
  raw.nat.statics = {one_to_one("203.0.113.2", "10.0.0.10"),
                     one_to_one("203.0.113.2", "10.0.0.11")};
  raw.nat.statics[0].zone = "outside";
  raw.nat.statics[1].zone = "guests";
  add_policy(raw, "outside", "inside", action::permit_stateful);
  add_guests(raw);
  gateway box{raw};
  const auto packet = udp{}.to("203.0.113.2", 99);

  CHECK(box.sends("guest", builder{packet}.from("172.16.0.9")).destination() == "10.0.0.11");
  CHECK(box.sends("wan", builder{packet}.from("192.0.2.9")).destination() == "10.0.0.10");
}

TEST_CASE("a port forward with equal ports needs a session too", "[engine][destination]") {
  auto raw = two_zones(action::permit);
  raw.nat.statics = {port_forward("203.0.113.1", 22, "10.0.0.20", 22)};
  add_policy(raw, "outside", "inside", action::permit);
  gateway box{raw};
  raw.nat.statics.push_back(one_to_one("203.0.113.2", "10.0.0.20"));
  gateway both{raw};
  const auto out = tcp{}.syn().from("10.0.0.20", 22);

  CHECK(box.sends("wan", tcp{}.syn().from("192.0.2.9", 99).to("203.0.113.1", 22)).text() ==
        "drop needs_state");
  CHECK(box.sends("lan", out).source() == "10.0.0.20");
  CHECK(both.sends("lan", out).source() == "203.0.113.2");
}

TEST_CASE("no translation makes a packet that comes from where it goes", "[engine][destination]") {
  auto raw = open_gateway();
  raw.nat.statics = {one_to_one("203.0.113.2", "10.0.0.9"),
                     port_forward("203.0.113.3", 80, "10.0.0.20", 8080)};
  gateway box{raw};
  const auto mapped = box.sends("lan", udp{}.from("10.0.0.5", 4000)).flow().source;
  const auto held = held_by(box);
  auto stateless = two_zones(action::permit);
  stateless.nat.statics = {one_to_one("203.0.113.2", "10.0.0.9")};
  add_policy(stateless, "outside", "inside", action::permit);
  gateway without{stateless};
  const auto to_itself = udp{}.from("10.0.0.9", 7).to("203.0.113.2", 7);

  CHECK(box.sends("wan", to_itself).text() == "drop martian_source");
  CHECK(box.sends("wan", tcp{}.syn().from("10.0.0.20").to("203.0.113.3", 80)).text() ==
        "drop martian_source");
  CHECK(box.sends("wan", udp{}.from("10.0.0.5", 9).to(mapped)).text() == "drop martian_source");
  CHECK(held_by(box) == held);
  CHECK(without.sends("wan", to_itself).text() == "drop martian_source");
}

TEST_CASE("a host that no pool hides does not reach itself by its own port forward",
          "[engine][destination]") {
  auto raw = hairpinning(two_zones());
  raw.nat.statics = {port_forward("203.0.113.1", 53, "10.0.0.20", 53, protocol::udp)};
  gateway box{raw};
  const auto query = udp{}.to("203.0.113.1", 53);

  CHECK(box.sends("lan", builder{query}.from("10.0.0.20", 4002)).text() == "drop martian_source");
  CHECK(box.sends("lan", builder{query}.from("10.0.0.21", 4002)).text() == "forward");
}

}  // namespace
}  // namespace weir::test

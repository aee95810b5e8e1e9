#include "tests/engine/gateway.hpp"
#include "tests/support/catch.hpp"

#include <array>
#include <string>

namespace weir::test {
namespace {

/// A connection from 10.0.0.5:4000 to 192.0.2.1:80 through an untranslated box.
struct connection {
  gateway box;
  std::uint32_t ours = 1000;
  std::uint32_t theirs = 5000;

  explicit connection(const configuration& raw) : box{raw} {}

  std::string out(builder segment) {
    return box
        .sends("lan", segment.from("10.0.0.5", 4000)
                          .to("192.0.2.1", 80)
                          .sequence(ours)
                          .acknowledgment(theirs))
        .text();
  }
  std::string in(builder segment) {
    return box
        .sends("wan", segment.from("192.0.2.1", 80)
                          .to("10.0.0.5", 4000)
                          .sequence(theirs)
                          .acknowledgment(ours))
        .text();
  }
  void open() {
    REQUIRE(out(tcp{}.syn()) == "forward");
    ++ours;
    REQUIRE(in(tcp{}.syn_ack()) == "forward");
    ++theirs;
    REQUIRE(out(tcp{}.ack()) == "forward");
  }
  void close() {
    REQUIRE(out(tcp{}.fin()) == "forward");
    ++ours;
    REQUIRE(in(tcp{}.fin()) == "forward");
    ++theirs;
    REQUIRE(out(tcp{}.ack()) == "forward");
  }
};

configuration tracking(tcp_mode how) {
  auto raw = two_zones();
  raw.policies[0].tcp = how;
  return raw;
}

TEST_CASE("a SYN whose source may have no session more leaves the closing one as it is",
          "[engine][established][limits]") {
  auto raw = two_zones();
  raw.sessions.embryonic_per_source = 1;
  connection one{raw};
  one.open();
  one.close();
  REQUIRE(one.box.sends("lan", tcp{}.syn().from("10.0.0.5", 4001)).text() == "forward");

  one.ours += 100'000;
  CHECK(one.out(tcp{}.syn()) == "drop embryonic_limit");
  one.ours -= 100'000;
  CHECK(one.in(tcp{}.ack()) == "forward");

  auto tight = two_zones();
  tight.sessions.per_source = 1;
  connection other{tight};
  other.open();
  other.close();
  other.ours += 100'000;
  CHECK(other.out(tcp{}.syn()) == "forward");
}

TEST_CASE("a query from outside is no reply, whatever its identifier",
          "[engine][established][rfc5508]") {
  constexpr std::array<unsigned, 3> requests{8, 13, 17};
  const unsigned asked = GENERATE_COPY(from_range(requests));
  const unsigned asks = GENERATE_COPY(from_range(requests));
  const bool translates = GENERATE(false, true);
  CAPTURE(asked, asks, translates);
  gateway box{translates ? pool_gateway() : two_zones()};
  // Its identifier is the type of the one that comes back, whose identifier is its own type.
  const auto sent = box.sends("lan", echo{}.type(asked).identifier(asks));
  REQUIRE(sent.text() == "forward");
  REQUIRE(word_at(sent.bytes, 24) == asks);
  const auto back = [&](unsigned type) {
    return echo{}.type(type).from("192.0.2.1").to(sent.source()).identifier(asked);
  };

  const auto request = box.sends("wan", back(asks));
  CHECK(request.text() == (translates ? "drop no_mapping" : "drop no_policy"));

  const unsigned reply = asked == 8 ? 0 : asked + 1;
  CHECK(box.sends("wan", back(reply).identifier(asks)).text() == "forward");
  CHECK(box.sends("lan", echo{}.type(asks == 8 ? 0 : asks + 1).identifier(asked)).text() ==
        "drop no_session");
}

TEST_CASE("an ICMPv6 query from outside is no reply, whatever its identifier",
          "[engine][established]") {
  gateway box{two_zones()};
  const auto ping = [](const char* from, const char* to) {
    return echo{}.from(from).to(to).identifier(128);
  };
  REQUIRE(box.sends("lan", ping("2001:db8:1::5", "2001:db8:9::1")).text() == "forward");

  CHECK(box.sends("wan", ping("2001:db8:9::1", "2001:db8:1::5")).text() == "drop no_policy");
  CHECK(box.sends("wan", ping("2001:db8:9::1", "2001:db8:1::5").type(129)).text() == "forward");
}

TEST_CASE("a connection opens, talks and closes", "[engine][established][rfc5382-req2]") {
  connection one{two_zones()};
  one.open();
  CHECK(one.out(tcp{}.ack().payload("request")) == "forward");
  one.ours += 7;
  CHECK(one.in(tcp{}.ack().payload("answer")) == "forward");
  one.theirs += 6;
  one.close();
  CHECK(held_by(one.box) == "1 0 0");
}

TEST_CASE("a strict policy opens connections by SYN alone", "[engine][established][strict]") {
  connection strict{tracking(tcp_mode::strict)};
  connection loose{tracking(tcp_mode::loose)};
  connection off{tracking(tcp_mode::off)};

  CHECK(strict.out(tcp{}.ack()) == "drop no_session");
  CHECK(loose.out(tcp{}.ack()) == "forward");
  CHECK(off.out(tcp{}.ack()) == "forward");
}

TEST_CASE("a segment from another time is dropped unless nothing is tracked",
          "[engine][established]") {
  const auto how = GENERATE(tcp_mode::strict, tcp_mode::loose, tcp_mode::off);
  connection one{tracking(how)};
  one.open();
  one.ours += 100'000'000;

  const auto late = one.out(tcp{}.ack());

  CHECK(late == (how == tcp_mode::off ? "forward" : "drop tcp_out_of_window"));
}

TEST_CASE("a reset outside of the window is dropped and the connection goes on",
          "[engine][established][sd16][rfc5961]") {
  connection one{two_zones()};
  one.open();
  one.theirs += 10'000'000;
  CHECK(one.in(tcp{}.flags(0x14)) == "drop tcp_out_of_window");
  one.theirs -= 10'000'000;

  one.box.advance(duration::minutes(100));

  CHECK(one.in(tcp{}.ack()) == "forward");
}

TEST_CASE("a reset in the window but not exact passes and ends nothing",
          "[engine][established][sd16][rfc5961]") {
  connection one{two_zones()};
  one.open();
  one.theirs += 10;
  CHECK(one.in(tcp{}.flags(0x14)) == "forward");
  one.theirs -= 10;

  one.box.advance(duration::minutes(100));

  CHECK(one.in(tcp{}.ack()) == "forward");
}

TEST_CASE("a SYN over a closed connection opens a new one", "[engine][established][sd15]") {
  const bool resets = GENERATE(false, true);
  connection one{two_zones()};
  one.open();
  if (resets) {
    REQUIRE(one.in(tcp{}.flags(0x14)) == "forward");
  } else {
    one.close();
  }
  one.ours = 70'000'000;
  one.theirs = 90'000'000;

  one.open();
  one.box.advance(duration::minutes(100));

  CHECK(one.out(tcp{}.ack()) == "forward");
  CHECK(one.box.worker().lives().created.read() == 2);
  CHECK(one.box.worker().lives().ended.read() == 1);
  CHECK(held_by(one.box) == "1 0 0");
}

TEST_CASE("a SYN over a closed connection keeps the port it wore", "[engine][established][sd15]") {
  gateway box{pool_gateway()};
  const auto ours = tcp{}.from("10.0.0.5", 4000).to("192.0.2.1", 80);
  const auto first = box.sends("lan", builder{ours}.syn().sequence(1));
  REQUIRE(box.sends("wan", answer_to(tcp{}.flags(0x14).acknowledgment(2), first)).text() ==
          "forward");

  const auto again = box.sends("lan", builder{ours}.syn().sequence(9'000'000));

  REQUIRE(again.text() == "forward");
  CHECK(again.flow().source == first.flow().source);
  CHECK(held_by(box) == "1 1 1");
}

TEST_CASE("a SYN from outside over a closed connection needs a policy of its own",
          "[engine][established][sd15]") {
  connection one{two_zones()};
  one.open();
  one.close();

  CHECK(one.in(tcp{}.syn()) == "drop no_policy");
  CHECK(one.box.worker().sessions4().size() == 1);
}

TEST_CASE("a SYN from outside over a closed connection of an open mapping reaches its host",
          "[engine][established][sd15]") {
  gateway box{open_gateway()};
  const auto first =
      box.sends("lan", tcp{}.syn().from("10.0.0.5", 4000).to("192.0.2.1", 80).sequence(1));
  REQUIRE(box.sends("wan", answer_to(tcp{}.flags(0x14).acknowledgment(2), first)).text() ==
          "forward");

  const auto in = box.sends("wan", answer_to(tcp{}.syn().sequence(9'000'000), first));

  REQUIRE(in.text() == "forward");
  CHECK(in.destination() == "10.0.0.5");
  CHECK(held_by(box) == "1 1 1");
}

TEST_CASE("a session ends with its idle time and not a millisecond before",
          "[engine][established][expiry][rfc4787-req5][rfc5508-req2]") {
  auto raw = two_zones();
  raw.sessions.timeouts.sctp = duration::seconds(777);
  const auto kind = GENERATE(protocol::udp, protocol::icmp, protocol::gre, protocol::esp,
                             protocol{99}, protocol::dccp);
  CAPTURE(name(kind));
  gateway box{raw};
  const auto packet = datagram{kind}.to("192.0.2.1", 99).payload_size(16);
  const auto limit = kind == protocol::udp    ? 120
                     : kind == protocol::icmp ? 60
                     : kind == protocol::gre  ? 300
                     : kind == protocol::esp  ? 300
                                              : 600;
  REQUIRE(box.sends("lan", packet).text() == "forward");

  box.advance(duration::milliseconds(limit * 1000 - 1));
  box.sends("wan", udp{}.from("192.0.2.1"));
  CHECK(box.worker().sessions4().size() == 1);
  box.advance(duration::milliseconds(1));
  box.sends("wan", udp{}.from("192.0.2.1"));
  CHECK(box.worker().sessions4().size() == 0);
}

TEST_CASE("an answered UDP flow lives five minutes and one to port 53 two",
          "[engine][established][expiry][rfc4787-req5]") {
  const unsigned port = GENERATE(99u, 53u);
  gateway box{two_zones()};
  const auto query = udp{}.to("192.0.2.1", port);
  const auto reply = udp{}.from("192.0.2.1", port).to("10.0.0.5", 1000);
  box.sends("lan", query);
  REQUIRE(box.sends("wan", reply).text() == "forward");
  const auto limit = duration::seconds(port == 53 ? 120 : 300);

  box.advance(limit - duration::milliseconds(1));
  CHECK(box.sends("wan", reply).text() == "forward");
  box.advance(limit);
  CHECK(box.sends("wan", reply).text() == "drop no_policy");
}

TEST_CASE("an answered UDP flow of a pool lives five minutes from what its host sent last",
          "[engine][established][expiry][rfc4787-req5][rfc4787-req6]") {
  gateway box{pool_gateway()};
  const auto packet = udp{}.from("10.0.0.5", 4000).to("192.0.2.1", 99);
  const auto reply = answer_to(udp{}, box.sends("lan", packet));
  const auto passes_after = [&](std::int64_t milliseconds) {
    box.advance(duration::milliseconds(milliseconds));
    return box.sends("wan", reply).text() == "forward";
  };

  CHECK(passes_after(1'000));
  CHECK(passes_after(199'000));
  CHECK(passes_after(99'999));
  CHECK_FALSE(passes_after(1));
}

TEST_CASE("a host that goes on after a late answer goes on in its session",
          "[engine][established][expiry][rfc4787-req5]") {
  auto raw = pool_gateway();
  raw.policies[0].timeouts.emplace();
  raw.policies[0].timeouts->udp_one_way = duration::seconds(10);
  raw.policies[0].timeouts->udp = duration::seconds(20);
  gateway box{raw};
  const auto packet = udp{}.from("10.0.0.5", 4000).to("192.0.2.1", 99);
  const auto reply = answer_to(udp{}, box.sends("lan", packet));

  box.advance(duration::seconds(9));
  box.sends("wan", reply);
  box.advance(duration::seconds(2));
  box.sends("lan", packet);
  box.advance(duration::milliseconds(19'999));

  CHECK(box.worker().lives().created.read() == 1);
  CHECK(box.sends("wan", reply).text() == "forward");
}

TEST_CASE("a TCP connection ends with the idle time of its phase",
          "[engine][established][expiry][rfc5382-req5][rfc7857]") {
  auto raw = two_zones();
  raw.sessions.timeouts.tcp_half_closed = duration::minutes(30);
  const auto phase = GENERATE(0, 1, 2, 3, 4);
  CAPTURE(phase);
  connection one{raw};
  if (phase == 0) REQUIRE(one.out(tcp{}.syn()) == "forward");
  if (phase != 0) one.open();
  if (phase == 2) REQUIRE(one.out(tcp{}.fin()) == "forward");
  if (phase == 3) one.close();
  if (phase == 4) REQUIRE(one.in(tcp{}.flags(0x14)) == "forward");
  const auto limit = duration::minutes(phase == 1 ? 124 : phase == 2 ? 30 : 4);

  one.box.advance(limit - duration::milliseconds(1));
  one.box.sends("wan", udp{}.from("192.0.2.1"));
  CHECK(one.box.worker().sessions4().size() == 1);
  one.box.advance(duration::milliseconds(1));
  one.box.sends("wan", udp{}.from("192.0.2.1"));
  CHECK(one.box.worker().sessions4().size() == 0);
}

TEST_CASE("sessions end when nothing comes in any more", "[engine][established][expiry][sr4]") {
  gateway box{pool_gateway()};
  for (unsigned i = 0; i < 240; ++i) box.sends("lan", udp{}.from("10.0.0.5", 2000 + i));
  CHECK(held_by(box) == "240 240 240");

  const auto ended = box.worker().expire(instant::from_epoch(duration::seconds(1'000'120)));

  CHECK(ended == 240);
  CHECK(held_by(box) == "0 0 0");
}

TEST_CASE("a session that is past its deadline is not revived by its reply",
          "[engine][established][expiry]") {
  worker_options lazy;
  lazy.reclaim_budget = 0;
  gateway box{two_zones(), lazy};
  box.sends("lan", udp{}.to("192.0.2.1", 99));
  box.advance(duration::seconds(120));

  CHECK(box.sends("wan", udp{}.from("192.0.2.1", 99).to("10.0.0.5", 1000)).text() ==
        "drop no_policy");
}

TEST_CASE("a DNS reply closes its session and frees the port where that is asked for",
          "[engine][established]") {
  auto raw = pool_gateway();
  raw.sessions.dns_reply_closes = true;
  gateway box{raw};
  const auto query = box.sends("lan", udp{}.to("192.0.2.1", 53));

  const auto reply = box.sends("wan", answer_to(udp{}, query));

  CHECK(reply.text() == "forward");
  CHECK(held_by(box) == "0 0 0");
}

TEST_CASE("each of the queries that a host sends from one port has its reply",
          "[engine][established]") {
  auto raw = pool_gateway();
  raw.sessions.dns_reply_closes = true;
  gateway box{raw};
  const auto queries = udp{}.from("10.0.0.5", 5000).to("192.0.2.1", 53);
  box.sends("lan", queries);
  const auto second = box.sends("lan", queries);

  CHECK(box.sends("wan", answer_to(udp{}, second)).text() == "forward");
  CHECK(box.sends("wan", answer_to(udp{}, second)).text() == "forward");
  CHECK(held_by(box) == "0 0 0");
  CHECK(box.sends("wan", answer_to(udp{}, second)).text() == "drop no_mapping");
}

TEST_CASE("a NAT-T keepalive refreshes its session", "[engine][established][rfc3948]") {
  gateway box{pool_gateway()};
  const auto keepalive = udp{}.from("10.0.0.5", 4500).to("192.0.2.1", 4500).payload(octets({0xFF}));
  box.sends("lan", keepalive);

  for (unsigned i = 0; i < 10; ++i) {
    box.advance(duration::seconds(119));
    CHECK(box.sends("lan", keepalive).text() == "forward");
  }

  CHECK(box.worker().lives().created.read() == 1);
}

unsigned mss_of(const packet_bytes& packet) {
  return word_at(packet, byte_at(packet, 0) >> 4 == 6 ? 62 : 42);
}

TEST_CASE("the MSS of a SYN and its answer is lowered to the smaller MTU",
          "[engine][established][mss]") {
  auto raw = pool_gateway();
  raw.policies[0].clamp_tcp_mss = true;
  raw.interfaces[1].mtu = 1492;
  gateway box{raw};
  const auto v6 = tcp{}.from("2001:db8:1::5").to("2001:db8:9::1");

  const auto syn = box.sends("lan", tcp{}.syn().mss(1460).to("192.0.2.1", 80));
  CHECK(mss_of(syn.bytes) == 1452);
  const auto answer = box.sends("wan", answer_to(tcp{}.syn_ack().acknowledgment(2).mss(1460), syn));
  CHECK(mss_of(answer.bytes) == 1452);
  CHECK(mss_of(box.sends("lan", builder{v6}.syn().mss(1460)).bytes) == 1432);
}

TEST_CASE("an MSS is never raised", "[engine][established][mss]") {
  auto raw = pool_gateway();
  raw.policies[0].tcp_mss = 1400;
  gateway box{raw};

  CHECK(mss_of(box.sends("lan", tcp{}.syn().mss(536)).bytes) == 536);
  CHECK(mss_of(box.sends("lan", tcp{}.syn().mss(1401).from("10.0.0.6")).bytes) == 1400);
}

TEST_CASE("the MSS of a SYN without a session is lowered too", "[engine][established][mss]") {
  auto raw = two_zones(action::permit);
  raw.policies[0].tcp_mss = 1400;
  gateway box{raw};

  CHECK(mss_of(box.sends("lan", tcp{}.syn().mss(1460)).bytes) == 1400);
}

TEST_CASE("a burst of both directions is judged as its packets one by one",
          "[engine][established][burst]") {
  const auto syn = tcp{}.syn().from("10.0.0.5", 4000).to("192.0.2.1", 80).bytes();
  const auto answer = tcp{}
                          .syn_ack()
                          .sequence(9)
                          .acknowledgment(2)
                          .from("192.0.2.1", 80)
                          .to("10.0.0.5", 4000)
                          .bytes();
  const auto stray = udp{}.from("192.0.2.1", 53).to("10.0.0.5", 1000).bytes();
  const auto query = udp{}.bytes();
  const std::vector<sent_packet> packets{{"wan", answer}, {"lan", syn},   {"wan", answer},
                                         {"wan", stray},  {"lan", query}, {"wan", stray},
                                         {"lan", syn},    {"lan", query}};
  gateway together{two_zones()};
  gateway single{two_zones()};

  const auto fates = together.burst(packets);

  for (std::size_t i = 0; i < packets.size(); ++i) {
    CAPTURE(i);
    const auto one = single.sends(packets[i].interface, packets[i].bytes);
    CHECK(fates[i].text() == one.text());
    CHECK(fates[i].bytes == one.bytes);
  }
}

}  // namespace
}  // namespace weir::test

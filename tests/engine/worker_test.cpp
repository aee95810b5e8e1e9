#include "tests/engine/gateway.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/ending.hpp"

#include <functional>

namespace weir::test {
namespace {

TEST_CASE("a permitted flow passes both ways and loses one hop each", "[engine]") {
  gateway box{two_zones()};

  const auto out = box.sends("lan", udp{}.from("10.0.0.5", 1000).to("192.0.2.1", 53).ttl(64));
  INFO(out.text());
  REQUIRE(out.forwarded());
  CHECK(box.egress_of(out) == "wan");
  CHECK(std::to_integer<int>(out.bytes[8]) == 63);
  CHECK(wrong_with(out.bytes).empty());

  const auto back = box.sends("wan", udp{}.from("192.0.2.1", 53).to("10.0.0.5", 1000));
  INFO(back.text());
  REQUIRE(back.forwarded());
  CHECK(box.egress_of(back) == "lan");
  CHECK(box.worker().verify() == std::nullopt);
}

TEST_CASE("a second worker would give the same ports away, and is not made", "[engine][nat]") {
  const auto config = compiled(home_gateway());
  auto first = std::make_unique<weir::worker>(config);

  const auto second = ending_of([&] { weir::worker{config}; });
  CHECK(second.signal == SIGABRT);
  CHECK(second.said.find("one worker at a time gives the ports") != std::string::npos);

  first.reset();
  weir::worker successor{config};
  const auto without_pools = compiled(two_zones());
  weir::worker one{without_pools};
  weir::worker other{without_pools};
}

TEST_CASE("a flow behind one address wears it and is given back", "[engine][nat]") {
  gateway box{home_gateway()};

  const auto out = box.sends("lan", udp{}.from("10.0.0.5", 4000).to("192.0.2.1", 53));
  INFO(out.text());
  REQUIRE(out.forwarded());
  CHECK(out.source() == "203.0.113.1");
  CHECK(out.source_port() == 4000);
  CHECK(wrong_with(out.bytes).empty());

  const auto back = box.sends("wan", udp{}.from("192.0.2.1", 53).to("203.0.113.1", 4000));
  INFO(back.text());
  REQUIRE(back.forwarded());
  CHECK(back.destination() == "10.0.0.5");
  CHECK(back.destination_port() == 4000);
  CHECK(wrong_with(back.bytes).empty());
  CHECK(box.worker().verify() == std::nullopt);
}

TEST_CASE("what comes from outside unasked is dropped", "[engine]") {
  gateway box{home_gateway()};

  const auto scan = box.sends("wan", tcp{}.syn().from("192.0.2.1", 999).to("203.0.113.1", 22));

  INFO(scan.text());
  CHECK(scan.dropped_for(drop_reason::no_policy));
}

TEST_CASE("an IPv6 flow passes both ways", "[engine]") {
  gateway box{two_zones()};

  const auto out =
      box.sends("lan", tcp{}.syn().from("2001:db8:1::5", 1000).to("2001:db8:9::1", 80));
  INFO(out.text());
  REQUIRE(out.forwarded());

  const auto back = box.sends(
      "wan", tcp{}.syn_ack().from("2001:db8:9::1", 80).to("2001:db8:1::5", 1000).acknowledgment(2));
  INFO(back.text());
  CHECK(back.forwarded());
}

TEST_CASE("a time before the last one counts as the last one", "[engine]") {
  gateway box{two_zones()};
  box.advance(duration::seconds(60));
  REQUIRE(box.sends("lan", udp{}.from("10.0.0.5", 1000).to("192.0.2.1", 53)).forwarded());
  const tick last = box.worker().now();

  CHECK(box.worker().expire(instant{}) == 0);

  CHECK(box.worker().now() == last);
}

/// Hands the worker that calls it another burst.
struct recursive_sink {
  weir::worker* caller;

  void decided(std::size_t, ram_packet&, const verdict&) noexcept {
    caller->process(ram_burst{}, instant{}, *this);
  }
  bool generated(std::span<const std::byte>, const emission&) noexcept { return true; }
};

TEST_CASE("a sink that calls the worker which calls it is stopped", "[engine]") {
  weir::worker worker{compiled(two_zones())};
  recursive_sink sink{&worker};
  auto bytes = udp{}.bytes();
  ram_frame frame{ram_packet{std::span{bytes}}, {.ingress = interface_id{1}}};

  const auto end = ending_of([&] { worker.process(ram_burst{{&frame, 1}}, instant{}, sink); });

  CHECK(end.said ==
        "weir: broken precondition: no sink and no observer calls the worker that calls it\n");
}

/// Does something when it is told of an end.
struct acting_observer : null_observer {
  std::function<void()> deed;

  void ended(const session_facts&, session_end) noexcept { deed(); }
};
struct acting_traits : default_traits {
  using observer = acting_observer;
};

TEST_CASE("an observer that calls the worker which calls it is stopped", "[engine]") {
  basic_worker<acting_traits> worker{compiled(two_zones())};
  worker.observer().deed = [&] { worker.expire(instant{}); };
  auto bytes = udp{}.bytes();
  ram_frame frame{ram_packet{std::span{bytes}}, {.ingress = interface_id{1}}};
  deaf_sink sink;
  worker.process(ram_burst{{&frame, 1}}, instant{}, sink);
  REQUIRE(worker.sessions4().size() == 1);

  const auto end = ending_of([&] { worker.expire(instant{} + duration::hours(1)); });

  CHECK(end.said ==
        "weir: broken precondition: no sink and no observer calls the worker that calls it\n");
}

TEST_CASE("a worker says when nothing is left of what is over", "[engine]") {
  gateway box{two_zones()};
  for (std::uint16_t port = 1; port <= 300; ++port) {
    REQUIRE(box.sends("lan", udp{}.from("10.0.0.5", port)).forwarded());
  }
  box.advance(duration::hours(1));
  auto& worker = box.worker();
  const auto now = box.now();
  CHECK(worker.expire(now, 1) == 0);
  CHECK_FALSE(worker.is_settled());

  std::uint32_t ended = 0;
  while (!worker.is_settled()) ended += worker.expire(now, 64);

  CHECK(ended == 300);
  CHECK(worker.sessions4().size() == 0);
}

TEST_CASE("a worker tells the domain of packets that known interfaces bring", "[engine]") {
  auto raw = two_zones();
  raw.interfaces.resize(3);
  raw.interfaces[2].name = "other";
  raw.interfaces[2].domain = "red";
  gateway box{raw};
  const auto& worker = box.worker();
  const auto packet = udp{}.bytes();

  CHECK(worker.domain_of<ipv4>(packet, interface_id{2}) == domain_id{});
  CHECK(worker.domain_of<ipv4>(packet, interface_id{3}) == domain_id{1});
  CHECK(ending_of([&] { worker.domain_of<ipv4>(packet, interface_id{4}); }).said ==
        "weir: broken precondition: packets come from known interfaces\n");
}

TEST_CASE("a header checksum that nobody judges is right in what leaves", "[engine][checks]") {
  auto raw = GENERATE(two_zones(), pool_gateway());
  raw.checks.ip_checksum = false;
  add_policy(raw, "outside", "inside", action::permit);
  gateway box{raw};
  const auto leaves_right = [&](std::string_view side, const builder& packet) {
    const auto left = box.sends(side, builder{packet}.bad_ip_checksum());
    REQUIRE(left.text() == "forward");
    CHECK(wrong_with(left.bytes) == "");
    return left;
  };
  const auto out = udp{}.from("10.0.0.5", 4000).to("192.0.2.1", 53).payload("hello");

  const auto sent = leaves_right("lan", out);
  leaves_right("wan", answer_to(udp{}.payload("hello"), sent));
  leaves_right("lan", out);
  leaves_right("lan", echo{}.from("10.0.0.5").to("192.0.2.1"));
  leaves_right("lan", tcp{}.syn().mss(1460).from("10.0.0.5").to("192.0.2.1"));
  leaves_right("wan", icmp{3, 1}.from("192.0.2.9").to(sent.flow().source).quote(sent.bytes));
}

}  // namespace
}  // namespace weir::test

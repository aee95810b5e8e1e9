#include "weir/engine/mapping_life.hpp"

#include "tests/engine/gateway.hpp"
#include "tests/support/catch.hpp"

#include <string>

using namespace weir;
using namespace weir::test;

namespace {

/// A worker that ends nothing by itself.
worker_options lazy() {
  auto made = gateway::unbounded();
  made.reclaim_budget = 0;
  return made;
}

}  // namespace

TEST_CASE("a host keeps no address by mappings that are over", "[engine][expiry][rfc4787-req2]") {
  auto raw = pool_gateway("203.0.113.8/30");
  raw.nat.pools[0].ports = port_range::between(port{4000}, port{4007});
  raw.nat.pools[0].paired_full_takes_other = true;
  gateway exact{raw};
  gateway later{raw, lazy()};
  const auto source_of = [](gateway& box, unsigned host, unsigned port) {
    const auto sent = box.sends("lan", udp{}.from("10.0.0." + std::to_string(host), port));
    return sent.source() + ":" + std::to_string(sent.source_port());
  };
  for (unsigned host = 5; host < 30; ++host) {
    REQUIRE(source_of(later, host, 1000) == source_of(exact, host, 1000));
  }
  exact.advance(duration::minutes(2));
  later.advance(duration::minutes(2));

  for (unsigned host = 29; host >= 5; --host) {
    CAPTURE(host);
    CHECK(source_of(later, host, 2000) == source_of(exact, host, 2000));
  }
}

TEST_CASE("a newcomer ends no more than it needs of the dead", "[engine][expiry]") {
  gateway box{home_gateway(), lazy()};
  for (unsigned port = 0; port < 100; ++port) box.sends("lan", udp{}.from("10.0.0.5", 2000 + port));
  box.advance(duration::minutes(2));

  CHECK(box.sends("lan", udp{}.from("10.0.0.6", 2007)).source_port() == 2007);

  CHECK(box.worker().sessions4().size() == 100);
  CHECK(box.worker().lives().expired.read() == 1);
}

TEST_CASE("the box claims an endpoint that only the dead wore", "[engine][expiry][local]") {
  auto raw = home_gateway();
  add_policy(raw, "local", "outside", action::permit_stateful);
  gateway box{raw, lazy()};
  const auto sent = box.sends("lan", udp{}.from("10.0.0.5", 4000));
  REQUIRE(sent.source_port() == 4000);
  box.advance(duration::minutes(2));

  const auto own = box.sends("local", udp{}.from(sent.source(), 4000).to("192.0.2.1", 53));
  REQUIRE(own.text() == "forward");

  CHECK(box.sends("lan", udp{}.from("10.0.0.6", 4000)).source_port() != 4000);
}

TEST_CASE("dead sessions over IPv6 take no room from new mappings", "[engine][expiry]") {
  auto raw = home_gateway();
  raw.sessions.max = 5;
  raw.sessions.full = full_policy::evict_embryonic;
  raw.sessions.timeouts.udp_one_way = duration::seconds(30);
  raw.nat.pools[0].filtering_udp = endpoint_filtering::endpoint_independent;
  add_policy(raw, "inside", "inside", action::permit_stateful_nat);
  gateway box{raw, lazy()};
  const auto fate_of = [&](builder packet) { return box.sends("lan", packet).text(); };
  const auto out = [](unsigned host, unsigned port) {
    return udp{}.from("10.0.0." + std::to_string(host), port).to("192.0.2.1", 5353);
  };
  const auto hairpin = [](unsigned host, unsigned to) {
    return udp{}.from("10.0.0." + std::to_string(host), 1000).to("203.0.113.1", to);
  };

  // Two mappings outlive the sessions of their host: those of other hosts hold them.
  for (const unsigned port : {4001u, 4002u}) REQUIRE(fate_of(out(5, port)) == "forward");
  box.advance(duration::seconds(20));
  REQUIRE(fate_of(hairpin(6, 4001)) == "forward");
  REQUIRE(fate_of(hairpin(7, 4002)) == "forward");
  box.advance(duration::seconds(12));
  for (const unsigned port : {1u, 2u}) {
    REQUIRE(fate_of(datagram6().from("2001:db8:1::5", port).to("2001:db8:9::1", 5353)) ==
            "forward");
  }
  box.advance(duration::seconds(13));
  REQUIRE(fate_of(hairpin(6, 4001)) == "forward");
  REQUIRE(fate_of(hairpin(7, 4002)) == "forward");
  box.advance(duration::seconds(18));
  REQUIRE(fate_of(out(8, 1000)) == "forward");
  REQUIRE(box.worker().mappings().is_full());
  REQUIRE(box.worker().sessions6().size() == 2);  // which are dead

  CHECK(fate_of(out(8, 1001)) == "drop session_table_full");
  CHECK(box.worker().lives().evicted.read() == 0);
}

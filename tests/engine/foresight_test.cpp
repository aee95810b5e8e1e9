#include "tests/engine/gateway.hpp"
#include "tests/support/catch.hpp"

namespace weir::test {
namespace {

TEST_CASE("rules see the destination behind a static mapping, not the one received",
          "[engine][foresight]") {
  // Both addresses lie behind one policy, so that nothing but the address tells them apart.
  auto raw = two_zones(action::permit_stateful);
  raw.nat.statics = {one_to_one("10.0.0.200", "10.0.0.20")};
  auto& inbound = add_policy(raw, "outside", "inside", action::deny);
  inbound.rules = {rule_for(protocol::tcp, action::permit_stateful, 80)};
  inbound.rules.back().destinations = {*parse_prefix("10.0.0.20/32")};
  gateway box{raw};

  const auto mapped = box.sends("wan", tcp{}.syn().from("192.0.2.9", 99).to("10.0.0.200", 80));

  REQUIRE(mapped.text() == "forward");
  CHECK(mapped.destination() == "10.0.0.20");
  CHECK(box.sends("wan", tcp{}.syn().from("192.0.2.9", 99).to("10.0.0.201", 80)).text() ==
        "drop policy_denied");
}

TEST_CASE("a static mapping leads where its internal address lives", "[engine][foresight]") {
  // The external address is routed back out, the internal one is not.
  auto raw = two_zones(action::permit_stateful);
  raw.nat.statics = {one_to_one("198.51.100.7", "10.0.0.20")};
  add_policy(raw, "outside", "inside", action::permit_stateful);
  gateway box{raw};

  const auto in = box.sends("wan", udp{}.from("192.0.2.9", 99).to("198.51.100.7", 53));

  REQUIRE(in.text() == "forward");
  CHECK(box.egress_of(in) == "lan");
}

TEST_CASE("packets of one new flow in one burst begin one session", "[engine][foresight]") {
  auto raw = home_gateway();
  raw.policies.front().default_action = action::deny;
  raw.policies.front().rules = {rule_for(protocol::udp, action::permit_stateful_nat, 53)};
  gateway box{raw};
  const auto query = udp{}.from("10.0.0.5", 4000).to("192.0.2.1", 53).bytes();
  const auto other = udp{}.from("10.0.0.5", 4000).to("192.0.2.1", 54).bytes();

  const auto fates = box.burst({{"lan", query}, {"lan", other}, {"lan", query}});

  REQUIRE(fates.size() == 3);
  CHECK(fates[0].text() == "forward");
  CHECK(fates[1].text() == "drop policy_denied");
  CHECK(fates[2].text() == "forward");
  CHECK(fates[2].flow().source == fates[0].flow().source);
  CHECK(box.worker().sessions4().size() == 1);
}

}  // namespace
}  // namespace weir::test

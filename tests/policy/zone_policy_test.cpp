#include "weir/policy/zone_policy.hpp"

#include "tests/support/catch.hpp"

#include <utility>
#include <vector>

namespace {

using weir::action;
using weir::ipv4;
using weir::ipv4_address;
using weir::policy_query;
using weir::policy_settings;
using weir::zone_id;
using weir::zone_policy;

constexpr zone_id inside{1};
constexpr zone_id outside{2};

policy_settings between(zone_id from, zone_id to, action otherwise) {
  policy_settings made;
  made.from = from;
  made.to = to;
  made.default_action = otherwise;
  return made;
}

/// TCP from 192.0.2.1:1000 to 198.51.100.1:80.
policy_query<ipv4> web_request() {
  policy_query<ipv4> made;
  made.flow.protocol = weir::protocol::tcp;
  made.flow.source = {ipv4_address{192, 0, 2, 1}, weir::port{1000}};
  made.flow.destination = {ipv4_address{198, 51, 100, 1}, weir::port{80}};
  return made;
}

weir::rule towards_web(action what) {
  weir::rule made;
  made.action = what;
  made.protocols = {weir::protocol::tcp};
  made.destination_ports = {weir::port_range::only(weir::port{80})};
  return made;
}

}  // namespace

TEST_CASE("without policies no pair of zones has one", "[policy][zones]") {
  const zone_policy none;

  CHECK_FALSE(none.find(inside, outside));
  CHECK_FALSE(none.find(zone_id::local(), zone_id::local()));
}

TEST_CASE("a policy answers for its ordered pair alone", "[policy][zones][s5]") {
  const zone_policy zones{{between(inside, outside, action::permit_stateful)}};

  REQUIRE(zones.find(inside, outside));
  CHECK(&*zones.find(inside, outside) == &zones.policies()[0]);
  CHECK_FALSE(zones.find(outside, inside));
  CHECK_FALSE(zones.find(inside, inside));
  CHECK_FALSE(zones.find(inside, zone_id::local()));
  CHECK_FALSE(zones.find(inside, zone_id{3}));
}

TEST_CASE("no zone has no policy", "[policy][zones]") {
  const zone_policy zones{{between(inside, outside, action::permit)}};

  CHECK_FALSE(zones.find(zone_id::none(), outside));
  CHECK_FALSE(zones.find(inside, zone_id::none()));
  CHECK_FALSE(zones.find(zone_id::none(), zone_id::none()));
}

TEST_CASE("a zone may have a policy with itself and with the box", "[policy][zones]") {
  const zone_policy zones{{between(inside, inside, action::permit),
                           between(zone_id::local(), outside, action::permit_stateful),
                           between(outside, zone_id::local(), action::reject)}};

  CHECK(zones.find(inside, inside)->decide(web_request()).action == action::permit);
  CHECK(zones.find(zone_id::local(), outside)->decide(web_request()).action ==
        action::permit_stateful);
  CHECK(zones.find(outside, zone_id::local())->decide(web_request()).action == action::reject);
}

TEST_CASE("a policy denies by default", "[policy][zones]") {
  policy_settings settings;
  settings.from = inside;
  settings.to = outside;
  const zone_policy zones{{settings}};

  const auto made = decide(zones.find(inside, outside), web_request());

  CHECK(made.action == action::deny);
  CHECK(made.rule == weir::decision::default_rule);
  CHECK_FALSE(made.log);
}

TEST_CASE("the first rule that matches decides, and says whether it logs", "[policy][rules]") {
  auto settings = between(inside, outside, action::permit_stateful_nat);
  settings.reject_with = weir::reject_form::admin_prohibited;
  settings.rules = {towards_web(action::permit), towards_web(action::reject),
                    towards_web(action::deny)};
  settings.rules[0].source_ports = {weir::port_range::only(weir::port{999})};
  settings.rules[1].log = true;
  const zone_policy zones{{settings}};
  const auto found = zones.find(inside, outside);

  const auto made = decide(found, web_request());

  CHECK(made.action == action::reject);
  CHECK(made.rule == 1);
  CHECK(made.log);
  CHECK(made.reject_with == weir::reject_form::admin_prohibited);
}

TEST_CASE("what no rule matches takes the default", "[policy][rules]") {
  auto settings = between(inside, outside, action::permit_stateful_nat);
  settings.rules = {towards_web(action::deny)};
  settings.rules[0].log = true;
  const zone_policy zones{{settings}};
  auto query = web_request();
  query.flow.destination.port = weir::port{443};

  const auto made = decide(zones.find(inside, outside), query);

  CHECK(made.translates());
  CHECK(made.is_stateful());
  CHECK(made.rule == weir::decision::default_rule);
  CHECK_FALSE(made.log);
}

TEST_CASE("a later fragment that a rule for ports may be about is denied",
          "[policy][rules][sd12]") {
  auto settings = between(inside, outside, action::permit_stateful);
  settings.rules = {towards_web(action::permit)};
  const zone_policy zones{{settings}};
  auto query = web_request();
  query.fragment = weir::fragment_kind::later;
  query.header_known = false;
  query.flow.source.port = query.flow.destination.port = weir::port{};

  const auto made = decide(zones.find(inside, outside), query);

  CHECK(made.needs_header);
  CHECK(made.action == action::deny);
  CHECK(made.rule == 0);
}

TEST_CASE("a pair borrows the opposite policy only where that is asked for",
          "[policy][zones][s5]") {
  auto settings = between(inside, outside, action::deny);
  settings.rules = {towards_web(action::permit_stateful)};
  const std::vector policies{settings};
  const zone_policy strict{policies};
  const zone_policy borrowing{policies, weir::reverse_policy::on};

  CHECK_FALSE(strict.find(outside, inside));
  REQUIRE(borrowing.find(outside, inside));
  CHECK(borrowing.find(outside, inside).is_reversed());
  CHECK_FALSE(borrowing.find(inside, outside).is_reversed());
  CHECK_FALSE(borrowing.find(outside, outside));
}

TEST_CASE("a borrowed policy judges the packet as its reply", "[policy][zones][s5]") {
  auto settings = between(inside, outside, action::deny);
  settings.rules = {towards_web(action::permit_stateful)};
  const zone_policy zones{{settings}, weir::reverse_policy::on};
  const auto borrowed = zones.find(outside, inside);

  CHECK(decide(borrowed, reversed(web_request())).action == action::permit_stateful);
  CHECK(decide(borrowed, web_request()).action == action::deny);
}

TEST_CASE("a pair with a policy of its own borrows none", "[policy][zones][s5]") {
  const zone_policy zones{
      {between(inside, outside, action::permit), between(outside, inside, action::deny)},
      weir::reverse_policy::on};

  CHECK_FALSE(zones.find(outside, inside).is_reversed());
  CHECK(zones.find(outside, inside)->settings().default_action == action::deny);
  CHECK(zones.find(inside, outside)->settings().default_action == action::permit);
}

TEST_CASE("every zone number below the limit has its place", "[policy][zones][limits]") {
  const zone_id last{static_cast<std::uint16_t>(weir::zones_max - 1)};
  const zone_policy zones{
      {between(last, zone_id::local(), action::permit), between(last, last, action::reject)}};

  CHECK(zones.find(last, zone_id::local())->settings().default_action == action::permit);
  CHECK(zones.find(last, last)->settings().default_action == action::reject);
  CHECK_FALSE(zones.find(zone_id::local(), last));
  CHECK_FALSE(zones.find(zone_id{static_cast<std::uint16_t>(weir::zones_max)}, last));
}

TEST_CASE("moving the policies of a box moves their rules along", "[policy][zones]") {
  auto settings = between(inside, outside, action::deny);
  settings.rules = {towards_web(action::permit)};
  zone_policy first{{settings}};

  const zone_policy second = std::move(first);

  CHECK(decide(second.find(inside, outside), web_request()).action == action::permit);
}

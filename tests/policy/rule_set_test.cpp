#include "weir/policy/rule_set.hpp"

#include "tests/policy/random_rules.hpp"
#include "tests/policy/rule_oracle.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/seeded.hpp"

#include <cstddef>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

namespace {

using weir::ipv4;
using weir::ipv6;
using weir::policy_query;
using weir::rule;
using weir::rule_answer;
using weir::rule_match;
using weir::rule_set;
using weir::test::expected_match;
using weir::test::random_rules;
using weir::test::rule_flavor;

/// Asks the same of the rule set and of the oracle, in a random order of many kinds of packets.
template <class V>
std::size_t differences(const rule_set<V>& made, const std::vector<rule>& rules,
                        random_rules<V>& random, int queries, bool is_varied) {
  std::size_t different = 0;
  for (int asked = 0; asked < weir::test::rounds(queries); ++asked) {
    auto query =
        random.chance(50) ? random.packet() : random.packet_of(rules[random.below(rules.size())]);
    if (is_varied) query = random.varied(query);
    different += made.match(query) != expected_match<V>(rules, query);
  }
  return different;
}

}  // namespace

TEMPLATE_TEST_CASE("rules match as a plain scan says", "[policy][rules][model]", ipv4, ipv6) {
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  const auto [count, queries] = GENERATE(table<std::size_t, int>({{1, 1000},
                                                                  {2, 1000},
                                                                  {10, 20'000},
                                                                  {25, 20'000},
                                                                  {100, 20'000},
                                                                  {1000, 10'000},
                                                                  {10'000, 2000}}));
  CAPTURE(count);
  const auto flavor = GENERATE(rule_flavor::plain, rule_flavor::varied, rule_flavor::asking);
  CAPTURE(flavor);
  random_rules<TestType> random{seed};
  const auto rules = random.make(count, flavor);

  const rule_set<TestType> made{rules};

  CHECK(differences(made, rules, random, queries, flavor != rule_flavor::plain) == 0);
}

TEMPLATE_TEST_CASE("packets that are asked about together match as they do alone",
                   "[policy][rules][batch]", ipv4, ipv6) {
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  random_rules<TestType> random{seed};
  std::vector<std::vector<rule>> lists;
  std::vector<rule_set<TestType>> sets;
  for (const std::size_t count : {1u, 7u, 80u, 600u}) {
    lists.push_back(random.make(count, rule_flavor::varied));
    sets.emplace_back(lists.back());
  }
  constexpr std::size_t together = 32;
  for (int round = 0; round < weir::test::rounds(100); ++round) {
    std::vector<std::size_t> which(together);
    std::vector<policy_query<TestType>> queries(together);
    std::vector<weir::detail::rule_search<TestType>> searches(together);
    for (std::size_t i = 0; i < together; ++i) {
      which[i] = random.below(sets.size());
      const auto& list = lists[which[i]];
      queries[i] = random.varied(random.packet_of(list[random.below(list.size())]));
      sets[which[i]].begin(searches[i], words_of(queries[i].flow), queries[i].flow.protocol,
                           queries[i].header_known);
    }
    weir::detail::lead_to_leaves<TestType>(searches);
    for (std::size_t i = 0; i < together; ++i) {
      CHECK(sets[which[i]].conclude(searches[i], queries[i]) ==
            expected_match<TestType>(lists[which[i]], queries[i]));
    }
  }
}

TEST_CASE("no rules match nothing", "[policy][rules]") {
  const rule_set<ipv4> none;
  random_rules<ipv4> random{1};

  CHECK(none.match(random.packet()) == rule_match{});
}

TEMPLATE_TEST_CASE("rules match at every size around a leaf and the first node",
                   "[policy][rules][limits]", ipv4, ipv6) {
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  random_rules<TestType> random{seed};
  for (std::size_t count = 1; count < 40; ++count) {
    CAPTURE(count);
    const auto rules = random.make(count, rule_flavor::plain);
    const std::vector without_last(rules.begin(), rules.end() - 1);

    CHECK(differences(rule_set<TestType>{rules}, rules, random, 200, false) == 0);
    if (count > 1) {
      CHECK(differences(rule_set<TestType>{without_last}, without_last, random, 200, false) == 0);
    }
  }
}

TEMPLATE_TEST_CASE("rules of many sources, of many destinations and of many ports alone match",
                   "[policy][rules]", ipv4, ipv6) {
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  random_rules<TestType> random{seed};
  for (const std::size_t count : {30u, 300u}) {
    CAPTURE(count);
    auto rules = random.make(count, rule_flavor::plain);
    for (std::size_t place = 0; place + 1 < rules.size(); ++place) {
      if (place % 3 != 0) rules[place].sources.clear();
      if (place % 3 != 1) rules[place].destinations.clear();
      if (place % 3 == 2) {
        const auto first = static_cast<std::uint16_t>(random.below(60'000));
        const auto last = static_cast<std::uint16_t>(first + 100);
        rules[place].destination_ports = {
            *weir::port_range::between(weir::port(first), weir::port(last))};
      }
    }

    CHECK(differences(rule_set<TestType>{rules}, rules, random, 5000, false) == 0);
  }
}

TEST_CASE("protocols past the limit of classes still match their rules",
          "[policy][rules][limits]") {
  random_rules<ipv4> random{2};
  std::vector<rule> rules(60);
  for (std::size_t place = 0; place < rules.size(); ++place) {
    rules[place].protocols = {weir::protocol(place * 3)};
  }
  const rule_set<ipv4> made{rules};

  for (unsigned value = 0; value < 256; ++value) {
    auto query = random.packet();
    query.flow.protocol = weir::protocol(value);
    CAPTURE(value);
    CHECK(made.match(query) == expected_match<ipv4>(rules, query));
  }
}

TEST_CASE("the authentication header is met in every class of protocols",
          "[policy][rules][rfc4302]") {
  random_rules<ipv6> random{3};
  const bool is_known = GENERATE(true, false);
  std::vector<rule> rules(20);
  for (std::size_t place = 0; place < rules.size(); ++place) {
    rules[place].protocols = {weir::protocol(place * 3)};
  }
  rules[17].protocols = {weir::protocol::ah};
  const rule_set<ipv6> made{rules};

  for (unsigned value = 0; value < 256; ++value) {
    for (const bool is_covered : {false, true}) {
      auto query = random.packet();
      query.flow.protocol = weir::protocol(value);
      query.authenticated = is_covered;
      query.header_known = is_known;
      CAPTURE(value, is_covered);
      CHECK(made.match(query) == expected_match<ipv6>(rules, query));
    }
  }
}

TEMPLATE_TEST_CASE("a rule with more combinations than boxes matches none but its own",
                   "[policy][rules][limits]", ipv4, ipv6) {
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  random_rules<TestType> random{seed};
  auto rules = random.make(60, rule_flavor::plain);
  rule wide;
  for (const auto& one : random.make(200, rule_flavor::plain)) {
    for (const auto& block : one.sources) wide.sources.push_back(block);
    for (const auto& block : one.destinations) wide.destinations.push_back(block);
  }
  for (std::uint16_t first = 0; first < 40; ++first) {
    wide.destination_ports.push_back(weir::port_range::only(weir::port(first * 11)));
  }
  rules.insert(rules.begin() + 20, wide);
  REQUIRE(wide.sources.size() * wide.destinations.size() * wide.destination_ports.size() >
          weir::detail::boxes_per_rule_max);

  CHECK(differences(rule_set<TestType>{rules}, rules, random, 5000, false) == 0);
}

TEST_CASE("many rules with long lists become fewer boxes and match the same",
          "[policy][rules][limits]") {
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  random_rules<ipv4> random{seed};
  auto rules = random.make(300, rule_flavor::plain);
  const auto donors = random.make(120, rule_flavor::plain);
  for (std::size_t place = 0; place + 1 < rules.size(); ++place) {
    for (std::size_t added = 0; added < 40; ++added) {
      const auto& donor = donors[(place + added) % donors.size()];
      rules[place].sources.insert(rules[place].sources.end(), donor.sources.begin(),
                                  donor.sources.end());
      rules[place].destinations.insert(rules[place].destinations.end(), donor.destinations.begin(),
                                       donor.destinations.end());
    }
  }

  CHECK(differences(rule_set<ipv4>{rules}, rules, random, 2000, false) == 0);
}

TEST_CASE("rules that cross each other everywhere take bounded memory", "[policy][rules][limits]") {
  random_rules<ipv4> random{3};
  std::vector<rule> rules;
  for (const auto& one : random.make(2000, rule_flavor::plain)) {
    rule source_only;
    rule destination_only;
    source_only.sources = one.sources;
    destination_only.destinations = one.destinations;
    source_only.source_ports = destination_only.destination_ports = one.destination_ports;
    rules.push_back(source_only);
    rules.push_back(destination_only);
  }

  const rule_set<ipv4> made{rules};

  CHECK(differences(made, rules, random, 2000, false) == 0);
  CHECK(made.bytes() < 64u << 20);
}

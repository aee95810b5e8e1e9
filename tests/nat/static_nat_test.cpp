#include "weir/nat/static_nat.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/seeded.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace weir {
namespace {

using end = endpoint<ipv4>;

const ipv4_address external{203, 0, 113, 1};
const ipv4_address internal{192, 168, 1, 20};

static_mapping one_to_one() {
  static_mapping made;
  made.external = external;
  made.internal = internal;
  return made;
}

static_mapping forward(protocol kind, std::uint16_t from, std::uint16_t to) {
  static_mapping made = one_to_one();
  made.protocol = kind;
  made.external_port = port{from};
  made.internal_port = port{to};
  return made;
}

static_nat tables_of(const std::vector<static_mapping>& raw) {
  auto made = checked(raw);
  REQUIRE(std::holds_alternative<static_nat>(made));
  return std::get<static_nat>(std::move(made));
}

std::vector<static_fault> faults_of(const std::vector<static_mapping>& raw) {
  auto made = checked(raw);
  const auto* faults = std::get_if<std::vector<static_fault>>(&made);
  return faults != nullptr ? *faults : std::vector<static_fault>{};
}

std::optional<end> inbound(const static_nat& tables, protocol kind, std::uint16_t number,
                           zone_id zone = {}) {
  const auto found = tables.find_internal({domain_id{}, kind, {external, port{number}}, zone});
  return found ? std::optional{found->endpoint} : std::nullopt;
}

std::optional<end> outbound(const static_nat& tables, protocol kind, std::uint16_t number,
                            zone_id zone = {}) {
  const auto found = tables.find_external({domain_id{}, kind, {internal, port{number}}, zone});
  return found ? std::optional{found->endpoint} : std::nullopt;
}

TEST_CASE("a 1:1 mapping translates every port both ways", "[nat][static]") {
  const static_nat tables = tables_of({one_to_one()});
  const auto kind = GENERATE(protocol::tcp, protocol::udp, protocol::icmp, protocol::esp);
  const auto number = GENERATE(as<std::uint16_t>{}, 0, 1, 80, 65'535);

  CHECK(inbound(tables, kind, number) == end{internal, port{number}});
  CHECK(outbound(tables, kind, number) == end{external, port{number}});
}

TEST_CASE("a port forward leads to its internal port", "[nat][static][v12]") {
  const static_nat tables = tables_of({forward(protocol::tcp, 80, 8080)});

  CHECK(inbound(tables, protocol::tcp, 80) == end{internal, port{8080}});
  CHECK_FALSE(inbound(tables, protocol::udp, 80));
  CHECK_FALSE(inbound(tables, protocol::tcp, 81));
  CHECK(outbound(tables, protocol::tcp, 8080) == end{external, port{80}});
  CHECK_FALSE(outbound(tables, protocol::tcp, 80));
}

TEST_CASE("an internal port that is absent or zero keeps the port", "[nat][static]") {
  static_mapping raw = forward(protocol::udp, 53, 0);
  CHECK(inbound(tables_of({raw}), protocol::udp, 53) == end{internal, port{53}});

  raw.internal_port.reset();
  CHECK(inbound(tables_of({raw}), protocol::udp, 53) == end{internal, port{53}});
  CHECK(outbound(tables_of({raw}), protocol::udp, 53) == end{external, port{53}});
}

TEST_CASE("the most particular mapping is found, in whatever order they stand", "[nat][static]") {
  static_mapping all = one_to_one();
  static_mapping of_tcp = one_to_one();
  of_tcp.protocol = protocol::tcp;
  of_tcp.internal = {192, 168, 1, 21};
  static_mapping web = forward(protocol::tcp, 80, 8080);
  web.internal = {192, 168, 1, 22};
  const auto order = GENERATE(0, 1);
  const static_nat tables =
      order == 0 ? tables_of({all, of_tcp, web}) : tables_of({web, of_tcp, all});

  CHECK(inbound(tables, protocol::tcp, 80)->address == web.internal);
  CHECK(inbound(tables, protocol::tcp, 81)->address == of_tcp.internal);
  CHECK(inbound(tables, protocol::udp, 80)->address == all.internal);
}

TEST_CASE("the first of two forwards to one endpoint is what its flows wear", "[nat][static]") {
  const static_nat tables =
      tables_of({forward(protocol::udp, 9000, 9), forward(protocol::udp, 8000, 9)});

  CHECK(inbound(tables, protocol::udp, 9000) == inbound(tables, protocol::udp, 8000));
  CHECK(outbound(tables, protocol::udp, 9) == end{external, port{9000}});
}

TEST_CASE("a mapping of one zone is not found from another", "[nat][static][zone]") {
  static_mapping raw = one_to_one();
  raw.zone = zone_id{2};
  raw.hairpin = false;
  const static_nat tables = tables_of({raw});

  CHECK(inbound(tables, protocol::tcp, 80, zone_id{2}));
  CHECK_FALSE(inbound(tables, protocol::tcp, 80, zone_id{3}));
  CHECK(outbound(tables, protocol::tcp, 80, zone_id{2}));
  CHECK_FALSE(outbound(tables, protocol::tcp, 80, zone_id{3}));
}

TEST_CASE("a mapping that allows hairpins is found from inside too",
          "[nat][static][zone][rfc4787-req9]") {
  static_mapping raw = one_to_one();
  raw.zone = zone_id{2};
  const static_nat tables = tables_of({raw});

  CHECK(inbound(tables, protocol::tcp, 80, zone_id{3}));
  CHECK_FALSE(outbound(tables, protocol::tcp, 80, zone_id{3}));
}

TEST_CASE("a mapping of the flow's zone comes before one that only allows hairpins",
          "[nat][static][zone]") {
  static_mapping of_two = forward(protocol::tcp, 80, 80);
  static_mapping of_three = one_to_one();
  of_two.zone = zone_id{2};
  of_three.zone = zone_id{3};
  of_three.internal = {192, 168, 1, 21};
  const static_nat tables = tables_of({of_two, of_three});
  const auto from = [&](zone_id zone) {
    return *tables.find_internal({domain_id{}, protocol::tcp, {external, port{80}}, zone});
  };

  CHECK(from(zone_id{2}).index == 0);
  CHECK_FALSE(from(zone_id{2}).by_hairpin);
  CHECK(from(zone_id{3}).index == 1);
  CHECK_FALSE(from(zone_id{3}).by_hairpin);
  CHECK(from(zone_id{4}).index == 0);
  CHECK(from(zone_id{4}).by_hairpin);
}

TEST_CASE("a port forward with equal ports is no 1:1 mapping", "[nat][static]") {
  const static_nat both = tables_of({forward(protocol::tcp, 22, 22)});
  static_mapping host = one_to_one();
  host.external = {203, 0, 113, 2};
  const static_nat and_host = tables_of({forward(protocol::tcp, 22, 22), host});
  const static_query from_host{domain_id{}, protocol::tcp, {internal, port{22}}, {}};

  CHECK(both.find_external(from_host)->is_forward);
  CHECK_FALSE(both.find_one_to_one(from_host));
  CHECK(and_host.find_external(from_host)->endpoint == end{external, port{22}});
  CHECK(and_host.find_one_to_one(from_host)->endpoint == end{host.external, port{22}});
  CHECK_FALSE(and_host.find_one_to_one(from_host)->is_forward);
}

TEST_CASE("a host has a 1:1 mapping of a zone, whatever the protocol", "[nat][static][zone]") {
  static_mapping of_all = one_to_one();
  of_all.zone = zone_id{2};
  static_mapping of_tcp = of_all;
  of_tcp.protocol = protocol::tcp;
  of_tcp.zone = zone_id{3};
  const static_nat tables = tables_of({forward(protocol::tcp, 22, 22), of_all, of_tcp});
  const auto has = [&](domain_id domain, ipv4_address host, unsigned zone) {
    return tables.has_one_to_one(domain, host, [&](zone_id one) {
      return one == zone_id{static_cast<std::uint16_t>(zone)};
    });
  };

  CHECK(has(domain_id{}, internal, 2));
  CHECK(has(domain_id{}, internal, 3));
  CHECK_FALSE(has(domain_id{}, internal, 4));
  CHECK_FALSE(has(domain_id{1}, internal, 2));
  CHECK_FALSE(has(domain_id{}, external, 2));
  CHECK_FALSE(tables_of({forward(protocol::tcp, 22, 22)})
                  .has_one_to_one(domain_id{}, internal, [](zone_id) { return true; }));
}

TEST_CASE("domains do not see each other's mappings", "[nat][static]") {
  static_mapping raw = one_to_one();
  raw.domain = domain_id{1};
  const static_nat tables = tables_of({raw, one_to_one()});

  CHECK(tables.find_internal({domain_id{1}, protocol::tcp, {external, port{1}}, {}})->index == 0);
  CHECK(tables.find_internal({domain_id{0}, protocol::tcp, {external, port{1}}, {}})->index == 1);
  CHECK_FALSE(tables.find_internal({domain_id{2}, protocol::tcp, {external, port{1}}, {}}));
}

TEST_CASE("what a static mapping wears is claimed", "[nat][static][hr11]") {
  const static_nat tables = tables_of({forward(protocol::tcp, 80, 8080)});

  REQUIRE(tables.claims().size() == 1);
  CHECK(tables.claims()[0].external == external_address{domain_id{}, external});
  CHECK(tables.claims()[0].protocol == protocol::tcp);
  CHECK(tables.claims()[0].only == port{80});
  CHECK_FALSE(tables_of({one_to_one()}).claims()[0].only);
}

TEST_CASE("a mapping that cannot work is refused", "[nat][static][checked]") {
  static_mapping raw = one_to_one();
  CHECK(faults_of({raw}).empty());

  SECTION("a port forward without a protocol") {
    raw.external_port = port{80};
    CHECK(faults_of({raw})[0].field == "protocol");
  }
  SECTION("a port forward of a protocol whose ports are fixed") {
    raw = forward(protocol::sctp, 80, 80);
    CHECK(faults_of({raw})[0].field == "protocol");
  }
  SECTION("an internal port alone") {
    raw.internal_port = port{80};
    CHECK(faults_of({raw})[0].field == "external");
  }
  SECTION("port zero outside") {
    raw = forward(protocol::tcp, 0, 80);
    CHECK(faults_of({raw})[0].field == "external");
  }
  SECTION("an address to itself") {
    raw.internal = raw.external;
    CHECK(faults_of({raw})[0].field == "internal");
  }
  SECTION("an address that is no host's") {
    raw.external = {224, 0, 0, 1};
    CHECK(faults_of({raw})[0].field == "external");
  }
}

TEST_CASE("two mappings of one endpoint are refused", "[nat][static][checked]") {
  static_mapping other = one_to_one();
  other.internal = {192, 168, 1, 21};
  CHECK(faults_of({one_to_one(), other}).size() == 1);
  CHECK(faults_of({one_to_one(), other})[0].index == 1);

  other = one_to_one();
  other.external = {203, 0, 113, 2};
  CHECK(faults_of({one_to_one(), other}).size() == 1);

  CHECK(faults_of({forward(protocol::tcp, 80, 1), forward(protocol::tcp, 80, 2)}).size() == 1);
  CHECK(faults_of({forward(protocol::tcp, 80, 1), forward(protocol::udp, 80, 1)}).empty());
}

TEST_CASE("mappings of two zones share an endpoint, and one of all zones does not",
          "[nat][static][checked][zone]") {
  static_mapping one = one_to_one();
  static_mapping other = one_to_one();
  one.zone = zone_id{2};
  other.zone = zone_id{3};
  CHECK(faults_of({one, other}).empty());

  other.zone = zone_id::none();
  const auto faults = faults_of({one, other});
  REQUIRE(faults.size() == 2);
  CHECK(faults[0].field == "external");
  CHECK(faults[1].field == "internal");
}

TEST_CASE("each of many mappings is refused where an earlier one cannot be told apart",
          "[nat][static][checked][model]") {
  test::seeded random{9};
  CAPTURE(random.seed());
  const auto some = [&](std::uint32_t limit) {
    return static_cast<std::uint8_t>(random.below(limit) + 1);
  };
  std::vector<static_mapping> raw;
  while (raw.size() < 500) {
    static_mapping one = random.one_in(2) ? one_to_one() : forward(protocol::tcp, some(9), 80);
    one.external = ipv4_address{203, 0, 113, some(100)};
    one.internal = ipv4_address{192, 168, 1, some(100)};
    if (random.one_in(2)) one.protocol = random.one_in(2) ? protocol::tcp : protocol::udp;
    if (one.external_port && !one.protocol) one.protocol = protocol::tcp;
    one.zone = random.one_in(3) ? zone_id::none() : zone_id{some(3)};
    one.domain = domain_id{some(2)};
    raw.push_back(one);
  }

  std::set<std::pair<std::size_t, std::string>> expected;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const auto& one = raw[i];
      const auto& other = raw[j];
      const bool meet = one.zone.is_none() || other.zone.is_none() || one.zone == other.zone;
      if (!meet || one.domain != other.domain || one.protocol != other.protocol) continue;
      if (one.external == other.external && one.external_port == other.external_port) {
        expected.emplace(i, "external");
      }
      if (!one.external_port && !other.external_port && one.internal == other.internal) {
        expected.emplace(i, "internal");
      }
    }
  }
  CHECK(expected.size() > 50);
  std::set<std::pair<std::size_t, std::string>> found;
  for (const auto& fault : faults_of(raw)) found.emplace(fault.index, fault.field);
  CHECK(found == expected);
}

/// Mappings of every shape that get in each other's way: few addresses, ports, zones and domains.
static_mapping random_mapping(test::seeded& random) {
  static_mapping made;
  made.domain = domain_id{static_cast<std::uint16_t>(random.below(2))};
  made.external = {203, 0, 113, static_cast<std::uint8_t>(random.below(24) + 1)};
  made.internal = {192, 168, 1, static_cast<std::uint8_t>(random.below(24) + 1)};
  if (random.one_in(3)) made.zone = zone_id{static_cast<std::uint16_t>(random.below(3))};
  made.hairpin = !random.one_in(3);
  if (!random.one_in(3)) made.protocol = random.one_in(2) ? protocol::tcp : protocol::udp;
  if (made.protocol && !random.one_in(4)) {
    made.external_port = port{static_cast<std::uint16_t>(random.between(1, 12))};
    made.internal_port = port{static_cast<std::uint16_t>(random.below(6))};
  }
  return made;
}

/// What lookups of one side answer, by asking every mapping.
struct linear_statics {
  const std::vector<static_mapping>& all;
  bool is_external;  ///< which side is asked

  /// The place of the best mapping that `suits`: the most particular one, and then the first.
  template <class Suits>
  std::optional<std::size_t> best(const static_query& query, bool counts_forwards,
                                  Suits&& suits) const {
    std::optional<std::pair<int, std::size_t>> found;
    for (std::size_t i = 0; i < all.size(); ++i) {
      const auto& one = all[i];
      const int breadth = one.external_port ? 0 : one.protocol ? 1 : 2;
      const bool is_of_port = !one.external_port || port_of(one) == query.endpoint.port;
      if (one.domain != query.domain || address_of(one) != query.endpoint.address || !is_of_port ||
          (one.protocol && *one.protocol != query.protocol) || !suits(one) ||
          (breadth == 0 && !counts_forwards)) {
        continue;
      }
      if (!found || std::pair{breadth, i} < *found) found = std::pair{breadth, i};
    }
    return found ? std::optional{found->second} : std::nullopt;
  }
  std::optional<std::size_t> in_zone(const static_query& query, bool counts_forwards) const {
    return best(query, counts_forwards, [&](const static_mapping& one) {
      return one.zone.is_none() || one.zone == query.external_zone;
    });
  }
  std::optional<std::size_t> in_zone_or_hairpin(const static_query& query) const {
    const auto found = in_zone(query, true);
    return found ? found : best(query, true, [](const static_mapping& one) { return one.hairpin; });
  }

  ipv4_address address_of(const static_mapping& one) const {
    return is_external ? one.external : one.internal;
  }
  port port_of(const static_mapping& one) const {
    const bool is_kept = is_external || *one.internal_port == port{};
    return is_kept ? *one.external_port : *one.internal_port;
  }
};

TEST_CASE("lookups agree with a linear scan of random mappings", "[nat][static][model]") {
  test::seeded random{8};
  CAPTURE(random.seed());
  std::vector<static_mapping> raw;
  for (int tries = 0; tries < 500; ++tries) {
    raw.push_back(random_mapping(random));
    if (!faults_of(raw).empty()) raw.pop_back();
  }
  REQUIRE(raw.size() > 100);
  const static_nat tables = tables_of(raw);
  const linear_statics outer{raw, true};
  const linear_statics inner{raw, false};
  std::set<std::size_t> seen;
  const auto check = [&](const std::optional<static_match>& found,
                         std::optional<std::size_t> expected, const static_query& query,
                         const linear_statics& to) {
    REQUIRE((found ? std::optional{found->index} : std::nullopt) == expected);
    if (!found) return;
    const auto& one = raw[*expected];
    const port to_port = one.external_port ? to.port_of(one) : query.endpoint.port;
    REQUIRE(found->endpoint == end{to.address_of(one), to_port});
    REQUIRE(found->hairpin == one.hairpin);
    REQUIRE(found->is_forward == one.external_port.has_value());
    REQUIRE(found->by_hairpin == (!one.zone.is_none() && one.zone != query.external_zone));
    seen.insert(found->index);
  };

  for (int round = 0; round < 40'000; ++round) {
    static_query query{domain_id{static_cast<std::uint16_t>(random.below(3))},
                       random.one_in(5)   ? protocol::icmp
                       : random.one_in(2) ? protocol::tcp
                                          : protocol::udp,
                       {{}, port{static_cast<std::uint16_t>(random.below(14))}},
                       zone_id{static_cast<std::uint16_t>(random.below(3))}};
    const auto host = static_cast<std::uint8_t>(random.below(26));

    query.endpoint.address = {203, 0, 113, host};
    check(tables.find_internal(query), outer.in_zone_or_hairpin(query), query, inner);

    query.endpoint.address = {192, 168, 1, host};
    check(tables.find_external(query), inner.in_zone(query, true), query, outer);
    check(tables.find_one_to_one(query), inner.in_zone(query, false), query, outer);
    check(tables.find_hairpin_source(query), inner.in_zone_or_hairpin(query), query, outer);
    const bool has_one = std::any_of(raw.begin(), raw.end(), [&](const static_mapping& one) {
      return !one.external_port && one.domain == query.domain &&
             one.internal == query.endpoint.address && one.zone == query.external_zone;
    });
    REQUIRE(tables.has_one_to_one(query.domain, query.endpoint.address, [&](zone_id zone) {
      return zone == query.external_zone;
    }) == has_one);
  }
  CHECK(seen.size() > raw.size() * 3 / 4);
}

}  // namespace
}  // namespace weir

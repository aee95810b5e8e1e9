#include "weir/pool/checked_pools.hpp"

#include "tests/pool/pools.hpp"
#include "tests/support/catch.hpp"

namespace weir {
namespace {

using test::block;
using test::faults_of;
using test::home_pool;
using test::pools_of;
using test::ports;

TEST_CASE("a prefix with host bits is no prefix, so no pool has one", "[pool][sd18]") {
  CHECK_FALSE(ipv4_prefix::make({203, 0, 113, 9}, 29));
}

TEST_CASE("a pool that cannot work is refused, and every fault is named", "[pool][checked]") {
  pool_specification raw;
  raw.ports = ports(0, 80);

  const auto faults = faults_of({raw});

  REQUIRE(faults.size() == 3);
  CHECK(faults[0].field == "internal");
  CHECK(faults[1].field == "external");
  CHECK(faults[2].field == "ports");
}

TEST_CASE("a fault of one pool hides none that it has with another", "[pool][checked]") {
  pool_specification one = home_pool();
  one.ports = ports(0, 80);
  pool_specification other = home_pool();

  const auto faults = faults_of({one, other});

  REQUIRE(faults.size() == 2);
  CHECK(faults[0].field == "ports");
  CHECK(faults[1].field == "internal");
  CHECK(faults[1].pool == 1);
}

TEST_CASE("pools that serve nobody do not also serve the same hosts", "[pool][checked]") {
  pool_specification nobodys = home_pool();
  nobodys.internal.clear();

  CHECK(faults_of({nobodys, nobodys}).size() == 2);
}

TEST_CASE("external addresses are refused one above the limit", "[pool][checked][sr14]") {
  pool_specification raw = home_pool();
  raw.external = {block({16, 0, 0, 0}, 18)};
  CHECK(faults_of({raw}).empty());

  raw.external.push_back(block({17, 0, 0, 0}, 32));
  REQUIRE(faults_of({raw}).size() == 1);
  CHECK(faults_of({raw})[0].field == "external");
}

TEST_CASE("a prefix of the whole address space allocates nothing and is refused",
          "[pool][checked][sr14]") {
  const auto length = GENERATE(0u, 1u, 8u);
  pool_specification raw = home_pool();
  raw.external = {ipv4_prefix::around({16, 0, 0, 0}, length)};

  CHECK_FALSE(faults_of({raw}).empty());
}

TEST_CASE("the limit on external addresses counts all pools", "[pool][checked][sr14]") {
  pool_specification one = home_pool();
  one.external = {block({16, 0, 0, 0}, 18)};
  pool_specification other = home_pool();
  other.internal = {block({10, 0, 0, 0}, 8)};
  other.external = one.external;
  CHECK(faults_of({one, other}).empty());

  other.external = {block({17, 0, 0, 0}, 32)};
  CHECK(faults_of({one, other}).size() == 1);
}

TEST_CASE("the same pool twice is refused, alike or not", "[pool][checked][sr10]") {
  pool_specification other = home_pool();
  CHECK(faults_of({home_pool(), other}).size() == 1);

  other.external = {block({198, 51, 100, 0}, 29)};
  other.deterministic = true;
  other.ports_per_host = 1;
  other.internal = home_pool().internal;
  other.external = {block({198, 51, 100, 0}, 28)};
  CHECK(faults_of({home_pool(), other}).size() == 1);
}

TEST_CASE("a pool to which an earlier one leaves nobody is refused", "[pool][checked]") {
  pool_specification wide = home_pool();
  wide.internal = {block({10, 0, 0, 0}, 24), block({10, 0, 1, 0}, 24)};
  pool_specification narrow = home_pool();
  narrow.internal = {block({10, 0, 0, 128}, 25), block({10, 0, 1, 1}, 32)};

  REQUIRE(faults_of({wide, narrow}).size() == 1);
  CHECK(faults_of({wide, narrow})[0].pool == 1);
  CHECK(faults_of({narrow, wide}).empty());

  narrow.internal = {block({10, 0, 0, 0}, 23)};  // all of it, in two pieces
  CHECK(faults_of({wide, narrow}).size() == 1);
  narrow.internal = {block({10, 0, 0, 0}, 22)};
  CHECK(faults_of({wide, narrow}).empty());
  narrow.internal = {block({10, 0, 0, 0}, 24), block({10, 0, 2, 0}, 24)};
  CHECK(faults_of({wide, narrow}).empty());
}

TEST_CASE("a pool for a zone leaves its hosts to others elsewhere", "[pool][checked]") {
  pool_specification first = home_pool();
  pool_specification behind = home_pool();
  behind.internal = {block({192, 168, 1, 0}, 24)};
  behind.zone = zone_id{2};
  CHECK(faults_of({first, behind}).size() == 1);

  first.zone = zone_id{2};
  CHECK(faults_of({first, behind}).size() == 1);
  behind.zone = zone_id{3};
  CHECK(faults_of({first, behind}).empty());
  behind.zone = zone_id::none();
  CHECK(faults_of({first, behind}).empty());
  first.zone = zone_id::none();
  behind.domain = domain_id{1};
  CHECK(faults_of({first, behind}).empty());
}

TEST_CASE("the same hosts may leave by two zones through two pools", "[pool][checked]") {
  pool_specification one = home_pool();
  one.zone = zone_id{2};
  pool_specification other = home_pool();
  other.zone = zone_id{3};

  CHECK(faults_of({one, other}).empty());
}

TEST_CASE("an external address is listed once by a pool", "[pool][checked][sr10]") {
  pool_specification raw = home_pool();
  raw.external.push_back(block({203, 0, 113, 12}, 32));

  REQUIRE(faults_of({raw}).size() == 1);
  CHECK(faults_of({raw})[0].field == "external[1]");
}

TEST_CASE("addresses that are no host's are refused", "[pool][checked]") {
  const auto address = GENERATE(ipv4_address{0, 0, 0, 1}, ipv4_address{127, 0, 0, 1},
                                ipv4_address{224, 0, 0, 1}, ipv4_address{255, 255, 255, 255});
  pool_specification raw = home_pool();
  raw.external = {block(address, 32)};

  CHECK(faults_of({raw}).size() == 1);
}

TEST_CASE("a pool whose ports are all reserved is refused", "[pool][checked]") {
  pool_specification raw = home_pool();
  raw.ports = ports(2000, 2009);
  raw.reserved_ports = {ports(2005, 2012), ports(1990, 2003)};
  CHECK(faults_of({raw}).empty());

  raw.reserved_ports.push_back(ports(2004, 2004));
  REQUIRE(faults_of({raw}).size() == 1);
  CHECK(faults_of({raw})[0].field == "reserved-ports");
}

TEST_CASE("too many hosts for one external address are refused", "[pool][checked][sd19]") {
  pool_specification raw = home_pool();
  raw.deterministic = true;
  raw.external = {block({203, 0, 113, 8}, 32)};
  raw.internal = {block({10, 0, 0, 0}, 16)};

  REQUIRE(faults_of({raw}).size() == 1);
  CHECK(faults_of({raw})[0].field == "internal");

  raw.internal = {block({10, 0, 0, 0}, 17)};
  CHECK(faults_of({raw}).empty());
}

TEST_CASE("more ports for each host than there are is refused", "[pool][checked][sd19]") {
  pool_specification raw = home_pool();
  raw.deterministic = true;
  raw.internal = {block({10, 0, 0, 0}, 24)};
  raw.external = {block({203, 0, 113, 8}, 32)};
  raw.ports_per_host = 252;
  CHECK(faults_of({raw}).empty());

  raw.ports_per_host = 253;
  REQUIRE(faults_of({raw}).size() == 1);
  CHECK(faults_of({raw})[0].field == "deterministic.ports-per-host");
  CHECK(faults_of({raw})[0].fix == "at most 252");
}

TEST_CASE("a deterministic pool counts every host once", "[pool][checked]") {
  pool_specification raw = home_pool();
  raw.deterministic = true;
  raw.internal = {block({10, 0, 0, 0}, 24), block({10, 0, 0, 128}, 25)};

  REQUIRE(faults_of({raw}).size() == 1);
  CHECK(faults_of({raw})[0].field == "internal[1]");
}

TEST_CASE("a deterministic pool shares no ports with another one", "[pool][checked][sd5]") {
  pool_specification one = home_pool();
  one.deterministic = true;
  one.internal = {block({10, 0, 0, 0}, 24)};
  pool_specification other = home_pool();
  other.external = {block({203, 0, 113, 12}, 32)};
  REQUIRE(faults_of({one, other}).size() == 1);
  CHECK(faults_of({one, other})[0].field == "ports");

  one.ports = ports(1024, 32'767);
  other.ports = ports(32'768, 65'535);
  CHECK(faults_of({one, other}).empty());
}

TEST_CASE("a deterministic pool whose claims leave a host no port is refused",
          "[pool][checked][rfc7422]") {
  pool_specification raw = home_pool();
  raw.deterministic = true;
  raw.internal = {block({10, 0, 0, 8}, 29)};
  raw.external = {block({203, 0, 113, 8}, 31)};
  raw.ports = ports(5000, 5063);
  raw.ports_per_host = 4;
  raw.reserved_ports = {ports(4990, 5002), ports(5004, 5006), ports(5016, 5063)};
  CHECK(faults_of({raw}).empty());

  raw.reserved_ports = {ports(5005, 5011), ports(5003, 5004)};
  const auto faults = faults_of({raw});
  REQUIRE(faults.size() == 1);
  CHECK(faults[0].field == "ports");
  CHECK(faults[0].what ==
        "no TCP port is left for host 10.0.0.9: its block, 5004-5007 of 203.0.113.8, is reserved "
        "or claimed");
  CHECK(faults[0].fix == "a range that leaves out 5003-5011, or larger blocks");
}

TEST_CASE("a deterministic pool gives no host an address that a static mapping takes whole",
          "[pool][checked][rfc7422]") {
  pool_specification raw = home_pool();
  raw.deterministic = true;
  raw.internal = {block({10, 0, 0, 8}, 29)};
  raw.external = {block({203, 0, 113, 8}, 31)};
  const external_claim second{{domain_id{}, {203, 0, 113, 9}}, std::nullopt, std::nullopt};
  const external_claim first_udp{{domain_id{}, {203, 0, 113, 8}}, protocol::udp, std::nullopt};

  CHECK(std::get<std::vector<pool_fault>>(checked({&raw, 1}, {&second, 1}))[0].what.starts_with(
      "no TCP port is left for host 10.0.0.12: "));
  CHECK(std::get<std::vector<pool_fault>>(checked({&raw, 1}, {&first_udp, 1}))[0].what.starts_with(
      "no UDP port is left for host 10.0.0.8: "));
}

TEST_CASE("a pool for every source does not serve its own external addresses", "[pool][select]") {
  pool_specification raw = home_pool();
  raw.internal = {ipv4_prefix{}};
  const pool_set pools = pools_of({raw});

  const pool& pool = pools.pools()[0];
  CHECK(pool.serves({8, 8, 8, 8}));
  CHECK_FALSE(pool.serves({203, 0, 113, 8}));
  CHECK_FALSE(pool.serves({203, 0, 113, 15}));
  CHECK(pool.serves({203, 0, 113, 16}));
}

TEST_CASE("an address with zeros or ones for its host part is like any other",
          "[pool][select][sd7]") {
  const pool_set pools = pools_of({home_pool()});
  const pool& pool = pools.pools()[0];

  CHECK_FALSE(pool.is_internal({8, 8, 8, 0}));
  CHECK_FALSE(pool.is_internal({8, 8, 8, 255}));
  CHECK(pool.is_internal({192, 168, 1, 255}));
}

TEST_CASE("pools that list one address share its number", "[pool][checked][sr9]") {
  pool_specification other = home_pool();
  other.internal = {block({10, 0, 0, 0}, 8)};
  other.external = {block({203, 0, 113, 12}, 30)};
  const pool_set pools = pools_of({home_pool(), other});

  CHECK(pools.externals().size() == 8);
  CHECK(pools.externals_of(pools.pools()[0])[4] == pools.externals_of(pools.pools()[1])[0]);
  CHECK(pools.find({domain_id{}, {203, 0, 113, 15}}));
  CHECK_FALSE(pools.find({domain_id{}, {203, 0, 113, 16}}));
  CHECK_FALSE(pools.find({domain_id{1}, {203, 0, 113, 15}}));
}

TEST_CASE("claims on addresses that no pool has are left out", "[pool][checked]") {
  const pool_set pools =
      pools_of({home_pool()}, {{{domain_id{}, {203, 0, 113, 1}}, protocol::tcp, port{80}},
                               {{domain_id{}, {203, 0, 113, 8}}, protocol::tcp, port{80}}});

  REQUIRE(pools.claims().size() == 1);
  CHECK(pools.claims()[0].space == port_space::tcp);
  CHECK(pools.claims()[0].ports == port_range::only(port{80}));
}

TEST_CASE("a pool whose addresses are all claimed whole is refused", "[pool][checked]") {
  pool_specification raw = home_pool();
  raw.external = {block({203, 0, 113, 8}, 31)};
  const auto whole = [](std::uint8_t last, std::optional<protocol> kind = std::nullopt) {
    return external_claim{{domain_id{}, {203, 0, 113, last}}, kind, std::nullopt};
  };
  const auto faults = [&](const std::vector<external_claim>& claims) {
    const auto made = checked(std::vector{raw}, claims);
    const auto* found = std::get_if<std::vector<pool_fault>>(&made);
    return found != nullptr ? *found : std::vector<pool_fault>{};
  };

  CHECK(faults({whole(8)}).empty());
  CHECK(faults({whole(8), whole(9, protocol::tcp)}).empty());
  CHECK(faults({whole(8), whole(10)}).empty());
  REQUIRE(faults({whole(8), whole(9)}).size() == 1);
  CHECK(faults({whole(8), whole(9)})[0].field == "external");
}

TEST_CASE("query identifiers begin at zero where ports begin behind the well-known ones",
          "[pool][icmp]") {
  pool_specification raw = home_pool();
  CHECK(pools_of({raw}).pools()[0].numbers(port_space::icmp) == port_range{});
  CHECK(pools_of({raw}).pools()[0].numbers(port_space::tcp) == pool_ports_default);

  raw.ports = ports(2000, 2999);
  CHECK(pools_of({raw}).pools()[0].numbers(port_space::icmp) == ports(2000, 2999));
}

TEST_CASE("a dynamic pool gives no identifier of a deterministic pool on one of its addresses",
          "[pool][icmp][sd5]") {
  pool_specification planned = home_pool();
  planned.deterministic = true;
  planned.internal = {block({10, 0, 0, 0}, 24)};
  planned.ports = ports(100, 899);
  pool_specification dynamic = home_pool();
  dynamic.external = {block({203, 0, 113, 12}, 32)};
  dynamic.ports = ports(1000, 65'535);
  const auto identifiers = [&](const pool_specification& beside) {
    return pools_of({dynamic, beside}).pools()[0].numbers(port_space::icmp);
  };
  CHECK(identifiers(planned) == ports(1000, 65'535));

  planned.external_domain = domain_id{1};
  CHECK(identifiers(planned) == port_range{});
  planned.external_domain = domain_id{};
  planned.ports = ports(10'000, 65'535);
  dynamic.ports = ports(1024, 9999);
  CHECK(identifiers(planned) == ports(0, 9999));
}

}  // namespace
}  // namespace weir

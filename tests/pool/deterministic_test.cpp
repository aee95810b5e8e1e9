#include "weir/pool/deterministic.hpp"

#include "weir/pool/pool_set.hpp"
#include "weir/pool/port_owner.hpp"

#include "tests/pool/pools.hpp"
#include "tests/support/catch.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <utility>

namespace weir {
namespace {

using test::block;
using test::ports;

pool_specification deterministic_pool() {
  pool_specification raw;
  raw.internal = {block({10, 0, 0, 0}, 24)};
  raw.external = {block({203, 0, 113, 7}, 32)};
  raw.deterministic = true;
  return raw;
}

TEST_CASE("the fifth host of 256 behind one address has ports 2284 to 2535",
          "[pool][deterministic][rfc7422][v11]") {
  const pool_set pools = test::pools_of({deterministic_pool()});
  const pool& pool = pools.pools()[0];
  const auto source = GENERATE(as<std::uint16_t>{}, 0, 251, 252, 2284, 40'000, 65'535);
  CAPTURE(source);

  const host_block own = pools.block_of(pool, {10, 0, 0, 5});

  CHECK(pool.plan->ports_per_host() == 252);
  CHECK(own == host_block{0, ports(2284, 2535)});
  CHECK(preferred_port(own, port{source}).number() == 2284 + source % 252);
}

TEST_CASE("an external endpoint names its host", "[pool][deterministic][rfc7422][v11]") {
  const pool_set pools = test::pools_of({deterministic_pool()});
  const external_address external{domain_id{}, {203, 0, 113, 7}};
  const auto number = GENERATE(as<std::uint16_t>{}, 2284, 2400, 2535);

  const inverse_answer answer = pools.inverse(external, port_space::udp, port{number});

  CHECK(answer.outcome == inverse_outcome::host);
  CHECK(answer.internal == ipv4_address{10, 0, 0, 5});
  CHECK(answer.ports == ports(2284, 2535));
}

TEST_CASE("what names no host says why", "[pool][deterministic]") {
  pool_specification dynamic = test::home_pool();
  dynamic.external = {block({203, 0, 113, 9}, 32)};
  pool_specification few = deterministic_pool();
  few.internal = {block({10, 0, 1, 0}, 24)};
  few.external = {block({203, 0, 113, 10}, 32)};
  few.ports_per_host = 100;
  const pool_set pools = test::pools_of({deterministic_pool(), dynamic, few});
  const auto asked = [&](std::uint8_t host, std::uint16_t number) {
    return pools.inverse({domain_id{}, {203, 0, 113, host}}, port_space::tcp, port{number}).outcome;
  };

  CHECK(asked(7, 1023) == inverse_outcome::port_not_given);
  CHECK(asked(8, 5000) == inverse_outcome::no_pool);
  CHECK(asked(9, 5000) == inverse_outcome::dynamic_pool);
  CHECK(asked(10, 1024 + 256 * 100 - 1) == inverse_outcome::host);
  CHECK(asked(10, 1024 + 256 * 100) == inverse_outcome::no_host);
  CHECK(pools.inverse({domain_id{1}, {203, 0, 113, 7}}, port_space::tcp, port{2284}).outcome ==
        inverse_outcome::no_pool);
}

TEST_CASE("a claimed port names no host, whatever block it lies in",
          "[pool][deterministic][claims]") {
  auto raw = GENERATE(deterministic_pool(), test::home_pool());
  raw.external = {block({203, 0, 113, 7}, 32)};
  raw.reserved_ports = {ports(2300, 2310), ports(5060, 5060)};
  const external_address external{domain_id{}, {203, 0, 113, 7}};
  const pool_set pools = test::pools_of(
      {raw}, {{external, protocol::udp, port{2400}}, {external, protocol::icmp, std::nullopt}});
  const port_owner owner{pools};

  for (const auto space : {port_space::tcp, port_space::udp, port_space::icmp, port_space::other}) {
    for (std::uint32_t one = 1024; one <= 65'535; ++one) {
      const port number{static_cast<std::uint16_t>(one)};
      const bool claimed =
          pools.inverse(external, space, number).outcome == inverse_outcome::claimed;
      REQUIRE(claimed == owner.taken(external_id{0}, space, number));
    }
  }
}

TEST_CASE("query identifiers below the well known ports are a pool's", "[pool][deterministic]") {
  auto dynamic = test::home_pool();
  dynamic.external = {block({203, 0, 113, 9}, 32)};
  const pool_set pools = test::pools_of({dynamic});
  const external_address external{domain_id{}, {203, 0, 113, 9}};

  CHECK(pools.inverse(external, port_space::icmp, port{7}).outcome ==
        inverse_outcome::dynamic_pool);
  CHECK(pools.inverse(external, port_space::tcp, port{7}).outcome ==
        inverse_outcome::port_not_given);
}

TEST_CASE("forward and inverse agree for every port of every host",
          "[pool][deterministic][rfc7422]") {
  const auto hosts = GENERATE(as<std::uint64_t>{}, 1, 5, 255, 256, 1000);
  const auto addresses = GENERATE(as<std::uint32_t>{}, 1, 2, 3, 7);
  CAPTURE(hosts, addresses);
  const auto plan = deterministic_plan::make({hosts, addresses, ports(1024, 9999), 0});
  REQUIRE(plan);
  std::set<std::pair<std::uint32_t, std::uint32_t>> given;

  for (std::uint64_t host = 0; host < hosts; ++host) {
    const host_block own = plan->block_of(host);
    REQUIRE(own.external < addresses);
    for (std::uint32_t one = own.ports.first().number(); one <= own.ports.last().number(); ++one) {
      const port number{static_cast<std::uint16_t>(one)};
      REQUIRE(ports(1024, 9999).contains(number));
      REQUIRE(given.emplace(own.external, one).second);
      REQUIRE(plan->host_of(own.external, number) == host);
    }
  }
}

TEST_CASE("a host for every port fits, and one host more is refused",
          "[pool][deterministic][sd19]") {
  const port_range all = pool_ports_default;
  REQUIRE(all.size() == 64'512);

  const auto fits = deterministic_plan::make({64'512, 1, all, 0});
  REQUIRE(fits);
  CHECK(fits->ports_per_host() == 1);
  CHECK(fits->block_of(64'511).ports == port_range::only(port{65'535}));
  CHECK_FALSE(deterministic_plan::make({64'513, 1, all, 0}));
  CHECK(deterministic_plan::make({129'024, 2, all, 0}));
  CHECK_FALSE(deterministic_plan::make({129'025, 2, all, 0}));
  CHECK_FALSE(deterministic_plan::make({std::uint64_t{1} << 32, 65'535, all, 0}));
}

TEST_CASE("as many ports for each host as asked for, if they are there", "[pool][deterministic]") {
  CHECK(deterministic_plan::make({256, 1, pool_ports_default, 252}));
  CHECK_FALSE(deterministic_plan::make({256, 1, pool_ports_default, 253}));
}

}  // namespace
}  // namespace weir

#include "weir/pool/verify.hpp"

#include "weir/pool/mapping_table.hpp"

#include "tests/pool/pools.hpp"
#include "tests/support/catch.hpp"

namespace weir {
namespace {

TEST_CASE("a port that is taken and belongs to nobody is found", "[pool][verify]") {
  const pool_set pools = test::pools_of({test::home_pool()});
  port_owner owner{pools};
  const mapping_table<ipv4> table{pools, owner, {16, 16}, {1, 2}};
  REQUIRE_FALSE(verify_ports(owner, pools, table));

  REQUIRE(owner.try_take(external_id{3}, port_space::tcp, port{2000}));

  CHECK(verify_ports(owner, pools, table));
}

TEST_CASE("a mapping whose port came back is found", "[pool][verify]") {
  const pool_set pools = test::pools_of({test::home_pool()});
  port_owner owner{pools};
  mapping_table<ipv4> table{pools, owner, {16, 16}, {1, 2}};
  seeded_random random{{1, 2}};
  const auto made =
      table.acquire(pools.pools()[0], protocol::tcp, {{192, 168, 1, 1}, port{2000}}, random);
  REQUIRE(made);
  REQUIRE_FALSE(verify_ports(owner, pools, table));

  owner.release(table.at(made.id).external, port_space::tcp, port{2000});

  CHECK(verify_ports(owner, pools, table));
}

}  // namespace
}  // namespace weir

#include "weir/pool/open_places.hpp"

#include "weir/pool/mapping_table.hpp"

#include "tests/pool/pools.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/seeded.hpp"

#include <cstdint>
#include <set>
#include <utility>
#include <vector>

namespace weir {
namespace {

using test::block;
using test::home_pool;
using test::pools_of;
using test::ports;

/// Two pools that list 203.0.113.64 to .95 both, beside 256 and 64 addresses of their own.
pool_set overlapping_pools() {
  pool_specification one = home_pool();
  one.external = {block({198, 51, 100, 0}, 24), block({203, 0, 113, 64}, 27)};
  one.ports = ports(2000, 2001);
  pool_specification other = home_pool();
  other.internal = {block({10, 0, 0, 0}, 8)};
  other.external = {block({203, 0, 113, 64}, 27), block({203, 0, 113, 128}, 26)};
  other.ports = ports(2001, 2002);
  return pools_of({one, other});
}

TEST_CASE("open places are those of a set of places", "[pool][places]") {
  const pool_set pools = overlapping_pools();
  const auto listed = pools.externals_by_pool();
  const auto end = static_cast<std::uint32_t>(listed.size());
  REQUIRE(end == 256 + 32 + 32 + 64);
  open_places places{pools};
  std::set<std::pair<port_space, std::uint32_t>> closed;
  test::seeded random{2'718};
  CAPTURE(random.seed());
  const auto any_place = [&] { return static_cast<std::uint32_t>(random.below(end)); };

  for (int step = 0; step < test::rounds(100'000); ++step) {
    const port_space space = random.one_in(2) ? port_space::tcp : port_space::icmp;
    if (random.one_in(8)) {
      const external_id opened = listed[any_place()];
      places.open(space, opened);
      for (std::uint32_t place = 0; place < end; ++place) {
        if (listed[place] == opened) closed.erase({space, place});
      }
    } else {
      const auto place = any_place();
      places.close(space, place);
      closed.emplace(space, place);
    }
    const auto from = any_place();
    const auto to = any_place();
    auto expected = from;
    while (expected < to && closed.contains({space, expected})) ++expected;
    const auto found = places.next(space, from, to);
    REQUIRE(found.has_value() == (expected < to));
    if (found) REQUIRE(*found == expected);
    REQUIRE(places.next(space, from, from + 1).has_value() == !closed.contains({space, from}));
  }
}

TEST_CASE("a port that comes back is found by every pool that lists its address",
          "[pool][places][mapping]") {
  const pool_set pools = overlapping_pools();
  port_owner owner{pools};
  mapping_table<ipv4> table{pools, owner, {4096, 1024}, {11, 12}};
  seeded_random random{{5, 6}};
  std::uint16_t host = 0;
  const auto maps = [&](std::size_t pool) {
    const auto address = ipv4_address{(pool == 0 ? 0xC0A8'0000u : 0x0A00'0000u) + ++host};
    return table.acquire(pools.pools()[pool], protocol::udp, {address, port{7}}, random);
  };
  std::vector<mapping_id> held;
  for (const std::size_t pool : {0u, 1u}) {
    while (const auto made = maps(pool)) held.push_back(made.id);
    CHECK(maps(pool).outcome == mapping_outcome::exhausted);
  }
  // Of the shared addresses the first pool gave both of its ports: one is the second pool's too.
  REQUIRE(held.size() == 2 * (256 + 32) + 32 + 2 * 64);

  const auto worn = external_address{domain_id{}, {203, 0, 113, 70}};
  const auto mine = table.find(external_key{{}, protocol::udp, {worn.address, port{2001}}});
  table.release(mine);
  const auto made = maps(1);

  REQUIRE(made);
  CHECK(table.outside(made.id) == endpoint<ipv4>{worn.address, port{2001}});
  CHECK(maps(0).outcome == mapping_outcome::exhausted);
  table.release(made.id);
  const auto back = maps(0);
  REQUIRE(back);
  CHECK(table.outside(back.id) == endpoint<ipv4>{worn.address, port{2001}});
}

}  // namespace
}  // namespace weir

#include "weir/route/route_table.hpp"

#include "weir/route/next_hop.hpp"

#include "tests/support/catch.hpp"

#include <cstdint>
#include <vector>

using namespace weir;

namespace {

constexpr next_hop_id uplink{0};
constexpr next_hop_id lan{1};
constexpr next_hop_id box{65535};

}  // namespace

TEST_CASE("nothing is reachable without routes", "[route][route_table]") {
  CHECK_FALSE(route_table<ipv4>{}.find(ipv4_address{192, 0, 2, 1}));
  CHECK_FALSE(route_table<ipv6>{}.find(ipv6_address::from_halves(0x2001'0DB8'0000'0000, 1)));
}

TEST_CASE("the longest destination wins, whatever the order of the routes",
          "[route][route_table]") {
  std::vector<route<ipv4>> routes{
      {ipv4_prefix{}, uplink},
      {ipv4_prefix::around(ipv4_address{192, 168, 1, 0}, 24), lan},
      {ipv4_prefix::host(ipv4_address{192, 168, 1, 1}), box},
  };
  if (GENERATE(false, true)) {
    routes = {routes.rbegin(), routes.rend()};
  }
  const route_table<ipv4> table{routes};

  CHECK(table.find(ipv4_address{192, 168, 1, 1}) == box);
  CHECK(table.find(ipv4_address{192, 168, 1, 0}) == lan);
  CHECK(table.find(ipv4_address{192, 168, 1, 255}) == lan);
  CHECK(table.find(ipv4_address{192, 168, 2, 0}) == uplink);
  CHECK(table.find(ipv4_address{192, 168, 0, 255}) == uplink);
}

TEST_CASE("an address that no destination contains has no next hop", "[route][route_table]") {
  const std::vector<route<ipv6>> routes{
      {ipv6_prefix::around(ipv6_address::from_halves(0x2001'0DB8'0000'0000, 0), 32), lan},
  };
  const route_table<ipv6> table{routes};

  CHECK(table.find(ipv6_address::from_halves(0x2001'0DB8'FFFF'FFFF, ~std::uint64_t{0})) == lan);
  CHECK_FALSE(table.find(ipv6_address::from_halves(0x2001'0DB9'0000'0000, 0)));
}

TEST_CASE("a next hop forwards unless it says otherwise", "[route][next_hop]") {
  const next_hop direct{.interface = interface_id{3}};

  CHECK(direct.kind == next_hop_kind::forward);
  CHECK_FALSE(direct.gateway);
  CHECK(direct == next_hop{.interface = interface_id{3}});
  CHECK_FALSE(direct == next_hop{.interface = interface_id{4}});
}

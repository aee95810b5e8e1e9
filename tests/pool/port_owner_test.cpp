#include "weir/pool/port_owner.hpp"

#include "tests/pool/pools.hpp"
#include "tests/support/catch.hpp"

namespace weir {
namespace {

using test::home_pool;
using test::pools_of;
using test::ports;

const external_id first{0};

TEST_CASE("a port is taken once in its space and free in the others", "[pool][owner]") {
  const pool_set pools = pools_of({home_pool()});
  port_owner owner{pools};

  CHECK(owner.try_take(first, port_space::tcp, port{2000}));
  CHECK_FALSE(owner.try_take(first, port_space::tcp, port{2000}));
  CHECK(owner.try_take(first, port_space::udp, port{2000}));
  CHECK(owner.try_take(external_id{1}, port_space::tcp, port{2000}));

  owner.release(first, port_space::tcp, port{2000});
  CHECK(owner.try_take(first, port_space::tcp, port{2000}));
}

TEST_CASE("what is claimed is never free", "[pool][owner]") {
  pool_specification raw = home_pool();
  raw.reserved_ports = {ports(2000, 2009)};
  const external_address one{domain_id{}, {203, 0, 113, 8}};
  const external_address other{domain_id{}, {203, 0, 113, 9}};
  const pool_set pools = pools_of({raw}, {{one, protocol::udp, port{5000}}, {other, {}, {}}});
  port_owner owner{pools};

  CHECK(owner.count(first, port_space::tcp) == 10);
  CHECK(owner.count(first, port_space::udp) == 11);
  CHECK(owner.taken(first, port_space::udp, port{5000}));
  CHECK_FALSE(owner.taken(first, port_space::tcp, port{5000}));
  CHECK_FALSE(owner.find_free(first, port_space::tcp, port{2000}, ports(2000, 2009)));
  CHECK(owner.find_free(first, port_space::icmp, port{2000}, ports(2000, 2009)) == port{2000});
  CHECK(owner.count(external_id{1}, port_space::tcp) == 65'536);
  CHECK(owner.count(external_id{1}, port_space::icmp) == 65'536);
}

TEST_CASE("claims that overlap count once", "[pool][owner]") {
  pool_specification raw = home_pool();
  raw.reserved_ports = {ports(80, 90), ports(85, 100)};
  const pool_set pools = pools_of({raw});
  const port_owner owner{pools};

  CHECK(owner.count(first, port_space::tcp) == 21);
}

}  // namespace
}  // namespace weir

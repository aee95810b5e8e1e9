#include "weir/pool/port_space.hpp"

#include "tests/support/catch.hpp"

namespace weir {
namespace {

TEST_CASE("protocols with ports have a space to take them from", "[pool][ports]") {
  CHECK(space_of(protocol::tcp) == port_space::tcp);
  CHECK(space_of(protocol::udp) == port_space::udp);
  CHECK(space_of(protocol::icmp) == port_space::icmp);
  CHECK(space_of(protocol::icmpv6) == port_space::icmp);
  CHECK(space_of(protocol::sctp) == port_space::other);
  CHECK(space_of(protocol::udp_lite) == port_space::other);
  CHECK(space_of(protocol::dccp) == port_space::other);
  CHECK_FALSE(space_of(protocol::esp));
  CHECK_FALSE(space_of(protocol::gre));
}

}  // namespace
}  // namespace weir

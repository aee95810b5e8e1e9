#include "weir/dpdk.hpp"

#include "weir/weir.hpp"

#include "tests/support/catch.hpp"

using namespace weir;

// DPDK's headers define macros with names like any other, and here they come first.
TEST_CASE("an mbuf passes the core's engine whichever headers come first", "[dpdk]") {
  CHECK(Packet<dpdk::mbuf_packet>);
  CHECK(PacketBurst<dpdk::mbuf_burst>);
}

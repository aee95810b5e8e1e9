#include "weir/dpdk/transmit_array.hpp"

#include "tests/dpdk/eal.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/packet_builder.hpp"

#include <cstddef>

using namespace weir;
using dpdk::transmit_array;

TEST_CASE("a full array takes no more frames", "[dpdk][transmit_array]") {
  if (!test::has_eal()) return;
  const test::mbuf_pool memory{transmit_array::frames_max + 1};
  transmit_array array;
  for (std::size_t i = 0; i < transmit_array::frames_max; ++i) {
    CHECK(array.try_add(memory.make(test::octets({1}))));
  }
  auto& more = memory.make(test::octets({2}));

  CHECK_FALSE(array.try_add(more));

  CHECK(array.frames().size() == transmit_array::frames_max);
  array.free_all();
  CHECK(memory.in_use() == 1);
  CHECK(array.try_add(more));
}

TEST_CASE("frames that were not sent come first next time", "[dpdk][transmit_array]") {
  if (!test::has_eal()) return;
  const test::mbuf_pool memory{3};
  auto& first = memory.make(test::octets({1}));
  auto& second = memory.make(test::octets({2}));
  {
    transmit_array array;
    REQUIRE(array.try_add(first));
    REQUIRE(array.try_add(second));

    array.sent(0);
    CHECK(array.frames().size() == 2);
    array.sent(1);

    REQUIRE(array.frames().size() == 1);
    CHECK(array.frames()[0] == &second);
    rte_pktmbuf_free(&first);
  }
  CHECK(memory.in_use() == 0);
}

#include "weir/dpdk/mbuf_packet.hpp"

#include "weir/packet/ram_packet.hpp"

#include "tests/dpdk/eal.hpp"
#include "tests/dpdk/packet_laws.hpp"
#include "tests/support/catch.hpp"

#include <cstddef>
#include <vector>

using namespace weir;
using dpdk::mbuf_packet;

namespace {

std::vector<std::byte> counted(std::size_t size) {
  std::vector<std::byte> made(size);
  for (std::size_t i = 0; i < size; ++i) made[i] = static_cast<std::byte>(i);
  return made;
}

}  // namespace

TEST_CASE("an mbuf keeps the laws of a packet", "[dpdk][mbuf_packet]") {
  if (!test::has_eal()) return;
  constexpr std::size_t size = 100;
  const test::mbuf_pool memory{3};
  auto& mbuf = memory.make(counted(size));

  SECTION("at its front") { test::check_front(mbuf_packet{mbuf}, RTE_PKTMBUF_HEADROOM); }
  SECTION("at its back") {
    constexpr std::size_t room = RTE_MBUF_DEFAULT_BUF_SIZE - RTE_PKTMBUF_HEADROOM - size;
    test::check_back(mbuf_packet{mbuf}, room);
  }
  SECTION("and its copies see the same bytes") { test::check_copies(mbuf_packet{mbuf}); }

  rte_pktmbuf_free(&mbuf);
  CHECK(memory.in_use() == 0);
}

TEST_CASE("a packet in memory keeps the laws that an mbuf keeps", "[dpdk][packet]") {
  auto memory = counted(200);
  const ram_packet packet{memory, 60, 100};

  SECTION("at its front") { test::check_front(packet, 60); }
  SECTION("at its back") { test::check_back(packet, 40); }
  SECTION("and its copies see the same bytes") { test::check_copies(packet); }
}

TEST_CASE("a scattered mbuf shows its first segment and knows its length", "[dpdk][mbuf_packet]") {
  if (!test::has_eal()) return;
  const test::mbuf_pool memory{3};
  auto& mbuf = memory.make_scattered(counted(100), 60);
  mbuf_packet packet{mbuf};

  CHECK(packet.bytes().size() == 60);
  CHECK(packet.wire_size() == 100);
  CHECK_FALSE(packet.try_grow_back(1));
  CHECK(packet.try_grow_front(14));
  CHECK(packet.wire_size() == 114);
  packet.shrink_front(74);
  CHECK(packet.bytes().empty());
  CHECK(packet.wire_size() == 40);

  rte_pktmbuf_free(&mbuf);
  CHECK(memory.in_use() == 0);
}

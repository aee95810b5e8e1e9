#include "weir/dpdk/mbuf_burst.hpp"

#include "tests/dpdk/eal.hpp"
#include "tests/dpdk/peers.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/packet_builder.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

using namespace weir;
using namespace test::peers;
using dpdk::mbuf_burst;

TEST_CASE("a burst shows packets from their IP header on", "[dpdk][mbuf_burst]") {
  if (!test::has_eal()) return;
  const test::mbuf_pool memory{3};
  const auto packet = test::udp{}.bytes();
  const std::array<unsigned, 2> vlans{7, 8};
  auto& plain = memory.make(test::ethernet(packet, router, host));
  auto& tagged = memory.make(test::ethernet(packet, router, host, vlans));
  mbuf_burst burst;

  CHECK(burst.take(plain, lan) == std::nullopt);
  CHECK(burst.take(tagged, interface_id{2}) == std::nullopt);

  REQUIRE(burst.size() == 2);
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(test::bytes_of(burst[i].mbuf()) == packet);
    CHECK(burst[i].wire_size() == packet.size());
    CHECK(burst.sender(i) == host);
  }
  CHECK(burst.meta(0) == packet_meta{.ingress = lan});
  CHECK(burst.meta(1) == packet_meta{.ingress = interface_id{2}});
  rte_pktmbuf_free(&plain);
  rte_pktmbuf_free(&tagged);
  CHECK(memory.in_use() == 0);
}

TEST_CASE("a burst knows to whom a frame was addressed", "[dpdk][mbuf_burst]") {
  if (!test::has_eal()) return;
  const auto [destination, cast] =
      GENERATE(std::pair{router, link_cast::unicast},
               std::pair{mac_address{{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}}, link_cast::broadcast},
               std::pair{mac_address{{0x33, 0x33, 0, 0, 0, 1}}, link_cast::multicast});
  const test::mbuf_pool memory{1};
  auto& frame = memory.make(test::ethernet(test::udp{}.bytes(), destination, host));
  mbuf_burst burst;

  REQUIRE(burst.take(frame, lan) == std::nullopt);

  CHECK(burst.meta(0).cast == cast);
  rte_pktmbuf_free(&frame);
}

TEST_CASE("offload flags tell the state of the transport checksum", "[dpdk][mbuf_burst]") {
  const auto [flags, state] = GENERATE(
      std::pair{std::uint64_t{0}, checksum_state::unverified},
      std::pair{std::uint64_t{RTE_MBUF_F_RX_L4_CKSUM_GOOD}, checksum_state::valid},
      std::pair{std::uint64_t{RTE_MBUF_F_RX_L4_CKSUM_BAD}, checksum_state::unverified},
      std::pair{std::uint64_t{RTE_MBUF_F_RX_L4_CKSUM_NONE}, checksum_state::unverified},
      std::pair{std::uint64_t{RTE_MBUF_F_RX_IP_CKSUM_GOOD}, checksum_state::unverified},
      std::pair{std::uint64_t{RTE_MBUF_F_TX_TCP_CKSUM}, checksum_state::partial},
      std::pair{std::uint64_t{RTE_MBUF_F_TX_UDP_CKSUM}, checksum_state::partial},
      std::pair{std::uint64_t{RTE_MBUF_F_TX_SCTP_CKSUM}, checksum_state::partial},
      std::pair{std::uint64_t{RTE_MBUF_F_TX_TCP_SEG}, checksum_state::partial},
      std::pair{RTE_MBUF_F_TX_UDP_CKSUM | RTE_MBUF_F_RX_L4_CKSUM_GOOD, checksum_state::partial});
  rte_mbuf mbuf{};
  mbuf.ol_flags = flags;

  CHECK(dpdk::checksum_of(mbuf) == state);
}

TEST_CASE("a frame that is no packet stays as it was", "[dpdk][mbuf_burst]") {
  if (!test::has_eal()) return;
  auto arp = test::ethernet(test::udp{}.bytes(), router, host);
  test::put(arp, 12, 0x0806, 2);
  auto liar = test::ethernet(test::udp{}.bytes(), router, host);
  test::put(liar, 12, 0x86DD, 2);
  const test::packet_bytes stub(liar.begin(), liar.begin() + 13);
  const auto [bytes, fault] =
      GENERATE_COPY(std::pair{arp, drop_reason::not_ip}, std::pair{liar, drop_reason::bad_version},
                    std::pair{stub, drop_reason::truncated_frame});
  const test::mbuf_pool memory{1};
  auto& frame = memory.make(bytes);
  mbuf_burst burst;

  CHECK(burst.take(frame, lan) == fault);

  CHECK(burst.size() == 0);
  CHECK(test::bytes_of(frame) == bytes);
  rte_pktmbuf_free(&frame);
}

TEST_CASE("headers that cannot be made contiguous are no packet", "[dpdk][mbuf_burst]") {
  if (!test::has_eal()) return;
  const auto bytes = test::ethernet(test::udp{}.payload_size(500).bytes(), router, host);
  const test::mbuf_pool small{1, RTE_PKTMBUF_HEADROOM + 64};
  const test::mbuf_pool large{1};
  auto& frame = small.make(std::span{bytes}.first(30));
  REQUIRE(rte_pktmbuf_chain(&frame, &large.make(std::span{bytes}.subspan(30))) == 0);
  mbuf_burst burst;

  CHECK(burst.take(frame, lan) == drop_reason::scattered_headers);

  CHECK(test::bytes_of(frame) == bytes);
  rte_pktmbuf_free(&frame);
  CHECK(small.in_use() + large.in_use() == 0);
}

TEST_CASE("a burst takes as many frames as it says, and then again", "[dpdk][mbuf_burst]") {
  if (!test::has_eal()) return;
  const test::mbuf_pool memory{mbuf_burst::packets_max};
  const auto bytes = test::ethernet(test::udp{}.bytes(), router, host);
  mbuf_burst burst;

  for (int round = 0; round < 2; ++round) {
    for (std::size_t i = 0; i < mbuf_burst::packets_max; ++i) {
      CHECK(burst.take(memory.make(bytes), lan) == std::nullopt);
    }
    CHECK(burst.size() == mbuf_burst::packets_max);
    for (std::size_t i = 0; i < burst.size(); ++i) rte_pktmbuf_free(&burst[i].mbuf());
    burst.clear();
    CHECK(burst.size() == 0);
  }
  CHECK(memory.in_use() == 0);
}

#include "weir/dpdk/finish_checksum.hpp"

#include "weir/dpdk/mbuf_burst.hpp"

#include "tests/dpdk/eal.hpp"
#include "tests/dpdk/peers.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/checksum_oracle.hpp"
#include "tests/support/packet_builder.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

using namespace weir;
using namespace test::peers;

namespace {

/// What a burst makes of a frame with a packet whose checksum nobody finished: in one segment, or
/// in two of which the first has so many bytes.
struct taken {
  explicit taken(const test::packet_bytes& packet, std::size_t first = 0,
                 std::uint64_t flags = RTE_MBUF_F_RX_L4_CKSUM_NONE) {
    const auto frame = test::ethernet(packet, router, host);
    auto& mbuf = first == 0 ? memory.make(frame) : memory.make_scattered(frame, first);
    mbuf.ol_flags |= flags;
    REQUIRE(burst.take(mbuf, lan) == std::nullopt);
    bytes = test::bytes_of(mbuf);
    meta = burst.meta(0);
    flags_after = mbuf.ol_flags;
    rte_pktmbuf_free(&mbuf);
  }

  test::mbuf_pool memory{2};
  dpdk::mbuf_burst burst;
  test::packet_bytes bytes;
  packet_meta meta;
  std::uint64_t flags_after = 0;
};

test::builder between_hosts(test::builder packet, bool six) {
  return six ? packet.from("2001:db8::5").to("2001:db8::1") : packet;
}

}  // namespace

TEST_CASE("a checksum that nobody finished is right in the packet that is taken",
          "[dpdk][finish_checksum]") {
  if (!test::has_eal()) return;
  const bool six = GENERATE(false, true);
  const bool is_tcp = GENERATE(false, true);
  const std::size_t first = GENERATE(std::size_t{0}, std::size_t{80}, std::size_t{101});
  const std::size_t size = GENERATE(std::size_t{0}, std::size_t{101}, std::size_t{1200});
  auto packet = between_hosts(is_tcp ? test::tcp{}.ack() : test::udp{}, six);
  packet.payload_size(size);
  const auto partial = test::builder{packet}.partial_checksum().bytes();
  if (14 + partial.size() <= first) return;
  CAPTURE(six, is_tcp, first, size);

  const taken one{partial, first};

  CHECK(test::judge_transport(one.bytes) == test::checksum_verdict::right);
  CHECK(one.bytes == packet.bytes());
  CHECK(one.meta.transport == checksum_state::valid);
  CHECK((one.flags_after & RTE_MBUF_F_RX_L4_CKSUM_MASK) == RTE_MBUF_F_RX_L4_CKSUM_GOOD);
}

TEST_CASE("what lies behind the datagram is not in its checksum", "[dpdk][finish_checksum]") {
  if (!test::has_eal()) return;
  auto padded = test::udp{}.payload("x").partial_checksum().bytes();
  padded.resize(46, std::byte{0xEE});

  CHECK(test::judge_transport(taken{padded}.bytes) == test::checksum_verdict::right);
}

TEST_CASE("what has no checksum to finish stays as it is", "[dpdk][finish_checksum]") {
  if (!test::has_eal()) return;
  const auto without = test::udp{}.no_checksum().bytes();
  const auto piece = test::udp{}.payload_size(64).fragments(32)[0];
  const auto ping = test::echo{}.bytes();

  for (const auto& packet : {without, piece, ping}) {
    const taken one{packet};
    CHECK(one.bytes == packet);
    CHECK(one.meta.transport == checksum_state::unverified);
  }
}

TEST_CASE("a checksum that hardware is to complete is left to it", "[dpdk][finish_checksum]") {
  if (!test::has_eal()) return;
  const auto packet = test::udp{}.partial_checksum().bytes();

  const taken one{packet, 0, RTE_MBUF_F_RX_L4_CKSUM_NONE | RTE_MBUF_F_TX_UDP_CKSUM};

  CHECK(one.bytes == packet);
  CHECK(one.meta.transport == checksum_state::partial);
}

#include "weir/dpdk/gather.hpp"

#include "tests/dpdk/eal.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/packet_builder.hpp"

#include <cstddef>

using namespace weir;

namespace {

test::packet_bytes framed(const test::builder& packet) {
  return test::ethernet(packet.bytes(), mac_address{}, mac_address{});
}

/// Gathers the headers of a frame in two segments; whether it is in one afterwards.
bool becomes_whole(const test::packet_bytes& frame, std::size_t first) {
  const test::mbuf_pool memory{2};
  auto& mbuf = memory.make_scattered(frame, first);

  CHECK(dpdk::gather_headers(mbuf));

  const bool whole = mbuf.nb_segs == 1;
  CHECK(test::bytes_of(mbuf) == frame);
  CHECK(memory.in_use() == (whole ? 1u : 2u));
  rte_pktmbuf_free(&mbuf);
  CHECK(memory.in_use() == 0);
  return whole;
}

}  // namespace

TEST_CASE("segments stay apart where the first holds the headers", "[dpdk][gather]") {
  if (!test::has_eal()) return;
  const auto udp4 = framed(test::udp{}.payload_size(100));
  const auto tcp4 = framed(test::tcp{}.mss(1460).payload_size(100));
  const auto udp6 = framed(test::udp{}.from("2001:db8::5").to("2001:db8::1").payload_size(100));

  CHECK_FALSE(becomes_whole(udp4, 14 + 20 + 8));
  CHECK(becomes_whole(udp4, 14 + 20 + 7));
  CHECK_FALSE(becomes_whole(tcp4, 14 + 20 + 24));
  CHECK(becomes_whole(tcp4, 14 + 20 + 23));
  CHECK_FALSE(becomes_whole(udp6, 14 + 40 + 8));
  CHECK(becomes_whole(udp6, 14 + 40 + 7));
  CHECK(becomes_whole(udp4, 14));
  CHECK(becomes_whole(udp4, 13));
}

TEST_CASE("what an ICMP error quotes is gathered", "[dpdk][gather]") {
  if (!test::has_eal()) return;
  const auto quoted = test::udp{}.payload_size(100).bytes();

  CHECK(becomes_whole(framed(test::icmp{3, 4}.quote(quoted)), 14 + 20 + 8 + 20));
}

TEST_CASE("frames that are no packets are not gathered", "[dpdk][gather]") {
  if (!test::has_eal()) return;
  auto arp = framed(test::udp{});
  test::put(arp, 12, 0x0806, 2);

  CHECK_FALSE(becomes_whole(arp, 20));
}

TEST_CASE("headers that do not fit one segment are left as they are", "[dpdk][gather]") {
  if (!test::has_eal()) return;
  const auto frame = framed(test::udp{}.payload_size(100));  // 142 bytes
  const auto fits = [&frame](std::uint16_t room) {
    const test::mbuf_pool small{1, static_cast<std::uint16_t>(RTE_PKTMBUF_HEADROOM + room)};
    const test::mbuf_pool large{1};
    auto& head = small.make(std::span{frame}.first(40));
    auto& tail = large.make(std::span{frame}.subspan(40));
    REQUIRE(rte_pktmbuf_chain(&head, &tail) == 0);
    const bool gathered = dpdk::gather_headers(head);
    CHECK(test::bytes_of(head) == frame);
    rte_pktmbuf_free(&head);
    CHECK(small.in_use() + large.in_use() == 0);
    return gathered;
  };

  CHECK(fits(142));
  CHECK_FALSE(fits(136));
}

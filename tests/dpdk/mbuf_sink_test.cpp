#include "weir/dpdk/mbuf_sink.hpp"

#include "tests/dpdk/eal.hpp"
#include "tests/dpdk/peers.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/packet_builder.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

using namespace weir;
using namespace test::peers;
using dpdk::egress_port;
using dpdk::mbuf_burst;
using dpdk::mbuf_packet;
using dpdk::transmit_array;

namespace {

constexpr next_hop_id known{3};
constexpr next_hop_id unknown{4};

std::optional<mac_address> neighbor(next_hop_id hop, std::span<const std::byte>) noexcept {
  return hop == known ? std::optional{provider} : std::nullopt;
}

/// A sink, a burst of one packet that came in by `lan`, and where frames go.
struct fixture {
  explicit fixture(const test::packet_bytes& bytes = test::udp{}.bytes(), unsigned spare = 0)
      : memory{1 + spare}, packet{bytes} {
    REQUIRE(burst.take(memory.make(test::ethernet(bytes, router, host)), lan) == std::nullopt);
  }

  void decide(const verdict& answer) {
    auto handle = burst[0];
    sink.decided(0, handle, answer);
  }
  test::packet_bytes framed(const mac_address& to, const mac_address& from) const {
    return test::ethernet(packet, to, from);
  }

  test::mbuf_pool memory;
  test::packet_bytes packet;
  mbuf_burst burst;
  transmit_array to_box;
  transmit_array to_lan;
  transmit_array to_wan;
  std::array<egress_port, 3> ports{
      {{&to_box, mac_address{}}, {&to_lan, router}, {&to_wan, uplink}}};
  dpdk::mbuf_sink<decltype(&neighbor)> sink{burst, ports, memory.pool(), &neighbor};
};

}  // namespace

TEST_CASE("a forwarded packet leaves in a frame to its neighbour", "[dpdk][mbuf_sink]") {
  if (!test::has_eal()) return;
  fixture box;
  const bool is_six = GENERATE(false, true);
  if (is_six) {
    auto packet = box.burst[0];
    packet.bytes()[0] = std::byte{0x60};
    box.packet[0] = std::byte{0x60};
  }

  box.decide(verdict::forward(wan, known));

  REQUIRE(box.to_wan.frames().size() == 1);
  CHECK(test::bytes_of(*box.to_wan.frames()[0]) == box.framed(provider, uplink));
  CHECK(box.to_lan.frames().empty());
  CHECK(box.sink.lost().read() == 0);
}

TEST_CASE("a packet for the box arrives without a frame", "[dpdk][mbuf_sink]") {
  if (!test::has_eal()) return;
  fixture box;

  box.decide(verdict::deliver());

  REQUIRE(box.to_box.frames().size() == 1);
  CHECK(test::bytes_of(*box.to_box.frames()[0]) == box.packet);
}

TEST_CASE("dropped and consumed packets are freed", "[dpdk][mbuf_sink]") {
  if (!test::has_eal()) return;
  const auto answer = GENERATE(verdict::consume(), verdict::drop(drop_reason::policy_denied));
  fixture box;

  box.decide(answer);

  CHECK(box.memory.in_use() == 0);
  CHECK(box.sink.lost().read() == 0);
}

TEST_CASE("a packet to an unknown neighbour is lost and freed", "[dpdk][mbuf_sink]") {
  if (!test::has_eal()) return;
  fixture box;

  box.decide(verdict::forward(wan, unknown));

  CHECK(box.memory.in_use() == 0);
  CHECK(box.sink.lost().read() == 1);
}

TEST_CASE("a packet without room for a frame is lost and freed", "[dpdk][mbuf_sink]") {
  if (!test::has_eal()) return;
  const std::size_t room = GENERATE(std::size_t{13}, std::size_t{14});
  fixture box;
  auto packet = box.burst[0];
  const auto before = RTE_PKTMBUF_HEADROOM + std::size_t{14};
  REQUIRE(packet.try_grow_front(before - room));
  packet.bytes()[0] = std::byte{0x45};

  box.decide(verdict::forward(wan, known));

  CHECK(box.to_wan.frames().size() == (room == 14 ? 1 : 0));
  CHECK(box.sink.lost().read() == (room == 14 ? 0 : 1));
}

TEST_CASE("a packet for an interface without a port is lost and freed", "[dpdk][mbuf_sink]") {
  if (!test::has_eal()) return;
  fixture box;
  box.ports[0].frames = nullptr;

  box.decide(verdict::deliver());

  CHECK(box.memory.in_use() == 0);
  CHECK(box.sink.lost().read() == 1);
}

TEST_CASE("the length of a frame's header is told to who completes its checksum",
          "[dpdk][mbuf_sink]") {
  if (!test::has_eal()) return;
  fixture box;
  auto& mbuf = box.burst[0].mbuf();
  mbuf.ol_flags |= RTE_MBUF_F_TX_UDP_CKSUM;
  mbuf.l2_len = 18;
  mbuf.l3_len = 20;

  box.decide(verdict::forward(wan, known));

  CHECK(mbuf.l2_len == 14);
  CHECK(mbuf.l3_len == 20);
}

TEST_CASE("an answer goes back to the station that asked", "[dpdk][mbuf_sink]") {
  if (!test::has_eal()) return;
  fixture box{test::udp{}.bytes(), 1};
  const auto answer = test::icmp{11, 0}.quote(box.packet).bytes();

  CHECK(box.sink.generated(answer, {.egress = lan, .answers_sender = true, .about = 0}));

  REQUIRE(box.to_lan.frames().size() == 1);
  CHECK(test::bytes_of(*box.to_lan.frames()[0]) == test::ethernet(answer, host, router));
  box.decide(verdict::consume());
  CHECK(box.memory.in_use() == 1);
}

TEST_CASE("a packet of weir's own goes by its next hop, or to the box", "[dpdk][mbuf_sink]") {
  if (!test::has_eal()) return;
  fixture box{test::udp{}.bytes(), 2};
  const auto made = test::udp{}.bytes();

  CHECK(box.sink.generated(made, {.egress = wan, .hop = known}));
  CHECK(box.sink.generated(made, {.egress = interface_id::local()}));

  REQUIRE(box.to_wan.frames().size() == 1);
  CHECK(test::bytes_of(*box.to_wan.frames()[0]) == test::ethernet(made, provider, uplink));
  REQUIRE(box.to_box.frames().size() == 1);
  CHECK(test::bytes_of(*box.to_box.frames()[0]) == made);
  box.decide(verdict::consume());
}

TEST_CASE("an empty pool makes no packets", "[dpdk][mbuf_sink]") {
  if (!test::has_eal()) return;
  fixture box;

  CHECK_FALSE(box.sink.generated(box.packet, {.egress = wan, .hop = known}));

  CHECK(box.to_wan.frames().empty());
  box.decide(verdict::consume());
  CHECK(box.sink.generated(box.packet, {.egress = wan, .hop = known}));
}

TEST_CASE("what cannot be made or sent leaves nothing behind", "[dpdk][mbuf_sink]") {
  if (!test::has_eal()) return;
  fixture box{test::udp{}.bytes(), 1};
  constexpr std::size_t room = RTE_MBUF_DEFAULT_BUF_SIZE - RTE_PKTMBUF_HEADROOM;

  CHECK_FALSE(box.sink.generated(test::packet_bytes(room + 1), {.egress = wan, .hop = known}));
  CHECK_FALSE(box.sink.generated(box.packet, {.egress = wan, .hop = unknown}));
  CHECK(box.memory.in_use() == 1);
  CHECK(box.sink.generated(test::packet_bytes(room), {.egress = wan, .hop = known}));

  box.decide(verdict::consume());
  CHECK(box.memory.in_use() == 1);
}

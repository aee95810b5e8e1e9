// The whole way: frames from a port, through the engine, to another port.

#include "tests/support/gateway.hpp"

#include "weir/dpdk/mbuf_burst.hpp"
#include "weir/dpdk/mbuf_sink.hpp"
#include "weir/dpdk/transmit_array.hpp"
#include "weir/dpdk/tsc_clock.hpp"

#include "tests/dpdk/eal.hpp"
#include "tests/dpdk/peers.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/checksum_oracle.hpp"
#include "tests/support/packet_builder.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

using namespace weir;
using namespace test::peers;

namespace {

struct neighbors {
  const snapshot* config = nullptr;

  std::optional<mac_address> operator()(next_hop_id hop,
                                        std::span<const std::byte>) const noexcept {
    return config->next_hop(hop).interface == lan ? host : provider;
  }
};

/// A home gateway between two ports. What is sent on a port of net_ring comes back on it: so a
/// test's frames arrive, and the gateway's are found.
class ring_gateway {
 public:
  ring_gateway() : ring_gateway{"net_ring0", "net_ring1"} {}
  ring_gateway(const char* inner, const char* outer)
      : inner_port{inner, memory}, outer_port{outer, memory} {}

  /// Frames of the peers on `port`, the first segment of each cut at `first` bytes.
  void arrive(test::vdev_port& port, const std::vector<test::packet_bytes>& packets,
              std::size_t first = 0) {
    for (const auto& one : packets) {
      const auto frame = &port == &inner_port ? test::ethernet(one, router, host)
                                              : test::ethernet(one, uplink, provider);
      auto* mbuf = first == 0 ? &memory.make(frame) : &memory.make_scattered(frame, first);
      REQUIRE(port.send({&mbuf, 1}) == 1);
    }
  }

  /// Judges what has arrived on `port`, and sends what is to leave.
  void turn(test::vdev_port& port) {
    for (auto* const frame : port.receive()) {
      if (burst.take(*frame, &port == &inner_port ? lan : wan)) {
        ++refused;
        rte_pktmbuf_free(frame);
      }
    }
    worker_.process(burst, clock.now(), sink);
    burst.clear();
    to_lan.sent(inner_port.send(to_lan.frames()));
    to_wan.sent(outer_port.send(to_wan.frames()));
  }

  /// The packets that have left by `port`, each held against the oracle.
  std::vector<test::packet_bytes> leaving(test::vdev_port& port) {
    const auto header = &port == &inner_port ? test::ethernet({}, host, router)
                                             : test::ethernet({}, provider, uplink);
    std::vector<test::packet_bytes> made;
    for (auto* const frame : port.receive()) {
      const auto bytes = test::bytes_of(*frame);
      REQUIRE(bytes.size() > 14);
      CHECK(std::equal(bytes.begin(), bytes.begin() + 12, header.begin()));
      made.emplace_back(bytes.begin() + 14, bytes.end());
      CHECK(test::wrong_with(made.back()) == "");
      rte_pktmbuf_free(frame);
    }
    return made;
  }

  bool is_settled() const {
    return worker_.packets().balanced() && worker_.verify() == std::nullopt &&
           sink.lost().read() == 0 && memory.in_use() == 0;
  }

  test::mbuf_pool memory{255};
  test::vdev_port inner_port;
  test::vdev_port outer_port;
  dpdk::mbuf_burst burst;
  dpdk::transmit_array to_lan;
  dpdk::transmit_array to_wan;
  std::size_t refused = 0;
  dpdk::tsc_clock clock;

 private:
  std::shared_ptr<const snapshot> config_ = test::compiled(test::home_gateway());
  worker worker_{config_, test::gateway::unbounded()};
  std::array<dpdk::egress_port, 3> ports_{
      {{nullptr, mac_address{}}, {&to_lan, router}, {&to_wan, uplink}}};

 public:
  dpdk::mbuf_sink<neighbors> sink{burst, ports_, memory.pool(), neighbors{config_.get()}};
  const packet_counters& packets() const { return worker_.packets(); }
};

flow_key<ipv4> flow_of(const test::packet_bytes& packet) {
  return unpack(walk<ipv4>(packet, packet.size(), {}).key);
}

std::vector<test::packet_bytes> requests(unsigned count) {
  std::vector<test::packet_bytes> made;
  for (unsigned i = 0; i < count; ++i) {
    made.push_back(test::udp{}.from("10.0.0.5", 4000 + i).to("192.0.2.1").payload("who").bytes());
  }
  return made;
}

}  // namespace

TEST_CASE("a burst from one port leaves by another, translated, and is answered",
          "[dpdk][gateway]") {
  if (!test::has_eal()) return;
  ring_gateway box;

  box.arrive(box.inner_port, requests(40));
  box.turn(box.inner_port);
  const auto out = box.leaving(box.outer_port);

  REQUIRE(out.size() == 40);
  std::vector<test::packet_bytes> replies;
  for (const auto& one : out) {
    const auto flow = flow_of(one);
    CHECK(to_text(flow.source.address) == "203.0.113.1");
    replies.push_back(test::udp{}.from(flow.destination).to(flow.source).payload("me").bytes());
  }

  box.arrive(box.outer_port, replies);
  box.turn(box.outer_port);
  const auto in = box.leaving(box.inner_port);

  REQUIRE(in.size() == 40);
  for (unsigned i = 0; i < in.size(); ++i) {
    CHECK(to_text(flow_of(in[i]).destination.address) == "10.0.0.5");
    CHECK(flow_of(in[i]).destination.port.number() == 4000 + i);
  }
  CHECK(box.packets().out.read() == 80);
  CHECK(box.is_settled());
}

TEST_CASE("a packet in several mbufs is translated whole", "[dpdk][gateway]") {
  if (!test::has_eal()) return;
  const std::size_t first = GENERATE(std::size_t{10}, std::size_t{30}, std::size_t{42},
                                     std::size_t{43}, std::size_t{500});
  CAPTURE(first);
  ring_gateway box;
  const auto packet = test::udp{}.from("10.0.0.5", 4000).to("192.0.2.1").payload_size(1000);

  box.arrive(box.inner_port, {packet.bytes()}, first);
  box.turn(box.inner_port);
  const auto out = box.leaving(box.outer_port);

  REQUIRE(out.size() == 1);
  CHECK(out[0].size() == packet.bytes().size());
  CHECK(box.is_settled());
}

TEST_CASE("a packet whose time is up is answered by its port", "[dpdk][gateway]") {
  if (!test::has_eal()) return;
  ring_gateway box;

  box.arrive(box.inner_port, {test::udp{}.from("10.0.0.5").to("192.0.2.1").ttl(1).bytes()});
  box.turn(box.inner_port);
  const auto answers = box.leaving(box.inner_port);

  REQUIRE(answers.size() == 1);
  CHECK(to_text(flow_of(answers[0]).destination.address) == "10.0.0.5");
  CHECK(box.packets().generated.read() == 1);
  CHECK(box.packets().generated_refused.read() == 0);
  CHECK(box.is_settled());
}

TEST_CASE("an answer is refused while the pool is empty", "[dpdk][gateway]") {
  if (!test::has_eal()) return;
  ring_gateway box;
  box.arrive(box.inner_port, {test::udp{}.from("10.0.0.5").to("192.0.2.1").ttl(1).bytes()});
  std::vector<rte_mbuf*> taken;
  while (auto* const one = rte_pktmbuf_alloc(&box.memory.pool())) taken.push_back(one);

  box.turn(box.inner_port);

  CHECK(box.leaving(box.inner_port).empty());
  CHECK(box.packets().generated_refused.read() == 1);
  CHECK(box.packets().dropped.read() == 1);
  rte_pktmbuf_free_bulk(taken.data(), static_cast<unsigned>(taken.size()));
  CHECK(box.is_settled());
}

TEST_CASE("a hardware's partial checksum stays partial through the translation",
          "[dpdk][gateway]") {
  if (!test::has_eal()) return;
  ring_gateway box;
  const auto packet = test::udp{}.from("10.0.0.5", 4000).to("192.0.2.1").partial_checksum();
  auto* mbuf = &box.memory.make(test::ethernet(packet.bytes(), router, host));
  mbuf->ol_flags |= RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_UDP_CKSUM;
  REQUIRE(box.inner_port.send({&mbuf, 1}) == 1);

  box.turn(box.inner_port);
  const auto out = box.outer_port.receive();

  REQUIRE(out.size() == 1);
  const auto frame = test::bytes_of(*out[0]);
  const test::packet_bytes left(frame.begin() + 14, frame.end());
  const auto flow = flow_of(left);
  const auto expected = test::udp{}.from(flow.source).to(flow.destination).partial_checksum();
  const auto field = [](const test::packet_bytes& bytes) { return test::number_at(bytes, 26, 2); };
  CHECK(field(left) == field(expected.bytes()));
  CHECK((out[0]->ol_flags & RTE_MBUF_F_TX_L4_MASK) == RTE_MBUF_F_TX_UDP_CKSUM);
  CHECK(out[0]->l2_len == 14);
  rte_pktmbuf_free(out[0]);
  CHECK(box.is_settled());
}

TEST_CASE("a checksum that no hardware is to complete leaves right", "[dpdk][gateway]") {
  if (!test::has_eal()) return;
  ring_gateway box;
  const auto packet = test::udp{}.from("10.0.0.5", 4000).to("192.0.2.1").partial_checksum();
  auto* mbuf = &box.memory.make(test::ethernet(packet.bytes(), router, host));
  mbuf->ol_flags |= RTE_MBUF_F_RX_L4_CKSUM_NONE;
  REQUIRE(box.inner_port.send({&mbuf, 1}) == 1);

  box.turn(box.inner_port);
  const auto out = box.leaving(box.outer_port);

  REQUIRE(out.size() == 1);
  CHECK(test::judge_transport(out[0]) == test::checksum_verdict::right);
  CHECK(box.is_settled());
}

TEST_CASE("frames that nobody filled are refused, and none leaks", "[dpdk][gateway]") {
  if (!test::has_eal()) return;
  ring_gateway box{"net_null0", "net_ring1"};

  box.turn(box.inner_port);

  CHECK(box.refused == 64);
  CHECK(box.packets().in.read() == 0);
  CHECK(box.is_settled());
}

TEST_CASE("a port that takes everything leaves no mbuf behind", "[dpdk][gateway]") {
  if (!test::has_eal()) return;
  ring_gateway box{"net_ring0", "net_null0"};

  for (int round = 0; round < 100; ++round) {
    box.arrive(box.inner_port, requests(32));
    box.turn(box.inner_port);
  }

  CHECK(box.packets().out.read() == 3200);
  CHECK(box.is_settled());
}

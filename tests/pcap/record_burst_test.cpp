#include "weir/pcap/record_burst.hpp"

#include "tests/pcap/capture_builder.hpp"
#include "tests/support/catch.hpp"

#include <cstddef>

namespace {

using weir::packet_meta;
using weir::pcap::record_burst;
using weir::test::capture_bytes;
using weir::test::counting;

capture_bytes copied(const weir::pcap::record_packet& packet) {
  return capture_bytes(packet.bytes().begin(), packet.bytes().end());
}

}  // namespace

TEST_CASE("a burst holds what was added", "[pcap][burst]") {
  record_burst burst;
  const packet_meta meta{.ingress = weir::interface_id{3}};
  const auto time = weir::instant::from_epoch(weir::duration::seconds(5));

  burst.add(counting(40), 40, meta, time);
  burst.add(counting(20, 9), 1500, {}, time);

  REQUIRE(burst.size() == 2);
  CHECK(copied(burst[0]) == counting(40));
  CHECK(burst.meta(0) == meta);
  CHECK(burst.time(0) == time);
  CHECK(copied(burst[1]) == counting(20, 9));
  CHECK(burst[1].wire_size() == 1500);
}

TEST_CASE("two handles of a packet see one length", "[pcap][burst]") {
  record_burst burst;
  burst.add(counting(40), 40, {}, {});
  auto one = burst[0];
  const auto other = burst[0];

  one.shrink_front(20);

  CHECK(copied(other) == counting(20, 21));
  CHECK(other.wire_size() == 20);
}

TEST_CASE("a packet grows into its room and no further", "[pcap][burst]") {
  record_burst burst;
  burst.add(counting(64), 64, {}, {});
  burst.add(counting(64, 7), 64, {}, {});
  auto packet = burst[0];

  CHECK(!packet.try_grow_front(record_burst::headroom + 1));
  CHECK(packet.try_grow_front(record_burst::headroom));
  CHECK(!packet.try_grow_front(1));
  CHECK(!packet.try_grow_back(record_burst::tailroom + 1));
  CHECK(packet.try_grow_back(record_burst::tailroom));
  for (auto& one : packet.bytes()) one = std::byte{0xFF};

  CHECK(copied(burst[1]) == counting(64, 7));
}

TEST_CASE("the back of a cut packet does not grow", "[pcap][burst]") {
  record_burst burst;
  burst.add(counting(40), 41, {}, {});
  auto packet = burst[0];

  CHECK(!packet.try_grow_back(1));
  CHECK(packet.try_grow_front(1));
}

TEST_CASE("a burst is full at its number of packets", "[pcap][burst]") {
  record_burst burst;
  for (std::size_t count = 0; count < record_burst::packets_max; ++count) {
    REQUIRE(burst.has_room_for(64));
    burst.add(counting(64), 64, {}, {});
  }
  CHECK(!burst.has_room_for(0));

  burst.clear();

  CHECK(burst.size() == 0);
  CHECK(burst.has_room_for(64));
}

TEST_CASE("an empty burst has room for the longest record, and then not for a second pair",
          "[pcap][burst]") {
  record_burst burst;
  const auto longest = counting(weir::pcap::captured_length_max);

  int count = 0;
  while (burst.has_room_for(longest.size())) {
    burst.add(longest, longest.size(), {}, {});
    ++count;
  }

  CHECK(count == 3);
  CHECK(copied(burst[2]) == longest);
}

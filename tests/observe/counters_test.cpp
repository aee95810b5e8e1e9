#include "weir/observe/counters.hpp"

#include "tests/support/catch.hpp"

namespace weir::test {
namespace {

TEST_CASE("every verdict moves its own counter", "[observe][counters]") {
  packet_counters packets;
  packets.in.add(4);

  packets.book(verdict::forward(interface_id{1}, next_hop_id{2}));
  packets.book(verdict::deliver());
  packets.book(verdict::consume());
  packets.book(verdict::drop(drop_reason::no_route));

  CHECK(packets.out.read() == 1);
  CHECK(packets.delivered.read() == 1);
  CHECK(packets.consumed.read() == 1);
  CHECK(packets.dropped.read() == 1);
  CHECK(packets.by_reason[static_cast<std::size_t>(drop_reason::no_route)].read() == 1);
  CHECK(packets.balanced());
}

TEST_CASE("a packet without a verdict unbalances the counters", "[observe][counters]") {
  packet_counters packets;
  packets.in.add();

  CHECK_FALSE(packets.balanced());

  packets.held.add();
  CHECK(packets.balanced());
}

TEST_CASE("a drop without a reason unbalances the counters", "[observe][counters]") {
  packet_counters packets;
  packets.in.add();
  packets.dropped.add();

  CHECK_FALSE(packets.balanced());
}

TEST_CASE("a copied counter goes its own way", "[observe][counter]") {
  counter first;
  first.add(7);
  counter second{first};

  second.add();
  CHECK(first.read() == 7);
  CHECK(second.read() == 8);
  second = first;
  CHECK(second.read() == 7);
}

}  // namespace
}  // namespace weir::test

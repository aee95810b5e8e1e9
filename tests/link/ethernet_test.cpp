#include "weir/link/ethernet.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/owned_packet.hpp"
#include "tests/support/packet_builder.hpp"

#include <algorithm>
#include <cstddef>
#include <span>

using namespace weir;

namespace {

const link_addresses ends{mac_address{{2, 0, 0, 0, 0, 1}}, mac_address{{2, 0, 0, 0, 0, 2}}};

bool shows(ram_packet packet, const test::packet_bytes& wanted) {
  const auto bytes = packet.bytes();
  return std::equal(bytes.begin(), bytes.end(), wanted.begin(), wanted.end());
}

/// Pops the link headers off a frame, which leaves the packet, and pushes them again.
void check_round_trip(const test::packet_bytes& frame, const test::packet_bytes& packet) {
  test::owned_packet owned{frame};
  auto handle = owned.packet();

  const auto facts = pop_ethernet(handle);
  REQUIRE(facts.ok);
  CHECK(shows(handle, packet));
  REQUIRE(try_push_ethernet(handle, facts.addresses, facts.family,
                            std::span{facts.tags}.first(facts.tag_count), facts.pppoe_session));

  CHECK(shows(handle, frame));
}

}  // namespace

TEST_CASE("what is popped can be pushed again", "[link][ethernet]") {
  const unsigned vlans[] = {100, 200};
  const auto packet = test::udp{}.bytes();

  check_round_trip(test::ethernet(packet, ends.destination, ends.source, vlans), packet);
}

TEST_CASE("the header of a PPPoE session is popped and pushed too", "[link][pppoe][rfc2516]") {
  const auto [address, protocol] =
      GENERATE(table<const char*, const char*>({{"192.0.2.5", "0021"}, {"2001:db8::5", "0057"}}));
  const unsigned vlans[] = {7};
  const auto packet = test::udp{}.from(address).bytes();
  auto body = test::hex("1100 00ff");
  test::append(body, packet.size() + 2, 2);
  test::append(body, test::hex(protocol));
  test::append(body, packet);
  auto frame = test::ethernet(body, ends.destination, ends.source, vlans);
  test::put(frame, 16, 0x8864, 2);

  check_round_trip(frame, packet);
}

TEST_CASE("a frame that is not IP is left as it was", "[link][ethernet]") {
  auto frame = test::ethernet(test::udp{}.bytes(), ends.destination, ends.source);
  test::put(frame, 12, 0x0806, 2);
  test::owned_packet owned{frame};
  auto handle = owned.packet();

  CHECK_FALSE(pop_ethernet(handle).ok);
  CHECK(shows(handle, frame));
}

TEST_CASE("a push without room changes nothing", "[link][ethernet]") {
  auto bytes = test::udp{}.bytes();
  const auto before = bytes;
  test::packet_bytes memory(13);
  test::append(memory, bytes);
  ram_packet handle{memory, 13, bytes.size()};

  CHECK_FALSE(try_push_ethernet(handle, ends, ip_family::ipv4));
  CHECK(shows(handle, before));
  memory.insert(memory.begin(), std::byte{0});
  ram_packet roomy{memory, 14, bytes.size()};
  CHECK(try_push_ethernet(roomy, ends, ip_family::ipv4));
  CHECK(shows(roomy, test::ethernet(before, ends.destination, ends.source)));
}

TEST_CASE("the type of a pushed header is that of the family", "[link][ethernet]") {
  const auto packet = test::udp{}.from("2001:db8::5").bytes();
  test::owned_packet owned{packet};
  auto handle = owned.packet();

  REQUIRE(try_push_ethernet(handle, ends, ip_family::ipv6));

  CHECK(shows(handle, test::ethernet(packet, ends.destination, ends.source)));
}

#include "weir/packet/ram_packet.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/owned_packet.hpp"

#include <array>
#include <cstddef>
#include <utility>
#include <vector>

using namespace weir;

namespace {

std::span<const std::byte> read(const ram_packet& packet) { return packet.bytes(); }

}  // namespace

TEST_CASE("a packet shows its bytes and no others", "[packet][ram_packet]") {
  std::array<std::byte, 10> memory{};
  memory[3] = std::byte{0x45};
  ram_packet packet{memory, 3, 4};

  CHECK(packet.bytes().data() == memory.data() + 3);
  CHECK(packet.bytes().size() == 4);
  CHECK(packet.wire_size() == 4);
  CHECK(packet.headroom() == 3);
  CHECK(packet.tailroom() == 3);
}

TEST_CASE("copies of a packet see the same bytes", "[packet][ram_packet]") {
  std::array<std::byte, 4> memory{};
  ram_packet packet{memory};
  ram_packet copy = packet;

  copy.bytes()[0] = std::byte{0x60};

  CHECK(packet.bytes()[0] == std::byte{0x60});
}

TEST_CASE("the front grows by what is there and by no more", "[packet][ram_packet]") {
  std::array<std::byte, 10> memory{};
  ram_packet packet{memory, 3, 4};

  CHECK_FALSE(packet.try_grow_front(4));
  CHECK(read(packet).size() == 4);
  CHECK(packet.try_grow_front(3));
  CHECK(read(packet).data() == memory.data());
  CHECK(packet.wire_size() == 7);
  CHECK_FALSE(packet.try_grow_front(1));
  CHECK(packet.try_grow_front(0));
}

TEST_CASE("the back grows by what is there and by no more", "[packet][ram_packet]") {
  std::array<std::byte, 10> memory{};
  ram_packet packet{memory, 3, 4};

  CHECK_FALSE(packet.try_grow_back(4));
  CHECK(packet.wire_size() == 4);
  CHECK(packet.try_grow_back(3));
  CHECK(packet.wire_size() == 7);
  CHECK(packet.tailroom() == 0);
}

TEST_CASE("growing undoes shrinking, at both ends", "[packet][ram_packet]") {
  std::array<std::byte, 8> memory{};
  ram_packet packet{memory};

  packet.shrink_front(2);
  packet.shrink_back(3);
  CHECK(packet.bytes().data() == memory.data() + 2);
  CHECK(packet.bytes().size() == 3);
  CHECK(packet.try_grow_front(2));
  CHECK(packet.try_grow_back(3));

  CHECK(packet.bytes().data() == memory.data());
  CHECK(packet.bytes().size() == 8);
}

TEST_CASE("a packet can shrink to nothing", "[packet][ram_packet]") {
  std::array<std::byte, 8> memory{};
  ram_packet packet{memory};

  packet.shrink_front(8);

  CHECK(packet.bytes().empty());
  CHECK(packet.wire_size() == 0);
}

TEST_CASE("a cut packet knows its length on the wire", "[packet][ram_packet]") {
  std::array<std::byte, 64> memory{};
  ram_packet packet{memory, 0, 40, 1500};

  CHECK(packet.wire_size() == 1500);
  CHECK(packet.bytes().size() == 40);
  packet.shrink_front(14);
  CHECK(packet.wire_size() == 1486);
}

TEST_CASE("the back of a cut packet does not grow", "[packet][ram_packet]") {
  std::array<std::byte, 64> memory{};
  ram_packet packet{memory, 0, 40, 41};

  CHECK_FALSE(packet.try_grow_back(1));
}

TEST_CASE("a burst gives each packet with its metadata", "[packet][ram_burst]") {
  test::owned_burst owned;
  owned.add(std::vector<std::byte>(20), {.ingress = interface_id{1}});
  owned.add(std::vector<std::byte>(40), {.ingress = interface_id{2},
                                         .cast = link_cast::broadcast,
                                         .transport = checksum_state::partial});
  const auto burst = owned.burst();

  REQUIRE(burst.size() == 2);
  CHECK(burst[0].bytes().size() == 20);
  CHECK(burst[1].bytes().size() == 40);
  CHECK(burst.meta(0) == packet_meta{.ingress = interface_id{1}});
  CHECK(burst.meta(1).ingress == interface_id{2});
  CHECK(burst.meta(1).cast == link_cast::broadcast);
  CHECK(burst.meta(1).transport == checksum_state::partial);
}

TEST_CASE("packets of a burst keep their bytes while it grows", "[packet][ram_burst]") {
  test::owned_burst owned;
  for (unsigned i = 0; i < 100; ++i) {
    owned.add(std::vector<std::byte>(20, static_cast<std::byte>(i)));
  }
  const auto burst = owned.burst();
  for (unsigned i = 0; i < 100; ++i) CHECK(burst[i].bytes()[19] == static_cast<std::byte>(i));
}

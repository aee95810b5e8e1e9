#include "weir/nat/ipv4_id.hpp"

#include "tests/nat/endpoints.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/checksum_oracle.hpp"
#include "tests/support/packet_builder.hpp"

#include <cstdint>
#include <set>

namespace weir {
namespace {

using test::outside;
using test::server;

TEST_CASE("no identification comes twice within 65536 packets to one remote",
          "[nat][ipv4-id][rfc6864]") {
  ipv4_identifications ids{{1, 2}, 1};  // one counter for all
  std::set<std::uint16_t> seen;

  for (int packet = 0; packet < 32'768; ++packet) {
    REQUIRE(seen.insert(ids.next(outside.address, server.address, protocol::udp)).second);
    ids.next(outside.address, {198, 51, 100, 8}, protocol::udp);
  }
}

TEST_CASE("what a remote sees begins at a number only the secret tells",
          "[nat][ipv4-id][rfc6864]") {
  ipv4_identifications one{{1, 2}};
  ipv4_identifications same{{1, 2}};
  ipv4_identifications other{{3, 4}};

  const auto first = one.next(outside.address, server.address, protocol::udp);

  CHECK(first == same.next(outside.address, server.address, protocol::udp));
  CHECK(first != other.next(outside.address, server.address, protocol::udp));
  CHECK(first != same.next(outside.address, server.address, protocol::tcp));
}

TEST_CASE("atomic datagrams need no identification, and all others do", "[nat][ipv4-id][rfc6864]") {
  test::udp datagram;
  datagram.payload_size(64);
  CHECK(needs_identification(datagram.bytes().data()));
  CHECK(needs_identification(datagram.fragments(16)[0].data()));
  CHECK(needs_identification(datagram.fragments(16).back().data()));

  datagram.dont_fragment();
  CHECK_FALSE(needs_identification(datagram.bytes().data()));
  CHECK(needs_identification(datagram.fragments(16)[0].data()));
  CHECK(needs_identification(datagram.fragments(16).back().data()));
}

TEST_CASE("a packet with another identification is right", "[nat][ipv4-id]") {
  for (std::uint32_t number = 0; number < 65'536; number += 97) {
    auto packet = test::udp{}.id(0xABCD).bytes();

    replace_identification(packet.data(), static_cast<std::uint16_t>(number));

    REQUIRE(packet == test::udp{}.id(number).bytes());
  }
}

}  // namespace
}  // namespace weir

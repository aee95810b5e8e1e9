#include "examples/weir/checksum_completion.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/checksum_oracle.hpp"
#include "tests/support/packet_builder.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace packets = weir::test;

using weir::program::complete_checksum;

namespace {

packets::builder some(weir::protocol transport, bool is_wide) {
  packets::builder made{transport};
  made.payload("payload of an odd length!");
  if (is_wide) {
    made.from("2001:db8::1").to("2001:db8::2");
  } else {
    made.from("10.0.0.1").to("10.0.0.2");
  }
  return made;
}

}  // namespace

TEST_CASE("a partial checksum is completed", "[program][checksum]") {
  const auto transport = GENERATE(weir::protocol::tcp, weir::protocol::udp);
  const bool is_wide = GENERATE(false, true);
  auto packet = some(transport, is_wide).partial_checksum().bytes();

  CHECK(complete_checksum(packet, packet.size()));

  CHECK(packet == some(transport, is_wide).bytes());
  CHECK(packets::wrong_with(packet).empty());
}

TEST_CASE("a completed checksum of zero is written as ones in UDP alone",
          "[program][checksum][rfc768]") {
  const auto transport = GENERATE(weir::protocol::tcp, weir::protocol::udp);
  const bool is_tcp = transport == weir::protocol::tcp;
  const std::size_t at = is_tcp ? 36 : 26;
  const auto with = [&](std::string_view payload) {
    return packets::builder{transport}.from("10.0.0.1").to("10.0.0.2").payload(payload);
  };
  // With the checksum of the same packet as its payload, everything sums up to zero.
  const auto without = with(std::string_view{"\0\0", 2}).bytes();
  const std::string sum{static_cast<char>(without[at]), static_cast<char>(without[at + 1])};
  auto packet = with(sum).partial_checksum().bytes();

  CHECK(complete_checksum(packet, packet.size()));

  CHECK(packets::number_at(packet, at, 2) == (is_tcp ? 0u : 0xFFFFu));
}

TEST_CASE("a header checksum of zero is completed", "[program][checksum]") {
  const auto transport =
      GENERATE(weir::protocol::tcp, weir::protocol::udp, weir::protocol::icmp, weir::protocol::esp);
  const auto whole = some(transport, false).bytes();
  auto packet = whole;
  packet[10] = packet[11] = std::byte{0};

  CHECK(complete_checksum(packet, packet.size()));
  CHECK(packet == whole);

  packet[10] = std::byte{0};
  packet[11] = std::byte{1};
  CHECK(!complete_checksum(packet, packet.size()));
}

TEST_CASE("a checksum that is right is left alone", "[program][checksum]") {
  const auto transport = GENERATE(weir::protocol::tcp, weir::protocol::udp);
  auto packet = some(transport, false).bytes();
  const auto before = packet;

  CHECK(!complete_checksum(packet, packet.size()));

  CHECK(packet == before);
}

TEST_CASE("a corrupt payload never comes to look valid", "[program][checksum]") {
  const auto transport = GENERATE(weir::protocol::tcp, weir::protocol::udp);
  auto packet = some(transport, false).bytes();
  packet.back() ^= std::byte{0x20};
  const auto before = packet;

  CHECK(!complete_checksum(packet, packet.size()));

  CHECK(packet == before);
  CHECK(packets::judge_transport(packet) == packets::checksum_verdict::wrong);
}

TEST_CASE("UDP without a checksum stays without", "[program][checksum]") {
  auto packet = some(weir::protocol::udp, false).no_checksum().bytes();
  const auto before = packet;

  CHECK(!complete_checksum(packet, packet.size()));

  CHECK(packet == before);
}

TEST_CASE("what the capture cut is not completed", "[program][checksum]") {
  auto packet = some(weir::protocol::udp, false).partial_checksum().bytes();
  const auto whole = packet.size();
  packet.pop_back();
  const auto before = packet;

  CHECK(!complete_checksum(packet, whole));

  CHECK(packet == before);
}

TEST_CASE("a fragment is not completed", "[program][checksum]") {
  auto pieces = some(weir::protocol::udp, false).payload_size(64).partial_checksum().fragments(40);

  for (auto& piece : pieces) {
    CHECK(!complete_checksum(piece, piece.size()));
  }
}

TEST_CASE("nothing at all is not completed", "[program][checksum]") {
  CHECK(!complete_checksum({}, 0));
}

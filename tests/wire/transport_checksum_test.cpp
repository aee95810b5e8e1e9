#include "weir/wire/transport_checksum.hpp"

#include "weir/wire/header_walk.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/checksum_oracle.hpp"
#include "tests/support/packet_builder.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <utility>

using namespace weir;

namespace {

template <IpVersion V>
std::optional<bool> judged(std::span<const std::byte> bytes, std::size_t wire_size = 0) {
  const auto found = walk<V>(bytes, std::max(wire_size, bytes.size()), domain_id{1});
  REQUIRE(found.facts.ok);
  return transport_checksum_is_right<V>(bytes, found.facts, found.key);
}

template <IpVersion V>
bool completed(std::span<std::byte> bytes) {
  const auto found = walk<V>(bytes, bytes.size(), domain_id{1});
  REQUIRE(found.facts.ok);
  return complete_transport_checksum<V>(bytes, found.facts, found.key);
}

constexpr protocol with_checksum[] = {protocol::tcp, protocol::udp, protocol::icmp, protocol::dccp,
                                      protocol::udp_lite};

}  // namespace

TEST_CASE("right checksums are found right and wrong ones wrong", "[wire][transport_checksum]") {
  for (const auto transport : with_checksum) {
    for (const std::size_t size : {0u, 1u, 2u, 33u, 1400u}) {
      auto builder = test::datagram{transport}.payload_size(size);
      CAPTURE(name(transport), size);
      CHECK(judged<ipv4>(builder.bytes()) == true);
      CHECK(judged<ipv4>(builder.bad_checksum().bytes()) == false);
      builder = test::datagram{transport}.from("2001:db8::5").payload_size(size);
      CHECK(judged<ipv6>(builder.bytes()) == true);
      CHECK(judged<ipv6>(builder.bad_checksum().bytes()) == false);
    }
  }
}

TEST_CASE("padding is covered by no checksum", "[wire][transport_checksum]") {
  auto packet = test::udp{}.payload("abc").bytes();
  packet.resize(46, std::byte{0xEE});

  CHECK(judged<ipv4>(packet) == true);
}

TEST_CASE("a UDP length short of the payload covers what it says", "[wire][transport_checksum]") {
  const auto packet = test::udp{}.payload_size(20).udp_length(18).bytes();

  REQUIRE(test::wrong_with(packet) == "");
  CHECK(judged<ipv4>(packet) == true);
}

TEST_CASE("UDP goes without a checksum over IPv4 alone", "[wire][transport_checksum][rfc8200]") {
  CHECK_FALSE(judged<ipv4>(test::udp{}.no_checksum().bytes()).has_value());
  CHECK(judged<ipv6>(test::udp{}.from("2001:db8::5").no_checksum().bytes()) == false);
}

TEST_CASE("what is not all here is not judged", "[wire][transport_checksum]") {
  const auto packet = test::udp{}.payload_size(100).bytes();
  const auto pieces = test::udp{}.payload_size(100).fragments(64);

  CHECK_FALSE(judged<ipv4>(std::span{packet}.first(127), 128).has_value());
  CHECK_FALSE(judged<ipv4>(pieces[0]).has_value());
  CHECK_FALSE(judged<ipv4>(pieces[1]).has_value());
}

TEST_CASE("protocols without an Internet checksum are not judged", "[wire][transport_checksum]") {
  for (const auto transport : {protocol::sctp, protocol::esp, protocol::igmp}) {
    CHECK_FALSE(judged<ipv4>(test::datagram{transport}.payload_size(16).bytes()).has_value());
  }
}

TEST_CASE("a partial checksum is completed to the right one", "[wire][transport_checksum]") {
  for (const auto transport : with_checksum) {
    for (const std::size_t size : {0u, 1u, 100u}) {
      auto four = test::datagram{transport}.payload_size(size).partial_checksum().bytes();
      auto six = test::datagram{transport}
                     .from("2001:db8::5")
                     .payload_size(size)
                     .partial_checksum()
                     .bytes();
      CAPTURE(name(transport), size);
      CHECK(completed<ipv4>(four));
      CHECK(test::wrong_with(four) == "");
      CHECK(completed<ipv6>(six));
      CHECK(test::wrong_with(six) == "");
    }
  }
}

TEST_CASE("a completed UDP checksum is never zero", "[wire][transport_checksum]") {
  // The payload is chosen so that the sum is 0xFFFF, and its complement zero.
  auto packet = test::udp{}.payload_size(2).no_checksum().bytes();
  test::put(packet, 28, 0, 2);
  auto probe = packet;
  REQUIRE(completed<ipv4>(probe));
  test::put(packet, 28, test::number_at(probe, 26, 2), 2);

  REQUIRE(completed<ipv4>(packet));

  CHECK(test::number_at(packet, 26, 2) == 0xFFFF);
  CHECK(test::wrong_with(packet) == "");
}

TEST_CASE("what cannot be completed is left alone", "[wire][transport_checksum]") {
  auto piece = test::udp{}.payload_size(100).fragments(64)[0];
  const auto before = piece;

  CHECK_FALSE(completed<ipv4>(piece));
  CHECK(piece == before);
}

TEST_CASE("behind a routing header that leads on no checksum can be told",
          "[wire][transport_checksum][rfc8200]") {
  for (const auto transport : {protocol::tcp, protocol::udp, protocol::icmpv6}) {
    const auto routed = [&](unsigned segments_left) {
      return test::datagram{transport}
          .from("2001:db8::5")
          .payload_size(20)
          .extension(protocol::routing, test::octets({4, segments_left, 0, 0, 0, 0}));
    };
    CAPTURE(name(transport));
    CHECK_FALSE(judged<ipv6>(routed(1).bytes()).has_value());
    CHECK_FALSE(judged<ipv6>(routed(255).bad_checksum().bytes()).has_value());
    CHECK(judged<ipv6>(routed(0).bytes()) == true);
    CHECK(judged<ipv6>(routed(0).bad_checksum().bytes()) == false);
  }
}

TEST_CASE("of a host away from home no checksum can be told",
          "[wire][transport_checksum][rfc6275]") {
  const auto judged_behind = [](test::packet_bytes options) {
    return judged<ipv6>(test::udp{}
                            .from("2001:db8::5")
                            .extension(protocol::destination_options, std::move(options))
                            .bad_checksum()
                            .bytes());
  };
  auto home_address = test::octets({0xC9, 16});
  home_address.resize(18);
  auto padded = test::octets({0, 1, 2, 9, 9});
  test::append(padded, home_address);

  CHECK_FALSE(judged_behind(home_address).has_value());
  CHECK_FALSE(judged_behind(padded).has_value());
  CHECK(judged_behind({}) == false);
  CHECK(judged_behind(test::octets({1, 4, 0xC9, 16, 0, 0})) == false);
  CHECK(judged_behind(test::octets({0xC9, 16, 0, 0, 0, 0})) == false);
}

TEST_CASE("behind a routing header that leads on no checksum is completed",
          "[wire][transport_checksum][rfc8200]") {
  auto packet = test::udp{}
                    .from("2001:db8::5")
                    .extension(protocol::routing, test::octets({4, 1, 0, 0, 0, 0}))
                    .partial_checksum()
                    .bytes();
  const auto before = packet;

  CHECK_FALSE(completed<ipv6>(packet));
  CHECK(packet == before);
}

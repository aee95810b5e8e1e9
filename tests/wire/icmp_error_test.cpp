#include "weir/wire/icmp_error.hpp"

#include "weir/net/text.hpp"
#include "weir/wire/header_walk.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/checksum_oracle.hpp"
#include "tests/support/packet_builder.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>

using namespace weir;

namespace {

const ipv4_address router4{198, 51, 100, 1};
const ipv6_address router6 = ipv6_address::from_halves(0x20010DB8FFFF0000, 1);

template <IpVersion V>
walked<V> understood(std::span<const std::byte> packet) {
  const auto found = walk<V>(packet, packet.size(), domain_id{1});
  REQUIRE(found.facts.ok);
  return found;
}

/// The error about a packet, copied out of the buffer.
template <IpVersion V>
test::packet_bytes error_about(const test::packet_bytes& packet, const icmp_error<V>& error) {
  answer_buffer buffer;
  buffer.fill(std::byte{0xEE});
  std::span<const std::byte> made;
  if constexpr (V::number == 4) {
    made = write_icmp_error<V>(buffer, error, router4, packet, understood<V>(packet));
  } else {
    made = write_icmp_error<V>(buffer, error, router6, packet, understood<V>(packet));
  }
  return {made.begin(), made.end()};
}

template <IpVersion V>
test::packet_bytes reset_of(const test::packet_bytes& packet) {
  answer_buffer buffer;
  buffer.fill(std::byte{0xEE});
  const auto made = write_tcp_reset<V>(buffer, packet, understood<V>(packet));
  return {made.begin(), made.end()};
}

template <IpVersion V>
bool answerable(const test::packet_bytes& packet,
                const icmp_error<V>& error = icmp_error<V>::ttl_expired()) {
  return may_be_answered<V>(understood<V>(packet), error);
}

}  // namespace

TEST_CASE("an IPv4 error goes to the packet's source and quotes it", "[wire][icmp_error]") {
  const auto packet = test::udp{}.ttl(1).payload_size(40).bytes();
  const auto error = error_about<ipv4>(packet, icmp_error<ipv4>::ttl_expired());

  CHECK(test::wrong_with(error) == "");
  const auto facts = understood<ipv4>(error);
  CHECK(facts.key.source() == router4);
  CHECK(facts.key.destination() == ipv4_address{10, 0, 0, 5});
  CHECK(facts.facts.ttl == 64);
  CHECK(facts.facts.icmp_type == 11);
  CHECK(facts.facts.icmp_code == 0);
  REQUIRE(error.size() == 28 + packet.size());
  CHECK(std::equal(packet.begin(), packet.end(), error.begin() + 28));
}

TEST_CASE("an IPv6 error goes to the packet's source and quotes it", "[wire][icmp_error]") {
  const auto packet = test::udp{}.from("2001:db8::5").payload_size(41).bytes();
  const auto error = error_about<ipv6>(packet, icmp_error<ipv6>::admin_prohibited());

  CHECK(test::wrong_with(error) == "");
  const auto facts = understood<ipv6>(error);
  CHECK(facts.key.source() == router6);
  CHECK(facts.key.destination() == ipv6_address::from_halves(0x20010DB800000000, 5));
  CHECK(facts.facts.ttl == 64);
  CHECK(facts.facts.icmp_type == 1);
  CHECK(facts.facts.icmp_code == 1);
  REQUIRE(error.size() == 48 + packet.size());
  CHECK(std::equal(packet.begin(), packet.end(), error.begin() + 48));
}

TEST_CASE("errors are at most 576 and 1280 bytes long", "[wire][icmp_error][rfc1812][rfc4443]") {
  for (const std::size_t size : {519u, 520u, 521u, 1183u, 1184u, 1185u, 1400u}) {
    const auto four = test::udp{}.payload_size(size).bytes();
    const auto six = test::udp{}.from("2001:db8::5").payload_size(size).bytes();
    const auto short_error = error_about<ipv4>(four, icmp_error<ipv4>::no_route());
    const auto long_error = error_about<ipv6>(six, icmp_error<ipv6>::no_route());
    CAPTURE(size);
    CHECK(short_error.size() == std::min<std::size_t>(28 + four.size(), 576));
    CHECK(long_error.size() == std::min<std::size_t>(48 + six.size(), 1280));
    CHECK(test::wrong_with(short_error) == "");
    CHECK(test::wrong_with(long_error) == "");
  }
}

TEST_CASE("an error fits the MTU, if it can quote a header and 8 bytes",
          "[wire][icmp_error][rfc792]") {
  const auto plain = test::udp{}.payload_size(500).bytes();
  const auto optioned = test::udp{}.ip_options(test::packet_bytes(40, std::byte{1})).bytes();
  const auto six = test::udp{}.from("2001:db8::5").payload_size(1400).bytes();
  answer_buffer buffer;
  const auto size_of = [&]<IpVersion V>(V, const auto& router, const auto& packet,
                                        std::uint32_t mtu) {
    const auto made = write_icmp_error<V>(buffer, icmp_error<V>::no_route(), router, packet,
                                          understood<V>(packet), mtu);
    CHECK(test::wrong_with(made) == "");
    return made.size();
  };

  CHECK(size_of(ipv4{}, router4, plain, 400) == 400);
  CHECK(size_of(ipv4{}, router4, plain, 68) == 68);
  CHECK(size_of(ipv4{}, router4, plain, 1500) == 28 + 528);
  CHECK(size_of(ipv4{}, router4, optioned, 68) == 28 + 60 + 8);
  CHECK(size_of(ipv6{}, router6, six, 1500) == 1280);
  CHECK(size_of(ipv6{}, router6, six, 1280) == 1280);
}

TEST_CASE("padding is not quoted", "[wire][icmp_error]") {
  auto packet = test::udp{}.payload("x").bytes();
  packet.resize(46);

  CHECK(error_about<ipv4>(packet, icmp_error<ipv4>::no_route()).size() == 28 + 29);
}

TEST_CASE("what a capture cut off is not quoted", "[wire][icmp_error]") {
  const auto packet = test::udp{}.payload_size(100).bytes();
  const auto held = std::span{packet}.first(60);
  const auto found = walk<ipv4>(held, packet.size(), domain_id{1});
  answer_buffer buffer;

  const auto error =
      write_icmp_error<ipv4>(buffer, icmp_error<ipv4>::no_route(), router4, held, found);

  CHECK(error.size() == 88);
  CHECK(test::wrong_with(error) == "");
}

TEST_CASE("a packet too big is told the MTU", "[wire][icmp_error][rfc1191]") {
  const auto four = test::udp{}.dont_fragment().payload_size(1400).bytes();
  const auto six = test::udp{}.from("2001:db8::5").payload_size(1400).bytes();
  const auto needed = error_about<ipv4>(four, icmp_error<ipv4>::too_big(1280));
  const auto too_big = error_about<ipv6>(six, icmp_error<ipv6>::too_big(70'000));

  CHECK(understood<ipv4>(needed).facts.icmp_type == 3);
  CHECK(understood<ipv4>(needed).facts.icmp_code == 4);
  CHECK(icmp_header<ipv4>::parse(std::span{needed}.subspan(20))->mtu() == 1280);
  CHECK(icmp_header<ipv4>::parse(std::span{needed}.subspan(20))->quote_size() == 0);
  CHECK(understood<ipv6>(too_big).facts.icmp_type == 2);
  CHECK(icmp_header<ipv6>::parse(std::span{too_big}.subspan(40))->mtu() == 70'000);
  CHECK(icmp_error<ipv4>::too_big(70'000).rest == 0xFFFF);
}

TEST_CASE("each error has its type and code", "[wire][icmp_error]") {
  CHECK(icmp_error<ipv4>::no_route() == icmp_error<ipv4>{3, 0, 0});
  CHECK(icmp_error<ipv4>::host_unreachable() == icmp_error<ipv4>{3, 1, 0});
  CHECK(icmp_error<ipv4>::port_unreachable() == icmp_error<ipv4>{3, 3, 0});
  CHECK(icmp_error<ipv4>::admin_prohibited() == icmp_error<ipv4>{3, 13, 0});
  CHECK(icmp_error<ipv4>::ttl_expired() == icmp_error<ipv4>{11, 0, 0});
  CHECK(icmp_error<ipv6>::no_route() == icmp_error<ipv6>{1, 0, 0});
  CHECK(icmp_error<ipv6>::host_unreachable() == icmp_error<ipv6>{1, 3, 0});
  CHECK(icmp_error<ipv6>::port_unreachable() == icmp_error<ipv6>{1, 4, 0});
  CHECK(icmp_error<ipv6>::admin_prohibited() == icmp_error<ipv6>{1, 1, 0});
  CHECK(icmp_error<ipv6>::beyond_scope() == icmp_error<ipv6>{1, 2, 0});
  CHECK(icmp_error<ipv6>::ttl_expired() == icmp_error<ipv6>{3, 0, 0});
}

TEST_CASE("ordinary packets may be answered", "[wire][icmp_error]") {
  CHECK(answerable<ipv4>(test::udp{}.bytes()));
  CHECK(answerable<ipv4>(test::echo{}.bytes()));
  CHECK(answerable<ipv4>(test::udp{}.payload_size(60).fragments(32)[0]));
  CHECK(answerable<ipv6>(test::udp{}.from("2001:db8::5").bytes()));
  CHECK(answerable<ipv6>(test::udp{}.from("fe80::5").bytes()));
}

TEST_CASE("errors and redirects are never answered", "[wire][icmp_error][rfc1812]") {
  const auto inner = test::udp{}.bytes();
  for (const unsigned type : {3u, 4u, 5u, 11u, 12u}) {
    CAPTURE(type);
    CHECK_FALSE(answerable<ipv4>(test::icmp{type, 0}.quote(inner).bytes()));
  }
  for (const unsigned type : {1u, 2u, 3u, 4u, 100u, 127u, 137u}) {
    CAPTURE(type);
    CHECK_FALSE(answerable<ipv6>(test::icmp{type, 0}.from("2001:db8::5").quote(inner).bytes()));
  }
  CHECK(answerable<ipv6>(test::icmp{135, 0}.from("2001:db8::5").bytes()));
}

TEST_CASE("later pieces are never answered", "[wire][icmp_error][rfc1812]") {
  CHECK_FALSE(answerable<ipv4>(test::udp{}.payload_size(60).fragments(32)[1]));
  CHECK_FALSE(answerable<ipv6>(test::udp{}.from("2001:db8::5").payload_size(60).fragments(32)[1]));
}

TEST_CASE("groups are never answered, but for a packet too big", "[wire][icmp_error][rfc4443]") {
  CHECK_FALSE(answerable<ipv4>(test::udp{}.to("224.0.0.1").bytes()));
  CHECK_FALSE(answerable<ipv4>(test::udp{}.to("255.255.255.255").bytes()));
  CHECK_FALSE(
      answerable<ipv4>(test::udp{}.to("224.0.0.1").bytes(), icmp_error<ipv4>::too_big(1280)));
  const auto group = test::udp{}.from("2001:db8::5").to("ff0e::1").bytes();
  CHECK_FALSE(answerable<ipv6>(group));
  CHECK(answerable<ipv6>(group, icmp_error<ipv6>::too_big(1280)));
}

TEST_CASE("a source that is not one host is never answered", "[wire][icmp_error][rfc1812]") {
  for (const std::string_view source :
       {"0.0.0.0", "0.1.2.3", "127.0.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"}) {
    CAPTURE(source);
    CHECK_FALSE(answerable<ipv4>(test::udp{}.from(source).bytes()));
  }
  for (const std::string_view source : {"::", "::1", "ff02::1", "::ffff:10.0.0.1"}) {
    CAPTURE(source);
    CHECK_FALSE(answerable<ipv6>(test::udp{}.from(source).bytes()));
  }
}

TEST_CASE("a piece of a segment is reset where nothing needs its length",
          "[wire][tcp_reset][rfc9293]") {
  const auto first = [](test::builder segment) { return segment.payload_size(64).fragment(0, 48); };

  CHECK(reset_of<ipv4>(first(test::tcp{}.syn())).empty());
  CHECK(reset_of<ipv4>(first(test::tcp{}.ack().acknowledgment(77))).size() == 40);
}

TEST_CASE("a SYN is reset with an acknowledgment of all it carried", "[wire][tcp_reset][rfc9293]") {
  const auto packet = test::tcp{}.syn().sequence(1000).payload_size(10).mss(1460).bytes();
  const auto reset = reset_of<ipv4>(packet);

  CHECK(test::wrong_with(reset) == "");
  REQUIRE(reset.size() == 40);
  const auto header = *tcp_header::parse(std::span{reset}.subspan(20));
  CHECK(header.flags() == (tcp_flag::rst | tcp_flag::ack));
  CHECK(header.sequence() == 0);
  CHECK(header.acknowledgment() == 1011);
  CHECK(header.source_port() == port{53});
  CHECK(header.destination_port() == port{1000});
  CHECK(understood<ipv4>(reset).key.source() == ipv4_address{192, 0, 2, 1});
  CHECK(understood<ipv4>(reset).key.destination() == ipv4_address{10, 0, 0, 5});
  CHECK(understood<ipv4>(reset).facts.ttl == 64);
}

TEST_CASE("a FIN without acknowledgment counts one", "[wire][tcp_reset][rfc9293]") {
  const auto reset = reset_of<ipv4>(test::tcp{}.flags(0x01).sequence(0xFFFFFFFF).bytes());

  CHECK(tcp_header::parse(std::span{reset}.subspan(20))->acknowledgment() == 0);
}

TEST_CASE("a segment with an acknowledgment is reset at it", "[wire][tcp_reset][rfc9293]") {
  const auto packet =
      test::tcp{}.from("2001:db8::5").ack().sequence(7).acknowledgment(4242).payload("x").bytes();
  const auto reset = reset_of<ipv6>(packet);

  CHECK(test::wrong_with(reset) == "");
  REQUIRE(reset.size() == 60);
  const auto header = *tcp_header::parse(std::span{reset}.subspan(40));
  CHECK(header.flags() == tcp_flag::rst);
  CHECK(header.sequence() == 4242);
  CHECK(header.acknowledgment() == 0);
  CHECK(header.window() == 0);
}

TEST_CASE("a reset is never reset", "[wire][tcp_reset][rfc9293]") {
  CHECK(reset_of<ipv4>(test::tcp{}.rst().bytes()).empty());
  CHECK(reset_of<ipv4>(test::tcp{}.flags(0x14).bytes()).empty());
}

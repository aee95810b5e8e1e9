#include "weir/wire/quote.hpp"

#include "weir/wire/header_walk.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/packet_builder.hpp"
#include "tests/wire/walked.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <utility>

using namespace weir;
using test::home;
using test::key;
using test::octets;

namespace {

template <IpVersion V = ipv4>
walked<V> quoted(const test::packet_bytes& packet, std::size_t size = 100'000) {
  return walk_quote<V>(std::span{packet}.first(std::min(size, packet.size())), home);
}

std::span<const std::byte> quote_in(const test::packet_bytes& packet) {
  const auto found = walk<ipv4>(packet, packet.size(), home);
  REQUIRE(found.facts.message == message_kind::icmp_error);
  return quote_of<ipv4>(std::span<const std::byte>{packet}, found.facts);
}

}  // namespace

TEST_CASE("eight bytes of a transport header suffice", "[wire][quote][rfc5508-req3]") {
  for (const auto transport : {protocol::tcp, protocol::udp, protocol::sctp, protocol::dccp}) {
    const auto packet = test::datagram{transport}.payload_size(100).bytes();
    const auto found = quoted(packet, 28);
    CAPTURE(name(transport));
    REQUIRE(found.facts.ok);
    CHECK(unpack(found.key) == key<ipv4>(transport, 1000, 53));
    CHECK(found.facts.end == 28);
    CHECK(found.facts.transport_offset == 20);
  }
}

TEST_CASE("fewer than eight bytes are no quote", "[wire][quote][sr12]") {
  const auto packet = test::udp{}.payload_size(100).bytes();
  for (const std::size_t size : {0u, 1u, 19u, 20u, 27u}) {
    CAPTURE(size);
    CHECK_FALSE(quoted(packet, size).facts.ok);
    CHECK(quoted(packet, size).facts.fault == drop_reason::bad_quote);
  }
}

TEST_CASE("fewer than eight bytes are a quote where the datagram has no more",
          "[wire][quote][rfc792]") {
  const auto* from = GENERATE("10.0.0.5", "2001:db8::5");
  const std::size_t size = GENERATE(0u, 4u, 7u);
  CAPTURE(from, size);
  const auto facts = [&](const test::builder& made, std::size_t cut) {
    auto packet = test::builder{made}.from(from).bytes();
    packet.resize(packet.size() - cut);
    return made.is_ipv6() ? quoted<ipv6>(packet).facts : quoted<ipv4>(packet).facts;
  };
  const auto portless = test::datagram{protocol{89}}.from(from).payload_size(size);
  const auto gre = test::datagram{protocol::gre}.from(from).payload(test::packet_bytes(size));
  const auto longer = test::datagram{protocol{89}}.from(from).payload_size(8);

  CHECK(facts(portless, 0).ok);
  CHECK(facts(portless, 0).message == message_kind::portless);
  CHECK(facts(gre, 0).ok == (size >= 4));
  CHECK_FALSE(facts(longer, 1).ok);
}

TEST_CASE("ports, and identifiers that answers do not share, are quoted or are not there",
          "[wire][quote][rfc792]") {
  const auto whole = [](protocol transport, test::packet_bytes bytes) {
    auto packet = test::datagram{protocol{89}}.payload(std::move(bytes)).bytes();
    test::put(packet, 9, number(transport), 1);
    test::put(packet, 10, 0, 2);
    test::put(packet, 10, test::reference_checksum(std::span{packet}.first(20)), 2);
    return quoted<ipv4>(packet).facts.ok;
  };
  CHECK(whole(protocol::gre, octets({0, 0, 8, 0})));
  CHECK_FALSE(whole(protocol::gre, octets({0x20, 0, 8, 0, 0, 3, 0})));
  CHECK_FALSE(whole(protocol::udp, test::packet_bytes(7)));
  CHECK_FALSE(whole(protocol::sctp, test::packet_bytes(7)));
  CHECK_FALSE(whole(protocol::esp, test::packet_bytes(7)));
  CHECK_FALSE(whole(protocol::icmp, test::packet_bytes(7)));
}

TEST_CASE("a quoted mobility header may be cut behind its first eight bytes", "[wire][quote]") {
  const auto packet = test::datagram{protocol::mobility}
                          .from("2001:db8::5")
                          .payload(octets({59, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}))
                          .bytes();

  CHECK(quoted<ipv6>(packet, 48).facts.ok);
  CHECK_FALSE(quoted<ipv6>(packet, 47).facts.ok);
}

TEST_CASE("the flags of a quoted segment are known where it reaches them", "[wire][quote]") {
  const auto packet = test::tcp{}.syn().bytes();

  CHECK(quoted(packet, 33).facts.tcp_flags == 0);
  CHECK(quoted(packet, 34).facts.tcp_flags == tcp_flag::syn);
}

TEST_CASE("a quote whose header checksum is wrong is no quote", "[wire][quote][rfc5508-req3a]") {
  CHECK_FALSE(quoted(test::udp{}.bad_ip_checksum().bytes()).facts.ok);
}

TEST_CASE("quoted options are stepped over", "[wire][quote][rfc5508-req3b]") {
  for (const std::size_t size : {4u, 8u, 40u}) {
    const auto packet = test::udp{}.ip_options(test::packet_bytes(size, std::byte{1})).bytes();
    CAPTURE(size);
    CHECK(unpack(quoted(packet).key) == key<ipv4>(protocol::udp, 1000, 53));
    CHECK(quoted(packet).facts.transport_offset == 20 + size);
  }
}

TEST_CASE("the transport checksum of a quote is not checked", "[wire][quote][rfc5508-req3c]") {
  CHECK(quoted(test::udp{}.bad_checksum().payload("x").bytes()).facts.ok);
}

TEST_CASE("lengths in a quote bind nobody", "[wire][quote][v4][sr12]") {
  CHECK(quoted(test::udp{}.total_length(0xFFFF).bytes()).facts.ok);
  CHECK(quoted(test::udp{}.udp_length(0xFFFF).bytes()).facts.ok);
  CHECK(quoted(test::udp{}.no_checksum().udp_length(0).bytes()).facts.ok);
  CHECK(quoted(test::tcp{}.data_offset(15).bytes()).facts.ok);
  CHECK_FALSE(quoted(test::udp{}.total_length(19).bytes()).facts.ok);
  CHECK_FALSE(quoted(test::udp{}.total_length(27).bytes()).facts.ok);
}

TEST_CASE("what follows a quoted datagram is no part of it", "[wire][quote][rfc5508-req3d]") {
  auto packet = test::udp{}.payload_size(4).bytes();
  packet.resize(128);

  CHECK(quoted(packet).facts.end == 32);
}

TEST_CASE("a quoted query has the key that it was sent under", "[wire][quote][rfc5508-req4]") {
  const auto asked = test::echo{}.identifier(7).payload_size(30).bytes();
  const auto found = quoted(asked, 28);

  CHECK(found.facts.message == message_kind::icmp_query);
  CHECK(unpack(found.key) == key<ipv4>(protocol::icmp, 7, 8));
  CHECK(same_flow(found.key, walk<ipv4>(asked, asked.size(), home).key));
}

TEST_CASE("a quoted error is told from a query", "[wire][quote]") {
  const auto inner = test::udp{}.bytes();

  CHECK(quoted(test::icmp{11, 0}.quote(inner).bytes()).facts.message == message_kind::icmp_error);
}

TEST_CASE("quoted ESP and GRE show their identifiers", "[wire][quote][v7]") {
  const auto esp = test::datagram{protocol::esp}.spi(0x00010002).bytes();
  const auto gre =
      test::datagram{protocol::gre}.payload(octets({0x20, 0, 8, 0, 0, 3, 0, 4})).bytes();
  const auto cut =
      test::datagram{protocol::gre}.payload(octets({0xA0, 0, 8, 0, 1, 1, 0, 0, 0, 3})).bytes();

  CHECK(unpack(quoted(esp).key) == key<ipv4>(protocol::esp, 1, 2));
  CHECK(unpack(quoted(gre).key) == key<ipv4>(protocol::gre, 3, 4));
  CHECK_FALSE(quoted(cut).facts.ok);
}

TEST_CASE("a quoted protocol without ports has none", "[wire][quote][v7]") {
  const auto packet = test::datagram{protocol::igmp}.payload_size(8).bytes();

  CHECK(quoted(packet).facts.message == message_kind::portless);
  CHECK(unpack(quoted(packet).key) == key<ipv4>(protocol::igmp, 0, 0));
}

TEST_CASE("a quoted piece shows its ports if it is the first", "[wire][quote]") {
  const auto pieces = test::udp{}.payload_size(60).fragments(32);

  CHECK(quoted(pieces[0]).facts.message == message_kind::udp);
  CHECK(unpack(quoted(pieces[0]).key) == key<ipv4>(protocol::udp, 1000, 53));
  CHECK(quoted(pieces[1]).facts.ok);
  CHECK(quoted(pieces[1]).facts.message == message_kind::opaque);
}

TEST_CASE("a quote over IPv6 is read through its extension headers", "[wire][quote]") {
  const auto packet = test::tcp{}
                          .from("2001:db8::5")
                          .extension(protocol::hop_by_hop)
                          .fragment_header(0, true)
                          .payload_size(100)
                          .bytes();
  const auto found = quoted<ipv6>(packet, 64);

  REQUIRE(found.facts.ok);
  CHECK(found.facts.message == message_kind::tcp);
  CHECK(found.facts.transport_offset == 56);
  CHECK(unpack(found.key).source.port == port{1000});
  CHECK_FALSE(quoted<ipv6>(packet, 63).facts.ok);
  CHECK_FALSE(quoted<ipv6>(packet, 47).facts.ok);
  CHECK_FALSE(quoted<ipv6>(packet, 39).facts.ok);
}

TEST_CASE("the quote of an error is what follows its header", "[wire][quote]") {
  const auto inner = test::udp{}.payload_size(20).bytes();
  auto packet = test::icmp{3, 3}.quote(inner).bytes();
  packet.resize(packet.size() + 6, std::byte{0xEE});  // padding

  const auto quote = quote_in(packet);

  CHECK(std::equal(quote.begin(), quote.end(), inner.begin(), inner.end()));
}

TEST_CASE("extensions behind a quote are no part of it", "[wire][quote][rfc4884]") {
  auto quoted_part = test::udp{}.payload_size(20).bytes();
  quoted_part.resize(128);
  auto body = quoted_part;
  test::append(body, octets({0x20, 0, 0, 0, 0, 8, 1, 1, 1, 2, 3, 4}));

  const auto marked = test::icmp{11, 0}.rest(32u << 16).payload(body).bytes();
  const auto unmarked = test::icmp{11, 0}.payload(body).bytes();
  const auto lying = test::icmp{11, 0}.rest(255u << 16).payload(body).bytes();

  CHECK(quote_in(marked).size() == 128);
  CHECK(quote_in(unmarked).size() == 140);
  CHECK(quote_in(lying).size() == 140);
}

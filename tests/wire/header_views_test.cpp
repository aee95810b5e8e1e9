#include "weir/wire/esp_header.hpp"
#include "weir/wire/gre_header.hpp"
#include "weir/wire/icmp_header.hpp"
#include "weir/wire/ipv4_header.hpp"
#include "weir/wire/ipv6_header.hpp"
#include "weir/wire/link_header.hpp"
#include "weir/wire/tcp_header.hpp"
#include "weir/wire/udp_header.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/packet_builder.hpp"

#include <cstddef>
#include <span>

using namespace weir;
using test::octets;

namespace {

std::span<const std::byte> first(const test::packet_bytes& bytes, std::size_t count) {
  return std::span{bytes}.first(count);
}

}  // namespace

TEST_CASE("an IPv4 header says what was written", "[wire][ipv4]") {
  const auto packet = test::udp{}
                          .from("10.1.2.3", 1)
                          .to("192.0.2.9", 2)
                          .tos(0xB8)
                          .id(0xABCD)
                          .ttl(17)
                          .ip_options(octets({148, 4, 0, 0, 1}))
                          .payload_size(3)
                          .bytes();
  const auto header = ipv4_header::parse(packet);

  REQUIRE(header);
  CHECK(header->size() == 28);
  CHECK(header->type_of_service() == 0xB8);
  CHECK(header->total_length() == 39);
  CHECK(header->identification() == 0xABCD);
  CHECK(header->ttl() == 17);
  CHECK(header->protocol() == protocol::udp);
  CHECK(header->source() == ipv4_address{10, 1, 2, 3});
  CHECK(header->destination() == ipv4_address{192, 0, 2, 9});
  CHECK(header->may_fragment());
  CHECK_FALSE(header->is_fragment());
  CHECK(header->options().size() == 8);
  CHECK(header->checksum_is_right());
}

TEST_CASE("a wrong header checksum is completed, a right one and cut headers stay",
          "[wire][ipv4]") {
  const auto right = test::udp{}.ip_options(octets({1, 1, 1, 0})).payload("hello").bytes();
  auto wrong =
      test::udp{}.ip_options(octets({1, 1, 1, 0})).payload("hello").bad_ip_checksum().bytes();
  auto same = right;
  auto cut = wrong;
  cut.resize(23);
  const auto before = cut;

  CHECK(complete_header_checksum(wrong));
  CHECK(wrong == right);
  CHECK_FALSE(complete_header_checksum(same));
  CHECK(same == right);
  CHECK_FALSE(complete_header_checksum(cut));
  CHECK(cut == before);
}

TEST_CASE("an IPv4 header is read at its length and not below", "[wire][ipv4]") {
  const auto packet = test::udp{}.ip_options(octets({1, 1, 1, 1})).bytes();

  CHECK(ipv4_header::parse(first(packet, 24)));
  CHECK_FALSE(ipv4_header::parse(first(packet, 23)));
  CHECK_FALSE(ipv4_header::parse(first(packet, 19)));
  CHECK_FALSE(ipv4_header::parse({}));
}

TEST_CASE("an IPv4 header that lies is none", "[wire][ipv4]") {
  auto packet = test::udp{}.bytes();
  SECTION("version") { packet[0] = std::byte{0x65}; }
  SECTION("header length under five words") { packet[0] = std::byte{0x44}; }
  SECTION("header length past the bytes") { packet[0] = std::byte{0x4F}; }
  SECTION("total length under the header") { packet[2] = packet[3] = std::byte{0x00}; }

  CHECK_FALSE(ipv4_header::parse(packet));
}

TEST_CASE("the pieces of an IPv4 datagram say where they belong", "[wire][ipv4]") {
  const auto pieces = test::udp{}.payload_size(60).fragments(32);

  REQUIRE(pieces.size() == 3);
  const auto one = *ipv4_header::parse(pieces[0]);
  const auto last = *ipv4_header::parse(pieces[2]);
  CHECK(one.is_fragment());
  CHECK(one.fragment_offset() == 0);
  CHECK(one.more_fragments());
  CHECK(last.is_fragment());
  CHECK(last.fragment_offset() == 64);
  CHECK_FALSE(last.more_fragments());
}

TEST_CASE("IPv4 options are walked to their end and no further", "[wire][ipv4][rfc7126]") {
  CHECK(walk_ipv4_options(octets({131, 7, 4, 1, 2, 3, 4})).source_route);
  CHECK(walk_ipv4_options(octets({1, 1, 137, 3, 4})).source_route);
  CHECK_FALSE(walk_ipv4_options(octets({0, 131, 3, 4})).source_route);
  CHECK_FALSE(walk_ipv4_options(octets({68, 4, 131, 3})).source_route);  // inside a timestamp
  CHECK(walk_ipv4_options({}).well_formed);
  for (const auto& lie : {octets({131}), octets({131, 0}), octets({131, 1}), octets({131, 5, 4, 7}),
                          octets({7, 5, 0, 0})}) {
    CHECK_FALSE(walk_ipv4_options(lie).well_formed);
  }
}

TEST_CASE("an IPv6 header says what was written", "[wire][ipv6]") {
  const auto packet =
      test::udp{}.from("2001:db8::1", 1).to("2001:db8::2", 2).tos(0x2E).ttl(3).bytes();
  const auto header = ipv6_header::parse(packet);

  REQUIRE(header);
  CHECK(header->traffic_class() == 0x2E);
  CHECK(header->flow_label() == 0);
  CHECK(header->payload_length() == 8);
  CHECK(header->next_header() == protocol::udp);
  CHECK(header->hop_limit() == 3);
  CHECK(header->source() == ipv6_address::from_halves(0x20010DB800000000, 1));
  CHECK(header->destination() == ipv6_address::from_halves(0x20010DB800000000, 2));
  CHECK_FALSE(ipv6_header::parse(first(packet, 39)));
  CHECK_FALSE(ipv6_header::parse(test::udp{}.payload_size(40).bytes()));
}

TEST_CASE("hop-by-hop options are walked to their end and no further", "[wire][ipv6]") {
  CHECK_FALSE(walk_hop_by_hop(octets({5, 2, 0, 0, 1, 0})).jumbo);
  CHECK(walk_hop_by_hop(octets({0, 0, 0xC2, 4, 0, 1, 0, 0})).jumbo);
  CHECK_FALSE(walk_hop_by_hop(octets({1, 4, 0xC2, 2, 0, 0})).jumbo);  // inside padding
  CHECK(walk_hop_by_hop(octets({1, 0})).well_formed);
  CHECK(walk_hop_by_hop({}).well_formed);
  CHECK_FALSE(walk_hop_by_hop(octets({1, 1})).well_formed);
  CHECK_FALSE(walk_hop_by_hop(octets({5})).well_formed);
}

TEST_CASE("a TCP header is read with its options and not without", "[wire][tcp]") {
  const auto packet = test::tcp{}.syn().mss(1460).sequence(7).window(512).bytes();
  const auto segment = std::span{packet}.subspan(20);

  REQUIRE(tcp_header::parse(segment));
  CHECK(tcp_header::parse(segment)->size() == 24);
  CHECK(tcp_header::parse(segment)->sequence() == 7);
  CHECK(tcp_header::parse(segment)->window() == 512);
  CHECK_FALSE(tcp_header::parse(segment.first(23)));
  CHECK_FALSE(tcp_header::parse(segment.first(19)));
}

TEST_CASE("only combinations of TCP flags that can be are legal", "[wire][tcp]") {
  for (unsigned flags = 0; flags < 256; ++flags) {
    const bool fin = (flags & 1) != 0;
    const bool syn = (flags & 2) != 0;
    const bool rst = (flags & 4) != 0;
    const bool null = flags % 64 == 0;
    CAPTURE(flags);
    CHECK(tcp_flags_are_legal(static_cast<std::uint8_t>(flags)) ==
          (!null && !(syn && fin) && !(syn && rst)));
  }
}

TEST_CASE("ICMP messages are queries, errors or neither", "[wire][icmp]") {
  for (unsigned type = 0; type < 256; ++type) {
    const auto value = static_cast<std::uint8_t>(type);
    const bool error = type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
    const bool query =
        type == 0 || type == 8 || (type >= 13 && type <= 18) || type == 42 || type == 43;
    const bool query6 =
        type == 128 || type == 129 || type == 146 || type == 147 || type == 160 || type == 161;
    CAPTURE(type);
    CHECK(is_icmp_error<ipv4>(value) == error);
    CHECK(icmp_request_of<ipv4>(value).has_value() == query);
    CHECK(is_icmp_error<ipv6>(value) == (type < 128));
    CHECK(icmp_request_of<ipv6>(value).has_value() == query6);
  }
}

TEST_CASE("the length attribute is read where RFC 4884 puts it", "[wire][icmp][rfc4884]") {
  CHECK(icmp_header<ipv4>::parse(octets({3, 1, 0, 0, 0, 33, 0, 0}))->quote_size() == 132);
  CHECK(icmp_header<ipv4>::parse(octets({12, 0, 0, 0, 9, 33, 0, 0}))->quote_size() == 132);
  CHECK(icmp_header<ipv4>::parse(octets({5, 1, 0, 0, 0, 33, 0, 0}))->quote_size() == 0);
  CHECK(icmp_header<ipv6>::parse(octets({1, 1, 0, 0, 16, 0, 0, 0}))->quote_size() == 128);
  CHECK(icmp_header<ipv6>::parse(octets({3, 0, 0, 0, 16, 0, 0, 0}))->quote_size() == 128);
  CHECK(icmp_header<ipv6>::parse(octets({2, 0, 0, 0, 16, 0, 0, 0}))->quote_size() == 0);
}

TEST_CASE("the MTU is read where each family puts it", "[wire][icmp]") {
  CHECK(icmp_header<ipv4>::parse(octets({3, 4, 0, 0, 0, 0, 5, 0xDC}))->mtu() == 1500);
  CHECK(icmp_header<ipv6>::parse(octets({2, 0, 0, 0, 0, 1, 5, 0xDC}))->mtu() == 65536 + 1500);
}

TEST_CASE("GRE headers are read through their key", "[wire][gre]") {
  CHECK_FALSE(gre_header::parse(octets({0, 0, 8})));
  CHECK_FALSE(gre_header::parse(octets({0xA0, 0, 8, 0, 1, 2, 3, 4, 5, 6, 7})));
  CHECK(gre_header::parse(octets({0xA0, 0, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8}))->key() == 0x05060708);
  CHECK(gre_header::parse(octets({0x80, 0, 8, 0, 1, 2, 3, 4}))->key() == 0);
}

TEST_CASE("an ESP header is its index and sequence", "[wire][esp]") {
  const auto bytes = octets({0xC0, 0xDE, 0, 1, 0, 0, 0, 9});
  const auto header = esp_header::parse(bytes);

  CHECK(header->spi() == 0xC0DE0001);
  CHECK(header->sequence() == 9);
}

TEST_CASE("an Ethernet header is written as it is read", "[wire][link]") {
  const link_addresses addresses{mac_address{{2, 0, 0, 0, 0, 1}}, mac_address{{2, 0, 0, 0, 0, 2}}};
  const vlan_tag tags[] = {{ethertype::service_vlan, 0x2064}, {ethertype::vlan, 0x0001}};
  test::packet_bytes frame(ethernet_size(2));

  write_ethernet_header(frame, addresses, tags, ethertype::ipv6);

  CHECK(frame == test::hex("020000000001 020000000002 88a8 2064 8100 0001 86dd"));
  CHECK(ethernet_header::parse(frame)->destination() == addresses.destination);
  CHECK(ethernet_header::parse(frame)->source() == addresses.source);
  CHECK(tags[0].id() == 0x064);
}

#include "weir/policy/rule_criteria.hpp"

#include "tests/support/catch.hpp"

#include <cstdint>
#include <initializer_list>
#include <vector>

using namespace weir;

namespace {

constexpr std::uint8_t fin = 0x01;
constexpr std::uint8_t syn = 0x02;
constexpr std::uint8_t rst = 0x04;
constexpr std::uint8_t psh = 0x08;
constexpr std::uint8_t ack = 0x10;
constexpr std::uint8_t urg = 0x20;

constexpr ipv4_address host{192, 0, 2, 10};
constexpr ipv4_address server{198, 51, 100, 20};

/// A whole packet from 192.0.2.10:40000 to 198.51.100.20:80.
policy_query<ipv4> packet(protocol transport) {
  policy_query<ipv4> made;
  made.flow.protocol = transport;
  made.flow.source = {host, port{40000}};
  made.flow.destination = {server, port{80}};
  return made;
}
policy_query<ipv4> segment(std::uint8_t flags) {
  auto made = packet(protocol::tcp);
  made.tcp_flags = flags;
  return made;
}
policy_query<ipv4> message(std::uint8_t type, std::uint8_t code) {
  auto made = packet(protocol::icmp);
  made.flow.source.port = port{7};
  made.flow.destination.port = port{type};
  made.icmp_type = type;
  made.icmp_code = code;
  return made;
}
policy_query<ipv4> later_piece(protocol transport) {
  auto made = packet(transport);
  made.flow.source.port = made.flow.destination.port = port{};
  made.fragment = fragment_kind::later;
  made.header_known = false;
  return made;
}
policy_query<ipv6> packet6(std::uint64_t source_low, std::uint64_t destination_low) {
  policy_query<ipv6> made;
  made.flow.protocol = protocol::udp;
  made.flow.source.address = ipv6_address::from_halves(0x2001'0DB8'0000'0001, source_low);
  made.flow.destination.address = ipv6_address::from_halves(0x2001'0DB8'0000'0002, destination_low);
  return made;
}
/// The same behind an authentication header.
policy_query<ipv6> authenticated6() {
  auto made = packet6(1, 2);
  made.authenticated = true;
  return made;
}

ipv4_prefix block(ipv4_address address, unsigned length) {
  return ipv4_prefix::around(address, length);
}
port_range ports(std::uint16_t first, std::uint16_t last) {
  return port_range::between(port{first}, port{last}).value();
}

template <class V>
rule_answer answer(const rule& one, const policy_query<V>& query) {
  return rule_criteria<V>{one}.answer(query);
}

}  // namespace

TEST_CASE("a rule without criteria matches every packet", "[policy][rules][s7]") {
  const rule any;

  CHECK(answer(any, packet(protocol::tcp)) == rule_answer::yes);
  CHECK(answer(any, packet(protocol{253})) == rule_answer::yes);
  CHECK(answer(any, message(8, 0)) == rule_answer::yes);
  CHECK(answer(any, later_piece(protocol::tcp)) == rule_answer::yes);
  CHECK(answer(any, packet6(1, 2)) == rule_answer::yes);
}

TEST_CASE("a family is met by its own packets", "[policy][rules][s7]") {
  rule one;
  one.family = ip_family::ipv4;
  CHECK(answer(one, packet(protocol::tcp)) == rule_answer::yes);
  CHECK(answer(one, packet6(1, 2)) == rule_answer::no);

  one.family = ip_family::ipv6;
  CHECK(answer(one, packet(protocol::tcp)) == rule_answer::no);
  CHECK(answer(one, packet6(1, 2)) == rule_answer::yes);
}

TEST_CASE("addresses are met inside one of the blocks", "[policy][rules][s7]") {
  rule one;
  one.sources = {block({203, 0, 113, 0}, 24), block({192, 0, 2, 8}, 30)};
  CHECK(answer(one, packet(protocol::tcp)) == rule_answer::yes);
  one.sources = {block({203, 0, 113, 0}, 24), block({192, 0, 2, 12}, 30)};
  CHECK(answer(one, packet(protocol::tcp)) == rule_answer::no);

  one.sources.clear();
  one.destinations = {ipv4_prefix::host(server)};
  CHECK(answer(one, packet(protocol::tcp)) == rule_answer::yes);
  CHECK(answer(one, reversed(packet(protocol::tcp))) == rule_answer::no);
  one.destinations = {ipv4_prefix{}};
  CHECK(answer(one, packet(protocol::tcp)) == rule_answer::yes);
}

TEST_CASE("blocks longer than half an address are met to the last bit", "[policy][rules][s7]") {
  rule one;
  const auto length = GENERATE(65u, 96u, 127u, 128u);
  const std::uint64_t last_bit = 1ull << (128 - length);
  one.sources = {
      ipv6_prefix::around(ipv6_address::from_halves(0x2001'0DB8'0000'0001, last_bit), length)};

  CHECK(answer(one, packet6(last_bit, 0)) == rule_answer::yes);
  CHECK(answer(one, packet6(last_bit | (last_bit - 1), 0)) == rule_answer::yes);
  CHECK(answer(one, packet6(last_bit - 1, 0)) == rule_answer::no);
}

TEST_CASE("addresses of the other family meet nothing", "[policy][rules][s8]") {
  rule one;
  one.sources = {block({192, 0, 2, 0}, 24)};
  CHECK(answer(one, packet6(1, 2)) == rule_answer::no);

  one.destinations = {ipv6_prefix{}};
  CHECK(answer(one, packet(protocol::tcp)) == rule_answer::no);
  CHECK(answer(one, packet6(1, 2)) == rule_answer::no);
}

TEST_CASE("a list of both families serves each", "[policy][rules][s7]") {
  rule one;
  one.sources = {block({192, 0, 2, 0}, 24), ipv6_prefix{}};

  CHECK(answer(one, packet(protocol::tcp)) == rule_answer::yes);
  CHECK(answer(one, packet6(1, 2)) == rule_answer::yes);
  one.sources = {block({203, 0, 113, 0}, 24), ipv6_prefix{}};
  CHECK(answer(one, packet(protocol::tcp)) == rule_answer::no);
}

TEST_CASE("a protocol is one of those listed", "[policy][rules][s7]") {
  rule one;
  one.protocols = {protocol::tcp, protocol::esp};

  CHECK(answer(one, packet(protocol::tcp)) == rule_answer::yes);
  CHECK(answer(one, packet(protocol::esp)) == rule_answer::yes);
  CHECK(answer(one, packet(protocol::udp)) == rule_answer::no);
}

TEST_CASE("ports are met at both ends of a range", "[policy][rules][s7]") {
  rule one;
  one.destination_ports = {ports(81, 90), ports(443, 443), ports(70, 80)};
  CHECK(answer(one, packet(protocol::tcp)) == rule_answer::yes);
  one.destination_ports = {ports(80, 90)};
  CHECK(answer(one, packet(protocol::udp)) == rule_answer::yes);
  one.destination_ports = {ports(81, 90)};
  CHECK(answer(one, packet(protocol::tcp)) == rule_answer::no);

  one.destination_ports.clear();
  one.source_ports = {ports(40000, 40000)};
  CHECK(answer(one, packet(protocol::tcp)) == rule_answer::yes);
  one.source_ports = {ports(1, 39999), ports(40001, 65535)};
  CHECK(answer(one, packet(protocol::tcp)) == rule_answer::no);
}

TEST_CASE("port zero can be named", "[policy][rules][s8]") {
  rule one;
  one.destination_ports = {port_range::only(port{0})};
  auto query = packet(protocol::udp);
  CHECK(answer(one, query) == rule_answer::no);

  query.flow.destination.port = port{0};

  CHECK(answer(one, query) == rule_answer::yes);
}

TEST_CASE("a port never matches a protocol without ports", "[policy][rules][s8]") {
  rule one;
  one.destination_ports = {port_range{}};
  const auto transport =
      GENERATE(protocol::icmp, protocol::icmpv6, protocol::esp, protocol::gre, protocol{253});

  CHECK(answer(one, packet(transport)) == rule_answer::no);
  one.destination_ports.clear();
  one.source_ports = {port_range{}};
  CHECK(answer(one, packet(transport)) == rule_answer::no);
}

TEST_CASE("a port matches every protocol with ports", "[policy][rules][s8]") {
  rule one;
  one.destination_ports = {port_range::only(port{80})};
  const auto transport =
      GENERATE(protocol::tcp, protocol::udp, protocol::sctp, protocol::udp_lite, protocol::dccp);

  CHECK(answer(one, packet(transport)) == rule_answer::yes);
}

TEST_CASE("ICMP types and codes are met inside one of the ranges", "[policy][rules][s7]") {
  rule one;
  one.icmp_types = {{8, 8}, {13, 14}};
  CHECK(answer(one, message(8, 0)) == rule_answer::yes);
  CHECK(answer(one, message(14, 3)) == rule_answer::yes);
  CHECK(answer(one, message(0, 0)) == rule_answer::no);

  one.icmp_codes = {{0, 1}};
  CHECK(answer(one, message(8, 1)) == rule_answer::yes);
  CHECK(answer(one, message(8, 2)) == rule_answer::no);
  one.icmp_codes = {{3, 1}};
  CHECK(answer(one, message(8, 2)) == rule_answer::no);
}

TEST_CASE("ICMP types and codes match ICMP alone", "[policy][rules][s8]") {
  rule one;
  one.icmp_types = {{0, 255}};
  CHECK(answer(one, packet(protocol::tcp)) == rule_answer::no);

  one.protocols = {protocol::tcp};
  CHECK(answer(one, message(8, 0)) == rule_answer::no);
  one.protocols = {protocol::icmp};
  CHECK(answer(one, packet(protocol::icmpv6)) == rule_answer::no);
}

TEST_CASE("ICMP types and codes match the ICMP of the packet's family alone",
          "[policy][rules][s8]") {
  auto six = packet6(1, 2);
  rule one;
  one.protocols = {protocol::icmp, protocol::icmpv6};
  if (GENERATE(true, false)) {
    one.icmp_types = {{0, 255}};
  } else {
    one.icmp_codes = {{0, 255}};
  }

  CHECK(answer(one, packet(protocol::icmp)) == rule_answer::yes);
  CHECK(answer(one, packet(protocol::icmpv6)) == rule_answer::no);
  six.flow.protocol = protocol::icmp;
  CHECK(answer(one, six) == rule_answer::no);
  six.flow.protocol = protocol::icmpv6;
  CHECK(answer(one, six) == rule_answer::yes);
}

TEST_CASE("the authentication header of IPv6 is met whatever follows it",
          "[policy][rules][rfc4302]") {
  const auto covered = authenticated6();
  rule one;
  one.action = GENERATE(action::deny, action::reject, action::permit);
  one.protocols = {protocol::ah};

  CHECK(answer(one, covered) == rule_answer::yes);
  CHECK(answer(one, packet6(1, 2)) == rule_answer::no);
  CHECK(answer(one, packet(protocol::ah)) == rule_answer::yes);
  one.destinations = {ipv6_prefix::host(ipv6_address::from_halves(1, 1))};
  CHECK(answer(one, covered) == rule_answer::no);
}

TEST_CASE("a rule that opens sessions is not met by the authentication header of IPv6",
          "[policy][rules][rfc4302]") {
  const auto covered = authenticated6();
  rule one;
  one.action = GENERATE(action::permit_stateful, action::permit_stateful_nat);
  one.protocols = {protocol::ah};

  CHECK(answer(one, covered) == rule_answer::no);
  CHECK(answer(one, packet(protocol::ah)) == rule_answer::yes);
}

TEST_CASE("a rule that asks for what follows is not met by the authentication header",
          "[policy][rules][rfc4302]") {
  auto covered = authenticated6();
  rule one;
  one.protocols = {protocol::tcp, protocol::ah};
  one.source_ports = {ports(0, 65535)};

  CHECK(answer(one, covered) == rule_answer::no);
  covered.flow.protocol = protocol::tcp;
  CHECK(answer(one, covered) == rule_answer::yes);
}

TEST_CASE("flags that are named are all set", "[policy][rules]") {
  rule xmas;
  xmas.tcp_flags_set = fin | psh | urg;

  CHECK(answer(xmas, segment(fin | psh | urg)) == rule_answer::yes);
  CHECK(answer(xmas, segment(fin | psh | urg | ack)) == rule_answer::yes);
  CHECK(answer(xmas, segment(fin | psh)) == rule_answer::no);
}

TEST_CASE("flags that are excluded are all clear", "[policy][rules]") {
  rule opening;
  opening.tcp_flags_set = syn;
  opening.tcp_flags_clear = ack | rst;

  CHECK(answer(opening, segment(syn)) == rule_answer::yes);
  CHECK(answer(opening, segment(syn | psh)) == rule_answer::yes);
  CHECK(answer(opening, segment(syn | ack)) == rule_answer::no);
  CHECK(answer(opening, segment(0)) == rule_answer::no);
}

TEST_CASE("established is ACK or RST", "[policy][rules]") {
  rule established;
  established.tcp_established = true;

  CHECK(answer(established, segment(ack)) == rule_answer::yes);
  CHECK(answer(established, segment(rst)) == rule_answer::yes);
  CHECK(answer(established, segment(syn | ack)) == rule_answer::yes);
  CHECK(answer(established, segment(syn)) == rule_answer::no);
}

TEST_CASE("flags match TCP alone", "[policy][rules][s8]") {
  rule clear;
  clear.tcp_flags_clear = rst;

  CHECK(answer(clear, segment(ack)) == rule_answer::yes);
  CHECK(answer(clear, packet(protocol::udp)) == rule_answer::no);
  CHECK(answer(clear, later_piece(protocol::udp)) == rule_answer::no);
}

TEST_CASE("a rule may name pieces of datagrams", "[policy][rules]") {
  const auto [named, matches_whole, matches_first, matches_later] = GENERATE(
      table<fragment_match, bool, bool, bool>({{fragment_match::unspecified, true, true, true},
                                               {fragment_match::later, false, false, true},
                                               {fragment_match::first, false, true, false},
                                               {fragment_match::any, false, true, true},
                                               {fragment_match::none, true, false, false}}));
  rule one;
  one.fragment = named;
  auto first = packet(protocol::udp);
  first.fragment = fragment_kind::first;

  CHECK((answer(one, packet(protocol::udp)) == rule_answer::yes) == matches_whole);
  CHECK((answer(one, first) == rule_answer::yes) == matches_first);
  CHECK((answer(one, later_piece(protocol::udp)) == rule_answer::yes) == matches_later);
}

TEST_CASE("of a later piece a rule for ports, types or flags needs the header",
          "[policy][rules][s8][sd12]") {
  rule web;
  web.destination_ports = {port_range::only(port{80})};
  CHECK(answer(web, later_piece(protocol::tcp)) == rule_answer::needs_header);
  CHECK(answer(web, later_piece(protocol::esp)) == rule_answer::no);

  rule ping;
  ping.icmp_types = {{8, 8}};
  CHECK(answer(ping, later_piece(protocol::icmp)) == rule_answer::needs_header);
  CHECK(answer(ping, later_piece(protocol::tcp)) == rule_answer::no);

  rule established;
  established.tcp_established = true;
  CHECK(answer(established, later_piece(protocol::tcp)) == rule_answer::needs_header);
}

TEST_CASE("what is known of a later piece is judged first", "[policy][rules][sd12]") {
  rule web;
  web.destination_ports = {port_range::only(port{80})};
  web.sources = {block({203, 0, 113, 0}, 24)};
  CHECK(answer(web, later_piece(protocol::tcp)) == rule_answer::no);

  web.sources.clear();
  web.fragment = fragment_match::none;
  CHECK(answer(web, later_piece(protocol::tcp)) == rule_answer::no);
  web.fragment = fragment_match::later;
  CHECK(answer(web, later_piece(protocol::tcp)) == rule_answer::needs_header);
}

TEST_CASE("a later piece whose header is known is judged in full", "[policy][rules][sd12]") {
  rule web;
  web.destination_ports = {port_range::only(port{80})};
  auto reassembled = packet(protocol::tcp);
  reassembled.fragment = fragment_kind::later;

  CHECK(answer(web, reassembled) == rule_answer::yes);
  reassembled.flow.destination.port = port{81};
  CHECK(answer(web, reassembled) == rule_answer::no);
}

TEST_CASE("blocks and ranges are kept disjoint", "[policy][rules]") {
  rule one;
  one.sources = {block({10, 1, 0, 0}, 16), block({10, 0, 0, 0}, 8), block({10, 0, 0, 0}, 24),
                 block({11, 0, 0, 0}, 8)};
  one.destination_ports = {ports(20, 30), ports(5, 10), ports(8, 12), ports(12, 15), ports(16, 16)};
  const rule_criteria<ipv4> kept{one};

  CHECK(std::vector(kept.sources().begin(), kept.sources().end()) ==
        std::vector{block({10, 0, 0, 0}, 8), block({11, 0, 0, 0}, 8)});
  CHECK(std::vector(kept.destination_ports().begin(), kept.destination_ports().end()) ==
        std::vector{ports(5, 15), ports(16, 16), ports(20, 30)});
}

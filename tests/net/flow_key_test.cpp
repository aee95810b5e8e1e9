#include "weir/net/flow_key.hpp"

#include "weir/net/flow_words.hpp"
#include "weir/net/protocol.hpp"

#include "tests/support/catch.hpp"

using namespace weir;

namespace {

constexpr flow_key<ipv4> there{domain_id{1},
                               protocol::tcp,
                               {ipv4_address{10, 0, 0, 1}, port{1000}},
                               {ipv4_address{192, 0, 2, 1}, port{443}}};

}  // namespace

TEST_CASE("the reverse of a key swaps its ends and keeps the rest", "[net][flow_key]") {
  const auto back = reversed(there);

  CHECK(back.domain == there.domain);
  CHECK(back.protocol == there.protocol);
  CHECK(back.source == there.destination);
  CHECK(back.destination == there.source);
  CHECK(reversed(back) == there);
  CHECK(back != there);
}

TEST_CASE("keys that differ in any field are different flows", "[net][flow_key]") {
  auto other = there;
  SECTION("domain") { other.domain = domain_id{2}; }
  SECTION("protocol") { other.protocol = protocol::udp; }
  SECTION("source address") { other.source.address = ipv4_address{10, 0, 0, 2}; }
  SECTION("source port") { other.source.port = port{1001}; }
  SECTION("destination address") { other.destination.address = ipv4_address{192, 0, 2, 2}; }
  SECTION("destination port") { other.destination.port = port{444}; }

  CHECK(other != there);
}

TEST_CASE("directions are each other's opposite", "[net][flow_key]") {
  CHECK(opposite(direction::original) == direction::reply);
  CHECK(opposite(direction::reply) == direction::original);
}

TEST_CASE("only transports with ports say so", "[net][protocol]") {
  CHECK(has_ports(protocol::tcp));
  CHECK(has_ports(protocol::udp));
  CHECK(has_ports(protocol::sctp));
  CHECK(has_ports(protocol::udp_lite));
  CHECK(has_ports(protocol::dccp));
  CHECK_FALSE(has_ports(protocol::icmp));
  CHECK_FALSE(has_ports(protocol::esp));
  CHECK_FALSE(has_ports(protocol::gre));
}

TEST_CASE("protocols without a name are legal", "[net][protocol]") {
  CHECK(name(protocol::tcp) == "tcp");
  CHECK(name(protocol{200}).empty());
  CHECK(number(protocol{200}) == 200);
}

TEST_CASE("a zone belongs to none until it is named", "[net][domain]") {
  CHECK(zone_id{}.is_none());
  CHECK_FALSE(zone_id::local().is_none());
  CHECK(zone_id{1} != zone_id::local());
}

TEST_CASE("a flow is words in host order, with ports in the last one", "[net][flow_key]") {
  CHECK(words_of(there) == flow_words<ipv4>{0x0A00'0001, 0xC000'0201, 0, 443u << 16 | 1000});

  const flow_key<ipv6> six{
      domain_id{1},
      protocol::udp,
      {ipv6_address::from_halves(0x2001'0DB8'0000'0001, 0x0203'0405'0607'0809), port{53}},
      {ipv6_address::from_halves(0xFF02'0000'0000'0000, 1), port{0xFFFF}}};
  CHECK(words_of(six) == flow_words<ipv6>{0x2001'0DB8, 1, 0x0203'0405, 0x0607'0809, 0xFF02'0000, 0,
                                          0, 1, 0, 0, 0, 0xFFFF'0035});
}

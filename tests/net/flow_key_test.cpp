#include "weir/net/flow_key.hpp"

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

#include "weir/link/strip.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/packet_builder.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

using namespace weir;

namespace {

const mac_address gateway{{2, 0, 0, 0, 0, 1}};
const mac_address host{{2, 0, 0, 0, 0, 2}};

std::string outcome(std::span<const std::byte> frame, link_type type = link_type::ethernet) {
  const auto facts = strip(frame, type);
  return facts.ok ? "ok" : std::string{name(facts.fault)};
}

/// A frame of a PPPoE session whose PPP protocol is given in digits.
test::packet_bytes in_session(const test::packet_bytes& packet, const std::string& protocol,
                              std::span<const unsigned> vlans = {}) {
  auto body = test::hex("1100 1234");
  test::append(body, packet.size() + 2, 2);
  test::append(body, test::hex(protocol));
  test::append(body, packet);
  auto frame = test::ethernet(body, gateway, host, vlans);
  test::put(frame, 12 + 4 * vlans.size(), 0x8864, 2);
  return frame;
}

}  // namespace

TEST_CASE("an Ethernet frame is read down to its IP header", "[link][ethernet]") {
  const auto packet = test::udp{}.bytes();
  const auto facts = strip(test::ethernet(packet, gateway, host), link_type::ethernet);

  REQUIRE(facts.ok);
  CHECK(facts.header_size == 14);
  CHECK(facts.family == ip_family::ipv4);
  CHECK(facts.type == ethertype::ipv4);
  CHECK(facts.cast == link_cast::unicast);
  CHECK(facts.addresses == link_addresses{gateway, host});
  CHECK(facts.tag_count == 0);
}

TEST_CASE("tags are taken off and remembered, outer first", "[link][vlan]") {
  const auto packet = test::udp{}.from("2001:db8::5").bytes();
  const unsigned one[] = {0x2005};
  const unsigned two[] = {100, 200};
  const auto single = strip(test::ethernet(packet, gateway, host, one), link_type::ethernet);
  const auto both = strip(test::ethernet(packet, gateway, host, two), link_type::ethernet);

  REQUIRE(single.ok);
  CHECK(single.header_size == 18);
  CHECK(single.tag_count == 1);
  CHECK(single.tags[0] == vlan_tag{ethertype::vlan, 0x2005});
  CHECK(single.tags[0].id() == 5);
  CHECK(single.family == ip_family::ipv6);
  REQUIRE(both.ok);
  CHECK(both.header_size == 22);
  CHECK(both.tags[0] == vlan_tag{ethertype::service_vlan, 100});
  CHECK(both.tags[1] == vlan_tag{ethertype::vlan, 200});
}

TEST_CASE("more tags than two are not IP", "[link][vlan]") {
  const unsigned three[] = {1, 2, 3};

  CHECK(outcome(test::ethernet(test::udp{}.bytes(), gateway, host, three)) == "not_ip");
}

TEST_CASE("a frame that ends inside its link header is cut", "[link][ethernet]") {
  const unsigned two[] = {1, 2};
  const auto frame = test::ethernet(test::udp{}.bytes(), gateway, host, two);
  for (std::size_t size = 0; size < 22; ++size) {
    CAPTURE(size);
    CHECK(outcome(std::span{frame}.first(size)) == "truncated_frame");
  }
  CHECK(outcome(std::span{frame}.first(23)) == "ok");
  CHECK(outcome(std::span{frame}.first(22)) == "ok");  // nothing left: the walk says so
}

TEST_CASE("the header of a PPPoE session is taken off and remembered", "[link][pppoe][rfc2516]") {
  const bool six = GENERATE(false, true);
  const unsigned one[] = {100};
  const auto vlans = std::span{one}.first(GENERATE(0u, 1u));
  const auto packet = test::udp{}.from(six ? "2001:db8::5" : "192.0.2.5").bytes();

  const auto facts = strip(in_session(packet, six ? "0057" : "0021", vlans), link_type::ethernet);

  REQUIRE(facts.ok);
  CHECK(facts.header_size == 22 + 4 * vlans.size());
  CHECK(facts.tag_count == vlans.size());
  CHECK(facts.family == (six ? ip_family::ipv6 : ip_family::ipv4));
  CHECK(facts.type == (six ? ethertype::ipv6 : ethertype::ipv4));
  CHECK(facts.pppoe_session == 0x1234);
  CHECK(facts.addresses == link_addresses{gateway, host});
}

TEST_CASE("what is no IP in a PPPoE session is not IP", "[link][pppoe]") {
  const auto packet = test::udp{}.bytes();
  auto configuration = in_session(packet, "c021");
  auto discovery = in_session(packet, "0021");
  test::put(discovery, 15, 0x65, 1);
  auto other_version = in_session(packet, "0021");
  test::put(other_version, 14, 0x12, 1);

  for (const auto* const frame : {&configuration, &discovery, &other_version}) {
    CHECK(outcome(*frame) == "not_ip");
    CHECK(strip(*frame, link_type::ethernet).type == ethertype::pppoe_session);
    CHECK(!strip(*frame, link_type::ethernet).pppoe_session);
  }
  CHECK(outcome(in_session(packet, "0057")) == "bad_version");
}

TEST_CASE("a frame that ends inside the header of its session is cut", "[link][pppoe]") {
  const auto frame = in_session(test::udp{}.bytes(), "0021");
  for (std::size_t size = 14; size < 22; ++size) {
    CAPTURE(size);
    CHECK(outcome(std::span{frame}.first(size)) == "truncated_frame");
  }
  CHECK(outcome(std::span{frame}.first(23)) == "ok");
}

TEST_CASE("what is not IP is told", "[link][ethernet]") {
  auto frame = test::ethernet(test::udp{}.bytes(), gateway, host);
  for (const unsigned type : {0x0806u, 0x0026u, 0x8847u, 0x8864u, 0x0000u}) {
    test::put(frame, 12, type, 2);
    CAPTURE(type);
    CHECK(outcome(frame) == "not_ip");
    CHECK(strip(frame, link_type::ethernet).type == type);
  }
}

TEST_CASE("the version must be that of the frame", "[link][ethernet]") {
  auto frame = test::ethernet(test::udp{}.bytes(), gateway, host);
  test::put(frame, 12, 0x86DD, 2);

  CHECK(outcome(frame) == "bad_version");
}

TEST_CASE("to whom a frame was sent is told by its destination", "[link][ethernet]") {
  const auto cast = [](const mac_address& destination) {
    return strip(test::ethernet(test::udp{}.bytes(), destination, host), link_type::ethernet).cast;
  };
  CHECK(cast(gateway) == link_cast::unicast);
  CHECK(cast(mac_address{{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}}) == link_cast::broadcast);
  CHECK(cast(mac_address{{0x33, 0x33, 0, 0, 0, 1}}) == link_cast::multicast);
  CHECK(cast(mac_address{{0x01, 0, 0x5E, 0, 0, 1}}) == link_cast::multicast);
}

TEST_CASE("raw packets have no link header", "[link][raw]") {
  CHECK(strip(test::udp{}.bytes(), link_type::raw).family == ip_family::ipv4);
  CHECK(strip(test::udp{}.bytes(), link_type::raw).header_size == 0);
  CHECK(strip(test::udp{}.from("2001:db8::5").bytes(), link_type::raw).family == ip_family::ipv6);
  CHECK(outcome(test::octets({0x10}), link_type::raw) == "bad_version");
  CHECK(outcome({}, link_type::raw) == "ok");
}

TEST_CASE("a raw link of one family carries no other", "[link][raw]") {
  const auto four = test::udp{}.bytes();
  const auto six = test::udp{}.from("2001:db8::5").bytes();

  CHECK(outcome(four, link_type::raw_ipv4) == "ok");
  CHECK(outcome(six, link_type::raw_ipv6) == "ok");
  CHECK(outcome(six, link_type::raw_ipv4) == "bad_version");
  CHECK(outcome(four, link_type::raw_ipv6) == "bad_version");
  CHECK(outcome({}, link_type::raw_ipv4) == "ok");  // nothing there: the walk says so
  CHECK(strip(six, link_type::raw_ipv6).family == ip_family::ipv6);
  CHECK(strip(six, link_type::raw_ipv6).header_size == 0);
}

TEST_CASE("Linux cooked frames are read", "[link][cooked]") {
  auto first = test::hex("0001 0001 0006 020000000002 0000 0800");
  test::append(first, test::udp{}.bytes());
  auto second = test::hex("86dd 0000 00000003 0001 02 06 020000000002 0000");
  test::append(second, test::udp{}.from("2001:db8::5").bytes());

  const auto one = strip(first, link_type::linux_cooked);
  const auto two = strip(second, link_type::linux_cooked_v2);

  REQUIRE(one.ok);
  CHECK(one.header_size == 16);
  CHECK(one.cast == link_cast::broadcast);
  CHECK(one.addresses.source == host);
  REQUIRE(two.ok);
  CHECK(two.header_size == 20);
  CHECK(two.cast == link_cast::multicast);
  CHECK(two.family == ip_family::ipv6);
  CHECK(two.addresses.source == host);
  CHECK(outcome(std::span{first}.first(15), link_type::linux_cooked) == "truncated_frame");
  CHECK(outcome(std::span{second}.first(19), link_type::linux_cooked_v2) == "truncated_frame");
}

TEST_CASE("loopback frames are read in either byte order", "[link][null]") {
  const auto four = test::udp{}.bytes();
  const auto six = test::udp{}.from("2001:db8::5").bytes();
  const auto framed = [](const char* family, const test::packet_bytes& packet) {
    auto frame = test::hex(family);
    test::append(frame, packet);
    return frame;
  };
  CHECK(outcome(framed("02000000", four), link_type::null) == "ok");
  CHECK(outcome(framed("00000002", four), link_type::null) == "ok");
  for (const char* family : {"0a000000", "18000000", "1c000000", "1e000000", "0000001e"}) {
    CAPTURE(family);
    CHECK(outcome(framed(family, six), link_type::null) == "ok");
  }
  CHECK(outcome(framed("07000000", four), link_type::null) == "not_ip");
  CHECK(outcome(framed("02000000", six), link_type::null) == "bad_version");
  CHECK(outcome(test::octets({2, 0, 0}), link_type::null) == "truncated_frame");
}

TEST_CASE("every link type has a name", "[link]") {
  for (const auto type :
       {link_type::ethernet, link_type::raw, link_type::raw_ipv4, link_type::raw_ipv6,
        link_type::linux_cooked, link_type::linux_cooked_v2, link_type::null}) {
    CHECK_FALSE(name(type).empty());
  }
}

#include "weir/net/ip_address.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/net/mac_address.hpp"
#include "weir/net/text.hpp"

#include "tests/support/catch.hpp"

using namespace weir;

namespace {

ipv4_address four(std::string_view text) { return parse_ipv4_address(text).value(); }
ipv6_address six(std::string_view text) { return parse_ipv6_address(text).value(); }

}  // namespace

TEST_CASE("special IPv4 addresses are known at both edges of their blocks", "[net][ipv4]") {
  CHECK(four("127.0.0.0").is_loopback());
  CHECK(four("127.255.255.255").is_loopback());
  CHECK_FALSE(four("126.255.255.255").is_loopback());
  CHECK_FALSE(four("128.0.0.0").is_loopback());
  CHECK(four("169.254.0.0").is_link_local());
  CHECK(four("169.254.255.255").is_link_local());
  CHECK_FALSE(four("169.253.255.255").is_link_local());
  CHECK_FALSE(four("169.255.0.0").is_link_local());
  CHECK(four("224.0.0.0").is_multicast());
  CHECK(four("239.255.255.255").is_multicast());
  CHECK_FALSE(four("223.255.255.255").is_multicast());
  CHECK_FALSE(four("240.0.0.0").is_multicast());
  CHECK(four("255.255.255.255").is_limited_broadcast());
  CHECK_FALSE(four("255.255.255.254").is_limited_broadcast());
  CHECK(ipv4_address{}.is_unspecified());
}

TEST_CASE("special IPv6 addresses are known at both edges of their blocks", "[net][ipv6]") {
  CHECK(six("::").is_unspecified());
  CHECK(six("::1").is_loopback());
  CHECK_FALSE(six("::2").is_loopback());
  CHECK(six("fe80::").is_link_local());
  CHECK(six("febf:ffff::1").is_link_local());
  CHECK_FALSE(six("fec0::").is_link_local());
  CHECK_FALSE(six("fe7f::").is_link_local());
  CHECK(six("ff00::").is_multicast());
  CHECK_FALSE(six("fe00::").is_multicast());
  CHECK(six("::ffff:192.0.2.1").is_v4_mapped());
  CHECK_FALSE(six("::fffe:c000:201").is_v4_mapped());
  CHECK_FALSE(six("1::ffff:c000:201").is_v4_mapped());
}

TEST_CASE("an address of either family gives back what was put in", "[net][ip_address]") {
  const ip_address small{four("10.1.2.3")};
  const ip_address large{six("2001:db8::1")};

  CHECK(small.is_ipv4());
  CHECK(small.v4() == four("10.1.2.3"));
  CHECK(small.as<ipv4>() == four("10.1.2.3"));
  CHECK(large.is_ipv6());
  CHECK(large.v6() == six("2001:db8::1"));
  CHECK(large.as<ipv6>() == six("2001:db8::1"));
}

TEST_CASE("an IPv4 address is not the IPv6 address with the same bits", "[net][ip_address]") {
  CHECK(ip_address{four("0.0.0.1")} != ip_address{six("::1")});
}

TEST_CASE("the group bit tells group addresses from stations", "[net][mac]") {
  CHECK(mac_address{{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}}.is_group());
  CHECK(mac_address{{0x01, 0, 0x5E, 0, 0, 1}}.is_group());
  CHECK_FALSE(mac_address{{0x02, 0, 0, 0, 0, 1}}.is_group());
}

TEST_CASE("neither a group nor nobody is a station", "[net][mac]") {
  CHECK(mac_address{{0x02, 0, 0, 0, 0, 1}}.is_station());
  CHECK_FALSE(mac_address{{0x01, 0, 0x5E, 0, 0, 1}}.is_station());
  CHECK_FALSE(mac_address{}.is_station());
}

TEST_CASE("a station address is a number and its octets", "[net][mac]") {
  const mac_address one{{0x02, 0x11, 0x22, 0x33, 0x44, 0x55}};

  CHECK(one.bits() == 0x0211'2233'4455);
  CHECK(mac_address::from_bits(0xFFFF'0211'2233'4455) == one);
  CHECK(mac_address{one.octets()} == one);
  CHECK(mac_address{{0x01, 0xFF, 0, 0, 0, 0}} < one);
}

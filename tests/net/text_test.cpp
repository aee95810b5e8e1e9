#include "weir/net/text.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/seeded.hpp"

#include <arpa/inet.h>

#include <array>
#include <string>

using namespace weir;

namespace {

std::string canonical(std::string_view text) {
  const auto parsed = parse_ip_address(text);
  return parsed ? to_text(*parsed) : "none";
}

}  // namespace

TEST_CASE("IPv6 text is written canonically", "[net][text][rfc5952]") {
  CHECK(canonical("2001:0DB8:0:0:0:0:0:1") == "2001:db8::1");
  CHECK(canonical("2001:db8:0:1:1:1:1:1") == "2001:db8:0:1:1:1:1:1");  // section 4.2.2
  CHECK(canonical("2001:0:0:1:0:0:0:1") == "2001:0:0:1::1");           // section 4.2.3
  CHECK(canonical("2001:db8:0:0:1:0:0:1") == "2001:db8::1:0:0:1");     // section 4.2.3
  CHECK(canonical("::") == "::");
  CHECK(canonical("0:0:0:0:0:0:0:1") == "::1");
  CHECK(canonical("1:0:0:0:0:0:0:0") == "1::");
  CHECK(canonical("::ffff:c000:0201") == "::ffff:192.0.2.1");  // section 5
  CHECK(canonical("64:ff9b::192.0.2.33") == "64:ff9b::c000:221");
  CHECK(canonical("1:2:3:4:5:6:7.8.9.10") == "1:2:3:4:5:6:708:90a");
  CHECK(canonical("::2:3:4:5:6:7:8") == "0:2:3:4:5:6:7:8");
}

TEST_CASE("what is no IPv6 address is refused", "[net][text]") {
  const auto text = GENERATE(as<std::string>{}, "", ":", ":::", "1", "1:2:3:4:5:6:7",
                             "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "g::", "::1 ", " ::1",
                             "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:1.2.3.4",
                             "::1.2.3", "1.2.3.4::", "1::1.2.3.4:5", "fe80::1%eth0", "1:", ":1",
                             "::1:", "1:2:3:4:5:6:7:", "::00001", "[::1]");
  CAPTURE(text);
  CHECK_FALSE(parse_ipv6_address(text));
}

TEST_CASE("what is no IPv4 address is refused", "[net][text]") {
  const auto text =
      GENERATE(as<std::string>{}, "", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.-4", "1.2.3.",
               ".1.2.3", "1..2.3", "01.2.3.4", "1.2.3.4 ", "1.2.3.4a", "0x1.2.3.4", "1.2.3.4/24",
               "4294967296.0.0.0", "99999999999.1.1.1");
  CAPTURE(text);
  CHECK_FALSE(parse_ipv4_address(text));
}

TEST_CASE("IPv6 text agrees with the system's reading of it", "[net][text]") {
  test::seeded random;
  CAPTURE(random.seed());
  for (int i = 0; i < 20'000; ++i) {
    // Groups of zeros are likely, so that gaps of every length and place come up.
    std::array<unsigned char, 16> octets{};
    for (std::size_t group = 0; group < 8; ++group) {
      if (random.one_in(2)) continue;
      octets[2 * group] = random.one_in(2) ? random.octet() : std::uint8_t{0};
      octets[2 * group + 1] = random.octet();
    }
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    for (std::size_t at = 0; at < 8; ++at) {
      high = high << 8 | octets[at];
      low = low << 8 | octets[at + 8];
    }
    const auto address = ipv6_address::from_halves(high, low);
    std::array<char, INET6_ADDRSTRLEN> system{};
    inet_ntop(AF_INET6, octets.data(), system.data(), system.size());
    std::array<unsigned char, 16> reread{};

    const auto text = to_text(address);

    CAPTURE(text, system.data());
    REQUIRE(parse_ipv6_address(text) == address);
    REQUIRE(parse_ipv6_address(system.data()) == address);
    REQUIRE(inet_pton(AF_INET6, text.c_str(), reread.data()) == 1);
    REQUIRE(reread == octets);
  }
}

TEST_CASE("IPv4 text survives the way there and back", "[net][text]") {
  test::seeded random;
  CAPTURE(random.seed());
  for (int i = 0; i < 20'000; ++i) {
    const ipv4_address address{static_cast<std::uint32_t>(random.next())};
    REQUIRE(parse_ipv4_address(to_text(address)) == address);
  }
  CHECK(to_text(ipv4_address{}) == "0.0.0.0");
  CHECK(to_text(ipv4_address{0xFFFFFFFF}) == "255.255.255.255");
}

TEST_CASE("prefixes are read with their length and refused with host bits", "[net][text]") {
  CHECK(to_text(parse_prefix("10.0.0.0/8").value()) == "10.0.0.0/8");
  CHECK(to_text(parse_prefix("2001:db8::/32").value()) == "2001:db8::/32");
  CHECK(to_text(parse_prefix("10.0.0.1").value()) == "10.0.0.1/32");
  CHECK(to_text(parse_prefix("::/0").value()) == "::/0");
  CHECK(to_text(parse_prefix("0.0.0.0/0").value()) == "0.0.0.0/0");
  for (const auto* text : {"10.0.0.1/8", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/08",
                           "10.0.0.0/8/8", "/8", "10.0.0.0/-1", "2001:db8::1/64"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_prefix(text));
  }
}

TEST_CASE("the address of an interface keeps its host bits", "[net][text]") {
  const auto parts = parse_address_and_length("10.0.0.1/24");

  REQUIRE(parts);
  CHECK(parts->address == ip_address{ipv4_address{10, 0, 0, 1}});
  CHECK(parts->length == 24);
  CHECK(parse_address_and_length("2001:db8::1/128")->length == 128);
  CHECK(parse_address_and_length("10.0.0.1")->length == 32);
  CHECK_FALSE(parse_address_and_length("10.0.0.1/33"));
}

TEST_CASE("station addresses are six pairs of digits", "[net][text]") {
  CHECK(to_text(parse_mac_address("02:00:5E:10:00:0f").value()) == "02:00:5e:10:00:0f");
  for (const auto* text : {"", "02:00:5e:10:00", "02:00:5e:10:00:0f:1", "02-00-5e-10-00-0f",
                           "02:00:5e:10:00:0g", "2:00:5e:10:00:0ff", "02:00:5e:10:000:f"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_mac_address(text));
  }
}

TEST_CASE("ports are decimal", "[net][text]") {
  CHECK(parse_port("0") == port{0});
  CHECK(parse_port("65535") == port{65535});
  CHECK_FALSE(parse_port("65536"));
  CHECK_FALSE(parse_port(""));
  CHECK_FALSE(parse_port("+1"));
  CHECK_FALSE(parse_port("99999999999"));
}

TEST_CASE("endpoints put IPv6 addresses in brackets", "[net][text][rfc5952]") {
  const auto four = parse_endpoint("192.0.2.1:53");
  const auto six = parse_endpoint("[2001:db8::1]:443");

  REQUIRE(four);
  CHECK(to_text(endpoint<ipv4>{four->address.v4(), four->port}) == "192.0.2.1:53");
  REQUIRE(six);
  CHECK(to_text(endpoint<ipv6>{six->address.v6(), six->port}) == "[2001:db8::1]:443");
  for (const auto* text : {"192.0.2.1", "192.0.2.1:", "2001:db8::1:443", "[192.0.2.1]:53",
                           "[2001:db8::1]", "[2001:db8::1]443", "[2001:db8::1:443", ":53"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_endpoint(text));
  }
}

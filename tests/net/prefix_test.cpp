#include "weir/net/prefix.hpp"

#include "weir/net/text.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/seeded.hpp"

#include <cstdint>

using namespace weir;

namespace {

/// What `masked` must yield, a bit at a time.
ipv6_address masked_by_bits(const ipv6_address& address, unsigned length) {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  for (unsigned bit = 0; bit < length; ++bit) {
    if (bit < 64) {
      high |= address.high() & (1ull << (63 - bit));
    } else {
      low |= address.low() & (1ull << (127 - bit));
    }
  }
  return ipv6_address::from_halves(high, low);
}

}  // namespace

TEST_CASE("masking keeps exactly the first bits at every length", "[net][prefix]") {
  test::seeded random;
  CAPTURE(random.seed());
  for (unsigned length = 0; length <= 128; ++length) {
    const auto six = ipv6_address::from_halves(random.next(), random.next());
    CAPTURE(length);
    CHECK(masked(six, length) == masked_by_bits(six, length));
  }
  for (unsigned length = 0; length <= 32; ++length) {
    const auto bits = static_cast<std::uint32_t>(random.next());
    CAPTURE(length, bits);
    const std::uint64_t host = (1ull << (32 - length)) - 1;
    CHECK(masked(ipv4_address{bits}, length).bits() == static_cast<std::uint32_t>(bits & ~host));
  }
}

TEST_CASE("a prefix with host bits or too long is none", "[net][prefix]") {
  CHECK(ipv4_prefix::make(ipv4_address{10, 0, 0, 0}, 8));
  CHECK_FALSE(ipv4_prefix::make(ipv4_address{10, 0, 0, 1}, 8));
  CHECK(ipv4_prefix::make(ipv4_address{10, 0, 0, 1}, 32));
  CHECK_FALSE(ipv4_prefix::make(ipv4_address{10, 0, 0, 0}, 33));
  CHECK(ipv6_prefix::make(ipv6_address::from_halves(1, 1), 128));
  CHECK_FALSE(ipv6_prefix::make(ipv6_address::from_halves(1, 1), 129));
  CHECK_FALSE(ipv6_prefix::make(ipv6_address::from_halves(1, 1), 127));
}

TEST_CASE("a prefix contains its first and last address and none beside them", "[net][prefix]") {
  const auto block = *ipv4_prefix::make(ipv4_address{10, 1, 2, 64}, 26);

  CHECK(block.contains(ipv4_address{10, 1, 2, 64}));
  CHECK(block.contains(ipv4_address{10, 1, 2, 127}));
  CHECK_FALSE(block.contains(ipv4_address{10, 1, 2, 63}));
  CHECK_FALSE(block.contains(ipv4_address{10, 1, 2, 128}));
  CHECK(last_address(block) == ipv4_address{10, 1, 2, 127});
}

TEST_CASE("the whole address space has a last address", "[net][prefix]") {
  CHECK(last_address(ipv4_prefix{}) == ipv4_address{0xFFFFFFFF});
  CHECK(last_address(ipv4_prefix::host(ipv4_address{10, 0, 0, 1})) == ipv4_address{10, 0, 0, 1});
  CHECK(ipv6_prefix{}.contains(ipv6_address::from_halves(~0ull, ~0ull)));
}

TEST_CASE("overlap is containment one way or the other", "[net][prefix]") {
  const auto wide = *ipv4_prefix::make(ipv4_address{10, 0, 0, 0}, 8);
  const auto narrow = *ipv4_prefix::make(ipv4_address{10, 9, 0, 0}, 16);
  const auto apart = *ipv4_prefix::make(ipv4_address{11, 0, 0, 0}, 16);

  CHECK(wide.contains(narrow));
  CHECK_FALSE(narrow.contains(wide));
  CHECK(wide.overlaps(narrow));
  CHECK(narrow.overlaps(wide));
  CHECK_FALSE(wide.overlaps(apart));
}

TEST_CASE("a block of one family contains no address of the other", "[net][prefix]") {
  const ip_prefix everything{ipv6_prefix{}};

  CHECK(everything.contains(ip_address{ipv6_address::from_halves(0, 1)}));
  CHECK_FALSE(everything.contains(ip_address{ipv4_address{0, 0, 0, 1}}));
}

TEST_CASE("port ranges are closed and never empty", "[net][port]") {
  const auto range = port_range::between(port{1024}, port{2048});

  REQUIRE(range);
  CHECK(range->contains(port{1024}));
  CHECK(range->contains(port{2048}));
  CHECK_FALSE(range->contains(port{1023}));
  CHECK_FALSE(range->contains(port{2049}));
  CHECK(range->size() == 1025);
  CHECK(port_range::only(port{0}).size() == 1);
  CHECK_FALSE(port_range::between(port{2}, port{1}));
  CHECK(port_range{}.size() == 65536);
}

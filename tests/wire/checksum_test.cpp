#include "weir/wire/checksum.hpp"

#include "weir/wire/bytes.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/reference_checksum.hpp"
#include "tests/support/seeded.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

using namespace weir;

namespace {

/// The checksum of two words, summed again.
inet_checksum checksum_of(std::uint16_t one, std::uint16_t other) {
  return inet_checksum::of(ones_sum{}.plus(one).plus(other));
}

}  // namespace

TEST_CASE("a sum agrees with the reference at every length and place",
          "[wire][checksum][rfc1071]") {
  test::seeded random;
  CAPTURE(random.seed());
  const auto memory = random.bytes(300);
  for (std::size_t start = 0; start < 9; ++start) {
    for (std::size_t size = 0; size <= 256; ++size) {
      const std::span<const std::byte> bytes{memory.data() + start, size};
      CAPTURE(start, size);
      REQUIRE(ones_sum::of(bytes).bits() == test::reference_sum(bytes));
    }
  }
}

TEST_CASE("a sum of many large words loses no carry", "[wire][checksum][rfc1071]") {
  const std::vector<std::byte> ones(65535, std::byte{0xFF});

  CHECK(ones_sum::of(ones).bits() == test::reference_sum(ones));
}

TEST_CASE("only all-zero data sum to zero", "[wire][checksum]") {
  const std::array<std::byte, 40> zeros{};
  auto some = zeros;
  some[39] = std::byte{1};

  CHECK(ones_sum::of(zeros).bits() == 0);
  CHECK(ones_sum::of(some).bits() == 1);
  CHECK(ones_sum{}.plus(std::uint16_t{0xFFFF}).bits() == 0xFFFF);
}

TEST_CASE("a replaced word leaves the same checksum as summing again",
          "[wire][checksum][rfc1624]") {
  // Beside data that are not zero, every word meets every corner, both ways.
  constexpr std::uint16_t other = 0x1234;
  constexpr std::array<std::uint16_t, 12> corners{0x0000, 0x0001, 0x00FF, 0x0100, 0x7FFF, 0x8000,
                                                  0x5555, 0xAAAA, 0xEDCA, 0xEDCB, 0xFFFE, 0xFFFF};
  for (const auto before : corners) {
    for (std::uint32_t after = 0; after <= 0xFFFF; ++after) {
      const auto word = static_cast<std::uint16_t>(after);
      if (checksum_of(other, before).replacing(before, word) != checksum_of(other, word)) {
        CAPTURE(before, after);
        REQUIRE(checksum_of(other, before).replacing(before, word) == checksum_of(other, word));
      }
      if (checksum_of(other, word).replacing(word, before) != checksum_of(other, before)) {
        CAPTURE(before, after);
        REQUIRE(checksum_of(other, word).replacing(word, before) == checksum_of(other, before));
      }
    }
  }
  SUCCEED();
}

TEST_CASE("every field and every change agree with one's complement by hand",
          "[wire][checksum][rfc1624]") {
  // Exhaustive over the field; the change is any sum of complement and word.
  for (std::uint32_t field = 0; field <= 0xFFFF; ++field) {
    for (const std::uint32_t change : {0x0000u, 0x0001u, 0x7FFFu, 0x8000u, 0xFFFEu, 0xFFFFu}) {
      std::uint32_t sum = (0xFFFF - field) + change;
      if (sum > 0xFFFF) sum -= 0xFFFF;  // end-around carry, as arithmetic
      const auto expected = static_cast<std::uint16_t>(0xFFFF - sum);
      const auto delta = checksum_delta::from_bits(static_cast<std::uint16_t>(change));
      const auto got = inet_checksum{static_cast<std::uint16_t>(field)}.adjusted(delta).field();
      if (got != expected) {
        CAPTURE(field, change);
        REQUIRE(got == expected);
      }
    }
  }
  SUCCEED();
}

TEST_CASE("all-zero data have two zeros, and the update picks the one that verifies",
          "[wire][checksum][rfc1624]") {
  // Data of zeros alone have the checksum 0xFFFF; eqn. 3 answers a change from and to zero with
  // 0x0000, which verifies as well unless every word is zero.
  CHECK(checksum_of(0, 0).field() == 0xFFFF);
  CHECK(checksum_of(0, 1).replacing(std::uint16_t{1}, std::uint16_t{0}).field() == 0x0000);
}

TEST_CASE("updates by 32-bit words and addresses agree with summing again", "[wire][checksum]") {
  test::seeded random;
  CAPTURE(random.seed());
  for (int i = 0; i < 20'000; ++i) {
    const auto before = static_cast<std::uint32_t>(random.next());
    const auto after = static_cast<std::uint32_t>(random.next());
    const auto six_before = ipv6_address::from_halves(random.next(), random.next());
    const auto six_after = ipv6_address::from_halves(random.next(), random.next());
    const auto rest = ones_sum{}.plus(static_cast<std::uint16_t>(random.word() | 1));

    CAPTURE(before, after, i);
    REQUIRE(inet_checksum::of(rest.plus(before)).replacing(before, after) ==
            inet_checksum::of(rest.plus(after)));
    REQUIRE(inet_checksum::of(rest.plus(ipv4_address{before}))
                .replacing(ipv4_address{before}, ipv4_address{after}) ==
            inet_checksum::of(rest.plus(ipv4_address{after})));
    REQUIRE(inet_checksum::of(rest.plus(six_before)).replacing(six_before, six_after) ==
            inet_checksum::of(rest.plus(six_after)));
  }
}

TEST_CASE("a delta and its negative leave the checksum as it was", "[wire][checksum]") {
  test::seeded random;
  CAPTURE(random.seed());
  for (int i = 0; i < 20'000; ++i) {
    const auto delta = checksum_delta{}
                           .replacing(random.word(), random.word())
                           .replacing(static_cast<std::uint32_t>(random.next()),
                                      static_cast<std::uint32_t>(random.next()));
    // 0xFFFF is no sum's checksum but that of zeros.
    const inet_checksum field{static_cast<std::uint16_t>(random.below(0xFFFF))};
    CAPTURE(delta.bits(), field.field());
    REQUIRE(field.adjusted(delta).adjusted(-delta) == field);
  }
}

TEST_CASE("deltas add up", "[wire][checksum]") {
  test::seeded random;
  CAPTURE(random.seed());
  for (int i = 0; i < 20'000; ++i) {
    const auto one = checksum_delta{}.replacing(random.word(), random.word());
    const auto two = checksum_delta{}.replacing(random.word(), random.word());
    const inet_checksum field{static_cast<std::uint16_t>(random.below(0xFFFF))};
    REQUIRE(field.adjusted(one + two) == field.adjusted(one).adjusted(two));
    REQUIRE(checksum_delta::from_bits(one.bits()).bits() == one.bits());
  }
}

TEST_CASE("nothing changes under the empty delta", "[wire][checksum]") {
  for (std::uint32_t field = 0; field <= 0xFFFF; ++field) {
    const inet_checksum before{static_cast<std::uint16_t>(field)};
    if (before.adjusted(checksum_delta{}) != before) FAIL("field " << field);
  }
  SUCCEED();
}

TEST_CASE("a TCP checksum may become zero", "[wire][checksum]") {
  std::array<std::byte, 2> field{};
  store_be(field.data(), std::uint16_t{0xDD2F});

  adjust_checksum(field.data(),
                  checksum_delta{}.replacing(std::uint16_t{0x5555}, std::uint16_t{0x3285}));

  CHECK(load_be<std::uint16_t>(field.data()) == 0x0000);
}

TEST_CASE("pseudo headers of both families agree with the reference", "[wire][checksum]") {
  test::seeded random;
  CAPTURE(random.seed());
  for (int i = 0; i < 1'000; ++i) {
    const auto addresses = random.bytes(32);
    const auto length = static_cast<std::uint32_t>(random.below(100'000));
    const std::span<const std::byte> all{addresses};
    const ipv4_address source{load_be<std::uint32_t>(all, 0)};
    const ipv4_address destination{load_be<std::uint32_t>(all, 4)};
    const auto half = [&](std::size_t at) { return load_be<std::uint64_t>(all, at); };
    const auto six_source = ipv6_address::from_halves(half(0), half(8));
    const auto six_destination = ipv6_address::from_halves(half(16), half(24));

    REQUIRE(pseudo_header(source, destination, protocol::udp, length).bits() ==
            test::reference_pseudo_sum(all.first(8), 17, length));
    REQUIRE(pseudo_header(six_source, six_destination, protocol::icmpv6, length).bits() ==
            test::reference_pseudo_sum(all, 58, length));
  }
}

#include "weir/table/simd.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/seeded.hpp"

#include <cstdint>
#include <random>

namespace {

struct alignas(weir::line_bytes) line {
  std::uint32_t words[weir::line_words];
};

}  // namespace

TEST_CASE("a match names each of the first fifteen words", "[table][simd]") {
  line here{};
  here.words[0] = 0xAB00'0001;
  here.words[14] = 0xAB00'0002;

  CHECK(weir::match_line(here.words, 0xAB00'0000, 0xFF00'0000) == 0b100'0000'0000'0001);
  CHECK(weir::match_line(here.words, 0xAB00'0002, 0xFFFF'FFFF) == 0b100'0000'0000'0000);
  CHECK(weir::match_line(here.words, 0, 0xFFFF'FFFF) == 0b011'1111'1111'1110);
}

TEST_CASE("the last word of a line never matches", "[table][simd]") {
  line here{};
  here.words[15] = 7;

  CHECK(weir::match_line(here.words, 7, 0xFFFF'FFFF) == 0);
  CHECK(weir::match_line(here.words, 0, 0) == 0x7FFF);
}

TEST_CASE("the machine's comparison equals the portable one", "[table][simd]") {
  const auto seed = GENERATE(1u, 2u, 3u);
  CAPTURE(seed);
  std::mt19937 generator{seed};
  const auto random = [&] { return static_cast<std::uint32_t>(generator()); };
  line here{};

  for (int round = 0; round < 100'000; ++round) {
    const std::uint32_t mask = ~0u << random() % 32;
    for (auto& word : here.words) {
      // Few values, so that words often match; the top bit shows a signed comparison.
      word = (random() % 4) << 30 | (random() % 2) << 9 | random() % 2;
    }
    const std::uint32_t wanted = here.words[random() % weir::line_words] & mask;
    const auto found = weir::match_line(here.words, wanted, mask);
    if (found != weir::detail::match_line_portable(here.words, wanted, mask)) {
      CAPTURE(round, wanted, mask);
      FAIL("the comparisons differ");
    }
  }
}

TEST_CASE("excess over limits is the same on every machine", "[table][simd]") {
  weir::test::seeded random;
  CAPTURE(random.seed());
  for (unsigned round = 0; round < 10'000; ++round) {
    weir::half_words numbers;
    weir::half_words limits;
    for (int lane = 0; lane < 16; ++lane) {
      // Few values, so that they are often equal; the top bit shows a signed comparison.
      numbers[lane] = static_cast<std::uint16_t>(random.below(4) << 14 | random.below(2));
      limits[lane] = static_cast<std::uint16_t>(random.below(4) << 14 | random.below(2));
    }
    weir::half_words excess{};
    weir::half_words expected{};
    weir::add_excess(excess, numbers, limits);
    weir::detail::add_excess_portable(expected, numbers, limits);
    bool same = true;
    for (int lane = 0; lane < 16; ++lane) {
      same = same && (excess[lane] == 0) == (expected[lane] == 0) &&
             (expected[lane] == 0) == (numbers[lane] <= limits[lane]);
    }
    if (!same) FAIL("the excess differs in round " << round);
  }
}

TEST_CASE("halves that are zero are told apart from those that are not", "[table][simd]") {
  const weir::half_words none{};
  CHECK(weir::zero_halves(none, none) == 0b1111);
  for (int lane = 0; lane < 16; ++lane) {
    for (const auto number : {std::uint16_t{1}, std::uint16_t{0x100}, std::uint16_t{0x8000}}) {
      CAPTURE(lane, number);
      weir::half_words one{};
      one[lane] = number;
      const std::uint32_t rest = lane < 8 ? 0b1110 : 0b1011;
      CHECK(weir::zero_halves(one, none) == rest);
      CHECK(weir::zero_halves(none, one) == (lane < 8 ? 0b1101 : 0b0111));
      CHECK(weir::detail::zero_halves_portable(one, none) == rest);
      CHECK(weir::detail::zero_halves_portable(none, one) == weir::zero_halves(none, one));
    }
  }
}

TEST_CASE("bits are taken out of a word alike on every machine", "[table][simd]") {
  weir::test::seeded random;
  CAPTURE(random.seed());
  CHECK(weir::extract_bits(0xABCD'1234, 8 << 8 | 4) == 0x23);
  CHECK(weir::extract_bits(0xABCD'1234, 0) == 0);
  for (unsigned round = 0; round < 1000; ++round) {
    const auto word = static_cast<std::uint32_t>(random());
    const auto length = static_cast<std::uint32_t>(random.below(32));
    const auto below = static_cast<std::uint32_t>(random.below(32));
    const auto ignored = static_cast<std::uint32_t>(random()) << 16;
    const auto field = ignored | length << 8 | below;
    CHECK(weir::extract_bits(word, field) == weir::detail::extract_bits_portable(word, field));
  }
}

TEST_CASE("a folded product is the same on every machine", "[table][simd]") {
  weir::test::seeded random;
  CAPTURE(random.seed());
  for (unsigned round = 0; round < 1000; ++round) {
    const std::uint64_t one = random();
    const std::uint64_t other = random();
    CHECK(weir::folded_product(one, other) == weir::detail::folded_product_portable(one, other));
  }
  CHECK(weir::folded_product(~std::uint64_t{0}, ~std::uint64_t{0}) == ~std::uint64_t{0});
  CHECK(weir::folded_product(std::uint64_t{1} << 63, 2) == 1);
  CHECK(weir::folded_product(0, ~std::uint64_t{0}) == 0);
}

#include "weir/table/simd.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/seeded.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <span>

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

TEST_CASE("rows of words are loaded, shifted and signed alike on every machine", "[table][simd]") {
  weir::test::seeded random;
  CAPTURE(random.seed());
  const auto same = [](const weir::word_row& left, const weir::word_row& right) {
    return std::memcmp(&left, &right, sizeof left) == 0;
  };
  for (unsigned round = 0; round < 10'000; ++round) {
    const auto bytes = random.bytes(16);
    const bool is_turned = random.one_in(2);
    weir::word_row pair, words, shorts, octets, expected;
    weir::load_pair(pair, bytes.data(), is_turned);
    weir::detail::load_pair_portable(expected, bytes.data(), is_turned);
    REQUIRE(same(pair, expected));
    weir::load_words(words, bytes.data());
    weir::detail::load_words_portable(expected, bytes.data());
    REQUIRE(same(words, expected));
    weir::load_shorts(shorts, bytes.data());
    weir::detail::load_numbers_portable<std::uint16_t>(expected, bytes.data());
    REQUIRE(same(shorts, expected));
    weir::load_octets(octets, bytes.data());
    weir::detail::load_numbers_portable<std::uint8_t>(expected, bytes.data());
    REQUIRE(same(octets, expected));

    const weir::word_row by = octets & 63;
    expected = shorts;
    weir::shift_left(shorts, by);
    weir::detail::shift_left_portable(expected, by);
    REQUIRE(same(shorts, expected));
    REQUIRE(weir::signs(shorts) == weir::detail::signs_portable(shorts));
  }
}

TEST_CASE("a pair of words is in the machine's order, and turned where that is asked",
          "[table][simd]") {
  const auto bytes = std::as_bytes(std::span{"\1\2\3\4\xF0\2\3\4"});
  weir::word_row pair, turned;
  weir::load_pair(pair, bytes.data(), false);
  weir::load_pair(turned, bytes.data(), true);

  CHECK((pair[0] == 0x0102'0304 && pair[1] == 0xF002'0304 && pair[2] == 0 && pair[3] == 0));
  CHECK((turned[0] == 0xF002'0304 && turned[1] == 0x0102'0304));
  CHECK(weir::signs(pair) == 0b10);
  CHECK(weir::signs(turned) == 0b01);
}

TEST_CASE("a row is loaded twice", "[table][simd]") {
  const std::array<std::uint32_t, 4> row{0x1111'2222, 0x3333'4444, 0, 0xFFFF'0001};
  weir::half_words loaded;
  weir::load_twice(loaded, row.data());

  std::array<std::uint32_t, 8> words;
  std::memcpy(words.data(), &loaded, sizeof loaded);
  CHECK(std::ranges::equal(std::span{words}.first(4), row));
  CHECK(std::ranges::equal(std::span{words}.last(4), row));
}

TEST_CASE("of the rows without excess the greatest third word is found", "[table][simd]") {
  weir::test::seeded random;
  CAPTURE(random.seed());
  int none_held = 0;
  for (unsigned round = 0; round < 20'000; ++round) {
    std::array<weir::held_rows, 2> both{};
    std::uint32_t expected = 0;
    for (unsigned row = 0; row < 4; ++row) {
      auto& rows = both[row / 2];
      std::array<std::uint32_t, 8> words;
      std::memcpy(words.data(), &rows.words, sizeof rows.words);
      for (unsigned word = 0; word < 4; ++word) {
        // The top bit shows a signed comparison.
        words[row % 2 * 4 + word] = static_cast<std::uint32_t>(random());
      }
      std::memcpy(&rows.words, words.data(), sizeof rows.words);
      if (random.one_in(2)) {
        expected = std::max(expected, words[row % 2 * 4 + 2]);
      } else {
        constexpr std::array<std::uint16_t, 3> numbers{1, 0x100, 0x8000};
        rows.excess[static_cast<int>(row % 2 * 8 + random.below(8))] = numbers[random.index(3)];
      }
    }
    none_held += expected == 0;
    if (weir::greatest_held(both[0], both[1]) != expected ||
        weir::detail::greatest_held_portable(both[0], both[1]) != expected) {
      FAIL("another word is found in round " << round);
    }
  }
  CHECK(none_held > 0);
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

TEST_CASE("places that bits of words number are found alike on every machine", "[table][simd]") {
  weir::test::seeded random;
  CAPTURE(random.seed());
  for (unsigned round = 0; round < 10'000; ++round) {
    std::array<std::uint32_t, 4> words;
    weir::word_places places;
    std::array<std::uint32_t, 4> expected;
    for (auto& word : words) word = static_cast<std::uint32_t>(random());
    for (std::size_t i = 0; i < 4; ++i) {
      places.word[i] = static_cast<std::uint32_t>(random.below(4));
      places.below[i] = static_cast<std::uint32_t>(random.below(32));
      places.mask[i] = (1u << random.below(13)) - 1;
      places.begin[i] = static_cast<std::uint32_t>(random());
      const auto value = words[places.word[i]] >> places.below[i] & places.mask[i];
      expected[i] = places.begin[i] + value * 4;
    }
    std::array<std::uint32_t, 4> found;
    weir::find_places(found, places, words);
    CHECK(found == expected);
    weir::detail::find_places_portable(found, places, words);
    CHECK(found == expected);
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

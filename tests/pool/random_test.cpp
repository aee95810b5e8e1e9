#include "weir/pool/random.hpp"

#include "tests/support/catch.hpp"

#include <array>
#include <cstdint>

namespace weir {
namespace {

TEST_CASE("the same seed gives the same numbers and another seed others", "[pool][random]") {
  seeded_random one{{1, 2}};
  seeded_random same{{1, 2}};
  seeded_random other{{1, 3}};

  const std::uint64_t drawn = one.bits();

  CHECK(drawn == same.bits());
  CHECK(drawn != other.bits());
  CHECK(drawn != one.bits());
}

TEST_CASE("numbers below a bound are spread evenly", "[pool][random][rfc6888-req15]") {
  constexpr std::uint32_t bound = 64;
  constexpr std::uint32_t draws = 64'000;
  seeded_random random{{7, 7}};
  std::array<std::uint32_t, bound> seen{};

  for (std::uint32_t draw = 0; draw < draws; ++draw) {
    const std::uint32_t number = below(bound, random);
    REQUIRE(number < bound);
    ++seen[number];
  }

  // Chi squared with 63 degrees of freedom: above 118 once in 40 000 honest runs.
  const double expected = static_cast<double>(draws) / bound;
  double chi = 0;
  for (const std::uint32_t count : seen) {
    chi += (count - expected) * (count - expected) / expected;
  }
  CHECK(chi < 118);
}

TEST_CASE("below one there is only zero", "[pool][random]") {
  seeded_random random{{1, 1}};
  CHECK(below(1, random) == 0);
}

}  // namespace
}  // namespace weir

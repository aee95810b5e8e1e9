#include "weir/dpdk/tsc_clock.hpp"

#include "tests/dpdk/eal.hpp"
#include "tests/support/catch.hpp"

#include <cstdint>

using namespace weir;

TEST_CASE("cycles become nanoseconds without losing any", "[dpdk][tsc_clock]") {
  constexpr std::uint64_t hertz = 2'100'000'000;
  const dpdk::tsc_clock clock{hertz};
  const auto nanoseconds = [&clock](std::uint64_t cycles) {
    return clock.at(cycles).since_epoch().count();
  };
  constexpr std::uint64_t century = 36'525ull * 86'400;

  CHECK(nanoseconds(0) == 0);
  CHECK(nanoseconds(21) == 10);
  CHECK(nanoseconds(hertz - 1) == 999'999'999);
  CHECK(nanoseconds(hertz) == 1'000'000'000);
  CHECK(nanoseconds(century * hertz + 21) ==
        static_cast<std::int64_t>(century) * 1'000'000'000 + 10);
}

TEST_CASE("the counter of one core goes forward", "[dpdk][tsc_clock]") {
  if (!test::has_eal()) return;
  const dpdk::tsc_clock clock;

  auto last = clock.now();
  for (int i = 0; i < 10'000; ++i) {
    const auto next = clock.now();
    REQUIRE(next >= last);
    last = next;
  }
  CHECK(last > instant{});
}

#include "weir/time/tick.hpp"

#include "tests/support/catch.hpp"

#include <cstdint>

using namespace weir;

namespace {

constexpr tick at_nanoseconds(std::int64_t count) {
  return tick::at(instant::from_epoch(duration::nanoseconds(count)));
}

}  // namespace

TEST_CASE("a tick is the millisecond that contains an instant", "[time][tick]") {
  CHECK(at_nanoseconds(0) == tick{0});
  CHECK(at_nanoseconds(999'999) == tick{0});
  CHECK(at_nanoseconds(1'000'000) == tick{1});
  CHECK(at_nanoseconds(1'999'999) == tick{1});
}

TEST_CASE("instants before the epoch count as the epoch", "[time][tick]") {
  CHECK(at_nanoseconds(-1) == tick{0});
  CHECK(at_nanoseconds(INT64_MIN) == tick{0});
}

TEST_CASE("a deadline is reached at its tick and not before", "[time][tick]") {
  const tick deadline{1'000'000};

  CHECK_FALSE(reached(deadline.low(), tick{999'999}));
  CHECK(reached(deadline.low(), tick{1'000'000}));
  CHECK(reached(deadline.low(), tick{1'000'001}));
}

TEST_CASE("stored deadlines survive the wrap of their low half", "[time][tick]") {
  const tick before_wrap{0xFFFFFFFF};
  const tick deadline = before_wrap + 2;

  CHECK(deadline.low() == 1);
  CHECK_FALSE(reached(deadline.low(), before_wrap));
  CHECK_FALSE(reached(deadline.low(), before_wrap + 1));
  CHECK(reached(deadline.low(), before_wrap + 2));
  CHECK(reached(before_wrap.low(), deadline));
}

TEST_CASE("stored ticks are told apart up to half their range", "[time][tick]") {
  const tick now{10};

  CHECK_FALSE(reached((now + (stored_ticks_max - 1)).low(), now));
  CHECK(reached(now.low(), now + (stored_ticks_max - 1)));
}

TEST_CASE("durations in ticks are rounded up", "[time][tick]") {
  CHECK(ticks_in(duration::nanoseconds(0)) == 0);
  CHECK(ticks_in(duration::nanoseconds(-5)) == 0);
  CHECK(ticks_in(duration::nanoseconds(1)) == 1);
  CHECK(ticks_in(duration::milliseconds(1)) == 1);
  CHECK(ticks_in(duration::nanoseconds(1'000'001)) == 2);
  CHECK(ticks_in(duration::minutes(124)) == 7'440'000);
}

#include "weir/time/instant.hpp"

#include "weir/time/clock.hpp"

#include "tests/support/catch.hpp"

using namespace weir;

TEST_CASE("durations are built from any unit", "[time][duration]") {
  CHECK(duration::microseconds(1) == duration::nanoseconds(1'000));
  CHECK(duration::milliseconds(1) == duration::microseconds(1'000));
  CHECK(duration::seconds(1) == duration::milliseconds(1'000));
  CHECK(duration::minutes(1) == duration::seconds(60));
  CHECK(duration::hours(2) + duration::minutes(4) == duration::minutes(124));
}

TEST_CASE("the difference of two instants leads from one to the other", "[time][instant]") {
  const auto early = instant::from_epoch(duration::seconds(5));
  const auto late = early + duration::milliseconds(1500);

  CHECK(late - early == duration::milliseconds(1500));
  CHECK(early - late == duration::milliseconds(-1500));
  CHECK(late - duration::milliseconds(1500) == early);
  CHECK(early < late);
}

TEST_CASE("a manual clock moves only when told to", "[time][clock]") {
  manual_clock clock{instant::from_epoch(duration::seconds(1))};
  const auto start = clock.now();

  CHECK(clock.now() == start);
  clock.advance(duration::nanoseconds(1));
  CHECK(clock.now() - start == duration::nanoseconds(1));
}

TEST_CASE("a manual clock never runs backwards", "[time][clock]") {
  manual_clock clock{instant::from_epoch(duration::seconds(10))};

  clock.advance_to(instant::from_epoch(duration::seconds(9)));
  CHECK(clock.now() == instant::from_epoch(duration::seconds(10)));
  clock.advance_to(instant::from_epoch(duration::seconds(11)));
  CHECK(clock.now() == instant::from_epoch(duration::seconds(11)));
}

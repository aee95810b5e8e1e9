#include "weir/engine/rate_limit.hpp"

#include "tests/support/catch.hpp"

namespace weir::test {
namespace {

tick at(std::uint64_t milliseconds) {
  return tick::at(
      instant::from_epoch(duration::milliseconds(static_cast<std::int64_t>(milliseconds))));
}

TEST_CASE("a bucket gives a second's worth at once and then what it gains",
          "[engine][rate_limit]") {
  rate_limit bucket{10};

  for (int i = 0; i < 10; ++i) CHECK(bucket.try_take(at(5000)));
  CHECK_FALSE(bucket.try_take(at(5000)));
  CHECK_FALSE(bucket.try_take(at(5099)));
  CHECK(bucket.try_take(at(5100)));
  CHECK_FALSE(bucket.try_take(at(5100)));
}

TEST_CASE("a second that begins with a full bucket has less than twice its worth",
          "[engine][rate_limit][rfc4443]") {
  rate_limit bucket{10};
  int taken = 0;

  for (std::uint64_t now = 5000; now < 6000; ++now) {
    while (bucket.try_take(at(now))) ++taken;
  }
  CHECK(taken == 19);

  taken = 0;
  for (std::uint64_t now = 6000; now < 7000; ++now) {
    while (bucket.try_take(at(now))) ++taken;
  }
  CHECK(taken == 10);
}

TEST_CASE("a bucket of nothing gives nothing", "[engine][rate_limit]") {
  rate_limit bucket{0};

  CHECK_FALSE(bucket.try_take(at(0)));
  CHECK_FALSE(bucket.try_take(at(1'000'000)));
}

TEST_CASE("a long silence fills a bucket no higher than a second does", "[engine][rate_limit]") {
  rate_limit bucket{3};
  for (int i = 0; i < 3; ++i) CHECK(bucket.try_take(at(1)));

  for (int i = 0; i < 3; ++i) CHECK(bucket.try_take(at(1'000'000'000)));
  CHECK_FALSE(bucket.try_take(at(1'000'000'000)));
}

}  // namespace
}  // namespace weir::test

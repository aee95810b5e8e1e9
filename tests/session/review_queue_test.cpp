#include "weir/session/review_queue.hpp"

#include "tests/support/catch.hpp"

#include <cstdint>
#include <set>
#include <span>
#include <vector>

using namespace weir;

namespace {

constexpr std::uint32_t horizon = 1000;

std::vector<std::uint32_t> reviewed(review_queue& queue, tick now,
                                    std::uint32_t budget = review_queue::everything) {
  std::vector<std::uint32_t> ids;
  queue.review(now, budget, [&](std::span<const due_entry> entries, bool) noexcept {
    for (const due_entry& entry : entries) ids.push_back(entry.id);
  });
  return ids;
}

/// An empty queue that knows the time.
review_queue begun(std::uint32_t records_max, tick now) {
  review_queue made{records_max, horizon};
  reviewed(made, now);
  return made;
}

}  // namespace

TEST_CASE("a record comes up at its deadline or after the horizon, the earlier",
          "[session][review]") {
  const std::uint32_t ahead = GENERATE(1u, 999u, 1000u, 1001u, 1'000'000u);
  const std::uint32_t expected = ahead < horizon ? ahead : horizon;
  const tick start{0xFFFF'FFF0};
  review_queue queue = begun(4, start);

  queue.enter(3, (start + ahead).low(), start);

  CHECK(reviewed(queue, start + (expected - 1)).empty());
  CHECK(reviewed(queue, start + expected) == std::vector{3u});
  CHECK(reviewed(queue, start + 10 * horizon).empty());
}

TEST_CASE("what is reviewed may be entered again", "[session][review]") {
  const tick start{1000};
  review_queue queue = begun(1, start);
  queue.enter(0, (start + 5'500).low(), start);

  std::vector<std::uint64_t> times;
  for (std::uint64_t later = 1; later <= 6'000; ++later) {
    const tick now = start + later;
    queue.review(now, 8, [&](std::span<const due_entry> entries, bool) noexcept {
      times.push_back(later);
      if (later < 5'500) queue.enter(entries[0].id, (start + 5'500).low(), now);
    });
  }

  CHECK(times == std::vector<std::uint64_t>{1000, 2000, 3000, 4000, 5000, 5500});
}

TEST_CASE("a review that leaves budget over has settled everything", "[session][review]") {
  const tick start{1000};
  review_queue queue = begun(100, start);
  for (std::uint32_t id = 0; id < 70; ++id) queue.enter(id, (start + (5 + id % 3)).low(), start);
  const tick due = start + 7;

  CHECK(reviewed(queue, due, 69).size() == 69);
  CHECK_FALSE(queue.is_settled(due));
  CHECK(reviewed(queue, due, 2).size() == 1);
  CHECK(queue.is_settled(due));
  CHECK_FALSE(queue.is_settled(due + 1));
  CHECK(reviewed(queue, due + 1, 1).empty());
  CHECK(queue.is_settled(due + 1));
}

TEST_CASE("after six days everything is reviewed, whatever the budget", "[session][review]") {
  const tick start{5};
  const std::uint64_t six_days = timeout_ticks_max / 2;
  review_queue queue = begun(100, start);
  for (std::uint32_t id = 0; id < 100; ++id) queue.enter(id, (start + 10).low(), start);

  CHECK(reviewed(queue, start + (six_days - 1), 0).empty());
  CHECK_FALSE(queue.is_overdue(start + (six_days - 1)));
  CHECK(queue.is_overdue(start + six_days));
  CHECK(reviewed(queue, start + six_days, 0).size() == 100);
  CHECK(queue.is_settled(start + six_days));
}

TEST_CASE("after twelve days without a call every session is over", "[session][review]") {
  const std::uint64_t silence =
      GENERATE(std::uint64_t{timeout_ticks_max} - 1, timeout_ticks_max, 1ull << 32);
  const tick start{5};
  review_queue queue = begun(1, start);
  queue.enter(0, (start + 10).low(), start);

  std::vector<bool> over;
  queue.review(start + silence, 1,
               [&](std::span<const due_entry>, bool is_over) noexcept { over.push_back(is_over); });

  CHECK(over == std::vector{silence >= timeout_ticks_max});
}

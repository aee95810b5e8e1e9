#include "weir/table/due_queue.hpp"

#include "tests/support/catch.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <random>
#include <span>
#include <unordered_map>
#include <vector>

namespace {

using weir::due_entry;
using weir::due_queue;
using weir::tick;

constexpr std::uint32_t unlimited = 0xFFFF'FFFF;
constexpr std::uint64_t ticks_per_day = 86'400'000;

std::vector<due_entry> drained(due_queue& queue, tick now, std::uint32_t budget = unlimited) {
  std::vector<due_entry> all;
  const auto count = queue.drain(now, budget, [&](std::span<const due_entry> some) {
    all.insert(all.end(), some.begin(), some.end());
  });
  CHECK(count == all.size());
  return all;
}

}  // namespace

TEST_CASE("an entry comes out at its tick and not before", "[table][due_queue]") {
  // Ends of slots of every level, and of the low half of a tick.
  const auto start = GENERATE(std::uint64_t{0}, std::uint64_t{255}, std::uint64_t{0xFFFF},
                              std::uint64_t{0xFFFF'FF00}, std::uint64_t{0xFFFF'FFFF},
                              std::uint64_t{1'800'000'000'000});
  const auto ahead =
      GENERATE(std::uint64_t{1}, std::uint64_t{255}, std::uint64_t{256}, std::uint64_t{257},
               std::uint64_t{65'535}, std::uint64_t{65'536}, std::uint64_t{16'777'215},
               std::uint64_t{16'777'216}, std::uint64_t{2'147'483'647});
  CAPTURE(start, ahead);
  due_queue queue{10, tick{start}};
  const tick due{start + ahead};

  REQUIRE(queue.try_push(due, 7));

  CHECK(drained(queue, tick{start}).empty());
  CHECK(drained(queue, tick{start + ahead - 1}).empty());
  CHECK(drained(queue, due) == std::vector{due_entry{due.low(), 7}});
  CHECK(queue.size() == 0);
}

TEST_CASE("what is due when pushed comes out at the next drain", "[table][due_queue]") {
  const auto behind = GENERATE(std::uint64_t{0}, std::uint64_t{1}, 30 * ticks_per_day);
  due_queue queue{10, tick{0}};
  const tick now{40 * ticks_per_day};
  drained(queue, now);
  const tick due{now.count() - behind};

  REQUIRE(queue.try_push(due, 3));

  CHECK(drained(queue, now) == std::vector{due_entry{due.low(), 3}});
  CHECK(drained(queue, now).empty());
}

TEST_CASE("what is due when pushed while draining waits for the next drain", "[table][due_queue]") {
  const auto due = GENERATE(std::uint64_t{4}, std::uint64_t{5});
  due_queue queue{10, tick{0}};
  REQUIRE(queue.try_push(tick{5}, 1));

  std::uint32_t seen = 0;
  queue.drain(tick{5}, 8, [&](std::span<const due_entry> some) {
    seen += static_cast<std::uint32_t>(some.size());
    queue.try_push(tick{due}, 2);
  });

  CHECK(seen == 1);
  CHECK(drained(queue, tick{5}).size() == 1);
}

TEST_CASE("a queue holds as many entries as it was sized for", "[table][due_queue]") {
  const auto entries_max = GENERATE(0u, 1u, 7u, 8u, 1000u);
  CAPTURE(entries_max);
  due_queue queue{entries_max, tick{0}};
  std::mt19937 random{1};

  for (std::uint32_t id = 0; id < entries_max; ++id) {
    REQUIRE(queue.try_push(tick{random() % weir::stored_ticks_max}, id));
  }

  CHECK_FALSE(queue.try_push(tick{1}, entries_max));
  CHECK(drained(queue, tick{weir::stored_ticks_max}).size() == entries_max);
  CHECK(queue.try_push(tick{weir::stored_ticks_max + std::uint64_t{1}}, 0) == (entries_max != 0));
}

TEST_CASE("a budget is not exceeded and nothing is lost", "[table][due_queue]") {
  const auto budget = GENERATE(1u, 6u, 7u, 8u, 33u);
  CAPTURE(budget);
  due_queue queue{1000, tick{0}};
  for (std::uint32_t id = 0; id < 1000; ++id) {
    REQUIRE(queue.try_push(tick{70'000 + id / 20}, id));
  }

  std::vector<due_entry> all;
  for (int rounds = 0; all.size() < 1000 && rounds < 10'000; ++rounds) {
    const auto some = drained(queue, tick{80'000}, budget);
    CHECK(some.size() <= budget);
    all.insert(all.end(), some.begin(), some.end());
  }

  REQUIRE(all.size() == 1000);
  CHECK(std::ranges::is_sorted(all, {}, &due_entry::due_low));
  std::ranges::sort(all, {}, &due_entry::id);
  for (std::uint32_t id = 0; id < 1000; ++id) {
    CHECK(all[id].id == id);
  }
}

TEST_CASE("an entry pushed while the queue lags behind comes out at its tick",
          "[table][due_queue]") {
  due_queue queue{10, tick{0}};
  REQUIRE(queue.try_push(tick{1}, 1));
  REQUIRE(queue.try_push(tick{1}, 2));
  const tick now{weir::stored_ticks_max - std::uint64_t{1}};
  REQUIRE(drained(queue, now, 1).size() == 1);
  const tick due{now.count() + weir::stored_ticks_max - 1};

  REQUIRE(queue.try_push(due, 3));

  CHECK(drained(queue, tick{due.count() - 1}).size() == 1);
  CHECK(drained(queue, due) == std::vector{due_entry{due.low(), 3}});
}

TEST_CASE("time that goes back is the latest time", "[table][due_queue]") {
  due_queue queue{10, tick{1000}};
  drained(queue, tick{2000});
  REQUIRE(queue.try_push(tick{2001}, 1));

  CHECK(drained(queue, tick{500}).empty());
  CHECK(drained(queue, tick{2001}).size() == 1);
}

TEST_CASE("a jump of months brings out everything that is due and keeps the rest",
          "[table][due_queue]") {
  const auto budget = GENERATE(1u, 10u, unlimited);
  const auto days = GENERATE(std::uint64_t{24}, std::uint64_t{25}, std::uint64_t{49},
                             std::uint64_t{50}, std::uint64_t{500});
  CAPTURE(budget, days);
  due_queue queue{100, tick{0}};
  for (std::uint32_t id = 0; id < 24; ++id) {
    REQUIRE(queue.try_push(tick{id * ticks_per_day + 1}, id));
  }
  const tick now{days * ticks_per_day};

  // One drain comes only as far as its budget; what is pushed then still comes out in its time.
  std::size_t count = drained(queue, now, budget).size();
  const tick later{now.count() + 24 * ticks_per_day};
  REQUIRE(queue.try_push(later, 99));
  for (int rounds = 0; rounds < 1000; ++rounds) {
    count += drained(queue, now, budget).size();
  }

  CHECK(count == 24);
  CHECK(drained(queue, tick{later.count() - 1}).empty());
  CHECK(drained(queue, later) == std::vector{due_entry{later.low(), 99}});
}

TEST_CASE("a due queue behaves like a multimap by ticks", "[table][due_queue]") {
  const auto seed = GENERATE(31u, 32u, 33u);
  const bool limited = GENERATE(false, true);
  CAPTURE(seed, limited);
  std::mt19937 random{seed};
  constexpr std::uint32_t entries_max = 3000;
  std::uint64_t now = 0xFFF0'0000;
  due_queue queue{entries_max, tick{now}};
  std::multimap<std::uint64_t, std::uint32_t> model;
  std::unordered_map<std::uint32_t, std::multimap<std::uint64_t, std::uint32_t>::iterator> by_id;
  std::uint64_t drained_before = now;
  std::uint32_t next_id = 0;

  const auto ahead = [&]() -> std::uint64_t {
    const std::uint64_t spans[] = {4, 300, 70'000, 20'000'000, weir::stored_ticks_max};
    return random() % spans[random() % 5];
  };
  const auto step = [&]() -> std::uint64_t {
    const std::uint64_t spans[] = {1, 2, 50, 3000, 100'000, 3 * ticks_per_day};
    const auto kind = random() % 1000;
    return kind == 0 ? random() % (60 * ticks_per_day) : random() % spans[kind % 6];
  };
  const auto push = [&](std::uint64_t due) {
    const bool pushed = queue.try_push(tick{due}, next_id);
    if (pushed != (model.size() < entries_max)) {
      FAIL("the queue is not full when it should be");
    }
    if (pushed) {
      by_id.emplace(next_id, model.emplace(due, next_id));
      ++next_id;
    }
  };
  const auto take_out = [&](const due_entry& entry, std::uint64_t& previous, bool in_order) {
    const auto found = by_id.find(entry.id);
    if (found == by_id.end()) {
      FAIL("an entry came out that is not queued");
    }
    const std::uint64_t due = found->second->first;
    if (due > now || static_cast<std::uint32_t>(due) != entry.due_low) {
      FAIL("an entry came out that is not due");
    }
    const std::uint64_t reached = std::max(due, drained_before);
    if (in_order && reached < previous) {
      FAIL("entries came out of order");
    }
    previous = reached;
    model.erase(found->second);
    by_id.erase(found);
  };

  for (int operation = 0; operation < 170'000; ++operation) {
    if (random() % 16 != 0) {
      push(random() % 8 == 0 ? now - random() % 1000 : now + ahead());
      continue;
    }
    const std::uint64_t jump = step();
    now += jump;
    const auto budget = limited ? static_cast<std::uint32_t>(random() % 100) : unlimited;
    const bool in_order = !limited && jump < weir::stored_ticks_max;
    std::uint64_t previous = 0;
    const auto count = queue.drain(tick{now}, budget, [&](std::span<const due_entry> some) {
      for (const auto& entry : some) {
        take_out(entry, previous, in_order);
        if (random() % 4 == 0) {
          push(now + 1 + ahead() / 2);
        }
      }
    });
    CAPTURE(operation, now, budget);
    if (count > budget || queue.size() != model.size()) {
      FAIL("the counts differ");
    }
    if (budget == unlimited && !model.empty() && model.begin()->first <= now) {
      FAIL("an entry that is due stayed in the queue");
    }
    drained_before = now;
  }
}

#include "weir/table/slab.hpp"

#include "tests/support/catch.hpp"

#include <cstdint>
#include <random>
#include <unordered_map>
#include <vector>

namespace {

struct alignas(64) hot_part {
  std::uint64_t words[8];
};
struct alignas(64) cold_part {
  std::uint64_t words[8];
};
using records = weir::slab<hot_part, cold_part>;

}  // namespace

TEST_CASE("a slab hands out every id once and then none", "[table][slab]") {
  const auto records_max = GENERATE(0u, 1u, 2u, 1000u);
  records slab{records_max};
  std::vector<bool> held(records_max);

  for (std::uint32_t count = 0; count < records_max; ++count) {
    const std::uint32_t id = slab.try_acquire();
    REQUIRE(id < records_max);
    REQUIRE_FALSE(held[id]);
    held[id] = true;
  }

  CHECK(slab.try_acquire() == weir::no_record);
  CHECK(slab.size() == records_max);
}

TEST_CASE("the id released last is acquired first", "[table][slab]") {
  records slab{10};
  const std::uint32_t first = slab.try_acquire();
  const std::uint32_t second = slab.try_acquire();

  slab.release(first);
  slab.release(second);

  CHECK(slab.try_acquire() == second);
  CHECK(slab.try_acquire() == first);
  CHECK(slab.ids_end() == 2);
}

TEST_CASE("the parts of a record fill cache lines", "[table][slab]") {
  records slab{3};
  const std::uint32_t id = slab.try_acquire();

  CHECK(reinterpret_cast<std::uintptr_t>(&slab.hot(id)) % 64 == 0);
  CHECK(reinterpret_cast<std::uintptr_t>(&slab.cold(id)) % 64 == 0);
  CHECK(slab.hot(id).words[7] == 0);
  CHECK(slab.bytes() == 3 * (64 + 64 + 4));
}

TEST_CASE("a slab behaves like a set of ids", "[table][slab]") {
  const auto seed = GENERATE(1u, 2u);
  CAPTURE(seed);
  std::mt19937 random{seed};
  constexpr std::uint32_t records_max = 500;
  records slab{records_max};
  std::vector<std::uint32_t> held;
  std::unordered_map<std::uint32_t, std::uint64_t> stamps;

  for (std::uint64_t operation = 0; operation < 500'000; ++operation) {
    const bool growing = operation / 3000 % 2 == 0;
    if (random() % 8 < (growing ? 6u : 2u)) {
      const std::uint32_t foreseen = slab.next_free();
      const std::uint32_t id = slab.try_acquire();
      if (id != foreseen || (id == weir::no_record) != (held.size() == records_max) ||
          (id != weir::no_record && !stamps.emplace(id, operation).second)) {
        CAPTURE(operation, id);
        FAIL("an acquired id is not a free one");
      }
      if (id != weir::no_record) {
        slab.hot(id).words[0] = operation;
        slab.cold(id).words[7] = ~operation;
        held.push_back(id);
      }
    } else if (!held.empty()) {
      std::swap(held[random() % held.size()], held.back());
      const std::uint32_t id = held.back();
      held.pop_back();
      if (slab.hot(id).words[0] != stamps[id] || slab.cold(id).words[7] != ~stamps[id]) {
        CAPTURE(operation, id);
        FAIL("a record was written by somebody else");
      }
      stamps.erase(id);
      slab.release(id);
    }
    if (slab.size() != held.size()) {
      FAIL("the sizes differ");
    }
  }
}

TEST_CASE("the next free ids are foreseen", "[table][slab]") {
  records slab{6};
  for (int count = 0; count < 4; ++count) {
    slab.try_acquire();
  }
  slab.release(1);
  slab.release(3);
  std::vector<std::uint32_t> foreseen;
  for (std::uint32_t others = 0; others < 5; ++others) {
    foreseen.push_back(slab.next_free(others));
  }

  std::vector<std::uint32_t> acquired;
  for (int count = 0; count < 5; ++count) {
    acquired.push_back(slab.try_acquire());
  }

  CHECK(foreseen == acquired);
  CHECK(acquired == std::vector<std::uint32_t>{3, 1, 4, 5, weir::no_record});
}

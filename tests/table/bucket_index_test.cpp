#include "weir/table/bucket_index.hpp"

#include "weir/table/hash.hpp"

#include "tests/support/catch.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <unordered_map>
#include <vector>

namespace {

using weir::bucket_index;
using weir::no_payload;

// Keys stand in an array and are their own records: the payload is the place.
struct keyed_index {
  bucket_index index;
  std::vector<std::uint64_t> keys;

  keyed_index(std::uint32_t entries_max, std::uint32_t payload_max)
      : index{entries_max, payload_max}, keys(payload_max + 1) {}

  std::uint32_t find(std::uint64_t hash, std::uint64_t key) const {
    return index.find(hash, key, [&](std::uint32_t payload) { return keys[payload] == key; });
  }
};

std::uint64_t well_spread(std::uint64_t key) {
  static const weir::xxh3_hash hash{weir::hash_seed{1, 2}};
  return hash(std::array<std::uint64_t, 2>{key, 0});
}
// 64 homes, few tags: lines overflow and tags agree.
std::uint64_t badly_spread(std::uint64_t key) {
  const std::uint64_t hashed = well_spread(key);
  return hashed & 0xFC00'0000'C000'0000;
}

}  // namespace

TEST_CASE("what was inserted is found", "[table][bucket_index]") {
  keyed_index table{100, 200};
  table.keys[7] = 42;

  REQUIRE(table.index.try_insert(well_spread(42), std::uint64_t{42}, 7));

  CHECK(table.find(well_spread(42), 42) == 7);
  CHECK(table.index.first_candidate(well_spread(42), std::uint64_t{42}) == 7);
  CHECK(table.find(well_spread(43), 43) == no_payload);
  CHECK(table.index.size() == 1);
}

TEST_CASE("what was erased is gone, and only that", "[table][bucket_index]") {
  bucket_index index{100, 200};
  REQUIRE(index.try_insert(5, 0, 1));
  REQUIRE(index.try_insert(5, 0, 2));

  CHECK(index.erase(5, 0, 1));

  CHECK_FALSE(index.erase(5, 0, 1));
  CHECK_FALSE(index.erase(5, 0, 3));
  CHECK(index.find(5, 0, [](std::uint32_t) { return true; }) == 2);
  CHECK(index.size() == 1);
}

TEST_CASE("payload zero under hash zero is an entry", "[table][bucket_index]") {
  bucket_index index{10, 0};

  REQUIRE(index.try_insert(0, 0, 0));

  CHECK(index.first_candidate(0, 0) == 0);
  CHECK(index.erase(0, 0, 0));
  CHECK(index.first_candidate(0, 0) == no_payload);
}

TEST_CASE("the greatest payload is told from nothing", "[table][bucket_index]") {
  const auto payload_max =
      GENERATE(1u, 2u, 255u, 256u, (1u << 21) - 1, 1u << 21, bucket_index::payload_limit);
  bucket_index index{10, payload_max};

  REQUIRE(index.try_insert(~std::uint64_t{0}, 0, payload_max));

  CHECK(index.first_candidate(~std::uint64_t{0}, 0) == payload_max);
}

TEST_CASE("an index holds as many entries as it was sized for", "[table][bucket_index]") {
  const auto entries_max = GENERATE(1u, 8u, 9u, 10u, 143u, 144u, 145u, 10'000u);
  CAPTURE(entries_max);
  bucket_index index{entries_max, 2 * entries_max};

  for (std::uint32_t payload = 0; payload < entries_max; ++payload) {
    REQUIRE(index.try_insert(well_spread(payload), 0, payload));
  }
  CHECK_FALSE(index.try_insert(well_spread(entries_max), 0, entries_max));

  REQUIRE(index.erase(well_spread(0), 0, 0));
  CHECK(index.try_insert(well_spread(entries_max), 0, entries_max));
  CHECK(index.size() == entries_max);
}

TEST_CASE("a million keys fit at full load", "[table][bucket_index]") {
  constexpr std::uint32_t entries_max = 1'000'000;
  bucket_index index{entries_max, entries_max};

  std::uint32_t refused = 0;
  for (std::uint32_t payload = 0; payload < entries_max; ++payload) {
    refused += index.try_insert(well_spread(payload), 0, payload) ? 0u : 1u;
  }

  CHECK(refused == 0);
  CHECK(index.bytes() * 10 < std::size_t{entries_max} * 72);
}

TEST_CASE("keys of one hash fill the lines a key may probe and no more", "[table][bucket_index]") {
  constexpr std::uint32_t room = bucket_index::probes_max * weir::line_slots;
  bucket_index index{10'000, 10'000};
  const auto hash = GENERATE(std::uint64_t{0}, ~std::uint64_t{0});

  for (std::uint32_t payload = 0; payload < room; ++payload) {
    REQUIRE(index.try_insert(hash, 0, payload));
  }

  CHECK_FALSE(index.try_insert(hash, 0, room));
  for (std::uint32_t payload = 0; payload < room; ++payload) {
    CHECK(index.find(hash, 0, [&](std::uint32_t seen) { return seen == payload; }) == payload);
  }
  REQUIRE(index.erase(hash, 0, 17));
  CHECK(index.try_insert(hash, 0, room));
}

TEST_CASE("a key that was passed on is found after its home has room again",
          "[table][bucket_index]") {
  bucket_index index{1000, 1000};
  for (std::uint32_t payload = 0; payload <= weir::line_slots; ++payload) {
    REQUIRE(index.try_insert(99, 0, payload));
  }

  for (std::uint32_t payload = 0; payload < weir::line_slots; ++payload) {
    REQUIRE(index.erase(99, 0, payload));
  }

  CHECK(index.first_candidate(99, 0) == no_payload);
  CHECK(index.find(99, 0, [](std::uint32_t) { return true; }) == weir::line_slots);
  CHECK(index.erase(99, 0, weir::line_slots));
  CHECK(index.find(99, 0, [](std::uint32_t) { return true; }) == no_payload);
}

TEST_CASE("candidates of many keys are found behind their full homes", "[table][bucket_index]") {
  struct lane {
    std::uint64_t hash;
    std::uint32_t candidate;
    const void* place;
  };
  bucket_index index{1000, 1000};
  constexpr std::uint64_t crowded = 0x1000, passing = 0x2000, absent = 0x3000;
  for (std::uint32_t payload = 0; payload < weir::line_slots; ++payload) {
    REQUIRE(index.try_insert(crowded, 0, payload));
  }
  REQUIRE(index.try_insert(passing, 0, 500));
  constexpr std::uint64_t elsewhere = std::uint64_t{1} << 63;
  std::array<lane, 4> lanes{};
  for (std::size_t i = 0; const auto hash : {crowded, passing, absent, elsewhere | passing}) {
    lanes[i++] = {hash, 0, index.prefetch(hash)};
  }

  index.first_candidates(std::span<lane>{lanes},
                         [](lane& one, std::uint32_t found) { one.candidate = found; });

  CHECK(lanes[0].candidate == 0);
  CHECK(lanes[1].candidate == 500);
  CHECK(lanes[2].candidate == no_payload);
  CHECK(lanes[3].candidate == no_payload);
}

TEST_CASE("a line that nothing passes any more is where a search ends", "[table][bucket_index]") {
  bucket_index index{7 * bucket_index::entries_per_line, 1000};
  constexpr std::uint64_t in_first_line = 0;
  constexpr std::uint64_t in_second_line = std::uint64_t{1} << 61;
  for (std::uint32_t payload = 0; payload <= weir::line_slots; ++payload) {
    REQUIRE(index.try_insert(in_first_line, 0, payload));
  }
  REQUIRE(index.try_insert(in_second_line, 0, 500));
  const auto asked = [&] {
    std::uint32_t count = 0;
    index.find(in_first_line, 0, [&](std::uint32_t) { return ++count == 0; });
    return count;
  };
  REQUIRE(asked() == weir::line_slots + 2);

  REQUIRE(index.erase(in_first_line, 0, weir::line_slots));

  CHECK(asked() == weir::line_slots);
}

TEST_CASE("insertions and erasures are counted, lookups and refusals are not",
          "[table][bucket_index]") {
  bucket_index index{1, 10};
  REQUIRE(index.try_insert(1, 0, 1));
  CHECK(index.size() == 1);
  CHECK_FALSE(index.try_insert(2, 0, 2));
  CHECK_FALSE(index.erase(2, 0, 2));
  CHECK(index.find(1, 0, [](std::uint32_t) { return false; }) == no_payload);
  CHECK(index.size() == 1);
  REQUIRE(index.erase(1, 0, 1));
  CHECK(index.size() == 0);
}

TEST_CASE("a bucket index behaves like a map", "[table][bucket_index]") {
  struct kind {
    std::uint64_t (*hash)(std::uint64_t);
    std::uint32_t entries_max;
    bool always_fits;
  };
  const auto [hash, entries_max, always_fits] =
      GENERATE(kind{well_spread, 4000, true}, kind{badly_spread, 600, false});
  const auto seed = GENERATE(11u, 12u);
  CAPTURE(seed, entries_max);
  std::mt19937 random{seed};
  const std::uint32_t keys_count = entries_max * 3 / 2;
  keyed_index table{entries_max, keys_count};
  std::unordered_map<std::uint64_t, std::uint32_t> model;
  std::vector<std::uint32_t> free;
  for (std::uint32_t payload = 0; payload <= keys_count; ++payload) {
    free.push_back(payload);
  }
  std::uint32_t refused = 0;

  for (int operation = 0; operation < 500'000; ++operation) {
    const std::uint64_t key = random() % keys_count;
    const auto known = model.find(key);
    const std::uint32_t expected = known == model.end() ? no_payload : known->second;
    if (table.find(hash(key), key) != expected) {
      CAPTURE(operation, key, expected);
      FAIL("the index and the map differ");
    }
    // Long stretches of mostly insertions, then of mostly erasures.
    const bool growing = operation / 20'000 % 2 == 0;
    if (expected == no_payload && (growing || random() % 4 == 0)) {
      table.keys[free.back()] = key;
      if (table.index.try_insert(hash(key), key, free.back())) {
        model.emplace(key, free.back());
        free.pop_back();
      } else {
        ++refused;
        if (always_fits && model.size() < entries_max) {
          FAIL("the index refused a key before it was full");
        }
      }
    } else if (expected != no_payload && (!growing || random() % 4 == 0)) {
      if (!table.index.erase(hash(key), key, expected)) {
        FAIL("the index lost an entry");
      }
      model.erase(known);
      free.push_back(expected);
    }
    if (table.index.size() != model.size()) {
      FAIL("the sizes differ");
    }
  }

  CHECK(refused != 0);
}

#include "weir/table/bitmap.hpp"

#include "tests/support/catch.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <set>

namespace {

using weir::port;
using weir::port_parity;
using weir::port_range;

port numbered(std::uint32_t number) { return port{static_cast<std::uint16_t>(number)}; }
port_range between(std::uint32_t first, std::uint32_t last) {
  return port_range::between(numbered(first), numbered(last)).value();
}

std::unique_ptr<weir::bitmap> all_free() { return std::make_unique<weir::bitmap>(); }
std::unique_ptr<weir::bitmap> all_taken() {
  auto made = all_free();
  for (std::uint32_t number = 0; number < 65536; ++number) {
    made->try_take(numbered(number));
  }
  return made;
}

// Free ports as a plain set for each parity.
struct plain_model {
  std::array<std::set<std::uint32_t>, 2> free;

  plain_model() {
    for (std::uint32_t number = 0; number < 65536; ++number) {
      free[number % 2].insert(free[number % 2].end(), number);
    }
  }

  std::optional<std::uint32_t> first(std::uint32_t from, std::uint32_t last,
                                     port_parity parity) const {
    std::optional<std::uint32_t> best;
    for (std::uint32_t odd = 0; odd < 2; ++odd) {
      if (parity != port_parity::any && (parity == port_parity::odd) != (odd == 1)) {
        continue;
      }
      const auto found = free[odd].lower_bound(from);
      if (found != free[odd].end() && *found <= last && (!best || *found < *best)) {
        best = *found;
      }
    }
    return best;
  }

  std::optional<std::uint32_t> find(std::uint32_t start, port_range within,
                                    port_parity parity) const {
    const std::uint32_t first_one = within.first().number();
    const std::uint32_t last_one = within.last().number();
    if (start < first_one || start > last_one) {
      return first(first_one, last_one, parity);
    }
    const auto behind = first(start, last_one, parity);
    return behind || start == first_one ? behind : first(first_one, start - 1, parity);
  }
};

}  // namespace

TEST_CASE("a port is taken once and released once", "[table][bitmap]") {
  const auto number = GENERATE(0u, 1u, 63u, 64u, 4095u, 4096u, 65535u);
  const auto ports = all_free();

  CHECK(ports->try_take(numbered(number)));
  CHECK_FALSE(ports->try_take(numbered(number)));
  CHECK(ports->taken(numbered(number)));
  CHECK(ports->count() == 1);
  CHECK(ports->release(numbered(number)));
  CHECK_FALSE(ports->release(numbered(number)));
  CHECK(ports->count() == 0);
}

TEST_CASE("a search starts where it is told and goes round", "[table][bitmap]") {
  const auto ports = all_free();
  const port_range range = between(1024, 2047);

  CHECK(ports->find_free(numbered(1500), range) == numbered(1500));
  CHECK(ports->find_free(numbered(1), range) == numbered(1024));
  CHECK(ports->find_free(numbered(1500), range, port_parity::odd) == numbered(1501));
  for (std::uint32_t number = 1500; number <= 2047; ++number) {
    ports->try_take(numbered(number));
  }
  CHECK(ports->find_free(numbered(1500), range) == numbered(1024));
}

TEST_CASE("the only free port is found wherever the search starts", "[table][bitmap]") {
  const auto ports = all_taken();
  std::mt19937 random{5};

  for (std::uint32_t number = 0; number < 65536; ++number) {
    ports->release(numbered(number));
    const port start = numbered(static_cast<std::uint32_t>(random()));
    const auto own = number % 2 == 0 ? port_parity::even : port_parity::odd;
    const auto other = number % 2 == 0 ? port_parity::odd : port_parity::even;
    if (ports->find_free(start, port_range{}) != numbered(number) ||
        ports->find_free(start, port_range{}, own) != numbered(number) ||
        ports->find_free(start, port_range{}, other).has_value()) {
      CAPTURE(number, start.number());
      FAIL("the free port was not found");
    }
    ports->try_take(numbered(number));
  }
}

TEST_CASE("a search stays in its range", "[table][bitmap]") {
  const auto ports = all_taken();
  ports->release(numbered(999));
  ports->release(numbered(2001));

  CHECK_FALSE(ports->find_free(numbered(1500), between(1000, 2000)));
  CHECK(ports->find_free(numbered(1500), between(999, 2000)) == numbered(999));
  CHECK(ports->find_free(numbered(1500), between(1000, 2001)) == numbered(2001));
  CHECK(ports->find_free(numbered(999), port_range::only(numbered(999))) == numbered(999));
  CHECK_FALSE(ports->find_free(numbered(998), port_range::only(numbered(998))));
}

TEST_CASE("a bitmap behaves like a set of free ports", "[table][bitmap]") {
  // Hundredths of a percent that stay taken, with the range's size.
  const auto occupancy = GENERATE(5000u, 9000u, 9990u);
  const auto seed = GENERATE(21u, 22u);
  CAPTURE(occupancy, seed);
  std::mt19937 random{seed};
  const auto ports = all_free();
  plain_model model;
  const auto flip = [&](std::uint32_t number, bool take) {
    if (take && ports->try_take(numbered(number))) {
      model.free[number % 2].erase(number);
    } else if (!take && ports->release(numbered(number))) {
      model.free[number % 2].insert(number);
    }
  };
  for (std::uint32_t number = 0; number < 65536; ++number) {
    flip(number, random() % 10'000 < occupancy);
  }

  for (int operation = 0; operation < 170'000; ++operation) {
    const std::uint32_t one = random() % 65536;
    const std::uint32_t other = random() % 65536;
    const port_range within =
        random() % 4 == 0 ? port_range{} : between(std::min(one, other), std::max(one, other));
    const auto parity = static_cast<port_parity>(random() % 3);
    const std::uint32_t start = random() % 65536;
    const auto found = ports->find_free(numbered(start), within, parity);
    const auto expected = model.find(start, within, parity);
    if (found.has_value() != expected.has_value() || (found && (*found).number() != *expected)) {
      CAPTURE(operation, start, within.first().number(), within.last().number());
      FAIL("the bitmap and the set differ");
    }
    if (found) {
      flip((*found).number(), true);
    }
    flip(random() % 65536, random() % 10'000 < occupancy);
    if (ports->count() != 65536 - model.free[0].size() - model.free[1].size()) {
      FAIL("the counts differ");
    }
  }
}

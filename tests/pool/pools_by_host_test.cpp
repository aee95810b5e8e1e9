#include "weir/pool/pools_by_host.hpp"

#include "weir/pool/pool_set.hpp"

#include "tests/pool/pools.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/seeded.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <variant>
#include <vector>

namespace weir {
namespace {

using test::block;
using test::home_pool;
using test::pools_of;

/// Addresses with many neighbours, so that prefixes lie in each other and repeat.
ipv4_address some_address(test::seeded& random) {
  const auto bits = static_cast<std::uint32_t>(random.next());
  return ipv4_address{(10u << 24) | (bits & 0x0003'0303)};
}

ipv4_prefix some_prefix(test::seeded& random, unsigned length_min) {
  const auto longer = static_cast<unsigned>(random.next() % (33 - length_min));
  return ipv4_prefix::around(some_address(random), length_min + longer);
}

domain_id some_domain(test::seeded& random) {
  return domain_id{static_cast<std::uint16_t>(random.next() % 3 * 2)};
}

pool_specification some_pool(test::seeded& random) {
  pool_specification made;
  for (auto left = 1 + random.next() % 4; left != 0; --left) {
    made.internal.push_back(random.next() % 8 == 0 ? ipv4_prefix{} : some_prefix(random, 8));
  }
  for (auto left = 1 + random.next() % 3; left != 0; --left) {
    made.external.push_back(some_prefix(random, 22));
  }
  made.zone = random.next() % 4 == 0 ? zone_id::none()
                                     : zone_id{static_cast<std::uint16_t>(random.next() % 3)};
  made.domain = some_domain(random);
  made.external_domain = random.next() % 4 == 0 ? some_domain(random) : made.domain;
  return made;
}

/// Those of some pools that can stand beside each other.
pool_set some_pools(test::seeded& random, std::size_t count) {
  std::vector<pool_specification> raw;
  while (raw.size() < count) raw.push_back(some_pool(random));
  auto made = checked(raw);
  while (const auto* faults = std::get_if<std::vector<pool_fault>>(&made)) {
    raw.erase(raw.begin() + static_cast<std::ptrdiff_t>(faults->front().pool));
    made = checked(raw);
  }
  return std::get<pool_set>(std::move(made));
}

template <class Takes>
const pool* first_of(const pool_set& pools, domain_id domain, Takes&& takes) {
  for (const pool& one : pools.pools()) {
    if (one.domain == domain && takes(one)) return &one;
  }
  return nullptr;
}

TEST_CASE("the first pool that serves a source is the one that asking each would find",
          "[pool][select]") {
  test::seeded random;
  CAPTURE(random.seed());
  const std::size_t count = GENERATE(0u, 1u, 3u, 8u, 60u);

  for (int round = 0; round < test::rounds(60); ++round) {
    const pool_set pools = some_pools(random, count);
    for (int asked = 0; asked < 200; ++asked) {
      const domain_id domain{static_cast<std::uint16_t>(random.next() % 6)};
      const auto address = random.next() % 8 == 0 ? ipv4_address{8, 8, 8, 8} : some_address(random);
      const auto refused = random.next() & random.next();
      const auto accepts = [&](const pool& one) noexcept {
        return (refused >> one.id.number() % 64 & 1) == 0;
      };
      const auto serves = [&](const pool& one) { return one.serves(address) && accepts(one); };
      const auto lists = [&](const pool& one) { return one.is_internal(address) && accepts(one); };
      const auto first = [&](const pool& one) { return one.serves(address); };

      REQUIRE(pools.find_serving(domain, address, accepts) == first_of(pools, domain, serves));
      REQUIRE(pools.find_listing(domain, address, accepts) == first_of(pools, domain, lists));
      REQUIRE(pools.find_serving(domain, address) == first_of(pools, domain, first));
    }
  }
}

TEST_CASE("pools that may serve a source are asked once each and in order", "[pool][select]") {
  std::vector<pool_specification> raw;
  for (std::uint16_t zone = 0; zone < 40; ++zone) {
    auto one = home_pool();
    one.zone = zone_id{zone};
    if (zone % 2 == 0) one.internal = {block({192, 168, 7, 0}, 24), block({192, 168, 0, 0}, 17)};
    raw.push_back(one);
  }
  const pool_set pools = pools_of(raw);
  std::vector<pool_id> asked;

  const pool* const found =
      pools.find_serving(domain_id{}, {192, 168, 7, 1}, [&](const pool& one) noexcept {
        asked.push_back(one.id);
        return one.id == pool_id{35};
      });

  REQUIRE(found == &pools.at(pool_id{35}));
  REQUIRE(asked.size() == 36);
  for (std::uint16_t number = 0; number < 36; ++number) CHECK(asked[number] == pool_id{number});
}

TEST_CASE("what finds pools grows with the prefixes that they list", "[pool][select]") {
  const auto bytes_of = [](std::uint32_t pools) {
    std::vector<pool_specification> raw(pools, home_pool());
    for (std::uint32_t number = 0; number < pools; ++number) {
      raw[number].internal.push_back(ipv4_prefix{});
      raw[number].internal.push_back(block(ipv4_address{0x0A00'0000u + 256 * number}, 24));
    }
    return pools_by_host{raw}.bytes();
  };

  CHECK(pools_by_host{}.is_empty());
  CHECK(pools_by_host{}.bytes() == 0);
  CHECK(bytes_of(4000) < 5 * bytes_of(1000));
}

}  // namespace
}  // namespace weir

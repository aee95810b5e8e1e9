// What an answer rests on: whichever mappings end of those that are not known to live, what is
// acquired next is the same, if `rests_on` says so.

#include "weir/pool/mapping_table.hpp"

#include "tests/pool/pools.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/seeded.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace weir {
namespace {

using test::block;

struct mapped {
  explicit mapped(const std::pair<pool_set, mapping_limits>& given)
      : pools{given.first}, table{pools, owner, given.second, {11, 12}} {}

  mapping_forecast<ipv4> asks(const internal_key<ipv4>& key) const {
    mapping_forecast<ipv4> asked;
    table.begin(asked, pools.pools()[0], key.protocol, key.endpoint);
    return asked;
  }
  /// What is acquired, as text; the mapping is held once more.
  std::string acquires(const internal_key<ipv4>& key, seeded_random random) {
    const auto got = table.acquire(pools.pools()[0], key.protocol, key.endpoint, random);
    const auto outcome = "outcome " + std::to_string(static_cast<int>(got.outcome));
    if (!got) return outcome;
    const auto worn = table.outside(got.id);
    return outcome + " " + std::to_string(worn.address.bits()) + ":" +
           std::to_string(worn.port.number());
  }
  void ends(const internal_key<ipv4>& key) {
    const auto id = table.find(key);
    while (!id.is_none() && table.at(id).sessions > 1) table.release(id);
    if (!id.is_none()) table.release(id);
  }
  std::vector<internal_key<ipv4>> keys() const {
    std::vector<internal_key<ipv4>> all;
    table.for_each([&](mapping_id, const mapping<ipv4>& one) { all.push_back(one.key()); });
    return all;
  }

  pool_set pools;
  port_owner owner{pools};
  mapping_table<ipv4> table;
};

/// A pool whose hosts get in each other's way, with port forwards on it, and how many mappings and
/// hosts there may be.
std::pair<pool_set, mapping_limits> crowded(int manner) {
  pool_specification raw = test::home_pool();
  raw.ports = test::ports(1000, manner % 2 == 0 ? 1011 : 1047);
  raw.external = {block({203, 0, 113, 8}, manner % 3 == 0 ? 32 : 30)};
  raw.manners.preserve_port = manner % 4 < 2;
  raw.manners.preserve_parity = manner % 3 == 1;
  raw.manners.preserve_range = manner % 5 != 0;
  raw.manners.paired = manner != 2 && manner != 3;
  raw.manners.paired_full_takes_other = manner == 4 || manner == 5;
  if (manner == 6) {
    raw.internal = {block({192, 168, 0, 0}, 29)};
    raw.ports = test::ports(1000, 1127);
    raw.ports_per_host = 12;
    raw.deterministic = true;
  }
  std::vector<external_claim> claims;
  if (manner == 7) {
    for (const port one : {port{1003}, port{1004}, port{1009}}) {
      claims.push_back({{domain_id{}, {203, 0, 113, 8}}, protocol::udp, one});
    }
  }
  const mapping_limits limits{manner == 8 ? 10u : 64u, manner == 9 ? 3u : 64u};
  return {test::pools_of({std::move(raw)}, std::move(claims)), limits};
}

internal_key<ipv4> any_key(test::seeded& random) {
  const protocol kind = random.one_in(9)   ? protocol::sctp
                        : random.one_in(9) ? protocol::dccp
                        : random.one_in(5) ? protocol::tcp
                                           : protocol::udp;
  return {pool_id{0},
          domain_id{},
          kind,
          {{192, 168, 0, static_cast<std::uint8_t>(random.below(7) + 1)},
           port{static_cast<std::uint16_t>(random.between(998, 1020))}}};
}

TEST_CASE("an answer that rests on the living is the same when the others have ended",
          "[pool][mapping][model]") {
  const int manner = GENERATE(range(0, 10));
  test::seeded random{404 + static_cast<std::uint64_t>(manner)};
  CAPTURE(random.seed(), manner);
  const auto given = crowded(manner);
  mapped all{given};
  mapped left{given};
  int same = 0;
  int unknown = 0;

  const int rounds = test::rounds(20'000);
  for (int round = 0; round < rounds; ++round) {
    CAPTURE(round);
    const auto key = any_key(random);
    const seeded_random draws{{random.next(), 2}};
    std::set<internal_key<ipv4>> dead;
    for (const auto& one : all.keys()) {
      if (random.one_in(round % 2 == 0 ? 3 : 20)) dead.insert(one);
    }
    const bool is_same = all.table.rests_on(all.asks(key), draws, [&](mapping_id id) {
      return !dead.contains(all.table.at(id).key());
    });
    (is_same ? same : unknown) += 1;

    if (is_same) {
      for (const auto& one : dead) left.ends(one);
      const auto got = all.acquires(key, draws);
      REQUIRE(got == left.acquires(key, draws));
      for (const auto& one : dead) all.ends(one);
    } else {
      for (const auto& one : dead) {
        all.ends(one);
        left.ends(one);
      }
      REQUIRE(all.acquires(key, draws) == left.acquires(key, draws));
    }
  }
  CHECK(same > rounds / 20);
  CHECK(unknown > rounds / 200);
}

}  // namespace
}  // namespace weir

#include "weir/engine/memory_need.hpp"

#include "tests/engine/gateway.hpp"
#include "tests/support/catch.hpp"

namespace weir::test {
namespace {

TEST_CASE("what tables ask for is told without making them", "[engine][memory_need]") {
  auto raw = GENERATE(two_zones(), pool_gateway(), pool_gateway("198.51.100.0/24"));
  raw.sessions.max = GENERATE(60'000u, 200'000u, 1'000'000u);
  raw.sessions.per_source = GENERATE(0u, 100u);
  const gateway box{raw};
  const auto& worker = box.worker();

  const auto need = memory_need_of(worker.config());

  const auto sessions = worker.sessions4().bytes() + worker.sessions6().bytes();
  const auto mappings = worker.mappings().bytes();
  const auto taken = sessions + mappings;
  CHECK(need.sessions <= taken + taken / 50);
  CHECK(need.sessions >= taken - taken / 50);
  CHECK(need.externals == worker.mappings().owner().bytes());
  CHECK(need.all() == need.sessions + need.externals);
}

TEST_CASE("tables for the most sessions are told of with little memory", "[engine][memory_need]") {
  auto raw = pool_gateway();
  raw.sessions.max = 1u << 26;
  const auto config = std::get<std::shared_ptr<const snapshot>>(checked(raw));

  const auto need = memory_need_of(*config);

  CHECK(need.sessions == need.per_session << 26);
}

}  // namespace
}  // namespace weir::test

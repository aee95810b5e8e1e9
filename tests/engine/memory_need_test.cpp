#include "weir/engine/memory_need.hpp"

#include "tests/engine/gateway.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/seeded.hpp"

#include <sys/resource.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace weir::test {
namespace {

/// How often the first thousand flows through a new worker waited for memory from the platform.
long waits_of(const std::shared_ptr<const snapshot>& config, bool populate) {
  std::vector<packet_bytes> packets;
  std::vector<ram_frame> frames(1000);
  for (unsigned i = 0; i < frames.size(); ++i) {
    packets.push_back(udp{}.from("10.0.0." + std::to_string(2 + i % 200), 5000 + i).bytes());
  }
  for (std::size_t i = 0; i < frames.size(); ++i) {
    frames[i].packet = ram_packet{packets[i]};
    frames[i].meta.ingress = config->find_interface("lan").value();
  }
  worker_options options;
  options.populate = populate;
  worker box{config, options};
  deaf_sink sink;
  rusage before{};
  rusage after{};
  getrusage(RUSAGE_SELF, &before);
  box.process(ram_burst{frames}, {}, sink);
  getrusage(RUSAGE_SELF, &after);
  REQUIRE(sink.forwarded == frames.size());
  return after.ru_minflt - before.ru_minflt;
}

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
  const auto config = compiled(raw);

  const auto need = memory_need_of(*config);

  CHECK(need.sessions == need.per_session << 26);
}

TEST_CASE("no packet waits for memory where a worker populates", "[engine][memory_need]") {
  if (is_sanitized) return;  // its own memory comes as it is needed
  auto raw = pool_gateway("198.51.100.0/24");
  raw.sessions.max = 100'000;
  const auto config = compiled(raw);

  waits_of(config, false);  // the program's own pages come when they are first needed

  CHECK(waits_of(config, true) < 100);  // else 1400; the platform may move a page at any time
}

}  // namespace
}  // namespace weir::test

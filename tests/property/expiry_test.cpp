// Expiry is exact whatever the budget: a worker that reviews little or nothing by itself answers
// every packet as one that ends the dead in their very tick.

#include "tests/property/same_fate.hpp"
#include "tests/property/traffic.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/gateway.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace weir::test {
namespace {

/// A box whose hosts get in each other's way: few ports, few addresses, few sessions.
configuration crowded_gateway(std::string_view external, std::uint16_t ports) {
  auto raw = home_gateway();
  raw.sessions.max = 60;
  auto& pool = raw.nat.pools.front();
  if (!external.empty()) {
    pool.external_interface.clear();
    pool.external = {*parse_prefix(external)};
  }
  pool.ports = port_range::between(port{1000}, port{static_cast<std::uint16_t>(999 + ports)});
  add_policy(raw, "inside", "inside", action::permit_stateful_nat);
  add_policy(raw, "inside", "local", action::permit_stateful);
  add_policy(raw, "outside", "local", action::permit_stateful);
  add_policy(raw, "local", "outside", action::permit_stateful);
  return raw;
}

configuration open_to_strangers(configuration raw) {
  auto& pool = raw.nat.pools.front();
  pool.filtering_tcp = endpoint_filtering::endpoint_independent;
  pool.filtering_udp = endpoint_filtering::endpoint_independent;
  add_policy(raw, "outside", "inside", action::permit_stateful);
  return raw;
}

/// Pools of every manner, by number. Fair shares are not among them: of sources that have equally
/// many sessions the latest to come there yields, and when it came is when its dead were reviewed.
constexpr int manners_count = 12;
configuration gateway_of_manner(int which) {
  auto raw = crowded_gateway(which % 3 == 0 ? "" : "203.0.113.8/30", which % 2 == 0 ? 9 : 40);
  auto& pool = raw.nat.pools.front();
  pool.preserve_port = which % 4 < 2;
  pool.preserve_parity = which % 3 == 1;
  pool.preserve_range = which % 5 != 0;
  switch (which) {
    case 2:
    case 3:
      pool.paired = false;
      break;
    case 4:
    case 5:
      pool.paired_full_takes_other = true;
      break;
    case 6:
    case 7:
      return open_to_strangers(std::move(raw));
    case 8:
      pool.internal = {ip_prefix{*parse_prefix("10.0.0.0/29")}};
      pool.external = {*parse_prefix("203.0.113.8/30")};
      pool.ports = port_range::between(port{1024}, port{2023});
      pool.ports_per_host = 10;
      pool.deterministic = true;
      break;
    case 9:
      raw.sessions.full = full_policy::evict_embryonic;
      raw.sessions.max = 24;
      break;
    case 10:
      raw.sessions.full = full_policy::evict_embryonic;
      raw.sessions.max = 24;
      return open_to_strangers(std::move(raw));
    case 11:
      raw.sessions.max = 20;
      raw.sessions.per_source = 6;
      raw.sessions.embryonic_per_source = 4;
      break;
    default:
      break;
  }
  return raw;
}

/// The live sessions of a worker by what they are found by, which says what they wear.
auto live_sessions(const gateway& box) {
  const auto& table = box.worker().sessions4();
  std::vector<std::pair<packed_flow<ipv4>::words_type, packed_flow<ipv4>::words_type>> all;
  table.for_each(box.worker().now(), [&](std::uint32_t id) {
    auto original = table.hot(id).key[0];
    auto reply = table.hot(id).key[1];
    original.set_annotation(0);
    reply.set_annotation(0);
    all.emplace_back(original.words(), reply.words());
  });
  std::sort(all.begin(), all.end());
  return all;
}

/// What the mappings of a worker are, once all that is dead has ended.
auto mappings_of(gateway& box, instant now) {
  box.worker().expire(now);
  std::vector<std::tuple<internal_key<ipv4>, endpoint<ipv4>, std::uint32_t>> all;
  box.worker().mappings().for_each([&](mapping_id id, const mapping<ipv4>& one) {
    all.emplace_back(one.key(), box.worker().mappings().outside(id), one.sessions);
  });
  std::sort(all.begin(), all.end());
  return all;
}

TEST_CASE("whatever reviews the dead, every packet fares as if they had ended in their tick",
          "[property][engine][expiry]") {
  const int manner = GENERATE(range(0, manners_count));
  const std::uint32_t budget = GENERATE(0u, 3u, 256u);
  random_traffic traffic{31'337 + static_cast<std::uint64_t>(manner)};
  CAPTURE(traffic.seed(), manner, budget);
  auto lazy = gateway::unbounded();
  lazy.reclaim_budget = budget;
  gateway exact{gateway_of_manner(manner)};
  gateway later{gateway_of_manner(manner), lazy};
  auto now = instant::from_epoch(duration::seconds(1'000'000));

  for (int round = 0; round < rounds(1'500); ++round) {
    CAPTURE(round);
    std::vector<sent_packet> packets;
    for (auto left = traffic.random().one_in(3) ? 1 + traffic.random().below(70) : 1; left > 0;
         --left) {
      auto sent = traffic.next();
      if (traffic.random().one_in(20)) sent.interface = "local";
      packets.push_back(std::move(sent));
    }
    const auto fates = later.burst(packets);
    for (std::size_t i = 0; i < packets.size(); ++i) {
      CAPTURE(i);
      const auto one = exact.sends(packets[i].interface, packets[i].bytes);
      check_same(one, fates[i]);
      if (one.forwarded()) traffic.saw(exact.egress_of(one), one.bytes);
    }
    if (traffic.random().one_in(3)) {
      const auto most = traffic.random().one_in(4) ? 300'000u : 40'000u;
      const auto step =
          duration::milliseconds(static_cast<std::int64_t>(traffic.random().below(most)));
      exact.advance(step);
      later.advance(step);
      now = now + step;
    }
    if (round % 64 == 0) REQUIRE(live_sessions(exact) == live_sessions(later));
    if (round % 128 == 127) REQUIRE(mappings_of(exact, now) == mappings_of(later, now));
  }

  CHECK(exact.worker().packets().out.read() == later.worker().packets().out.read());
  CHECK(exact.worker().lives().created.read() > 100);
  CHECK(exact.worker().lives().created.read() == later.worker().lives().created.read());
}

}  // namespace
}  // namespace weir::test

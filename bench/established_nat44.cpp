// Claim: an established flow behind NAT44 costs little more than its rewrite, at any number of
// flows, and several times less than with a general-purpose hash table.
//
// All engines are the same template; only the index differs. `naive` takes one packet at a time,
// the tuned peer 32 with prefetching, rte_hash 64 by its own bulk lookup. Every packet is of a
// random flow. The floors read and rewrite with the engine's own functions.

#include "weir/nat/rewrite.hpp"
#include "weir/wire/plain_datagram.hpp"

#include "bench/absl_index.hpp"
#include "bench/harness.hpp"
#include "bench/traffic.hpp"
#if defined(WEIR_BENCH_DPDK)
#include "bench/rte_index.hpp"
#endif

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace weir::bench {
namespace {

struct tuned_traits : default_traits {
  template <class Key>
  using index = absl_index<Key>;
};
struct naive_traits : tuned_traits {
  static constexpr std::size_t burst_max = 1;
};
#if defined(WEIR_BENCH_DPDK)
struct rte_traits : default_traits {
  template <class Key>
  using index = rte_index<Key>;
  static constexpr std::size_t burst_max = 64;
};
#endif

/// A worker with flows, and a ring of their packets.
template <class Traits>
class bench_engine {
 public:
  bench_engine(std::uint32_t flows, report& out)
      : worker_{compiled(nat44_configuration(flows)), {.seed = seed}},
        flows_{establish(worker_, flows, start)},
        out_{&out} {}

  contender in_turn(std::string name) {
    contender made;
    made.operations = ring_size;
    made.prepare = [this, name] {
      if (swept_) {
        out_->verify(sink_.forwarded == ring_size && is_intact(ring_), name);
      }
      sink_.forwarded = 0;
      swept_ = true;
      fill(ring_, flows_, random_);
    };
    made.sweep = [this] { worker_.process(ring_.burst(), start, sink_); };
    return made;
  }

  std::size_t bytes() const { return worker_.sessions4().bytes() + worker_.mappings().bytes(); }
  const std::vector<tcp_flow>& flows() const { return flows_; }

 private:
  basic_worker<Traits> worker_;
  std::vector<tcp_flow> flows_;
  packet_ring ring_{ring_size};
  counting_sink sink_;
  random_numbers random_{7};
  report* out_;
  bool swept_ = false;
};

/// What no flow engine can do without: headers judged, and rewritten for one of 64 flows.
class floor_engine {
 public:
  explicit floor_engine(const std::vector<tcp_flow>& flows) : flows_{flows} {
    for (std::size_t i = 0; i < resident_.size(); ++i) {
      const auto& flow = flows_[i % flows_.size()];
      resident_[i] = {reversed(flow.key[1].endpoints()), reversed(flow.key[0].endpoints())};
    }
  }

  contender parse_only() {
    return {ring_size, [this] { parse(); }, [this] { fill_resident(); }};
  }
  contender parse_and_rewrite() {
    return {ring_size, [this] { rewrite_all(); }, [this] { fill_resident(); }};
  }

 private:
  struct worn {
    packed_endpoints to_outside, to_inside;
  };

  void fill_resident() {
    for (std::size_t i = 0; i < ring_size; ++i) {
      const auto& flow = flows_[i / 2 % resident_.size() % flows_.size()];
      std::copy_n(flow.header[i & 1].begin(), headers_size, ring_.bytes(i).begin());
    }
  }

  void parse() {
    const auto burst = ring_.burst();
    for (std::size_t i = 0; i < ring_size; ++i) {
      read(burst[i], found_[i % 32]);
      keep(found_[i % 32]);
    }
  }

  void rewrite_all() {
    const auto burst = ring_.burst();
    for (std::size_t i = 0; i < ring_size; ++i) {
      auto packet = burst[i];
      auto& found = found_[i % 32];
      read(packet, found);
      const auto& known = resident_[i / 2 % resident_.size()];
      const auto& after = (i & 1) == 0 ? known.to_outside : known.to_inside;
      rewrite_tcp(packet.bytes().data(), after, flow_delta::between(found.key.endpoints(), after),
                  ttl_step::down);
    }
  }

  static void read(const ram_packet& packet, plain_datagram<ipv4>& found) {
    if (!read_plain(packet.bytes(), domain_id{}, found)) {
      std::abort();
    }
  }

  const std::vector<tcp_flow>& flows_;
  std::array<worn, 64> resident_;
  std::array<plain_datagram<ipv4>, 32> found_;
  packet_ring ring_{ring_size};
};

struct bars {
  std::uint32_t flows;
  const char* name;
  double naive, tuned, rte, floor, parse;
};

using rows = std::vector<std::pair<const char*, bar>>;

/// A row for each contender after the first one, which is measured against it.
void add_rows(const bars& limits, const std::vector<measurement>& took, const rows& named,
              report& out) {
  const std::string subject = std::string{limits.name} + " flows";
  for (std::size_t i = 0; i < named.size() && i + 1 < took.size(); ++i) {
    out.add(
        {"established-nat44", subject, named[i].first, took[0], took[i + 1], {}, named[i].second});
  }
}

/// Against what no engine can do without. Alone with it: the peers would have their tables in the
/// caches instead of these.
void measure_cost(const bars& limits, bench_engine<default_traits>& own, std::size_t sweeps,
                  report& out) {
  floor_engine floor{own.flows()};
  const auto took =
      alternate({own.in_turn("weir"), floor.parse_only(), floor.parse_and_rewrite()}, sweeps);
  add_rows(limits, took,
           {{"over parse", bar::cost(limits.parse)},
            {"over parse and rewrite", bar::cost(limits.floor)}},
           out);
}

/// Against the same engine with other indices.
void measure_peers(const bars& limits, bench_engine<default_traits>& own, std::size_t sweeps,
                   report& out) {
  bench_engine<naive_traits> naive{limits.flows, out};
  bench_engine<tuned_traits> tuned{limits.flows, out};
  std::vector<contender> contenders{own.in_turn("weir"), naive.in_turn("naive"),
                                    tuned.in_turn("tuned peer")};
#if defined(WEIR_BENCH_DPDK)
  std::optional<bench_engine<rte_traits>> rte;
  if (start_rte()) {
    rte.emplace(limits.flows, out);
    contenders.push_back(rte->in_turn("rte_hash"));
  }
#endif
  add_rows(limits, alternate(contenders, sweeps),
           {{"against naive", bar::faster(limits.naive)},
            {"against tuned peer", bar::faster(limits.tuned)},
            {"against rte_hash bulk", bar::faster(limits.rte)}},
           out);
}

void measure(const bars& limits, const options& given, report& out) {
  const auto sweeps = given.pick<std::size_t>(400, 3);
  bench_engine<default_traits> own{limits.flows, out};
  measure_cost(limits, own, sweeps, out);
  if (limits.flows <= 1'000'000) {
    measure_peers(limits, own, sweeps, out);
  }
}

int run(const options& given) {
  report out{given};
  constexpr double open = bar::no_limit;
  const bars all[] = {
      {1'000, "1 k", 1.2, open, open, 2.6, 7.0},
      {64'000, "64 k", 4.0, 1.8, open, open, open},
      {1'000'000, "1 M", 5.0, 1.8, 1.7, 5.0, open},
      {8'000'000, "8 M", open, open, open, open, open},
  };
  for (const auto& one : all) {
    if (!given.smoke || one.flows <= 64'000) {
      measure(one, given, out);
    }
  }
  return out.exit_code();
}

}  // namespace
}  // namespace weir::bench

int main(int count, char** arguments) {
  return weir::bench::run(weir::bench::parse(count, arguments));
}

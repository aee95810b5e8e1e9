// Claim: an established flow behind NAT44 costs little more than its rewrite, at any number of
// flows, and several times less than with a general-purpose hash table.
//
// All engines are the same template; only the index differs. `naive` takes one packet at a time,
// the tuned peer 32 with prefetching. Every packet is of a random flow.

#include "weir/nat/rewrite.hpp"

#include "bench/absl_index.hpp"
#include "bench/harness.hpp"
#include "bench/traffic.hpp"

#include <cstdint>
#include <memory>
#include <string>
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

instant start() { return instant::from_epoch(duration::seconds(1'000'000)); }

worker_options options_of() {
  worker_options made;
  made.seed = seed;
  made.start = start();
  return made;
}

/// A worker with flows, and a ring of their packets.
template <class Traits>
class bench_engine {
 public:
  bench_engine(std::uint32_t flows, report& out)
      : worker_{compiled(nat44_configuration(flows)), options_of()},
        flows_{establish(worker_, flows, start())},
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
    made.sweep = [this] { worker_.process(ring_.burst(), start(), sink_); };
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
      resident_[i] = {flow.key[0], reversed(flow.key[1]), flow.key[1], reversed(flow.key[0])};
    }
  }

  contender parse_only() {
    return {ring_size, [this] { parse(); }, [this] { fill_resident(); }};
  }
  contender parse_and_rewrite() {
    return {ring_size, [this] { rewrite_all(); }, [this] { fill_resident(); }};
  }

 private:
  struct keys {
    packed_flow<ipv4> from_inside, to_outside, from_outside, to_inside;
  };

  void fill_resident() {
    for (std::size_t i = 0; i < ring_size; ++i) {
      const auto& flow = flows_[i / 2 % resident_.size() % flows_.size()];
      std::copy_n(flow.header[i & 1].begin(), headers_size, ring_.bytes(i).begin());
    }
  }

  void parse() {
    for (std::size_t i = 0; i < ring_size; ++i) {
      walk_into(found_[i % 32], ring_.bytes(i), packet_size, domain_id{}, walk_options{});
      keep(found_[i % 32]);
    }
  }

  void rewrite_all() {
    for (std::size_t i = 0; i < ring_size; ++i) {
      auto& found = found_[i % 32];
      walk_into(found, ring_.bytes(i), packet_size, domain_id{}, walk_options{});
      const auto& known = resident_[i / 2 % resident_.size()];
      const auto& after = (i & 1) == 0 ? known.to_outside : known.to_inside;
      rewrite_tcp(ring_.bytes(i).data(), after, flow_delta::between(found.key, after),
                  ttl_step::down);
    }
  }

  const std::vector<tcp_flow>& flows_;
  std::array<keys, 64> resident_;
  std::array<walked<ipv4>, 32> found_;
  packet_ring ring_{ring_size};
};

struct bars {
  std::uint32_t flows;
  const char* name;
  std::optional<double> naive, tuned, floor, parse;
};

void measure(const bars& limits, const options& given, report& out) {
  bench_engine<default_traits> own{limits.flows, out};
  floor_engine floor{own.flows()};
  std::vector<contender> contenders{own.in_turn("weir"), floor.parse_only(),
                                    floor.parse_and_rewrite()};
  std::unique_ptr<bench_engine<naive_traits>> naive;
  std::unique_ptr<bench_engine<tuned_traits>> tuned;
  if (limits.naive || limits.flows <= 1'000'000) {
    naive = std::make_unique<bench_engine<naive_traits>>(limits.flows, out);
    tuned = std::make_unique<bench_engine<tuned_traits>>(limits.flows, out);
    contenders.push_back(naive->in_turn("naive"));
    contenders.push_back(tuned->in_turn("tuned peer"));
  }
  const auto took = alternate(contenders, given.pick<std::size_t>(400, 3));
  const std::string subject = std::string{limits.name} + " flows";
  const auto add = [&](const char* figure, std::optional<measurement> baseline,
                       std::optional<bar> limit) {
    out.add({"established-nat44", subject, figure, took[0], baseline, {}, limit});
  };
  const auto cost = [](std::optional<double> most) {
    return most ? std::optional{bar::cost(*most)} : std::nullopt;
  };
  const auto faster = [](std::optional<double> least) {
    return least ? std::optional{bar::faster(*least)} : std::nullopt;
  };
  add("over parse", took[1], limits.parse ? cost(limits.parse) : cost(1e9));
  add("over parse and rewrite", took[2], limits.floor ? cost(limits.floor) : cost(1e9));
  if (naive) {
    add("against naive", took[3], faster(limits.naive));
    add("against tuned peer", took[4], faster(limits.tuned));
  }
}

int run(const options& given) {
  report out{given};
  const bars all[] = {
      {1'000, "1 k", 1.2, std::nullopt, 2.6, 7.0},
      {64'000, "64 k", 4.0, 1.8, std::nullopt, std::nullopt},
      {1'000'000, "1 M", 5.0, 1.8, 5.0, std::nullopt},
      {8'000'000, "8 M", std::nullopt, std::nullopt, std::nullopt, std::nullopt},
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

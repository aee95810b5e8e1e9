// Claim: a new flow through the complete engine - policy, mapping, port, session - costs half of
// what it does with a general-purpose hash table, and no more in a burst than alone.
//
// A sweep opens flows beside those that are established, each with a SYN of another host. When
// there is no room for another sweep, the engine is made anew, outside the timed part.

#include "bench/absl_index.hpp"
#include "bench/harness.hpp"
#include "bench/traffic.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace weir::bench {
namespace {

struct naive_traits : default_traits {
  template <class Key>
  using index = absl_index<Key>;
  static constexpr std::size_t burst_max = 1;
};

constexpr duration opening_idle = duration::minutes(4);

configuration long_lived(std::uint32_t flows) {
  auto raw = nat44_configuration(flows);
  raw.sessions.timeouts.tcp_opening = opening_idle;
  raw.sessions.timeouts.tcp_established = duration::minutes(11 * 24 * 60);
  return raw;
}

/// How many sweeps an engine has room for.
constexpr std::uint32_t sweeps_max = 48;

/// A worker with established flows, and packets that open others.
template <class Traits>
class opening_engine {
 public:
  opening_engine(std::uint32_t flows, report& out)
      : worker_{compiled(long_lived(flows + sweeps_max * ring_size)), {.seed = seed}},
        flows_{flows},
        out_{&out} {
    establish(worker_, flows_, now_);
    while (opened_ < sweeps_max * ring_size) {
      fill();
      worker_.process(ring_.burst(), now_, sink_);
    }
    end_opened("warming up");
  }

  /// Opens flows, so many at once.
  contender opens(std::string name, std::size_t at_once) {
    contender made;
    made.operations = ring_size;
    made.prepare = [this, name] {
      if (opened_ == sweeps_max * ring_size) {
        end_opened(name);
      }
      fill();
    };
    made.sweep = [this, at_once] {
      for (std::size_t first = 0; first < ring_size; first += at_once) {
        worker_.process(ring_.burst(first, at_once), now_, sink_);
      }
    };
    return made;
  }

 private:
  void end_opened(const std::string& name) {
    out_->verify(sink_.forwarded == opened_, name);
    now_ = now_ + opening_idle + duration::seconds(1);
    worker_.expire(now_);
    out_->verify(worker_.sessions4().size() == flows_, name);
    opened_ = 0;
    sink_.forwarded = 0;
  }

  void fill() {
    for (std::uint32_t i = 0; i < ring_size; ++i) {
      // Sixteen flows of a host follow each other in `nth_flow`.
      write_tcp(ring_.bytes(i), nth_flow(flows_ + 17 * opened_++), tcp_flag::syn, 1000, 0);
      ring_.set_ingress(i, lan);
    }
  }

  instant now_ = start;
  basic_worker<Traits> worker_;
  std::uint32_t flows_;
  std::uint32_t opened_ = 0;
  packet_ring ring_{ring_size};
  counting_sink sink_;
  report* out_;
};

void measure(std::uint32_t flows, const char* name, const options& given, report& out) {
  opening_engine<default_traits> own{flows, out};
  opening_engine<default_traits> single{flows, out};
  opening_engine<naive_traits> naive{flows, out};
  const auto took = alternate(
      {own.opens("weir", ring_size), single.opens("one by one", 1), naive.opens("naive", 1)},
      given.pick<std::size_t>(200, 3));
  const std::string subject = std::string{name} + " established";
  out.add({"new-flows", subject, "against naive", took[0], took[2], {}, bar::faster(2)});
  out.add(
      {"new-flows", subject, "in bursts over one by one", took[0], took[1], {}, bar::cost(1.15)});
  out.add({"new-flows", subject, "one by one against naive", took[1], took[2], {}, {}});
}

}  // namespace
}  // namespace weir::bench

int main(int count, char** arguments) {
  return weir::bench::run_by_size(weir::bench::parse(count, arguments), weir::bench::measure);
}

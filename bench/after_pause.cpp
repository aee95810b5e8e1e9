// Claim: after a pause, however many sessions are due for review, no new flow waits for all of
// them: the dead end by and by, and expiry is exact nevertheless. Hosts have sixteen flows each.
//
// Each round establishes flows anew and lets time pass: in silence, until all are dead, or with a
// packet of each on the way, until all have to be looked at. Then new flows come one by one.

#include "bench/harness.hpp"
#include "bench/traffic.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace weir::bench {
namespace {

constexpr std::uint32_t newcomers = 1000;
constexpr std::int64_t idle_minutes = 60;

/// How long the slowest of the newcomers waited, in microseconds.
double worst_wait(std::uint32_t flows, bool is_silent, report& out) {
  auto raw = nat44_configuration(flows + newcomers);
  raw.sessions.timeouts.tcp_established = duration::minutes(idle_minutes);
  worker box{compiled(raw)};
  const auto established = establish(box, flows, start);
  packet_ring ring{32};
  counting_sink sink;
  auto now = start;
  if (!is_silent) {
    now = now + duration::minutes(idle_minutes / 2);
    for (std::uint32_t next = 0; next < flows; ++next) {
      std::ranges::copy(established[next].header[0], ring.bytes(0).begin());
      ring.set_ingress(0, lan);
      box.process(ring.burst(0, 1), now, sink);
    }
  }
  now = start + duration::minutes(idle_minutes) + duration::seconds(1);
  sink.forwarded = 0;
  double worst = 0;
  for (std::uint32_t next = 0; next < newcomers; ++next) {
    write_tcp(ring.bytes(0), nth_flow(flows + next), tcp_flag::syn, 1000, 0);
    ring.set_ingress(0, lan);
    const auto began = std::chrono::steady_clock::now();
    box.process(ring.burst(0, 1), now, sink);
    const std::chrono::duration<double, std::micro> taken =
        std::chrono::steady_clock::now() - began;
    worst = std::max(worst, taken.count());
  }
  out.verify(sink.forwarded == newcomers, "newcomers after a pause");
  box.expire(now);
  out.verify(box.sessions4().size() == (is_silent ? newcomers : flows + newcomers),
             "sessions after a pause");
  return worst;
}

void measure(std::uint32_t flows, const char* name, const options& given, report& out) {
  for (const bool is_silent : {true, false}) {
    std::vector<double> rounds(given.pick<std::size_t>(5, 1));
    for (double& one : rounds) one = worst_wait(flows, is_silent, out);
    row added;
    added.claim = "after-pause";
    added.subject = std::string{name} + (is_silent ? " sessions, dead" : " sessions, alive");
    added.figure = "slowest new flow of 1 k, us";
    added.value = detail::median(rounds);
    added.bar = bar::value(500);
    out.add(added);
  }
}

}  // namespace
}  // namespace weir::bench

int main(int count, char** arguments) {
  return weir::bench::run_by_size(weir::bench::parse(count, arguments), weir::bench::measure);
}

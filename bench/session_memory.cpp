// Claim: a session takes at most 144 bytes over IPv4, 192 with a mapping of its own and 208 over
// IPv6, all in: record, index, due queue and book. An established packet touches one line of the
// index and the hot lines of its record.

#include "weir/session/session_table.hpp"

#include "bench/harness.hpp"
#include "bench/traffic.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace weir::bench {
namespace {

void add(report& out, const char* subject, const char* figure, double value, bar limit) {
  row added;
  added.claim = "session-memory";
  added.subject = subject;
  added.figure = figure;
  added.value = value;
  added.bar = limit;
  out.add(added);
}

int run(const options& given) {
  report out{given};
  const auto sessions = given.pick<std::uint32_t>(1'000'000, 1'000);
  auto raw = nat44_configuration(sessions);
  raw.sessions.max = sessions;
  const worker box{compiled(raw), {}};
  const auto each = [&](std::size_t bytes) {
    return static_cast<double>(bytes) / static_cast<double>(sessions);
  };
  const double four = each(box.sessions4().bytes());
  const double mapping = each(box.mappings().bytes());
  add(out, "IPv4", "bytes each", four, bar::value(144));
  add(out, "IPv4, its own mapping", "bytes each", four + mapping, bar::value(192));
  add(out, "IPv6", "bytes each", each(box.sessions6().bytes()), bar::value(208));
  constexpr auto lines = [](std::size_t record) { return static_cast<double>(1 + record / 64); };
  add(out, "IPv4", "lines an established packet touches", lines(sizeof(hot_record<ipv4>)),
      bar::value(bar::no_limit));
  add(out, "IPv6", "lines an established packet touches", lines(sizeof(hot_record<ipv6>)),
      bar::value(bar::no_limit));
  return out.exit_code();
}

}  // namespace
}  // namespace weir::bench

int main(int count, char** arguments) {
  return weir::bench::run(weir::bench::parse(count, arguments));
}

// Claim: `weir replay` takes a capture of 1 GB of 64-byte packets through zones and NAT, reading
// and writing, at 2.5 million packets a second or more, and its memory follows the sessions it may
// keep and not the capture. Runs the program itself: WEIR_PROGRAM, else build/bin/weir.

#include "bench/harness.hpp"
#include "tests/support/scratch_folder.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace {

namespace bench = weir::bench;
using weir::test::memory_folder;
using weir::test::scratch_folder;

constexpr double nanoseconds_max = 400;  // 2.5 million packets a second
constexpr std::uint32_t sessions_max = 131'072;

std::string program() {
  const char* const named = std::getenv("WEIR_PROGRAM");
  const std::string path = named == nullptr ? "build/bin/weir" : named;
  return std::filesystem::exists(path) ? std::filesystem::absolute(path).string() : std::string{};
}

/// A gateway with ports enough for every flow.
void write_configuration(const std::string& path) {
  std::ofstream{path} << R"(
interfaces:
  lan: { addresses: [10.0.0.1/24], zone: inside, source-validation: strict }
  wan: { addresses: [203.0.113.1/24], zone: outside }
routes: [{ to: 0.0.0.0/0, via: 203.0.113.254, interface: wan }]
policies:
  - { name: outbound, from: inside, to: outside, default: permit-stateful-nat }
  - { name: inbound, from: outside, to: inside, default: deny }
nat: { pools: [{ name: p, internal: [10.0.0.0/24], external: [203.0.113.16/28] }] }
sessions: { max: )" << sessions_max
                      << " }\n";
}

bool run(const std::string& command) {
  return std::system((command + " >/dev/null 2>&1").c_str()) == 0;
}

/// The number behind a key of the report, which says each of these once.
std::uint64_t value_of(const std::string& report, const std::string& key) {
  const auto at = report.find('"' + key + "\": ");
  return at == std::string::npos ? 0
                                 : std::strtoull(report.c_str() + at + key.size() + 4, nullptr, 10);
}

std::string contents(const std::string& path) {
  std::ifstream file{path};
  return {std::istreambuf_iterator<char>{file}, {}};
}

/// Replays the capture so many times; nanoseconds a packet, the median.
double measure(const std::string& command, std::uint64_t packets, std::size_t rounds, bool& good) {
  std::vector<double> times;
  for (std::size_t round = 0; round < rounds; ++round) {
    const auto begun = std::chrono::steady_clock::now();
    good = run(command) && good;
    const std::chrono::duration<double, std::nano> spent = std::chrono::steady_clock::now() - begun;
    times.push_back(spent.count() / static_cast<double>(packets));
  }
  return bench::detail::median(times);
}

}  // namespace

int main(int count, char** arguments) {
  const auto options = bench::parse(count, arguments);
  bench::report report{options};
  const auto weir = program();
  if (weir.empty()) {
    std::printf("replay: left out, there is no program; cmake/dev build makes build/bin/weir\n");
    return 0;
  }
  const scratch_folder here{memory_folder()};
  const auto packets = options.pick<std::uint64_t>(13'400'000, 50'000);
  write_configuration(here / "gateway.yaml");
  for (const char* const flows : {"1000", "64000"}) {
    const auto capture = here / "in.pcap";
    bool good = run(weir + " generate --out " + capture + " --size 64 --packets " +
                    std::to_string(packets) + " --flows " + flows);
    const auto ns = measure(weir + " replay --config " + here / "gateway.yaml" +
                                " --tap lan,wan=" + capture + " --out lan=" + here / "lan.pcap" +
                                " --out wan=" + here / "wan.pcap" + " --report " + here / "r.json",
                            packets, options.pick<std::size_t>(5, 1), good);
    const auto said = contents(here / "r.json");
    good = good && value_of(said, "in") == packets && value_of(said, "out") == packets;
    report.add({.claim = "replay",
                .subject = std::string{"64 B, 1 GB, "} + flows + " flows",
                .figure = "ns a packet, files both ways",
                .value = ns,
                .bar = bench::bar::value(nanoseconds_max)});
    report.add({.claim = "replay",
                .subject = std::string{"64 B, 1 GB, "} + flows + " flows",
                .figure = "MiB of memory at most",
                .value = static_cast<double>(value_of(said, "peak")) / (1 << 20),
                .bar = bench::bar::value(bench::bar::no_limit)});
    report.verify(good, "not every packet came through");
  }
  return report.exit_code();
}

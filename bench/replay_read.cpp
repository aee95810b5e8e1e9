// Claim: reading a capture of 64-byte packets costs less than libpcap takes to, and writing one no
// more than that: a replay spends its time in the engine. An operation is one packet.

#include "weir/pcap/reader.hpp"
#include "weir/pcap/writer.hpp"

#include "bench/harness.hpp"
#include "tests/support/scratch_folder.hpp"

#include <pcap/pcap.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace {

namespace bench = weir::bench;
using weir::test::memory_folder;
using weir::test::scratch_folder;

constexpr std::uint32_t packet_size = 64;
constexpr std::uint16_t ethernet = 1;

/// Writes a capture; how many packets it took.
std::uint64_t write_capture(const std::string& path, std::uint64_t packets) {
  std::array<std::byte, packet_size> packet{};
  auto out = weir::pcap::writer::open(path, ethernet);
  std::uint64_t written = 0;
  for (std::uint64_t at = 0; at < packets; ++at) {
    packet[0] = static_cast<std::byte>(at & 0xFF);
    const auto time = weir::instant::from_epoch(
        weir::duration::nanoseconds(static_cast<std::int64_t>(at) * 1'000));
    written += out->write(time, {{}, packet, packet_size}) ? 1u : 0u;
  }
  return out->close() ? written : 0;
}

/// What reading sees: so many packets, and the sum of their first bytes.
struct seen {
  std::uint64_t packets = 0;
  std::uint64_t sum = 0;
};

seen read_with_weir(const std::string& path) {
  auto from = weir::pcap::reader::open(path);
  weir::pcap::record one;
  seen made;
  while (from->next(one)) {
    ++made.packets;
    made.sum += std::to_integer<std::uint64_t>(one.bytes[0]);
  }
  return made;
}

seen read_with_libpcap(const std::string& path) {
  char why[PCAP_ERRBUF_SIZE];
  auto* const from =
      ::pcap_open_offline_with_tstamp_precision(path.c_str(), PCAP_TSTAMP_PRECISION_NANO, why);
  seen made;
  ::pcap_pkthdr* header = nullptr;
  const u_char* data = nullptr;
  while (::pcap_next_ex(from, &header, &data) == 1) {
    ++made.packets;
    made.sum += data[0];
  }
  ::pcap_close(from);
  return made;
}

}  // namespace

int main(int count, char** arguments) {
  const auto options = bench::parse(count, arguments);
  bench::report report{options};
  const auto packets = options.pick<std::uint64_t>(2'000'000, 20'000);
  const scratch_folder here{memory_folder()};
  const auto source = here / "in.pcap";
  const auto target = here / "out.pcap";
  report.verify(write_capture(source, packets) == packets, "the capture was not written");

  seen ours;
  seen theirs;
  std::uint64_t written = 0;
  const auto measured =
      bench::alternate({{packets, [&] { theirs = read_with_libpcap(source); }},
                        {packets, [&] { ours = read_with_weir(source); }},
                        {packets, [&] { written = write_capture(target, packets); }}},
                       options.pick<std::size_t>(21, 3));

  report.add({.claim = "replay input",
              .subject = "64 B, pcap",
              .figure = "read, against libpcap",
              .measured = measured[1],
              .baseline = measured[0],
              .bar = bench::bar::faster(1)});
  report.add({.claim = "replay output",
              .subject = "64 B, pcap",
              .figure = "write, against reading",
              .measured = measured[2],
              .baseline = measured[0],
              .bar = {}});
  report.verify(ours.packets == packets && theirs.packets == packets && ours.sum == theirs.sum,
                "the readers differ");
  report.verify(written == packets, "packets were not written");
  return report.exit_code();
}

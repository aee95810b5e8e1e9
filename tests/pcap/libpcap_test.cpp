// libpcap as the independent oracle: what it reads, weir reads the same; what weir writes, it
// reads.

#include "weir/pcap/link_number.hpp"
#include "weir/pcap/reader.hpp"
#include "weir/pcap/writer.hpp"

#include "tests/pcap/capture_builder.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch_folder.hpp"

#include <pcap/pcap.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace {

using weir::test::counting;
using weir::test::scratch_folder;

struct pcap_closer {
  void operator()(::pcap_t* opened) const { ::pcap_close(opened); }
};
using libpcap = std::unique_ptr<::pcap_t, pcap_closer>;

libpcap open_with_libpcap(const std::string& path) {
  char why[PCAP_ERRBUF_SIZE];
  return libpcap{
      ::pcap_open_offline_with_tstamp_precision(path.c_str(), PCAP_TSTAMP_PRECISION_NANO, why)};
}

std::vector<std::filesystem::path> captures() {
  const char* const folder = std::getenv("WEIR_CAPTURES");
  std::vector<std::filesystem::path> found;
  if (folder == nullptr || !std::filesystem::is_directory(folder)) return found;
  for (const auto& entry : std::filesystem::directory_iterator{folder}) {
    const auto extension = entry.path().extension();
    if (extension == ".pcap" || extension == ".cap" || extension == ".pcapng") {
      found.push_back(entry.path());
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

/// How many records both read alike; -1 where they differ, -2 where libpcap gives up.
int alike(::pcap_t* theirs, weir::pcap::reader& ours) {
  int count = 0;
  weir::pcap::record one;
  ::pcap_pkthdr* header = nullptr;
  const u_char* data = nullptr;
  while (true) {
    const int status = ::pcap_next_ex(theirs, &header, &data);
    const bool found = ours.next(one);
    if (status == PCAP_ERROR) return -2;
    if (status == PCAP_ERROR_BREAK) return found ? -1 : count;
    const auto nanoseconds =
        std::int64_t{header->ts.tv_sec} * 1'000'000'000 + std::int64_t{header->ts.tv_usec};
    const auto* const data_bytes = reinterpret_cast<const std::byte*>(data);
    if (!found || header->caplen != one.bytes.size() ||
        std::max(header->len, header->caplen) != one.original_length ||
        nanoseconds != one.time.since_epoch().count() ||
        !std::equal(one.bytes.begin(), one.bytes.end(), data_bytes)) {
      return -1;
    }
    ++count;
  }
}

}  // namespace

TEST_CASE("every capture reads as libpcap reads it", "[pcap][reader][oracle]") {
  const auto paths = captures();
  if (paths.empty()) {
    WARN("SKIPPED: the shared captures are not there (WEIR_CAPTURES)");
    return;
  }
  int compared = 0;
  for (const auto& path : paths) {
    CAPTURE(path);
    auto theirs = open_with_libpcap(path.string());
    auto ours = weir::pcap::reader::open(path.string());
    REQUIRE(ours);

    if (theirs) {
      const int count = alike(theirs.get(), *ours);
      CHECK(count != -1);
      compared += count > 0 ? 1 : 0;
    }

    weir::pcap::record one;
    while (ours->next(one)) {
    }
    CHECK(!ours->fault());
  }
  CHECK(compared > 100);
}

TEST_CASE("libpcap reads what weir writes", "[pcap][writer][oracle]") {
  const scratch_folder here;
  const auto path = here / "a.pcap";
  auto out = weir::pcap::writer::open(path, 101);
  REQUIRE(out);
  for (std::size_t length = 0; length < 2000; length += 7) {
    const auto packet = counting(length);
    const auto time = weir::instant::from_epoch(
        weir::duration::nanoseconds(static_cast<std::int64_t>(length) * 1'234'567'891));
    REQUIRE(out->write(time, {{}, packet, static_cast<std::uint32_t>(length + length % 2)}));
  }
  REQUIRE(out->close());

  auto theirs = open_with_libpcap(path);
  REQUIRE(theirs);
  CHECK(::pcap_datalink(theirs.get()) == DLT_RAW);
  auto ours = weir::pcap::reader::open(path);
  CHECK(alike(theirs.get(), *ours) == 286);
}

TEST_CASE("link types are named as libpcap names them", "[pcap][link]") {
  CHECK(weir::pcap::link_name(1) == "EN10MB (1)");
  CHECK(weir::pcap::link_name(65000) == "65000");
}

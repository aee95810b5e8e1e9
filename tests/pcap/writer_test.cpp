#include "weir/pcap/writer.hpp"

#include "weir/pcap/reader.hpp"

#include "tests/pcap/capture_builder.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch_folder.hpp"

#include <sys/resource.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace {

using weir::duration;
using weir::instant;
using weir::pcap::writer;
using weir::test::capture_builder;
using weir::test::capture_bytes;
using weir::test::counting;
using weir::test::scratch_folder;

capture_bytes contents(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  capture_bytes read;
  for (std::istreambuf_iterator<char> at{file}, end; at != end; ++at) {
    read.push_back(static_cast<std::byte>(*at));
  }
  return read;
}

instant at(std::int64_t nanoseconds) {
  return instant::from_epoch(duration::nanoseconds(nanoseconds));
}

}  // namespace

TEST_CASE("the written file is the documented one, byte by byte", "[pcap][writer]") {
  const scratch_folder here;
  const auto link_header = counting(14);
  const auto packet = counting(20, 100);
  auto out = writer::open(here / "a.pcap", 1);
  REQUIRE(out);

  CHECK(out->write(at(3'000'000'007), {link_header, packet, 1514}));
  CHECK(out->close());

  auto frame = link_header;
  frame.insert(frame.end(), packet.begin(), packet.end());
  capture_builder due;
  due.pcap_header(0xA1B23C4D, 1).pcap_record(3, 7, frame, 1514);
  CHECK(contents(here / "a.pcap") == due.made());
}

TEST_CASE("a time that the format cannot tell becomes the nearest that it can", "[pcap][writer]") {
  static constexpr std::int64_t end = (std::int64_t{1} << 32) * 1'000'000'000;
  const auto [given, told, count] = GENERATE(table<std::int64_t, std::int64_t, std::uint64_t>({
      {0, 0, 0},
      {end - 1, end - 1, 0},
      {end, end - 1, 1},
      {end + 5'000'000'000, end - 1, 1},
      {-1, 0, 1},
  }));
  CAPTURE(given);
  const scratch_folder here;
  auto out = writer::open(here / "a.pcap", 1);
  REQUIRE(out);

  CHECK(out->write(at(given), {{}, counting(20), 20}));
  CHECK(out->close());

  CHECK(out->retimed() == count);
  auto written = weir::pcap::reader::open(here / "a.pcap");
  weir::pcap::record one;
  REQUIRE(written->next(one));
  CHECK(one.time == at(told));
}

TEST_CASE("an output without packets is an empty capture", "[pcap][writer]") {
  const scratch_folder here;

  CHECK(writer::open(here / "a.pcap", 101)->close());

  CHECK(contents(here / "a.pcap") == capture_builder{}.pcap_header(0xA1B23C4D, 101).made());
}

TEST_CASE("opening an output leaves the file as it was until something is written",
          "[pcap][writer]") {
  const scratch_folder here;
  std::ofstream{here / "a.pcap"} << std::string(5000, 'x');
  auto out = writer::open(here / "a.pcap", 1);
  REQUIRE(out);

  CHECK(std::filesystem::file_size(here / "a.pcap") == 5000);
  CHECK(out->close());
  CHECK(std::filesystem::file_size(here / "a.pcap") == 24);
}

TEST_CASE("an output that is given up without a record leaves the file as it was",
          "[pcap][writer]") {
  const scratch_folder here;
  std::ofstream{here / "a.pcap"} << std::string(5000, 'x');

  writer::open(here / "a.pcap", 1);

  CHECK(std::filesystem::file_size(here / "a.pcap") == 5000);
}

TEST_CASE("an output that is not closed holds its records", "[pcap][writer]") {
  const scratch_folder here;

  writer::open(here / "a.pcap", 1)->write(at(0), {{}, counting(60), 60});

  CHECK(std::filesystem::file_size(here / "a.pcap") == 24 + 16 + 60);
}

TEST_CASE("more than a buffer arrives whole", "[pcap][writer]") {
  const scratch_folder here;
  auto out = writer::open(here / "a.pcap", 1);
  const auto packet = counting(1500);

  for (int count = 0; count < 3000; ++count) {
    REQUIRE(out->write(at(count), {{}, packet, 1500}));
  }
  REQUIRE(out->close());

  auto back = weir::pcap::reader::open(here / "a.pcap");
  weir::pcap::record one;
  std::int64_t count = 0;
  while (back->next(one)) {
    REQUIRE(one.time == at(count));
    REQUIRE(capture_bytes(one.bytes.begin(), one.bytes.end()) == packet);
    ++count;
  }
  CHECK(!back->fault());
  CHECK(count == 3000);
}

TEST_CASE("a record at the limit is written, one past it is refused", "[pcap][writer]") {
  const auto [length, accepted] =
      GENERATE(table<std::size_t, bool>({{262'143, true}, {262'144, true}, {262'145, false}}));
  const scratch_folder here;
  auto out = writer::open(here / "a.pcap", 1);
  const auto packet = counting(length);

  CHECK(out->write(at(0), {{}, packet, 300'000}) == accepted);
  CHECK(out->close());
}

TEST_CASE("a write that fails leaves whole records and keeps the error", "[pcap][writer]") {
  const scratch_folder here;
  auto out = writer::open(here / "a.pcap", 1);
  const auto packet = counting(1000);
  ::rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const ::rlimit small{1'500'000, before.rlim_max};
  std::signal(SIGXFSZ, SIG_IGN);
  ::setrlimit(RLIMIT_FSIZE, &small);

  bool accepted = true;
  for (int count = 0; count < 4000; ++count) {
    accepted = out->write(at(count), {{}, packet, 1000});
  }
  const bool closed = out->close();
  ::setrlimit(RLIMIT_FSIZE, &before);

  CHECK(!accepted);
  CHECK(!closed);
  CHECK(out->error() == EFBIG);
  auto back = weir::pcap::reader::open(here / "a.pcap");
  weir::pcap::record one;
  int count = 0;
  while (back->next(one)) ++count;
  CHECK(!back->fault());
  CHECK(count > 500);
}

TEST_CASE("an output in a folder that is not there cannot be opened", "[pcap][writer]") {
  CHECK(!writer::open("no-such-folder/a.pcap", 1));
  CHECK(errno == ENOENT);
}

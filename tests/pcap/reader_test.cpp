#include "weir/pcap/reader.hpp"

#include "tests/pcap/capture_builder.hpp"
#include "tests/support/catch.hpp"

#include <cerrno>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace {

using weir::pcap::reader;
using weir::test::capture_builder;
using weir::test::capture_bytes;
using weir::test::counting;

struct seen_record {
  std::int64_t nanoseconds;
  std::uint32_t original_length;
  std::uint32_t interface;
  std::uint16_t link_type;
  std::uint64_t offset;
  capture_bytes data;
};

struct seen_capture {
  std::vector<seen_record> records;
  std::optional<weir::pcap::capture_fault> fault;
};

seen_capture read(const capture_bytes& capture) {
  auto from = reader::over(capture);
  seen_capture seen;
  weir::pcap::record one;
  while (from.next(one)) {
    seen.records.push_back({one.time.since_epoch().count(), one.original_length, one.interface,
                            one.link_type, one.offset,
                            capture_bytes(one.bytes.begin(), one.bytes.end())});
  }
  seen.fault = from.fault();
  return seen;
}

capture_builder three_records(bool big = false) {
  capture_builder made{big};
  made.pcap_header(0xA1B2C3D4, 1);
  made.pcap_record(10, 1, counting(60), 60);
  made.pcap_record(11, 2, counting(3), 1500);
  made.pcap_record(12, 3, {}, 9);
  return made;
}

capture_builder two_interfaces(bool big = false) {
  capture_builder made{big};
  made.section();
  made.interface(1);
  made.interface(101, made.part().u16(9).u16(1).padded({std::byte{9}}).u16(0).u16(0));
  made.packet(0, 2'000'001, counting(14), 14);
  made.packet(1, 3'000'000'001, counting(21), 400);
  return made;
}

}  // namespace

TEST_CASE("pcap records are read in both byte orders", "[pcap][reader]") {
  const bool big = GENERATE(false, true);

  const auto seen = read(three_records(big).made());

  REQUIRE(!seen.fault);
  REQUIRE(seen.records.size() == 3);
  CHECK(seen.records[0].nanoseconds == 10'000'001'000);
  CHECK(seen.records[0].data == counting(60));
  CHECK(seen.records[0].offset == 24);
  CHECK(seen.records[0].link_type == 1);
  CHECK(seen.records[1].offset == 24 + 76);
}

TEST_CASE("a cut record keeps its length on the wire", "[pcap][reader]") {
  const auto seen = read(three_records().made());

  REQUIRE(seen.records.size() == 3);
  CHECK(seen.records[1].data.size() == 3);
  CHECK(seen.records[1].original_length == 1500);
  CHECK(seen.records[2].data.empty());
  CHECK(seen.records[2].original_length == 9);
}

TEST_CASE("a nanosecond pcap file keeps its nanoseconds", "[pcap][reader]") {
  capture_builder made;
  made.pcap_header(0xA1B23C4D, 101).pcap_record(1, 999'999'999, counting(20), 20);

  const auto seen = read(made.made());

  REQUIRE(seen.records.size() == 1);
  CHECK(seen.records[0].nanoseconds == 1'999'999'999);
  CHECK(seen.records[0].link_type == 101);
}

TEST_CASE("a pcap file with patched record headers is read", "[pcap][reader]") {
  capture_builder made;
  made.pcap_header(0xA1B2CD34, 1);
  made.u32(5).u32(0).u32(4).u32(4).u64(0).raw(counting(4));
  made.u32(6).u32(0).u32(1).u32(1).u64(0).raw(counting(1));

  const auto seen = read(made.made());

  REQUIRE(seen.records.size() == 2);
  CHECK(seen.records[0].data == counting(4));
}

TEST_CASE("the frame check sequence bits are no part of the link type", "[pcap][reader]") {
  capture_builder made;
  made.pcap_header(0xA1B2C3D4, 0x24000001).pcap_record(1, 0, counting(4), 4);

  CHECK(read(made.made()).records.at(0).link_type == 1);
}

TEST_CASE("pcapng interfaces keep their own link types and clocks", "[pcap][reader][pcapng]") {
  const bool big = GENERATE(false, true);

  const auto seen = read(two_interfaces(big).made());

  REQUIRE(!seen.fault);
  REQUIRE(seen.records.size() == 2);
  CHECK(seen.records[0].link_type == 1);
  CHECK(seen.records[0].nanoseconds == 2'000'001'000);
  CHECK(seen.records[0].data == counting(14));
  CHECK(seen.records[1].link_type == 101);
  CHECK(seen.records[1].interface == 1);
  CHECK(seen.records[1].nanoseconds == 3'000'000'001);
  CHECK(seen.records[1].original_length == 400);
}

TEST_CASE("a pcapng time offset is added", "[pcap][reader][pcapng]") {
  capture_builder made;
  made.section();
  made.interface(1, made.part().u16(14).u16(8).u64(100));
  made.packet(0, 1'000'000, counting(4), 4);

  CHECK(read(made.made()).records.at(0).nanoseconds == 101'000'000'000);
}

TEST_CASE("a pcapng section forgets the interfaces of the one before", "[pcap][reader][pcapng]") {
  auto made = two_interfaces();
  const auto first_section = made.made().size();
  made.section();
  made.packet(0, 1, counting(4), 4);

  const auto seen = read(made.made());

  CHECK(seen.records.size() == 2);
  REQUIRE(seen.fault);
  CHECK(seen.fault->offset == first_section + 28);
  CHECK(seen.fault->what == "a packet of an interface that no block describes");
}

TEST_CASE("pcapng sections may differ in byte order", "[pcap][reader][pcapng]") {
  auto made = two_interfaces(false);
  made.raw(two_interfaces(true).made());

  const auto seen = read(made.made());

  CHECK(!seen.fault);
  REQUIRE(seen.records.size() == 4);
  CHECK(seen.records[3].nanoseconds == seen.records[1].nanoseconds);
}

TEST_CASE("a simple packet is as late as the packet before it", "[pcap][reader][pcapng]") {
  auto made = two_interfaces();
  made.block(3, made.part().u32(6).raw(counting(6)));

  const auto seen = read(made.made());

  REQUIRE(seen.records.size() == 3);
  CHECK(seen.records[2].nanoseconds == 3'000'000'001);
  CHECK(seen.records[2].data == counting(6));
}

TEST_CASE("an obsolete packet block is read", "[pcap][reader][pcapng]") {
  capture_builder made;
  made.section().interface(1).interface(113);
  made.block(2, made.part().u16(1).u16(0).u32(0).u32(7).u32(5).u32(5).raw(counting(5)));

  const auto seen = read(made.made());

  REQUIRE(seen.records.size() == 1);
  CHECK(seen.records[0].link_type == 113);
  CHECK(seen.records[0].nanoseconds == 7'000);
}

TEST_CASE("pcapng blocks of no interest are passed over", "[pcap][reader][pcapng]") {
  auto made = two_interfaces();
  const auto before = made.made().size();
  made.block(4, made.part().raw(counting(400)));
  made.block(0x80000001, made.part());
  made.packet(0, 5'000'000, counting(4), 4);

  const auto seen = read(made.made());

  REQUIRE(seen.records.size() == 3);
  CHECK(seen.records[2].offset == before + 412 + 12);
}

TEST_CASE("a pcap file cut anywhere yields its whole records and the cut", "[pcap][reader]") {
  const auto whole = three_records().made();
  const std::vector<std::size_t> ends{24, 100, 119, 135};
  for (std::size_t length = 0; length < whole.size(); ++length) {
    CAPTURE(length);

    const auto seen = read(capture_bytes(whole.begin(), whole.begin() + static_cast<long>(length)));

    std::size_t complete = 0;
    while (complete < 3 && ends[complete + 1] <= length) ++complete;
    CHECK(seen.records.size() == complete);
    const bool at_an_end = length >= 24 && length == ends[complete];
    REQUIRE(seen.fault.has_value() == !at_an_end);
    if (seen.fault) {
      CHECK(seen.fault->offset == (length < 24 ? 0 : ends[complete]));
    }
  }
}

TEST_CASE("a pcapng file cut anywhere yields its whole packets and the cut",
          "[pcap][reader][pcapng]") {
  const auto whole = two_interfaces().made();
  std::vector<std::size_t> blocks{0};
  while (blocks.back() < whole.size()) {
    const auto at = blocks.back() + 4;
    blocks.push_back(blocks.back() + std::to_integer<std::size_t>(whole[at]));
  }
  for (std::size_t length = 0; length < whole.size(); ++length) {
    CAPTURE(length);

    const auto seen = read(capture_bytes(whole.begin(), whole.begin() + static_cast<long>(length)));

    std::size_t complete = 0;
    while (blocks[complete + 1] <= length) ++complete;
    CHECK(seen.records.size() == (complete == 4 ? 1 : 0));
    REQUIRE(seen.fault.has_value() == (length == 0 || length != blocks[complete]));
    if (seen.fault) {
      CHECK(seen.fault->offset == blocks[complete]);
    }
  }
}

TEST_CASE("an empty file is a fault at its first byte", "[pcap][reader]") {
  const auto seen = read({});

  REQUIRE(seen.fault);
  CHECK(seen.fault->offset == 0);
  CHECK(seen.fault->what == "the file is empty");
}

TEST_CASE("a file of another kind is named as such", "[pcap][reader]") {
  const auto seen = read(counting(100, 'a'));

  REQUIRE(seen.fault);
  CHECK(seen.fault->what == "the file is neither pcap nor pcapng");
}

TEST_CASE("a compressed file is named as such", "[pcap][reader]") {
  const auto [magic, what] = GENERATE(table<std::uint32_t, std::string>({
      {0x1F8B0800, "the file is compressed by gzip; read what gunzip -c makes of it"},
      {0x28B52FFD, "the file is compressed by zstd; read what zstd -dc makes of it"},
      {0xFD377A58, "the file is compressed by xz; read what xz -dc makes of it"},
  }));
  CAPTURE(magic);

  const auto seen = read(capture_builder{true}.u32(magic).made());

  REQUIRE(seen.fault);
  CHECK(seen.fault->what == what);
}

TEST_CASE("a record longer than any is a fault where it stands", "[pcap][reader]") {
  const auto [length, is_fault] =
      GENERATE(table<std::uint32_t, bool>({{262'143, false}, {262'144, false}, {262'145, true}}));
  auto made = three_records();
  made.pcap_record(20, 0, counting(length), length);

  const auto seen = read(made.made());

  REQUIRE(seen.fault.has_value() == is_fault);
  CHECK(seen.records.size() == (is_fault ? 3 : 4));
  if (is_fault) {
    CHECK(seen.fault->offset == three_records().made().size());
  }
}

TEST_CASE("a block whose lengths differ is a fault", "[pcap][reader][pcapng]") {
  auto capture = two_interfaces().made();
  capture[capture.size() - 4] ^= std::byte{4};

  const auto seen = read(capture);

  CHECK(seen.records.size() == 1);
  REQUIRE(seen.fault);
  CHECK(seen.fault->what == "the two lengths of a block differ");
}

TEST_CASE("a block length that is none is a fault", "[pcap][reader][pcapng]") {
  const std::uint32_t length = GENERATE(0u, 4u, 8u, 11u, 13u, 0xFFFFFFFFu);
  auto made = two_interfaces();
  const auto before = made.made().size();
  made.u32(6).u32(length).u32(0);

  const auto seen = read(made.made());

  CHECK(seen.records.size() == 2);
  REQUIRE(seen.fault);
  CHECK(seen.fault->offset == before);
}

TEST_CASE("a time resolution too fine to read is a fault", "[pcap][reader][pcapng]") {
  const auto [code, is_fault] = GENERATE(
      table<unsigned, bool>({{19, false}, {20, true}, {0x80 | 63, false}, {0x80 | 64, true}}));
  capture_builder made;
  made.section();
  made.interface(1, made.part().u16(9).u16(1).padded({static_cast<std::byte>(code)}));

  CHECK(read(made.made()).fault.has_value() == is_fault);
}

TEST_CASE("a file that is not there cannot be opened", "[pcap][reader]") {
  CHECK(!reader::open("no-such-folder/no-such-capture.pcap"));
  CHECK(errno == ENOENT);
}

TEST_CASE("a folder opens and fails to read", "[pcap][reader]") {
  auto folder = reader::open(".");
  REQUIRE(folder);
  weir::pcap::record one;

  CHECK(!folder->next(one));

  REQUIRE(folder->fault());
  CHECK(folder->fault()->what.find("reading failed") == 0);
}

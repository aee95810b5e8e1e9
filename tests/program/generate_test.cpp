#include "examples/weir/generate.hpp"

#include "weir/net/text.hpp"

#include "examples/weir/box.hpp"
#include "examples/weir/load.hpp"
#include "examples/weir/neighbors.hpp"
#include "tests/program/run_weir.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/checksum_oracle.hpp"
#include "tests/support/reference_checksum.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>

namespace packets = weir::test;

using packets::workshop;

TEST_CASE("the same seed makes the same traffic, another one other traffic",
          "[program][generate][determinism]") {
  const workshop here;

  REQUIRE(here.run("generate --out a.pcap --conversations 50 --seed 7").code == 0);
  REQUIRE(here.run("generate --out b.pcap --conversations 50 --seed 7").code == 0);
  REQUIRE(here.run("generate --out c.pcap --conversations 50 --seed 8").code == 0);

  CHECK(here.text("a.pcap") == here.text("b.pcap"));
  CHECK(here.text("a.pcap") != here.text("c.pcap"));
}

TEST_CASE("made packets are right, and in the order of time", "[program][generate]") {
  const workshop here;

  REQUIRE(
      here.run("generate --out a.pcap --conversations 150 --inside-ipv6 2001:db8:1::/64").code ==
      0);

  std::int64_t before = 0;
  std::set<unsigned> transports;
  int wide = 0;
  for (const auto& one : here.frames("a.pcap")) {
    CHECK(one.nanoseconds >= before);
    before = one.nanoseconds;
    const auto type = packets::number_at(one.frame, 12, 2);
    if (type == 0x0806) continue;
    const auto packet = packets::packet_in(one.frame);
    CHECK(packets::wrong_with(packet).empty());
    wide += type == 0x86DD ? 1 : 0;
    transports.insert(std::to_integer<unsigned>(packet[type == 0x86DD ? 6 : 9]));
  }
  CHECK(wide > 0);
  CHECK(transports.count(6) == 1);
  CHECK(transports.count(17) == 1);
  CHECK(transports.count(1) == 1);
}

TEST_CASE("made packets are not from or to the example's gateway and its outer link",
          "[program][generate][example]") {
  const auto config = weir::program::proven_configuration("examples/configs/home-gateway.yaml");
  const auto wan = config->find_interface("wan").value();
  const workshop here;
  const std::string more =
      GENERATE("--conversations 400 --inside-ipv6 2001:db8:1::/64", "--packets 4000 --flows 4000");

  REQUIRE(here.run("generate --out a.pcap " + more).code == 0);

  std::set<weir::ip_address> used;
  for (const auto& one : here.frames("a.pcap")) {
    if (packets::number_at(one.frame, 12, 2) == 0x0806) continue;
    const auto packet = packets::packet_in(one.frame);
    used.insert(weir::program::source_of(packet));
    used.insert(weir::program::destination_of(packet));
  }
  CHECK(used.size() > 100);
  for (const auto& interface : config->interfaces()) {
    for (const auto& own : interface.addresses) {
      CHECK(used.count(own.address) == 0);
      for (const auto& one : used) {
        const bool is_on_link = weir::subnet_of(own).contains(one);
        if (is_on_link && interface.id == wan) FAIL(weir::to_text(one));
      }
    }
  }
}

TEST_CASE("made packets fit the usual link, and say so", "[program][generate]") {
  const workshop here;

  REQUIRE(
      here.run("generate --out a.pcap --conversations 150 --inside-ipv6 2001:db8:1::/64").code ==
      0);

  std::map<unsigned, std::size_t> longest;
  std::map<unsigned, std::set<std::uint64_t>> segment_sizes;
  for (const auto& one : here.frames("a.pcap")) {
    const auto type = static_cast<unsigned>(packets::number_at(one.frame, 12, 2));
    if (type == 0x0806) continue;
    const auto packet = packets::packet_in(one.frame);
    longest[type] = std::max(longest[type], packet.size());
    const std::size_t header = type == 0x86DD ? 40 : 20;
    const bool is_tcp = std::to_integer<unsigned>(packet[type == 0x86DD ? 6 : 9]) == 6;
    if (is_tcp && packet.size() >= header + 24 &&
        (std::to_integer<unsigned>(packet[header + 13]) & 2) != 0) {
      segment_sizes[type].insert(packets::number_at(packet, header + 22, 2));
    }
  }
  CHECK(longest[0x0800] == 1500);
  CHECK(longest[0x86DD] == 1500);
  CHECK(segment_sizes[0x0800] == std::set<std::uint64_t>{1460});
  CHECK(segment_sizes[0x86DD] == std::set<std::uint64_t>{1440});
}

TEST_CASE("one file may have any name, in a folder that is not there", "[program][generate]") {
  const workshop here;

  const auto said = here.run("generate --out run=3/new/a.pcap --packets 10");

  CAPTURE(said.err);
  CHECK(said.code == 0);
  CHECK(here.frames("run=3/new/a.pcap").size() == 10);
}

TEST_CASE("an output without a name is no output", "[program][generate]") {
  const auto [arguments, complaint] = GENERATE(table<std::string, std::string>({
      {"--out ''", "--out: is empty; give a value, or leave it out"},
      {"--out lan= --out wan=b.pcap", "--out lan=: write it as --out NAME=FILE"},
      {"--out lan=a.pcap --out =b.pcap", "--out =b.pcap: write it as --out NAME=FILE"},
  }));
  CAPTURE(arguments);
  const workshop here;

  const auto said = here.run("generate --packets 10 " + arguments);

  CAPTURE(said.err);
  CHECK(said.code == 2);
  CHECK(said.err.find(complaint) != std::string::npos);
  CHECK(!here.exists("a.pcap"));
  CHECK(!here.exists("b.pcap"));
}

TEST_CASE("both directions can be two files", "[program][generate]") {
  const workshop here;

  REQUIRE(here.run("generate --out lan=a.pcap --out wan=b.pcap --conversations 20").code == 0);

  for (const auto& one : here.frames("a.pcap")) {
    const auto packet = packets::packet_in(one.frame);
    if (packets::number_at(one.frame, 12, 2) == 0x0800) {
      CHECK(packets::number_at(packet, 12, 3) == 0x0A0000);
    }
  }
  for (const auto& one : here.frames("b.pcap")) {
    const auto packet = packets::packet_in(one.frame);
    if (packets::number_at(one.frame, 12, 2) == 0x0800) {
      CHECK(packets::number_at(packet, 16, 3) == 0x0A0000);
    }
  }
}

TEST_CASE("bulk traffic has the packets, flows and sizes asked for", "[program][generate]") {
  const workshop here;

  REQUIRE(here.run("generate --out a.pcap --packets 5000 --flows 300 --size 64").code == 0);

  const auto frames = here.frames("a.pcap");
  REQUIRE(frames.size() == 5000);
  std::set<std::uint64_t> flows;
  for (const auto& one : frames) {
    REQUIRE(one.frame.size() == 64);
    const auto packet = packets::packet_in(one.frame);
    REQUIRE(packets::wrong_with(packet).empty());
    const bool outward = packets::number_at(packet, 12, 1) == 10;
    const auto host = packets::number_at(packet, outward ? 12 : 16, 4);
    const auto port = packets::number_at(packet, outward ? 20 : 22, 2);
    flows.insert(std::uint64_t{host} << 16 | port);
  }
  CHECK(flows.size() == 300);
}

TEST_CASE("what cannot be made is refused with what can", "[program][generate]") {
  const auto [arguments, complaint] = GENERATE(table<std::string, std::string>({
      {"--out a.pcap --packets 1 --size 41", "--size 41: must be from 42 to 1514"},
      {"--out a.pcap --packets 1 --size 1515", "--size 1515: must be from 42 to 1514"},
      {"--out a.pcap --packets 1 --flows 0", "--flows 0: must be from 1 to 16000000"},
      {"--out a.pcap --hosts 254", "--hosts 254: must be from 1 to 253"},
      {"--out a.pcap --inside 10.0.0.1/24", "not an IPv4 prefix; write it like 10.0.0.0/24"},
      {"--out a.pcap --inside-ipv6 10.0.0.0/24", "not an IPv6 prefix"},
      {"--out a.pcap --out a.pcap", "--out takes one file for both directions"},
      {"--out a.pcap --packets 0", "--packets: 0: not a whole number from 1"},
      {"--out a.pcap --packets 10 --conversations 5", "--conversations excludes --packets"},
      {"--out a.pcap --packets 10 --hosts 5", "--hosts excludes --packets"},
      {"--out a.pcap --flows 5", "--flows requires --packets"},
      {"--out a.pcap --size 100", "--size requires --packets"},
      {"--out a.pcap --inside 224.0.0.0/24", "hosts have no such addresses; write it like 10.0"},
      {"--out a.pcap --inside 127.0.0.0/24", "hosts have no such addresses"},
      {"--out a.pcap --inside 0.0.0.0/24", "hosts have no such addresses"},
      {"--out a.pcap --inside 169.254.7.0/24", "hosts have no such addresses"},
      {"--out a.pcap --inside 0.0.0.0/7", "the prefix length 7: must be from 8 to 28"},
      {"--out a.pcap --inside 198.51.100.0/28", "198.51.100.0/24 is the made Internet's; take"},
      {"--out a.pcap --inside 192.0.0.0/8", "192.0.2.0/24 is the made Internet's"},
      {"--out a.pcap --packets 9 --inside 198.19.0.0/24", "198.18.0.0/15 is the made Internet's"},
      {"--out a.pcap --inside-ipv6 ::/0", "the prefix length 0: must be from 8 to 112"},
      {"--out a.pcap --inside-ipv6 2001:db8:1::/128", "the prefix length 128: must be from 8"},
      {"--out a.pcap --inside-ipv6 fe80::/64", "hosts have no such addresses; write it like 2001"},
      {"--out a.pcap --inside-ipv6 ff02::/64", "hosts have no such addresses"},
      {"--out a.pcap --inside-ipv6 2001:db8:ff::/64", "2001:db8:ff::/64 is the made Internet's"},
      {"", "--out is required"},
  }));
  CAPTURE(arguments);

  const workshop here;

  const auto said = here.run("generate " + arguments);

  CHECK(said.code == 2);
  CHECK(!here.exists("a.pcap"));
  CAPTURE(said.err);
  CHECK(said.err.find(complaint) != std::string::npos);
}

TEST_CASE("at the limits traffic is made", "[program][generate]") {
  const workshop here;

  CHECK(here.run("generate --out a.pcap --packets 9 --size 42").code == 0);
  CHECK(here.run("generate --out b.pcap --packets 9 --size 1514").code == 0);
  CHECK(here.run("generate --out c.pcap --hosts 253 --conversations 5").code == 0);
  CHECK(here.run("generate --out d.pcap --conversations 0").code == 0);
  CHECK(here.run("generate --out e.pcap --inside 10.0.0.0/8 --inside-ipv6 fd00::/112").code == 0);
  CHECK(here.frames("a.pcap").size() == 9);
  CHECK(here.frames("b.pcap").front().frame.size() == 1514);
  CHECK(here.frames("d.pcap").empty());
}

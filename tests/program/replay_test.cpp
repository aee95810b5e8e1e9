#include "examples/weir/replay.hpp"

#include "tests/program/run_weir.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/checksum_oracle.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace packets = weir::test;

using packets::home_yaml;
using packets::inward;
using packets::octets;
using packets::outward;
using packets::packet_in;
using packets::router_yaml;
using packets::workshop;

namespace {

constexpr std::int64_t second = 1'000'000'000;

packets::packet_bytes query(unsigned port = 1000) {
  return packets::udp{}.from("10.0.0.5", port).to("198.51.100.7").payload("who?").bytes();
}

/// A workshop with the home's configuration.
class home : public workshop {
 public:
  home() { write("home.yaml", home_yaml); }
  packets::run_result replay(const std::string& arguments) const {
    return run("replay --config home.yaml " + arguments);
  }
};

bool is_conserved(const nlohmann::json& report) {
  const auto& packets = report.at("packets");
  std::uint64_t by_reason = 0;
  for (const auto& one : report.at("drops").items()) by_reason += one.value().get<std::uint64_t>();
  const auto count = [&](const char* name) { return packets.at(name).get<std::uint64_t>(); };
  return report.at("conserved").get<bool>() && by_reason == count("dropped") &&
         count("in") == count("out") + count("dropped") + count("delivered") + count("consumed") +
                            count("held");
}

}  // namespace

TEST_CASE("a packet leaves by the other interface, framed for the router", "[program][replay]") {
  const home here;
  here.capture("a.pcap", {{5 * second + 7, outward(query())}});

  const auto said = here.replay("--in lan=a.pcap --out wan=w.pcap --report r.json --verify");

  CAPTURE(said.err);
  REQUIRE(said.code == 0);
  const auto left = here.frames("w.pcap");
  REQUIRE(left.size() == 1);
  CHECK(left[0].nanoseconds == 5 * second + 7);
  CHECK(packets::destination_mac(left[0].frame) == weir::mac_address{{2, 0, 0, 0, 0, 0xFE}});
  CHECK(!packets::source_mac(left[0].frame).is_group());
  CHECK(packets::wrong_with(packet_in(left[0].frame)).empty());
  const auto report = here.json("r.json");
  CHECK(is_conserved(report));
  CHECK(report["packets"]["out"] == 1);
  CHECK(report["frames"]["wan"]["out"] == 1);
  CHECK(report["sessions"]["live"] == 1);
  CHECK(report["verified"] == true);
  CHECK(said.says("every packet is accounted for"));
}

TEST_CASE("the same captures and seed make the same bytes", "[program][replay][determinism]") {
  const home here;
  REQUIRE(here.run("generate --out t.pcap --conversations 60").code == 0);

  REQUIRE(here.replay("--tap lan,wan=t.pcap --out-dir one --report one.json").code == 0);
  REQUIRE(here.replay("--tap lan,wan=t.pcap --out-dir two --report two.json").code == 0);

  for (const std::string name : {"lan.pcap", "wan.pcap", "local.pcap"}) {
    CHECK(here.text("one/" + name) == here.text("two/" + name));
  }
  auto one = here.json("one.json");
  auto two = here.json("two.json");
  for (auto* const report : {&one, &two}) {
    report->erase("memory");
    for (auto& frames : (*report)["frames"]) frames.erase("file");
  }
  CHECK(one == two);
}

TEST_CASE("inputs are merged by time, of equal times the first named first", "[program][replay]") {
  const workshop here;
  here.write("router.yaml", router_yaml);
  const auto from_lan = [](unsigned port) {
    return outward(packets::udp{}.from("10.0.0.5", port).to("192.0.2.9", 99).bytes());
  };
  const auto from_wan = [](unsigned port) {
    return inward(packets::udp{}.from("192.0.2.9", 99).to("10.0.0.5", port).bytes());
  };
  here.capture("lan.pcap", {{1 * second, from_lan(1)}, {3 * second, from_lan(3)}});
  here.capture("wan.pcap", {{1 * second, from_wan(1)}, {2 * second, from_wan(2)}});

  REQUIRE(here.run("replay --config router.yaml --in wan=wan.pcap --in lan=lan.pcap --out-dir o "
                   "--report r.json")
              .code == 0);

  // The reply of port 1 came first, so it opened the session and the request is its reply.
  const auto report = here.json("r.json");
  CHECK(report["packets"]["out"] == 4);
  CHECK(report["sessions"]["created"] == 3);
  CHECK(report["inputs"][0]["from"] == "wan");
  CHECK(here.frames("o/lan.pcap").size() == 2);
  CHECK(here.frames("o/wan.pcap").size() == 2);
}

TEST_CASE("time stands still where a capture runs backwards", "[program][replay]") {
  const home here;
  here.capture("a.pcap", {{9 * second, outward(query(1))},
                          {4 * second, outward(query(2))},
                          {8 * second, outward(query(3))},
                          {10 * second, outward(query(4))}});

  REQUIRE(here.replay("--in lan=a.pcap --out wan=w.pcap --report r.json").code == 0);

  const auto left = here.frames("w.pcap");
  REQUIRE(left.size() == 4);
  CHECK(left[1].nanoseconds == 9 * second);
  CHECK(left[2].nanoseconds == 9 * second);
  CHECK(left[3].nanoseconds == 10 * second);
  CHECK(here.json("r.json")["clock"]["clamped"] == 2);
}

TEST_CASE("a time after the last that an output can have is told", "[program][replay]") {
  constexpr std::uint64_t end = (std::uint64_t{1} << 32) * 1'000'000;  // in microseconds
  const home here;
  packets::capture_builder made;
  made.section().interface(1);
  for (const std::uint64_t one : {end - 1, end, end + 1}) {
    const auto frame = outward(query(1));
    made.packet(0, one, frame, static_cast<std::uint32_t>(frame.size()));
  }
  here.write("a.pcapng", made.made());

  const auto said = here.replay("--in lan=a.pcapng --out wan=w.pcap --report r.json");

  CHECK(said.code == 0);
  CHECK(said.says("2  frames written with the nearest time that a pcap file can tell"));
  CHECK(here.json("r.json")["clock"]["retimed"] == 2);
  const auto left = here.frames("w.pcap");
  REQUIRE(left.size() == 3);
  CHECK(left[1].nanoseconds == static_cast<std::int64_t>(end) * 1'000 - 1);
  CHECK(left[2].nanoseconds == left[1].nanoseconds);
}

TEST_CASE("a packet is judged at its own time, not at that of the next",
          "[program][replay][time]") {
  const home here;
  const auto wait = GENERATE(119 * second, 121 * second, 86'400 * second);
  const auto reply = packets::udp{}.from("198.51.100.7", 5300).to("203.0.113.1", 4000).bytes();
  const auto request = packets::udp{}.from("10.0.0.5", 4000).to("198.51.100.7", 5300).bytes();
  here.capture("lan.pcap", {{1 * second, outward(request)}});
  here.capture("wan.pcap", {{1 * second + wait, inward(reply)}});

  REQUIRE(here.replay("--in lan=lan.pcap --in wan=wan.pcap --report r.json").code == 0);

  // An unanswered UDP session lives for two minutes.
  const bool is_late = wait > 120 * second;
  const auto report = here.json("r.json");
  CAPTURE(wait / second);
  CHECK(report["packets"]["out"] == (is_late ? 1 : 2));
  CHECK(report["sessions"]["expired"] == (is_late ? 1 : 0));
  CHECK(report["sessions"]["live"] == (is_late ? 0 : 1));
}

TEST_CASE("frames that are not IP end sessions by their time", "[program][replay][time]") {
  const home here;
  auto arp = octets({0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 2, 0, 0, 0, 1, 5, 0x08, 0x06});
  arp.resize(42);
  here.capture("a.pcap", {{1 * second, outward(query())}, {2 * second, arp}, {900 * second, arp}});

  REQUIRE(here.replay("--in lan=a.pcap --report r.json --verify").code == 0);

  const auto report = here.json("r.json");
  CHECK(report["sessions"]["created"] == 1);
  CHECK(report["sessions"]["expired"] == 1);
  CHECK(report["sessions"]["live"] == 0);
  CHECK(report["pools"]["internet"]["mappings"] == 0);
}

TEST_CASE("a truncated capture is replayed up to the cut", "[program][replay][truncated]") {
  const home here;
  auto capture = workshop::capture_of({{1 * second, outward(query(1))},
                                       {2 * second, outward(query(2))},
                                       {3 * second, outward(query(3))}});
  const auto record = (capture.size() - 24) / 3;
  capture.resize(capture.size() - 5);
  here.write("a.pcap", capture);

  const auto said = here.replay("--in lan=a.pcap --out wan=w.pcap --report r.json");

  CHECK(said.code == 3);
  CHECK(said.err.find("a.pcap: at byte " + std::to_string(24 + 2 * record) +
                      ": the file ends inside a record") != std::string::npos);
  CHECK(here.frames("w.pcap").size() == 2);
  const auto report = here.json("r.json");
  CHECK(report["inputs"][0]["fault"]["offset"] == 24 + 2 * record);
  CHECK(report["inputs"][0]["records"] == 2);
  CHECK(is_conserved(report));
}

TEST_CASE("an empty, a foreign and a corrupt capture are faults of input",
          "[program][replay][truncated]") {
  const home here;
  auto corrupt = workshop::capture_of({{1 * second, outward(query(1))}});
  corrupt.insert(corrupt.end(), 16, std::byte{0xFF});
  here.write("empty.pcap", std::string{});
  here.write("foreign.pcap", std::string{"#!/bin/sh\nexit 0\n"});
  here.write("corrupt.pcap", corrupt);

  const auto empty = here.replay("--in lan=empty.pcap --out wan=w.pcap");
  CHECK(empty.code == 3);
  CHECK(empty.says("empty.pcap: at byte 0: the file is empty"));
  CHECK(here.frames("w.pcap").empty());
  const auto foreign = here.replay("--in lan=foreign.pcap");
  CHECK(foreign.code == 3);
  CHECK(foreign.says("at byte 0: the file is neither pcap nor pcapng"));
  const auto broken = here.replay("--in lan=corrupt.pcap --out wan=w.pcap");
  CHECK(broken.code == 3);
  CHECK(broken.says("a record claims 4294967295 captured bytes"));
  CHECK(here.frames("w.pcap").size() == 1);
}

TEST_CASE("one damaged capture does not stop the others", "[program][replay][truncated]") {
  const home here;
  here.write("empty.pcap", std::string{});
  here.capture("a.pcap", {{1 * second, outward(query(1))}});

  const auto said = here.replay("--in wan=empty.pcap --in lan=a.pcap --out wan=w.pcap");

  CHECK(said.code == 3);
  CHECK(here.frames("w.pcap").size() == 1);
}

TEST_CASE("a capture of nothing is replayed", "[program][replay]") {
  const home here;
  here.capture("a.pcap", {});

  const auto said = here.replay("--in lan=a.pcap --out wan=w.pcap --report r.json");

  CHECK(said.code == 0);
  CHECK(here.frames("w.pcap").empty());
  CHECK(here.json("r.json")["packets"]["in"] == 0);
}

TEST_CASE("what a capture has cut stays cut and keeps its length", "[program][replay]") {
  const home here;
  const auto whole =
      outward(packets::udp{}.from("10.0.0.5").to("198.51.100.7").payload_size(900).bytes());
  const packets::capture_bytes part(whole.begin(), whole.begin() + 96);
  here.capture("a.pcap", {{second, part, static_cast<std::uint32_t>(whole.size())}});

  REQUIRE(here.replay("--in lan=a.pcap --out wan=w.pcap --report r.json").code == 0);

  const auto left = here.frames("w.pcap");
  REQUIRE(left.size() == 1);
  CHECK(left[0].frame.size() == 96);
  CHECK(left[0].original == whole.size());
  CHECK(here.json("r.json")["cut"] == 1);
}

TEST_CASE("padding behind a packet does not leave the box", "[program][replay]") {
  const home here;
  auto frame = outward(query());
  const auto due = frame.size();
  frame.resize(due + 14);
  here.capture("a.pcap", {{second, frame}});

  REQUIRE(here.replay("--in lan=a.pcap --out wan=w.pcap").code == 0);

  const auto left = here.frames("w.pcap");
  REQUIRE(left.size() == 1);
  CHECK(left[0].frame.size() == due);
  CHECK(left[0].original == due);
}

TEST_CASE("an IPv6 packet without payload leaves its padding behind", "[program][replay]") {
  const home here;
  // 40 bytes: payload length 0, no next header.
  const auto packet = packets::hex(
      "6000 0000 0000 3b40 2001 0db8 0001 0000 0000 0000 0000 0005"
      "2001 4860 0000 0000 0000 0000 0000 0008");
  const auto due = outward(packet).size();
  const auto padding = GENERATE(std::size_t{1}, std::size_t{20}, std::size_t{3000});
  auto frame = outward(packet);
  frame.resize(due + padding);
  here.capture("a.pcap", {{second, frame}});

  REQUIRE(here.replay("--in lan=a.pcap --out wan=w.pcap").code == 0);

  const auto left = here.frames("w.pcap");
  REQUIRE(left.size() == 1);
  CHECK(left[0].frame.size() == due);
  CHECK(left[0].original == due);
}

TEST_CASE("frames that are not IP are counted and move the clock", "[program][replay]") {
  const home here;
  auto arp = octets({0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 2, 0, 0, 0, 1, 5, 0x08, 0x06});
  arp.resize(42);
  here.capture("a.pcap", {{1 * second, arp}, {2 * second, octets({1, 2, 3})}});

  REQUIRE(here.replay("--in lan=a.pcap --report r.json").code == 0);

  const auto report = here.json("r.json");
  CHECK(report["drops"]["not_ip"] == 1);
  CHECK(report["drops"]["truncated_frame"] == 1);
  CHECK(report["clock"]["last"] == 2 * second);
  CHECK(is_conserved(report));
}

TEST_CASE("records of a link type that is not read are named", "[program][replay]") {
  const home here;
  here.capture("a.pcap", {{second, octets({0x0F, 0, 8, 0})}}, 104);

  const auto said = here.replay("--in lan=a.pcap --report r.json");

  CHECK(said.code == 0);
  CHECK(said.says("1 records of link type C_HDLC (104)"));
  CHECK(here.json("r.json")["inputs"][0]["unknown_link"] == 1);
  CHECK(here.json("r.json")["drops"]["not_ip"] == 1);
}

TEST_CASE("each link type that is not read is named with its records", "[program][replay]") {
  const home here;
  packets::capture_builder made;
  made.section().interface(104).interface(147).interface(1);
  for (const std::uint32_t interface : {1u, 0u, 1u, 2u}) {
    const auto frame = outward(query(1));
    made.packet(interface, 1'000, frame, static_cast<std::uint32_t>(frame.size()));
  }
  here.write("a.pcapng", made.made());

  const auto said = here.replay("--in lan=a.pcapng --report r.json");

  CAPTURE(said.out, said.err);
  CHECK(said.says("1 records of link type C_HDLC (104)"));
  CHECK(said.says("2 records of link type 147,"));
  CHECK(here.json("r.json")["inputs"][0]["unknown_link"] == 3);
}

TEST_CASE("a capture without link headers is read", "[program][replay]") {
  const home here;
  here.capture("a.pcap", {{second, query()}}, 101);

  REQUIRE(here.replay("--in lan=a.pcap --out wan=w.pcap").code == 0);

  CHECK(here.frames("w.pcap").size() == 1);
}

TEST_CASE("a capture of one family has no packets of the other", "[program][replay]") {
  const home here;
  const auto six = packets::udp{}.from("2001:db8:1::5").to("2001:4860::8").bytes();
  const bool is_ipv4 = GENERATE(true, false);
  const std::uint32_t link = is_ipv4 ? 228 : 229;
  here.capture("a.pcap", {{1 * second, query()}, {2 * second, six}}, link);

  REQUIRE(here.replay("--in lan=a.pcap --out wan=w.pcap --report r.json").code == 0);

  const auto left = here.frames("w.pcap");
  REQUIRE(left.size() == 1);
  CHECK(left[0].nanoseconds == (is_ipv4 ? 1 * second : 2 * second));
  CHECK(here.json("r.json")["drops"]["bad_version"] == 1);
}

TEST_CASE("VLAN tags come off and are counted", "[program][replay]") {
  const home here;
  const std::vector<unsigned> tags{100, 200};
  here.capture(
      "a.pcap",
      {{second, packets::ethernet(query(), packets::router_station, packets::host_station, tags)}});

  REQUIRE(here.replay("--in lan=a.pcap --out wan=w.pcap --report r.json").code == 0);

  REQUIRE(here.frames("w.pcap").size() == 1);
  CHECK(here.json("r.json")["tagged"] == 1);
}

TEST_CASE("a rejected packet is answered to the station that sent it", "[program][replay]") {
  const home here;
  const auto syn = packets::tcp{}.from("10.0.0.5", 4000).to("198.51.100.7", 25).syn().bytes();
  here.capture("a.pcap", {{second, outward(syn)}});

  REQUIRE(here.replay("--in lan=a.pcap --out lan=l.pcap --report r.json").code == 0);

  const auto left = here.frames("l.pcap");
  REQUIRE(left.size() == 1);
  CHECK(packets::destination_mac(left[0].frame) == packets::host_station);
  CHECK(packets::wrong_with(packet_in(left[0].frame)).empty());
  const auto report = here.json("r.json");
  CHECK(report["generated"] == 1);
  CHECK(report["frames"]["lan"]["generated"] == 1);
  CHECK(report["drops"]["policy_rejected"] == 1);
  CHECK(is_conserved(report));
}

TEST_CASE("what a rule with log decides is a line on standard error", "[program][replay][log]") {
  const workshop here;
  auto yaml = home_yaml;
  for (const std::string rule : {"name: native,", "name: no-smtp,"}) {
    yaml.replace(yaml.find(rule), rule.size(), rule + " log: true,");
  }
  const auto tcp = [](unsigned port) {
    return outward(packets::tcp{}.from("10.0.0.5", 4000).to("198.51.100.7", port).syn().bytes());
  };
  here.write("silent.yaml", yaml);
  here.write("home.yaml", yaml + "events: { log: stderr }\n");
  here.capture("a.pcap",
               {{1 * second + 5, tcp(25)}, {1 * second + 6, tcp(80)}, {2 * second, tcp(25)}});

  const auto said = here.run("replay --config home.yaml --in lan=a.pcap");
  const auto silent = here.run("replay --config silent.yaml --in lan=a.pcap");

  const std::string what =
      " lan: tcp 10.0.0.5:4000 -> 198.51.100.7:25, SYN, 40 bytes, TTL 64; inside to outside: "
      "policy "
      "\"outbound\", rule 2 \"no-smtp\": reject; dropped, policy_rejected\n";
  CHECK(said.code == 0);
  CHECK(said.err == "weir: log: 1.000000005" + what + "weir: log: 2.000000000" + what);
  CHECK(silent.err.empty());
}

TEST_CASE("a packet is logged as it arrived, once for its session", "[program][replay][log]") {
  const home here;
  auto yaml = home_yaml;
  const std::string rule = "{ name: native, action: permit-stateful, family: ipv6 }";
  yaml.replace(yaml.find(rule), rule.size(),
               "{ name: dns, action: permit-stateful-nat, protocol: udp, log: true }");
  here.write("home.yaml", yaml + "events: { log: stderr }\n");
  here.capture("a.pcap", {{1 * second, outward(query(4000))}, {2 * second, outward(query(4000))}});

  const auto said = here.replay("--in lan=a.pcap --out wan=w.pcap");

  CHECK(said.err.find("weir: log: 1.000000000 lan: udp 10.0.0.5:4000 -> 198.51.100.7:") == 0);
  CHECK(said.err.find("rule 1 \"dns\": permit-stateful-nat; forwarded\n") != std::string::npos);
  CHECK(said.err.find("log: 2.") == std::string::npos);
}

TEST_CASE("a neighbour's station is learned from what it sends", "[program][replay]") {
  const workshop here;
  here.write("router.yaml", router_yaml);
  const auto request = packets::udp{}.from("10.0.0.5", 1).to("192.0.2.9", 99).bytes();
  const auto stranger = packets::udp{}.from("192.0.2.9", 99).to("10.0.0.77", 1).bytes();
  here.capture("lan.pcap", {{1 * second, outward(request)}});
  here.capture(
      "wan.pcap",
      {{2 * second, inward(packets::udp{}.from("192.0.2.9", 99).to("10.0.0.5", 1).bytes())},
       {3 * second, inward(stranger)}});

  REQUIRE(here.run("replay --config router.yaml --in lan=lan.pcap --in wan=wan.pcap --out-dir o")
              .code == 0);

  const auto left = here.frames("o/lan.pcap");
  REQUIRE(left.size() == 2);
  CHECK(packets::destination_mac(left[0].frame) == packets::host_station);
  CHECK(packets::destination_mac(left[1].frame) != packets::host_station);
  CHECK(!packets::destination_mac(left[1].frame).is_group());
}

TEST_CASE("a neighbour's station is not known to packets before the frame that shows it",
          "[program][replay][determinism]") {
  const workshop here;
  here.write("router.yaml", router_yaml);
  const weir::mac_address moved{{2, 0, 0, 0, 1, 0x66}};
  const auto outwards = packets::udp{}.from("10.0.0.5", 1).to("192.0.2.9", 99).bytes();
  const auto back = packets::udp{}.from("192.0.2.9", 99).to("10.0.0.5", 1).bytes();
  auto arp = octets({0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 2, 0, 0, 0, 1, 0x66, 0x08, 0x06,  //
                     0,    1,    8,    0,    6,    4,    0, 1, 2, 0, 0, 0,    1,    0x66,  //
                     10,   0,    0,    5});
  arp.resize(42);
  const bool by_arp = GENERATE(false, true);
  const auto later = GENERATE(100, 2'000'000);  // in the same tick, and in another one
  const auto frame = by_arp ? arp : packets::ethernet(outwards, packets::router_station, moved);
  here.capture("lan.pcap", {{1 * second, outward(outwards)}, {2 * second + 2 * later, frame}});
  here.capture("wan.pcap", {{2 * second, inward(back)},
                            {2 * second + later, inward(back)},
                            {2 * second + 3 * later, inward(back)}});

  REQUIRE(here.run("replay --config router.yaml --in lan=lan.pcap --in wan=wan.pcap --out-dir o")
              .code == 0);

  const auto left = here.frames("o/lan.pcap");
  CAPTURE(by_arp, later);
  REQUIRE(left.size() == 3);
  CHECK(packets::destination_mac(left[0].frame) == packets::host_station);
  CHECK(packets::destination_mac(left[1].frame) == packets::host_station);
  CHECK(packets::destination_mac(left[2].frame) == moved);
}

TEST_CASE("an interface that takes its own frames alone drops the others", "[program][replay]") {
  const workshop here;
  auto yaml = router_yaml;
  const std::string own = "mac: \"02:00:00:00:00:01\", accept-mac: own, zone: inside";
  yaml.replace(yaml.find("zone: inside"), 12, own);
  here.write("router.yaml", yaml);
  const auto packet = packets::udp{}.from("10.0.0.5", 1).to("192.0.2.9", 99).bytes();
  const weir::mac_address other{{2, 0, 0, 0, 0, 9}};
  here.capture("a.pcap", {{second, outward(packet)},
                          {second, packets::ethernet(packet, other, packets::host_station)}});

  REQUIRE(here.run("replay --config router.yaml --in lan=a.pcap --report r.json").code == 0);

  const auto report = here.json("r.json");
  CHECK(report["drops"]["foreign_mac"] == 1);
  CHECK(report["packets"]["out"] == 1);
}

TEST_CASE("the box's own traffic enters and leaves by local", "[program][replay][local]") {
  const home here;
  const auto own = packets::udp{}.from("203.0.113.1", 5000).to("198.51.100.7", 123).bytes();
  const auto to_box = packets::udp{}.from("10.0.0.5", 5001).to("10.0.0.1", 53).bytes();
  here.capture("local.pcap", {{1 * second, own}}, 101);
  here.capture("lan.pcap", {{2 * second, outward(to_box)}});

  const auto said = here.replay(
      "--in local=local.pcap --in lan=lan.pcap --out local=box.pcap --out wan=w.pcap --report "
      "r.json");

  CAPTURE(said.err);
  REQUIRE(said.code == 0);
  CHECK(here.frames("w.pcap").size() == 1);
  const auto delivered = here.frames("box.pcap");
  REQUIRE(delivered.size() == 1);
  CHECK(delivered[0].frame == to_box);
  const auto report = here.json("r.json");
  CHECK(report["packets"]["delivered"] == 1);
  CHECK(report["packets"]["out"] == 1);
}

TEST_CASE("packets come from standard input and go to standard output", "[program][replay]") {
  const home here;
  here.capture("a.pcap", {{second, outward(query())}});

  const auto said = here.run("replay --config home.yaml --in lan=- --out wan=- < a.pcap");

  CHECK(said.code == 0);
  CHECK(said.err.find("every packet is accounted for") != std::string::npos);
  CHECK(here.frames("out.txt").size() == 1);
}

TEST_CASE("the report goes to standard output, the summary elsewhere", "[program][replay]") {
  const home here;
  here.capture("a.pcap", {{second, outward(query())}});

  const auto said = here.replay("--in lan=a.pcap --report -");

  CHECK(nlohmann::json::parse(said.out)["packets"]["in"] == 1);
  CHECK(said.err.find("every packet is accounted for") != std::string::npos);
}

TEST_CASE("the summary has no colours and names drops with their sentence", "[program][replay]") {
  const home here;
  here.capture(
      "a.pcap",
      {{second, outward(packets::tcp{}.from("10.0.0.5").to("198.51.100.7").ack().bytes())}});

  const auto said = here.replay("--in lan=a.pcap");

  CHECK(said.out.find('\x1B') == std::string::npos);
  CHECK(said.says("no_session"));
  CHECK(said.says("a segment or message of no session, and it cannot open one"));
  CHECK(said.says("pool internet"));
}

#include "examples/weir/reflection.hpp"
#include "tests/program/run_weir.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/checksum_oracle.hpp"
#include "tests/support/reference_checksum.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace packets = weir::test;

using packets::inward;
using packets::outward;
using packets::packet_in;
using weir::protocol;

namespace {

constexpr std::int64_t millisecond = 1'000'000;
constexpr std::int64_t late = 600'000 * millisecond;  ///< every session has ended by then

/// A home whose tap shows whole conversations.
class tapped_home : public packets::workshop {
 public:
  tapped_home() { write("home.yaml", packets::home_yaml); }
  nlohmann::json replay(const std::vector<packets::timed_frame>& frames,
                        const std::string& more = "") const {
    capture("t.pcap", frames);
    const auto said =
        run("replay --config home.yaml --tap lan,wan=t.pcap --out lan=l.pcap --out wan=w.pcap "
            "--report r.json --verify " +
            more);
    CAPTURE(said.err);
    REQUIRE(said.code == 0);
    return json("r.json");
  }
};

packets::builder request() {
  return packets::udp{}.from("10.0.0.5", 4000).to("198.51.100.7", 53).payload("who?");
}
packets::builder reply() {
  return packets::udp{}.from("198.51.100.7", 53).to("10.0.0.5", 4000).payload("me");
}

}  // namespace

TEST_CASE("a reply on a tap comes back through the translation", "[program][replay][tap]") {
  const tapped_home here;

  const auto report = here.replay({{10 * millisecond, outward(request().bytes())},
                                   {20 * millisecond, inward(reply().bytes())}});

  CHECK(report["reflected"] == 1);
  CHECK(report["packets"]["out"] == 2);
  const auto back = here.frames("l.pcap");
  REQUIRE(back.size() == 1);
  CHECK(packets::wrong_with(packet_in(back[0].frame)).empty());
  // But for its TTL and the checksum over it, the packet is what the tap saw.
  auto seen =
      packets::packet_bytes(packet_in(back[0].frame).begin(), packet_in(back[0].frame).end());
  auto due = reply().bytes();
  for (auto* const one : {&seen, &due}) (*one)[8] = (*one)[10] = (*one)[11] = std::byte{0};
  CHECK(seen == due);
}

TEST_CASE("a reply in the same tick finds the mapping", "[program][replay][tap]") {
  const tapped_home here;

  const auto report =
      here.replay({{100, outward(request().bytes())}, {200, inward(reply().bytes())}});

  CHECK(report["reflected"] == 1);
  CHECK(report["packets"]["out"] == 2);
}

TEST_CASE("a packet of no mapping enters outside as it is", "[program][replay][tap]") {
  const tapped_home here;

  const auto report = here.replay({{100, inward(reply().bytes())}});

  CHECK(report["reflected"] == 0);
  CHECK(report["packets"]["dropped"] == 1);
  CHECK(report["frames"]["wan"]["in"] == 1);
}

TEST_CASE("an answer whose session is dead by its own time enters as it is",
          "[program][replay][tap]") {
  const tapped_home here;
  const auto noise = packets::udp{}.from("198.51.100.99", 1).to("10.0.0.5", 2).bytes();
  const auto before = GENERATE(late - millisecond, late, std::int64_t{0});
  std::vector<packets::timed_frame> frames{{0, outward(request().bytes())}};
  if (before != 0) frames.push_back({before, inward(noise)});
  frames.push_back({late, inward(reply().bytes())});
  CAPTURE(before);

  const auto report = here.replay(frames);
  const auto said =
      here.run("explain --config home.yaml --tap lan,wan --after t.pcap --pcap t.pcap#" +
               std::to_string(frames.size()));

  CHECK(report["reflected"] == 0);
  CHECK(report["sessions"]["live"] == 0);
  CAPTURE(said.out);
  CHECK(!said.says("readdressed"));
  CHECK(said.says("verdict      drop"));
}

TEST_CASE("a tap's packets of one moment are judged in their order", "[program][replay][tap]") {
  const tapped_home here;
  const auto syn = packets::tcp{}.flags(0x02).from("10.0.0.5", 4001).to("198.51.100.7", 80);
  const auto answer = packets::tcp{}.flags(0x12).from("198.51.100.7", 80).to("10.0.0.5", 4001);

  // Each answer is to what came just before, of a flow that is new or known.
  const auto report = here.replay({{10 * millisecond, outward(request().bytes())},
                                   {10 * millisecond, inward(reply().bytes())},
                                   {10 * millisecond, outward(request().bytes())},
                                   {10 * millisecond, inward(reply().bytes())},
                                   {10 * millisecond, outward(syn.bytes())},
                                   {10 * millisecond, inward(answer.bytes())}});

  CHECK(report["reflected"] == 3);
  CHECK(report["packets"]["out"] == 6);
  CHECK(here.frames("l.pcap").size() == 3);
}

TEST_CASE("an answer finds no session that another one ended in its tick",
          "[program][replay][tap]") {
  const auto apart = GENERATE(std::int64_t{0}, 10'000, 2 * millisecond);
  const tapped_home here;
  auto config = packets::home_yaml + "sessions: { dns-reply-closes: true }\n";
  const std::string pool{"external: wan"};
  config.replace(config.find(pool), pool.size(), pool + ", preserve-port: false");
  here.write("home.yaml", config);
  std::vector<packets::timed_frame> frames;
  for (std::int64_t i = 0; i < 3; ++i) {
    frames.push_back({2 * i * apart, outward(request().bytes())});
    frames.push_back({(2 * i + 1) * apart, inward(reply().bytes())});
  }
  frames.push_back({6 * apart, inward(reply().bytes())});  // to nothing
  CAPTURE(apart);

  const auto report = here.replay(frames);

  CHECK(report["reflected"] == 3);
  CHECK(report["drops"] == nlohmann::json({{"policy_denied", 1}}));
  CHECK(here.frames("l.pcap").size() == 3);
}

TEST_CASE("a checksum of a tap is completed once, whenever its packet is judged",
          "[program][replay][tap]") {
  const tapped_home here;

  const auto report =
      here.replay({{10 * millisecond, outward(request().partial_checksum().bytes())},
                   {10 * millisecond, inward(reply().partial_checksum().bytes())}},
                  "--complete-checksums");

  CHECK(report["checksums_completed"] == 2);
  CHECK(report["reflected"] == 1);
  CHECK(report["packets"]["out"] == 2);
}

TEST_CASE("a ping on a tap comes back under its own identifier", "[program][replay][tap]") {
  const tapped_home here;
  const auto ping = packets::echo{}.from("10.0.0.5").to("198.51.100.7").identifier(77).bytes();
  const auto pong =
      packets::echo{}.type(0).from("198.51.100.7").to("10.0.0.5").identifier(77).bytes();

  const auto report =
      here.replay({{10 * millisecond, outward(ping)}, {20 * millisecond, inward(pong)}});

  CHECK(report["reflected"] == 1);
  const auto back = here.frames("l.pcap");
  REQUIRE(back.size() == 1);
  CHECK(packets::wrong_with(packet_in(back[0].frame)).empty());
  CHECK(packets::number_at(packet_in(back[0].frame), 24, 2) == 77);
}

TEST_CASE("answers on a tap whose identifier is another one come back", "[program][replay][tap]") {
  const auto pass = [](unsigned number) {
    // PPTP's GRE: its version, its protocol, no payload, the call.
    return std::string{"\x20\x01\x88\x0b\x00\x00\x00", 7} + static_cast<char>(number);
  };
  const auto keyed = [](unsigned number) {
    return std::string{"\x20\x00\x08\x00\x00\x00\x00", 7} + static_cast<char>(number);
  };
  const auto kind = GENERATE(0, 1, 2);
  const auto packet = [&](unsigned number) {
    return kind == 0   ? packets::datagram{protocol::esp}.spi(number)
           : kind == 1 ? packets::datagram{protocol::gre}.payload(pass(number))
                       : packets::datagram{protocol::gre}.payload(keyed(number));
  };
  const auto out = packet(5).from("10.0.0.5").to("198.51.100.7").bytes();
  const auto back = packet(6).from("198.51.100.7").to("10.0.0.5").bytes();
  const tapped_home here;
  CAPTURE(kind);

  const auto report = here.replay({{10 * millisecond, outward(out)},
                                   {10 * millisecond, inward(back)},
                                   {30 * millisecond, outward(out)},
                                   {40 * millisecond, inward(back)}});

  CHECK(report["reflected"] == 2);
  CHECK(report["packets"]["out"] == 4);
  CHECK(here.frames("l.pcap").size() == 2);
}

TEST_CASE("an answer to no host that waits for its remote enters as it is",
          "[program][replay][tap]") {
  const auto [from, to] = GENERATE(table<std::string, std::string>(
      {{"198.51.100.8", "10.0.0.5"}, {"198.51.100.7", "10.0.0.6"}}));
  const auto out =
      packets::datagram{protocol::esp}.spi(5).from("10.0.0.5").to("198.51.100.7").bytes();
  const auto back = packets::datagram{protocol::esp}.spi(6).from(from).to(to).bytes();
  const tapped_home here;
  CAPTURE(from, to);

  const auto report =
      here.replay({{10 * millisecond, outward(out)}, {20 * millisecond, inward(back)}});

  CHECK(report["reflected"] == 0);
  CHECK(here.frames("l.pcap").empty());
}

TEST_CASE("an answer with another identifier is for the address that a static mapping gives",
          "[program][replay][tap]") {
  const tapped_home here;
  here.write("home.yaml",
             packets::home_yaml + "  static: [{ external: 203.0.113.7, internal: 10.0.0.5 }]\n");
  const auto out =
      packets::datagram{protocol::esp}.spi(5).from("10.0.0.5").to("198.51.100.7").bytes();
  const auto back =
      packets::datagram{protocol::esp}.spi(6).from("198.51.100.7").to("10.0.0.5").bytes();

  const auto report =
      here.replay({{10 * millisecond, outward(out)}, {20 * millisecond, inward(back)}});

  CHECK(report["reflected"] == 1);
  CHECK(here.frames("l.pcap").size() == 1);
}

TEST_CASE("what begins outside is for the endpoint that a static mapping gives its host",
          "[program][replay][tap]") {
  const tapped_home here;
  auto config = packets::home_yaml;
  config.replace(config.find("inside, default: deny"), 21, "inside, default: permit-stateful");
  here.write("home.yaml", config +
                              "  static: [{ external: \"203.0.113.1:8080\", internal: "
                              "\"10.0.0.5:80\", protocol: tcp, zone: outside }]\n");
  const auto dialled = [](std::string_view server, unsigned port) {
    return packets::tcp{}.syn().from("198.51.100.7", 3000).to(server, port);
  };
  const auto served = packets::tcp{}
                          .syn_ack()
                          .acknowledgment(1)
                          .from("10.0.0.5", 80)
                          .to("198.51.100.7", 3000)
                          .bytes();

  const auto report = here.replay({{10 * millisecond, inward(dialled("10.0.0.5", 80).bytes())},
                                   {20 * millisecond, outward(served)},
                                   {30 * millisecond, inward(dialled("10.0.0.5", 81).bytes())}});

  CHECK(report["reflected"] == 1);
  CHECK(report["packets"]["out"] == 3);
  const auto answered = here.frames("w.pcap");
  REQUIRE(answered.size() == 1);
  const auto sent = packet_in(answered[0].frame);
  CHECK(packets::wrong_with(sent).empty());
  CHECK(packets::number_at(sent, 12, 4) == 0xCB007101);  // from 203.0.113.1:8080
  CHECK(packets::number_at(sent, 20, 2) == 8080);
}

TEST_CASE("an ICMP error on a tap is readdressed with what it quotes", "[program][replay][tap]") {
  const tapped_home here;
  const auto error =
      packets::icmp{11, 0}.from("192.0.2.33").to("10.0.0.5").quote(request().bytes(), 28).bytes();

  const auto report = here.replay(
      {{10 * millisecond, outward(request().bytes())}, {20 * millisecond, inward(error)}});

  CHECK(report["reflected"] == 1);
  CHECK(report["packets"]["out"] == 2);
  const auto back = here.frames("l.pcap");
  REQUIRE(back.size() == 1);
  const auto packet = packet_in(back[0].frame);
  CHECK(packets::wrong_with(packet).empty());
  CHECK(packets::number_at(packet, 12, 4) == 0xC0000221);       // the router
  CHECK(packets::number_at(packet, 28 + 12, 4) == 0x0A000005);  // the quote's sender, inside again
  CHECK(packets::number_at(packet, 28 + 20, 2) == 4000);
}

TEST_CASE("a wrong checksum stays wrong on its way", "[program][replay][tap]") {
  const tapped_home here;
  const auto corrupt = reply().bad_checksum().bytes();

  here.replay({{10 * millisecond, outward(request().bytes())}, {20 * millisecond, inward(corrupt)}},
              "--complete-checksums");

  const auto back = here.frames("l.pcap");
  REQUIRE(back.size() == 1);
  CHECK(packets::judge_transport(packet_in(back[0].frame)) == packets::checksum_verdict::wrong);
}

TEST_CASE("IPv6 on a tap is forwarded both ways as it is", "[program][replay][tap]") {
  const tapped_home here;
  const auto out =
      packets::udp{}.from("2001:db8:1::5", 4000).to("2001:db8:9::1", 53).payload("?").bytes();
  const auto back =
      packets::udp{}.from("2001:db8:9::1", 53).to("2001:db8:1::5", 4000).payload("!").bytes();

  const auto report =
      here.replay({{10 * millisecond, outward(out)}, {20 * millisecond, inward(back)}});

  CHECK(report["reflected"] == 0);
  CHECK(report["packets"]["out"] == 2);
}

TEST_CASE("partial checksums are completed where that is asked for", "[program][replay][tap]") {
  const tapped_home here;
  const auto partial = request().partial_checksum().bytes();

  const auto report = here.replay({{10 * millisecond, outward(partial)}}, "--complete-checksums");

  CHECK(report["checksums_completed"] == 1);
  const auto left = here.frames("w.pcap");
  REQUIRE(left.size() == 1);
  CHECK(packets::wrong_with(packet_in(left[0].frame)).empty());
}

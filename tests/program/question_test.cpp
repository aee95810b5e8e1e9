#include "examples/weir/question.hpp"

#include "tests/program/run_weir.hpp"
#include "tests/support/catch.hpp"

#include <span>
#include <string>

namespace packets = weir::test;

namespace {

packets::packet_bytes asked_packet() {
  return packets::udp{}.from("10.0.0.5", 1).to("8.8.8.8", 2).payload("x").bytes();
}

class asking_home : public packets::workshop {
 public:
  asking_home() { write("home.yaml", packets::home_yaml); }
  packets::run_result explain(const std::string& arguments) const {
    return run("explain --config home.yaml --in lan " + arguments);
  }
};

}  // namespace

TEST_CASE("a frame to a station whose address begins like IP is read as a frame",
          "[program][explain]") {
  const asking_home here;
  const auto first = GENERATE(std::uint8_t{0x60}, std::uint8_t{0x45});
  const weir::mac_address station{{first, 0xF8, 0x1D, 0, 0, 0x01}};
  const unsigned tag[] = {7};
  const auto tags = std::span{tag}.first(GENERATE(0u, 1u));
  const auto frame = packets::ethernet(asked_packet(), station, packets::host_station, tags);

  const auto said = here.explain("--packet " + packets::hex_digits(frame));

  CAPTURE(said.out, said.err);
  CHECK(said.says("packet       udp 10.0.0.5:1 -> 8.8.8.8:2, 29 bytes"));
}

TEST_CASE("a frame that carries no IP is a frame", "[program][explain]") {
  const asking_home here;
  auto frame = packets::ethernet(packets::octets({0, 1, 8, 0}),
                                 weir::mac_address{{0x48, 0, 0, 0, 0, 1}}, packets::host_station);
  packets::put(frame, 12, 0x0806, 2);

  const auto said = here.explain("--packet " + packets::hex_digits(frame));

  CHECK(said.code == 0);
  CHECK(said.says("frame        18 bytes, ARP\nverdict      drop, not_ip"));
}

TEST_CASE("a packet from addresses that look like an Ethernet type is a packet",
          "[program][explain]") {
  const asking_home here;
  const auto packet = packets::udp{}.from("8.0.69.1", 1).to("8.8.8.8", 2).payload("x").bytes();

  const auto said = here.explain("--packet " + packets::hex_digits(packet));

  CHECK(said.says("packet       udp 8.0.69.1:1 -> 8.8.8.8:2, 29 bytes"));
}

TEST_CASE("a packet whose lengths lie is explained as what replay calls it", "[program][explain]") {
  const asking_home here;
  const auto [at, value, reason] = GENERATE(table<std::size_t, unsigned, std::string>({
      {0, 0x44, "bad_header_length"},
      {3, 10, "bad_total_length"},
      {3, 200, "bad_total_length"},
  }));
  auto packet = asked_packet();
  packet[at] = static_cast<std::byte>(value);
  here.capture("a.pcap", {{0, packet}}, 101);

  const auto said = here.explain("--packet " + packets::hex_digits(packet));
  const auto replayed = here.run("replay --config home.yaml --in lan=a.pcap --report r.json");

  CAPTURE(said.out, said.err, replayed.err);
  CHECK(said.says("drop, " + reason));
  CHECK(here.json("r.json")["drops"][reason] == 1);
}

TEST_CASE("what a packet begins with can be said outright", "[program][explain]") {
  const asking_home here;
  const auto frame = packets::ethernet(asked_packet(), weir::mac_address{{0x60, 0, 0, 0, 0, 1}},
                                       packets::host_station);

  CHECK(here.explain("--link ethernet --packet " + packets::hex_digits(frame))
            .says("udp 10.0.0.5:1"));
  CHECK(here.explain("--link raw --packet " + packets::hex_digits(frame)).says("drop"));
  CHECK(here.explain("--link raw --packet " + packets::hex_digits(asked_packet()))
            .says("udp 10.0.0.5:1"));
  CHECK(here.explain("--link ethernet --packet " + packets::hex_digits(asked_packet()))
            .says("not_ip"));
  CHECK(here.explain("--link token-ring --packet 45").code == 2);
  CHECK(here.explain("--link raw --pcap a.pcap#1").says("--link requires --packet"));
}

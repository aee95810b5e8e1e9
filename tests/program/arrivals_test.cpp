#include "examples/weir/arrivals.hpp"

#include "tests/program/run_weir.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/checksum_oracle.hpp"

#include <cstdint>

namespace packets = weir::test;

TEST_CASE("packets of a PPPoE session are packets, its other frames are not",
          "[program][replay][pppoe]") {
  const packets::workshop here;
  here.write("home.yaml", packets::home_yaml);
  constexpr std::int64_t second = 1'000'000'000;
  const auto query = packets::udp{}.from("10.0.0.5", 1000).to("198.51.100.7", 53).bytes();
  const auto in_session = [](const char* protocol, const packets::packet_bytes& packet) {
    auto body = packets::hex("1100 0001");
    packets::append(body, packet.size() + 2, 2);
    packets::append(body, packets::hex(protocol));
    packets::append(body, packet);
    auto frame = packets::outward(body);
    packets::put(frame, 12, 0x8864, 2);
    return frame;
  };
  const auto syn = packets::tcp{}.from("10.0.0.5", 4000).to("198.51.100.7", 25).syn().bytes();
  here.capture("a.pcap", {{second, in_session("c021", packets::hex("0901000812345678"))},
                          {2 * second, in_session("0021", query)},
                          {3 * second, in_session("0021", syn)}});

  REQUIRE(here.run("replay --config home.yaml --in lan=a.pcap --out lan=l.pcap --out wan=w.pcap "
                   "--report r.json")
              .code == 0);

  CHECK(here.json("r.json")["drops"]["not_ip"] == 1);
  REQUIRE(here.frames("w.pcap").size() == 1);
  CHECK(packets::wrong_with(packets::packet_in(here.frames("w.pcap")[0].frame)).empty());
  // As tags do not, the session's header does not come back on; stations are known by its frames.
  REQUIRE(here.frames("l.pcap").size() == 1);
  CHECK(packets::number_at(here.frames("l.pcap")[0].frame, 12, 2) == 0x0800);
  CHECK(packets::destination_mac(here.frames("l.pcap")[0].frame) == packets::host_station);
}

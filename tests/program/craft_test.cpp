#include "examples/weir/craft.hpp"

#include "weir/net/text.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/checksum_oracle.hpp"
#include "tests/support/packet_builder.hpp"

#include <cstddef>
#include <functional>
#include <span>
#include <string>

namespace packets = weir::test;
namespace program = weir::program;

namespace {

using payload = std::span<const std::byte>;

struct crafted {
  std::string name;
  std::function<program::packet_bytes(payload)> make;
  std::size_t checksum_at = 0;  ///< from the transport header on
  unsigned zero = 0;            ///< what is written for a checksum of zero
};

crafted one_of(const program::path& along) {
  const program::port_pair ports{weir::port{1}, weir::port{2}};
  return GENERATE_COPY(
      crafted{"tcp", [=](payload data) { return program::tcp_packet(along, ports, {}, data); }, 16,
              0},
      crafted{"udp", [=](payload data) { return program::udp_packet(along, ports, data); }, 6,
              0xFFFF},
      crafted{"icmp",
              [=](payload data) {
                return program::icmp_packet(along, {8, 0, 7}, data);
              },
              2, 0});
}

}  // namespace

TEST_CASE("a made checksum of zero is written as ones in UDP alone",
          "[program][generate][rfc768]") {
  const bool is_wide = GENERATE(false, true);
  const auto along =
      is_wide ? program::path{*weir::parse_ip_address("2001:db8::1"),
                              *weir::parse_ip_address("2001:db8::2")}
              : program::path{weir::ipv4_address{10, 0, 0, 1}, weir::ipv4_address{10, 0, 0, 2}};
  const auto one = one_of(along);
  const std::size_t at = (is_wide ? 40 : 20) + one.checksum_at;
  CAPTURE(one.name, is_wide);

  // With the checksum of the same packet as its payload, everything sums up to zero.
  const auto without = one.make(packets::octets({0, 0}));
  const auto made = one.make(std::span{without}.subspan(at, 2));

  CHECK(packets::number_at(made, at, 2) == one.zero);
  CHECK(packets::judge_transport(made) != packets::checksum_verdict::wrong);
}

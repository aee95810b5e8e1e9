#include "weir/nat/exemption.hpp"

#include "tests/support/catch.hpp"

#include <cstdint>
#include <vector>

namespace weir {
namespace {

flow_key<ipv4> flow(protocol kind, ipv4_address source, ipv4_address destination,
                    std::uint16_t number) {
  return {domain_id{}, kind, {source, port{1000}}, {destination, port{number}}};
}

const ipv4_address office{192, 168, 1, 1};
const ipv4_address branch{10, 1, 2, 3};

TEST_CASE("flows between exempt prefixes are sent as they are", "[nat][exempt][rfc6888-req6]") {
  const std::vector<exemption> list{
      {{*ipv4_prefix::make({192, 168, 0, 0}, 16)}, {*ipv4_prefix::make({10, 0, 0, 0}, 8)}, {}, {}}};

  CHECK(is_exempt(list, flow(protocol::tcp, office, branch, 80)));
  CHECK(is_exempt(list, flow(protocol::icmp, office, branch, 8)));
  CHECK_FALSE(is_exempt(list, flow(protocol::tcp, office, {8, 8, 8, 8}, 80)));
  CHECK_FALSE(is_exempt(list, flow(protocol::tcp, {172, 16, 0, 1}, branch, 80)));
  CHECK_FALSE(is_exempt({}, flow(protocol::tcp, office, branch, 80)));
}

TEST_CASE("an exemption may be for some ports of one protocol", "[nat][exempt]") {
  const std::vector<exemption> list{
      {{}, {}, {protocol::udp}, {*port_range::between(port{5060}, port{5061})}}};

  CHECK(is_exempt(list, flow(protocol::udp, office, branch, 5060)));
  CHECK(is_exempt(list, flow(protocol::udp, office, branch, 5061)));
  CHECK_FALSE(is_exempt(list, flow(protocol::udp, office, branch, 5062)));
  CHECK_FALSE(is_exempt(list, flow(protocol::tcp, office, branch, 5060)));
}

TEST_CASE("an exemption is for flows of one domain", "[nat][exempt]") {
  const std::vector<exemption> list{{{}, {}, {}, {}, domain_id{1}}};
  auto one = flow(protocol::tcp, office, branch, 80);

  CHECK_FALSE(is_exempt(list, one));
  one.domain = domain_id{1};
  CHECK(is_exempt(list, one));
}

TEST_CASE("an exemption may be of several sources, destinations and protocols", "[nat][exempt]") {
  const std::vector<exemption> list{
      {{ipv4_prefix::host(office), ipv4_prefix::host(branch)},
       {*ipv4_prefix::make({10, 2, 0, 0}, 16), *ipv4_prefix::make({10, 3, 0, 0}, 16)},
       {protocol::tcp, protocol::icmp},
       {}}};

  CHECK(is_exempt(list, flow(protocol::tcp, office, {10, 3, 0, 1}, 80)));
  CHECK(is_exempt(list, flow(protocol::icmp, branch, {10, 2, 0, 1}, 8)));
  CHECK_FALSE(is_exempt(list, flow(protocol::udp, office, {10, 3, 0, 1}, 80)));
  CHECK_FALSE(is_exempt(list, flow(protocol::tcp, {10, 2, 0, 1}, {10, 3, 0, 1}, 80)));
  CHECK_FALSE(is_exempt(list, flow(protocol::tcp, office, branch, 80)));
}

TEST_CASE("what has no ports is in no range of ports", "[nat][exempt]") {
  const std::vector<exemption> list{{{}, {}, {}, {port_range{}}}};

  CHECK(is_exempt(list, flow(protocol::tcp, office, branch, 1)));
  CHECK_FALSE(is_exempt(list, flow(protocol::icmp, office, branch, 8)));
}

}  // namespace
}  // namespace weir

#include "weir/engine/exempt_flows.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/seeded.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace weir {
namespace {

std::uint16_t below(test::seeded& random, unsigned end) {
  return static_cast<std::uint16_t>(random.next() % end);
}

/// Addresses with many neighbours, so that prefixes lie in each other and repeat.
ipv4_address some_address(test::seeded& random) {
  const auto bits = static_cast<std::uint32_t>(random.next());
  return ipv4_address{(10u << 24) | (bits & 0x0001'0307)};
}

std::vector<ipv4_prefix> some_prefixes(test::seeded& random, unsigned most) {
  std::vector<ipv4_prefix> made;
  for (auto left = below(random, most); left != 0; --left) {
    made.push_back(ipv4_prefix::around(some_address(random), 16u + below(random, 17)));
  }
  return made;
}

protocol some_protocol(test::seeded& random) {
  constexpr protocol all[] = {protocol::tcp, protocol::udp, protocol::icmp, protocol::esp,
                              protocol::ah};
  return all[below(random, 5)];
}

port_range some_ports(test::seeded& random) {
  const port first{below(random, 8)};
  return *port_range::between(first,
                              port{static_cast<std::uint16_t>(first.number() + below(random, 3))});
}

exemption some_exemption(test::seeded& random, unsigned prefixes) {
  exemption made;
  made.sources = some_prefixes(random, prefixes);
  made.destinations = some_prefixes(random, prefixes);
  if (made.sources.empty() && made.destinations.empty()) {
    made.sources.push_back(ipv4_prefix::host(some_address(random)));
  }
  for (auto left = below(random, 3); left != 0; --left) {
    made.protocols.push_back(some_protocol(random));
  }
  for (auto left = below(random, 3); left != 0; --left) {
    made.destination_ports.push_back(some_ports(random));
  }
  made.domain = domain_id{static_cast<std::uint16_t>(below(random, 3) * 2)};
  return made;
}

flow_key<ipv4> some_flow(test::seeded& random) {
  return {domain_id{below(random, 6)},
          some_protocol(random),
          {some_address(random), port{below(random, 8)}},
          {some_address(random), port{below(random, 10)}}};
}

TEST_CASE("a flow is exempt where asking each exemption would find one", "[engine][exempt]") {
  test::seeded random;
  CAPTURE(random.seed());
  const std::size_t count = GENERATE(0u, 1u, 4u, 40u);
  const unsigned prefixes = GENERATE(3u, 300u);

  for (int round = 0; round < test::rounds(8); ++round) {
    std::vector<exemption> listed;
    while (listed.size() < count) listed.push_back(some_exemption(random, prefixes));
    const exempt_flows exempt{listed};
    for (int asked = 0; asked < 1000; ++asked) {
      const auto flow = some_flow(random);
      REQUIRE(exempt.contains(flow) == is_exempt(listed, flow));
    }
  }
}

TEST_CASE("an exemption without values covers its domain, whatever stands beside it",
          "[engine][exempt]") {
  test::seeded random;
  std::vector<exemption> listed(100);
  for (auto& one : listed) one.sources = {ipv4_prefix::host(some_address(random))};
  listed[50] = exemption{};
  const exempt_flows exempt{listed};

  CHECK(exempt.contains({domain_id{}, protocol::tcp, {{8, 8, 8, 8}, port{1}}, {}}));
  CHECK_FALSE(exempt.contains({domain_id{1}, protocol::tcp, {{8, 8, 8, 8}, port{1}}, {}}));
}

TEST_CASE("exemptions may have as many values as a configuration", "[engine][exempt]") {
  const std::uint32_t sources = GENERATE(0u, 1u, 32'768u);
  exemption one;
  for (std::uint32_t n = 0; n < exempt_values_max; ++n) {
    const std::uint32_t anywhere = n * 40'503u % exempt_values_max;  // in no order
    const auto host = ipv4_prefix::host(ipv4_address{0x0A00'0000u + 2 * anywhere});
    (n < sources ? one.sources : one.destinations).push_back(host);
  }
  const exempt_flows exempt{{one}};

  for (const std::uint32_t n : {0u, 1u, 2u, 65'535u, 65'536u, 131'070u, 131'071u}) {
    const flow_key<ipv4> flow{domain_id{},
                              protocol::tcp,
                              {ipv4_address{0x0A00'0000u}, port{1}},
                              {ipv4_address{0x0A00'0000u + n}, port{80}}};
    CAPTURE(n);
    CHECK(exempt.contains(flow) == one.covers(flow));
  }
}

}  // namespace
}  // namespace weir

#include "tests/property/conversations.hpp"
#include "tests/property/same_fate.hpp"
#include "tests/property/traffic.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/gateway.hpp"

#include <cstring>
#include <string>
#include <vector>

namespace weir::test {
namespace {

/// The same engine without its short cut.
struct long_way_traits : default_traits {
  static constexpr bool has_plain_path = false;
};

configuration property_configuration() {
  auto raw = home_gateway();
  raw.sessions.max = 64;  // small enough to run full
  // Enough of them to need a tree: of the eight ports that flows go to, one is refused.
  auto& outbound = raw.policies.front();
  for (std::uint16_t number = 1007; number < 1027; ++number) {
    outbound.rules.push_back({});
    outbound.rules.back().name = "refused-" + std::to_string(number);
    outbound.rules.back().action = action::reject;
    outbound.rules.back().protocols = {protocol::tcp, protocol::udp};
    outbound.rules.back().destination_ports = {port_range::only(port{number})};
  }
  auto& inbound = add_policy(raw, "outside", "inside", action::deny);
  inbound.rules.push_back({});
  inbound.rules.back().name = "web";
  inbound.rules.back().action = action::permit_stateful;
  inbound.rules.back().protocols = {protocol::tcp, protocol::udp};
  inbound.rules.back().destination_ports = {port_range::only(port{8080})};
  static_configuration forward;
  forward.external = ipv4_address{203, 0, 113, 1};
  forward.external_port = port{1003};
  forward.internal = ipv4_address{10, 0, 0, 3};
  forward.internal_port = port{8080};
  forward.protocol = protocol::tcp;
  raw.nat.statics = {forward};
  add_policy(raw, "inside", "inside", action::permit_stateful_nat);
  add_policy(raw, "inside", "local", action::permit_stateful);
  return raw;
}

std::string in_hex(const packet_bytes& bytes) {
  constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (const auto each : bytes) {
    text += digits[std::to_integer<unsigned>(each) >> 4];
    text += digits[std::to_integer<unsigned>(each) & 15];
  }
  return text;
}

/// What must be true of one packet that the box let through.
void check_forwarded(const sent_packet& sent, const fate& one) {
  INFO("in " << sent.interface << ", out as " << one.text());
  const auto fault = wrong_with(one.bytes);
  INFO(fault);
  INFO("sent " << in_hex(sent.bytes) << "\nleft " << in_hex(one.bytes));
  if (wrong_with(sent.bytes).empty()) REQUIRE(fault.empty());
  const auto before = judge_transport(sent.bytes);
  if (before == checksum_verdict::right || before == checksum_verdict::wrong) {
    REQUIRE(judge_transport(one.bytes) == before);
  }
  REQUIRE(one.bytes.size() == sent.bytes.size());
}

void check_fate(const sent_packet& sent, const fate& one) {
  if (one.forwarded()) check_forwarded(sent, one);
  for (const auto& answer : one.answers) {
    // It quotes the packet as it was received, and that may have been wrong.
    REQUIRE(judge_transport(answer.bytes) == checksum_verdict::right);
    if (wrong_with(sent.bytes).empty()) REQUIRE(wrong_with(answer.bytes).empty());
  }
}

TEST_CASE("whatever comes, what leaves is sound and everything is accounted for",
          "[property][engine]") {
  random_traffic traffic{20'261'121};
  CAPTURE(traffic.seed());
  gateway box{property_configuration()};

  for (int round = 0; round < rounds(60'000); ++round) {
    CAPTURE(round);
    const auto sent = traffic.next();
    const auto one = box.sends(sent.interface, sent.bytes);
    check_fate(sent, one);
    if (one.forwarded()) traffic.saw(box.egress_of(one), one.bytes);
    if (traffic.random().one_in(50)) {
      box.advance(
          duration::milliseconds(static_cast<std::int64_t>(traffic.random().below(90'000))));
    }
    if (round % 1000 == 0) {
      const auto broken = box.worker().verify();
      INFO(broken.value_or(""));
      REQUIRE(!broken);
    }
  }

  CHECK(box.worker().packets().balanced());
  CHECK(box.worker().packets().out.read() > 1000);
}

TEST_CASE("after the last deadline nothing is owned", "[property][engine]") {
  random_traffic traffic{7};
  CAPTURE(traffic.seed());
  gateway box{property_configuration()};
  for (int round = 0; round < rounds(5'000); ++round) {
    const auto sent = traffic.next();
    const auto one = box.sends(sent.interface, sent.bytes);
    if (one.forwarded()) traffic.saw(box.egress_of(one), one.bytes);
  }
  REQUIRE(box.worker().sessions4().size() > 0);

  box.advance(duration::hours(13));
  box.sends("lan", packet_bytes{});

  CHECK(box.worker().sessions4().size() == 0);
  CHECK(box.worker().sessions6().size() == 0);
  CHECK(box.worker().mappings().size() == 0);
  CHECK(box.worker().verify() == std::nullopt);
}

TEST_CASE("a burst equals its packets one by one", "[property][engine]") {
  random_traffic traffic{99};
  CAPTURE(traffic.seed());
  gateway together{property_configuration()};
  gateway single{property_configuration()};

  for (int round = 0; round < rounds(1'500); ++round) {
    CAPTURE(round);
    std::vector<sent_packet> packets;
    const auto count = 1 + traffic.random().below(70);
    for (std::uint64_t i = 0; i < count; ++i) {
      auto sent = traffic.next();
      const auto copies = traffic.random().one_in(5) ? 3 : 1;  // the same new flow again at once
      for (int copy = 0; copy < copies; ++copy) packets.push_back(sent);
    }
    const auto fates = together.burst(packets);
    for (std::size_t i = 0; i < packets.size(); ++i) {
      CAPTURE(i);
      const auto one = single.sends(packets[i].interface, packets[i].bytes);
      check_same(fates[i], one);
      if (one.forwarded()) traffic.saw(single.egress_of(one), one.bytes);
    }
    const auto step =
        duration::milliseconds(static_cast<std::int64_t>(traffic.random().below(20'000)));
    together.advance(step);
    single.advance(step);
  }

  CHECK(together.worker().packets().out.read() == single.worker().packets().out.read());
}

TEST_CASE("the short cut answers as the long way does", "[property][engine]") {
  const auto validation = GENERATE(source_validation::off, source_validation::strict);
  random_traffic traffic{4242};
  CAPTURE(traffic.seed(), validation);
  auto raw = property_configuration();
  for (auto& one : raw.interfaces) one.validation = validation;
  gateway quick{raw};
  basic_gateway<long_way_traits> thorough{raw};

  for (int round = 0; round < rounds(40'000); ++round) {
    CAPTURE(round);
    auto sent = traffic.next();
    if (traffic.random().one_in(8)) sent.interface = sent.interface == "lan" ? "wan" : "lan";
    const auto one = quick.sends(sent.interface, sent.bytes);
    check_same(one, thorough.sends(sent.interface, sent.bytes));
    if (one.forwarded()) traffic.saw(quick.egress_of(one), one.bytes);
    if (traffic.random().one_in(40)) {
      quick.advance(duration::seconds(5));
      thorough.advance(duration::seconds(5));
    }
  }
}

/// Whether two tables have the same sessions to the last bit: numbers, times and counters.
template <class Left, class Right>
bool has_same_sessions(const Left& left, const Right& right, tick now) {
  bool is_same = left.size() == right.size();
  left.for_each(now, [&](std::uint32_t id) {
    is_same = is_same && std::memcmp(&left.hot(id), &right.hot(id), sizeof left.hot(id)) == 0 &&
              std::memcmp(&left.cold(id), &right.cold(id), sizeof left.cold(id)) == 0;
  });
  return is_same;
}

/// Packets that sessions of a table have counted.
template <class Table>
std::uint64_t packets_of(const Table& table, tick now) {
  std::uint64_t sum = 0;
  table.for_each(now, [&](std::uint32_t id) {
    const auto counted = totals(table.hot(id), table.cold(id));
    sum += counted.packets[0] + counted.packets[1];
  });
  return sum;
}

TEST_CASE("conversations in bursts of both families take the short cut as they take the long way",
          "[property][engine]") {
  const bool is_open = GENERATE(false, true);
  const bool judges_transport = GENERATE(false, true);
  random_conversations traffic{271'828, 40};
  CAPTURE(traffic.seed(), is_open, judges_transport);
  auto raw = property_configuration();
  raw.interfaces.front().validation = source_validation::strict;
  raw.sessions.dns_reply_closes = is_open;
  raw.checks.transport_checksum = judges_transport;
  if (is_open) {
    raw.nat.pools.front().filtering_udp = endpoint_filtering::endpoint_independent;
    raw.sessions.timeouts.udp_one_way = duration::minutes(9);
    for (auto& one : raw.policies) {
      if (one.from == "outside") one.default_action = action::permit_stateful;
    }
  }
  gateway quick{raw};
  basic_gateway<long_way_traits> thorough{raw};

  for (int round = 0; round < rounds(3'000); ++round) {
    CAPTURE(round);
    std::vector<sent_packet> packets;
    for (auto left = 1 + traffic.random().below(70); left != 0; --left) {
      auto sent = traffic.next();
      if (traffic.random().one_in(100)) sent.interface = sent.interface == "lan" ? "wan" : "lan";
      packets.push_back(std::move(sent));
      if (traffic.has_begun_one()) break;
    }
    const auto ours = quick.burst(packets);
    const auto theirs = thorough.burst(packets);
    for (std::size_t i = 0; i < packets.size(); ++i) check_same(ours[i], theirs[i]);
    if (traffic.has_begun_one() && ours.back().forwarded()) traffic.saw(ours.back().bytes);
    if (traffic.random().one_in(200)) {
      quick.advance(duration::seconds(40));
      thorough.advance(duration::seconds(40));
    }
  }

  const auto now = quick.worker().now();
  CHECK(has_same_sessions(quick.worker().sessions4(), thorough.worker().sessions4(), now));
  CHECK(has_same_sessions(quick.worker().sessions6(), thorough.worker().sessions6(), now));
  CHECK(packets_of(quick.worker().sessions4(), now) > 500);
  CHECK(packets_of(quick.worker().sessions6(), now) > 500);
}

TEST_CASE("a run with the same seed equals itself", "[property][engine]") {
  std::vector<packet_bytes> first;
  for (int run = 0; run < 2; ++run) {
    random_traffic traffic{31337};
    gateway box{property_configuration()};
    for (int round = 0; round < rounds(4'000); ++round) {
      const auto sent = traffic.next();
      const auto one = box.sends(sent.interface, sent.bytes);
      if (one.forwarded()) traffic.saw(box.egress_of(one), one.bytes);
      if (run == 0) {
        first.push_back(one.bytes);
      } else {
        REQUIRE(first[static_cast<std::size_t>(round)] == one.bytes);
      }
    }
  }
}

/// The packet with its ends exchanged, as an echo server would send it back.
packet_bytes returned(packet_bytes bytes) {
  std::swap_ranges(bytes.begin() + 12, bytes.begin() + 16, bytes.begin() + 16);
  std::swap_ranges(bytes.begin() + 20, bytes.begin() + 22, bytes.begin() + 22);
  return bytes;
}

TEST_CASE("there and back restores the packet but for what routers change", "[property][engine]") {
  seeded random{11};
  CAPTURE(random.seed());
  auto raw = home_gateway();
  raw.sessions.max = 5000;
  gateway box{raw};

  for (int round = 0; round < rounds(3'000); ++round) {
    CAPTURE(round);
    auto datagram = udp{}
                        .from("10.0.0." + std::to_string(2 + random.below(200)), random.word() | 1u)
                        .to("192.0.2." + std::to_string(random.below(256)), random.word() | 1u)
                        .payload_size(random.below(200));
    datagram.dont_fragment();
    const auto sent = datagram.bytes();
    const auto out = box.sends("lan", sent);
    REQUIRE(out.forwarded());
    const auto back = box.sends("wan", returned(out.bytes));
    REQUIRE(back.forwarded());
    auto restored = returned(back.bytes);
    REQUIRE(std::to_integer<int>(restored[8]) == std::to_integer<int>(sent[8]) - 2);
    restored[8] = sent[8];
    restored[10] = sent[10];
    restored[11] = sent[11];
    REQUIRE(restored == sent);
  }
}

}  // namespace
}  // namespace weir::test

#include "tests/engine/gateway.hpp"
#include "tests/support/catch.hpp"

#include <string>

namespace weir::test {
namespace {

configuration rejecting(reject_form how = reject_form::automatic) {
  auto raw = two_zones(action::reject);
  raw.policies[0].reject_with = how;
  return raw;
}

/// Routes to the hosts of the inside where its interface has no address among theirs.
void add_route_inside(configuration& raw) {
  route_configuration back;
  back.to = *parse_prefix("2001:db8:1::/64");
  back.interface = "lan";
  raw.routes.push_back(back);
}

TEST_CASE("a reject says what it is asked to say", "[engine][answers]") {
  gateway automatic{rejecting()};
  gateway port{rejecting(reject_form::port_unreachable)};
  gateway admin{rejecting(reject_form::admin_prohibited)};
  const auto segment6 = tcp{}.syn().from("2001:db8:1::5").to("2001:db8:9::1");

  CHECK(answered(automatic.sends("lan", tcp{}.syn())) == "rst");
  CHECK(answered(automatic.sends("lan", segment6)) == "rst");
  CHECK(answered(automatic.sends("lan", udp{})) == "3/3");
  CHECK(answered(automatic.sends("lan", datagram6())) == "1/4");
  CHECK(answered(port.sends("lan", tcp{}.syn())) == "3/3");
  CHECK(answered(port.sends("lan", segment6)) == "1/4");
  CHECK(answered(admin.sends("lan", udp{})) == "3/13");
  CHECK(answered(admin.sends("lan", datagram6())) == "1/1");
}

TEST_CASE("a reject says nothing to what is not what was sent", "[engine][answers][rfc9293]") {
  gateway automatic{rejecting()};
  gateway admin{rejecting(reject_form::admin_prohibited)};
  auto raw = two_zones();
  raw.policies[0].reset_unknown_tcp = true;
  gateway stateful{raw};
  const auto damaged = [](builder packet) {
    auto bytes = packet.payload("hello").bytes();
    bytes.back() ^= std::byte{1};
    return bytes;
  };

  const auto segment = automatic.sends("lan", damaged(tcp{}.syn()));
  CHECK(segment.text() == "drop policy_rejected");
  CHECK(answered(segment) == "nothing");
  CHECK(answered(automatic.sends("lan", damaged(datagram6()))) == "nothing");
  CHECK(answered(admin.sends("lan", damaged(udp{}))) == "nothing");
  CHECK(answered(stateful.sends("lan", damaged(tcp{}.ack()))) == "nothing");
  CHECK(answered(stateful.sends("lan", tcp{}.ack())) == "rst");
  // A router's errors are about the header of the packet alone.
  CHECK(answered(stateful.sends("lan", damaged(udp{}.ttl(1)))) == "11/0");
}

TEST_CASE("an error comes from a link-local address to such addresses alone",
          "[engine][answers][rfc4291]") {
  auto raw = two_zones(action::reject);
  raw.interfaces[0].addresses = {own("fe80::1/64"), own("10.0.0.1/24"), own("2001:db8:1::1/64")};
  gateway box{raw};
  raw.interfaces[0].addresses.pop_back();
  add_route_inside(raw);
  gateway bare{raw};
  const auto source_of = [](const fate& one) {
    REQUIRE(one.answers.size() == 1);
    return to_text(
        walk<ipv6>(one.answers[0].bytes, one.answers[0].bytes.size(), domain_id{}).key.source());
  };

  CHECK(source_of(box.sends("lan", datagram6())) == "2001:db8:1::1");
  CHECK(source_of(bare.sends("lan", datagram6())) ==
        to_text(raw.interfaces[1].addresses[1].address));
}

TEST_CASE("the reset for a SYN acknowledges it", "[engine][answers][rfc9293]") {
  gateway box{rejecting()};

  const auto refused = box.sends("lan", tcp{}.syn().sequence(100).from("10.0.0.5", 40'000));

  REQUIRE(answered(refused) == "rst");
  const auto& reset = refused.answers[0].bytes;
  CHECK(word_at(reset, 20) == 53);
  CHECK(word_at(reset, 22) == 40'000);
  CHECK(byte_at(reset, 33) == 0x14);                              // RST, ACK
  CHECK((word_at(reset, 24) << 16 | word_at(reset, 26)) == 0);    // sequence
  CHECK((word_at(reset, 28) << 16 | word_at(reset, 30)) == 101);  // acknowledgment
}

TEST_CASE("the reset for a segment with ACK begins where it was acknowledged",
          "[engine][answers][rfc9293]") {
  gateway box{rejecting()};

  const auto refused = box.sends("lan", tcp{}.ack().acknowledgment(777));

  REQUIRE(answered(refused) == "rst");
  CHECK(byte_at(refused.answers[0].bytes, 33) == 0x04);
  CHECK(word_at(refused.answers[0].bytes, 26) == 777);
}

TEST_CASE("a reset is never answered", "[engine][answers][rfc9293]") {
  gateway box{rejecting()};

  CHECK(answered(box.sends("lan", tcp{}.rst())) == "nothing");
}

TEST_CASE("an error comes from the first address of the ingress interface, with TTL 64",
          "[engine][answers][rfc1812]") {
  gateway box{rejecting()};

  const auto four = box.sends("lan", udp{});
  const auto six = box.sends("lan", datagram6());

  REQUIRE(answered(four) == "3/3");
  CHECK(to_text(unpack(walk<ipv4>(four.answers[0].bytes, 1500, {}).key).source.address) ==
        "10.0.0.1");
  CHECK(byte_at(four.answers[0].bytes, 8) == 64);
  CHECK(four.answers[0].where.egress == box.id_of("lan"));
  CHECK(four.answers[0].where.answers_sender);
  REQUIRE(answered(six) == "1/4");
  CHECK(to_text(unpack(walk<ipv6>(six.answers[0].bytes, 1500, {}).key).source.address) ==
        "2001:db8:1::1");
  CHECK(byte_at(six.answers[0].bytes, 7) == 64);
}

TEST_CASE("an error is no longer than the MTU of the interface it leaves by",
          "[engine][answers][rfc1812]") {
  auto raw = rejecting(reject_form::admin_prohibited);
  raw.interfaces[0].addresses = {own("10.0.0.1/24")};
  raw.interfaces[0].mtu = 400;
  gateway box{raw};

  const auto refused = box.sends("lan", udp{}.payload_size(372));

  REQUIRE(answered(refused) == "3/13");
  CHECK(refused.answers[0].bytes.size() == 400);
}

TEST_CASE("an interface without an address speaks as another one of its domain",
          "[engine][answers][rfc1812]") {
  auto raw = rejecting();
  raw.interfaces[0].addresses.clear();
  raw.routes.push_back(raw.routes[0]);
  raw.routes.back().to = *parse_prefix("10.0.0.0/24");
  raw.routes.back().via.reset();
  raw.routes.back().interface = "lan";
  gateway box{raw};

  const auto refused = box.sends("lan", udp{});

  REQUIRE(answered(refused) == "3/3");
  CHECK(to_text(unpack(walk<ipv4>(refused.answers[0].bytes, 1500, {}).key).source.address) ==
        "203.0.113.1");
}

TEST_CASE("an interface without an address speaks as the first of its domain that has one",
          "[engine][answers][domain][rfc1812]") {
  auto raw = rejecting();
  raw.interfaces[0].addresses.clear();
  interface_configuration red;
  red.name = "red";
  red.zone = "red";
  red.domain = "red";
  red.addresses = {own("192.0.2.1/24"), own("2001:db8:3::1/64")};
  interface_configuration near_alone;
  near_alone.name = "near alone";
  near_alone.zone = "inside";
  near_alone.addresses = {own("fe80::1/64")};
  raw.interfaces.insert(raw.interfaces.begin() + 1, {red, near_alone});
  interface_configuration last;
  last.name = "last";
  last.zone = "inside";
  last.addresses = {own("198.51.100.1/24"), own("2001:db8:4::1/64")};
  raw.interfaces.push_back(last);
  for (const char* const to : {"10.0.0.0/24", "2001:db8:1::/64"}) {
    route_configuration back;
    back.to = *parse_prefix(to);
    back.interface = "lan";
    raw.routes.push_back(back);
  }
  gateway box{raw};

  const auto four = box.sends("lan", udp{});
  const auto six = box.sends("lan", datagram6());

  REQUIRE(answered(four) == "3/3");
  CHECK(to_text(walk<ipv4>(four.answers[0].bytes, 1500, {}).key.source()) == "203.0.113.1");
  REQUIRE(answered(six) == "1/4");
  CHECK(to_text(walk<ipv6>(six.answers[0].bytes, 1500, {}).key.source()) == "2001:db8:2::1");
}

TEST_CASE("an error that the box has no address for takes nothing from the rate",
          "[engine][answers][rfc4443]") {
  auto raw = rejecting();
  raw.icmp_errors_per_second = 1;
  for (auto& one : raw.interfaces) one.addresses.pop_back();
  raw.routes[1].via.reset();
  add_route_inside(raw);
  gateway box{raw};

  const auto six = box.sends("lan", datagram6());
  const auto four = box.sends("lan", udp{});

  CHECK(six.text() == "drop policy_rejected");
  CHECK(answered(six) == "nothing");
  CHECK(answered(four) == "3/3");
}

TEST_CASE("an error quotes as much as 576 and 1280 bytes hold", "[engine][answers][rfc1812]") {
  gateway box{rejecting()};

  const auto four = box.sends("lan", udp{}.payload_size(1400));
  const auto six = box.sends("lan", datagram6().payload_size(1400));

  CHECK(four.answers.at(0).bytes.size() == 576);
  CHECK(six.answers.at(0).bytes.size() == 1280);
}

TEST_CASE("a packet too big is told the MTU of the next hop", "[engine][answers][rfc1191]") {
  auto raw = two_zones();
  raw.interfaces[1].mtu = 1400;
  gateway box{raw};

  const auto four = box.sends("lan", udp{}.payload_size(1400).dont_fragment());
  const auto six = box.sends("lan", datagram6().payload_size(1400));

  REQUIRE(answered(four) == "3/4");
  CHECK(word_at(four.answers[0].bytes, 26) == 1400);
  REQUIRE(answered(six) == "2/0");
  CHECK(word_at(six.answers[0].bytes, 46) == 1400);
}

TEST_CASE("nothing is said about what nobody may be told", "[engine][answers][rfc1812]") {
  auto raw = rejecting();
  raw.interfaces[0].validation = source_validation::off;
  raw.policies[0].rules = {rule_for(protocol::icmp, action::permit)};
  gateway box{raw};
  packet_meta broadcast;
  broadcast.cast = link_cast::broadcast;
  const auto error = icmp{3, 3}.quote(udp{}.from("192.0.2.1").to("10.0.0.5").bytes());
  const auto pieces = udp{}.payload_size(64).fragments(32);

  CHECK(answered(box.sends("lan", builder{error}.from("10.0.0.5").to("192.0.2.1").ttl(1))) ==
        "nothing");
  CHECK(answered(box.sends("lan", pieces[1])) == "nothing");
  CHECK(answered(box.sends("lan", udp{}, broadcast)) == "nothing");
  CHECK(answered(box.sends("lan", udp{}.from("10.0.0.255"))) == "nothing");
  CHECK(answered(box.sends("lan", udp{}.to("10.0.0.255"))) == "nothing");
  CHECK(answered(box.sends("lan", udp{}.to("224.0.0.251"))) == "nothing");
}

TEST_CASE("errors are limited to so many in a second", "[engine][answers][rfc4443]") {
  auto raw = rejecting();
  raw.icmp_errors_per_second = 10;
  gateway box{raw};
  unsigned said = 0;
  for (unsigned i = 0; i < 20; ++i) said += answered(box.sends("lan", udp{})) == "3/3";
  CHECK(said == 10);
  CHECK(box.worker().packets().answers_suppressed.read() == 10);

  box.advance(duration::milliseconds(100));
  CHECK(answered(box.sends("lan", udp{})) == "3/3");
  CHECK(answered(box.sends("lan", udp{})) == "nothing");
}

TEST_CASE("what weir makes is counted, and no input of it", "[engine][answers]") {
  gateway box{rejecting()};

  box.sends("lan", udp{});

  CHECK(box.worker().packets().in.read() == 1);
  CHECK(box.worker().packets().generated.read() == 1);
  CHECK(box.worker().packets().dropped.read() == 1);
  CHECK(box.worker().packets().balanced());
}

TEST_CASE("a segment of no session is reset where the policy says so", "[engine][answers]") {
  auto raw = two_zones();
  gateway silent{raw};
  raw.policies[0].reset_unknown_tcp = true;
  gateway frank{raw};

  const auto dropped = silent.sends("lan", tcp{}.ack());
  const auto reset = frank.sends("lan", tcp{}.ack());

  CHECK(dropped.text() == "drop no_session");
  CHECK(answered(dropped) == "nothing");
  CHECK(reset.text() == "drop no_session");
  CHECK(answered(reset) == "rst");
}

}  // namespace
}  // namespace weir::test

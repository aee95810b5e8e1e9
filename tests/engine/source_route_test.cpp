// Packets that choose their own way are dropped, and told so.

#include "tests/engine/gateway.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <cstddef>
#include <string>

namespace weir::test {
namespace {

constexpr unsigned loose_route = 131;
constexpr unsigned strict_route = 137;

/// The datagram under a source route that goes on to 10.0.0.9.
builder by_way_of(builder datagram, unsigned kind = loose_route) {
  return datagram.ip_options(octets({kind, 7, 4, 10, 0, 0, 9}));
}
/// The same over IPv6, with a routing header of one address.
builder by_way_of6(builder datagram, unsigned segments_left = 1) {
  auto header = octets({0, segments_left, 0, 0, 0, 0});
  header.resize(header.size() + 16);
  return datagram.extension(protocol::routing, header);
}

/// What was said about a packet that is dropped for its source route.
std::string said_about(gateway& box, const builder& packet, packet_meta meta = {}) {
  const auto one = box.sends("lan", packet, meta);
  CHECK(one.text() == (packet.is_ipv6() ? "drop routing_header" : "drop source_route"));
  return answered(one);
}

/// What a packet's sender must hear: a sound packet of the box's, with the packet as it was sent.
template <class V>
void check_said(const fate& refused, const builder& packet, const std::string& box,
                const std::string& sender) {
  const auto& said = refused.answers[0].bytes;
  const auto heard = unpack(walk<V>(said, 1500, {}).key);
  CHECK(wrong_with(said).empty());
  CHECK(to_text(heard.source.address) == box);
  CHECK(to_text(heard.destination.address) == sender);
  CHECK(quoted(said) == packet.bytes());
}

TEST_CASE("a source route has failed here, loose or strict",
          "[engine][source_route][rfc7126][rfc7915]") {
  gateway box{two_zones()};
  const auto kind = GENERATE(loose_route, strict_route);
  const auto packet = by_way_of(udp{}.payload("hello"), kind);

  const auto refused = box.sends("lan", packet);

  CHECK(refused.text() == "drop source_route");
  REQUIRE(answered(refused) == "3/5");
  check_said<ipv4>(refused, packet, "10.0.0.1", "10.0.0.5");
  CHECK(number_at(refused.answers[0].bytes, 24, 4) == 0);
}

TEST_CASE("a routing header of type 0 with segments left is pointed at",
          "[engine][source_route][rfc5095][rfc7915]") {
  gateway box{two_zones()};
  const auto packet = by_way_of6(datagram6().payload("hello"));

  const auto refused = box.sends("lan", packet);

  CHECK(refused.text() == "drop routing_header");
  REQUIRE(answered(refused) == "4/0");
  check_said<ipv6>(refused, packet, "2001:db8:1::1", "2001:db8:1::5");
  CHECK(number_at(refused.answers[0].bytes, 44, 4) == 43);
}

TEST_CASE("a way at its end is refused without a word", "[engine][source_route][rfc7915]") {
  gateway box{two_zones()};

  CHECK(said_about(box, udp{}.ip_options(octets({loose_route, 7, 8, 10, 0, 0, 9}))) == "nothing");
  CHECK(said_about(box, by_way_of6(datagram6(), 0)) == "nothing");
}

TEST_CASE("a routing header that the configuration refuses is dropped without a word",
          "[engine][source_route][rfc7045]") {
  auto raw = two_zones();
  raw.headers.pass_routing_headers = false;
  gateway box{raw};
  const auto segments = octets({4, 1, 0, 0, 0, 0});

  CHECK(said_about(box, datagram6().extension(protocol::routing, segments)) == "nothing");
  CHECK(said_about(box, by_way_of6(datagram6())) == "4/0");
}

TEST_CASE("options that the configuration refuses do not hide a source route",
          "[engine][source_route]") {
  auto raw = two_zones();
  raw.headers.pass_ip_options = false;
  gateway box{raw};

  CHECK(said_about(box, by_way_of(udp{})) == "3/5");
}

TEST_CASE("a source that is not one host hears nothing of its source route",
          "[engine][source_route][rfc1812][rfc4443]") {
  auto raw = two_zones();
  raw.interfaces[0].validation = source_validation::off;
  raw.drop_martians = GENERATE(true, false);
  gateway box{raw};

  for (const auto* source :
       {"224.0.0.1", "0.0.0.0", "127.0.0.1", "255.255.255.255", "10.0.0.255"}) {
    CAPTURE(source);
    CHECK(said_about(box, by_way_of(udp{}.from(source))) == "nothing");
  }
  for (const auto* source : {"ff02::1", "::", "::1", "fe80::5"}) {
    CAPTURE(source);
    CHECK(said_about(box, by_way_of6(datagram6().from(source))) == "nothing");
  }
}

TEST_CASE("a forged source hears nothing of its source route", "[engine][source_route][bcp38]") {
  auto raw = two_zones();
  raw.interfaces[0].validation = source_validation::strict;
  gateway box{raw};

  CHECK(said_about(box, by_way_of(udp{}.from("192.0.2.9"))) == "nothing");
  CHECK(said_about(box, by_way_of6(datagram6().from("2001:db8:7::9"))) == "nothing");
  CHECK(said_about(box, by_way_of(udp{}.from("10.0.0.1"))) == "nothing");
  CHECK(said_about(box, by_way_of(udp{})) == "3/5");
}

TEST_CASE("what goes to many is not answered for its source route",
          "[engine][source_route][rfc1812]") {
  gateway box{two_zones()};
  packet_meta broadcast;
  broadcast.cast = link_cast::broadcast;

  CHECK(said_about(box, by_way_of(udp{}), broadcast) == "nothing");
  CHECK(said_about(box, by_way_of(udp{}.to("10.0.0.255"))) == "nothing");
  CHECK(said_about(box, by_way_of(udp{}.to("224.0.0.251"))) == "nothing");
  CHECK(said_about(box, by_way_of6(datagram6().to("ff02::1"))) == "nothing");
}

TEST_CASE("an ICMP error is not answered for its source route",
          "[engine][source_route][rfc1812][rfc4443]") {
  gateway box{two_zones()};
  const auto about = udp{}.from("192.0.2.1").to("10.0.0.5").bytes();
  const auto about6 = udp{}.from("2001:db8:9::1").to("2001:db8:1::5").bytes();
  const auto error6 = icmp{1, 0}.from("2001:db8:1::5").to("2001:db8:9::1").quote(about6);

  CHECK(said_about(box, by_way_of(icmp{3, 3}.quote(about))) == "nothing");
  CHECK(said_about(box, by_way_of6(error6)) == "nothing");
  CHECK(said_about(box, by_way_of(echo{})) == "3/5");
}

TEST_CASE("of a datagram in pieces the first alone is answered for its source route",
          "[engine][source_route][rfc1812]") {
  gateway box{two_zones()};
  const auto four = by_way_of(udp{}.payload_size(64)).fragments(32);
  const auto six = by_way_of6(datagram6().payload_size(64)).fragments(32);

  CHECK(answered(box.sends("lan", four[0])) == "3/5");
  CHECK(answered(box.sends("lan", four[1])) == "nothing");
  CHECK(answered(box.sends("lan", six[0])) == "4/0");
  CHECK(answered(box.sends("lan", six[1])) == "nothing");
}

TEST_CASE("what is malformed behind its source route is not answered", "[engine][source_route]") {
  gateway box{two_zones()};

  CHECK(said_about(box, by_way_of(udp{}.udp_length(1000))) == "nothing");
  CHECK(said_about(box, by_way_of(tcp{}.flags(0))) == "nothing");
  CHECK(said_about(box, udp{}.ip_options(octets({loose_route, 7, 4, 10, 0, 0, 9, 148, 9}))) ==
        "nothing");
  CHECK(said_about(box, by_way_of6(datagram6().udp_length(1000))) == "nothing");
}

TEST_CASE("a packet with a source route is dropped once and its answer leaves where it came in",
          "[engine][source_route]") {
  gateway box{two_zones()};

  const auto refused = box.sends("wan", by_way_of(udp{}.from("192.0.2.1").to("10.0.0.5")));

  REQUIRE(answered(refused) == "3/5");
  CHECK(refused.answers.size() == 1);
  CHECK(refused.answers[0].where.egress == box.id_of("wan"));
  CHECK(refused.answers[0].where.answers_sender);
  const auto& counted = box.worker().packets();
  CHECK(counted.in.read() == 1);
  CHECK(counted.dropped.read() == 1);
  CHECK(counted.by_reason[static_cast<std::size_t>(drop_reason::source_route)].read() == 1);
  CHECK(counted.generated.read() == 1);
  CHECK(counted.balanced());
  CHECK(held_by(box) == "0 0 0");
}

TEST_CASE("answers to source routes are limited with all errors",
          "[engine][source_route][rfc4443]") {
  auto raw = two_zones();
  raw.icmp_errors_per_second = 2;
  gateway box{raw};

  CHECK(said_about(box, by_way_of(udp{})) == "3/5");
  CHECK(said_about(box, by_way_of6(datagram6())) == "4/0");
  CHECK(said_about(box, by_way_of(udp{})) == "nothing");
  CHECK(box.worker().packets().answers_suppressed.read() == 1);
}

TEST_CASE("neighbours of a packet with a source route in a burst are judged as ever",
          "[engine][source_route]") {
  gateway box{two_zones()};

  const auto fates = box.burst({{"lan", udp{}.bytes()},
                                {"lan", by_way_of(udp{}).bytes()},
                                {"lan", udp{}.bytes()},
                                {"lan", by_way_of6(datagram6()).bytes()},
                                {"lan", datagram6().bytes()}});

  CHECK(fates[0].text() == "forward");
  CHECK(answered(fates[1]) == "3/5");
  CHECK(fates[2].text() == "forward");
  CHECK(answered(fates[3]) == "4/0");
  CHECK(fates[4].text() == "forward");
  CHECK(held_by(box) == "2 0 0");
}

}  // namespace
}  // namespace weir::test

#include "tests/engine/gateway.hpp"
#include "tests/support/catch.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace weir::test {
namespace {

/// One way to have a packet dropped for a reason, and for no other one.
struct way_to_drop {
  drop_reason reason;
  configuration raw;
  std::function<void(gateway&)> before;
  std::string interface;
  packet_bytes packet;
  packet_meta meta{};
};

void nothing(gateway&) {}

/// Sends packets that all pass, from the inside.
std::function<void(gateway&)> passing(std::vector<packet_bytes> packets) {
  return [packets = std::move(packets)](gateway& box) {
    for (const auto& one : packets) REQUIRE(box.sends("lan", one).text() == "forward");
  };
}

void send_and_count(const way_to_drop& way) {
  CAPTURE(name(way.reason));
  gateway box{way.raw};
  way.before(box);
  const auto earlier = box.worker().packets();

  const auto one = box.sends(way.interface, way.packet, way.meta);

  CHECK(one.text() == "drop " + std::string{name(way.reason)});
  const auto& later = box.worker().packets();
  CHECK(later.in.read() == earlier.in.read() + 1);
  CHECK(later.dropped.read() == earlier.dropped.read() + 1);
  CHECK(later.out.read() == earlier.out.read());
  CHECK(later.delivered.read() == earlier.delivered.read());
  for (std::size_t i = 0; i < drop_reason_count; ++i) {
    const auto moved = later.by_reason[i].read() - earlier.by_reason[i].read();
    CHECK(moved == (drop_reason{static_cast<std::uint8_t>(i)} == way.reason ? 1 : 0));
  }
  CHECK(later.balanced());
}

packet_bytes cut(packet_bytes packet, std::size_t size) {
  packet.resize(size);
  return packet;
}
packet_bytes with_byte(packet_bytes packet, std::size_t at, unsigned value) {
  packet.at(at) = static_cast<std::byte>(value);
  return packet;
}

TEST_CASE("a packet with broken headers moves the counter of what is broken",
          "[engine][drop_reasons]") {
  const auto raw = two_zones(action::permit);
  auto no_options = raw;
  no_options.headers.pass_ip_options = false;
  const auto options = [](packet_bytes bytes) {
    return udp{}.ip_options(std::move(bytes)).bytes();
  };
  auto chain = datagram6();
  for (int i = 0; i < 20; ++i) chain.extension(protocol::destination_options);

  const auto drops = [&](drop_reason reason, const packet_bytes& packet) {
    send_and_count({reason, raw, nothing, "lan", packet});
  };
  drops(drop_reason::truncated_header, cut(udp{}.bytes(), 12));
  drops(drop_reason::bad_version, with_byte(udp{}.bytes(), 0, 0x55));
  drops(drop_reason::bad_header_length, with_byte(udp{}.bytes(), 0, 0x44));
  drops(drop_reason::bad_total_length, udp{}.total_length(1000).bytes());
  drops(drop_reason::bad_ip_checksum, udp{}.bad_ip_checksum().bytes());
  drops(drop_reason::bad_transport_length, udp{}.udp_length(1000).bytes());
  drops(drop_reason::bad_transport_length, tcp{}.data_offset(4).bytes());
  drops(drop_reason::bad_tcp_flags, tcp{}.flags(0x03).bytes());
  drops(drop_reason::bad_tcp_flags, tcp{}.flags(0).bytes());
  drops(drop_reason::source_route, options(octets({0x83, 7, 4, 10, 0, 0, 9})));
  drops(drop_reason::routing_header,
        datagram6().extension(protocol::routing, octets({0, 1, 0, 0, 0, 0})).bytes());
  drops(drop_reason::unknown_extension, datagram6().extension(protocol{253}).bytes());
  drops(drop_reason::header_chain_too_long, chain.bytes());
  drops(drop_reason::jumbogram, datagram6()
                                    .extension(protocol::hop_by_hop, octets({0xC2, 4, 0, 1, 0, 0}))
                                    .total_length(0)
                                    .bytes());
  drops(drop_reason::bad_fragment, tcp{}.payload_size(64).fragment(8, 16));
  send_and_count(
      {drop_reason::ip_options, no_options, nothing, "lan", options(octets({0x94, 4, 0, 0}))});
}

TEST_CASE("a corrupt payload moves its counter where payloads are judged",
          "[engine][drop_reasons]") {
  auto raw = two_zones();
  raw.checks.transport_checksum = true;
  const auto kind = GENERATE(protocol::tcp, protocol::udp, protocol::icmp);
  const auto corrupt = datagram{kind}.syn().payload("hello").bad_checksum();
  const auto corrupt6 = builder{corrupt}.from("2001:db8:1::5").to("2001:db8:9::1");
  packet_meta verified;
  verified.transport = checksum_state::valid;

  send_and_count({drop_reason::bad_transport_checksum, raw, nothing, "lan", corrupt.bytes()});
  send_and_count({drop_reason::bad_transport_checksum, raw, nothing, "lan", corrupt6.bytes()});
  CHECK(gateway{raw}.sends("lan", corrupt, verified).text() == "forward");
  CHECK(gateway{two_zones()}.sends("lan", corrupt).text() == "forward");
}

TEST_CASE("a packet against the manners moves the counter of what it offends",
          "[engine][drop_reasons]") {
  const auto raw = two_zones(action::permit);
  auto deaf = raw;
  deaf.host_path = {false, false, false, false};
  auto strict = raw;
  strict.interfaces[0].validation = source_validation::strict;
  packet_meta broadcast;
  broadcast.cast = link_cast::broadcast;

  const auto drops = [&](drop_reason reason, const builder& packet) {
    send_and_count({reason, deaf, nothing, "lan", packet.bytes()});
  };
  drops(drop_reason::martian_source, udp{}.from("127.0.0.1"));
  drops(drop_reason::martian_destination, udp{}.to("127.0.0.1"));
  drops(drop_reason::link_local, udp{}.to("169.254.1.1"));
  drops(drop_reason::multicast, udp{}.to("224.0.0.1"));
  drops(drop_reason::broadcast, udp{}.to("255.255.255.255"));
  drops(drop_reason::dhcp, udp{}.from("0.0.0.0", 68).to("255.255.255.255", 67));
  drops(drop_reason::hop_limit_not_255,
        icmp{135, 0}.from("fe80::5").to("fe80::1").payload_size(16).ttl(64));
  drops(drop_reason::redirect, icmp{5, 1}.quote(udp{}.bytes()));
  send_and_count(
      {drop_reason::spoofed_source, strict, nothing, "lan", udp{}.from("198.51.100.1").bytes()});
  send_and_count({drop_reason::link_broadcast, raw, nothing, "lan", udp{}.bytes(), broadcast});
}

TEST_CASE("a packet without a way moves the counter of what is missing", "[engine][drop_reasons]") {
  const auto raw = two_zones();
  auto unrouted = raw;
  unrouted.routes.clear();
  auto unzoned = raw;
  unzoned.interfaces[0].zone.clear();
  unzoned.policies.clear();
  auto unjudged = raw;
  unjudged.policies.clear();
  auto small = raw;
  small.interfaces[1].mtu = 1300;
  auto stateless = two_zones(action::permit);
  stateless.nat.statics = {port_forward("203.0.113.1", 80, "10.0.0.20", 8080)};
  add_policy(stateless, "outside", "inside", action::permit);
  auto looping = home_gateway();
  looping.nat.statics = {one_to_one("203.0.113.2", "203.0.113.3"),
                         one_to_one("203.0.113.3", "10.0.0.9")};

  const auto drops = [&](drop_reason reason, const configuration& how, const builder& packet) {
    send_and_count({reason, how, nothing, "lan", packet.bytes()});
  };
  drops(drop_reason::no_route, unrouted, udp{});
  drops(drop_reason::no_zone, unzoned, udp{});
  drops(drop_reason::no_policy, unjudged, udp{});
  drops(drop_reason::policy_denied, two_zones(action::deny), udp{});
  drops(drop_reason::policy_rejected, two_zones(action::reject), udp{});
  drops(drop_reason::ttl_expired, raw, udp{}.ttl(1));
  drops(drop_reason::too_big, small, udp{}.payload_size(1300));
  drops(drop_reason::no_mapping, pool_gateway(), udp{}.to("203.0.113.9"));
  drops(drop_reason::hairpin_loop, looping, udp{}.to("203.0.113.2"));
  send_and_count({drop_reason::needs_state, stateless, nothing, "wan",
                  tcp{}.syn().from("192.0.2.9").to("203.0.113.1", 80).bytes()});
}

TEST_CASE("a packet without a session moves the counter of why there is none",
          "[engine][drop_reasons]") {
  auto raw = pool_gateway("203.0.113.8/32");
  raw.nat.pools[0].ports = port_range::only(port{4000});
  auto limited = two_zones();
  limited.sessions.per_source = 1;
  auto shy = two_zones();
  shy.sessions.embryonic_per_source = 1;
  auto full = two_zones();
  full.sessions.max = 1;
  auto elsewhere = raw;
  elsewhere.nat.pools[0].internal = {*parse_prefix("10.9.0.0/24")};
  const auto first = udp{}.from("10.0.0.5", 4000).bytes();
  const auto second = udp{}.from("10.0.0.5", 4001).bytes();
  const auto esp = datagram{protocol::esp};

  send_and_count({drop_reason::no_session, raw, nothing, "lan", tcp{}.ack().bytes()});
  send_and_count({drop_reason::no_pool, elsewhere, nothing, "lan", first});
  send_and_count({drop_reason::pool_exhausted, raw, passing({first}), "lan", second});
  send_and_count({drop_reason::untranslatable, raw, nothing, "lan",
                  datagram{protocol::ah}.payload_size(24).bytes()});
  send_and_count({drop_reason::filtered, raw, passing({first}), "wan",
                  udp{}.from("192.0.2.9").to("203.0.113.8", 4000).bytes()});
  send_and_count({drop_reason::session_table_full, full, passing({first}), "lan", second});
  send_and_count({drop_reason::source_limit, limited, passing({first}), "lan", second});
  send_and_count({drop_reason::embryonic_limit, shy, passing({first}), "lan", second});
  send_and_count({drop_reason::reply_unclaimed, raw, passing({esp.bytes()}), "lan",
                  builder{esp}.from("10.0.0.6").spi(2).bytes()});
  send_and_count({drop_reason::key_taken, raw, passing({datagram{protocol{99}}.bytes()}), "lan",
                  datagram{protocol{99}}.from("10.0.0.6").bytes()});
  send_and_count({drop_reason::fragment_unsupported, raw, nothing, "lan",
                  udp{}.payload_size(64).fragment(32, 40)});
}

TEST_CASE("an implausible packet of a session moves the counter of what is implausible",
          "[engine][drop_reasons]") {
  const auto raw = two_zones();
  const auto syn = tcp{}.syn().from("10.0.0.5", 4000).to("192.0.2.1", 80).sequence(1000);
  const auto error = [](const packet_bytes& about) {
    return icmp{3, 4}.from("198.51.100.7").to("10.0.0.5").quote(about);
  };
  const auto open = passing({syn.bytes()});

  send_and_count(
      {drop_reason::tcp_out_of_window, raw, open, "wan",
       tcp{}.rst().from("192.0.2.1", 80).to("10.0.0.5", 4000).acknowledgment(77).bytes()});
  send_and_count(
      {drop_reason::icmp_error_unmatched, raw, nothing, "wan", error(syn.bytes()).bytes()});
  send_and_count({drop_reason::icmp_error_implausible, raw, open, "wan",
                  error(builder{syn}.sequence(900'000'000).bytes()).bytes()});
  send_and_count({drop_reason::bad_icmp_checksum, raw, open, "wan",
                  error(syn.bytes()).bad_checksum().bytes()});
  send_and_count({drop_reason::bad_quote, raw, open, "wan", error(octets({0x45, 0})).bytes()});
}

}  // namespace
}  // namespace weir::test

#include "weir/wire/header_walk.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/packet_builder.hpp"

#include <cstddef>
#include <string>

using namespace weir;

namespace {

packet_facts facts_of(const test::packet_bytes& packet) {
  return walk<ipv4>(packet, packet.size(), domain_id{1}, {.verify_ip_checksum = false}).facts;
}

std::string outcome(const test::packet_bytes& packet) {
  const auto facts = facts_of(packet);
  return facts.ok ? "ok" : std::string{name(facts.fault)};
}

/// A piece whose fragment word is set by hand: `offset` in units of eight bytes.
test::packet_bytes piece(protocol transport, unsigned offset, bool more, std::size_t size) {
  auto packet = test::datagram{protocol{200}}.payload_size(size).bytes();
  test::put(packet, 6, offset | (more ? 0x2000u : 0u), 2);
  test::put(packet, 9, number(transport), 1);
  return packet;
}

}  // namespace

TEST_CASE("a first piece shows its ports, a later one nothing", "[wire][walk][fragment][sd12]") {
  const auto pieces = test::udp{}.id(0xABCD).payload_size(60).fragments(32);
  const auto first = walk<ipv4>(pieces[0], pieces[0].size(), domain_id{1});
  const auto middle = walk<ipv4>(pieces[1], pieces[1].size(), domain_id{1});
  const auto last = walk<ipv4>(pieces[2], pieces[2].size(), domain_id{1});

  REQUIRE(first.facts.ok);
  CHECK(first.facts.fragment == fragment_kind::first);
  CHECK(first.facts.more_fragments);
  CHECK(first.facts.message == message_kind::udp);
  CHECK(unpack(first.key).source.port == port{1000});
  CHECK(first.facts.fragment_id == 0xABCD);

  REQUIRE(middle.facts.ok);
  CHECK(middle.facts.fragment == fragment_kind::later);
  CHECK(middle.facts.more_fragments);
  CHECK(middle.facts.fragment_offset == 32);
  CHECK(middle.facts.message == message_kind::opaque);
  CHECK(unpack(middle.key).source.port == port{0});
  CHECK(unpack(middle.key).destination.port == port{0});

  REQUIRE(last.facts.ok);
  CHECK(last.facts.fragment == fragment_kind::later);
  CHECK_FALSE(last.facts.more_fragments);
  CHECK(last.facts.fragment_offset == 64);
}

TEST_CASE("the length field of a first UDP piece is that of the datagram",
          "[wire][walk][fragment]") {
  CHECK(outcome(test::udp{}.payload_size(2000).fragments(1480)[0]) == "ok");
}

TEST_CASE("pieces but the last have a multiple of eight bytes", "[wire][walk][fragment]") {
  CHECK(outcome(piece(protocol::udp, 4, true, 16)) == "ok");
  CHECK(outcome(piece(protocol::udp, 4, true, 15)) == "bad_fragment");
  CHECK(outcome(piece(protocol::udp, 4, true, 17)) == "bad_fragment");
  CHECK(outcome(piece(protocol::udp, 4, false, 17)) == "ok");
  CHECK(outcome(piece(protocol::udp, 4, true, 0)) == "bad_fragment");
  CHECK(outcome(piece(protocol::udp, 4, false, 0)) == "bad_fragment");
}

TEST_CASE("a datagram ends by byte 65535", "[wire][walk][fragment]") {
  // 20 bytes of header, 65512 before this piece, so that three more bytes fit.
  CHECK(outcome(piece(protocol::udp, 8189, false, 3)) == "ok");
  CHECK(outcome(piece(protocol::udp, 8189, false, 4)) == "bad_fragment");
  CHECK(outcome(piece(protocol::udp, 8191, false, 8)) == "bad_fragment");
}

TEST_CASE("a first piece holds the whole transport header", "[wire][walk][fragment][rfc1858]") {
  CHECK(outcome(test::tcp{}.syn().payload_size(80).fragment(0, 16)) == "header_chain_too_long");
  CHECK(outcome(test::tcp{}.syn().payload_size(80).fragment(0, 24)) == "ok");
  CHECK(outcome(test::tcp{}.syn().mss(1).window_scale(2).payload_size(80).fragment(0, 24)) ==
        "header_chain_too_long");
  CHECK(outcome(test::echo{}.payload_size(80).fragment(0, 8)) == "ok");
  CHECK(outcome(test::datagram{protocol::sctp}.payload_size(80).fragment(0, 8)) ==
        "header_chain_too_long");
  CHECK(outcome(test::datagram{protocol::sctp}.payload_size(80).fragment(0, 16)) == "ok");
}

TEST_CASE("the piece that would hide TCP flags is dropped", "[wire][walk][fragment][rfc3128]") {
  CHECK(outcome(piece(protocol::tcp, 1, true, 16)) == "bad_fragment");
  CHECK(outcome(piece(protocol::tcp, 1, false, 16)) == "bad_fragment");
  CHECK(outcome(piece(protocol::tcp, 2, true, 16)) == "ok");
  CHECK(outcome(piece(protocol::udp, 1, true, 16)) == "ok");
}

TEST_CASE("the bits beside the offset make no fragment", "[wire][walk][fragment]") {
  auto packet = test::udp{}.bytes();
  test::put(packet, 6, 0xC000, 2);  // reserved and don't fragment

  CHECK(outcome(packet) == "ok");
  CHECK(facts_of(packet).fragment == fragment_kind::none);
}

TEST_CASE("flags that cannot be are noticed in a first piece too", "[wire][walk][fragment]") {
  CHECK(outcome(test::tcp{}.flags(0x03).payload_size(80).fragment(0, 24)) == "bad_tcp_flags");
}

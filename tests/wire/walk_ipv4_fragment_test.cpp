#include "weir/wire/header_walk.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/packet_builder.hpp"
#include "tests/support/reference_checksum.hpp"
#include "tests/wire/walked.hpp"

#include <cstddef>
#include <span>

using namespace weir;
using test::outcome;
using test::walked_of;

namespace {

/// The packet of another fragment word and transport.
test::packet_bytes changed(test::packet_bytes packet, unsigned fragment_word, protocol transport) {
  test::put(packet, 6, fragment_word, 2);
  test::put(packet, 9, number(transport), 1);
  test::put(packet, 10, 0, 2);
  test::put(packet, 10, test::reference_checksum(std::span{packet}.first(20)), 2);
  return packet;
}

/// A piece whose fragment word is set by hand: `offset` in units of eight bytes.
test::packet_bytes piece(protocol transport, unsigned offset, bool more, std::size_t size) {
  return changed(test::datagram{protocol{200}}.payload_size(size).bytes(),
                 offset | (more ? 0x2000u : 0u), transport);
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
  CHECK(outcome<ipv4>(test::udp{}.payload_size(2000).fragments(1480)[0]) == "ok");
}

TEST_CASE("pieces but the last have a multiple of eight bytes", "[wire][walk][fragment]") {
  CHECK(outcome<ipv4>(piece(protocol::udp, 4, true, 16)) == "ok");
  CHECK(outcome<ipv4>(piece(protocol::udp, 4, true, 15)) == "bad_fragment");
  CHECK(outcome<ipv4>(piece(protocol::udp, 4, true, 17)) == "bad_fragment");
  CHECK(outcome<ipv4>(piece(protocol::udp, 4, false, 17)) == "ok");
  CHECK(outcome<ipv4>(piece(protocol::udp, 4, true, 0)) == "bad_fragment");
  CHECK(outcome<ipv4>(piece(protocol::udp, 4, false, 0)) == "bad_fragment");
}

TEST_CASE("a datagram ends by byte 65535", "[wire][walk][fragment]") {
  // 20 bytes of header, 65512 before this piece, so that three more bytes fit.
  CHECK(outcome<ipv4>(piece(protocol::udp, 8189, false, 3)) == "ok");
  CHECK(outcome<ipv4>(piece(protocol::udp, 8189, false, 4)) == "bad_fragment");
  CHECK(outcome<ipv4>(piece(protocol::udp, 8191, false, 8)) == "bad_fragment");
}

TEST_CASE("a first piece holds the whole transport header", "[wire][walk][fragment][rfc1858]") {
  CHECK(outcome<ipv4>(test::tcp{}.syn().payload_size(80).fragment(0, 16)) ==
        "header_chain_too_long");
  CHECK(outcome<ipv4>(test::tcp{}.syn().payload_size(80).fragment(0, 24)) == "ok");
  CHECK(outcome<ipv4>(test::tcp{}.syn().mss(1).window_scale(2).payload_size(80).fragment(0, 24)) ==
        "header_chain_too_long");
  CHECK(outcome<ipv4>(test::echo{}.payload_size(80).fragment(0, 8)) == "ok");
  CHECK(outcome<ipv4>(test::datagram{protocol::sctp}.payload_size(80).fragment(0, 8)) ==
        "header_chain_too_long");
  CHECK(outcome<ipv4>(test::datagram{protocol::sctp}.payload_size(80).fragment(0, 16)) == "ok");
}

TEST_CASE("the piece that would hide TCP flags is dropped", "[wire][walk][fragment][rfc3128]") {
  CHECK(outcome<ipv4>(piece(protocol::tcp, 1, true, 16)) == "bad_fragment");
  CHECK(outcome<ipv4>(piece(protocol::tcp, 1, false, 16)) == "bad_fragment");
  CHECK(outcome<ipv4>(piece(protocol::tcp, 2, true, 16)) == "ok");
  CHECK(outcome<ipv4>(piece(protocol::udp, 1, true, 16)) == "ok");
}

TEST_CASE("the bits beside the offset make no fragment", "[wire][walk][fragment]") {
  constexpr unsigned reserved_and_dont_fragment = 0xC000;
  const auto packet = changed(test::udp{}.bytes(), reserved_and_dont_fragment, protocol::udp);

  CHECK(outcome<ipv4>(packet) == "ok");
  CHECK(walked_of<ipv4>(packet).facts.fragment == fragment_kind::none);
}

TEST_CASE("flags that cannot be are noticed in a first piece too", "[wire][walk][fragment]") {
  CHECK(outcome<ipv4>(test::tcp{}.flags(0x03).payload_size(80).fragment(0, 24)) == "bad_tcp_flags");
}

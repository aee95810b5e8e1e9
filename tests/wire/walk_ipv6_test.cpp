#include "weir/wire/header_walk.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/packet_builder.hpp"
#include "tests/wire/walked.hpp"

#include <cstddef>
#include <span>
#include <utility>

using namespace weir;
using namespace weir::test;

namespace {

test::builder six(test::builder from) {
  return from.from("2001:db8::5", 1000).to("2001:db8::1", 53);
}

constexpr protocol walkable[] = {protocol::hop_by_hop, protocol::destination_options, protocol::ah};

}  // namespace

TEST_CASE("whole TCP and UDP over IPv6 are understood", "[wire][walk]") {
  const auto udp = six(test::udp{}).ttl(9).payload("hello").bytes();
  const auto tcp = six(test::tcp{}).syn().mss(1440).bytes();

  REQUIRE(walked_of<ipv6>(udp).facts.ok);
  CHECK(walked_of<ipv6>(udp).facts.family == ip_family::ipv6);
  CHECK(walked_of<ipv6>(udp).facts.end == 53);
  CHECK(walked_of<ipv6>(udp).facts.transport_offset == 40);
  CHECK(walked_of<ipv6>(udp).facts.ttl == 9);
  CHECK(key_of<ipv6>(udp) == key<ipv6>(protocol::udp, 1000, 53));
  REQUIRE(walked_of<ipv6>(tcp).facts.ok);
  CHECK(walked_of<ipv6>(tcp).facts.tcp_flags == tcp_flag::syn);
  CHECK(key_of<ipv6>(tcp) == key<ipv6>(protocol::tcp, 1000, 53));
}

TEST_CASE("the general walk agrees with the plain one over IPv6", "[wire][walk]") {
  for (const auto& packet : {six(test::udp{}).bytes(), six(test::tcp{}).payload("x").bytes()}) {
    check_walks_agree<ipv6>(packet);
  }
}

TEST_CASE("the version must be six and the header whole", "[wire][walk]") {
  const auto packet = six(test::udp{}).bytes();

  CHECK(outcome<ipv6>({}) == "truncated_header");
  CHECK(outcome<ipv6>(octets({0x45})) == "bad_version");
  CHECK(outcome<ipv6>(test::packet_bytes(packet.begin(), packet.begin() + 39)) ==
        "truncated_header");
}

TEST_CASE("a payload length past what arrived is a lie", "[wire][walk]") {
  CHECK(outcome<ipv6>(six(test::udp{}).total_length(8).bytes()) == "ok");
  CHECK(outcome<ipv6>(six(test::udp{}).total_length(9).bytes()) == "bad_total_length");
  CHECK(outcome<ipv6>(six(test::udp{}).total_length(7).bytes()) == "truncated_header");
  CHECK(outcome<ipv6>(six(test::udp{}).total_length(0).bytes()) == "truncated_header");
}

TEST_CASE("an echo that claims 65535 bytes is dropped", "[wire][walk][v2]") {
  const auto packet =
      six(test::echo{}).rest(0x12345678).payload_size(58).total_length(0xFFFF).bytes();

  REQUIRE(packet.size() == 106);
  CHECK(outcome<ipv6>(packet) == "bad_total_length");
}

TEST_CASE("errors whose quote has lengths of its own are errors still", "[wire][walk][v4][sr12]") {
  for (const std::size_t size : {229u, 217u}) {
    auto quoted = six(test::udp{}).payload_size(size - 40 - 8 - 40 - 8).bytes();
    test::put(quoted, 4, 0xFFFF, 2);
    const auto packet = six(test::icmp{1, 4}).quote(quoted, 1232).bytes();

    REQUIRE(packet.size() == size);
    CHECK(walked_of<ipv6>(packet).facts.message == message_kind::icmp_error);
  }
}

TEST_CASE("echoes of any size are queries", "[wire][walk][sd10]") {
  for (const std::size_t size : {0u, 1u, 48u, 54u, 55u, 1400u}) {
    const auto packet = six(test::echo{}).identifier(7).payload_size(size).bytes();
    CAPTURE(size);
    CHECK(walked_of<ipv6>(packet).facts.message == message_kind::icmp_query);
    CHECK(key_of<ipv6>(packet) == key<ipv6>(protocol::icmpv6, 7, 128));
  }
  const auto reply =
      test::echo{}.from("2001:db8::1").to("2001:db8::5").type(129).identifier(7).bytes();
  CHECK(key_of<ipv6>(reply) == reversed(key<ipv6>(protocol::icmpv6, 7, 128)));
}

TEST_CASE("ICMPv6 messages of four bytes are no fault unless they ask or report", "[wire][walk]") {
  const auto message = [](unsigned type) {
    auto packet = six(test::icmp{type, 0}).bytes();
    packet.resize(44);
    test::put(packet, 4, 4, 2);
    return packet;
  };
  CHECK(outcome<ipv6>(message(200)) == "ok");
  CHECK(walked_of<ipv6>(message(200)).facts.message == message_kind::icmp_other);
  CHECK(outcome<ipv6>(message(128)) == "truncated_header");
  CHECK(outcome<ipv6>(message(1)) == "truncated_header");
}

TEST_CASE("ICMPv6 errors are all types below 128", "[wire][walk]") {
  CHECK(walked_of<ipv6>(six(test::icmp{4, 0}).bytes()).facts.message == message_kind::icmp_error);
  CHECK(walked_of<ipv6>(six(test::icmp{127, 0}).bytes()).facts.message == message_kind::icmp_error);
  CHECK(walked_of<ipv6>(six(test::icmp{135, 0}).bytes()).facts.message == message_kind::icmp_other);
}

TEST_CASE("TCP behind extension headers shows its ports", "[wire][walk][sd13]") {
  for (const auto kind : walkable) {
    const auto packet = six(test::tcp{}).extension(kind, octets({1, 2, 0, 0})).syn().bytes();
    const auto facts = walked_of<ipv6>(packet).facts;
    CAPTURE(name(kind));
    REQUIRE(facts.ok);
    CHECK(facts.transport == protocol::tcp);
    CHECK(facts.transport_offset == 48);
    CHECK(facts.authenticated == (kind == protocol::ah));
    CHECK(key_of<ipv6>(packet) == key<ipv6>(protocol::tcp, 1000, 53));
  }
}

TEST_CASE("extension headers of any length are walked", "[wire][walk][sd13]") {
  auto builder = six(test::udp{});
  builder.extension(protocol::hop_by_hop, octets({1, 4, 0, 0, 0, 0}));
  test::packet_bytes padding(2046);  // of one option each: PadN holds 255 bytes
  builder.extension(protocol::destination_options, padding);

  CHECK(outcome<ipv6>(builder.bytes()) == "ok");
  CHECK(walked_of<ipv6>(builder.bytes()).facts.transport_offset == 40 + 8 + 2048);
}

TEST_CASE("as many extension headers are walked as the limit says", "[wire][walk]") {
  const auto chain = [](std::size_t count) {
    auto builder = six(test::udp{});
    for (std::size_t i = 0; i < count; ++i) builder.extension(protocol::destination_options);
    return outcome<ipv6>(builder.bytes());
  };
  CHECK(chain(extension_headers_max - 1) == "ok");
  CHECK(chain(extension_headers_max) == "ok");
  CHECK(chain(extension_headers_max + 1) == "header_chain_too_long");
}

TEST_CASE("an extension header past the datagram cuts it", "[wire][walk]") {
  auto packet = six(test::udp{}).extension(protocol::destination_options).bytes();
  packet[41] = std::byte{1};  // sixteen bytes, and UDP ends there
  CHECK(outcome<ipv6>(packet) == "truncated_header");
  packet[41] = std::byte{2};
  CHECK(outcome<ipv6>(packet) == "truncated_header");
  packet[41] = std::byte{255};
  CHECK(outcome<ipv6>(packet) == "truncated_header");
}

TEST_CASE("hop-by-hop options come first or not at all", "[wire][walk]") {
  const auto late = six(test::udp{})
                        .extension(protocol::destination_options)
                        .extension(protocol::hop_by_hop)
                        .bytes();
  CHECK(outcome<ipv6>(late) == "unknown_extension");
  CHECK(outcome<ipv6>(late, {.pass_unknown_extensions = true}) == "ok");
  CHECK(walked_of<ipv6>(late, {.pass_unknown_extensions = true}).facts.message ==
        message_kind::portless);
}

TEST_CASE("a hop-by-hop option past its header is a fault", "[wire][walk]") {
  CHECK(outcome<ipv6>(six(test::udp{}).extension(protocol::hop_by_hop, octets({5, 9})).bytes()) ==
        "truncated_header");
}

TEST_CASE("routing headers of type 0 are dropped, with segments and without",
          "[wire][walk][rfc5095]") {
  for (const unsigned segments : {0u, 1u, 255u}) {
    const auto packet =
        six(test::udp{}).extension(protocol::routing, octets({0, segments, 0, 0, 0, 0})).bytes();
    CHECK(outcome<ipv6>(packet) == "routing_header");
  }
}

TEST_CASE("other routing headers pass or drop as configured", "[wire][walk][rfc7045]") {
  for (const unsigned type : {2u, 3u, 4u}) {
    const auto packet =
        six(test::udp{}).extension(protocol::routing, octets({type, 1, 0, 0, 0, 0})).bytes();
    CHECK(outcome<ipv6>(packet) == "ok");
    CHECK(outcome<ipv6>(packet, {.pass_routing_headers = false}) == "routing_header");
  }
}

TEST_CASE("experimental extension headers pass or drop as configured", "[wire][walk][rfc7045]") {
  for (const unsigned kind : {253u, 254u}) {
    auto packet = six(test::udp{}).bytes();
    packet[6] = static_cast<std::byte>(kind);
    CHECK(outcome<ipv6>(packet) == "unknown_extension");
    CHECK(outcome<ipv6>(packet, {.pass_unknown_extensions = true}) == "ok");
    CHECK(walked_of<ipv6>(packet, {.pass_unknown_extensions = true}).facts.message ==
          message_kind::portless);
  }
}

TEST_CASE("a mobility, HIP or Shim6 header that leads on passes or drops as unknown ones do",
          "[wire][walk][rfc7045][sd13]") {
  for (const auto kind : {protocol::mobility, protocol::hip, protocol::shim6}) {
    const auto packet = six(test::udp{}).extension(kind, test::packet_bytes(10)).bytes();
    CAPTURE(static_cast<int>(kind));
    CHECK(outcome<ipv6>(packet) == "unknown_extension");
    REQUIRE(outcome<ipv6>(packet, {.pass_unknown_extensions = true}) == "ok");
    const auto found = walked_of<ipv6>(packet, {.pass_unknown_extensions = true});
    CHECK(found.facts.message == message_kind::udp);
    CHECK(unpack(found.key) == key<ipv6>(protocol::udp, 1000, 53));
    CHECK_FALSE(found.facts.hidden_transport);
  }
}

TEST_CASE("a mobility, HIP or Shim6 header that ends its chain is a transport of its own",
          "[wire][walk]") {
  for (const auto kind : {protocol::mobility, protocol::hip, protocol::shim6}) {
    for (const bool pass : {false, true}) {
      const auto found =
          walked_of<ipv6>(six(test::datagram{protocol::no_next_header}).extension(kind).bytes(),
                          {.pass_unknown_extensions = pass});
      CAPTURE(static_cast<int>(kind), pass);
      REQUIRE(found.facts.ok);
      CHECK(found.facts.transport == kind);
      CHECK(found.facts.message == message_kind::portless);
    }
  }
}

TEST_CASE("a mobility, HIP or Shim6 header that is not there ends nothing", "[wire][walk]") {
  for (const auto kind : {protocol::mobility, protocol::hip, protocol::shim6}) {
    const auto packet = six(test::datagram{kind}).bytes();
    REQUIRE(packet.size() == 40);
    CHECK(outcome<ipv6>(packet) == "unknown_extension");
    CHECK(outcome<ipv6>(packet, {.pass_unknown_extensions = true}) == "truncated_header");
  }
}

TEST_CASE("a mobility, HIP or Shim6 header that ends its chain is whole", "[wire][walk]") {
  for (const auto kind : {protocol::mobility, protocol::hip, protocol::shim6}) {
    for (const bool pass : {false, true}) {
      const auto found = [&](packet_bytes header, bool in_first_piece = false) {
        auto packet = six(test::datagram{kind}).payload(std::move(header));
        if (in_first_piece) packet.fragment_header(0, true);
        return outcome<ipv6>(packet.bytes(), {.pass_unknown_extensions = pass});
      };
      CAPTURE(static_cast<int>(kind), pass);
      CHECK(found(octets({59})) == "truncated_header");
      CHECK(found(octets({59, 0, 0, 0, 0, 0, 0})) == "truncated_header");
      CHECK(found(octets({59, 0, 0, 0, 0, 0, 0, 0})) == "ok");
      CHECK(found(octets({59, 1, 0, 0, 0, 0, 0, 0})) == "truncated_header");
      CHECK(found(octets({59, 1, 0, 0, 0, 0, 0, 0}), true) == "header_chain_too_long");
    }
  }
}

TEST_CASE("what follows a header that nobody can walk is hidden", "[wire][walk]") {
  auto packet = six(test::udp{}).bytes();
  CHECK_FALSE(walked_of<ipv6>(packet).facts.hidden_transport);
  packet[6] = std::byte{254};

  CHECK(walked_of<ipv6>(packet, {.pass_unknown_extensions = true}).facts.hidden_transport);
}

TEST_CASE("a fragment header is noticed even before a whole datagram", "[wire][walk][rfc6946]") {
  CHECK_FALSE(walked_of<ipv6>(six(test::udp{}).bytes()).facts.fragment_header);
  CHECK(walked_of<ipv6>(six(test::udp{}).fragment_header(0, false).bytes()).facts.fragment_header);
}

TEST_CASE("headers without ports are known by their number", "[wire][walk]") {
  for (const auto transport : {protocol::no_next_header, protocol{200}, protocol::icmp}) {
    auto packet = six(test::udp{}).bytes();
    packet[6] = static_cast<std::byte>(transport);
    CAPTURE(static_cast<int>(transport));
    CHECK(walked_of<ipv6>(packet).facts.ok);
    CHECK(walked_of<ipv6>(packet).facts.message == message_kind::portless);
    CHECK(key_of<ipv6>(packet) == key<ipv6>(transport, 0, 0));
  }
}

TEST_CASE("a datagram may end behind its header", "[wire][walk]") {
  auto packet = six(test::datagram{protocol::no_next_header}).bytes();

  REQUIRE(packet.size() == 40);
  CHECK(outcome<ipv6>(packet) == "ok");
}

TEST_CASE("jumbograms are dropped", "[wire][walk][rfc2675]") {
  const auto jumbo = octets({0xC2, 4, 0, 1, 0, 0});
  CHECK(outcome<ipv6>(
            six(test::udp{}).extension(protocol::hop_by_hop, jumbo).total_length(0).bytes()) ==
        "jumbogram");
  CHECK(outcome<ipv6>(six(test::udp{}).extension(protocol::hop_by_hop, jumbo).bytes()) ==
        "jumbogram");
}

TEST_CASE("a UDP length of zero is legal in jumbograms alone", "[wire][walk]") {
  CHECK(outcome<ipv6>(six(test::udp{}).udp_length(0).bytes()) == "bad_transport_length");
}

TEST_CASE("pieces of an IPv6 datagram are told apart", "[wire][walk][fragment]") {
  const auto pieces = six(test::udp{}).id(0xABCD).payload_size(60).fragments(32);
  const auto first = walked_of<ipv6>(pieces[0]);
  const auto later = walked_of<ipv6>(pieces[1]);

  REQUIRE(first.facts.ok);
  CHECK(first.facts.fragment == fragment_kind::first);
  CHECK(first.facts.fragment_id == 0xABCD);
  CHECK(first.facts.transport_offset == 48);
  CHECK(unpack(first.key) == key<ipv6>(protocol::udp, 1000, 53));
  REQUIRE(later.facts.ok);
  CHECK(later.facts.fragment == fragment_kind::later);
  CHECK(later.facts.fragment_offset == 32);
  CHECK(later.facts.message == message_kind::opaque);
  CHECK(unpack(later.key) == key<ipv6>(protocol::udp, 0, 0));
}

TEST_CASE("a fragment that is alone is a whole datagram", "[wire][walk][fragment][rfc6946]") {
  const auto packet = six(test::tcp{}).fragment_header(0, false, 9).syn().bytes();
  const auto facts = walked_of<ipv6>(packet).facts;

  REQUIRE(facts.ok);
  CHECK(facts.fragment == fragment_kind::none);
  CHECK(facts.tcp_flags == tcp_flag::syn);
  CHECK(facts.fragment_id == 9);
}

TEST_CASE("a first piece holds the whole header chain", "[wire][walk][fragment][rfc7112]") {
  const auto chain = [](std::size_t held) {
    return outcome<ipv6>(six(test::tcp{}).payload_size(80).fragment(0, held));
  };
  CHECK(chain(16) == "header_chain_too_long");
  CHECK(chain(24) == "ok");

  auto options = six(test::udp{});
  options.fragment_header(0, true).extension(protocol::destination_options, octets({1, 12}));
  auto packet = options.bytes();
  packet[49] = std::byte{9};  // the options say they go on in the next piece
  CHECK(outcome<ipv6>(packet) == "header_chain_too_long");
}

TEST_CASE("IPv6 pieces have a length that can be", "[wire][walk][fragment]") {
  const auto piece = [](unsigned offset, bool more, std::size_t size) {
    return outcome<ipv6>(six(test::datagram{protocol{200}})
                             .fragment_header(offset, more)
                             .payload_size(size)
                             .bytes());
  };
  CHECK(piece(32, true, 16) == "ok");
  CHECK(piece(32, true, 15) == "bad_fragment");
  CHECK(piece(32, false, 15) == "ok");
  CHECK(piece(32, true, 0) == "bad_fragment");
  CHECK(piece(65528, false, 7) == "ok");
  CHECK(piece(65528, false, 8) == "bad_fragment");
}

TEST_CASE("the piece that would hide TCP flags is dropped over IPv6 too",
          "[wire][walk][fragment][rfc3128]") {
  CHECK(outcome<ipv6>(six(test::tcp{}).fragment_header(8, true).payload_size(4).bytes()) ==
        "bad_fragment");
}

TEST_CASE("two fragment headers make no fragment", "[wire][walk][fragment]") {
  CHECK(
      outcome<ipv6>(six(test::udp{}).fragment_header(0, false).fragment_header(0, false).bytes()) ==
      "bad_fragment");
}

TEST_CASE("a cut capture of extension headers is told from a lie", "[wire][walk]") {
  const auto whole = six(test::udp{}).extension(protocol::destination_options).bytes();
  const auto cut = [&](std::size_t size) {
    return walk<ipv6>(std::span{whole}.first(size), whole.size(), home).facts;
  };
  CHECK(cut(whole.size()).ok);
  CHECK(cut(47).fault == drop_reason::truncated_header);
  CHECK(cut(41).fault == drop_reason::truncated_header);
  CHECK(cut(55).fault == drop_reason::truncated_header);
}

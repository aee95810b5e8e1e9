#include "weir/wire/header_walk.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/packet_builder.hpp"
#include "tests/wire/walked.hpp"

#include <cstddef>
#include <span>
#include <vector>

using namespace weir;
using namespace weir::test;

TEST_CASE("a whole UDP datagram over IPv4 is understood", "[wire][walk]") {
  const auto packet = test::udp{}.ttl(9).id(77).payload("hello").bytes();
  const auto facts = walked_of<ipv4>(packet).facts;

  REQUIRE(facts.ok);
  CHECK(facts.family == ip_family::ipv4);
  CHECK(facts.transport == protocol::udp);
  CHECK(facts.message == message_kind::udp);
  CHECK(facts.transport_offset == 20);
  CHECK(facts.end == 33);
  CHECK(facts.ttl == 9);
  CHECK(facts.fragment_id == 77);
  CHECK(facts.fragment == fragment_kind::none);
  CHECK(facts.tcp_flags == 0);
  CHECK(key_of<ipv4>(packet) == key<ipv4>(protocol::udp, 1000, 53));
}

TEST_CASE("a whole TCP segment over IPv4 is understood", "[wire][walk]") {
  const auto packet = test::tcp{}.syn_ack().mss(1460).bytes();
  const auto facts = walked_of<ipv4>(packet).facts;

  REQUIRE(facts.ok);
  CHECK(facts.message == message_kind::tcp);
  CHECK(facts.tcp_flags == (tcp_flag::syn | tcp_flag::ack));
  CHECK(facts.end == 44);
  CHECK(key_of<ipv4>(packet) == key<ipv4>(protocol::tcp, 1000, 53));
}

TEST_CASE("the general walk agrees with the plain one", "[wire][walk]") {
  for (const auto& packet : {test::udp{}.bytes(), test::udp{}.payload("xyz").bytes(),
                             test::tcp{}.fin().bytes(), test::tcp{}.syn().mss(1).bytes()}) {
    check_walks_agree<ipv4>(packet);
  }
}

TEST_CASE("nothing of an earlier packet stays in the facts", "[wire][walk]") {
  walked<ipv4> found;
  const auto fragment = test::tcp{}.syn().payload_size(64).fragments(40)[0];
  const auto query = test::echo{}.ip_options(octets({148, 4, 0, 0})).bytes();
  const auto plain = test::udp{}.bytes();
  walked<ipv4> fresh;
  walk_into(fresh, plain, plain.size(), home);

  walk_into(found, fragment, fragment.size(), home);
  walk_into(found, query, query.size(), home);
  walk_into(found, plain, plain.size(), home);

  CHECK(found.facts.fragment == fragment_kind::none);
  CHECK_FALSE(found.facts.more_fragments);
  CHECK(found.facts.fragment_offset == 0);
  CHECK(found.facts.icmp_type == 0);
  CHECK(found.facts.tcp_flags == 0);
  CHECK(same_flow(found.key, fresh.key));
}

TEST_CASE("the version must be four", "[wire][walk]") {
  CHECK(outcome<ipv4>({}) == "truncated_header");
  CHECK(outcome<ipv4>(octets({0x45})) == "truncated_header");
  CHECK(outcome<ipv4>(octets({0x65})) == "bad_version");
  CHECK(outcome<ipv4>(octets({0x05})) == "bad_version");
  CHECK(outcome<ipv4>(test::packet_bytes(40)) == "bad_version");
}

TEST_CASE("the header length is five words to the end of the packet", "[wire][walk]") {
  auto packet = test::udp{}.payload_size(12).bytes();  // 40 bytes: ten words
  SECTION("four words") {
    packet[0] = std::byte{0x44};
    CHECK(outcome<ipv4>(packet) == "bad_header_length");
  }
  SECTION("one word more than arrived") {
    packet[0] = std::byte{0x4B};
    CHECK(outcome<ipv4>(packet) == "bad_header_length");
  }
  SECTION("a header that a capture cut") {
    const auto whole = test::udp{}.ip_options(octets({1, 1, 1, 1})).bytes();
    const auto found = walk<ipv4>(std::span{whole}.first(23), whole.size(), home);
    CHECK(found.facts.fault == drop_reason::truncated_header);
    CHECK_FALSE(found.facts.ok);
  }
}

TEST_CASE("the total length is at least the header and at most what arrived", "[wire][walk]") {
  CHECK(outcome<ipv4>(test::udp{}.total_length(28).bytes()) == "ok");
  CHECK(outcome<ipv4>(test::udp{}.total_length(29).bytes()) == "bad_total_length");
  CHECK(outcome<ipv4>(test::udp{}.total_length(19).bytes()) == "bad_total_length");
  CHECK(outcome<ipv4>(test::udp{}.total_length(0).bytes()) == "bad_total_length");
  CHECK(outcome<ipv4>(test::udp{}.total_length(20).bytes()) == "truncated_header");
}

TEST_CASE("a 28-byte echo that claims 65535 bytes is dropped", "[wire][walk][v3]") {
  const auto packet = test::echo{}.total_length(0xFFFF).bytes();

  REQUIRE(packet.size() == 28);
  CHECK(outcome<ipv4>(packet) == "bad_total_length");
}

TEST_CASE("a total length of zero is dropped", "[wire][walk][v5][sr12]") {
  auto packet = test::datagram{protocol::icmp}.total_length(0).bytes();
  packet.resize(23);

  CHECK(outcome<ipv4>(packet) == "bad_total_length");
}

TEST_CASE("padding behind the datagram is no part of it", "[wire][walk]") {
  auto packet = test::udp{}.payload("x").bytes();
  packet.resize(46, std::byte{0xEE});

  CHECK(outcome<ipv4>(packet) == "ok");
  CHECK(walked_of<ipv4>(packet).facts.end == 29);
}

TEST_CASE("a payload that a capture cut off is no fault, a header is", "[wire][walk]") {
  const auto udp = test::udp{}.payload_size(100).bytes();
  const auto tcp = test::tcp{}.syn().mss(1460).payload_size(100).bytes();
  const auto cut = [](const test::packet_bytes& packet, std::size_t size) {
    return walk<ipv4>(std::span{packet}.first(size), packet.size(), home).facts;
  };

  CHECK(cut(udp, 28).ok);
  CHECK(cut(udp, 28).end == 128);
  CHECK(cut(udp, 27).fault == drop_reason::truncated_header);
  CHECK(cut(tcp, 44).ok);
  CHECK(cut(tcp, 43).fault == drop_reason::truncated_header);
  CHECK(cut(tcp, 39).fault == drop_reason::truncated_header);
  CHECK(cut(tcp, 19).fault == drop_reason::truncated_header);
}

TEST_CASE("a wrong header checksum is a fault unless it is not asked for", "[wire][walk]") {
  const auto plain = test::udp{}.bad_ip_checksum().bytes();
  const auto unusual = test::echo{}.bad_ip_checksum().bytes();

  CHECK(outcome<ipv4>(plain) == "bad_ip_checksum");
  CHECK(outcome<ipv4>(unusual) == "bad_ip_checksum");
  CHECK(outcome<ipv4>(plain, {.verify_ip_checksum = false}) == "ok");
  CHECK(outcome<ipv4>(unusual, {.verify_ip_checksum = false}) == "ok");
}

TEST_CASE("every flipped bit of a plain header is noticed", "[wire][walk]") {
  const auto packet = test::tcp{}.payload_size(20).bytes();
  for (std::size_t bit = 0; bit < 160; ++bit) {
    auto flipped = packet;
    flipped[bit / 8] ^= static_cast<std::byte>(0x80 >> bit % 8);
    CAPTURE(bit);
    CHECK(outcome<ipv4>(flipped) != "ok");
  }
}

TEST_CASE("source routes are dropped whatever else passes", "[wire][walk][rfc7126]") {
  for (const unsigned type : {131u, 137u}) {
    const auto packet = test::udp{}.ip_options(octets({1, type, 7, 4, 10, 0, 0, 1})).bytes();
    CHECK(outcome<ipv4>(packet) == "source_route");
    CHECK(outcome<ipv4>(packet, {.pass_ip_options = false}) == "source_route");
  }
}

TEST_CASE("other options pass or drop as configured", "[wire][walk]") {
  const auto packet = test::tcp{}.ip_options(octets({148, 4, 0, 0})).bytes();
  const auto facts = walked_of<ipv4>(packet).facts;

  REQUIRE(facts.ok);
  CHECK(facts.transport_offset == 24);
  CHECK(key_of<ipv4>(packet) == key<ipv4>(protocol::tcp, 1000, 53));
  CHECK(outcome<ipv4>(packet, {.pass_ip_options = false}) == "ip_options");
}

TEST_CASE("options that reach past the header are a fault", "[wire][walk]") {
  CHECK(outcome<ipv4>(test::udp{}.ip_options(octets({7, 5, 4, 0})).bytes()) == "bad_header_length");
  CHECK(outcome<ipv4>(test::udp{}.ip_options(octets({1, 1, 1, 7})).bytes()) == "bad_header_length");
}

TEST_CASE("the longest header is walked", "[wire][walk]") {
  const auto packet = test::tcp{}
                          .ip_options(test::packet_bytes(40, std::byte{1}))
                          .option(test::packet_bytes(40, std::byte{1}))
                          .bytes();

  REQUIRE(packet.size() == 120);
  CHECK(outcome<ipv4>(packet) == "ok");
  CHECK(walked_of<ipv4>(packet).facts.transport_offset == 60);
}

TEST_CASE("a TCP data offset is five words to the end of the segment", "[wire][walk][tcp]") {
  CHECK(outcome<ipv4>(test::tcp{}.data_offset(4).bytes()) == "bad_transport_length");
  CHECK(outcome<ipv4>(test::tcp{}.data_offset(5).bytes()) == "ok");
  CHECK(outcome<ipv4>(test::tcp{}.data_offset(6).bytes()) == "bad_transport_length");
  CHECK(outcome<ipv4>(test::tcp{}.data_offset(6).payload_size(4).bytes()) == "ok");
  CHECK(outcome<ipv4>(test::tcp{}.data_offset(0).payload_size(4).bytes()) ==
        "bad_transport_length");
}

TEST_CASE("TCP flags that cannot be are dropped", "[wire][walk][tcp]") {
  for (const unsigned flags : {0x00u, 0x03u, 0x06u, 0x07u, 0x40u, 0x80u, 0xC0u, 0x13u, 0x16u}) {
    CAPTURE(flags);
    CHECK(outcome<ipv4>(test::tcp{}.flags(flags).bytes()) == "bad_tcp_flags");
  }
  for (const unsigned flags : {0x01u, 0x02u, 0x04u, 0x10u, 0x11u, 0x12u, 0x14u, 0xC2u, 0x52u}) {
    CAPTURE(flags);
    CHECK(outcome<ipv4>(test::tcp{}.flags(flags).bytes()) == "ok");
  }
}

TEST_CASE("a UDP length is eight bytes to the end of the datagram", "[wire][walk][udp][sr12]") {
  CHECK(outcome<ipv4>(test::udp{}.payload_size(10).udp_length(0).bytes()) ==
        "bad_transport_length");
  CHECK(outcome<ipv4>(test::udp{}.payload_size(10).udp_length(7).bytes()) ==
        "bad_transport_length");
  CHECK(outcome<ipv4>(test::udp{}.payload_size(10).udp_length(8).bytes()) == "ok");
  CHECK(outcome<ipv4>(test::udp{}.payload_size(10).udp_length(18).bytes()) == "ok");
  CHECK(outcome<ipv4>(test::udp{}.payload_size(10).udp_length(19).bytes()) ==
        "bad_transport_length");
  CHECK(outcome<ipv4>(test::udp{}.no_checksum().udp_length(0xFFFF).bytes()) ==
        "bad_transport_length");
}

TEST_CASE("a whole datagram shorter than its transport header is cut", "[wire][walk]") {
  struct shortest {
    protocol transport;
    std::size_t size;
  };
  for (const auto [transport, size] :
       {shortest{protocol::tcp, 20}, shortest{protocol::udp, 8}, shortest{protocol::icmp, 8},
        shortest{protocol::sctp, 12}, shortest{protocol::dccp, 12}, shortest{protocol::udp_lite, 8},
        shortest{protocol::esp, 8}}) {
    auto packet = test::datagram{transport}.bytes();
    CAPTURE(name(transport));
    REQUIRE(packet.size() == 20 + size);
    CHECK(outcome<ipv4>(packet) == "ok");
    test::put(packet, 2, packet.size() - 1, 2);
    CHECK(outcome<ipv4>(packet, {.verify_ip_checksum = false}) == "truncated_header");
  }
}

TEST_CASE("protocols with ports show them", "[wire][walk]") {
  for (const auto transport : {protocol::sctp, protocol::udp_lite, protocol::dccp}) {
    const auto packet = test::datagram{transport}.from("10.0.0.5", 5).to("192.0.2.1", 6).bytes();
    CAPTURE(name(transport));
    CHECK(walked_of<ipv4>(packet).facts.message == message_kind::ports);
    CHECK(key_of<ipv4>(packet) == key<ipv4>(transport, 5, 6));
  }
}

TEST_CASE("UDP-Lite may cover all, or eight bytes and more", "[wire][walk]") {
  const auto covering = [](unsigned size) {
    return outcome<ipv4>(
        test::datagram{protocol::udp_lite}.payload_size(4).udp_length(size).bytes());
  };
  CHECK(covering(0) == "ok");
  CHECK(covering(7) == "bad_transport_length");
  CHECK(covering(8) == "ok");
  CHECK(covering(12) == "ok");
  CHECK(covering(13) == "bad_transport_length");
}

TEST_CASE("ICMP queries are keyed by identifier and request", "[wire][walk][icmp]") {
  struct query {
    unsigned request;
    unsigned reply;
  };
  for (const auto [request, reply] : {query{8, 0}, query{13, 14}, query{17, 18}}) {
    const auto asks = test::echo{}.type(request).identifier(7).bytes();
    const auto answers =
        test::echo{}.from("192.0.2.1").to("10.0.0.5").type(reply).identifier(7).bytes();

    CHECK(walked_of<ipv4>(asks).facts.message == message_kind::icmp_query);
    CHECK(walked_of<ipv4>(asks).facts.icmp_type == request);
    CHECK(key_of<ipv4>(asks) == key<ipv4>(protocol::icmp, 7, request));
    CHECK(key_of<ipv4>(answers) == reversed(key_of<ipv4>(asks)));
  }
}

TEST_CASE("ICMP errors and all else have no ports", "[wire][walk][icmp]") {
  const auto quoted = test::udp{}.bytes();
  const auto error = test::icmp{11, 1}.quote(quoted).bytes();
  const auto solicitation = test::icmp{10, 0}.bytes();

  CHECK(walked_of<ipv4>(error).facts.message == message_kind::icmp_error);
  CHECK(walked_of<ipv4>(error).facts.icmp_type == 11);
  CHECK(walked_of<ipv4>(error).facts.icmp_code == 1);
  CHECK(key_of<ipv4>(error) == key<ipv4>(protocol::icmp, 0, 0));
  CHECK(walked_of<ipv4>(solicitation).facts.message == message_kind::icmp_other);
}

TEST_CASE("ICMPv6 over IPv4 is a protocol like any other", "[wire][walk][icmp]") {
  auto packet = test::datagram{protocol{200}}.payload(octets({128, 0, 0, 0, 0, 7, 0, 1})).bytes();
  packet[9] = std::byte{58};

  CHECK(walked_of<ipv4>(packet, {.verify_ip_checksum = false}).facts.message ==
        message_kind::portless);
}

TEST_CASE("ESP is keyed by its index, high half first", "[wire][walk]") {
  const auto packet = test::datagram{protocol::esp}.spi(0xAABB1122).bytes();

  CHECK(walked_of<ipv4>(packet).facts.message == message_kind::spi);
  CHECK(key_of<ipv4>(packet) == key<ipv4>(protocol::esp, 0xAABB, 0x1122));
}

TEST_CASE("GRE is keyed by its key, or by nothing", "[wire][walk]") {
  const auto gre = [](test::packet_bytes header) {
    return test::datagram{protocol::gre}.payload(std::move(header)).bytes();
  };
  CHECK(key_of<ipv4>(gre(octets({0, 0, 8, 0}))) == key<ipv4>(protocol::gre, 0, 0));
  CHECK(key_of<ipv4>(gre(octets({0x20, 0, 8, 0, 1, 2, 3, 4}))) ==
        key<ipv4>(protocol::gre, 0x0102, 0x0304));
  CHECK(key_of<ipv4>(gre(octets({0x30, 1, 0x88, 0x0B, 0, 99, 3, 4}))) ==
        key<ipv4>(protocol::gre, 0, 0x0304));
  CHECK(walked_of<ipv4>(gre(octets({0, 0, 8, 0}))).facts.message == message_kind::gre);
  CHECK(outcome<ipv4>(gre(octets({0, 0, 8}))) == "truncated_header");
  CHECK(outcome<ipv4>(gre(octets({0x20, 0, 8, 0, 1, 2, 3}))) == "truncated_header");
}

TEST_CASE("other protocols are known by their number alone", "[wire][walk]") {
  for (const auto transport : {protocol::igmp, protocol::ipip, protocol::ah, protocol{253}}) {
    const auto packet = test::datagram{transport}.bytes();
    CHECK(outcome<ipv4>(packet) == "ok");
    CHECK(walked_of<ipv4>(packet).facts.message == message_kind::portless);
    CHECK(key_of<ipv4>(packet) == key<ipv4>(transport, 0, 0));
  }
}

#include "weir/nat/icmp_error.hpp"

#include "weir/wire/header_walk.hpp"

#include "tests/nat/endpoints.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/checksum_oracle.hpp"
#include "tests/support/packet_builder.hpp"
#include "tests/support/seeded.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace weir::test {
namespace {

const ipv4_address router_outside{100, 64, 0, 1};
const ipv4_address router_inside{192, 168, 1, 1};

packed_flow<ipv4> key(protocol kind, const end& source, const end& destination) {
  return pack(flow_key<ipv4>{domain_id{}, kind, source, destination});
}

/// What becomes of an error; empty if it is not for the sender of its quote.
packet_bytes translated(packet_bytes error, const packed_flow<ipv4>& after,
                        ttl_step step = ttl_step::keep, std::size_t held = 65'535) {
  const std::size_t wire_size = error.size();
  error.resize(std::min(held, error.size()));
  const auto outer = walk<ipv4>(error, wire_size, domain_id{});
  REQUIRE(outer.facts.ok);
  REQUIRE(outer.facts.message == message_kind::icmp_error);
  const auto quote =
      walk_quote<ipv4>(quote_of<ipv4>(std::span<const std::byte>{error}, outer.facts), {});
  REQUIRE(quote.facts.ok);
  const packet_bytes before = error;
  const auto source = hides_source(quote, after) ? after.source() : outer.key.source();
  if (!translate_icmp_error(error, outer.facts, quote, after, source, step)) {
    REQUIRE(error == before);
    return {};
  }
  return error;
}

packet_bytes error_about(const packet_bytes& packet, ipv4_address from, ipv4_address to,
                         std::size_t quoted = 548) {
  return icmp{3, 1}.from(from, 0).to(to, 0).quote(packet, quoted).bytes();
}

constexpr std::array kinds = {protocol::tcp, protocol::udp, protocol::udp_lite, protocol::dccp};

TEST_CASE("an error from outside is about the packet its host sent",
          "[nat][icmp-error][rfc5508-req4][rfc4787-req12b][sr11]") {
  const auto kind = GENERATE(from_range(kinds));
  const auto quoted = GENERATE(as<std::size_t>{}, 28, 36, 38, 40, 60, 548);
  CAPTURE(name(kind), quoted);
  const auto sent = [&](const end& source) {
    return datagram{kind}.from(source).to(server).payload_size(64).bytes();
  };
  if (kind == protocol::dccp && quoted < 32) return;  // an oracle without a header to look at

  const packet_bytes error = error_about(sent(outside), router_outside, outside.address, quoted);
  const packet_bytes delivered = translated(error, key(kind, server, inside));

  CHECK(delivered == error_about(sent(inside), router_outside, inside.address, quoted));
  CHECK(wrong_with(delivered).empty());
}

TEST_CASE("an error from the host inside is about the packet the remote sent",
          "[nat][icmp-error][rfc5508-req5]") {
  const auto kind = GENERATE(from_range(kinds));
  const auto received = [&](const end& destination) {
    return datagram{kind}.from(server).to(destination).payload_size(64).bytes();
  };

  const packet_bytes error = error_about(received(inside), inside.address, server.address);
  const packet_bytes sent = translated(error, key(kind, outside, server));

  CHECK(sent == error_about(received(outside), outside.address, server.address));
}

TEST_CASE("a router inside wears the external address of the host it reports about",
          "[nat][icmp-error][rfc5508-req5]") {
  const packet_bytes received = udp{}.from(server).to(inside).bytes();
  const packet_bytes expected = udp{}.from(server).to(outside).bytes();

  const packet_bytes error = error_about(received, router_inside, server.address);
  const packet_bytes sent = translated(error, key(protocol::udp, outside, server));

  CHECK(sent == error_about(expected, outside.address, server.address));
}

TEST_CASE("a hairpin's error is turned on both sides", "[nat][icmp-error][rfc5508-req7a]") {
  const end other{{192, 168, 1, 11}, port{6000}};
  const end other_outside{{203, 0, 113, 9}, port{50'000}};
  const packet_bytes delivered = udp{}.from(outside).to(other).bytes();
  const packet_bytes sent = udp{}.from(inside).to(other_outside).bytes();

  const packet_bytes error = error_about(delivered, other.address, outside.address);
  const packet_bytes answered = translated(error, key(protocol::udp, other_outside, inside));

  CHECK(answered == error_about(sent, other_outside.address, inside.address));
}

TEST_CASE("an error about a query has the identifier its host chose",
          "[nat][icmp-error][icmp][rfc5508-req4]") {
  const auto ping = [](ipv4_address from, unsigned identifier) {
    return echo{}
        .from(from, 0)
        .to(server.address, 0)
        .identifier(identifier)
        .payload_size(32)
        .bytes();
  };
  const end answerer{server.address, port{8}};

  const packet_bytes error =
      error_about(ping(outside.address, 40'007), router_outside, outside.address);
  const packet_bytes delivered =
      translated(error, key(protocol::icmp, answerer, {inside.address, port{7}}));

  CHECK(delivered == error_about(ping(inside.address, 7), router_outside, inside.address));
}

TEST_CASE("an error about a query of nothing but zeros quotes the checksum that it had",
          "[nat][icmp-error][icmp][rfc1071][rfc5508-req5]") {
  const auto reply = [](ipv4_address to, unsigned identifier) {
    return icmp{0, 0}.from(server.address, 0).to(to, 0).identifier(identifier).bytes();
  };
  const end asker{outside.address, port{40'007}};

  const packet_bytes error = error_about(reply(inside.address, 0), router_inside, server.address);
  const packet_bytes sent =
      translated(error, key(protocol::icmp, asker, {server.address, port{8}}));

  CHECK(sent == error_about(reply(outside.address, 40'007), outside.address, server.address));
  CHECK(
      translated(sent, key(protocol::icmp, {inside.address, port{0}}, {server.address, port{8}})) ==
      error_about(reply(inside.address, 0), inside.address, server.address));
}

TEST_CASE("an error about a portless packet changes addresses alone", "[nat][icmp-error][v7]") {
  const auto kind = GENERATE(protocol::esp, protocol::gre, protocol::sctp, protocol::ipip);
  const auto sent = [&](const end& source) {
    return datagram{kind}.from(source).to(server).payload(packet_bytes(24)).bytes();
  };
  const end same_port{outside.address, inside.port};

  const packet_bytes error = error_about(sent(same_port), router_outside, same_port.address);
  auto back = flow_key<ipv4>{domain_id{}, kind, server, inside};
  if (kind != protocol::sctp) {
    const auto quoted = walk<ipv4>(sent(same_port), 1000, domain_id{});
    back.source.port = quoted.key.destination_port();
    back.destination.port = quoted.key.source_port();
  }
  const packet_bytes delivered = translated(error, pack(back));

  CHECK(delivered == error_about(sent(inside), router_outside, inside.address));
}

TEST_CASE("a quoted UDP packet without a checksum stays without", "[nat][icmp-error][udp]") {
  const auto sent = [](const end& source) {
    return udp{}.from(source).to(server).no_checksum().payload_size(8).bytes();
  };

  const packet_bytes error = error_about(sent(outside), router_outside, outside.address);
  const packet_bytes delivered = translated(error, key(protocol::udp, server, inside));

  CHECK(delivered == error_about(sent(inside), router_outside, inside.address));
}

TEST_CASE("options in the quoted header are stepped over", "[nat][icmp-error][rfc5508-req3b]") {
  const auto size = GENERATE(as<std::size_t>{}, 4, 8, 40);
  const auto sent = [&](const end& source) {
    return tcp{}.from(source).to(server).ip_options(packet_bytes(size, std::byte{1})).bytes();
  };

  const packet_bytes error = error_about(sent(outside), router_outside, outside.address);
  const packet_bytes delivered = translated(error, key(protocol::tcp, server, inside));

  CHECK(delivered == error_about(sent(inside), router_outside, inside.address));
}

TEST_CASE("extensions behind the quote are left as they are",
          "[nat][icmp-error][rfc4884][rfc5508-req3d]") {
  const packet_bytes extension = hex("2000 1234 0008 0101 0001 0002");
  const auto error_of = [&](const end& source, ipv4_address to) {
    packet_bytes quote = udp{}.from(source).to(server).payload_size(12).bytes();
    quote.resize(128);
    append(quote, extension);
    return icmp{11, 0}.from(router_outside, 0).to(to, 0).rest(32u << 16).payload(quote).bytes();
  };

  const packet_bytes delivered =
      translated(error_of(outside, outside.address), key(protocol::udp, server, inside));

  CHECK(delivered == error_of(inside, inside.address));
  CHECK(std::equal(extension.begin(), extension.end(), delivered.end() - 12));
}

TEST_CASE("a quote whose lengths lie is rewritten within its bytes", "[nat][icmp-error][sr12]") {
  const auto length = GENERATE(as<unsigned>{}, 20, 27, 28, 40, 0xFFFF);
  CAPTURE(length);
  const auto sent = [&](const end& source) {
    return tcp{}.from(source).to(server).total_length(length).payload_size(30).bytes();
  };
  packet_bytes error = error_about(sent(outside), router_outside, outside.address);
  const auto outer = walk<ipv4>(error, error.size(), domain_id{});
  const auto quote =
      walk_quote<ipv4>(quote_of<ipv4>(std::span<const std::byte>{error}, outer.facts), {});
  REQUIRE(quote.facts.ok == (length >= 28));
  if (!quote.facts.ok) return;

  const packet_bytes delivered = translated(error, key(protocol::tcp, server, inside));

  // Behind the quoted total length nothing changes; before it, all that should.
  packet_bytes expected = error_about(sent(inside), router_outside, inside.address);
  if (length < 38) std::copy_n(error.begin() + 64, 2, expected.begin() + 64);
  expected[22] = delivered[22];
  expected[23] = delivered[23];
  CHECK(delivered == expected);
  CHECK(judge_transport(delivered) == checksum_verdict::right);
}

TEST_CASE("an error that a capture cut is as right as it was", "[nat][icmp-error][snaplen]") {
  const auto held = GENERATE(as<std::size_t>{}, 56, 60, 66, 68, 80);
  CAPTURE(held);
  const auto sent = [](const end& source) {
    return tcp{}.from(source).to(server).payload_size(64).bytes();
  };
  const packet_bytes error = error_about(sent(outside), router_outside, outside.address);
  packet_bytes expected = error_about(sent(inside), router_outside, inside.address);

  const packet_bytes delivered =
      translated(error, key(protocol::tcp, server, inside), ttl_step::keep, held);

  expected.resize(held);
  if (held < 66) {  // the quoted TCP checksum is not here and stays as it is in what was cut
    REQUIRE(delivered.size() == held);
    expected[22] = delivered[22];
    expected[23] = delivered[23];
  }
  CHECK(delivered == expected);
}

TEST_CASE("a corrupt error is not made to look valid", "[nat][icmp-error]") {
  const packet_bytes sent = udp{}.from(outside).to(server).bytes();
  const packet_bytes error =
      icmp{3, 3}.from(router_outside, 0).to(outside.address, 0).quote(sent).bad_checksum().bytes();

  const packet_bytes delivered = translated(error, key(protocol::udp, server, inside));

  CHECK(judge_transport(delivered) == checksum_verdict::wrong);
}

TEST_CASE("an error to somebody else than its quote's sender is refused", "[nat][icmp-error]") {
  const packet_bytes sent = udp{}.from(outside).to(server).bytes();
  const packet_bytes error = error_about(sent, router_outside, {203, 0, 113, 9});

  CHECK(translated(error, key(protocol::udp, server, inside)).empty());
}

TEST_CASE("type, code and the second word stay", "[nat][icmp-error][rfc5508-req4]") {
  const packet_bytes sent = udp{}.from(outside).to(server).bytes();
  const packet_bytes error =
      icmp{3, 4}.from(router_outside, 0).to(outside.address, 0).rest(1280).quote(sent).bytes();

  const packet_bytes delivered =
      translated(error, key(protocol::udp, server, inside), ttl_step::down);

  CHECK(number_at(delivered, 20, 2) == 0x0304);
  CHECK(number_at(delivered, 24, 4) == 1280);
  CHECK(number_at(delivered, 8, 1) == number_at(error, 8, 1) - 1);
  CHECK(wrong_with(delivered).empty());
}

TEST_CASE("any quote, cut anywhere, is rewritten right and back again", "[nat][icmp-error][sr12]") {
  seeded random{6};
  CAPTURE(random.seed());
  for (int round = 0; round < 20'000; ++round) {
    const protocol kind = random.pick(kinds);
    const auto any_end = [&] {
      return end{ipv4_address{static_cast<std::uint32_t>(random.next())}, port{random.word()}};
    };
    const end worn = any_end();
    const end host = any_end();
    const end remote = any_end();
    const ipv4_address router{static_cast<std::uint32_t>(random.next())};
    datagram datagram{kind};
    datagram.payload(random.bytes(random.below(64)));
    const packet_bytes sent = datagram.from(worn).to(remote).bytes();
    const std::size_t quoted = random.between(28, sent.size());
    if (kind == protocol::tcp && quoted == 37) continue;  // half a checksum stays as it is
    const packet_bytes error = error_about(sent, router, worn.address, quoted);

    const packet_bytes delivered = translated(error, key(kind, remote, host));

    const packet_bytes as_sent = datagram.from(host).to(remote).bytes();
    REQUIRE(delivered == error_about(as_sent, router, host.address, quoted));
    REQUIRE(translated(delivered, key(kind, remote, worn)) == error);
  }
}

}  // namespace
}  // namespace weir::test

#include "weir/nat/rewrite.hpp"

#include "weir/wire/header_walk.hpp"

#include "tests/nat/endpoints.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/checksum_oracle.hpp"
#include "tests/support/packet_builder.hpp"
#include "tests/support/seeded.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace weir::test {
namespace {

/// A packet that is received between one pair of endpoints and sent between another.
struct translation {
  packet_bytes bytes;
  walked<ipv4> found;
  packed_endpoints before;
  packed_endpoints after;

  translation(packet_bytes packet, const end& source, const end& destination)
      : bytes{std::move(packet)}, found{walk<ipv4>(bytes, bytes.size(), domain_id{})} {
    REQUIRE(found.facts.ok);
    before = found.key.endpoints();
    after =
        pack(flow_key<ipv4>{domain_id{}, found.facts.transport, source, destination}).endpoints();
  }

  flow_delta delta() const { return flow_delta::between(before, after); }

  packet_bytes apply(ttl_step step = ttl_step::keep,
                     checksum_coverage coverage = checksum_coverage::whole) const {
    packet_bytes sent = bytes;
    rewrite(sent, found.facts, coverage, after, delta(), step);
    return sent;
  }
};

end random_end(seeded& random) {
  return {ipv4_address{static_cast<std::uint32_t>(random.next())}, port{random.word()}};
}

/// A datagram of any protocol that a rewrite treats in its own way.
builder random_datagram(seeded& random, protocol kind) {
  builder made{kind};
  made.payload(random.bytes(random.below(64))).id(random.word()).tos(random.octet());
  made.ttl(static_cast<unsigned>(random.between(2, 255)));
  if (random.one_in(4)) made.ip_options(packet_bytes(random.between(1, 40), std::byte{1}));
  if (kind == protocol::udp && random.one_in(8)) made.no_checksum();
  return made;
}

constexpr std::array protocols = {protocol::tcp,  protocol::udp,  protocol::udp_lite,
                                  protocol::dccp, protocol::sctp, protocol::gre,
                                  protocol::esp,  protocol::ipip};

TEST_CASE("a rewritten packet is the one its new endpoints would have sent",
          "[nat][rewrite][rfc1624]") {
  seeded random{1};
  CAPTURE(random.seed());
  for (const protocol kind : protocols) {
    const bool keeps_ports = kind == protocol::sctp || !has_ports(kind);
    for (int round = 0; round < 4000; ++round) {
      const end source = random_end(random);
      const end destination = random_end(random);
      end source_after = random_end(random);
      end destination_after = random_end(random);
      if (keeps_ports) {
        source_after.port = source.port;
        destination_after.port = destination.port;
      }
      auto datagram = random_datagram(random, kind);
      if (kind == protocol::gre) datagram.payload(hex("0000 0800 4500 0000"));
      const translation one{datagram.from(source).to(destination).bytes(), source_after,
                            destination_after};
      const packet_bytes expected = datagram.from(source_after).to(destination_after).bytes();

      CAPTURE(name(kind), round);
      REQUIRE(one.apply() == expected);
    }
  }
}

TEST_CASE("there and back restores the packet", "[nat][rewrite][rfc1624]") {
  seeded random{2};
  CAPTURE(random.seed());
  for (const protocol kind : protocols) {
    for (int round = 0; round < 2000; ++round) {
      auto datagram = random_datagram(random, kind);
      if (kind == protocol::gre) datagram.payload(hex("0000 0800 4500 0000"));
      const packet_bytes sent = datagram.from(random_end(random)).to(random_end(random)).bytes();
      translation there{sent, random_end(random), random_end(random)};
      if (!has_ports(kind)) {  // what stands for ports in the key is not rewritten
        there.after.ports = there.before.ports;
      }
      packet_bytes back = there.apply();

      rewrite(back, there.found.facts, checksum_coverage::whole, there.before,
              flow_delta::between(there.after, there.before), ttl_step::keep);

      CAPTURE(name(kind), round);
      REQUIRE(back == sent);
    }
  }
}

TEST_CASE("every output checksum is right, and the TTL one less", "[nat][rewrite]") {
  seeded random{3};
  CAPTURE(random.seed());
  for (int round = 0; round < 20'000; ++round) {
    auto datagram = random_datagram(random, random.pick(protocols));
    auto& packet = datagram.payload_size(16).from(random_end(random)).to(random_end(random));
    const translation one{packet.bytes(), random_end(random), random_end(random)};
    if (one.found.facts.transport == protocol::sctp) continue;  // keeps its ports

    const packet_bytes sent = one.apply(ttl_step::down);

    REQUIRE(wrong_with(sent).empty());
    REQUIRE(std::to_integer<int>(sent[8]) == std::to_integer<int>(one.bytes[8]) - 1);
  }
}

TEST_CASE("the quick forms do what the general one does", "[nat][rewrite]") {
  seeded random{4};
  CAPTURE(random.seed());
  for (int round = 0; round < 10'000; ++round) {
    const bool is_tcp = random.one_in(2);
    builder datagram{is_tcp ? protocol::tcp : protocol::udp};
    if (!is_tcp && random.one_in(4)) datagram.no_checksum();
    datagram.payload(random.bytes(random.below(32)));
    const translation one{datagram.from(random_end(random)).to(random_end(random)).bytes(),
                          random_end(random), random_end(random)};

    packet_bytes sent = one.bytes;
    if (is_tcp) {
      rewrite_tcp(sent.data(), one.after, one.delta(), ttl_step::down);
    } else {
      rewrite_udp(sent.data(), one.after, one.delta(), ttl_step::down);
    }

    REQUIRE(sent == one.apply(ttl_step::down));
  }
}

TEST_CASE("UDP without a checksum stays without", "[nat][rewrite][udp]") {
  const translation one{udp{}.from(inside).to(server).no_checksum().bytes(), outside, server};

  CHECK(judge_transport(one.apply()) == checksum_verdict::absent);
}

TEST_CASE("a UDP checksum never becomes zero, whatever the port", "[nat][rewrite][udp][rfc768]") {
  const packet_bytes packet = udp{}.from(inside).to(server).payload("x").bytes();
  int all_ones = 0;
  for (std::uint32_t number = 0; number < 65'536; ++number) {
    const end worn{outside.address, port{static_cast<std::uint16_t>(number)}};
    const packet_bytes sent = translation{packet, worn, server}.apply();
    const auto field = number_at(sent, 26, 2);
    REQUIRE(field != 0);
    REQUIRE(judge_transport(sent) == checksum_verdict::right);
    all_ones += field == 0xFFFF ? 1 : 0;
  }

  CHECK(all_ones >= 1);
}

TEST_CASE("a TCP checksum is right for every port", "[nat][rewrite][tcp]") {
  const packet_bytes packet = tcp{}.from(inside).to(server).payload("x").bytes();
  int zeros = 0;
  for (std::uint32_t number = 0; number < 65'536; ++number) {
    const end worn{outside.address, port{static_cast<std::uint16_t>(number)}};
    const packet_bytes sent = translation{packet, worn, server}.apply();
    REQUIRE(judge_transport(sent) == checksum_verdict::right);
    zeros += number_at(sent, 36, 2) == 0 ? 1 : 0;
  }

  CHECK(zeros >= 1);
}

TEST_CASE("a corrupt payload is not made to look valid", "[nat][rewrite]") {
  const auto kind = GENERATE(protocol::tcp, protocol::udp, protocol::dccp, protocol::udp_lite);
  const packet_bytes packet =
      datagram{kind}.from(inside).to(server).payload("payload").bad_checksum().bytes();

  const packet_bytes sent = translation{packet, outside, server}.apply(ttl_step::down);

  CHECK(judge_transport(sent) == checksum_verdict::wrong);
}

TEST_CASE("a sum of the pseudo header alone changes with the addresses and not with the ports",
          "[nat][rewrite][partial]") {
  const auto kind = GENERATE(protocol::tcp, protocol::udp);
  seeded random{5};
  CAPTURE(random.seed());
  for (int round = 0; round < 1000; ++round) {
    builder datagram{kind};
    datagram.partial_checksum().payload(random.bytes(random.below(32)));
    const end source = random_end(random);
    const end worn = random_end(random);
    const translation one{datagram.from(source).to(server).bytes(), worn, server};

    const packet_bytes sent = one.apply(ttl_step::keep, checksum_coverage::pseudo_header);

    REQUIRE(sent == datagram.from(worn).to(server).bytes());
  }
}

TEST_CASE("the identifier of a query is translated both ways", "[nat][rewrite][icmp][sd3]") {
  const auto number = GENERATE(as<unsigned>{}, 8, 13, 17);
  const auto answer = number == 8 ? 0 : number + 1;
  const end asker{inside.address, port{7}};
  const end worn{outside.address, port{40'007}};
  const end answerer{server.address, port{static_cast<std::uint16_t>(number)}};
  const packet_bytes request = icmp{number, 0}
                                   .from(asker.address, 0)
                                   .to(server.address, 0)
                                   .identifier(7)
                                   .echo_sequence(9)
                                   .payload_size(12)
                                   .bytes();
  const packet_bytes reply = icmp{answer, 0}
                                 .from(server.address, 0)
                                 .to(worn.address, 0)
                                 .identifier(40'007)
                                 .echo_sequence(9)
                                 .payload_size(12)
                                 .bytes();

  const packet_bytes asked = translation{request, worn, answerer}.apply();
  const packet_bytes answered = translation{reply, answerer, asker}.apply();

  CHECK(number_at(asked, 24, 2) == 40'007);
  CHECK(number_at(asked, 26, 2) == 9);
  CHECK(wrong_with(asked).empty());
  CHECK(number_at(answered, 24, 2) == 7);
  CHECK(number_at(answered, 26, 2) == 9);
  CHECK(wrong_with(answered).empty());
}

/// An echo reply in which nothing is set but the identifier.
builder empty_reply(const end& to, unsigned identifier, std::size_t zeros) {
  return icmp{0, 0}
      .from(server.address, 0)
      .to(to.address, 0)
      .identifier(identifier)
      .payload(packet_bytes(zeros));
}
const end echo_server{server.address, port{8}};

TEST_CASE("a query of nothing but zeros has the checksum that verifies",
          "[nat][rewrite][icmp][rfc1071][rfc1624]") {
  const auto zeros = GENERATE(as<std::size_t>{}, 0, 1, 56);
  const auto identifier = GENERATE(as<unsigned>{}, 0, 1, 4873, 0xFFFF);
  CAPTURE(zeros, identifier);
  const end asker{inside.address, port{0}};

  const packet_bytes answered =
      translation{empty_reply(outside, identifier, zeros).bytes(), echo_server, asker}.apply();

  CHECK(answered == empty_reply(inside, 0, zeros).bytes());
  CHECK(number_at(answered, 22, 2) == 0xFFFF);
}

TEST_CASE("a query is the one that its new identifier would have been sent with",
          "[nat][rewrite][icmp][rfc1624]") {
  const auto type = GENERATE(as<unsigned>{}, 0, 8);
  for (std::uint32_t number = 0; number < 65'536; ++number) {
    const end worn{outside.address, port{static_cast<std::uint16_t>(number)}};
    const auto message = [&](unsigned identifier) {
      return icmp{type, 0}.from(server.address, 0).to(worn.address, 0).identifier(identifier);
    };
    const auto& source = type == 0 ? echo_server : worn;
    const auto& destination = type == 0 ? worn : echo_server;
    const translation one{message(0x1234).bytes(), source, destination};
    packet_bytes sent = one.bytes;
    rewrite_transport(std::span{sent}.subspan(20), one.found.facts, checksum_coverage::whole,
                      one.after, one.delta());
    REQUIRE(sent == message(number).bytes());
  }
}

TEST_CASE("a query of nothing but zeros, its checksum too, stays wrong",
          "[nat][rewrite][icmp][rfc1071]") {
  packet_bytes corrupt = empty_reply(outside, 0, 8).bytes();
  put(corrupt, 22, 0, 2);
  const auto identifier = GENERATE(as<unsigned>{}, 0, 7, 0xFFFF);
  const end asker{inside.address, port{static_cast<std::uint16_t>(identifier)}};

  packet_bytes answered = translation{corrupt, echo_server, asker}.apply();
  CHECK(number_at(answered, 24, 2) == identifier);
  CHECK(judge_transport(answered) == checksum_verdict::wrong);

  answered = translation{answered, echo_server, end{outside.address, port{0}}}.apply();
  CHECK(judge_transport(answered) == checksum_verdict::wrong);
}

TEST_CASE("a beginning of zeros of a longer query is no reason to keep its checksum",
          "[nat][rewrite][icmp][rfc1624]") {
  const end asker{inside.address, port{7}};
  packet_bytes payload(16);
  put(payload, 14, 0xFFFF, 2);
  const packet_bytes reply = empty_reply(outside, 0, 0).payload(payload).bytes();
  REQUIRE(number_at(reply, 22, 2) == 0);
  translation one{reply, echo_server, asker};

  one.bytes.resize(36);  // a capture cut it
  packet_bytes answered = one.apply();
  answered.insert(answered.end(), reply.begin() + 36, reply.end());

  CHECK(answered == empty_reply(inside, 7, 0).payload(payload).bytes());
}

TEST_CASE("pieces of a datagram are those of the translated datagram", "[nat][rewrite][fragment]") {
  const auto kind = GENERATE(protocol::tcp, protocol::udp, protocol::dccp);
  builder datagram{kind};
  datagram.payload_size(100);
  const auto received = datagram.from(inside).to(server).fragments(32);
  const auto expected = datagram.from(outside).to(server).fragments(32);

  REQUIRE(received.size() > 2);
  CHECK(translation{received[0], outside, server}.apply() == expected[0]);
  const auto before = pack(flow_key<ipv4>{domain_id{}, kind, inside, server}).endpoints();
  const auto after = pack(flow_key<ipv4>{domain_id{}, kind, outside, server}).endpoints();
  for (std::size_t piece = 1; piece < received.size(); ++piece) {
    CAPTURE(piece);
    packet_bytes sent = received[piece];
    rewrite_addresses(sent.data(), after, flow_delta::between(before, after), ttl_step::keep);
    CHECK(sent == expected[piece]);
  }
}

TEST_CASE("a TTL of any value loses one and the header stays right", "[nat][rewrite][rfc1624]") {
  for (unsigned ttl = 1; ttl < 256; ++ttl) {
    packet_bytes packet = udp{}.ttl(ttl).id(ttl * 257).bytes();

    decrement_ttl(packet.data());

    REQUIRE(packet == udp{}.ttl(ttl - 1).id(ttl * 257).bytes());
  }
}

/// RFC 1624 eqn. 3 as it stands there: HC' = ~(~HC + ~m + m').
std::uint32_t by_equation_3(std::uint32_t field, std::uint32_t delta) {
  std::uint32_t sum = (~field & 0xFFFF) + delta;
  sum = (sum & 0xFFFF) + (sum >> 16);
  return ~sum & 0xFFFF;
}

TEST_CASE("what is added to a checksum is what RFC 1624 adds", "[nat][rewrite][rfc1624]") {
  constexpr std::uint32_t edges[] = {0x0000, 0x0001, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF};
  const auto added = [](std::uint32_t field, std::uint32_t delta) {
    std::byte there[2];
    store_raw(there, static_cast<std::uint16_t>(field));
    weir::detail::add_to_complement(there, static_cast<std::uint16_t>(delta));
    return std::uint32_t{load_raw<std::uint16_t>(there)};
  };
  for (const std::uint32_t edge : edges) {
    for (std::uint32_t other = 0; other <= 0xFFFF; ++other) {
      CAPTURE(edge, other);
      REQUIRE(added(edge, other) == by_equation_3(edge, other));
      REQUIRE(added(other, edge) == by_equation_3(other, edge));
    }
  }
}

TEST_CASE("a rewrite and its reverse cancel", "[nat][rewrite]") {
  const auto one = pack(flow_key<ipv4>{domain_id{}, protocol::tcp, inside, server}).endpoints();
  const auto other = pack(flow_key<ipv4>{domain_id{}, protocol::tcp, outside, server}).endpoints();
  const auto there = flow_delta::between(one, other);
  const auto back = flow_delta::between(other, one);

  CHECK(weir::detail::ones_total(there.addresses(), back.addresses()) == 0xFFFF);
  CHECK(weir::detail::ones_total(there.endpoints(), back.endpoints()) == 0xFFFF);
  CHECK(flow_delta::between(one, one).addresses() == 0);
  CHECK(flow_delta::between(one, one).endpoints() == 0);
}

}  // namespace
}  // namespace weir::test

#include "weir/wire/header_walk.hpp"
#include "weir/wire/plain_datagram.hpp"
#include "weir/wire/quote.hpp"
#include "weir/wire/tcp_header.hpp"
#include "weir/wire/transport_checksum.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/packet_builder.hpp"
#include "tests/support/seeded.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>

using namespace weir;

namespace {

/// Bytes in a piece of memory that ends where they end, so that a sanitizer sees a read past them.
class exact_copy {
 public:
  explicit exact_copy(std::span<const std::byte> bytes)
      : memory_{std::make_unique<std::byte[]>(bytes.size())}, size_{bytes.size()} {
    std::copy(bytes.begin(), bytes.end(), memory_.get());
  }
  std::span<const std::byte> bytes() const { return {memory_.get(), size_}; }

 private:
  std::unique_ptr<std::byte[]> memory_;
  std::size_t size_;
};

template <IpVersion V>
void walk_and_read(std::span<const std::byte> bytes, std::size_t wire_size) {
  const exact_copy copy{bytes};
  const auto found = walk<V>(copy.bytes(), wire_size, domain_id{1});
  if (!found.facts.ok) return;
  const auto& facts = found.facts;
  REQUIRE(facts.transport_offset <= facts.end);
  REQUIRE(facts.end <= wire_size);
  REQUIRE(facts.transport_offset <= bytes.size());
  static_cast<void>(transport_checksum_is_right<V>(copy.bytes(), facts, found.key));
  if (facts.message != message_kind::icmp_error) return;
  const auto quote = quote_of<V>(copy.bytes(), facts);
  REQUIRE(quote.size() <= bytes.size());
  const auto inner = walk_quote<V>(quote, domain_id{1});
  if (inner.facts.ok) REQUIRE(inner.facts.end <= quote.size());
}

test::packet_bytes some_packet(test::seeded& random, bool six) {
  const char* source = six ? "2001:db8::5" : "10.0.0.5";
  const auto udp = test::udp{}.from(source).payload_size(random.index(64)).bytes();
  switch (random.below(6)) {
    case 0:
      return udp;
    case 1:
      return test::tcp{}.from(source).syn().mss(1460).window_scale(7).bytes();
    case 2:
      return test::icmp{six ? 1u : 3u, 1}.from(source).quote(udp).bytes();
    case 3:
      return test::udp{}
          .from(source)
          .extension(protocol::hop_by_hop, random.bytes(6))
          .fragment_header(0, true)
          .extension(protocol::destination_options, random.bytes(14))
          .payload_size(16)
          .bytes();
    case 4:
      return test::datagram{protocol::gre}.from(source).payload(random.bytes(12)).bytes();
    default:
      return test::udp{}.from(source).ip_options(random.bytes(random.index(41))).bytes();
  }
}

}  // namespace

TEST_CASE("random bytes are never read past their end", "[wire][walk][property]") {
  test::seeded random;
  CAPTURE(random.seed());
  for (int i = 0; i < 200'000; ++i) {
    auto bytes = random.bytes(random.index(96));
    const bool six = random.one_in(2);
    if (!bytes.empty())
      bytes[0] = static_cast<std::byte>(six ? 0x60 : 0x40 + random.between(4, 15));
    const auto wire_size = bytes.size() + (random.one_in(2) ? 0 : random.index(70'000));
    walk_and_read<ipv4>(bytes, wire_size);
    walk_and_read<ipv6>(bytes, wire_size);
  }
}

TEST_CASE("packets cut and mutated anywhere are never read past their end",
          "[wire][walk][property]") {
  test::seeded random;
  CAPTURE(random.seed());
  for (int i = 0; i < 50'000; ++i) {
    const bool six = random.one_in(2);
    auto packet = some_packet(random, six);
    for (auto flips = random.below(4); flips > 0; --flips) {
      packet[random.index(packet.size())] = static_cast<std::byte>(random.octet());
    }
    const auto wire_size = packet.size();
    packet.resize(random.one_in(3) ? random.index(packet.size() + 1) : packet.size());
    if (six) {
      walk_and_read<ipv6>(packet, wire_size);
    } else {
      walk_and_read<ipv4>(packet, wire_size);
    }
  }
}

TEST_CASE("the plain walk never differs from the general one", "[wire][walk][property]") {
  test::seeded random;
  CAPTURE(random.seed());
  for (int i = 0; i < 50'000; ++i) {
    auto packet = some_packet(random, false);
    if (random.one_in(2)) {
      packet[random.index(packet.size())] = static_cast<std::byte>(random.octet());
    }
    const walk_options options{.verify_ip_checksum = random.one_in(2)};
    walked<ipv4> general;
    weir::detail::walk_any(packet, packet.size(), domain_id{3}, options, general);
    const auto either = walk<ipv4>(packet, packet.size(), domain_id{3}, options);

    REQUIRE(general.facts.ok == either.facts.ok);
    if (!either.facts.ok) {
      REQUIRE(general.facts.fault == either.facts.fault);
      continue;
    }
    REQUIRE(std::memcmp(&general.facts, &either.facts, sizeof general.facts) == 0);
    REQUIRE(same_flow(general.key, either.key));
  }
}

namespace {

/// A datagram of a kind that is common, but for what a few bits more or less make of it.
test::packet_bytes nearly_plain(test::seeded& random, bool six) {
  constexpr unsigned flags[] = {0x10, 0x10, 0x18, 0x12, 0x11, 0x14, 0x00};
  auto made = random.one_in(2) ? test::builder{test::udp{}}
                               : test::builder{test::tcp{}.flags(flags[random.index(7)])};
  made.from(six ? "2001:db8::5" : "10.0.0.5").payload_size(random.index(64));
  made.ttl(static_cast<unsigned>(random.below(4))).dont_fragment(random.one_in(2));
  auto packet = made.bytes();
  if (random.one_in(2)) {
    packet[random.index(packet.size())] ^= static_cast<std::byte>(1u << random.below(8));
  }
  if (random.one_in(4)) packet.resize(packet.size() + random.index(8));
  if (random.one_in(4)) packet.resize(random.index(packet.size() + 1));
  return packet;
}

template <IpVersion V>
bool reads_as_walked(const test::packet_bytes& packet) {
  const exact_copy copy{packet};
  plain_datagram<V> found;
  if (!read_plain(copy.bytes(), domain_id{3}, found)) return false;
  const auto headers = walk<V>(copy.bytes(), packet.size(), domain_id{3});
  const auto& facts = headers.facts;
  REQUIRE(facts.ok);
  REQUIRE(facts.ttl > 1);
  REQUIRE(facts.fragment == fragment_kind::none);
  REQUIRE(facts.end == found.end);
  REQUIRE(facts.transport_offset == header_size_min<V>);
  REQUIRE(facts.message == (found.is_tcp ? message_kind::tcp : message_kind::udp));
  REQUIRE(same_flow(headers.key, found.key));
  REQUIRE(found.key.annotation() == 0);
  if (found.is_tcp) {
    const auto tcp = tcp_header::parse(copy.bytes().subspan(facts.transport_offset));
    REQUIRE(facts.transport_offset + tcp->size() + found.payload == facts.end);
    REQUIRE((facts.tcp_flags & 0x17) == 0x10);
  }
  return true;
}

}  // namespace

TEST_CASE("what is recognised at a glance is what the walk finds", "[wire][walk][property]") {
  test::seeded random;
  CAPTURE(random.seed());
  int recognised[2] = {};
  for (int i = 0; i < 100'000; ++i) {
    const bool six = random.one_in(2);
    const auto packet = nearly_plain(random, six);
    if (six ? reads_as_walked<ipv6>(packet) : reads_as_walked<ipv4>(packet)) ++recognised[six];
  }
  CHECK(recognised[0] > 5'000);
  CHECK(recognised[1] > 5'000);
}

TEST_CASE("the longest datagram of IPv6 is left to the walk", "[wire][walk]") {
  const auto packet = test::udp{}.from("2001:db8::5").payload_size(0xFFFF - 8).bytes();
  REQUIRE(walk<ipv6>(packet, packet.size(), domain_id{}).facts.end == 0xFFFF + 40);

  plain_datagram<ipv6> found;
  CHECK_FALSE(read_plain(packet, domain_id{}, found));
}

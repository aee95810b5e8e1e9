#include "weir/wire/packed_flow.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/packet_builder.hpp"
#include "tests/support/seeded.hpp"

#include <cstdint>
#include <vector>

using namespace weir;

namespace {

template <IpVersion V>
typename V::address any_address(test::seeded& random) {
  if constexpr (V::number == 4) {
    return ipv4_address{static_cast<std::uint32_t>(random.next())};
  } else {
    return ipv6_address::from_halves(random.next(), random.next());
  }
}

template <IpVersion V>
flow_key<V> any_key(test::seeded& random) {
  return {domain_id{random.word()},
          protocol{random.octet()},
          {any_address<V>(random), port{random.word()}},
          {any_address<V>(random), port{random.word()}}};
}

template <IpVersion V>
std::vector<flow_key<V>> neighbours(const flow_key<V>& key, test::seeded& random) {
  std::vector<flow_key<V>> made(6, key);
  made[0].domain =
      domain_id{static_cast<std::uint16_t>(key.domain.number() ^ 1u << random.below(16))};
  made[1].protocol =
      protocol{static_cast<std::uint8_t>(number(key.protocol) ^ 1u << random.below(8))};
  const auto flipped = [&](port one) {
    return port{static_cast<std::uint16_t>(one.number() ^ 1u << random.below(16))};
  };
  made[2].source.port = flipped(key.source.port);
  made[3].destination.port = flipped(key.destination.port);
  made[4].source.address = any_address<V>(random);
  made[5].destination.address = any_address<V>(random);
  return made;
}

}  // namespace

TEMPLATE_TEST_CASE("packing and unpacking restore the key", "[wire][packed_flow]", ipv4, ipv6) {
  test::seeded random;
  CAPTURE(random.seed());
  for (int i = 0; i < 10'000; ++i) {
    const auto key = any_key<TestType>(random);
    REQUIRE(unpack(pack(key)) == key);
  }
}

TEMPLATE_TEST_CASE("a packed key has the words of the key", "[wire][packed_flow]", ipv4, ipv6) {
  test::seeded random;
  CAPTURE(random.seed());
  for (int i = 0; i < 10'000; ++i) {
    const auto key = any_key<TestType>(random);
    auto packed = pack(key);
    packed.set_annotation(random.octet());
    REQUIRE(words_of(packed) == words_of(key));
  }
}

TEMPLATE_TEST_CASE("reversing a packed key is reversing the key", "[wire][packed_flow]", ipv4,
                   ipv6) {
  test::seeded random;
  CAPTURE(random.seed());
  for (int i = 0; i < 10'000; ++i) {
    const auto key = any_key<TestType>(random);
    auto packed = pack(key);
    packed.set_annotation(random.octet());
    REQUIRE(unpack(reversed(packed)) == reversed(key));
    REQUIRE(reversed(packed).annotation() == 0);
    REQUIRE(same_flow(reversed(reversed(packed)), packed));
  }
}

TEMPLATE_TEST_CASE("keys that differ in one field are different flows", "[wire][packed_flow]", ipv4,
                   ipv6) {
  test::seeded random;
  CAPTURE(random.seed());
  for (int i = 0; i < 2'000; ++i) {
    const auto key = any_key<TestType>(random);
    for (const auto& other : neighbours<TestType>(key, random)) {
      REQUIRE(same_flow(pack(key), pack(other)) == (key == other));
      REQUIRE((pack(key).words() == pack(other).words()) == (key == other));
    }
  }
}

TEMPLATE_TEST_CASE("the annotation changes neither comparison nor hash", "[wire][packed_flow]",
                   ipv4, ipv6) {
  test::seeded random;
  CAPTURE(random.seed());
  for (unsigned value = 0; value <= 255; ++value) {
    const auto key = any_key<TestType>(random);
    const auto plain = pack(key);
    auto annotated = plain;
    annotated.set_annotation(static_cast<std::uint8_t>(value));

    REQUIRE(annotated.annotation() == value);
    REQUIRE(same_flow(annotated, plain));
    REQUIRE(annotated.words() == plain.words());
    REQUIRE(unpack(annotated) == key);
    annotated.set_annotation(0);
    REQUIRE(annotated.annotation() == 0);
  }
}

TEST_CASE("an IPv4 key is loaded from the header as it lies", "[wire][packed_flow]") {
  for (const unsigned ttl : {0u, 1u, 64u, 255u}) {
    const auto packet = test::udp{}.from("10.1.2.3", 4660).to("192.0.2.77", 22136).ttl(ttl).bytes();

    const auto key = packed_flow<ipv4>::from_ipv4_header(packet.data(), domain_id{0xBEEF});

    CHECK(unpack(key) == flow_key<ipv4>{domain_id{0xBEEF},
                                        protocol::udp,
                                        {ipv4_address{10, 1, 2, 3}, port{4660}},
                                        {ipv4_address{192, 0, 2, 77}, port{22136}}});
    CHECK(key.annotation() == 0);
    CHECK(same_flow(key, pack(unpack(key))));
  }
}

TEST_CASE("an IPv4 key lies in memory as the header does", "[wire][packed_flow]") {
  const auto packet = test::udp{}.from("10.1.2.3", 4660).to("192.0.2.77", 22136).bytes();
  const auto key = packed_flow<ipv4>::from_ipv4_header(packet.data(), domain_id{7});
  std::vector<std::byte> memory(sizeof key);

  std::memcpy(memory.data(), &key, sizeof key);

  CHECK(memory[0] == std::byte{0});
  CHECK(memory[1] == packet[9]);
  for (std::size_t i = 4; i < 16; ++i) CHECK(memory[i] == packet[8 + i]);
}

TEST_CASE("a key stores its addresses and ports where it would load them", "[wire][packed_flow]") {
  auto packet = test::udp{}.from("10.1.2.3", 4660).to("192.0.2.77", 22136).bytes();
  const auto wanted = test::udp{}.from("198.51.100.1", 1024).to("203.0.113.9", 65535).bytes();
  const auto key = packed_flow<ipv4>::from_ipv4_header(wanted.data(), domain_id{0});

  SECTION("in one go") { key.endpoints().store_all(packet.data()); }
  SECTION("apart") {
    key.endpoints().store_addresses(packet.data());
    store_raw(packet.data() + 20, key.ports_bits());
  }

  CHECK(same_flow(packed_flow<ipv4>::from_ipv4_header(packet.data(), domain_id{0}), key));
  CHECK(packet[11] != wanted[11]);  // the checksum is another's business
  CHECK(packet[24] == wanted[24]);
}

TEST_CASE("an IPv6 key stores its addresses where it would load them", "[wire][packed_flow]") {
  auto packet = test::udp{}.from("2001:db8::1", 1).to("2001:db8::2", 2).bytes();
  const auto wanted = test::udp{}.from("2001:db8::3", 3).to("2001:db8::4", 4).bytes();
  const auto ports = load_raw<std::uint32_t>(wanted.data() + 40);
  const auto key =
      packed_flow<ipv6>::from_header(wanted.data(), domain_id{5}, protocol::udp, ports);

  key.store_addresses(packet.data());
  store_raw(packet.data() + 40, key.ports_bits());

  CHECK(std::equal(packet.begin() + 8, packet.begin() + 44, wanted.begin() + 8));
  CHECK(unpack(key).source.port == port{3});
  CHECK(unpack(key).domain == domain_id{5});
}

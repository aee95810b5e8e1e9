#include "weir/table/lpm.hpp"

#include "tests/support/catch.hpp"

#include <cstdint>
#include <random>
#include <vector>

namespace {

using weir::ipv4;
using weir::ipv4_address;
using weir::ipv6;
using weir::ipv6_address;
using weir::lpm;
using weir::lpm_entry;
using weir::no_value;

template <class V>
std::uint32_t longest(const std::vector<lpm_entry<V>>& entries, typename V::address address) {
  std::uint32_t value = no_value;
  unsigned length = 0;
  for (const auto& entry : entries) {
    if (entry.block.length() >= length && entry.block.contains(address)) {
      value = entry.value;
      length = entry.block.length();
    }
  }
  return value;
}

// Addresses that share their first bits in many ways.
template <class V>
typename V::address clustered(std::mt19937_64& random) {
  const std::uint64_t sparse = random() & random() & random();
  if constexpr (V::number == 4) {
    return ipv4_address{static_cast<std::uint32_t>(random() % 2 == 0 ? sparse : random())};
  } else {
    return ipv6_address::from_halves(0x2001'0DB8'0000'0000 | (sparse & 0xFFFF'FFFF),
                                     random() % 2 == 0 ? 0 : random() & random());
  }
}

// The address below or above: across the edge of a prefix.
ipv4_address moved(ipv4_address address, bool up) {
  return ipv4_address{address.bits() + (up ? 1u : ~0u)};
}
ipv6_address moved(ipv6_address address, bool up) {
  const std::uint64_t low = address.low() + (up ? 1 : ~std::uint64_t{0});
  const bool carries = up ? low == 0 : address.low() == 0;
  const std::uint64_t high = address.high() + (carries ? (up ? 1 : ~std::uint64_t{0}) : 0);
  return ipv6_address::from_halves(high, low);
}

template <class V>
weir::prefix<V> block(typename V::address address, unsigned length) {
  return weir::prefix<V>::around(address, length);
}

}  // namespace

TEMPLATE_TEST_CASE("an empty match contains nothing", "[table][lpm]", ipv4, ipv6) {
  const lpm<TestType> empty;

  CHECK(empty.find({}) == no_value);
  CHECK(empty.bytes() < 1024);
}

TEMPLATE_TEST_CASE("a prefix of no length contains everything", "[table][lpm]", ipv4, ipv6) {
  std::mt19937_64 random{1};
  const std::vector<lpm_entry<TestType>> entries{{weir::prefix<TestType>{}, 5}};
  const lpm<TestType> match{entries};

  CHECK(match.find({}) == 5);
  CHECK(match.find(clustered<TestType>(random)) == 5);
}

TEST_CASE("the longest prefix wins at every length", "[table][lpm]") {
  const ipv4_address address{0xC0A8'1234};
  std::vector<lpm_entry<ipv4>> entries;
  for (unsigned length = 0; length <= 32; ++length) {
    entries.push_back({block<ipv4>(address, length), length});
  }
  const lpm<ipv4> match{entries};

  CHECK(match.find(address) == 32);
  for (unsigned bit = 0; bit < 32; ++bit) {
    CHECK(match.find(ipv4_address{address.bits() ^ (1u << 31 >> bit)}) == bit);
  }
}

TEST_CASE("the longest IPv6 prefix wins at every length", "[table][lpm]") {
  const auto address = ipv6_address::from_halves(0x2001'0DB8'1234'5678, 0x9ABC'DEF0'1234'5678);
  std::vector<lpm_entry<ipv6>> entries;
  for (unsigned length = 0; length <= 128; ++length) {
    entries.push_back({block<ipv6>(address, length), length});
  }
  const lpm<ipv6> match{entries};

  CHECK(match.find(address) == 128);
  for (unsigned bit = 0; bit < 128; ++bit) {
    const std::uint64_t flip = std::uint64_t{1} << (63 - bit % 64);
    CHECK(match.find(ipv6_address::from_halves(address.high() ^ (bit < 64 ? flip : 0),
                                               address.low() ^ (bit < 64 ? 0 : flip))) == bit);
  }
}

TEST_CASE("the later value of a prefix counts", "[table][lpm]") {
  const auto twice = block<ipv4>(ipv4_address{10, 0, 0, 0}, 8);
  const std::vector<lpm_entry<ipv4>> entries{{twice, 2}, {twice, 1}};
  const lpm<ipv4> match{entries};

  CHECK(match.find(ipv4_address{10, 1, 2, 3}) == 1);
}

TEST_CASE("a table of a home takes little memory", "[table][lpm]") {
  std::vector<lpm_entry<ipv4>> entries;
  for (std::uint8_t net = 0; net < 10; ++net) {
    entries.push_back({block<ipv4>(ipv4_address{192, 168, net, 0}, 24), net});
  }

  CHECK(lpm<ipv4>{entries}.bytes() < 1024);
}

TEMPLATE_TEST_CASE("a match behaves like a search of all prefixes", "[table][lpm]", ipv4, ipv6) {
  // Each root width, on both sides of its limits.
  const auto count = GENERATE(std::size_t{3}, std::size_t{255}, std::size_t{256}, std::size_t{3000},
                              std::size_t{16'383}, std::size_t{16'384});
  const auto seed = GENERATE(41u, 42u);
  CAPTURE(count, seed);
  std::mt19937_64 random{seed};
  std::vector<lpm_entry<TestType>> entries;
  while (entries.size() < count) {
    const auto length = static_cast<unsigned>(random() % (TestType::address_bits + 1));
    entries.push_back({block<TestType>(clustered<TestType>(random), length),
                       static_cast<std::uint32_t>(random() % 8)});
  }
  const lpm<TestType> match{entries};

  for (std::size_t query = 0; query < 4'000'000 / count && query < 40'000; ++query) {
    const auto inside = entries[static_cast<std::size_t>(random() % count)].block.address();
    const auto address = query % 3 == 0   ? clustered<TestType>(random)
                         : query % 3 == 1 ? inside
                                          : moved(inside, random() % 2 == 0);
    if (match.find(address) != longest(entries, address)) {
      CAPTURE(query);
      FAIL("the match and the search differ");
    }
  }
}

#include "weir/table/hash.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/seeded.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace {

using narrow_key = std::array<std::uint64_t, 2>;
using wide_key = std::array<std::uint64_t, 5>;

static_assert(weir::PackedKey<narrow_key>);
static_assert(weir::PackedKey<wide_key>);
struct padded {
  std::uint64_t word;
  std::uint8_t byte;
};
static_assert(!weir::PackedKey<padded>);
static_assert(!weir::PackedKey<std::uint32_t>);
static_assert(!weir::PackedKey<std::vector<std::uint64_t>>);

struct without_seed {
  std::uint64_t operator()(const narrow_key&) const noexcept { return 0; }
  std::uint64_t operator()(const wide_key&) const noexcept { return 0; }
};
static_assert(!weir::Hash<without_seed>);
struct throwing_hash {
  explicit throwing_hash(const weir::hash_seed&);
  std::uint64_t operator()(const narrow_key&) const;
  std::uint64_t operator()(const wide_key&) const;
};
static_assert(!weir::Hash<throwing_hash>);

constexpr weir::hash_seed fixed_seed{0x0123'4567'89AB'CDEF, 0xFEDC'BA98'7654'3210};

template <class Key>
Key flipped(Key key, unsigned bit) {
  key[bit / 64] ^= std::uint64_t{1} << bit % 64;
  return key;
}

/// Words as a little-endian machine has them in memory: the library hashes bytes.
template <class Words>
Words little_endian(Words words) {
  if constexpr (std::endian::native == std::endian::big) {
    for (std::uint64_t& word : words) word = __builtin_bswap64(word);
  }
  return words;
}

/// What the library says of a key.
template <class Words, class Secret>
std::uint64_t xxh3(const Words& key, const Secret& secret) {
  const auto bytes = little_endian(key);
  const auto secret_bytes = little_endian(secret);
  return XXH3_64bits_withSecret(&bytes, sizeof bytes, &secret_bytes, sizeof secret_bytes);
}

}  // namespace

TEMPLATE_TEST_CASE("equal seeds and keys have equal hashes", "[table][hash]", weir::xxh3_hash,
                   weir::multiply_fold_hash) {
  const TestType one{fixed_seed};
  const TestType same{fixed_seed};

  CHECK(one(narrow_key{1, 2}) == same(narrow_key{1, 2}));
  CHECK(one(wide_key{1, 2, 3, 4, 5}) == same(wide_key{1, 2, 3, 4, 5}));
}

TEST_CASE("the default hash is XXH3 under a secret drawn from the seed", "[table][hash]") {
  weir::test::seeded random;
  CAPTURE(random.seed());
  for (unsigned round = 0; round < 1000; ++round) {
    const weir::hash_seed seed{random(), random()};
    std::array<std::uint64_t, XXH3_SECRET_SIZE_MIN / 8> secret{};
    for (std::size_t word = 0; word < secret.size(); ++word) {
      const std::array<std::uint64_t, 3> block{seed.first, seed.second, word};
      secret[word] = XXH3_64bits(block.data(), sizeof block);
    }
    const weir::xxh3_hash hash{seed};
    const narrow_key narrow{random(), random()};
    const wide_key wide{random(), random(), random(), random(), random()};

    CHECK(hash(narrow) == xxh3(narrow, secret));
    CHECK(hash(wide) == xxh3(wide, secret));
  }
}

TEMPLATE_TEST_CASE("every bit of a key counts", "[table][hash]", weir::xxh3_hash,
                   weir::multiply_fold_hash) {
  const TestType hash{fixed_seed};
  const narrow_key narrow{0x1111'2222'3333'4444, 0x5555'6666'7777'8888};
  const wide_key wide{1, 2, 3, 4, 5};

  for (unsigned bit = 0; bit < 128; ++bit) {
    CHECK(hash(narrow) != hash(flipped(narrow, bit)));
  }
  for (unsigned bit = 0; bit < 320; ++bit) {
    CHECK(hash(wide) != hash(flipped(wide, bit)));
  }
}

TEMPLATE_TEST_CASE("every bit of a seed counts", "[table][hash]", weir::xxh3_hash,
                   weir::multiply_fold_hash) {
  const std::uint64_t before = TestType{fixed_seed}(narrow_key{1, 2});

  for (unsigned bit = 0; bit < 64; ++bit) {
    const std::uint64_t flip = std::uint64_t{1} << bit;
    CHECK(TestType{weir::hash_seed{fixed_seed.first ^ flip, fixed_seed.second}}(narrow_key{1, 2}) !=
          before);
    CHECK(TestType{weir::hash_seed{fixed_seed.first, fixed_seed.second ^ flip}}(narrow_key{1, 2}) !=
          before);
  }
}

TEMPLATE_TEST_CASE("both halves of a hash spread keys that follow each other", "[table][hash]",
                   weir::xxh3_hash, weir::multiply_fold_hash) {
  constexpr std::size_t places = 1024;
  constexpr std::uint64_t keys_per_place = 64;
  const TestType hash{fixed_seed};
  std::vector<std::uint32_t> upper(places);
  std::vector<std::uint32_t> lower(places);

  for (std::uint64_t key = 0; key < places * keys_per_place; ++key) {
    const std::uint64_t hashed =
        hash(narrow_key{0x0A00'0001'0A00'0002, 0x0006'0000'0000'0000 + key});
    ++upper[static_cast<std::size_t>(hashed >> 54)];
    ++lower[static_cast<std::size_t>(hashed >> 22) % places];
  }

  // The mean is 64 and the deviation of a random spread 8: six of them are never left.
  for (std::size_t place = 0; place < places; ++place) {
    CHECK(upper[place] > 16);
    CHECK(upper[place] < 112);
    CHECK(lower[place] > 16);
    CHECK(lower[place] < 112);
  }
}

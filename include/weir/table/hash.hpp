#pragma once

// Keyed hashes of packed keys. The secret keeps strangers from computing collisions; who wants
// the same results every time gives the same secret.

#define XXH_INLINE_ALL
// For long inputs xxHash takes the widest vectors there are, and has GCC inline less for them. Keys
// are short: without vectors a hash takes a third of the time.
#if !defined(XXH_VECTOR)
#define XXH_VECTOR 0
#endif
#include <xxhash.h>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace weir {

/// The secret of a hash: 128 random bits, or a documented constant where runs must repeat.
struct hash_seed {
  std::uint64_t first = 0;
  std::uint64_t second = 0;
};

/// Satisfied by keys whose bytes are their value, in whole 64-bit words: equal keys, equal bytes.
template <class K>
concept PackedKey = std::is_trivially_copyable_v<K> &&
                    std::has_unique_object_representations_v<K> && sizeof(K) % 8 == 0;

/// Satisfied by copyable functions from the 16- and 40-byte keys of sessions to 64 bits.
///  - made from a `hash_seed`; which keys collide depends on the seed;
///  - both halves of the result are used: the upper for a place, the lower for a tag.
template <class H>
concept Hash = std::copyable<H> && std::constructible_from<H, const hash_seed&> &&
               requires(const H& hash, const std::array<std::uint64_t, 2>& narrow,
                        const std::array<std::uint64_t, 5>& wide) {
                 { hash(narrow) } noexcept -> std::same_as<std::uint64_t>;
                 { hash(wide) } noexcept -> std::same_as<std::uint64_t>;
               };

/// XXH3 under a secret of its own, derived from the seed.
class xxh3_hash {
 public:
  explicit xxh3_hash(const hash_seed& seed) noexcept {
    for (std::size_t word = 0; word < secret_.size(); ++word) {
      const std::array<std::uint64_t, 3> block{seed.first, seed.second, word};
      secret_[word] = XXH3_64bits(block.data(), sizeof block);
    }
  }

  /// What XXH3_64bits_withSecret answers, without its choice by size.
  template <PackedKey Key>
  [[gnu::always_inline]] std::uint64_t operator()(const Key& key) const noexcept {
    static_assert(sizeof key > 8 && sizeof key <= 128, "XXH3 treats other sizes differently");
    const auto* bytes = reinterpret_cast<const unsigned char*>(&key);
    const auto* secret = reinterpret_cast<const unsigned char*>(secret_.data());
    if constexpr (sizeof key <= 16) {
      return XXH3_len_9to16_64b(bytes, sizeof key, secret, 0);
    } else {
      return XXH3_len_17to128_64b(bytes, sizeof key, secret, sizeof secret_, 0);
    }
  }

 private:
  alignas(64) std::array<std::uint64_t, XXH3_SECRET_SIZE_MIN / 8> secret_;
};
static_assert(Hash<xxh3_hash>);

/// One widening multiplication for each 16 bytes of key: the fastest, and no proof of strength.
class multiply_fold_hash {
 public:
  explicit multiply_fold_hash(const hash_seed& seed) noexcept
      : first_{XXH3_64bits(&seed, sizeof seed) | 1}, second_{seed.second} {}

  template <PackedKey Key>
  std::uint64_t operator()(const Key& key) const noexcept {
    std::array<std::uint64_t, sizeof(Key) / 8> words;
    std::memcpy(words.data(), &key, sizeof key);
    std::uint64_t state = second_;
    std::size_t next = 0;
    for (; next + 2 <= words.size(); next += 2) {
      state = XXH3_mul128_fold64(words[next] ^ first_, words[next + 1] ^ state);
    }
    if (next < words.size()) {
      state = XXH3_mul128_fold64(words[next] ^ first_, state);
    }
    return state;
  }

 private:
  std::uint64_t first_;
  std::uint64_t second_;
};
static_assert(Hash<multiply_fold_hash>);

}  // namespace weir

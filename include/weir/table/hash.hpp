#pragma once

// Keyed hashes of packed keys. The secret keeps strangers from computing collisions; who wants
// the same results every time gives the same secret.
//
// XXH3 is written out for the two lengths keys have: of its secret only what they use is kept, and
// no call is left on the way of every packet, which the library's own functions are where GCC
// compiles for AVX2. Tests hold it against the library.

#include "weir/table/simd.hpp"

#define XXH_INLINE_ALL
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

/// XXH3 under a secret of its own, derived from the seed: what XXH3_64bits_withSecret answers on
/// little-endian machines.
class xxh3_hash {
 public:
  explicit xxh3_hash(const hash_seed& seed) noexcept {
    for (std::size_t word = 0; word < secret_.size(); ++word) {
      const std::array<std::uint64_t, 3> block{seed.first, seed.second, word};
      secret_[word] = XXH3_64bits(block.data(), sizeof block);
    }
    flip_ = {secret_[3] ^ secret_[4], secret_[5] ^ secret_[6]};
  }

  [[gnu::__always_inline__]] std::uint64_t operator()(
      const std::array<std::uint64_t, 2>& key) const noexcept {
    const std::uint64_t low = key[0] ^ flip_[0];
    const std::uint64_t high = key[1] ^ flip_[1];
    return avalanche(sizeof key + XXH_swap64(low) + high + folded_product(low, high));
  }

  [[gnu::__always_inline__]] std::uint64_t operator()(
      const std::array<std::uint64_t, 5>& key) const noexcept {
    const auto mixed = [&](std::size_t at, std::size_t secret) noexcept {
      return folded_product(key[at] ^ secret_[secret], key[at + 1] ^ secret_[secret + 1]);
    };
    return avalanche(sizeof key * prime_length + mixed(0, 0) + mixed(3, 2) + mixed(2, 4) +
                     mixed(1, 6));
  }

 private:
  static constexpr std::uint64_t prime_length = 0x9E37'79B1'85EB'CA87;
  static constexpr std::uint64_t prime_mix = 0x1656'6791'9E37'79F9;

  static std::uint64_t avalanche(std::uint64_t sum) noexcept {
    sum = (sum ^ sum >> 37) * prime_mix;
    return sum ^ sum >> 32;
  }

  alignas(64) std::array<std::uint64_t, 8> secret_;
  std::array<std::uint64_t, 2> flip_;  ///< what turns the words of a narrow key
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
      state = folded_product(words[next] ^ first_, words[next + 1] ^ state);
    }
    if (next < words.size()) {
      state = folded_product(words[next] ^ first_, state);
    }
    return state;
  }

 private:
  std::uint64_t first_;
  std::uint64_t second_;
};
static_assert(Hash<multiply_fold_hash>);

}  // namespace weir

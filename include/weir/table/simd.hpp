#pragma once

// What depends on the machine: comparing a line of words at once, taking bits out of words, wide
// products, prefetching, large pages. The one header that asks which machine it is; every answer
// has a portable form beside it, and results never differ.

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__AVX2__)
#include <immintrin.h>
#elif defined(__SSE2__)
#include <emmintrin.h>
#endif
#if __has_include(<sys/mman.h>)
#include <sys/mman.h>
#endif

namespace weir {

/// Words in a cache line, of which the first `line_slots` are compared; the last is the owner's.
inline constexpr unsigned line_words = 16;
inline constexpr unsigned line_slots = 15;
inline constexpr std::size_t line_bytes = line_words * sizeof(std::uint32_t);

namespace detail {

/// The portable form of `match_line`.
inline std::uint32_t match_line_portable(const std::uint32_t* line, std::uint32_t wanted,
                                         std::uint32_t mask) noexcept {
  std::uint32_t matches = 0;
  for (unsigned slot = 0; slot < line_slots; ++slot) {
    matches |= std::uint32_t{(line[slot] & mask) == wanted} << slot;
  }
  return matches;
}

}  // namespace detail

/// Bit s of the result says that `line[s] & mask` is `wanted`, for the first 15 of 16 words.
/// The line is aligned to its size.
inline std::uint32_t match_line(const std::uint32_t* line, std::uint32_t wanted,
                                std::uint32_t mask) noexcept {
#if defined(__AVX2__)
  const auto* halves = static_cast<const __m256i*>(static_cast<const void*>(line));
  const __m256i every_wanted = _mm256_set1_epi32(static_cast<int>(wanted));
  const __m256i every_mask = _mm256_set1_epi32(static_cast<int>(mask));
  const auto matches = [&](const __m256i* half) noexcept {
    const __m256i masked = _mm256_and_si256(_mm256_load_si256(half), every_mask);
    const __m256i equal = _mm256_cmpeq_epi32(masked, every_wanted);
    return static_cast<std::uint32_t>(_mm256_movemask_ps(_mm256_castsi256_ps(equal)));
  };
  return (matches(halves) | matches(halves + 1) << 8) & ((1u << line_slots) - 1);
#elif defined(__SSE2__)
  const auto* quarters = static_cast<const __m128i*>(static_cast<const void*>(line));
  const __m128i every_wanted = _mm_set1_epi32(static_cast<int>(wanted));
  const __m128i every_mask = _mm_set1_epi32(static_cast<int>(mask));
  const auto matches = [&](const __m128i* quarter) noexcept {
    const __m128i masked = _mm_and_si128(_mm_load_si128(quarter), every_mask);
    const __m128i equal = _mm_cmpeq_epi32(masked, every_wanted);
    return static_cast<std::uint32_t>(_mm_movemask_ps(_mm_castsi128_ps(equal)));
  };
  return (matches(quarters) | matches(quarters + 1) << 4 | matches(quarters + 2) << 8 |
          matches(quarters + 3) << 12) &
         ((1u << line_slots) - 1);
#else
  return detail::match_line_portable(line, wanted, mask);
#endif
}

/// Four words that are reckoned with at once.
using word_row [[gnu::vector_size(16)]] = std::uint32_t;

/// Whether the words of a row are shifted by numbers of their own at once. Where they are not, rows
/// are slower than words one by one.
#if defined(__AVX2__)
inline constexpr bool shifts_rows = true;
#else
inline constexpr bool shifts_rows = false;
#endif

namespace detail {

/// The portable forms of what follows.
inline void load_pair_portable(word_row& to, const std::byte* at, bool is_turned) noexcept {
  const auto word = [at](std::size_t first) noexcept {
    std::uint32_t value = 0;
    for (std::size_t i = first; i < first + 4; ++i) {
      value = value << 8 | std::to_integer<std::uint32_t>(at[i]);
    }
    return value;
  };
  to = word_row{word(is_turned ? 4 : 0), word(is_turned ? 0 : 4), 0, 0};
}
inline void load_words_portable(word_row& to, const void* at) noexcept {
  std::uint32_t words[2];
  std::memcpy(words, at, sizeof words);
  to = word_row{words[0], words[1], 0, 0};
}
/// Numbers of four bytes in all.
template <class Number>
void load_numbers_portable(word_row& to, const void* at) noexcept {
  Number numbers[4 / sizeof(Number)];
  std::memcpy(numbers, at, sizeof numbers);
  to = word_row{};
  for (unsigned i = 0; i < 4 / sizeof(Number); ++i) to[i] = numbers[i];
}
inline void shift_left_portable(word_row& to, const word_row& by) noexcept {
  for (unsigned i = 0; i < 4; ++i) to[i] = by[i] < 32 ? to[i] << by[i] : 0;
}
inline unsigned signs_portable(const word_row& row) noexcept {
  return row[0] >> 31 | row[1] >> 31 << 1 | row[2] >> 31 << 2 | row[3] >> 31 << 3;
}

}  // namespace detail

/// The two words at `at`, which are in network order, and zeros behind them; the second one first
/// where the pair is turned.
[[gnu::__always_inline__]] inline void load_pair(word_row& to, const std::byte* at,
                                                 bool is_turned) noexcept {
#if defined(__AVX2__)
  alignas(16) static constexpr std::uint8_t places[2][16] = {
      {3, 2, 1, 0, 7, 6, 5, 4, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80},
      {7, 6, 5, 4, 3, 2, 1, 0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80}};
  const void* const order = places[is_turned ? 1 : 0];
  const void* const from = at;
  to = reinterpret_cast<word_row>(
      _mm_shuffle_epi8(_mm_loadl_epi64(static_cast<const __m128i*>(from)),
                       _mm_load_si128(static_cast<const __m128i*>(order))));
#else
  detail::load_pair_portable(to, at, is_turned);
#endif
}

/// The two words at `at` as they are, and zeros behind them.
[[gnu::__always_inline__]] inline void load_words(word_row& to, const void* at) noexcept {
#if defined(__SSE2__)
  to = reinterpret_cast<word_row>(_mm_loadl_epi64(static_cast<const __m128i*>(at)));
#else
  detail::load_words_portable(to, at);
#endif
}
/// The two numbers of 16 bits at `at`, and zeros behind them.
[[gnu::__always_inline__]] inline void load_shorts(word_row& to, const void* at) noexcept {
#if defined(__AVX2__)
  to = reinterpret_cast<word_row>(_mm_cvtepu16_epi32(_mm_loadu_si32(at)));
#else
  detail::load_numbers_portable<std::uint16_t>(to, at);
#endif
}
/// The four numbers of eight bits at `at`.
[[gnu::__always_inline__]] inline void load_octets(word_row& to, const void* at) noexcept {
#if defined(__AVX2__)
  to = reinterpret_cast<word_row>(_mm_cvtepu8_epi32(_mm_loadu_si32(at)));
#else
  detail::load_numbers_portable<std::uint8_t>(to, at);
#endif
}
/// Shifts each word by a number of its own; by 32 or more nothing is left.
[[gnu::__always_inline__]] inline void shift_left(word_row& to, const word_row& by) noexcept {
#if defined(__AVX2__)
  to = reinterpret_cast<word_row>(
      _mm_sllv_epi32(reinterpret_cast<__m128i>(to), reinterpret_cast<__m128i>(by)));
#else
  detail::shift_left_portable(to, by);
#endif
}

/// By bit, which words of a row are negative.
[[gnu::__always_inline__]] inline unsigned signs(const word_row& row) noexcept {
#if defined(__SSE2__)
  return static_cast<unsigned>(_mm_movemask_ps(_mm_castsi128_ps(reinterpret_cast<__m128i>(row))));
#else
  return detail::signs_portable(row);
#endif
}

/// Sixteen numbers that are compared at once: two rows of eight, each of which is four words.
using half_words [[gnu::vector_size(32)]] = std::uint16_t;

/// Two rows, and by how much something lies outside of each: nowhere, where a row holds it.
struct held_rows {
  half_words words;
  half_words excess;
};

namespace detail {

/// The portable form of `add_excess`.
inline void add_excess_portable(half_words& to, const half_words& numbers,
                                const half_words& limits) noexcept {
  to |= (numbers - limits) & __builtin_convertvector(numbers > limits, half_words);
}

/// The portable form of `greatest_held`.
inline std::uint32_t greatest_held_portable(const held_rows& one, const held_rows& other) noexcept {
  std::uint32_t greatest = 0;
  for (const auto* rows : {&one, &other}) {
    std::uint64_t excess[4];
    std::uint32_t words[8];
    std::memcpy(excess, &rows->excess, sizeof excess);
    std::memcpy(words, &rows->words, sizeof words);
    for (unsigned half = 0; half < 2; ++half) {
      const bool is_held = (excess[2 * half] | excess[2 * half + 1]) == 0;
      if (is_held && words[4 * half + 2] > greatest) greatest = words[4 * half + 2];
    }
  }
  return greatest;
}

}  // namespace detail

/// Adds to each number bits that are not all zero where it lies above its limit.
[[gnu::__always_inline__]] inline void add_excess(half_words& to, const half_words& numbers,
                                                  const half_words& limits) noexcept {
#if defined(__AVX2__)
  to |= reinterpret_cast<half_words>(
      _mm256_subs_epu16(reinterpret_cast<__m256i>(numbers), reinterpret_cast<__m256i>(limits)));
#else
  detail::add_excess_portable(to, numbers, limits);
#endif
}

/// The four words at `row`, twice.
[[gnu::__always_inline__]] inline void load_twice(half_words& to,
                                                  const std::uint32_t* row) noexcept {
#if defined(__AVX2__)
  const __m128i half = _mm_loadu_si128(static_cast<const __m128i*>(static_cast<const void*>(row)));
  to = reinterpret_cast<half_words>(_mm256_broadcastsi128_si256(half));
#else
  std::memcpy(&to, row, sizeof to / 2);
  std::memcpy(reinterpret_cast<std::byte*>(&to) + sizeof to / 2, row, sizeof to / 2);
#endif
}

/// The greatest third word of the rows without excess; zero where there is none.
[[gnu::__always_inline__]] inline std::uint32_t greatest_held(const held_rows& one,
                                                              const held_rows& other) noexcept {
#if defined(__AVX2__)
  // Saturation makes no number zero that is not.
  const __m256i excess = _mm256_packs_epi16(reinterpret_cast<__m256i>(one.excess),
                                            reinterpret_cast<__m256i>(other.excess));
  const __m256i words = _mm256_unpackhi_epi64(reinterpret_cast<__m256i>(one.words),
                                              reinterpret_cast<__m256i>(other.words));
  const __m256i held = _mm256_and_si256(_mm256_cmpeq_epi64(excess, _mm256_setzero_si256()), words);
  const __m128i of_each =
      _mm_max_epu32(_mm256_castsi256_si128(held), _mm256_extracti128_si256(held, 1));
  return static_cast<std::uint32_t>(
      _mm_cvtsi128_si32(_mm_max_epu32(of_each, _mm_unpackhi_epi64(of_each, of_each))));
#else
  return detail::greatest_held_portable(one, other);
#endif
}

namespace detail {

/// The portable form of `extract_bits`.
constexpr std::uint32_t extract_bits_portable(std::uint32_t word, std::uint32_t field) noexcept {
  const unsigned length = field >> 8 & 0xFF;
  return word >> (field & 0xFF) & static_cast<std::uint32_t>((std::uint64_t{1} << length) - 1);
}

}  // namespace detail

/// Some neighbouring bits of a word. The lowest byte of `field` says how many lie below them, the
/// next one how many they are, both below 32; what is above does not matter.
[[gnu::__always_inline__]] inline std::uint32_t extract_bits(std::uint32_t word,
                                                             std::uint32_t field) noexcept {
#if defined(__BMI__)
  return __builtin_ia32_bextr_u32(word, field);
#else
  return detail::extract_bits_portable(word, field);
#endif
}

/// Places in four tables of words, in bytes: where each table begins, and which neighbouring bits
/// of which one of several words number its entries.
struct alignas(16) word_places {
  std::array<std::uint32_t, 4> word{};   ///< in which the bits are
  std::array<std::uint32_t, 4> below{};  ///< how many bits lie below them
  std::array<std::uint32_t, 4> mask{};   ///< as many ones as there are bits
  std::array<std::uint32_t, 4> begin{};  ///< of the tables, bytes
};

namespace detail {

/// The portable form of `find_places`.
template <std::size_t Words>
void find_places_portable(std::array<std::uint32_t, 4>& to, const word_places& places,
                          const std::array<std::uint32_t, Words>& words) noexcept {
  for (std::size_t i = 0; i < to.size(); ++i) {
    to[i] = places.begin[i] + 4 * (words[places.word[i]] >> places.below[i] & places.mask[i]);
  }
}

}  // namespace detail

/// Where the entries are that the words number.
template <std::size_t Words>
[[gnu::__always_inline__]] inline void find_places(
    std::array<std::uint32_t, 4>& to, const word_places& places,
    const std::array<std::uint32_t, Words>& words) noexcept {
#if defined(__AVX2__)
  if constexpr (Words == 4) {
    const auto load = [](const std::array<std::uint32_t, 4>& from) noexcept {
      const void* const at = from.data();
      return _mm_loadu_si128(static_cast<const __m128i*>(at));
    };
    const __m128i chosen =
        _mm_castps_si128(_mm_permutevar_ps(_mm_castsi128_ps(load(words)), load(places.word)));
    const __m128i value =
        _mm_and_si128(_mm_srlv_epi32(chosen, load(places.below)), load(places.mask));
    const __m128i found = _mm_add_epi32(_mm_slli_epi32(value, 2), load(places.begin));
    std::memcpy(to.data(), &found, sizeof found);
    return;
  }
#endif
  detail::find_places_portable(to, places, words);
}

namespace detail {

/// The portable form of `folded_product`.
constexpr std::uint64_t folded_product_portable(std::uint64_t one, std::uint64_t other) noexcept {
  constexpr std::uint64_t half = 0xFFFF'FFFF;
  const std::uint64_t low = (one & half) * (other & half);
  const std::uint64_t cross = (one >> 32) * (other & half) + (low >> 32);
  const std::uint64_t carried = (one & half) * (other >> 32) + (cross & half);
  const std::uint64_t upper = (one >> 32) * (other >> 32) + (cross >> 32) + (carried >> 32);
  return upper ^ (carried << 32 | (low & half));
}

}  // namespace detail

/// The upper half of a product of 128 bits, combined with the lower half by exclusive or.
constexpr std::uint64_t folded_product(std::uint64_t one, std::uint64_t other) noexcept {
#if defined(__SIZEOF_INT128__)
  __extension__ using wide = unsigned __int128;
  const wide product = static_cast<wide>(one) * other;
  return static_cast<std::uint64_t>(product >> 64) ^ static_cast<std::uint64_t>(product);
#else
  return detail::folded_product_portable(one, other);
#endif
}

// GCC takes a function that only prefetches for one without effect, and drops calls of it: the
// empty statement below is an effect.

/// Asks the memory for the line at `where`, to be read soon. Any address is allowed.
[[gnu::__always_inline__]] inline void prefetch_read(const void* where) noexcept {
  __builtin_prefetch(where, 0, 3);
  asm volatile("");
}

/// Asks the memory for the line at `where`, to be written soon. Any address is allowed.
[[gnu::__always_inline__]] inline void prefetch_write(const void* where) noexcept {
  __builtin_prefetch(where, 1, 3);
  asm volatile("");
}

/// Asks the platform to back whole pages of `huge_page_bytes` by large ones; it may not listen.
inline constexpr std::size_t huge_page_bytes = std::size_t{2} << 20;
inline void prefer_huge_pages(void* first, std::size_t bytes) noexcept {
#if defined(MADV_HUGEPAGE)
  ::madvise(first, bytes, MADV_HUGEPAGE);
#else
  static_cast<void>(first);
  static_cast<void>(bytes);
#endif
}

/// Has the platform give memory now, and not when it is first written. It keeps its content.
inline void populate_pages(void* first, std::size_t bytes) noexcept {
  constexpr std::size_t page_bytes_min = 4096;
  auto* const at = static_cast<volatile unsigned char*>(first);
  for (std::size_t page = 0; page < bytes; page += page_bytes_min) at[page] = at[page];
  if (bytes != 0) at[bytes - 1] = at[bytes - 1];
}

}  // namespace weir

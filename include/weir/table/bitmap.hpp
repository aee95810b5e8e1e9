#pragma once

// Overview. One bit for each port number, and above them one bit for each word that has no free
// number left, kept for even and odd numbers apart. A search reads the word at a random start,
// then the sixteen summary words at most, then one more word: it finds a free number if there is
// one, and costs nearly the same whether half or all but one are taken.

#include "weir/base/word_optional.hpp"
#include "weir/net/port.hpp"
#include "weir/table/simd.hpp"

#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <type_traits>

namespace weir {

/// Which numbers a search may answer.
enum class port_parity : std::uint8_t {
  any,   ///< all of them
  even,  ///< 0, 2, 4 …
  odd,   ///< 1, 3, 5 …
};

/// Which of the 65536 ports are taken. All bits zero means that all are free, so an array of
/// these in zeroed memory needs no preparation and takes none before it is used.
class bitmap {
 public:
  bool taken(port number) const noexcept { return (words_[word_of(number)] & bit_of(number)) != 0; }

  /// Fails when the port is taken.
  bool try_take(port number) noexcept {
    const std::uint32_t word = word_of(number);
    const std::uint64_t before = words_[word];
    const std::uint64_t after = before | bit_of(number);
    if (after == before) {
      return false;
    }
    words_[word] = after;
    ++count_;
    const std::uint64_t siblings = odd_or_even(number);
    if ((after & siblings) == siblings) {
      full_[number.number() % 2][word / word_bits] |= std::uint64_t{1} << word % word_bits;
    }
    return true;
  }

  /// Whether the port was taken; it is free now.
  bool release(port number) noexcept {
    const std::uint32_t word = word_of(number);
    const std::uint64_t before = words_[word];
    const std::uint64_t after = before & ~bit_of(number);
    if (after == before) {
      return false;
    }
    words_[word] = after;
    --count_;
    const std::uint64_t siblings = odd_or_even(number);
    if ((before & siblings) == siblings) {
      full_[number.number() % 2][word / word_bits] &= ~(std::uint64_t{1} << word % word_bits);
    }
    return true;
  }

  /// Asks for what taking, releasing or a search that starts there reads first.
  void prefetch(port number) const noexcept { prefetch_write(&words_[word_of(number)]); }

  /// A free port of the range: the first one from `start` on, then from the range's first port.
  /// Nothing if and only if every port of that parity in the range is taken.
  word_optional<port> find_free(port start, port_range within,
                                port_parity parity = port_parity::any) const noexcept {
    const port from = within.contains(start) ? start : within.first();
    const std::uint64_t open =
        ~words_[word_of(from)] & eligible(parity) & every_bit << from.number() % word_bits;
    const std::uint32_t found = word_of(from) * word_bits + lowest(open);
    if (open != 0 && found <= within.last().number()) [[likely]] {
      return port{static_cast<std::uint16_t>(found)};
    }
    return find_further(from, within, parity);
  }

  /// How many ports are taken.
  std::uint32_t count() const noexcept { return count_; }

 private:
  static constexpr std::uint32_t word_bits = 64;
  static constexpr std::uint32_t words_count = 65536 / word_bits;
  static constexpr std::uint32_t nothing = 0xFFFF'FFFF;
  static constexpr std::uint64_t every_bit = ~std::uint64_t{0};
  static constexpr std::uint64_t even_bits = every_bit / 3;
  static constexpr std::uint64_t odd_bits = even_bits << 1;

  static constexpr std::uint32_t word_of(port number) noexcept {
    return number.number() / word_bits;
  }
  static constexpr std::uint64_t bit_of(port number) noexcept {
    return std::uint64_t{1} << number.number() % word_bits;
  }
  /// The bits of a word whose numbers are odd, or even, as this one.
  static constexpr std::uint64_t odd_or_even(port number) noexcept {
    return even_bits << number.number() % 2;
  }
  static constexpr std::uint64_t eligible(port_parity parity) noexcept {
    switch (parity) {
      case port_parity::any:
        return every_bit;
      case port_parity::even:
        return even_bits;
      case port_parity::odd:
        return odd_bits;
    }
    return every_bit;
  }

  /// Words of a group of 64 that have a free number of that parity.
  std::uint64_t open_words(std::uint32_t group, port_parity parity) const noexcept {
    switch (parity) {
      case port_parity::any:
        return ~(full_[0][group] & full_[1][group]);
      case port_parity::even:
        return ~full_[0][group];
      case port_parity::odd:
        return ~full_[1][group];
    }
    return 0;
  }

  static constexpr std::uint32_t lowest(std::uint64_t bits) noexcept {
    return static_cast<std::uint32_t>(std::countr_zero(bits));
  }

  /// What `find_free` answers, whatever the first word says: kept out of the way.
  [[gnu::__noinline__]] word_optional<port> find_further(port from, port_range within,
                                                         port_parity parity) const noexcept {
    const std::uint32_t first = within.first().number();
    std::uint32_t found = first_free(from.number(), within.last().number(), parity);
    if (found == nothing && from != within.first()) {
      found = first_free(first, from.number() - 1u, parity);
    }
    if (found == nothing) return std::nullopt;
    return port{static_cast<std::uint16_t>(found)};
  }

  /// The first free number of that parity in [first, last], or `nothing`.
  std::uint32_t first_free(std::uint32_t first, std::uint32_t last,
                           port_parity parity) const noexcept {
    std::uint32_t word = first / word_bits;
    std::uint64_t open = ~words_[word] & eligible(parity) & every_bit << first % word_bits;
    while (open == 0) {
      word = next_open_word(word + 1, parity);
      if (word > last / word_bits) {
        return nothing;
      }
      open = ~words_[word] & eligible(parity);
    }
    const std::uint32_t found = word * word_bits + lowest(open);
    return found <= last ? found : nothing;
  }

  /// The first word from `word` on with a free number of that parity, or one behind all words.
  std::uint32_t next_open_word(std::uint32_t word, port_parity parity) const noexcept {
    if (word >= words_count) {
      return words_count;
    }
    std::uint32_t group = word / word_bits;
    std::uint64_t open = open_words(group, parity) & every_bit << word % word_bits;
    while (open == 0) {
      if (++group == words_count / word_bits) {
        return words_count;
      }
      open = open_words(group, parity);
    }
    return group * word_bits + lowest(open);
  }

  std::array<std::uint64_t, words_count> words_;
  /// Words without a free even number, and without a free odd one.
  std::array<std::array<std::uint64_t, words_count / word_bits>, 2> full_;
  std::uint32_t count_;
};
static_assert(std::is_trivial_v<bitmap>);

}  // namespace weir

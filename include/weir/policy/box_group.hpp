#pragma once

// Overview
//
// Four boxes in order of their rules, compared with a point at once. A box is two rows of halves of
// words: what is the least in it, and how far a point may lie above that. Addresses of a box are
// blocks, so each half of their words has a range of its own. The rows of two boxes are one vector,
// and one box is half of it:
//
//   pair 0: box 0 | box 2      pair 1: box 1 | box 3
//
// The row of IPv4 holds everything: both addresses, the ports, and the word that names the rule,
// above which no point can lie. IPv6 has a row for each address and one for the rest.

#include "weir/base/contract.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/policy/found_word.hpp"
#include "weir/policy/rule_box.hpp"
#include "weir/table/simd.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace weir::detail {

/// Boxes that are compared at once.
inline constexpr std::size_t group_boxes = 4;

/// Where the word that names the rule stands in the last row of a box: no point has one there.
inline constexpr std::size_t name_word = row_words - 1;

/// A point as groups are compared with it: each row twice, once for each box of a pair.
template <IpVersion V>
class group_point {
 public:
  explicit group_point(const rule_point<V>& point) noexcept {
    for (std::size_t row = 0; row < point_rows<V>; ++row) {
      half_row one;
      std::memcpy(&one, point.data() + row * row_words, sizeof one);
      rows_[row] =
          __builtin_shufflevector(one, one, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7);
    }
  }

  const half_words& row(std::size_t which) const noexcept { return rows_[which]; }

 private:
  using half_row [[gnu::vector_size(4 * row_words)]] = std::uint16_t;

  std::array<half_words, point_rows<V>> rows_;
};

/// Some boxes in order of their rules. Two cache lines for IPv4, six for IPv6.
template <IpVersion V>
class alignas(64) box_group {
 public:
  /// No box, and so no rule to be found.
  box_group() noexcept {
    for (std::size_t place = 0; place < group_boxes; ++place) set(place, whole_space<V>());
  }

  void set(std::size_t place, const rule_box<V>& box) noexcept {
    for (std::size_t word = 0; word < rule_point<V>{}.size(); ++word) set_word(place, word, 0, 0);
    for (std::size_t word = 0; word < address_sides; ++word) {
      const auto& side = box.sides[word];
      const std::uint32_t open = side.last - side.first;
      expects((open & (open + 1)) == 0 && (side.first & open) == 0,
              "addresses of a box are a block");
      set_word(place, word, side.first, open);
    }
    const auto& source = box.sides[address_sides];
    const auto& destination = box.sides[address_sides + 1];
    set_word(place, address_sides, ports_word(source.first, destination.first),
             ports_word(source.last - source.first, destination.last - destination.first));
    set_word(place, last_row * row_words + name_word, found_word{box.rule, box.meaning}.bits(),
             ~0u);
  }

  /// Whether there is no room for another box.
  bool is_full() const noexcept { return name_at(begin_of(group_boxes - 1)) != found_word{}; }

  /// The first rule whose box holds the point.
  [[gnu::always_inline]] found_word first(const group_point<V>& point) const noexcept {
    return name_at(begin_of_first[holding(point)]);
  }

  /// The first one after `after`.
  found_word next(const group_point<V>& point, found_word after) const noexcept {
    for (auto left = holding(point); left != 0; left &= left - 1) {
      const auto found = name_at(begin_of(static_cast<std::size_t>(std::countr_zero(left))));
      if (after < found) return found;
    }
    return {};
  }

 private:
  static constexpr std::size_t address_sides = 2 * address_words<V>;
  static constexpr std::size_t last_row = point_rows<V> - 1;

  /// A row of two boxes.
  struct row_pair {
    half_words least;
    half_words extent;
  };
  /// The last row of a point comes first.
  using row_pairs = std::array<row_pair, point_rows<V>>;
  static constexpr std::size_t stored(std::size_t row) noexcept {
    return row == last_row ? 0 : row + 1;
  }

  /// By bit, the boxes that hold the point.
  [[gnu::always_inline]] std::uint32_t holding(const group_point<V>& point) const noexcept {
    half_words excess[2]{};
    for (std::size_t pair = 0; pair < 2; ++pair) {
      for (std::size_t row = 0; row < point_rows<V>; ++row) {
        const auto& there = pairs_[pair][stored(row)];
        add_excess(excess[pair], point.row(row) - there.least, there.extent);
      }
    }
    return zero_halves(excess[0], excess[1]);
  }

  /// Where the first stored row of a box begins, in bytes.
  static constexpr std::size_t begin_of(std::size_t place) noexcept {
    return place % 2 * sizeof(row_pairs) + place / 2 * row_words * sizeof(std::uint32_t);
  }
  /// Where that of the first of some boxes begins, by the bits that stand for them. For none of
  /// them it is where the extents of the first row begin: of a name it is `found_word{}`.
  static constexpr auto begin_of_first = [] {
    std::array<std::uint16_t, 1u << group_boxes> begins{offsetof(row_pair, extent)};
    for (std::size_t bits = 1; bits < begins.size(); ++bits) {
      begins[bits] =
          static_cast<std::uint16_t>(begin_of(static_cast<std::size_t>(std::countr_zero(bits))));
    }
    return begins;
  }();

  [[gnu::always_inline]] found_word name_at(std::size_t begin) const noexcept {
    std::uint32_t bits;
    std::memcpy(&bits, reinterpret_cast<const std::byte*>(this) + begin + name_word * sizeof bits,
                sizeof bits);
    return found_word::from_bits(bits);
  }

  /// Sets a word of a box, as points count their words.
  void set_word(std::size_t place, std::size_t word, std::uint32_t least,
                std::uint32_t extent) noexcept {
    auto* const to = reinterpret_cast<std::byte*>(this) + begin_of(place) +
                     stored(word / row_words) * sizeof(row_pair) + word % row_words * sizeof least;
    std::memcpy(to, &least, sizeof least);
    std::memcpy(to + offsetof(row_pair, extent), &extent, sizeof extent);
  }

  std::array<row_pairs, 2> pairs_;
};
static_assert(sizeof(box_group<ipv4>) == 128);
static_assert(sizeof(box_group<ipv6>) == 384);

}  // namespace weir::detail

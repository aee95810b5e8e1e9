#pragma once

// Overview
//
// Two boxes in order of their rules, compared with a point at once. A box is two rows of halves of
// words: what is the least in it, and how far a point may lie above that. Addresses of a box are
// blocks, so each half of their words has a range of its own. A row of both boxes is one vector,
// and one box is half of it.
//
// The row of IPv4 holds everything: both addresses, the ports, and the word that names the rule,
// above which no point can lie. IPv6 has a row for each address and one for the rest.

#include "weir/base/contract.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/policy/found_word.hpp"
#include "weir/policy/rule_box.hpp"
#include "weir/table/simd.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace weir::detail {

/// Boxes that are compared at once.
inline constexpr std::size_t group_boxes = 2;

/// Where the word that names the rule stands in the last row of a box: no point has one there.
inline constexpr std::size_t name_word = row_words - 1;

/// A point as groups are compared with it: each row twice, once for each box.
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

/// Some boxes in order of their rules. A cache line for IPv4, three for IPv6.
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

  /// The first rule of the boxes of two groups that hold the point.
  [[gnu::always_inline]] static found_word first(const box_group& one, const box_group& other,
                                                 const group_point<V>& point) noexcept {
    const auto held = holding(one, other, point);
    return std::min(one.name_at(begin_of_even[held]), other.name_at(begin_of_odd[held]));
  }

  /// The first rule whose box holds the point.
  found_word first(const group_point<V>& point) const noexcept {
    return first(*this, *this, point);
  }

  /// The first one after `after`.
  found_word next(const group_point<V>& point, found_word after) const noexcept {
    const auto held = holding(*this, *this, point);
    for (std::size_t place = 0; place < group_boxes; ++place) {
      const auto name = name_at(begin_of(place));
      if ((held >> 2 * place & 1) != 0 && after < name) return name;
    }
    return {};
  }

 private:
  static constexpr std::size_t address_sides = 2 * address_words<V>;
  static constexpr std::size_t last_row = point_rows<V> - 1;

  /// A row of both boxes.
  struct row_pair {
    half_words least;
    half_words extent;
  };
  /// The last row of a point comes first.
  static constexpr std::size_t stored(std::size_t row) noexcept {
    return row == last_row ? 0 : row + 1;
  }

  /// Which boxes of two groups hold the point, by bit: the first of `one`, the first of `other`,
  /// the second of each.
  [[gnu::always_inline]] static std::uint32_t holding(const box_group& one, const box_group& other,
                                                      const group_point<V>& point) noexcept {
    half_words even{};
    half_words odd{};
    for (std::size_t row = 0; row < point_rows<V>; ++row) {
      const auto& here = one.pairs_[stored(row)];
      const auto& there = other.pairs_[stored(row)];
      add_excess(even, point.row(row) - here.least, here.extent);
      add_excess(odd, point.row(row) - there.least, there.extent);
    }
    return zero_halves(even, odd);
  }

  /// Where the first stored row of a box begins, in bytes. Behind the last box it is where the
  /// extents of the first one begin: of a name the extent is `found_word{}`.
  static constexpr std::uint8_t begin_of(std::size_t place) noexcept {
    return static_cast<std::uint8_t>(place * row_words * sizeof(std::uint32_t));
  }

  using begins = std::array<std::uint8_t, 16>;
  /// Of the first box that holds the point, by what `holding` says where the group was given in
  /// this place.
  static constexpr begins begin_of_first(unsigned place) noexcept {
    begins made{};
    for (unsigned bits = 0; bits < made.size(); ++bits) {
      made[bits] = begin_of(bits >> place & 1 ? 0 : bits >> place & 4 ? 1 : group_boxes);
    }
    return made;
  }
  static constexpr begins begin_of_even = begin_of_first(0);
  static constexpr begins begin_of_odd = begin_of_first(1);

  [[gnu::always_inline]] found_word name_at(std::size_t begin) const noexcept {
    static_assert(begin_of(group_boxes) == offsetof(row_pair, extent));
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

  std::array<row_pair, point_rows<V>> pairs_;
};
static_assert(sizeof(box_group<ipv4>) == 64);
static_assert(sizeof(box_group<ipv6>) == 192);

}  // namespace weir::detail

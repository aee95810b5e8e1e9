#pragma once

// Overview
//
// Two boxes in order of their rules, compared with a point at once. A box is two rows of halves of
// words: what is the least in it, and how far a point may lie above that. Addresses of a box are
// blocks, so each half of their words has a range of its own. A row of both boxes is one vector,
// and one box is half of it.
//
// The row of IPv4 holds everything: source, destination, the word that names the rule, and the
// ports. IPv6 has a row for each address and one for the rest. A name's extent is everything, so
// that it excludes no point.

#include "weir/base/contract.hpp"
#include "weir/net/flow_words.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/policy/found_word.hpp"
#include "weir/policy/rule_box.hpp"
#include "weir/table/simd.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace weir::detail {

/// Boxes that are compared at once.
inline constexpr std::size_t group_boxes = 2;

/// Where the word that names the rule stands in the last row of a box: every point is zero there,
/// and `greatest_held` looks there.
inline constexpr std::size_t name_word = 2;
static_assert(name_word == row_words - 2);

/// A point as groups are compared with it: each row twice, once for each box.
template <IpVersion V>
class group_point {
 public:
  explicit group_point(const rule_point<V>& point) noexcept {
    for (std::size_t row = 0; row < point_rows<V>; ++row) {
      load_twice(rows_[row], point.data() + row * row_words);
    }
  }

  const half_words& row(std::size_t which) const noexcept { return rows_[which]; }

 private:
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
    set_word(place, rule_point<V>{}.size() - 1, ports_word(source.first, destination.first),
             ports_word(source.last - source.first, destination.last - destination.first));
    set_word(place, last_row * row_words + name_word, name_of({box.rule, box.meaning}), ~0u);
  }

  /// Whether there is no room for another box.
  bool is_full() const noexcept { return found_at(group_boxes - 1) != found_word{}; }

  /// The first rule of the boxes of two groups that hold the point.
  [[gnu::__always_inline__]] static found_word first(const box_group& one, const box_group& other,
                                                     const group_point<V>& point) noexcept {
    return found_by(greatest_held(one.held(point), other.held(point)));
  }

  /// The first rule whose box holds the point.
  found_word first(const group_point<V>& point) const noexcept {
    return first(*this, *this, point);
  }

  /// The first one after `after`.
  found_word next(const group_point<V>& point, found_word after) const noexcept {
    const auto excess = held(point).excess;
    for (std::size_t place = 0; place < group_boxes; ++place) {
      std::array<std::uint64_t, 2> of_box;
      std::memcpy(&of_box, reinterpret_cast<const std::byte*>(&excess) + place * sizeof of_box,
                  sizeof of_box);
      const auto found = found_at(place);
      if ((of_box[0] | of_box[1]) == 0 && after < found) return found;
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

  /// The greatest of names is that of the first rule; no rule is zero.
  static constexpr std::uint32_t name_of(found_word found) noexcept { return ~found.bits(); }
  static constexpr found_word found_by(std::uint32_t name) noexcept {
    return found_word::from_bits(~name);
  }
  found_word found_at(std::size_t place) const noexcept {
    std::uint32_t name;
    std::memcpy(&name,
                reinterpret_cast<const std::byte*>(this) +
                    begin_of(place, last_row * row_words + name_word),
                sizeof name);
    return found_by(name);
  }

  /// The last rows of both boxes, and by how much the point lies outside them.
  [[gnu::__always_inline__]] held_rows held(const group_point<V>& point) const noexcept {
    held_rows made{pairs_[0].least, half_words{}};
    for (std::size_t row = 0; row < point_rows<V>; ++row) {
      const auto& here = pairs_[stored(row)];
      add_excess(made.excess, point.row(row) - here.least, here.extent);
    }
    return made;
  }

  /// Where the least of a word of a box is, in bytes, as points count their words.
  static constexpr std::size_t begin_of(std::size_t place, std::size_t word) noexcept {
    return stored(word / row_words) * sizeof(row_pair) +
           (place * row_words + word % row_words) * sizeof(std::uint32_t);
  }

  void set_word(std::size_t place, std::size_t word, std::uint32_t least,
                std::uint32_t extent) noexcept {
    auto* const to = reinterpret_cast<std::byte*>(this) + begin_of(place, word);
    std::memcpy(to, &least, sizeof least);
    std::memcpy(to + offsetof(row_pair, extent), &extent, sizeof extent);
  }

  std::array<row_pair, point_rows<V>> pairs_;
};
static_assert(sizeof(box_group<ipv4>) == 64);
static_assert(sizeof(box_group<ipv6>) == 192);

}  // namespace weir::detail

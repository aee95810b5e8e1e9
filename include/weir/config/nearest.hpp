#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::config {

namespace detail {

/// Edits (insert, delete, replace, swap neighbours) that turn one word into the other.
inline std::size_t edit_distance(std::string_view left, std::string_view right) {
  std::vector<std::size_t> before(right.size() + 1);
  std::vector<std::size_t> above(right.size() + 1);
  std::vector<std::size_t> row(right.size() + 1);
  std::iota(above.begin(), above.end(), std::size_t{0});
  for (std::size_t i = 1; i <= left.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= right.size(); ++j) {
      const std::size_t replaced = above[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, replaced});
      const bool swapped =
          i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1];
      if (swapped) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    std::swap(before, above);
    std::swap(above, row);
  }
  return above[right.size()];
}

/// The longest word that is compared with others.
inline constexpr std::size_t compared_bytes_max = 64;

inline std::string lower_case(std::string_view word) {
  std::string made{word};
  for (char& one : made) {
    one = one >= 'A' && one <= 'Z' ? static_cast<char>(one - 'A' + 'a') : one;
  }
  return made;
}

}  // namespace detail

/// The known word that was probably meant: at most a third of it differs and not all of it, apart
/// from its case. Of two as near the longer one: letters are left out more often than added.
inline std::optional<std::string_view> nearest(std::string_view word,
                                               std::span<const std::string_view> known) {
  if (word.size() > detail::compared_bytes_max) {
    return std::nullopt;
  }
  const std::string written = detail::lower_case(word);
  std::optional<std::string_view> best;
  const std::size_t letters = std::max<std::size_t>(1, word.size());
  std::size_t best_distance = std::min(std::max<std::size_t>(1, letters / 3), letters - 1) + 1;
  for (const std::string_view one : known) {
    const std::size_t distance = detail::edit_distance(written, one);
    const bool is_as_near = best && distance == best_distance;
    if (distance < best_distance || (is_as_near && one.size() > best->size())) {
      best = one;
      best_distance = distance;
    }
  }
  return best;
}

}  // namespace weir::config

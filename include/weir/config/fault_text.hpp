#pragma once

// How messages quote what a person wrote and suggest what was meant.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::config::detail {

/// The longest piece of the file's own text that a message repeats, in bytes.
inline constexpr std::size_t shown_bytes_max = 60;

/// The text with a question mark for each control character of ASCII; others are in no text that
/// is read.
inline std::string printable(std::string_view text) {
  std::string made{text};
  for (char& one : made) {
    const auto byte = static_cast<std::uint8_t>(one);
    one = byte < 0x20 || byte == 0x7F ? '?' : one;
  }
  return made;
}

/// Whether a byte of UTF-8 goes on with the character before it.
constexpr bool continues_character(char byte) noexcept {
  return (static_cast<std::uint8_t>(byte) & 0xC0) == 0x80;
}

/// How many characters a text of UTF-8 has.
inline std::size_t characters_in(std::string_view text) {
  const auto bytes = std::count_if(text.begin(), text.end(), continues_character);
  return text.size() - static_cast<std::size_t>(bytes);
}

/// A text in quotes, as messages show it: no control characters, no novels.
inline std::string shown(std::string_view text) {
  if (text.size() <= shown_bytes_max) {
    return "\"" + printable(text) + "\"";
  }
  std::size_t end = shown_bytes_max;
  while (end > 0 && continues_character(text[end])) {
    --end;  // never through a character
  }
  return "\"" + printable(text.substr(0, end)) + "...\"";
}

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

/// The known word that was probably meant: at most a third of it differs and not all of it, apart
/// from its case. Of two as near the longer one: letters are left out more often than added.
inline std::optional<std::string_view> nearest(std::string_view word,
                                               std::span<const std::string_view> known) {
  if (word.size() > compared_bytes_max) {
    return std::nullopt;
  }
  const std::string written = lower_case(word);
  std::optional<std::string_view> best;
  const std::size_t letters = std::max<std::size_t>(1, word.size());
  std::size_t best_distance = std::min(std::max<std::size_t>(1, letters / 3), letters - 1) + 1;
  for (const std::string_view one : known) {
    const std::size_t distance = edit_distance(written, one);
    const bool is_as_near = best && distance == best_distance;
    if (distance < best_distance || (is_as_near && one.size() > best->size())) {
      best = one;
      best_distance = distance;
    }
  }
  return best;
}

/// `strict, loose, off`.
inline std::string listed(std::span<const std::string_view> words) {
  std::string text;
  for (const std::string_view one : words) {
    text += (text.empty() ? "" : ", ") + std::string{one};
  }
  return text;
}

/// What would be right instead of an unknown word: the nearest one, or what there is.
inline std::string suggestion(std::string_view word, std::span<const std::string_view> known) {
  if (const auto best = nearest(word, known)) {
    return "did you mean " + shown(*best) + "?";
  }
  return (known.size() == 1 ? "" : "one of: ") + listed(known);
}

}  // namespace weir::config::detail

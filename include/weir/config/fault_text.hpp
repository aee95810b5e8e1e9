#pragma once

// How messages quote what a person wrote and suggest what was meant.

#include "weir/config/nearest.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

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

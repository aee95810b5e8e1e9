#pragma once

// What is looked at before YAML: size, encoding, characters and tabs.

#include "weir/config/located_fault.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir::config::detail {

/// The largest file that is read.
inline constexpr std::size_t document_bytes_max = std::size_t{16} << 20;

/// A fault of the text itself. Thrown only inside `parse_document`.
struct text_fault {
  position at;
  std::string what;
  std::string fix;
};

/// Bytes of the UTF-8 character at the beginning of `text`, 0 if it is none (RFC 3629 section 4).
inline std::size_t character_bytes(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<std::uint8_t>(text[i]) : std::uint8_t{0};
  };
  const auto follows = [&](std::size_t i, int least, int most) {
    return byte(i) >= least && byte(i) <= most;
  };
  const std::uint8_t lead = byte(0);
  if (lead < 0x80) {
    return 1;
  }
  if (lead >= 0xC2 && lead <= 0xDF) {
    return follows(1, 0x80, 0xBF) ? 2 : 0;
  }
  if (lead >= 0xE0 && lead <= 0xEF) {
    const int least = lead == 0xE0 ? 0xA0 : 0x80;  // neither overlong
    const int most = lead == 0xED ? 0x9F : 0xBF;   // nor a surrogate
    return follows(1, least, most) && follows(2, 0x80, 0xBF) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const int least = lead == 0xF0 ? 0x90 : 0x80;
    const int most = lead == 0xF4 ? 0x8F : 0xBF;
    const bool tail = follows(2, 0x80, 0xBF) && follows(3, 0x80, 0xBF);
    return follows(1, least, most) && tail ? 4 : 0;
  }
  return 0;
}

/// Whether a text begins with a control character: below U+0020, or U+007F to U+009F.
inline bool begins_with_control(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const bool is_late = text.size() > 1 && byte(0) == 0xC2 && byte(1) < 0xA0;
  return !text.empty() && (byte(0) < 0x20 || byte(0) == 0x7F || is_late);
}

/// Whether a control character is anywhere in a text of UTF-8.
inline bool holds_control(std::string_view text) {
  while (!text.empty() && !begins_with_control(text)) {
    text.remove_prefix(1);
  }
  return !text.empty();
}

/// The first thing in a text that no configuration contains: bytes that are not UTF-8, control
/// characters, a lone carriage return, a tab in an indentation.
inline std::optional<text_fault> find_unfit(std::string_view text) {
  if (text.size() > document_bytes_max) {
    return text_fault{{1, 1}, "the file is larger than 16 MiB", "a smaller file"};
  }
  position at{1, 1};
  bool indenting = true;
  std::optional<position> tab;
  while (!text.empty()) {
    const std::size_t bytes = character_bytes(text);
    const char first = text[0];
    if (bytes == 0) {
      return text_fault{at, "this byte is not UTF-8", "a text file in UTF-8"};
    }
    const bool line_end = first == '\n' || text.starts_with("\r\n");
    if (begins_with_control(text) && !line_end && first != '\t') {
      return text_fault{at, "a control character stands here", "a text file in UTF-8"};
    }
    if (first == '\t' && indenting && !tab) {
      tab = at;
    }
    if (tab && !line_end && first != '\t' && first != ' ' && first != '#') {
      return text_fault{*tab, "a tab indents this line", "spaces"};
    }
    indenting = line_end || (indenting && (first == ' ' || first == '\t'));
    if (!indenting || line_end) {
      tab.reset();
    }
    at = first == '\n' ? position{at.line + 1, 1} : position{at.line, at.column + 1};
    text.remove_prefix(bytes);
  }
  return std::nullopt;
}

/// A text whose places yaml-cpp tells in bytes.
class source_text {
 public:
  explicit source_text(std::string_view text) : text_{text} {}

  /// The place of a byte in the line that begins at `line_start`, in characters. Cheap when asked
  /// in the order of the text.
  position place(std::size_t line, std::size_t line_start, std::size_t byte) {
    byte = std::min(byte, text_.size());
    if (line_start != line_start_ || byte < byte_) {
      line_start_ = line_start;
      byte_ = std::min(line_start, byte);
      characters_ = 0;
    }
    for (; byte_ < byte; ++byte_) {
      const bool begins = (static_cast<std::uint8_t>(text_[byte_]) & 0xC0) != 0x80;
      characters_ += begins ? 1 : 0;
    }
    return {line, characters_ + 1};
  }

  /// Whether the quote that opens at this byte is closed; true if none opens there. yaml-cpp takes
  /// the end of the file for a closing quote.
  bool closes_quote(std::size_t byte) const {
    if (byte >= text_.size() || (text_[byte] != '"' && text_[byte] != '\'')) {
      return true;
    }
    const char quote = text_[byte];
    for (std::size_t i = byte + 1; i < text_.size(); ++i) {
      const bool escape = quote == '"' && text_[i] == '\\';
      const bool doubled = quote == '\'' && text_.substr(i, 2) == "''";
      if (escape || doubled) {
        ++i;
      } else if (text_[i] == quote) {
        return true;
      }
    }
    return false;
  }

 private:
  std::string_view text_;
  std::size_t line_start_ = 0;
  std::size_t byte_ = 0;
  std::size_t characters_ = 0;
};

}  // namespace weir::config::detail

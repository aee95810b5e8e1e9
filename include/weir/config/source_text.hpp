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

/// The line with this number, counted from 1, without its end.
inline std::string_view line_of(std::string_view text, std::size_t number) {
  for (; number > 1; --number) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) {
      return {};
    }
    text.remove_prefix(end + 1);
  }
  return text.substr(0, text.find('\n'));
}

/// What stands in a line from a column on, counted from 1 in characters.
inline std::string_view from_column(std::string_view line, std::size_t column) {
  for (; column > 1 && !line.empty(); --column) {
    line.remove_prefix(std::min(line.size(), std::max<std::size_t>(1, character_bytes(line))));
  }
  return line;
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
    const bool control = static_cast<std::uint8_t>(first) < 0x20 || first == '\x7F';
    if (control && !line_end && first != '\t') {
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

/// A text that is read in step with yaml-cpp, whose marks count characters.
class source_text {
 public:
  explicit source_text(std::string_view text) : text_{text} {}

  /// Whether the quote that opens at this character is closed; true if none opens there.
  /// Calls come in order of the text. yaml-cpp takes the end of the file for a closing quote.
  bool closes_quote(std::size_t character) {
    while (character_ < character && byte_ < text_.size()) {
      byte_ += std::max<std::size_t>(1, character_bytes(text_.substr(byte_)));
      ++character_;
    }
    if (byte_ >= text_.size() || (text_[byte_] != '"' && text_[byte_] != '\'')) {
      return true;
    }
    const char quote = text_[byte_];
    for (std::size_t i = byte_ + 1; i < text_.size(); ++i) {
      if (quote == '"' && text_[i] == '\\') {
        ++i;
      } else if (text_[i] == quote && quote == '\'' && text_.substr(i + 1, 1) == "'") {
        ++i;
      } else if (text_[i] == quote) {
        return true;
      }
    }
    return false;
  }

 private:
  std::string_view text_;
  std::size_t byte_ = 0;
  std::size_t character_ = 0;
};

}  // namespace weir::config::detail

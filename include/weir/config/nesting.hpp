#pragma once

// How deep brackets nest, counted before YAML is. yaml-cpp keeps every bracket that is open in case
// it begins a key: a file of nothing else would take 250 times its size before the first is judged.
//
// Brackets in quotes, comments and words do not count. Where a text is no YAML the count may be
// wrong, and only what nobody writes is refused by it: the tree finds what is merely too deep.

#include "weir/config/source_text.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir::config::detail {

/// How deep lists and maps may nest; the grammar needs eight.
inline constexpr std::size_t document_depth_max = 16;
/// Brackets that may be open at a time for a text to be read at all.
inline constexpr std::size_t brackets_open_max = 1'000;

inline text_fault too_deep(const position& at) {
  return {at, "lists and maps nest too deep",
          "at most " + std::to_string(document_depth_max) + " levels"};
}

/// Follows the brackets of a text, byte by byte.
class nesting {
 public:
  explicit nesting(std::string_view text) : text_{text} {}

  /// The first byte that is too deep, if brackets nest far deeper.
  std::optional<std::size_t> find_abyss() {
    for (; at_ < text_.size() && open_ <= brackets_open_max; ++at_) {
      step();
    }
    return open_ > brackets_open_max ? std::optional{deep_} : std::nullopt;
  }

 private:
  enum class place : std::uint8_t {
    begin,
    word,
    single_quotes,
    double_quotes,
    comment
  };

  char before() const { return at_ == 0 ? '\n' : text_[at_ - 1]; }
  char behind() const { return at_ + 1 < text_.size() ? text_[at_ + 1] : '\n'; }
  static bool is_blank(char one) { return one == ' ' || one == '\t' || one == '\n' || one == '\r'; }

  void step() {
    const char one = text_[at_];
    switch (place_) {
      case place::comment:
        place_ = one == '\n' ? place::begin : place_;
        return;
      case place::double_quotes:
        at_ += one == '\\' ? 1 : 0;
        place_ = one == '"' ? place::word : place_;
        return;
      case place::single_quotes:
        if (one == '\'' && behind() == '\'') {
          ++at_;  // two of them stand for one
        } else if (one == '\'') {
          place_ = place::word;
        }
        return;
      case place::begin:
      case place::word:
        follow(one);
    }
  }

  /// A byte that is in no quotes and no comment.
  void follow(char one) {
    const bool begins = place_ == place::begin;
    const bool counts = begins || open_ > 0 || is_blank(before());
    if ((one == '[' || one == '{') && counts) {
      deep_ = ++open_ == document_depth_max ? at_ : deep_;  // the file itself is a map around
      place_ = place::begin;
    } else if ((one == ']' || one == '}') && open_ > 0) {
      --open_;
      place_ = place::word;
    } else if (one == '#' && is_blank(before())) {
      place_ = place::comment;
    } else if (one == '"' && begins) {
      place_ = place::double_quotes;
    } else if (one == '\'' && begins) {
      place_ = place::single_quotes;
    } else if (one == '\n' || (one == ',' && open_ > 0) || is_indicator(one)) {
      place_ = place::begin;
    } else if (!is_blank(one)) {
      place_ = place::word;
    }
  }

  /// Whether a value begins behind this byte.
  bool is_indicator(char one) const {
    const bool ends_quotes = before() == '"' || before() == '\'';
    return (one == ':' && (is_blank(behind()) || ends_quotes)) ||
           ((one == '-' || one == '?') && place_ == place::begin && is_blank(behind()));
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t open_ = 0;
  std::size_t deep_ = 0;
  place place_ = place::begin;
};

/// The fault of a text whose brackets nest deeper than any configuration's.
inline std::optional<text_fault> find_abyss(std::string_view text) {
  const auto byte = nesting{text}.find_abyss();
  if (!byte) {
    return std::nullopt;
  }
  const auto before = text.substr(0, *byte);
  const auto line = 1 + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
  const auto line_end = before.rfind('\n');
  const auto line_start = line_end == std::string_view::npos ? 0 : line_end + 1;
  return too_deep(source_text{text}.place(line, line_start, *byte));
}

}  // namespace weir::config::detail

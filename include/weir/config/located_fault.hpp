#pragma once

#include <compare>
#include <cstddef>
#include <string>

namespace weir::config {

/// The most faults of one report.
inline constexpr std::size_t faults_max = 1000;

/// A place in a text: line and column, counted from 1 in characters. Zero: nowhere in particular.
struct position {
  std::size_t line = 0;
  std::size_t column = 0;

  friend auto operator<=>(const position&, const position&) = default;
};

/// One thing that is wrong with a configuration file, and where.
struct located_fault {
  std::string file;
  position at;
  std::string what;  ///< what is wrong
  std::string fix;   ///< what would be right

  friend bool operator==(const located_fault&, const located_fault&) = default;
};

/// `file:line:column: what is wrong; what would be right`, without a line end.
inline std::string to_text(const located_fault& one) {
  std::string text = one.file + ":";
  if (one.at.line != 0) {
    text += std::to_string(one.at.line) + ":" + std::to_string(one.at.column) + ":";
  }
  return text + " " + one.what + "; " + one.fix;
}

}  // namespace weir::config

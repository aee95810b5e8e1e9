#pragma once

#include <cstdio>
#include <string>
#include <vector>

namespace weir::program {

/// Lines of words in columns, the way people line up numbers: text to the left, counts to the
/// right. Without colours, so that it reads the same in a file.
class text_table {
 public:
  enum class align : unsigned char {
    left,
    right
  };

  explicit text_table(std::vector<align> columns) : columns_{std::move(columns)} {}

  /// A line of as many words as there are columns.
  void add(std::vector<std::string> words) { lines_.push_back(std::move(words)); }
  bool empty() const noexcept { return lines_.empty(); }

  /// Prints the lines, each indented by two.
  void print(std::FILE* to) const;

 private:
  std::vector<align> columns_;
  std::vector<std::vector<std::string>> lines_;
};

}  // namespace weir::program

#include "examples/weir/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

namespace weir::program {

void text_table::print(std::FILE* to) const {
  std::vector<std::size_t> widths(columns_.size());
  for (const auto& line : lines_) {
    for (std::size_t at = 0; at < columns_.size(); ++at) {
      widths[at] = std::max(widths[at], line[at].size());
    }
  }
  for (const auto& line : lines_) {
    std::string text;
    for (std::size_t at = 0; at < columns_.size(); ++at) {
      text += "  ";
      text += columns_[at] == align::left ? fmt::format("{:<{}}", line[at], widths[at])
                                          : fmt::format("{:>{}}", line[at], widths[at]);
    }
    text.erase(text.find_last_not_of(' ') + 1);
    fmt::print(to, "{}\n", text);
  }
}

}  // namespace weir::program

#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace weir::config::detail {

/// Which element of a list of the text each element comes from that was made of it, by the list's
/// path: a set stands for many, and what cannot be read is left out.
class list_origins {
 public:
  /// Lists whose elements stand in the text as they are numbered need no entry.
  void add(const std::string& list, std::vector<std::uint32_t> origins) {
    for (std::size_t i = 0; i < origins.size(); ++i) {
      if (origins[i] != i) {
        by_list_.insert_or_assign(list, std::move(origins));
        return;
      }
    }
  }

  /// The path of an element as the text numbers it; any other path as it is.
  std::string written(std::string path) const {
    const std::size_t open = path.rfind('[');
    if (open == std::string::npos || !path.ends_with(']')) {
      return path;
    }
    const auto list = by_list_.find(path.substr(0, open));
    std::size_t index = 0;
    const auto [stop, error] =
        std::from_chars(path.data() + open + 1, path.data() + path.size(), index);
    if (list == by_list_.end() || error != std::errc{} || *stop != ']' ||
        index >= list->second.size()) {
      return path;
    }
    return path.substr(0, open) + "[" + std::to_string(list->second[index]) + "]";
  }

 private:
  std::map<std::string, std::vector<std::uint32_t>> by_list_;
};

}  // namespace weir::config::detail

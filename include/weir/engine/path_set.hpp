#pragma once

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <set>
#include <string>
#include <utility>

namespace weir {

/// Paths of parts of a configuration, as faults have them.
class path_set {
 public:
  void add(std::string path) { paths_.insert(std::move(path)); }
  bool empty() const noexcept { return paths_.empty(); }

  /// Whether the path is one of them or lies within one.
  bool covers(const std::string& path) const {
    for (std::size_t end = 1; end <= path.size(); ++end) {
      const bool ends = end == path.size() || path[end] == '.' || path[end] == '[';
      if (ends && paths_.contains(path.substr(0, end))) {
        return true;
      }
    }
    return false;
  }
  /// Whether the path is one of them, lies within one, or has one within it.
  bool touches(const std::string& path) const {
    return covers(path) || holds_within(path + ".") || holds_within(path + "[");
  }
  /// Whether it touches one of some keys of a part.
  bool touches(const std::string& part, std::initializer_list<const char*> keys) const {
    return !empty() && std::any_of(keys.begin(), keys.end(),
                                   [&](const char* key) { return touches(part + "." + key); });
  }

 private:
  bool holds_within(const std::string& start) const {
    const auto place = paths_.lower_bound(start);
    return place != paths_.end() && place->starts_with(start);
  }

  std::set<std::string> paths_;
};

}  // namespace weir

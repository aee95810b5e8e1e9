#pragma once

#include "weir/engine/configuration.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::detail {

/// Collects what is wrong, so that one run names every fault.
class fault_list {
 public:
  void add(std::string path, std::string what, std::string fix, std::string other = {}) {
    faults_.push_back({std::move(path), std::move(what), std::move(fix), std::move(other)});
  }
  bool empty() const noexcept { return faults_.empty(); }
  std::size_t size() const noexcept { return faults_.size(); }
  std::vector<fault> take() && { return std::move(faults_); }

 private:
  std::vector<fault> faults_;
};

/// `section[3]`: the path of an element of a list.
inline std::string element(std::string_view section, std::size_t index) {
  return std::string{section} + "[" + std::to_string(index) + "]";
}

/// `"outside"`: a name as messages show it.
inline std::string in_quotes(std::string_view text) { return "\"" + std::string{text} + "\""; }

}  // namespace weir::detail

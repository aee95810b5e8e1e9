#pragma once

#include "weir/engine/configuration.hpp"
#include "weir/engine/path_set.hpp"

#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::detail {

/// Collects what is wrong, so that one run names every fault.
class fault_list {
 public:
  explicit fault_list(const path_set& unread) : unread_{&unread} {}

  /// The parts of the configuration that its reader could not make out.
  const path_set& unread() const noexcept { return *unread_; }

  void add(std::string path, std::string what, std::string fix, std::string other = {}) {
    faults_.push_back({std::move(path), std::move(what), std::move(fix), std::move(other)});
  }
  bool empty() const noexcept { return faults_.empty(); }
  /// Adds those of another list behind its own.
  void append(fault_list more) {
    faults_.insert(faults_.end(), std::make_move_iterator(more.faults_.begin()),
                   std::make_move_iterator(more.faults_.end()));
  }
  void add_paths_to(path_set& into) const {
    for (const fault& one : faults_) into.add(one.path);
  }
  std::vector<fault> take() && { return std::move(faults_); }

 private:
  const path_set* unread_;
  std::vector<fault> faults_;
};

/// `section[3]`: the path of an element of a list.
inline std::string element(std::string_view section, std::size_t index) {
  return std::string{section} + "[" + std::to_string(index) + "]";
}

/// `"outside"`: a name as messages show it.
inline std::string in_quotes(std::string_view text) { return "\"" + std::string{text} + "\""; }

/// `one of: inside, outside`: what there is instead of what was named.
inline std::string one_of(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& one : names) text += (text.empty() ? "one of: " : ", ") + one;
  return text;
}

/// Finds a number that a program took for an enumerator, of which `last` is the greatest.
template <class Enum>
void check_enumerator(Enum value, Enum last, std::string path, fault_list& faults) {
  if (value > last) {
    faults.add(std::move(path), std::to_string(static_cast<unsigned>(value)) + " means nothing",
               "a value that has a name");
  }
}

/// Adds what the room that proves an element of a list found wrong with it.
template <class Refused>
void add_refused(std::string path, Refused& one, fault_list& faults, std::string other = {}) {
  if (!one.field.empty()) path += "." + one.field;
  faults.add(std::move(path), std::move(one.what), std::move(one.fix), std::move(other));
}

}  // namespace weir::detail

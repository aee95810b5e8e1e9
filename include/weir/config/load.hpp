#pragma once

// From a file to what an engine accepts, or to everything that is wrong with it.

#include "weir/config/document.hpp"
#include "weir/config/draft.hpp"
#include "weir/config/located_fault.hpp"
#include "weir/config/source_text.hpp"
#include "weir/engine/checked.hpp"
#include "weir/engine/configuration.hpp"
#include "weir/engine/snapshot.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <fstream>
#include <ios>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

namespace weir::config {

using load_result = std::variant<std::shared_ptr<const snapshot>, std::vector<located_fault>>;

namespace detail {

/// Paths of faults.
class path_set {
 public:
  explicit path_set(const std::vector<placed_fault>& faults) {
    for (const placed_fault& one : faults) {
      if (!one.found.path.empty()) {
        paths_.insert(one.found.path);
      }
    }
  }

  /// Whether the path is one of them, lies within one, or has one within it.
  bool touches(const std::string& path) const {
    for (std::size_t end = 1; end <= path.size(); ++end) {
      const bool ends = end == path.size() || path[end] == '.' || path[end] == '[';
      if (ends && paths_.contains(path.substr(0, end))) {
        return true;
      }
    }
    return holds_within(path + ".") || holds_within(path + "[");
  }

 private:
  bool holds_within(const std::string& start) const {
    const auto place = paths_.lower_bound(start);
    return place != paths_.end() && place->starts_with(start);
  }

  std::set<std::string> paths_;
};

/// Adds what `checked` found, but for what only follows from a fault of the same part.
inline void add_checked(draft& read, std::vector<fault> found) {
  const path_set known{read.faults};
  for (fault& one : found) {
    if (!known.touches(read.places.written(one.path))) {
      read.faults.push_back(read.places.placed(std::move(one)));
    }
  }
}

}  // namespace detail

/// Reads and proves a text: names that nothing bears and overlaps are found beside what the reader
/// finds, in one report.
inline load_result load_text(std::string_view text, std::string_view file_name) {
  detail::draft read = detail::read_draft(text);
  if (!read.readable) {
    return detail::located(std::move(read), file_name);
  }
  auto proven = checked(read.raw);
  if (auto* found = std::get_if<std::vector<fault>>(&proven)) {
    detail::add_checked(read, std::move(*found));
  }
  if (!read.faults.empty()) {
    return detail::located(std::move(read), file_name);
  }
  return std::get<std::shared_ptr<const snapshot>>(std::move(proven));
}

/// A fault that somebody found in what a text was loaded to, with its place in the text.
inline located_fault locate(std::string_view text, std::string_view file_name, fault found) {
  const detail::draft read = detail::read_draft(text);
  auto made = read.places.placed(std::move(found));
  return {std::string{file_name}, made.at, std::move(made.found.what), std::move(made.found.fix)};
}

/// What `load_text` says of a file; one that cannot be read is a fault without a place.
inline load_result load(const std::string& file) {
  const auto unreadable = [&](int error) {
    return std::vector<located_fault>{{file,
                                       {},
                                       "cannot be read: " + std::generic_category().message(error),
                                       "a configuration file"}};
  };
  errno = 0;
  std::ifstream stream{file, std::ios::binary};
  if (!stream) {
    return unreadable(errno);
  }
  std::string text;
  std::array<char, 65536> piece{};
  while (stream && text.size() <= detail::document_bytes_max) {
    stream.read(piece.data(), piece.size());
    text.append(piece.data(), static_cast<std::size_t>(stream.gcount()));
  }
  if (stream.bad()) {
    return unreadable(errno);
  }
  return load_text(text, file);
}

}  // namespace weir::config

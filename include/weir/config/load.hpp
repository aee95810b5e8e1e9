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
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

namespace weir::config {

using load_result = std::variant<std::shared_ptr<const snapshot>, std::vector<located_fault>>;

/// The longest text that is read; whoever has one byte more of one need not fetch the rest.
inline constexpr std::size_t text_bytes_max = detail::document_bytes_max;

namespace detail {

/// Adds what `checked` found, but for what only follows from a fault of the same part.
inline void add_checked(draft& read, std::vector<fault> found) {
  for (fault& one : found) {
    if (!read.unread.touches(read.places.written(one.path))) {
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
  if (!read.faults.empty()) {
    detail::add_checked(read, find_faults(read.raw, read.unread));
    return detail::located(std::move(read), file_name);
  }
  auto proven = checked(read.raw);
  if (auto* found = std::get_if<std::vector<fault>>(&proven)) {
    detail::add_checked(read, std::move(*found));
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
  while (stream && text.size() <= text_bytes_max) {
    stream.read(piece.data(), piece.size());
    text.append(piece.data(), static_cast<std::size_t>(stream.gcount()));
  }
  if (stream.bad()) {
    return unreadable(errno);
  }
  return load_text(text, file);
}

}  // namespace weir::config

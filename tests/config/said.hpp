#pragma once

// What the reader says about a text, as a person sees it.

#include "weir/config/reader.hpp"

#include <string>
#include <variant>
#include <vector>

namespace weir::test {

/// The faults of a result, a line each; nothing where there is none.
template <class Result>
std::string said(const Result& result) {
  std::string text;
  if (const auto* faults = std::get_if<std::vector<config::located_fault>>(&result)) {
    for (const auto& one : *faults) {
      text += (text.empty() ? "" : "\n") + to_text(one);
    }
  }
  return text;
}

inline std::string said_about(const std::string& text) { return said(config::read(text, "f")); }

/// The first line of what is said.
inline std::string first_said_about(const std::string& text) {
  const auto all = said_about(text);
  return all.substr(0, all.find('\n'));
}

}  // namespace weir::test

#pragma once

// Overview: `read` turns the text of a configuration file into the raw `configuration`, or names
// every fault with file, line and column. The keys and their meanings are those of the manual; a
// key or a value that the engine has no part for is refused as such, never ignored.
//
// Limits: the text is at most `document_bytes_max` long and nests at most `document_depth_max`
// deep; at most `faults_max` faults are reported.

#include "weir/config/draft.hpp"
#include "weir/config/located_fault.hpp"
#include "weir/config/places.hpp"
#include "weir/engine/configuration.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace weir::config {

/// A configuration as read, which remembers where each part of it stands.
class loaded {
 public:
  loaded(configuration raw, detail::part_places places, std::string file)
      : raw_{std::move(raw)}, places_{std::move(places)}, file_{std::move(file)} {}

  const configuration& raw() const noexcept { return raw_; }
  const std::string& file() const noexcept { return file_; }

  /// The fault with the place its path names, or the place of the nearest thing that is there.
  located_fault locate(const fault& found) const {
    auto made = places_.placed(found);
    return {file_, made.at, std::move(made.found.what), std::move(made.found.fix)};
  }

 private:
  configuration raw_;
  detail::part_places places_;
  std::string file_;
};

using read_result = std::variant<loaded, std::vector<located_fault>>;

/// Reads a text. Faults come in the order of the text. What only a look at the whole can tell
/// (names that nothing bears, overlaps) is for `checked`.
inline read_result read(std::string_view text, std::string_view file_name) {
  auto draft = detail::read_draft(text);
  if (!draft.faults.empty()) {
    return detail::located(std::move(draft), file_name);
  }
  return loaded{std::move(draft.raw), std::move(draft.places), std::string{file_name}};
}

}  // namespace weir::config

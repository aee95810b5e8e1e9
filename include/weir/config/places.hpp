#pragma once

// Where the parts of a configuration stand in the text it was read from.

#include "weir/config/document.hpp"
#include "weir/config/list_origins.hpp"
#include "weir/config/located_fault.hpp"
#include "weir/config/value.hpp"
#include "weir/engine/configuration.hpp"

#include <charconv>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace weir::config::detail {

/// Takes the key of a map from the front of a path: the longest that is there, as keys may hold
/// dots.
inline std::optional<std::size_t> take_key(const node& map, std::string_view& path) {
  if (path.starts_with('.')) {
    path.remove_prefix(1);
  }
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < map.keys.size(); ++i) {
    const std::string& key = map.keys[i].text;
    const bool whole =
        path.starts_with(key) &&
        (path.size() == key.size() || path[key.size()] == '.' || path[key.size()] == '[');
    if (whole && (!best || key.size() > map.keys[*best].text.size())) {
      best = i;
    }
  }
  if (best) {
    path.remove_prefix(map.keys[*best].text.size());
  }
  return best;
}

/// Takes `[3]` from the front of a path.
inline std::optional<std::size_t> take_index(const node& list, std::string_view& path) {
  std::size_t index = 0;
  const char* const end = path.data() + path.size();
  if (!path.starts_with('[')) {
    return std::nullopt;
  }
  const auto [stop, error] = std::from_chars(path.data() + 1, end, index);
  if (error != std::errc{} || stop == end || *stop != ']' || index >= list.items.size()) {
    return std::nullopt;
  }
  path.remove_prefix(static_cast<std::size_t>(stop + 1 - path.data()));
  return index;
}

/// Where the thing stands that a path of the text names, or the nearest one around it.
inline position find_path(const node& root, std::string_view path) {
  const node* here = &root;
  position best{1, 1};
  while (!path.empty() && (here->kind == node_kind::map || here->kind == node_kind::list)) {
    const bool map = here->kind == node_kind::map;
    const auto next = map ? take_key(*here, path) : take_index(*here, path);
    if (!next) {
      break;
    }
    const node& found = here->items[*next];
    best = found.kind == node_kind::nothing && map ? here->keys[*next].at : found.at;
    here = &found;
  }
  return best;
}

class part_places {
 public:
  part_places() = default;
  part_places(node root, list_origins origins)
      : root_{std::move(root)}, origins_{std::move(origins)} {}

  /// A path of the configuration as the text numbers it.
  std::string written(std::string path) const { return origins_.written(std::move(path)); }

  /// A fault with the places of what it is about and of what that is at odds with.
  placed_fault placed(fault found) const {
    if (!found.other.empty()) {
      const position other = find_path(root_, written(std::move(found.other)));
      found.what += ", that of line " + std::to_string(other.line);
      found.other.clear();
    }
    const position at = find_path(root_, written(found.path));
    return {at, std::move(found)};
  }

 private:
  node root_;
  list_origins origins_;
};

}  // namespace weir::config::detail

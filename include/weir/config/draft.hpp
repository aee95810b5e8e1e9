#pragma once

// The file as a whole: its sections, and what one pass over it gives.

#include "weir/base/ordered_places.hpp"
#include "weir/config/box_keys.hpp"
#include "weir/config/document.hpp"
#include "weir/config/keys.hpp"
#include "weir/config/located_fault.hpp"
#include "weir/config/nat_keys.hpp"
#include "weir/config/policy_keys.hpp"
#include "weir/config/session_keys.hpp"
#include "weir/config/set_keys.hpp"
#include "weir/config/topology_keys.hpp"
#include "weir/config/value.hpp"
#include "weir/engine/configuration.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace weir::config::detail {

template <auto Member, const auto& Table>
inline constexpr auto section =
    [](const value& from, configuration& into) { read_map(from, into.*Member, Table); };
template <auto Member, const auto& Table>
inline constexpr auto list_section =
    [](const value& from, configuration& into) { read_maps(from, into.*Member, Table); };

/// In an order that lets rules see sets, and policies the box's timeouts.
inline constexpr key<configuration> sections[] = {
    {"interfaces", read_interfaces},
    {"sets", [](const value& from, configuration&) { read_sets(from); }},
    {"sessions",
     [](const value& from, configuration& into) {
       read_map(from, into.sessions, sessions_keys);
       from.run().timeouts = into.sessions.timeouts;
     }},
    {"routes", list_section<&configuration::routes, route_keys>},
    {"neighbors", list_section<&configuration::neighbors, neighbor_keys>},
    {"host-path", section<&configuration::host_path, host_path_keys>},
    {"headers", section<&configuration::headers, headers_keys>},
    {"martians", member<&configuration::drop_martians, read_check>},
    {"checks", section<&configuration::checks, checks_keys>},
    {"limits", [](const value& from, configuration& into) { read_map(from, into, limits_keys); }},
    {"policies", member<&configuration::policies, read_policies>},
    {"nat", section<&configuration::nat, nat_keys>},
    {"events", section<&configuration::events, events_keys>},
    {"compatibility", section<&configuration::compatibility, compatibility_keys>},
    {"fragments", nullptr},
    {"nat64", nullptr},
    {"siit", nullptr},
    {"vpcs", nullptr},
    {"peerings", nullptr},
    {"flowtables", nullptr},
    {"router-advertisements", nullptr},
};

/// What one pass over a text gives. With faults, `raw` is what could be read all the same.
struct draft {
  configuration raw;
  node root;
  std::vector<placed_fault> faults;  ///< in no order; a fault of the text itself has no path
  std::size_t count = 0;             ///< how many faults, those that are not kept included
  bool readable = true;              ///< the text is YAML
};

inline draft read_draft(std::string_view text) {
  draft made;
  auto parsed = parse_document(text);
  if (auto* unfit = std::get_if<text_fault>(&parsed)) {
    made.readable = false;
    made.faults.push_back({unfit->at, {"", std::move(unfit->what), std::move(unfit->fix)}});
    return made;
  }
  auto& whole = std::get<document>(parsed);
  made.root = std::move(whole.root);
  reading run;
  for (text_fault& one : whole.faults) {
    run.add({one.at, {"", std::move(one.what), std::move(one.fix)}});
  }
  if (made.root.kind != node_kind::nothing) {
    read_map(value{run, made.root, "", "the file", {1, 1}}, made.raw, sections);
  }
  made.count = run.count();
  made.faults = std::move(run).take();
  return made;
}

/// Faults in the order of the text, the first `faults_max` of them.
inline std::vector<located_fault> located(draft read, std::string_view file) {
  auto order =
      ordered_places(read.faults.size(), [&](std::size_t at) { return read.faults[at].at; });
  const bool more = read.count > faults_max || order.size() > faults_max;
  order.resize(std::min(order.size(), faults_max));
  std::vector<located_fault> made;
  for (const std::size_t place : order) {
    placed_fault& one = read.faults[place];
    made.push_back(
        {std::string{file}, one.at, std::move(one.found.what), std::move(one.found.fix)});
  }
  if (more) {
    made.push_back({std::string{file}, made.back().at, "there are more faults than these",
                    "mend these first"});
  }
  return made;
}

// --- places of paths ---------------------------------------------------------------------------

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
  const bool holds_sets = std::any_of(list.items.begin(), list.items.end(),
                                      [](const node& one) { return one.text.starts_with('@'); });
  if (error != std::errc{} || stop == end || *stop != ']' || holds_sets ||
      index >= list.items.size()) {
    return std::nullopt;  // a set's members are numbered as if they stood in the list
  }
  path.remove_prefix(static_cast<std::size_t>(stop + 1 - path.data()));
  return index;
}

/// Where the thing stands that a path names, or the nearest one around it.
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

/// A fault with the places of what it is about and of what that is at odds with.
inline placed_fault placed(const node& root, fault found) {
  if (!found.other.empty()) {
    found.what += ", that of line " + std::to_string(find_path(root, found.other).line);
    found.other.clear();
  }
  const position at = find_path(root, found.path);
  return {at, std::move(found)};
}

}  // namespace weir::config::detail

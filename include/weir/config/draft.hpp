#pragma once

// The file as a whole: its sections, and what one pass over it gives.

#include "weir/base/ordered_places.hpp"
#include "weir/config/box_keys.hpp"
#include "weir/config/document.hpp"
#include "weir/config/keys.hpp"
#include "weir/config/located_fault.hpp"
#include "weir/config/nat_keys.hpp"
#include "weir/config/places.hpp"
#include "weir/config/policy_keys.hpp"
#include "weir/config/session_keys.hpp"
#include "weir/config/set_keys.hpp"
#include "weir/config/topology_keys.hpp"
#include "weir/config/value.hpp"
#include "weir/engine/configuration.hpp"
#include "weir/engine/path_set.hpp"

#include <algorithm>
#include <cstddef>
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
       from.run().timeouts = without_faults(into.sessions.timeouts);
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
  part_places places;
  path_set unread;
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
  reading run;
  for (text_fault& one : whole.faults) {
    run.add({one.at, {"", std::move(one.what), std::move(one.fix)}});
  }
  if (whole.root.kind != node_kind::nothing) {
    read_map(value{run, whole.root, "", "the file", {1, 1}}, made.raw, sections);
  }
  made.count = run.count();
  made.unread = std::move(run.unread);
  made.places = part_places{std::move(whole.root), std::move(run.origins)};
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

}  // namespace weir::config::detail

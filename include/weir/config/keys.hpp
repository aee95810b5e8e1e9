#pragma once

// Maps of the file are tables of keys: what may be written is data, so that unknown keys can be
// told from known ones and the tables can be held against the JSON Schema.

#include "weir/config/fault_text.hpp"
#include "weir/config/value.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace weir::config::detail {

/// A key that a map may have. Without a reader: a key the engine has no part for.
template <class Raw>
struct key {
  std::string_view name;
  void (*read)(const value& from, Raw& into);
  bool required = false;
};

template <class Raw>
using key_list = std::span<const key<Raw>>;

template <class Raw>
std::vector<std::string_view> names_of(key_list<Raw> keys, bool required_only = false) {
  std::vector<std::string_view> names;
  for (const auto& one : keys) {
    if (one.read != nullptr && (one.required || !required_only)) {
      names.push_back(one.name);
    }
  }
  return names;
}

template <class Raw>
void refuse_unknown(const value& map, key_list<Raw> keys) {
  const auto names = names_of(keys);
  for (std::size_t i = 0; i < map.here().keys.size(); ++i) {
    const node_key& written = map.here().keys[i];
    const bool known = std::any_of(keys.begin(), keys.end(),
                                   [&](const auto& one) { return one.name == written.text; });
    if (!known) {
      const auto meant = nearest(written.text, names);
      map.run().add({written.at,
                     {map.entry(i).path(), "unknown key " + shown(written.text),
                      suggestion(written.text, names)}},
                    map.path_of(meant.value_or(written.text)));
    }
  }
}

/// Reads a map in the order of its table, whatever the order in the file. Returns whether it is a
/// map at all.
template <class Raw, std::size_t N>
bool read_map(const value& map, Raw& into, const key<Raw> (&table)[N]) {
  const key_list<Raw> keys{table};
  if (!map.expect(node_kind::map, "a map of: " + listed(names_of(keys)))) {
    return false;
  }
  refuse_unknown(map, keys);  // first: who reads the other keys asks what is unread
  for (const auto& one : keys) {
    if (auto found = map.find(one.name)) {
      if (one.required) found->require();
      if (one.read != nullptr) {
        one.read(*found, into);
      } else {
        found->refuse_key();
      }
    } else if (one.required) {
      map.refuse_for(one.name, "the key " + shown(one.name) + " is missing",
                     "required here: " + listed(names_of(keys, true)));
    }
  }
  return true;
}

/// Reads a list of maps. Elements with faults stay, so that others can refer to them.
template <class Raw, std::size_t N>
void read_maps(const value& from, std::vector<Raw>& into, const key<Raw> (&table)[N]) {
  if (!from.expect(node_kind::list, "a list")) {
    return;
  }
  for (std::size_t i = 0; i < from.here().items.size(); ++i) {
    into.emplace_back();
    read_map(from.element(i), into.back(), table);
  }
}

/// A reader for each member that needs no more than its type.
template <auto Member, auto Reader>
inline constexpr auto member = [](const value& from, auto& into) { Reader(from, into.*Member); };

}  // namespace weir::config::detail

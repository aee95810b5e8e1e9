#pragma once

// Readers of single values and of lists of them, by what they take.

#include "weir/config/fault_text.hpp"
#include "weir/config/scalar.hpp"
#include "weir/config/value.hpp"
#include "weir/net/port.hpp"
#include "weir/net/prefix.hpp"
#include "weir/net/protocol.hpp"
#include "weir/time/instant.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace weir::config::detail {

/// Takes what `parse` makes of the word.
template <class T, class Parse>
void read_with(const value& from, T& into, std::string_view expected, Parse parse) {
  if (!from.expect(node_kind::scalar, expected)) {
    return;
  }
  auto read = parse(from.text());
  if (const auto* bad = std::get_if<complaint>(&read)) {
    from.refuse(*bad);
    return;
  }
  into = std::get<0>(std::move(read));
}

template <class T>
void read_number_into(const value& from, T& into, std::uint64_t least, std::uint64_t most) {
  std::uint64_t number = 0;
  const std::size_t before = from.run().count();
  read_with(from, number, "a number from " + range_text(least, most),
            [&](std::string_view word) { return read_number(word, least, most); });
  if (from.run().count() == before) {
    into = static_cast<T>(number);
  }
}

/// `off` and `on` are booleans to some YAML parsers, which write `false` and `true` for them.
inline std::string_view switch_word(const value& from) {
  const std::string_view word = from.text();
  return word == "false" ? "off" : word == "true" ? "on" : word;
}

template <class T>
void read_choice(const value& from, T& into, std::initializer_list<choice<T>> choices) {
  std::vector<std::string_view> words;
  for (const auto& one : choices) {
    if (one.value) {
      words.push_back(one.word);
    }
  }
  if (!from.expect(node_kind::scalar, suggestion({}, words))) {
    return;
  }
  for (const auto& one : choices) {
    if (one.word != from.text() && one.word != switch_word(from)) {
      continue;
    }
    if (one.value) {
      into = *one.value;
    } else {
      from.refuse_choice();
    }
    return;
  }
  from.refuse({"is not known here", suggestion(from.text(), words)});
}

/// Takes the one word that can be said; the others are known, and refused.
template <class... Words>
void read_sole_choice(const value& from, std::string_view taken, Words... others) {
  bool said = false;
  read_choice<bool>(from, said, {{taken, true}, {others, {}}...});
}

/// What does not exist can only be said to be off.
template <class Raw>
void read_off(const value& from, Raw&) {
  read_sole_choice(from, "off", "on");
}

inline void read_flag(const value& from, bool& into) {
  if (!from.expect(node_kind::scalar, "true or false")) {
    return;
  }
  const std::string_view word = switch_word(from);
  if (word != "on" && word != "off") {
    from.refuse({"is neither true nor false", "true or false"});
    return;
  }
  into = word == "on";
}

/// The longest name, in characters.
inline constexpr std::size_t name_characters_max = 64;

/// A name that other places refer to, on the command line as well.
inline void read_name(const value& from, std::string& into) {
  read_with(from, into, "a name", [](std::string_view word) -> read_scalar<std::string> {
    const bool clean = word.find_first_of(" ,=@[]{}\"'") == std::string_view::npos;
    if (word.empty() || characters_in(word) > name_characters_max || !clean) {
      return complaint{"cannot be a name",
                       "at most 64 characters, none of them a space or one of , = @ [ ] { } \" '"};
    }
    return std::string{word};
  });
}

/// Checks the name that a map's key gives.
inline void check_key_name(const value& map, std::size_t i) {
  const node_key& written = map.here().keys[i];
  const node word{node_kind::scalar, written.at, written.text, true, {}, {}};
  std::string name;
  read_name(value{map.run(), word, map.entry(i).path_of("name"), map.name(), written.at}, name);
}

/// A name that only people read.
inline void read_label(const value& from, std::string& into) {
  read_with(from, into, "a name", [](std::string_view word) -> read_scalar<std::string> {
    if (word.empty() || characters_in(word) > name_characters_max) {
      return complaint{"cannot be a name", "1 to 64 characters"};
    }
    return std::string{word};
  });
}

/// How long it may be is for `checked` to say.
inline void read_timeout(const value& from, duration& into) {
  read_with(from, into, duration_example, read_duration);
}

// --- lists and sets ----------------------------------------------------------------------------

inline std::string_view described(set_kind kind) {
  switch (kind) {
    case set_kind::addresses:
      return "addresses";
    case set_kind::numbers:
      return "numbers";
    case set_kind::names:
      return "names";
    case set_kind::faulty:
      break;
  }
  return "faults";
}

/// The most values that all uses of sets together stand for.
inline constexpr std::size_t expanded_max = 2'000'000;

inline const set_facts* find_set(const value& from, std::string_view name) {
  const auto& sets = from.run().sets;
  const auto place = std::find_if(sets.begin(), sets.end(),
                                  [&](const set_facts& one) { return one.name == name; });
  if (place != sets.end()) {
    return &*place;
  }
  std::vector<std::string_view> known;
  for (const set_facts& one : sets) {
    known.push_back(one.name);
  }
  const bool is_alone = known.size() == 1 && !nearest(name, known);
  from.refuse({"is not a set", known.empty() ? "define it below \"sets\""
                               : is_alone    ? "the only one is " + shown(known.front())
                                             : suggestion(name, known)});
  return nullptr;
}

/// Calls `each(word)` for every member of the set that `@name` stands for.
template <class Each>
void expand_set(const value& from, std::initializer_list<set_kind> kinds, Each each) {
  const set_facts* const found = find_set(from, from.text().substr(1));
  if (found == nullptr || found->kind == set_kind::faulty) {
    from.run().unread.add(from.path());
    return;
  }
  if (std::find(kinds.begin(), kinds.end(), found->kind) == kinds.end()) {
    from.refuse({"is a set of " + std::string{described(found->kind)},
                 "a set of " + std::string{described(*kinds.begin())}});
    return;
  }
  from.run().expanded += found->members->items.size() + 1;
  if (from.run().expanded > expanded_max) {
    from.refuse("the sets that are used hold too many values in all",
                "at most " + std::to_string(expanded_max));
    return;
  }
  if (found->members->kind == node_kind::scalar) {
    each(std::string_view{found->members->text});
  }
  for (const node& one : found->members->items) {
    each(std::string_view{one.text});
  }
}

/// Takes one value, or an `@set` of one of the kinds; what cannot be read is left out.
template <class T, class Parse>
void read_element(const value& one, std::vector<T>& into, std::string_view expected,
                  std::initializer_list<set_kind> kinds, Parse parse) {
  const bool set = one.is(node_kind::scalar) && one.text().starts_with('@');
  if (!set || kinds.size() == 0) {
    T made{};
    const std::size_t before = one.run().count();
    read_with(one, made, expected, parse);
    if (one.run().count() == before) {
      into.push_back(std::move(made));
    }
    return;
  }
  expand_set(one, kinds, [&](std::string_view word) {
    auto read = parse(word);
    if (const auto* bad = std::get_if<complaint>(&read)) {
      one.refuse({"holds " + shown(word) + ", which " + bad->what, bad->fix});
    } else {
      into.push_back(std::get<0>(std::move(read)));
    }
  });
}

/// Takes one value, an `@set` of one of the kinds, or a list of these; `parse` makes an element of
/// a word.
template <class T, class Parse>
void read_list(const value& from, std::vector<T>& into, std::string_view expected,
               std::initializer_list<set_kind> kinds, Parse parse) {
  std::vector<std::uint32_t> origins;
  std::uint32_t place = 0;
  from.for_each(expected, [&](const value& one) {
    read_element(one, into, expected, kinds, parse);
    origins.resize(into.size(), place++);
  });
  from.run().origins.add(from.path(), std::move(origins));
}

inline void read_prefixes(const value& from, std::vector<ip_prefix>& into) {
  read_list(from, into, prefix_example, {set_kind::addresses}, read_prefix);
}

inline void read_protocols(const value& from, std::vector<protocol>& into) {
  read_list(from, into, "a protocol such as tcp, or a list", {set_kind::names, set_kind::numbers},
            read_protocol);
}

inline constexpr std::string_view ports_example = "a port, a range such as 8000-8099, or a list";

/// Ports of a rule; 0 can be matched.
inline void read_matched_ports(const value& from, std::vector<port_range>& into) {
  read_list(from, into, ports_example, {set_kind::numbers},
            [](std::string_view word) { return read_ports(word, 0); });
}
/// Ports that are given away; 0 is none.
inline void read_given_ports(const value& from, std::vector<port_range>& into) {
  read_list(from, into, ports_example, {set_kind::numbers},
            [](std::string_view word) { return read_ports(word, 1); });
}

}  // namespace weir::config::detail

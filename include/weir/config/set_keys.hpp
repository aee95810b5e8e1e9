#pragma once

// Sets: what "@name" stands for.

#include "weir/config/fields.hpp"
#include "weir/config/rule_keys.hpp"
#include "weir/config/scalar.hpp"
#include "weir/config/value.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace weir::config::detail {

inline constexpr std::string_view member_example =
    "addresses and prefixes, or ports and ranges, or protocols";

/// What a member is; refused if it is nothing.
inline set_kind read_member(const value& from) {
  if (!from.expect(node_kind::scalar, member_example)) {
    return set_kind::faulty;
  }
  const std::string_view word = from.text();
  if (word.starts_with('@')) {
    from.refuse({"is a set, and sets do not nest", std::string{member_example}});
    return set_kind::faulty;
  }
  if (is_icmp_name(word) || std::holds_alternative<protocol>(read_protocol(word))) {
    return is_all_digits(word) ? set_kind::numbers : set_kind::names;
  }
  const bool addresses = word.find_first_of(".:/") != std::string_view::npos;
  const bool numbers = word.find_first_not_of("0123456789-") == std::string_view::npos;
  const auto block = read_prefix(word);
  const auto range = read_ports(word, 0);
  if (addresses && std::holds_alternative<complaint>(block)) {
    from.refuse(std::get<complaint>(block));
  } else if (addresses) {
    return set_kind::addresses;
  } else if (numbers && std::holds_alternative<complaint>(range)) {
    from.refuse(std::get<complaint>(range));
  } else if (numbers) {
    return set_kind::numbers;
  } else {
    from.refuse({"cannot be in a set", std::string{member_example}});
  }
  return set_kind::faulty;
}

/// The one kind of a set's members.
inline set_kind read_members(const value& from) {
  std::optional<set_kind> kind;
  from.for_each(member_example, [&](const value& one) {
    const set_kind found = read_member(one);
    const bool mixed =
        kind && *kind != set_kind::faulty && found != set_kind::faulty && *kind != found;
    if (mixed) {
      one.refuse({"is not one of the " + std::string{described(*kind)} + " before it",
                  "a set of one kind: " + std::string{member_example}});
    }
    const bool faulty = mixed || found == set_kind::faulty || kind == set_kind::faulty;
    kind = faulty ? set_kind::faulty : found;
  });
  return kind.value_or(set_kind::faulty);
}

/// Sets stand below their names.
inline void read_sets(const value& from) {
  if (!from.expect(node_kind::map, "a map of sets, each below its name")) {
    return;
  }
  for (std::size_t i = 0; i < from.here().items.size(); ++i) {
    const value members = from.entry(i);
    check_key_name(from, i);
    from.run().sets.push_back({members.name(), read_members(members), &members.here()});
  }
}

}  // namespace weir::config::detail

#pragma once

// Sessions and timeouts.

#include "weir/config/box_keys.hpp"
#include "weir/config/fields.hpp"
#include "weir/config/keys.hpp"
#include "weir/config/value.hpp"
#include "weir/engine/configuration.hpp"
#include "weir/session/timeouts.hpp"

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <utility>

namespace weir::config::detail {

/// A key for each idle time there is.
template <class Places>
struct timeouts_table;
template <std::size_t... Places>
struct timeouts_table<std::index_sequence<Places...>> {
  static constexpr key<session_timeouts> keys[] = {
      {timeout_members[Places].key, member<timeout_members[Places].member, read_timeout>}...};
};
inline constexpr auto& timeouts_keys =
    timeouts_table<std::make_index_sequence<std::size(timeout_members)>>::keys;

/// Idle times that policies can start from: one that `checked` refuses is no fault of theirs.
inline session_timeouts without_faults(session_timeouts raw) {
  const session_timeouts usual;
  for (const auto& one : timeout_members) {
    auto& span = raw.*one.member;
    span = is_timeout(span) ? span : usual.*one.member;
  }
  return raw;
}

inline void read_source_limit(const value& from, std::uint32_t& into) {
  read_number_into(from, into, 0, any_count_max);
}

/// One worker drives one shard.
inline void read_shards(const value& from, sessions_configuration&) {
  if (!from.expect(node_kind::scalar, "1") || from.text() == "1") {
    return;
  }
  const auto number = digits(from.text());
  if (number && *number > 1) {
    from.refuse_choice();
  } else {
    from.refuse({"is not a number of shards", "1"});
  }
}

inline constexpr key<sessions_configuration> sessions_keys[] = {
    {"max",
     [](const value& from, sessions_configuration& into) {
       read_number_into(from, into.max, 1, sessions_limit);
     }},
    {"shards", read_shards},
    {"when-full",
     [](const value& from, sessions_configuration& into) {
       read_choice<full_policy>(from, into.full,
                                {{"refuse", full_policy::refuse},
                                 {"evict-embryonic", full_policy::evict_embryonic},
                                 {"fair-share", full_policy::fair_share}});
     }},
    {"per-source", member<&sessions_configuration::per_source, read_source_limit>},
    {"embryonic-per-source",
     member<&sessions_configuration::embryonic_per_source, read_source_limit>},
    {"timeouts",
     [](const value& from, sessions_configuration& into) {
       read_map(from, into.timeouts, timeouts_keys);
     }},
    {"dns-reply-closes", member<&sessions_configuration::dns_reply_closes, read_flag>},
};

}  // namespace weir::config::detail

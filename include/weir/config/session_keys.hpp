#pragma once

// Sessions and timeouts.

#include "weir/config/box_keys.hpp"
#include "weir/config/fields.hpp"
#include "weir/config/keys.hpp"
#include "weir/config/value.hpp"
#include "weir/engine/configuration.hpp"
#include "weir/session/timeouts.hpp"

#include <cstdint>

namespace weir::config::detail {

inline constexpr key<session_timeouts> timeouts_keys[] = {
    {"tcp-opening", member<&session_timeouts::tcp_opening, read_timeout>},
    {"tcp-established", member<&session_timeouts::tcp_established, read_timeout>},
    {"tcp-half-closed", member<&session_timeouts::tcp_half_closed, read_timeout>},
    {"tcp-closing", member<&session_timeouts::tcp_closing, read_timeout>},
    {"tcp-reset", member<&session_timeouts::tcp_reset, read_timeout>},
    {"udp", member<&session_timeouts::udp, read_timeout>},
    {"udp-one-way", member<&session_timeouts::udp_one_way, read_timeout>},
    {"dns", member<&session_timeouts::dns, read_timeout>},
    {"icmp", member<&session_timeouts::icmp, read_timeout>},
    {"sctp", member<&session_timeouts::sctp, read_timeout>},
    {"gre", member<&session_timeouts::gre, read_timeout>},
    {"esp", member<&session_timeouts::esp, read_timeout>},
    {"other", member<&session_timeouts::other, read_timeout>},
};

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

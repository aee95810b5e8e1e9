#pragma once

#include "weir/net/flow_facts.hpp"
#include "weir/net/flow_key.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/net/port.hpp"
#include "weir/observe/observer.hpp"
#include "weir/session/session_phase.hpp"
#include "weir/session/session_record.hpp"
#include "weir/time/instant.hpp"
#include "weir/time/tick.hpp"

#include <cstddef>
#include <cstdint>

namespace weir {

/// A live session, as lists show it.
struct session_account {
  session_facts facts{};
  session_phase phase = session_phase::none;
  duration left{};  ///< until it is over, if nothing more comes
};

namespace detail {

/// How a flow of a session comes in. Until the first reply says which identifier the replies of ESP
/// and GRE carry, none is told.
template <IpVersion V>
constexpr flow_facts flow_of(const hot_record<V>& record, direction way) noexcept {
  auto key = unpack(record.key[index_of(way)]);
  if (way == direction::reply && record.has(session_flag::unclaimed)) {
    key.protocol = record.key[0].protocol();
    key.source.port = key.destination.port = port{};
  }
  return facts_of(key);
}

}  // namespace detail

/// What there is to tell of a session, from both halves of its record.
template <IpVersion V>
constexpr session_facts facts_of_session(std::uint32_t id, const hot_record<V>& hot,
                                         const cold_record& cold) noexcept {
  session_facts made;
  made.id = id;
  made.original = detail::flow_of(hot, direction::original);
  made.reply = detail::flow_of(hot, direction::reply);
  made.policy = cold.policy;
  made.rule = cold.rule;
  const session_totals sums = totals(hot, cold);
  for (std::size_t way = 0; way < 2; ++way) {
    made.packets[way] = sums.packets[way];
    made.bytes[way] = sums.bytes[way];
  }
  return made;
}

/// The account of a session that is alive at `now`.
template <IpVersion V>
constexpr session_account account_of(std::uint32_t id, const hot_record<V>& hot,
                                     const cold_record& cold, tick now) noexcept {
  return {facts_of_session(id, hot, cold), hot.status().phase(),
          duration::milliseconds(std::int64_t{hot.state.deadline_low - now.low()})};
}

}  // namespace weir

#pragma once

// What must hold between the tables of a shard at any time. Walks all of them: for tests, and for
// people who ask.

#include "weir/engine/shard.hpp"
#include "weir/pool/verify.hpp"
#include "weir/session/session_table.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace weir::detail {

/// Counts the sessions that hold each mapping, and behind all of them those that hold what no
/// mapping can be.
template <EngineTraits T>
std::vector<std::uint32_t> holders_by_mapping(const shard<T>& state) {
  std::vector<std::uint32_t> holders(std::size_t{state.config->raw().sessions.max} + 1);
  const auto count = [&](std::uint32_t id) {
    ++holders[std::min<std::size_t>(id, holders.size() - 1)];
  };
  state.sessions4.for_each_held([&](std::uint32_t id) {
    const auto held = state.sessions4.cold(id).mapping;
    if (held != cold_record::no_mapping) {
      count(held);
    }
    const auto reached = state.reached_by(state.sessions4.hot(id));
    if (!reached.is_none()) {
      count(reached.number());
    }
  });
  return holders;
}

/// A mapping whose strangers are others than it says.
template <EngineTraits T>
std::optional<std::string> verify_strangers(const shard<T>& state) {
  std::vector<std::uint32_t> strangers(state.config->raw().sessions.max);
  state.sessions4.for_each_held([&](std::uint32_t id) {
    const auto& record = state.sessions4.hot(id);
    const auto reached = state.reached_by(record);
    if (record.is_stranger() && !reached.is_none()) ++strangers[reached.number()];
  });
  std::optional<std::string> fault;
  state.mappings.for_each([&](mapping_id id, const mapping<ipv4>&) {
    if (state.mappings.strangers(id) != strangers[id.number()]) {
      fault = "mapping " + std::to_string(id.number()) + " counts " +
              std::to_string(state.mappings.strangers(id)) + " strangers, and there are " +
              std::to_string(strangers[id.number()]);
    }
  });
  return fault;
}

/// What is broken, unless every mapping is held by as many sessions as it says and nothing else is
/// held.
template <EngineTraits T>
std::optional<std::string> verify_holders(const shard<T>& state) {
  auto holders = holders_by_mapping(state);
  std::optional<std::string> fault;
  state.mappings.for_each([&](mapping_id id, const mapping<ipv4>& one) {
    if (one.sessions != holders[id.number()]) {
      fault = "mapping " + std::to_string(id.number()) + " counts " + std::to_string(one.sessions) +
              " sessions, and " + std::to_string(holders[id.number()]) + " hold it";
    }
    holders[id.number()] = 0;
  });
  const auto gone = std::find_if(holders.begin(), holders.end(),
                                 [](std::uint32_t count) noexcept { return count != 0; });
  if (!fault && gone != holders.end()) {
    fault = "mapping " + std::to_string(gone - holders.begin()) + " is not there, and " +
            std::to_string(*gone) + " sessions hold it";
  }
  return fault;
}

/// What is broken, if anything is: every index entry belongs to one session, which is reviewed and
/// charged to its source; every port in use belongs to one live mapping or claim; every mapping is
/// held by as many sessions as it says.
template <EngineTraits T>
std::optional<std::string> verify(const shard<T>& state) {
  if (const auto fault = state.sessions4.verify()) {
    return "an IPv4 session " + *fault;
  }
  if (const auto fault = state.sessions6.verify()) {
    return "an IPv6 session " + *fault;
  }
  if (auto fault = verify_ports(state.owner, state.config->pools(), state.mappings)) {
    return fault;
  }
  auto fault = verify_holders(state);
  if (!fault) fault = verify_strangers(state);
  const auto lives = state.lives.created.read() - state.lives.expired.read() -
                     state.lives.ended.read() - state.lives.evicted.read();
  if (!fault && lives != state.sessions4.size() + state.sessions6.size()) {
    fault = "sessions created and not ended are not as many as there are";
  }
  if (!fault && !state.packets.balanced()) {
    fault = "packets that came in are not all accounted for once";
  }
  return fault;
}

}  // namespace weir::detail

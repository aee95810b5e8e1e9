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

/// The sessions that hold a mapping.
struct mapping_holders {
  std::uint32_t all = 0;
  std::uint32_t strangers = 0;
};

/// Those of each mapping, and behind all of them those that hold what no mapping can be.
template <EngineTraits T>
std::vector<mapping_holders> holders_by_mapping(const shard<T>& state) {
  std::vector<mapping_holders> holders(std::size_t{state.config->raw().sessions.max} + 1);
  const auto of = [&](mapping_id id) -> mapping_holders& {
    return holders[std::min<std::size_t>(id.number(), holders.size() - 1)];
  };
  state.sessions4.for_each_held([&](std::uint32_t id) {
    const auto [worn, reached] = state.mappings_of(id);
    if (!worn.is_none()) ++of(worn).all;
    if (reached.is_none()) return;
    ++of(reached).all;
    if (state.sessions4.hot(id).is_stranger()) ++of(reached).strangers;
  });
  return holders;
}

/// What is broken, unless every mapping is held by as many sessions and strangers as it says and
/// nothing else is held.
template <EngineTraits T>
std::optional<std::string> verify_holders(const shard<T>& state) {
  auto holders = holders_by_mapping(state);
  std::optional<std::string> fault;
  const auto compare = [&](mapping_id id, const char* what, std::uint32_t said,
                           std::uint32_t found) {
    if (said == found) return;
    fault = "mapping " + std::to_string(id.number()) + " counts " + std::to_string(said) + what +
            std::to_string(found) + " hold it";
  };
  state.mappings.for_each([&](mapping_id id, const mapping<ipv4>& one) {
    auto& held = holders[id.number()];
    compare(id, " strangers, and ", state.mappings.strangers(id), held.strangers);
    compare(id, " sessions, and ", one.sessions, held.all);
    held = {};
  });
  const auto gone = std::find_if(holders.begin(), holders.end(),
                                 [](const mapping_holders& one) noexcept { return one.all != 0; });
  if (!fault && gone != holders.end()) {
    fault = "mapping " + std::to_string(gone - holders.begin()) + " is not there, and " +
            std::to_string(gone->all) + " sessions hold it";
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

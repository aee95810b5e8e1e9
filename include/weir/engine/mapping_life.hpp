#pragma once

// Overview. Expiry is exact though dead sessions end by and by: a mapping that only the dead hold
// is over for every newcomer. What one asks rests on few mappings: the one it finds, the first of
// its host, and those whose ports stand in its way. Whether one of these lives, one session tells
// that is noted with it: the latest that was made to wear it, or one that outlives that. Everything
// that is dead ends first only where that session cannot tell, or where too many are in the way or
// would end one by one.

#include "weir/engine/shard.hpp"
#include "weir/pool/mapping.hpp"
#include "weir/pool/port_space.hpp"
#include "weir/time/tick.hpp"

#include <cstdint>

namespace weir::detail {

enum class mapping_life : std::uint8_t {
  alive,
  over,     ///< its only session is dead
  unknown,  ///< several sessions hold it, and of one that lives nothing is known
};

/// Whether a live session holds a mapping, as far as the one noted with it tells. That one may have
/// ended meanwhile, and its record may be another session's.
template <EngineTraits T>
mapping_life life_of(const shard<T>& state, mapping_id id, tick now) noexcept {
  const auto& table = state.sessions4;
  const auto& record = state.mappings.at(id);
  if (!table.is_held(record.wearer) || table.cold(record.wearer).mapping != id.number()) {
    return mapping_life::unknown;
  }
  if (!table.hot(record.wearer).state.is_dead(now)) return mapping_life::alive;
  return record.sessions == 1 ? mapping_life::over : mapping_life::unknown;
}

/// Whether `mapping_table::acquire_own` comes to the same, whichever mappings end but those that
/// `lives(id)`.
template <EngineTraits T, class Lives>
bool claim_rests_on(const shard<T>& state, const external_key& own, Lives&& lives) noexcept {
  const auto space = space_of(own.protocol);
  const auto external = state.config->pools().find({own.domain, own.endpoint.address});
  if (!space || !external) return true;
  const auto found = state.mappings.find(own);
  if (!found.is_none()) return lives(found);
  const port wanted = own.endpoint.port;
  return state.config->pools().is_claimed(*external, *space, wanted) ||
         (!state.mappings.is_full() && !state.owner.taken(*external, *space, wanted));
}

/// Ends the dead that an answer waits for, one by one; or all of them.
template <EngineTraits T, class RestsOn>
[[gnu::__noinline__]] void end_what_matters(shard<T>& state, tick now, RestsOn& rests_on) noexcept {
  constexpr unsigned ended_max = 64;  // beyond that, batches are faster
  for (unsigned ended = 0; ended < ended_max; ++ended) {
    auto over = mapping_id::none();
    const bool is_settled = rests_on([&](mapping_id id) noexcept {
      const mapping_life life = life_of(state, id, now);
      if (life == mapping_life::over) over = id;
      return life == mapping_life::alive;
    });
    if (is_settled) return;
    if (over.is_none()) break;
    state.sessions4.expire(state.mappings.at(over).wearer, state.template on_end<ipv4>());
  }
  state.sessions4.reclaim(now, reclaim_unbounded, state.template on_end<ipv4>());
}

/// Ends what is dead as far as an answer may rest on it: `rests_on(lives)` says whether it is the
/// same, whichever mappings end but those that it asked of and that `lives(id)`.
template <EngineTraits T, class RestsOn>
void settle(shard<T>& state, tick now, RestsOn&& rests_on) noexcept {
  if (!state.sessions4.is_settled(now)) [[unlikely]] {
    end_what_matters(state, now, rests_on);
  }
}

}  // namespace weir::detail

#pragma once

// Overview. The records of one family's sessions, and where a key leads: two index entries for each
// record. A burst asks in three steps, so that memory is waited for once: `prefetch` the index,
// `candidate` and `prefetch_candidate` the record, `find`.

#include "weir/base/contract.hpp"
#include "weir/net/flow_key.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/session/session_opening.hpp"
#include "weir/session/session_record.hpp"
#include "weir/session/session_traits.hpp"
#include "weir/table/bucket_index.hpp"
#include "weir/table/hash.hpp"
#include "weir/table/index.hpp"
#include "weir/table/slab.hpp"
#include "weir/time/tick.hpp"
#include "weir/wire/packed_flow.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace weir {

/// Who is found by which key. A session that is dead is found by nobody, and keeps its keys until
/// it is released.
template <IpVersion V, SessionTraits Traits>
class session_directory {
 public:
  using key_type = packed_flow<V>;
  using record_type = hot_record<V>;
  /// The hashes of a session's keys, by direction.
  using hash_pair = std::array<std::uint64_t, 2>;

  /// Room for `sessions_max` sessions, at most 2^27 - 2.
  session_directory(std::uint32_t sessions_max, const hash_seed& seed)
      : hash_{seed}, index_{2 * indexable(sessions_max), 2 * sessions_max}, slab_{sessions_max} {}

  [[gnu::always_inline]] std::uint64_t hash(const key_type& key) const noexcept {
    return hash_(key.words());
  }
  hash_pair hashes(std::uint32_t id) const noexcept {
    return {hash(slab_.hot(id).key[0]), hash(slab_.hot(id).key[1])};
  }
  /// Asks for what `candidate` reads.
  void prefetch(std::uint64_t hash) const noexcept { index_.prefetch(hash); }
  /// Whose key this may be, for `prefetch_candidate` and `find`.
  session_ref candidate(std::uint64_t hash, const key_type& key) const noexcept {
    return session_ref{index_.first_candidate(hash, key.words())};
  }
  /// `candidate` and `prefetch_candidate` for each of many lanes, which have a `hash`, a `key()`
  /// and a `candidate`; answers whether each has one. An index that answers many at once faster
  /// than one by one says so by `first_candidates`.
  template <class Lane>
  bool find_candidates(std::span<Lane> lanes) const noexcept {
    constexpr std::uint32_t missing = 1u << 31;  // what no payload has, and `no_payload` does
    static_assert(bucket_index::payload_limit < missing && (no_payload & missing) != 0);
    std::uint32_t seen = 0;
    const auto take = [this, &seen](Lane& lane, std::uint32_t payload) noexcept {
      seen |= payload;
      lane.candidate = session_ref{payload};
      prefetch_candidate(lane.candidate);
    };
    if constexpr (requires { index_.first_candidates(lanes, take); }) {
      index_.first_candidates(lanes, take);
    } else {
      for (Lane& lane : lanes) {
        take(lane, index_.first_candidate(lane.hash, lane.key().words()));
      }
    }
    return (seen & missing) == 0;
  }
  void prefetch_candidate(session_ref candidate) const noexcept {
    slab_.prefetch_hot(candidate.id());
  }

  /// The live session of a key. A candidate need not be right, nor of this moment.
  session_ref find(const key_type& key, std::uint64_t hash, session_ref candidate,
                   tick now) const noexcept {
    if (candidate.found()) [[likely]] {
      const record_type& there = slab_.hot(candidate.id());
      if (same_flow(there.key[index_of(candidate.way())], key)) [[likely]] {
        return there.state.is_dead(now) ? session_ref{} : candidate;
      }
    }
    return find_anywhere(key, hash, now);
  }
  session_ref find(const key_type& key, tick now) const noexcept {
    return find_anywhere(key, hash(key), now);
  }

  record_type& hot(std::uint32_t id) noexcept { return slab_.hot(id); }
  const record_type& hot(std::uint32_t id) const noexcept { return slab_.hot(id); }
  cold_record& cold(std::uint32_t id) noexcept { return slab_.cold(id); }
  const cold_record& cold(std::uint32_t id) const noexcept { return slab_.cold(id); }

  /// The session of a key, dead or alive.
  session_ref occupant(const key_type& key, std::uint64_t hash) const noexcept {
    return session_ref{index_.find(hash, key.words(), [&](std::uint32_t payload) noexcept {
      return same_flow(slab_.hot(payload >> 1).key[payload & 1], key);
    })};
  }

  bool has_room() const noexcept { return slab_.size() < slab_.records_max(); }
  void prefetch_record(std::uint32_t id) const noexcept { slab_.prefetch_hot(id); }
  /// Asks for what the release of a session touches beside its record; answers its hashes.
  hash_pair prefetch_release(std::uint32_t id) const noexcept {
    slab_.prefetch_cold(id);
    const hash_pair at = hashes(id);
    for (const std::uint64_t hash : at) index_.prefetch(hash);
    return at;
  }

  /// A record under both keys, or under neither: `no_record` where the index has no room. A record
  /// is free.
  std::uint32_t try_file(const key_type& original, const key_type& reply,
                         const hash_pair& at) noexcept {
    const std::uint32_t id = slab_.try_acquire();
    slab_.prefetch_hot(slab_.next_free());
    slab_.prefetch_cold(slab_.next_free());
    if (index_.try_insert(at[0], original.words(),
                          session_ref{id, direction::original}.payload())) {
      if (index_.try_insert(at[1], reply.words(), session_ref{id, direction::reply}.payload()))
        return id;
      index_.erase(at[0], original.words(), session_ref{id, direction::original}.payload());
    }
    slab_.release(id);
    return no_record;
  }
  /// Files the replies of a session under another key, which is nobody's; false, and nothing
  /// changed, where the index has no room. A full table has none but what the old key leaves.
  bool try_move_reply(std::uint32_t id, const key_type& reply) noexcept {
    key_type& before = slab_.hot(id).key[1];
    const std::uint32_t where = session_ref{id, direction::reply}.payload();
    index_.erase(hash(before), before.words(), where);
    if (!index_.try_insert(hash(reply), reply.words(), where)) {
      const bool is_back = index_.try_insert(hash(before), before.words(), where);
      expects(is_back, "a key fits where it was");
      return false;
    }
    const std::uint8_t flags = before.annotation();
    before = reply;
    before.set_annotation(flags);
    return true;
  }
  /// Takes both keys away and frees the record. Whether it is queued stays known.
  void release(std::uint32_t id, const hash_pair& at) noexcept {
    record_type& gone = slab_.hot(id);
    for (const direction way : {direction::original, direction::reply}) {
      index_.erase(at[index_of(way)], gone.key[index_of(way)].words(),
                   session_ref{id, way}.payload());
    }
    const bool is_queued = gone.has(session_flag::queued);
    gone.key[0] = key_type{};
    gone.key[1] = key_type{};
    gone.set(session_flag::queued, is_queued);
    slab_.release(id);
  }

  /// Whether a session has the record.
  bool is_held(std::uint32_t id) const noexcept { return !slab_.hot(id).status().is_none(); }
  /// One more than the greatest id of any record that a session has or had.
  std::uint32_t ids_end() const noexcept { return slab_.ids_end(); }
  /// Calls `visit(id)` for every session, including dead ones that were not ended yet.
  template <class Visit>
  void for_each_held(Visit&& visit) const {
    for (std::uint32_t id = 0; id < slab_.ids_end(); ++id) {
      if (is_held(id)) visit(id);
    }
  }
  /// Calls `visit(id)` for every session that is alive.
  template <class Visit>
  void for_each(tick now, Visit&& visit) const {
    for (std::uint32_t id = 0; id < slab_.ids_end(); ++id) {
      if (is_held(id) && !slab_.hot(id).state.is_dead(now)) visit(id);
    }
  }

  /// Sessions, including dead ones that were not ended yet.
  std::uint32_t size() const noexcept { return slab_.size(); }
  /// Has the platform give all memory now.
  void populate() noexcept {
    index_.populate();
    slab_.populate();
  }
  std::size_t bytes() const noexcept { return index_.bytes() + slab_.bytes(); }

  /// Whether every session is found by both its keys, and nothing else is. Walks the whole table.
  bool is_consistent() const noexcept {
    std::uint32_t held = 0;
    for (std::uint32_t id = 0; id < slab_.ids_end(); ++id) {
      if (!is_held(id)) continue;
      ++held;
      for (const direction way : {direction::original, direction::reply}) {
        const key_type& key = slab_.hot(id).key[index_of(way)];
        if (occupant(key, hash(key)) != session_ref{id, way}) return false;
      }
    }
    return held == slab_.size() && index_.size() == 2 * held;
  }

 private:
  using words_type = typename key_type::words_type;
  using index_type = typename Traits::template index<words_type>;

  static std::uint32_t indexable(std::uint32_t sessions_max) noexcept {
    expects(sessions_max < bucket_index::payload_limit / 2, "ids fit the index");
    return sessions_max;
  }

  [[gnu::noinline]] session_ref find_anywhere(const key_type& key, std::uint64_t hash,
                                              tick now) const noexcept {
    const session_ref there = occupant(key, hash);
    return there.found() && hot(there.id()).state.is_dead(now) ? session_ref{} : there;
  }

  typename Traits::hash hash_;
  index_type index_;
  slab<record_type, cold_record> slab_;
};

}  // namespace weir

#pragma once

// Overview. The records of one family's sessions, and where a key leads: two index entries for each
// record, four where identifiers differ by direction behind a translation. A burst asks in three
// steps, so that memory is waited for once: `prefetch` the index, `candidate` and
// `prefetch_candidate` the record, `find`.

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
#include <type_traits>

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
      : hash_{seed}, index_{entries_for(sessions_max), 2 * sessions_max}, slab_{sessions_max} {}

  [[gnu::__always_inline__]] std::uint64_t hash(const key_type& key) const noexcept {
    return hash_(key.words());
  }
  hash_pair hashes(std::uint32_t id) const noexcept {
    return {hash(slab_.hot(id).key[0]), hash(slab_.hot(id).key[1])};
  }
  /// Asks for what `candidate` reads; answers where that is, or null where the index does not tell.
  const void* prefetch(std::uint64_t hash) const noexcept {
    if constexpr (std::is_void_v<decltype(index_.prefetch(hash))>) {
      index_.prefetch(hash);
      return nullptr;
    } else {
      return index_.prefetch(hash);
    }
  }
  /// Whose key this may be, for `prefetch_candidate` and `find`.
  session_ref candidate(std::uint64_t hash, const key_type& key) const noexcept {
    return session_ref{index_.first_candidate(hash, key.words())};
  }
  /// `candidate` and `prefetch_candidate` for each of many lanes, which have a `hash`, its
  /// `place`, a `key()` and a `candidate`; answers whether each has one. An index that answers many
  /// at once faster than one by one says so by `first_candidates`.
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

  /// The session, dead or alive, of which a direction leaves with the reverse of a key, and the way
  /// of what answers that: where identifiers differ by direction, the key of the answers does not
  /// tell.
  session_ref wearer(const key_type& mirrored) const noexcept {
    const auto is_his = [&](std::uint32_t payload) noexcept {
      const session_ref there{payload};
      return same_flow(mirror_of(there), mirrored);
    };
    for (const key_type& at : {mirrored, wildcard(mirrored)}) {
      const session_ref found{index_.find(hash(at), at.words(), is_his)};
      if (found.found()) return found;
    }
    return {};
  }
  /// The same of one that is alive.
  session_ref find_wearer(const key_type& mirrored, tick now) const noexcept {
    return living(wearer(mirrored), now);
  }
  /// Another session that leaves with the key that packets of `way` would leave with, where their
  /// answers have the addresses of `other`: answers to one would go to the other.
  session_ref namesake(const key_type& way, const key_type& other,
                       bool is_translated) const noexcept {
    const session_ref there = wearer(mirror(way, other));
    if (there.found() || !is_translated) return there;
    const key_type worn = mirror(way, reversed(other));
    return occupant(worn, hash(worn));
  }

  bool has_room() const noexcept {
    return slab_.size() < slab_.records_max() &&
           index_.size() + 2 <= entries_for(slab_.records_max());
  }
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
  /// Files the replies of an unclaimed session under the key that they have, which is nobody's;
  /// false, and nothing changed, where the index has no room.
  bool try_claim_reply(std::uint32_t id, const key_type& reply) noexcept {
    record_type& there = slab_.hot(id);
    const session_ref answers{id, direction::reply};
    const key_type waiting = there.key[1];
    const auto set_reply = [&](const key_type& key, bool is_unclaimed) noexcept {
      const std::uint8_t flags = there.key[1].annotation();
      there.key[1] = key;
      there.key[1].set_annotation(flags);
      there.set(session_flag::unclaimed, is_unclaimed);
    };
    erase(waiting, answers);
    set_reply(reply, false);
    if (try_insert(reply, answers)) {
      if (!has_mirrors(there) || try_file_mirrors(id)) return true;
      erase(reply, answers);
    }
    set_reply(waiting, true);
    const bool is_back = try_insert(waiting, answers);
    expects(is_back, "a key fits where it was");
    return false;
  }
  /// Takes all keys away and frees the record. Whether it is queued stays known.
  void release(std::uint32_t id, const hash_pair& at) noexcept {
    record_type& gone = slab_.hot(id);
    if (has_mirrors(gone)) [[unlikely]]
      erase_mirrors(id);
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

  /// Whether every session is found by its keys, and nothing else is. Walks the whole table.
  bool is_consistent() const noexcept {
    std::uint32_t held = 0;
    std::uint32_t mirrors = 0;
    for (std::uint32_t id = 0; id < slab_.ids_end(); ++id) {
      if (!is_held(id)) continue;
      ++held;
      for (const direction way : {direction::original, direction::reply}) {
        const key_type& key = slab_.hot(id).key[index_of(way)];
        if (occupant(key, hash(key)) != session_ref{id, way}) return false;
        if (!has_mirrors(slab_.hot(id))) continue;
        ++mirrors;
        if (!is_mirrored({id, way})) return false;
      }
    }
    return held == slab_.size() && index_.size() == 2 * held + mirrors;
  }

 private:
  using words_type = typename key_type::words_type;
  using index_type = typename Traits::template index<words_type>;

  /// Two for each session; of those that have four one in 64, and if there are more of them the
  /// index is full before the slab.
  static std::uint32_t entries_for(std::uint32_t sessions_max) noexcept {
    expects(sessions_max < bucket_index::payload_limit / 2, "ids fit the index");
    return 2 * sessions_max + sessions_max / 32 + 2;
  }

  [[gnu::__noinline__]] session_ref find_anywhere(const key_type& key, std::uint64_t hash,
                                                  tick now) const noexcept {
    return living(occupant(key, hash), now);
  }
  session_ref living(session_ref there, tick now) const noexcept {
    return there.found() && hot(there.id()).state.is_dead(now) ? session_ref{} : there;
  }

  bool try_insert(const key_type& key, session_ref leads_to) noexcept {
    return index_.try_insert(hash(key), key.words(), leads_to.payload());
  }
  void erase(const key_type& key, session_ref leads_to) noexcept {
    index_.erase(hash(key), key.words(), leads_to.payload());
  }

  /// The reverse of what leaves the other way.
  key_type mirror_of(session_ref there) const noexcept {
    const auto& key = slab_.hot(there.id()).key;
    return mirror(key[index_of(opposite(there.way()))], key[index_of(there.way())]);
  }
  bool try_file_mirrors(std::uint32_t id) noexcept {
    const session_ref opens{id, direction::original};
    const session_ref answers{id, direction::reply};
    if (!try_insert(mirror_of(answers), answers)) return false;
    if (try_insert(mirror_of(opens), opens)) return true;
    erase(mirror_of(answers), answers);
    return false;
  }
  [[gnu::__noinline__]] void erase_mirrors(std::uint32_t id) noexcept {
    for (const direction way : {direction::original, direction::reply}) {
      erase(mirror_of({id, way}), {id, way});
    }
  }
  bool is_mirrored(session_ref there) const noexcept {
    const key_type key = mirror_of(there);
    return index_.find(hash(key), key.words(), [&](std::uint32_t payload) noexcept {
      return payload == there.payload();
    }) != no_payload;
  }

  typename Traits::hash hash_;
  index_type index_;
  slab<record_type, cold_record> slab_;
};

}  // namespace weir

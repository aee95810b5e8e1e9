#pragma once

// Overview. The sessions of one family: records in a slab, two index entries each, and a queue that
// brings every record up for review. A burst asks in three steps, so that memory is waited for
// once: `prefetch` the index, `candidate` and `prefetch_candidate` the record, `find`.
//
// Life cycle. `try_create` files both keys or neither; `end` takes both away. A session is dead to
// every lookup from its deadline on. `reclaim` ends what is dead, within a budget, and without one
// where a newcomer would be refused otherwise. `find` tells time by 32 bits: every burst begins
// with `reclaim`, whose budget may be zero, so that a jump of days is noticed.
//
// Review. A record has at most one entry in the queue, ever: never further ahead than the shortest
// idle time, so that no deadline can come to lie before it, and kept when the record is released.
// What comes up alive is queued again.

#include "weir/base/contract.hpp"
#include "weir/net/flow_key.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/session/review_queue.hpp"
#include "weir/session/session_book.hpp"
#include "weir/session/session_opening.hpp"
#include "weir/session/session_phase.hpp"
#include "weir/session/session_record.hpp"
#include "weir/session/session_traits.hpp"
#include "weir/session/tcp_tracker.hpp"
#include "weir/session/timeout_profile.hpp"
#include "weir/table/bucket_index.hpp"
#include "weir/table/due_queue.hpp"
#include "weir/table/index.hpp"
#include "weir/table/slab.hpp"
#include "weir/time/tick.hpp"
#include "weir/wire/packed_flow.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace weir {

/// The sessions of one family. Functions that may end sessions call `on_end(id, session_end)` for
/// each, while its record is still whole; it must not change the table.
template <IpVersion V, SessionTraits Traits = session_traits>
class session_table {
 public:
  using key_type = packed_flow<V>;
  using record_type = hot_record<V>;

  explicit session_table(const session_table_options& options)
      : hash_{options.seed},
        index_{2 * checked(options).sessions_max, 2 * options.sessions_max},
        slab_{options.sessions_max},
        profiles_{options.timeouts},
        reviews_{options.sessions_max, profiles_.shortest(), options.start},
        book_{{options.sessions_max, options.when_full, options.per_source_max,
               options.embryonic_per_source_max, options.seed}},
        room_{options.room} {}

  [[gnu::always_inline]] std::uint64_t hash(const key_type& key) const noexcept {
    return hash_(key.words());
  }
  /// Asks for what `candidate` reads.
  void prefetch(std::uint64_t hash) const noexcept { index_.prefetch(hash); }
  /// Whose key this may be, for `prefetch_candidate` and `find`.
  session_ref candidate(std::uint64_t hash, const key_type& key) const noexcept {
    return session_ref{index_.first_candidate(hash, key.words())};
  }
  /// `candidate` and `prefetch_candidate` for each of many lanes, which have a `hash`, a `key()`
  /// and a `candidate`. An index that answers many at once faster than one by one says so by
  /// `first_candidates`.
  template <class Lane>
  void find_candidates(std::span<Lane> lanes) const noexcept {
    const auto take = [this](Lane& lane, std::uint32_t payload) noexcept {
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
  }
  void prefetch_candidate(session_ref candidate) const noexcept {
    slab_.prefetch_hot(candidate.id());
  }
  /// Asks for the record that the creation after `others` more ones will fill.
  void prefetch_creation(std::uint32_t others = 0) const noexcept {
    const std::uint32_t id = slab_.next_free(others);
    slab_.prefetch_hot(id);
    slab_.prefetch_cold(id);
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

  /// Judges a segment of a TCP session, moves the session on and refreshes it.
  [[gnu::always_inline]] tcp_outcome track(session_ref which, const tcp_segment& segment,
                                           tick now) noexcept {
    record_type& there = slab_.hot(which.id());
    const session_phase phase = there.status().phase();
    if (is_plain(phase, segment.flags) && try_note_plain(there.state, which.way(), segment))
        [[likely]] {
      if (phase != session_phase::closing) [[likely]]
        refresh(which, now);
      return outcome_of_plain(phase);
    }
    return track_special(which, segment, now);
  }
  /// Takes note of a packet of any other session: an answer makes it two-way. Refreshes it.
  void track(session_ref which, tick now) noexcept {
    if (which.way() == direction::reply &&
        slab_.hot(which.id()).status().phase() == session_phase::one_way) [[unlikely]] {
      take_answer(which.id());
    }
    refresh(which, now);
  }
  /// Lengthens the life of a session by a packet, where its direction may.
  void refresh(session_ref which, tick now) noexcept {
    record_type& there = slab_.hot(which.id());
    weir::refresh(there, which.way(), profiles_[there.state.profile], now);
  }
  /// Ends the session `ticks` from now, if it does not end before. Limits are exact where that is
  /// not less than the shortest idle time.
  void shorten(std::uint32_t id, std::uint32_t ticks, tick now) noexcept {
    std::uint32_t& deadline = slab_.hot(id).state.deadline_low;
    const std::uint32_t sooner = now.low() + ticks;
    if (static_cast<std::int32_t>(deadline - sooner) > 0) deadline = sooner;
  }
  void count(session_ref which, std::uint16_t bytes) noexcept {
    weir::count(slab_.hot(which.id()), slab_.cold(which.id()), which.way(), bytes);
  }

  /// Makes a session, with both keys or not at all. What stands in its way and is dead ends. A full
  /// table evicts only sessions that `may_evict(id)`.
  template <class OnEnd, class MayEvict = any_session>
  session_creation try_create(const session_opening<V>& opening, tick now, OnEnd&& on_end,
                              MayEvict&& may_evict = {}) noexcept {
    expects(!same_flow(opening.original, key_type{}) && opening.profile < profiles_.size(),
            "a session has a key and a timeout profile");
    if (reviews_.is_overdue(now)) [[unlikely]]
      reclaim(now, 0, on_end);
    const hash_pair at{hash(opening.original), hash(opening.reply)};
    if (same_flow(opening.original, opening.reply)) return {0, session_refusal::key_taken};
    session_refusal refusal = clear(opening.original, at[0], false, now, on_end);
    if (refusal == session_refusal::none) {
      refusal = clear(opening.reply, at[1], opening.is_unclaimed, now, on_end);
    }
    if (refusal == session_refusal::none) {
      refusal = make_room(opening.original, now, on_end, may_evict);
    }
    if (refusal != session_refusal::none) return {0, refusal};

    const std::uint32_t id = slab_.try_acquire();
    if (!try_file(id, opening, at)) {
      slab_.release(id);
      return {0, session_refusal::table_full};
    }
    if (room_ != nullptr) ++room_->sessions;
    begin(slab_.hot(id), slab_.cold(id), opening, profiles_[opening.profile], now);
    if (!slab_.hot(id).has(session_flag::queued)) queue(id, now);
    return {id, session_refusal::none};
  }

  /// Makes way for one more session of the source of a key, by reclaiming or as the policy says.
  template <class OnEnd, class MayEvict = any_session>
  session_refusal make_room(const key_type& original, tick now, OnEnd&& on_end,
                            MayEvict&& may_evict = {}) noexcept {
    reclaim_until(now, on_end, [&]() noexcept {
      return has_room() && book_.limit_of(original) == session_refusal::none;
    });
    const session_refusal limit = book_.limit_of(original);
    if (limit != session_refusal::none || has_room()) return limit;
    const std::uint32_t victim = book_.victim(original, may_evict);
    if (victim == book_.none) return session_refusal::table_full;
    on_end(victim, session_end::evicted);
    end(victim);
    return session_refusal::none;
  }

  /// Files the reply of an unclaimed session under the key that its first packet has. Fails when
  /// that key is another live session's, or there is no place for it.
  template <class OnEnd>
  bool try_claim(std::uint32_t id, const key_type& reply, tick now, OnEnd&& on_end) noexcept {
    record_type& there = slab_.hot(id);
    expects(there.has(session_flag::unclaimed), "a reply is claimed once");
    if (!same_flow(there.key[1], reply)) {
      const std::uint64_t at = hash(reply);
      if (clear(reply, at, false, now, on_end) != session_refusal::none ||
          !index_.try_insert(at, reply.words(), payload(id, direction::reply))) {
        return false;
      }
      index_.erase(hash(there.key[1]), there.key[1].words(), payload(id, direction::reply));
      const std::uint8_t flags = there.key[1].annotation();
      there.key[1] = reply;
      there.key[1].set_annotation(flags);
    }
    there.set(session_flag::unclaimed, false);
    return true;
  }

  /// Ends a session; the caller knows why.
  void end(std::uint32_t id) noexcept {
    expects(is_held(id), "a session that ends is there");
    release(id, hashes(id));
  }

  /// Ends sessions that are dead, reviewing at most `budget` records; answers how many ended.
  template <class OnEnd>
  std::uint32_t reclaim(tick now, std::uint32_t budget, OnEnd&& on_end) noexcept {
    std::uint32_t ended = 0;
    reviews_.review(now, budget, [&](std::span<const due_entry> entries, bool is_over) noexcept {
      ended += review(entries, is_over, now, on_end);
    });
    return ended;
  }

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

  /// Differs whenever a key came or went, so that a burst knows when to look again.
  std::uint32_t changes() const noexcept { return index_.changes(); }
  /// Sessions, including dead ones that were not ended yet.
  std::uint32_t size() const noexcept { return slab_.size(); }
  const timeout_profile& profile(std::uint8_t which) const noexcept { return profiles_[which]; }
  std::size_t bytes() const noexcept {
    return index_.bytes() + slab_.bytes() + reviews_.bytes() + book_.bytes() + profiles_.bytes();
  }

  /// Whether every session is found by both its keys, and nothing else is. Walks the whole table.
  bool is_consistent() const noexcept {
    std::uint32_t held = 0;
    for (std::uint32_t id = 0; id < slab_.ids_end(); ++id) {
      if (!is_held(id)) continue;
      ++held;
      for (const direction way : {direction::original, direction::reply}) {
        const key_type& key = slab_.hot(id).key[index_of(way)];
        if (occupant(key, hash(key)) != session_ref{payload(id, way)}) return false;
      }
    }
    return held == slab_.size() && index_.size() == 2 * held;
  }

 private:
  using words_type = typename key_type::words_type;
  using index_type = typename Traits::template index<words_type>;
  using hash_pair = std::array<std::uint64_t, 2>;

  static constexpr std::uint32_t demand_batch = 1024;

  static const session_table_options& checked(const session_table_options& options) noexcept {
    expects(options.sessions_max < bucket_index::payload_limit / 2, "ids fit the index");
    return options;
  }
  static std::uint32_t payload(std::uint32_t id, direction way) noexcept {
    return id << 1 | static_cast<std::uint32_t>(way);
  }
  bool is_held(std::uint32_t id) const noexcept { return !slab_.hot(id).status().is_none(); }
  hash_pair hashes(std::uint32_t id) const noexcept {
    return {hash(slab_.hot(id).key[0]), hash(slab_.hot(id).key[1])};
  }

  session_ref occupant(const key_type& key, std::uint64_t hash) const noexcept {
    return session_ref{index_.find(hash, key.words(), [&](std::uint32_t payload) noexcept {
      return same_flow(slab_.hot(payload >> 1).key[payload & 1], key);
    })};
  }
  [[gnu::noinline]] session_ref find_anywhere(const key_type& key, std::uint64_t hash,
                                              tick now) const noexcept {
    const session_ref there = occupant(key, hash);
    return there.found() && hot(there.id()).state.is_dead(now) ? session_ref{} : there;
  }

  /// Makes way for a key, unless a live session has it.
  template <class OnEnd>
  session_refusal clear(const key_type& key, std::uint64_t hash, bool is_unclaimed, tick now,
                        OnEnd& on_end) noexcept {
    const session_ref there = occupant(key, hash);
    if (!there.found()) return session_refusal::none;
    const record_type& record = slab_.hot(there.id());
    if (!record.state.is_dead(now)) {
      const bool waits = is_unclaimed && record.has(session_flag::unclaimed);
      return waits ? session_refusal::reply_unclaimed : session_refusal::key_taken;
    }
    on_end(there.id(), session_end::expired);
    end(there.id());
    return session_refusal::none;
  }

  bool has_room() const noexcept {
    return slab_.size() < slab_.records_max() &&
           (room_ == nullptr || room_->sessions < room_->sessions_max);
  }
  /// Files both keys and enters the session in the book, or does neither.
  bool try_file(std::uint32_t id, const session_opening<V>& opening, const hash_pair& at) noexcept {
    const auto original = opening.original.words();
    const auto reply = opening.reply.words();
    if (!index_.try_insert(at[0], original, payload(id, direction::original))) return false;
    if (index_.try_insert(at[1], reply, payload(id, direction::reply))) {
      if (book_.try_enter(id, opening.original)) return true;
      index_.erase(at[1], reply, payload(id, direction::reply));
    }
    index_.erase(at[0], original, payload(id, direction::original));
    return false;
  }

  void queue(std::uint32_t id, tick now) noexcept {
    record_type& there = slab_.hot(id);
    reviews_.enter(id, there.state.deadline_low, now);
    there.set(session_flag::queued, true);
  }

  [[gnu::noinline]] tcp_outcome track_special(session_ref which, const tcp_segment& segment,
                                              tick now) noexcept {
    record_type& there = slab_.hot(which.id());
    const session_phase before = there.status().phase();
    session_phase phase = before;
    const tcp_outcome outcome = track_tcp(there.state, phase, slab_.cold(which.id()).syn,
                                          there.mode(), which.way(), segment);
    if (phase != before) move_on(which.id(), phase);
    if (outcome == tcp_outcome::pass) refresh(which, now);
    return outcome;
  }
  /// The answer may not refresh, and yet a session that may be idle for longer now may be so since
  /// the packet that refreshed it last (RFC 4787 REQ-5).
  void take_answer(std::uint32_t id) noexcept {
    record_type& there = slab_.hot(id);
    const timeout_profile& profile = profiles_[there.state.profile];
    const std::uint32_t before = profile.ticks(there.status());
    move_on(id, session_phase::two_way);
    const std::uint32_t after = profile.ticks(there.status());
    if (after > before) there.state.deadline_low += after - before;
  }
  void move_on(std::uint32_t id, session_phase phase) noexcept {
    record_type& there = slab_.hot(id);
    there.set_status({there.status().kind(), phase});
    if (is_answer(phase) && there.has(session_flag::unanswered)) {
      there.set(session_flag::unanswered, false);
      book_.answer(id);
    }
  }

  void release(std::uint32_t id, const hash_pair& at) noexcept {
    record_type& gone = slab_.hot(id);
    for (const direction way : {direction::original, direction::reply}) {
      index_.erase(at[index_of(way)], gone.key[index_of(way)].words(), payload(id, way));
    }
    book_.leave(id, gone.has(session_flag::unanswered));
    const bool is_queued = gone.has(session_flag::queued);
    gone.key[0] = key_type{};
    gone.key[1] = key_type{};
    gone.set(session_flag::queued, is_queued);
    slab_.release(id);
    if (room_ != nullptr) --room_->sessions;
  }

  /// Reviews a batch of records that have lost their places; answers how many sessions ended.
  template <class OnEnd>
  std::uint32_t review(std::span<const due_entry> entries, bool is_over, tick now,
                       OnEnd& on_end) noexcept {
    for (const due_entry& entry : entries) slab_.prefetch_hot(entry.id);
    std::array<hash_pair, review_queue::batch_max> at;
    std::array<std::uint32_t, review_queue::batch_max> dead;
    std::uint32_t dead_count = 0;
    for (const due_entry& entry : entries) {
      record_type& there = slab_.hot(entry.id);
      there.set(session_flag::queued, false);
      if (!is_held(entry.id)) continue;
      if (!is_over && !there.state.is_dead(now)) {
        queue(entry.id, now);
        continue;
      }
      slab_.prefetch_cold(entry.id);
      at[dead_count] = hashes(entry.id);
      for (const std::uint64_t hash : at[dead_count]) index_.prefetch(hash);
      dead[dead_count++] = entry.id;
    }
    for (std::uint32_t next = 0; next < dead_count; ++next) {
      on_end(dead[next], session_end::expired);
      release(dead[next], at[next]);
    }
    return dead_count;
  }

  /// Reclaims on demand, until there is enough or nothing more is due.
  template <class OnEnd, class IsEnough>
  void reclaim_until(tick now, OnEnd& on_end, IsEnough&& is_enough) noexcept {
    std::uint32_t budget = demand_batch;
    while (!is_enough() && !reviews_.is_settled(now)) {
      if (reclaim(now, budget, on_end) == 0) budget = review_queue::everything;
    }
  }

  typename Traits::hash hash_;
  index_type index_;
  slab<record_type, cold_record> slab_;
  timeout_profiles profiles_;
  review_queue reviews_;
  session_book<V, Traits> book_;
  session_room* room_;
};

}  // namespace weir

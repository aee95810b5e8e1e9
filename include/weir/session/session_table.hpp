#pragma once

// Overview. The sessions of one family: a directory of records by their keys, and a queue that
// brings every record up for review.
//
// Life cycle. `try_create` files all keys or none; `end` takes them away. A session is dead to
// every lookup from its deadline on. `reclaim` ends what is dead, within a budget, and without one
// before a newcomer is refused. `find` tells time by 32 bits: `reclaim` comes before it in every
// tick that is not settled, if with a budget of zero, so that a jump of days is noticed.
//
// Review. A record has at most one entry in the queue, ever: never further ahead than the shortest
// idle time, so that no deadline can come to lie before it, and kept when the record is released.
// What comes up alive is queued again.

#include "weir/base/contract.hpp"
#include "weir/net/flow_key.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/net/session_end.hpp"
#include "weir/session/review_queue.hpp"
#include "weir/session/session_book.hpp"
#include "weir/session/session_directory.hpp"
#include "weir/session/session_opening.hpp"
#include "weir/session/session_phase.hpp"
#include "weir/session/session_record.hpp"
#include "weir/session/session_traits.hpp"
#include "weir/session/tcp_tracker.hpp"
#include "weir/session/timeout_profile.hpp"
#include "weir/table/due_queue.hpp"
#include "weir/table/slab.hpp"
#include "weir/time/tick.hpp"
#include "weir/wire/packed_flow.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace weir {

/// The sessions of one family. Functions that may end sessions call `on_end(id, session_end)` for
/// each, while its record is still whole; it must not change the table. Where many end at once, an
/// `on_end.prefetch(ids)` may ask for what that touches beside the record.
template <IpVersion V, SessionTraits Traits = session_traits>
class session_table : session_directory<V, Traits> {
  using directory = session_directory<V, Traits>;

 public:
  using typename directory::hash_pair;
  using typename directory::key_type;
  using typename directory::record_type;

  explicit session_table(const session_table_options& options)
      : directory{options.sessions_max, options.seed},
        profiles_{options.timeouts},
        reviews_{options.sessions_max, profiles_.shortest()},
        book_{options},
        room_{options.room} {}

  // Where a key leads, and what is there.
  using directory::candidate;
  using directory::cold;
  using directory::find;
  using directory::find_candidates;
  using directory::find_wearer;
  using directory::for_each;
  using directory::for_each_held;
  using directory::hash;
  using directory::hot;
  using directory::is_held;
  using directory::prefetch;
  using directory::prefetch_candidate;
  using directory::size;

  /// Judges a segment of a TCP session, moves the session on and refreshes it.
  [[gnu::__always_inline__]] tcp_outcome track(session_ref which, const tcp_segment& segment,
                                               tick now) noexcept {
    record_type& there = hot(which.id());
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
        hot(which.id()).status().phase() == session_phase::one_way) [[unlikely]] {
      take_answer(which.id());
    }
    refresh(which, now);
  }
  /// Lengthens the life of a session by a packet, where its direction may.
  void refresh(session_ref which, tick now) noexcept {
    record_type& there = hot(which.id());
    weir::refresh(there, which.way(), profiles_[there.state.profile], now);
  }
  void count(session_ref which, std::uint32_t bytes) noexcept {
    weir::count(hot(which.id()), cold(which.id()), which.way(), bytes);
  }

  /// Makes a session, with both keys or not at all. What stands in its way and is dead ends. A full
  /// table evicts only sessions that `may_evict(id)`.
  template <class OnEnd, class MayEvict = any_session>
  session_creation try_create(const session_opening<V>& opening, tick now, OnEnd&& on_end,
                              MayEvict&& may_evict = {}) noexcept {
    return try_create(opening, {hash(opening.original), hash(opening.reply)}, now, on_end,
                      may_evict);
  }
  /// The same where the hashes of both keys are known.
  template <class OnEnd, class MayEvict>
  session_creation try_create(const session_opening<V>& opening, const hash_pair& at, tick now,
                              OnEnd&& on_end, MayEvict&& may_evict) noexcept {
    expects(!same_flow(opening.original, key_type{}) && opening.profile < profiles_.size(),
            "a session has a key and a timeout profile");
    if (reviews_.is_overdue(now)) [[unlikely]]
      reclaim(now, 0, on_end);
    session_refusal refusal = make_way(opening, at, now, on_end);
    if (refusal == session_refusal::none) {
      refusal = make_room(opening.original, now, on_end, may_evict);
    }
    if (refusal != session_refusal::none) return {0, refusal};

    const std::uint32_t id = directory::try_file(opening.original, opening.reply, at);
    if (id == no_record) return {0, session_refusal::table_full};
    begin(hot(id), cold(id), opening, profiles_[opening.profile], now);
    if (!book_.try_enter(id, opening.original)) {
      directory::release(id, at);
      return {0, session_refusal::table_full};
    }
    if (room_ != nullptr) ++room_->sessions;
    if (!hot(id).has(session_flag::queued)) queue(id, now);
    return {id, session_refusal::none};
  }

  /// Ends what is dead and stands in a session's way, or says what lives there.
  template <class OnEnd>
  session_refusal make_way(const session_opening<V>& opening, const hash_pair& at, tick now,
                           OnEnd&& on_end) noexcept {
    const auto& [original, reply, is_translated, is_unclaimed, mode, profile, segment] = opening;
    if (same_flow(original, reply)) return session_refusal::key_taken;
    const auto stands = clear(directory::occupant(original, at[0]), false, now, on_end);
    if (stands != session_refusal::none) return stands;
    const auto waits = clear(directory::occupant(reply, at[1]), is_unclaimed, now, on_end);
    if (waits != session_refusal::none || !is_unclaimed) return waits;
    return clear(directory::namesake(original, reply, is_translated), false, now, on_end);
  }

  /// Which limit of its source forbids a session in the place of another one, if any does; what is
  /// dead does not count.
  template <class OnEnd>
  session_refusal limit_in_place_of(std::uint32_t id, const key_type& original, tick now,
                                    OnEnd&& on_end) noexcept {
    const auto limit = [&]() noexcept {
      return book_.limit_of(original, {id, hot(id).has(session_flag::unanswered)});
    };
    reclaim_until(now, on_end, [&]() noexcept { return limit() == session_refusal::none; });
    return limit();
  }

  /// Makes way for one more session of the source of a key, by reclaiming or as the policy says.
  template <class OnEnd, class MayEvict = any_session>
  session_refusal make_room(const key_type& original, tick now, OnEnd&& on_end,
                            MayEvict&& may_evict = {}) noexcept {
    const auto is_enough = [&]() noexcept {
      return has_room() && book_.limit_of(original) == session_refusal::none;
    };
    if (is_enough()) [[likely]]
      return session_refusal::none;
    reclaim_until(now, on_end, is_enough);
    const session_refusal limit = book_.limit_of(original);
    if (limit != session_refusal::none || has_room()) return limit;
    return try_evict(held_by(original), on_end, may_evict) ? session_refusal::none
                                                           : session_refusal::table_full;
  }

  /// Ends what is dead until the room that several tables share has a place.
  template <class OnEnd>
  void reclaim_room(tick now, OnEnd&& on_end) noexcept {
    reclaim_until(now, on_end, [&]() noexcept { return !room_->is_full(); });
  }
  /// Which limit of its source forbids one more session, if any does.
  session_refusal limit_of(const key_type& original) const noexcept {
    return book_.limit_of(original);
  }
  /// How much it is the turn of a session of this table to go, beside another table under the same
  /// policy: how long it has waited, or how many its source has. Zero where none may go.
  std::uint32_t eviction_rank(tick now) const noexcept {
    const std::uint32_t waiting = book_.first_waiting();
    return waiting == book_.none ? book_.most() : now.low() - cold(waiting).created_low + 1;
  }
  /// How many sessions the source of a key has, where shares or limits ask.
  std::uint32_t held_by(const key_type& original) const noexcept { return book_.held_by(original); }
  /// Ends the session that is to go for a newcomer, of this table or of one with the same room,
  /// whose source has so many; false where none is.
  template <class OnEnd, class MayEvict>
  [[gnu::__noinline__]] bool try_evict(std::uint32_t held_already, OnEnd&& on_end,
                                       MayEvict&& may_evict) noexcept {
    const std::uint32_t victim = book_.victim(held_already, may_evict);
    if (victim == book_.none) return false;
    on_end(victim, session_end::evicted);
    end(victim);
    return true;
  }

  /// Files the reply of an unclaimed session under the key that its first packet has. Fails when
  /// that key is another live session's, or there is no place for it.
  template <class OnEnd>
  bool try_claim(std::uint32_t id, const key_type& reply, tick now, OnEnd&& on_end) noexcept {
    const record_type& there = hot(id);
    expects(there.has(session_flag::unclaimed), "a reply is claimed once");
    const auto is_free = [&](session_ref other) noexcept {
      return clear(other, false, now, on_end) == session_refusal::none;
    };
    if (!is_free(directory::occupant(reply, hash(reply))) ||
        !is_free(directory::namesake(reply, there.key[0], there.has(session_flag::translated)))) {
      return false;
    }
    if (directory::try_claim_reply(id, reply)) return true;
    reclaim_until(now, on_end, [&]() noexcept { return directory::has_room(); });
    return directory::try_claim_reply(id, reply);
  }

  /// Ends a session; the caller knows why.
  [[gnu::__noinline__]] void end(std::uint32_t id) noexcept {
    expects(directory::is_held(id), "a session that ends is there");
    release(id, directory::hashes(id));
  }

  /// Ends a session that is dead.
  template <class OnEnd>
  void expire(std::uint32_t id, OnEnd&& on_end) noexcept {
    on_end(id, session_end::expired);
    end(id);
  }

  /// Ends sessions that are dead, reviewing at most `budget` records; answers how many ended.
  template <class OnEnd>
  [[gnu::__noinline__]] std::uint32_t reclaim(tick now, std::uint32_t budget,
                                              OnEnd&& on_end) noexcept {
    std::uint32_t ended = 0;
    reviews_.review(now, budget, [&](std::span<const due_entry> entries, bool is_over) noexcept {
      ended += review(entries, is_over, now, on_end);
    });
    return ended;
  }

  /// Whether all that is dead at `now` has ended; false where that is not known.
  bool is_settled(tick now) const noexcept { return reviews_.is_settled(now); }

  /// What is broken, if anything is: every session is found by its keys and nothing else is,
  /// comes up for review, and is charged to its source. Walks everything, and allocates.
  std::optional<std::string> verify() const {
    if (!directory::is_consistent()) return "is not found by its keys, or something else is";
    if (!is_reviewed()) return "never comes up for review, or does twice";
    const bool is_booked = book_.is_consistent([&](auto&& visit) {
      directory::for_each_held([&](std::uint32_t id) {
        visit(id, hot(id).key[0], hot(id).has(session_flag::unanswered));
      });
    });
    if (!is_booked) return "is not counted as its source's";
    return std::nullopt;
  }

  const timeout_profile& profile(std::uint8_t which) const noexcept { return profiles_[which]; }
  /// Has the platform give all memory now, and not when a session first needs it.
  void populate() noexcept {
    directory::populate();
    reviews_.populate();
    book_.populate();
  }
  std::size_t bytes() const noexcept {
    return directory::bytes() + reviews_.bytes() + book_.bytes() + profiles_.bytes();
  }

 private:
  static constexpr std::uint32_t demand_batch = 1024;

  /// Ends a session that stands in the way of a newcomer, if there is one, unless it lives.
  template <class OnEnd>
  session_refusal clear(session_ref there, bool is_unclaimed, tick now, OnEnd& on_end) noexcept {
    return there.found() ? clear(there.id(), is_unclaimed, now, on_end) : session_refusal::none;
  }
  template <class OnEnd>
  [[gnu::__noinline__]] session_refusal clear(std::uint32_t id, bool is_unclaimed, tick now,
                                              OnEnd& on_end) noexcept {
    const record_type& record = hot(id);
    if (!record.state.is_dead(now)) {
      const bool waits = is_unclaimed && record.has(session_flag::unclaimed);
      return waits ? session_refusal::reply_unclaimed : session_refusal::key_taken;
    }
    expire(id, on_end);
    return session_refusal::none;
  }

  bool has_room() const noexcept {
    return directory::has_room() && (room_ == nullptr || !room_->is_full());
  }

  /// Whether every session has its one place in the queue, and released records keep theirs.
  bool is_reviewed() const noexcept {
    std::uint32_t queued = 0;
    for (std::uint32_t id = 0; id < directory::ids_end(); ++id) {
      const bool is_queued = hot(id).has(session_flag::queued);
      if (directory::is_held(id) && !is_queued) return false;
      queued += is_queued;
    }
    return queued == reviews_.size();
  }

  void queue(std::uint32_t id, tick now) noexcept {
    record_type& there = hot(id);
    reviews_.enter(id, there.state.deadline_low, now);
    there.set(session_flag::queued, true);
  }

  [[gnu::__noinline__]] tcp_outcome track_special(session_ref which, const tcp_segment& segment,
                                                  tick now) noexcept {
    record_type& there = hot(which.id());
    const session_phase before = there.status().phase();
    session_phase phase = before;
    const tcp_outcome outcome = track_tcp(there.state, phase, cold(which.id()).alternative,
                                          there.mode(), which.way(), segment);
    if (phase != before) move_on(which.id(), phase);
    if (outcome == tcp_outcome::pass) refresh(which, now);
    return outcome;
  }
  /// The answer may not refresh, and yet a session that may be idle for longer now may be so since
  /// the packet that refreshed it last (RFC 4787 REQ-5).
  void take_answer(std::uint32_t id) noexcept {
    record_type& there = hot(id);
    const timeout_profile& profile = profiles_[there.state.profile];
    const std::uint32_t before = profile.ticks(there.status());
    move_on(id, session_phase::two_way);
    const std::uint32_t after = profile.ticks(there.status());
    if (after > before) there.state.deadline_low += after - before;
  }
  void move_on(std::uint32_t id, session_phase phase) noexcept {
    record_type& there = hot(id);
    there.set_status({there.status().kind(), phase});
    if (is_answer(phase) && there.has(session_flag::unanswered)) {
      there.set(session_flag::unanswered, false);
      book_.answer(id);
    }
  }

  void release(std::uint32_t id, const hash_pair& at) noexcept {
    book_.leave(id, hot(id).has(session_flag::unanswered));
    directory::release(id, at);
    if (room_ != nullptr) --room_->sessions;
  }

  /// Reviews a batch of records that have lost their places; answers how many sessions ended.
  template <class OnEnd>
  std::uint32_t review(std::span<const due_entry> entries, bool is_over, tick now,
                       OnEnd& on_end) noexcept {
    for (const due_entry& entry : entries) directory::prefetch_record(entry.id);
    std::array<hash_pair, review_queue::batch_max> at;
    std::array<std::uint32_t, review_queue::batch_max> dead;
    std::uint32_t dead_count = 0;
    for (const due_entry& entry : entries) {
      record_type& there = hot(entry.id);
      there.set(session_flag::queued, false);
      if (!directory::is_held(entry.id)) continue;
      if (!is_over && !there.state.is_dead(now)) {
        queue(entry.id, now);
        continue;
      }
      at[dead_count] = directory::prefetch_release(entry.id);
      dead[dead_count++] = entry.id;
    }
    const std::span<const std::uint32_t> ending{dead.data(), dead_count};
    if constexpr (requires { on_end.prefetch(ending); }) on_end.prefetch(ending);
    for (std::uint32_t next = 0; next < dead_count; ++next) {
      on_end(dead[next], session_end::expired);
      release(dead[next], at[next]);
    }
    return dead_count;
  }

  /// Reclaims on demand, until there is enough or nothing more is due.
  template <class OnEnd, class IsEnough>
  [[gnu::__noinline__]] void reclaim_until(tick now, OnEnd& on_end, IsEnough&& is_enough) noexcept {
    std::uint32_t budget = demand_batch;
    while (!is_enough() && !reviews_.is_settled(now)) {
      if (reclaim(now, budget, on_end) == 0) budget = review_queue::everything;
    }
  }

  timeout_profiles profiles_;
  review_queue reviews_;
  session_book<V, Traits> book_;
  session_room* room_;
};

}  // namespace weir

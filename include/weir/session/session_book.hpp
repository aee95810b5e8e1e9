#pragma once

// Overview. Who holds how many sessions, and which of them would go first: for limits per source,
// and for tables that make room by evicting. A source is an original source address in its domain.
// Sessions stand in chains, oldest first: those not answered yet, and where shares matter the
// others.
//
// Limits. There are never more sources than sessions. Nothing is kept, and nothing allocated, that
// the options do not ask for: 12 bytes for each session where they ask for anything, and for each
// source that may be 7 of index, 24 (IPv6: 48) of counts and 28 of chains more.

#include "weir/base/contract.hpp"
#include "weir/net/domain.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/net/protocol.hpp"
#include "weir/session/session_opening.hpp"
#include "weir/session/session_traits.hpp"
#include "weir/table/memory.hpp"
#include "weir/table/slab.hpp"
#include "weir/wire/packed_flow.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>

namespace weir {

/// The sessions of a table by source and by age.
template <IpVersion V, SessionTraits Traits>
class session_book {
 public:
  static constexpr std::uint32_t none = 0xFFFF'FFFF;
  /// So many memory accesses a newcomer may cost, whoever sends it.
  static constexpr unsigned victims_asked_max = 32;

  explicit session_book(const session_table_options& options)
      : when_full_{options.when_full},
        per_source_max_{options.per_source_max},
        embryonic_per_source_max_{options.embryonic_per_source_max},
        keeps_sources_{has_limits() || shares()},
        hash_{options.seed},
        places_{keeps_sources_ || keeps_chains() ? options.sessions_max : 0},
        sources_{keeps_sources_ ? options.sessions_max : 0},
        index_{keeps_sources_ ? options.sessions_max : 0, options.sessions_max},
        ranks_{shares() ? options.sessions_max + std::size_t{1} : 0} {
    for (std::size_t rank = 0; rank < ranks_.size(); ++rank) ranks_[rank] = none;
  }

  /// A session whose place another one would take.
  struct former {
    std::uint32_t id = none;
    bool is_unanswered = false;
  };
  /// Which limit of its source forbids one more session, if any does.
  session_refusal limit_of(const packed_flow<V>& original) const noexcept {
    return has_limits() ? asked_limit_of(original, {}) : session_refusal::none;
  }
  /// The same where another one ends for it.
  session_refusal limit_of(const packed_flow<V>& original, const former& gone) const noexcept {
    return has_limits() ? asked_limit_of(original, gone) : session_refusal::none;
  }

  /// How many sessions the source of a key has; none where nobody asks.
  std::uint32_t held_by(const packed_flow<V>& original) const noexcept {
    const std::uint32_t source = keeps_sources_ ? find(original) : none;
    return source == none ? 0 : sources_.hot(source).sessions;
  }

  /// The session whose turn it is to make room, where those go that wait; or `none`.
  std::uint32_t first_waiting() const noexcept { return waiting_.first; }
  /// The most sessions that a source has, where shares matter.
  std::uint32_t most() const noexcept { return most_; }

  /// The session that a full table ends to make room for a newcomer whose source has so many, or
  /// `none`: of those whose turn it is, the first that `may_go(id)`. Beyond `victims_asked_max` of
  /// them nobody is asked.
  template <class MayGo>
  std::uint32_t victim(std::uint32_t held_already, MayGo&& may_go) const noexcept {
    if (when_full_ == full_policy::evict_embryonic) {
      return first_that(may_go, waiting_.first, &place::next);
    }
    if (!shares()) return none;
    if (most_ < held_already + 2) return none;
    const chains& held = sources_.cold(ranks_[most_]);
    const std::uint32_t waiting = first_that(may_go, held.waiting.first, &place::next);
    return waiting != none ? waiting : first_that(may_go, held.answered.last, &place::previous);
  }

  /// Enters a session that is not answered yet. Fails, and changes nothing, when the index has no
  /// room for its source.
  bool try_enter(std::uint32_t id, const packed_flow<V>& original) noexcept {
    if (is_idle()) return true;
    std::uint32_t source = none;
    if (keeps_sources_) {
      source = find(original);
      if (source == none) source = try_add_source(original);
      if (source == none) return false;
      ++sources_.hot(source).sessions;
      ++sources_.hot(source).unanswered;
      rank_up(source);
    }
    places_[id].source = source;
    if (keeps_chains()) append(waiting(source), id);
    return true;
  }

  /// A session that was entered is answered.
  void answer(std::uint32_t id) noexcept {
    if (is_idle()) return;
    const std::uint32_t source = places_[id].source;
    if (keeps_sources_) --sources_.hot(source).unanswered;
    if (keeps_chains()) unlink(waiting(source), id);
    if (shares()) append(sources_.cold(source).answered, id);
  }

  /// A session that was entered ends.
  void leave(std::uint32_t id, bool is_unanswered) noexcept {
    if (is_idle()) return;
    const std::uint32_t source = places_[id].source;
    if (is_unanswered && keeps_chains()) unlink(waiting(source), id);
    if (!is_unanswered && shares()) unlink(sources_.cold(source).answered, id);
    if (!keeps_sources_) return;
    counts& held = sources_.hot(source);
    rank_out(source, held.sessions);
    --held.sessions;
    if (is_unanswered) --held.unanswered;
    if (held.sessions != 0) {
      rank_in(source);
    } else {
      index_.erase(hash_(held.name.words()), held.name.words(), source);
      sources_.release(source);
    }
  }

  /// Whether it holds exactly the sessions that `for_each_session(visit)` names one by one, as
  /// `visit(id, original, is_unanswered)`. Walks everything, and allocates.
  template <class ForEach>
  bool is_consistent(ForEach&& for_each_session) const {
    if (is_idle()) return true;
    bool is_sound = true;
    std::map<std::uint32_t, members> charged;  // by source
    for_each_session([&](std::uint32_t id, const packed_flow<V>& original, bool is_unanswered) {
      const std::uint32_t source = keeps_sources_ ? find(original) : none;
      is_sound = is_sound && places_[id].source == source;
      auto& of_source = charged[source];
      (is_unanswered ? of_source.waiting : of_source.answered).insert(id);
    });
    if (!is_sound || (keeps_sources_ && charged.size() != sources_.size())) return false;
    if (when_full_ == full_policy::evict_embryonic) {
      std::set<std::uint32_t> all;
      for (const auto& [source, held] : charged)
        all.insert(held.waiting.begin(), held.waiting.end());
      is_sound = is_chain_of(waiting_, all);
    }
    return is_sound && std::all_of(charged.begin(), charged.end(), [&](const auto& one) {
             return !keeps_sources_ || is_charged(one.first, one.second);
           });
  }

  std::uint32_t sources() const noexcept { return sources_.size(); }
  /// Has the platform give all memory now.
  void populate() noexcept {
    places_.populate();
    sources_.populate();
    index_.populate();
    ranks_.populate();
  }
  std::size_t bytes() const noexcept {
    return is_idle() ? 0
                     : places_.bytes() + sources_.bytes() + ranks_.bytes() +
                           (keeps_sources_ ? index_.bytes() : 0);
  }

 private:
  struct place {
    std::uint32_t previous;
    std::uint32_t next;
    std::uint32_t source;
  };
  struct chain {
    std::uint32_t first = none;
    std::uint32_t last = none;
  };
  struct counts {
    packed_flow<V> name;
    std::uint32_t sessions;
    std::uint32_t unanswered;
  };
  /// Sources with equally many sessions are linked, the latest to come there first.
  struct chains {
    chain waiting;
    chain answered;
    std::uint32_t previous;
    std::uint32_t next;
  };

  /// The sessions of a source.
  struct members {
    std::set<std::uint32_t> waiting;
    std::set<std::uint32_t> answered;
  };

  using words_type = typename packed_flow<V>::words_type;

  /// Whether a chain links these sessions and no others, in both directions.
  bool is_chain_of(const chain& links, std::set<std::uint32_t> expected) const {
    std::uint32_t before = none;
    for (std::uint32_t id = links.first; id != none; id = places_[id].next) {
      if (expected.erase(id) == 0 || places_[id].previous != before) return false;
      before = id;
    }
    return expected.empty() && links.last == before;
  }

  /// Whether a source counts these sessions, links them, and stands where its count says.
  bool is_charged(std::uint32_t source, const members& held) const {
    const counts& counted = sources_.hot(source);
    if (counted.unanswered != held.waiting.size() ||
        counted.sessions != held.waiting.size() + held.answered.size()) {
      return false;
    }
    if (!shares()) return true;
    const chains& links = sources_.cold(source);
    const bool is_ranked = links.previous == none ? ranks_[counted.sessions] == source
                                                  : sources_.cold(links.previous).next == source;
    return is_ranked && counted.sessions <= most_ && is_chain_of(links.waiting, held.waiting) &&
           is_chain_of(links.answered, held.answered);
  }

  bool is_idle() const noexcept { return places_.size() == 0; }
  bool has_limits() const noexcept {
    return per_source_max_ != 0 || embryonic_per_source_max_ != 0;
  }
  bool shares() const noexcept { return when_full_ == full_policy::fair_share; }
  bool keeps_chains() const noexcept { return when_full_ != full_policy::refuse; }
  chain& waiting(std::uint32_t source) noexcept {
    return shares() ? sources_.cold(source).waiting : waiting_;
  }

  /// A source's name: the key of its flows with nothing but domain and source address.
  static packed_flow<V> name_of(const packed_flow<V>& original) noexcept {
    return packed_flow<V>{original.domain(), weir::protocol{}, original.source_bits(), {}, 0};
  }
  std::uint32_t find(const packed_flow<V>& original) const noexcept {
    const packed_flow<V> name = name_of(original);
    return index_.find(hash_(name.words()), name.words(), [&](std::uint32_t source) noexcept {
      return same_flow(sources_.hot(source).name, name);
    });
  }
  std::uint32_t try_add_source(const packed_flow<V>& original) noexcept {
    const packed_flow<V> name = name_of(original);
    const std::uint32_t source = sources_.try_acquire();
    expects(source != no_record, "there are never more sources than sessions");
    sources_.hot(source) = counts{name, 0, 0};
    sources_.cold(source) = chains{{}, {}, none, none};
    if (!index_.try_insert(hash_(name.words()), name.words(), source)) {
      sources_.release(source);
      return none;
    }
    return source;
  }

  [[gnu::__noinline__]] session_refusal asked_limit_of(const packed_flow<V>& original,
                                                       const former& gone) const noexcept {
    const std::uint32_t source = find(original);
    if (source == none) return session_refusal::none;
    const counts& held = sources_.hot(source);
    const bool makes_room = gone.id != none && places_[gone.id].source == source;
    const std::uint32_t sessions = held.sessions - (makes_room ? 1 : 0);
    const std::uint32_t unanswered = held.unanswered - (makes_room && gone.is_unanswered ? 1 : 0);
    if (per_source_max_ != 0 && sessions >= per_source_max_) {
      return session_refusal::source_limit;
    }
    if (embryonic_per_source_max_ != 0 && unanswered >= embryonic_per_source_max_) {
      return session_refusal::embryonic_limit;
    }
    return session_refusal::none;
  }

  template <class MayGo>
  std::uint32_t first_that(MayGo& may_go, std::uint32_t id,
                           std::uint32_t place::*next) const noexcept {
    for (unsigned asked = 0; id != none && asked < victims_asked_max; ++asked) {
      if (may_go(id)) return id;
      id = places_[id].*next;
    }
    return none;
  }

  void append(chain& to, std::uint32_t id) noexcept {
    places_[id].previous = to.last;
    places_[id].next = none;
    (to.last == none ? to.first : places_[to.last].next) = id;
    to.last = id;
  }
  void unlink(chain& from, std::uint32_t id) noexcept {
    const place& gone = places_[id];
    (gone.previous == none ? from.first : places_[gone.previous].next) = gone.next;
    (gone.next == none ? from.last : places_[gone.next].previous) = gone.previous;
  }

  /// A source that has one session more than its rank says.
  void rank_up(std::uint32_t source) noexcept {
    const std::uint32_t sessions = sources_.hot(source).sessions;
    if (sessions > 1) rank_out(source, sessions - 1);
    rank_in(source);
  }
  void rank_in(std::uint32_t source) noexcept {
    if (!shares()) return;
    const std::uint32_t rank = sources_.hot(source).sessions;
    chains& links = sources_.cold(source);
    links.previous = none;
    links.next = ranks_[rank];
    if (links.next != none) sources_.cold(links.next).previous = source;
    ranks_[rank] = source;
    if (rank > most_) most_ = rank;
  }
  void rank_out(std::uint32_t source, std::uint32_t rank) noexcept {
    if (!shares()) return;
    const chains& links = sources_.cold(source);
    (links.previous == none ? ranks_[rank] : sources_.cold(links.previous).next) = links.next;
    if (links.next != none) sources_.cold(links.next).previous = links.previous;
    // Whoever leaves the highest rank goes to one of its neighbours, or was the last of all.
    if (rank == most_ && ranks_[rank] == none) --most_;
  }

  full_policy when_full_;
  std::uint32_t per_source_max_;
  std::uint32_t embryonic_per_source_max_;
  bool keeps_sources_;
  typename Traits::hash hash_;
  chain waiting_{};
  std::uint32_t most_ = 0;
  huge_array<place> places_;
  slab<counts, chains> sources_;
  typename Traits::template index<words_type> index_;
  /// The first source with so many sessions.
  huge_array<std::uint32_t> ranks_;
};

}  // namespace weir

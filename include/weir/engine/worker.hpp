#pragma once

// Overview. A worker takes bursts of packets and the time, and answers what happens to each packet.
// Inside, packets go in groups of `burst_max` through three steps, so that memory is waited for
// once per group: headers and key, prefetch of the index; candidate, prefetch of the record; and
// then, one packet after the other, everything that decides. What a packet changes, the next one of
// the same group sees: a burst is judged exactly as its packets one by one. The first step of a
// group asks no table; it is taken between the other two of the group before, whose records are on
// their way meanwhile, and has its own index lines there when its turn comes.
//
// Life cycle. Everything is allocated by the constructor. `process` neither allocates nor throws
// nor locks, and reads no clock.

#include "weir/base/contract.hpp"
#include "weir/engine/answers.hpp"
#include "weir/engine/foresight.hpp"
#include "weir/engine/judge.hpp"
#include "weir/engine/lanes.hpp"
#include "weir/engine/outcome.hpp"
#include "weir/engine/packet_view.hpp"
#include "weir/engine/plain_path.hpp"
#include "weir/engine/read_group.hpp"
#include "weir/engine/refused_headers.hpp"
#include "weir/engine/session_account.hpp"
#include "weir/engine/shard.hpp"
#include "weir/engine/sink.hpp"
#include "weir/engine/snapshot.hpp"
#include "weir/engine/verify.hpp"
#include "weir/packet/packet_burst.hpp"
#include "weir/time/tick.hpp"
#include "weir/wire/header_walk.hpp"
#include "weir/wire/icmp_error.hpp"
#include "weir/wire/ipv4_header.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace weir {

/// Judges the packets of one snapshot, on one thread at a time. There is one worker to a snapshot:
/// sessions, ports and limits are its own, and a second one would give the same ports away: where
/// there are pools, making it breaks a contract. A worker keeps its snapshot: a new configuration
/// is a new worker, whose sessions begin anew, and which is made when the old one is gone:
/// `std::optional::emplace` does that, assignment does not. One that was moved from can only be
/// assigned to or destroyed.
///
/// Making one allocates the tables for `sessions.max` sessions of either family, `memory_need_of`
/// the snapshot, and throws std::bad_alloc where the platform has not as much.
template <EngineTraits Traits = default_traits>
class basic_worker {
 public:
  explicit basic_worker(std::shared_ptr<const snapshot> config, const worker_options& options = {})
      : state_{std::make_unique<detail::shard<Traits>>(std::move(config), options)},
        lanes_{std::make_unique<lanes>()},
        ahead_{std::make_unique<lanes>()},
        strangers_{std::make_unique<strangers>()} {}

  /// Judges every packet of a burst, in order; the sink hears a verdict for each. `now` is the time
  /// of all of them, or where that is earlier the last one; interfaces are those of the snapshot.
  template <PacketBurst B, Sink<packet_of<B>> S>
  void process(const B& burst, instant now, S& sink) noexcept {
    const tick at = advance(now);
    is_busy_ = true;
    state_->keep_up(at);
    // Who takes packets one by one waits for each.
    constexpr bool reads_ahead = Traits::burst_max > 1;
    std::size_t count = std::min(burst.size(), Traits::burst_max);
    detail::read_group(*state_, burst, 0, count, *ahead_);
    for (std::size_t first = 0; first < burst.size();) {
      std::swap(lanes_, ahead_);
      if (first != 0) state_->keep_up(at);
      probe(burst, first, count);
      const std::size_t next = first + count;
      const std::size_t next_count = std::min(burst.size() - next, Traits::burst_max);
      const auto read_next = [&]() noexcept {
        detail::read_group(*state_, burst, next, next_count, *ahead_);
      };
      if constexpr (reads_ahead) read_next();
      conclude(burst, first, count, at, sink);
      if constexpr (!reads_ahead) read_next();
      first = next;
      count = next_count;
    }
    is_busy_ = false;
  }

  /// Ends sessions whose time is up, reviewing at most `budget` records of each family or moving
  /// them nearer to their review; for idle times. Answers how many ended: none may mean that all it
  /// reviewed live on, or were moved; whether anything is left that is due, `is_settled` says.
  std::uint32_t expire(instant now, std::uint32_t budget = reclaim_unbounded) noexcept {
    const tick at = advance(now);
    is_busy_ = true;
    const std::uint32_t ended = state_->reclaim(at, budget);
    is_busy_ = false;
    return ended;
  }

  /// Whether every session has ended whose time was up by the last burst or `expire`; false where
  /// that is not known.
  bool is_settled() const noexcept {
    return state_->sessions4.is_settled(now_) && state_->sessions6.is_settled(now_);
  }

  const snapshot& config() const noexcept { return *state_->config; }
  const packet_counters& packets() const noexcept { return state_->packets; }
  const session_counters& lives() const noexcept { return state_->lives; }
  typename Traits::observer& observer() noexcept { return state_->observer; }

  /// Calls `visit(const session_account&)` for every live session, as of the time of the last
  /// burst; only between bursts. Walks both tables.
  template <class Visit>
  void for_each_session(Visit&& visit) const {
    const auto tell = [&](const auto& table) {
      table.for_each(now_, [&](std::uint32_t id) {
        visit(account_of(id, table.hot(id), table.cold(id), now_));
      });
    };
    tell(state_->sessions4);
    tell(state_->sessions6);
  }

  /// The tables, for reports and lookups; only between bursts.
  const session_table<ipv4, Traits>& sessions4() const noexcept { return state_->sessions4; }
  const session_table<ipv6, Traits>& sessions6() const noexcept { return state_->sessions6; }
  const mapping_table<ipv4, Traits>& mappings() const noexcept { return state_->mappings; }

  /// What is broken in the tables, if anything is. Walks all of them, and allocates.
  std::optional<std::string> verify() const { return detail::verify(*state_); }

  /// The domain a packet is in: its interface's, or for the box's own that of its source. The
  /// interface is one of the snapshot's.
  template <IpVersion V>
  domain_id domain_of(std::span<const std::byte> bytes, interface_id ingress) const noexcept {
    expects(ingress.number() < state_->ingress.size(), "packets come from known interfaces");
    return detail::domain_of<V>(*state_, bytes, ingress);
  }

  /// The time of the last burst, or of the last `expire`.
  tick now() const noexcept { return now_; }

 private:
  using lanes = detail::lanes<Traits::burst_max>;
  using strangers = detail::strangers<Traits::burst_max>;

  tick advance(instant now) noexcept {
    expects(!is_busy_, "no sink and no observer calls the worker that calls it");
    now_ = std::max(now_, tick::at(now));
    return now_;
  }

  /// Second step: the record that the key may lead to is asked for, or what a new flow needs.
  template <PacketBurst B>
  void probe(const B& burst, std::size_t first, std::size_t count) noexcept {
    strangers_->bits = 0;
    for (std::size_t i = 0; i < count;) {
      const std::size_t end = lanes_->run_end(lanes_->special, i, count);
      if (i == end) {
        lanes_->is_six(i) ? probe_lane<ipv6>(i) : probe_lane<ipv4>(i);
        ++i;
      } else {
        lanes_->is_six(i) ? probe_plain<ipv6>(i, end) : probe_plain<ipv4>(i, end);
        i = end;
      }
    }
    if (strangers_->bits != 0) [[unlikely]] {
      foresee(burst, first);
    }
  }

  template <IpVersion V>
  void probe_lane(std::size_t i) noexcept {
    auto& lane = lanes_->template of<V>(i);
    if (!has_session_key(lane.headers.facts)) [[unlikely]] {
      return;
    }
    const auto& table = state_->template sessions<V>();
    lane.candidate = table.candidate(lane.hash, lane.headers.key);
    table.prefetch_candidate(lane.candidate);
    // A candidate may be another flow's session. Who opens a connection has seldom one already.
    strangers_->note(i, !lane.candidate.found() || detail::is_opener(lane.headers.facts));
  }

  template <IpVersion V>
  [[gnu::__noinline__]] void probe_plain(std::size_t begin, std::size_t end) noexcept {
    const std::span all{lanes_->template plain<V>()};
    if (!state_->template sessions<V>().find_candidates(all.subspan(begin, end - begin)))
        [[unlikely]] {
      for (std::size_t i = begin; i < end; ++i) {
        strangers_->note(i, !all[i].candidate.found());
      }
    }
  }

  /// Looks up what strange packets will be asked.
  template <PacketBurst B>
  [[gnu::__noinline__, gnu::__flatten__]] void foresee(const B& burst, std::size_t first) noexcept {
    detail::foresight_group<ipv4> four{strangers_->four_searches};
    detail::foresight_group<ipv6> six{strangers_->six_searches};
    for (auto left = strangers_->bits; left != 0; left &= left - 1) {
      const auto i = static_cast<std::size_t>(std::countr_zero(left));
      const auto ingress = burst.meta(first + i).ingress;
      if (lanes_->is_six(i)) {
        six.add(lanes_->template key<ipv6>(i), ingress, strangers_->six[i]);
      } else {
        four.add(lanes_->template key<ipv4>(i), ingress, strangers_->four[i]);
      }
    }
    four.look(*state_);
    six.look(*state_);
  }

  /// Third step: everything that decides, in the order of the packets. Those that go straight on
  /// are taken in runs, of which each is judged, rewritten and told of before the next one.
  template <PacketBurst B, class S>
  void conclude(const B& burst, std::size_t first, std::size_t count, tick now, S& sink) noexcept {
    state_->packets.in.add(count);
    const std::uint64_t long_way = lanes_->special | strangers_->bits;
    for (std::size_t i = 0; i < count;) {
      const std::size_t end = lanes_->run_end(long_way, i, count);
      if (i < end) {
        i = lanes_->is_six(i) ? pass_plain<ipv6>(burst, first, i, end, now, sink)
                              : pass_plain<ipv4>(burst, first, i, end, now, sink);
        if (i == end) continue;
      }
      conclude_any(burst, first + i, i, now, sink);
      ++i;
    }
  }

  /// Where a run ends, as far as packets that came in by strict interfaces are behind them.
  template <IpVersion V, PacketBurst B>
  std::size_t guarded_end(const B& burst, std::size_t first, std::size_t i,
                          std::size_t end) const noexcept {
    if (!state_->guards_plain) return end;
    const auto& plain = lanes_->template plain<V>();
    for (; i < end; ++i) {
      const auto ingress = burst.meta(first + i).ingress;
      if (state_->ingress[ingress.number()].is_strict &&
          !detail::is_behind<V>(*state_, plain[i].candidate, ingress)) {
        break;
      }
    }
    return i;
  }

  /// Passes packets on the straight way up to the first one that leaves it; answers its place.
  template <IpVersion V, PacketBurst B, class S>
  [[gnu::__noinline__]] std::size_t pass_plain(const B& burst, std::size_t first, std::size_t i,
                                               std::size_t end, tick now, S& sink) noexcept {
    end = guarded_end<V>(burst, first, i, end);
    auto& state = *state_;
    const auto* const plain = lanes_->template plain<V>().data();
    const std::size_t begin = i;
    for (; i < end; ++i) {
      const auto* hop = detail::pass_plain(state, plain[i], now);
      if (hop == nullptr) [[unlikely]] {
        break;
      }
      auto packet = burst[first + i];
      state.observer.decided(hop->decision);
      sink.decided(first + i, packet, hop->decision);
    }
    state.packets.out.add(i - begin);
    return i;
  }

  /// The long way, which asks a packet every question.
  template <PacketBurst B, class S>
  [[gnu::__noinline__]] void conclude_any(const B& burst, std::size_t index, std::size_t i,
                                          tick now, S& sink) noexcept {
    auto packet = burst[index];
    const detail::packet_view view{packet.bytes(), burst.meta(index)};
    if (!lanes_->is_special(i)) {
      lanes_->is_six(i)
          ? lanes_->template walk_plain<ipv6>(i, view.bytes, packet.wire_size(), state_->walking)
          : lanes_->template walk_plain<ipv4>(i, view.bytes, packet.wire_size(), state_->walking);
    }
    const auto decision = lanes_->is_six(i) ? conclude_lane<ipv6>(i, index, view, now, sink)
                                            : conclude_lane<ipv4>(i, index, view, now, sink);
    state_->packets.book(decision);
    state_->observer.decided(decision);
    sink.decided(index, packet, decision);
  }

  template <IpVersion V, class S>
  verdict conclude_lane(std::size_t i, std::size_t index, const detail::packet_view& view, tick now,
                        S& sink) noexcept {
    auto& lane = lanes_->template of<V>(i);
    const auto end = decide<V>(lane, view, now, strangers_->template seen<V>(i));
    if (!end.answer().is_nothing()) [[unlikely]] {
      answer<V>(end.answer(), lane.headers, view, index, now, sink);
    }
    return end.decision();
  }

  template <IpVersion V>
  [[gnu::__noinline__, gnu::__flatten__]] outcome decide(
      detail::lane<V>& lane, const detail::packet_view& view, tick now,
      const detail::foresight<V>* seen) noexcept {
    const auto& headers = lane.headers;
    if (!headers.facts.ok) [[unlikely]] {
      const auto domain = detail::domain_of<V>(*state_, view.bytes, view.meta.ingress);
      return detail::judge_refused<V>(*state_, lane.headers, view, domain);
    }
    if (state_->judges_transport && detail::is_corrupt(headers, view)) [[unlikely]] {
      return drop_reason::bad_transport_checksum;
    }
    bool is_known = false;
    if (has_session_key(headers.facts)) [[likely]] {
      const auto which =
          state_->template sessions<V>().find(headers.key, lane.hash, lane.candidate, now);
      is_known = which.found() && goes_along<V>(headers.facts, which.way());
      if (is_known) [[likely]] {
        if (const auto passed = detail::pass_known<V>(*state_, which, headers, view, now)) {
          return passed;
        }
      }
    }
    return detail::judge_new<V>(*state_, lane, view, is_known, now, seen);
  }

  template <IpVersion V, class S>
  void answer(const answer_request& request, const walked<V>& headers,
              const detail::packet_view& view, std::size_t index, tick now, S& sink) noexcept {
    const auto bytes = detail::write_answer<V>(*state_, request, headers, view, now, answer_);
    if (bytes.empty()) return;
    state_->packets.generated.add();
    const emission where{view.meta.ingress, next_hop_id{}, true, index};
    if (!sink.generated(bytes, where)) {
      state_->packets.generated_refused.add();
    }
  }

  std::unique_ptr<detail::shard<Traits>> state_;
  std::unique_ptr<lanes> lanes_;  ///< of the group that is judged
  std::unique_ptr<lanes> ahead_;  ///< of the one that is opened before its turn
  std::unique_ptr<strangers> strangers_;
  answer_buffer answer_{};
  tick now_{};
  bool is_busy_ = false;
};

using worker = basic_worker<>;

}  // namespace weir

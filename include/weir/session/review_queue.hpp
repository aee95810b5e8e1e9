#pragma once

// Overview. Brings every record up for review before long: no further ahead than the shortest idle
// time, so that no deadline, however it is moved, can come to lie before its review. A record has
// one place in the queue at most, whatever sessions come and go in it; so the queue is never full.
//
// Deadlines are stored as half a tick. So that none is ever taken for one that is still to come,
// all that is due is reviewed every six days whatever the budget, and after twelve days without a
// call every session is over.

#include "weir/base/contract.hpp"
#include "weir/session/timeouts.hpp"
#include "weir/table/due_queue.hpp"
#include "weir/time/tick.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace weir {

/// The order in which the records of a table are reviewed.
class review_queue {
 public:
  static constexpr std::uint32_t batch_max = due_queue::batch_max;

  /// `horizon` is the shortest idle time of any session, in ticks.
  review_queue(std::uint32_t records_max, std::uint32_t horizon)
      : horizon_{horizon}, queue_{records_max, tick{}} {
    expects(horizon > 0 && horizon <= timeout_ticks_max, "records are reviewed ahead of time");
  }

  /// Queues a record that has no place: for its deadline, or sooner.
  void enter(std::uint32_t id, std::uint32_t deadline_low, tick now) noexcept {
    const std::uint32_t ahead = std::min(deadline_low - now.low(), horizon_);
    const bool is_queued = queue_.try_push(now + ahead, id);
    expects(is_queued, "a record has one place in the queue");
  }

  /// Whether time has come so far that everything must be reviewed before anything is asked.
  bool is_overdue(tick now) const noexcept {
    return now.count() >= reviewed_.count() + full_review_ticks;
  }
  /// Whether nothing is due that was not reviewed at `now`.
  bool is_settled(tick now) const noexcept { return reviewed_ >= now; }

  /// Hands over what is due, at most about `budget` records, as spans of ids that have lost their
  /// places: `visit(entries, is_over)`, where `is_over` says that no session can be alive. It may
  /// enter records. Answers how many.
  template <class Visit>
  std::uint32_t review(tick now, std::uint32_t budget, Visit&& visit) noexcept {
    const bool is_over = now.count() >= latest_.count() + timeout_ticks_max;
    const std::uint32_t granted = is_overdue(now) ? everything : budget;
    latest_ = std::max(latest_, now);
    const std::uint32_t reviewed =
        queue_.drain(latest_, granted,
                     [&](std::span<const due_entry> entries) noexcept { visit(entries, is_over); });
    if (granted == everything || queue_.is_drained()) reviewed_ = latest_;
    return reviewed;
  }

  static constexpr std::uint32_t everything = 0xFFFF'FFFF;

  /// Records that have a place.
  std::uint32_t size() const noexcept { return queue_.size(); }
  /// Has the platform give all memory now.
  void populate() noexcept { queue_.populate(); }
  std::size_t bytes() const noexcept { return queue_.bytes(); }

 private:
  static constexpr std::uint64_t full_review_ticks = timeout_ticks_max / 2;

  std::uint32_t horizon_;
  /// The latest tick told, and the latest one up to which everything was reviewed.
  tick latest_{};
  tick reviewed_{};
  due_queue queue_;
};

}  // namespace weir

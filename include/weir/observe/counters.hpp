#pragma once

#include "weir/base/drop_reason.hpp"
#include "weir/base/verdict.hpp"
#include "weir/observe/counter.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace weir {

/// What happened to the packets of one shard.
/// `in = out + dropped + delivered + consumed + held` holds between bursts.
struct packet_counters {
  counter in;         ///< packets given to the engine
  counter out;        ///< forwarded
  counter dropped;    ///< the sum of `by_reason`
  counter delivered;  ///< to the box itself
  counter consumed;   ///< taken in by weir; what it answers is dropped
  counter held;       ///< waiting inside the engine now

  counter generated;           ///< packets weir made: errors, resets
  counter generated_refused;   ///< of these, refused by the sink
  counter answers_suppressed;  ///< errors not made because of the rate limit

  std::array<counter, drop_reason_count> by_reason;

  /// Books one verdict. Cost: one or two increments.
  void book(const verdict& answer) noexcept {
    switch (answer.kind()) {
      case verdict_kind::forward:
        out.add();
        return;
      case verdict_kind::deliver:
        delivered.add();
        return;
      case verdict_kind::consume:
        consumed.add();
        return;
      case verdict_kind::drop:
        dropped.add();
        by_reason[static_cast<std::size_t>(answer.reason())].add();
        return;
    }
  }

  /// Whether every packet that came in is accounted for once.
  bool balanced() const noexcept {
    std::uint64_t reasons = 0;
    for (const auto& one : by_reason) {
      reasons += one.read();
    }
    return reasons == dropped.read() && in.read() == out.read() + dropped.read() +
                                                         delivered.read() + consumed.read() +
                                                         held.read();
  }
};

/// The life of sessions in one shard.
struct session_counters {
  counter created;
  counter expired;  ///< ended because their time was up
  counter ended;    ///< ended by the engine, for any other reason
  counter evicted;  ///< ended by the table, to make room
  counter refused;  ///< not created: no room, a limit, or a key that is another's
};

}  // namespace weir

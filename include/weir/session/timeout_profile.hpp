#pragma once

#include "weir/base/contract.hpp"
#include "weir/session/session_phase.hpp"
#include "weir/session/timeouts.hpp"
#include "weir/table/memory.hpp"
#include "weir/time/instant.hpp"
#include "weir/time/tick.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace weir {

/// Idle times as ticks, by the status of a session: half a kilobyte, for one load.
class timeout_profile {
 public:
  /// Each is at most `timeout_ticks_max` and counts as at least one tick.
  constexpr explicit timeout_profile(const session_timeouts& timeouts) noexcept {
    for (std::size_t byte = 0; byte < ticks_.size(); ++byte) {
      const auto status = session_status::from_byte(static_cast<std::uint8_t>(byte));
      ticks_[byte] = checked(idle_time(timeouts, status));
    }
  }

  constexpr std::uint32_t ticks(session_status status) const noexcept {
    return ticks_[status.byte() % session_status::bytes_count];
  }
  constexpr std::uint32_t shortest() const noexcept { return std::ranges::min(ticks_); }

 private:
  /// An INIT alone holds no more than a SYN alone, and no more than an association.
  static constexpr duration idle_time(const session_timeouts& timeouts,
                                      session_status status) noexcept {
    const auto given = timeouts.*timeout_of(status.kind(), status.phase());
    return status.kind() == session_kind::sctp ? std::min(given, timeouts.sctp) : given;
  }

  static constexpr std::uint32_t checked(duration timeout) noexcept {
    const std::uint64_t ticks = ticks_in(timeout);
    expects(ticks <= timeout_ticks_max, "an idle time is at most 12 days");
    return std::max(static_cast<std::uint32_t>(ticks), 1u);
  }

  std::array<std::uint32_t, session_status::bytes_count> ticks_{};
};
static_assert(timeout_profile{session_timeouts{}}.ticks({session_kind::tcp,
                                                         session_phase::established}) == 7'440'000);
static_assert(timeout_profile{session_timeouts{}}.shortest() == 60'000);

/// The profiles of a table: sessions name theirs by its place.
class timeout_profiles {
 public:
  /// At least one, at most 256.
  explicit timeout_profiles(std::span<const session_timeouts> timeouts)
      : profiles_{timeouts.size()} {
    expects(!timeouts.empty() && timeouts.size() <= 256, "a byte names a timeout profile");
    for (std::size_t which = 0; which < timeouts.size(); ++which) {
      profiles_[which] = timeout_profile{timeouts[which]};
      shortest_ = std::min(shortest_, profiles_[which].shortest());
    }
  }

  const timeout_profile& operator[](std::size_t which) const noexcept { return profiles_[which]; }
  std::size_t size() const noexcept { return profiles_.size(); }
  /// The shortest idle time of all.
  std::uint32_t shortest() const noexcept { return shortest_; }
  std::size_t bytes() const noexcept { return profiles_.bytes(); }

 private:
  huge_array<timeout_profile> profiles_;
  std::uint32_t shortest_ = timeout_ticks_max;
};

}  // namespace weir

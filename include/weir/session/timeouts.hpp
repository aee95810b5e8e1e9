#pragma once

#include "weir/base/contract.hpp"
#include "weir/table/memory.hpp"
#include "weir/time/instant.hpp"
#include "weir/time/tick.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace weir {

/// What decides how long a silent session lives.
enum class timeout_class : std::uint8_t {
  tcp_opening,      ///< the handshake is not complete
  tcp_established,  ///< it is, and neither side has finished
  tcp_half_closed,  ///< one side has finished
  tcp_closing,      ///< both have
  tcp_reset,        ///< one side has reset
  udp,              ///< both ways
  udp_one_way,      ///< no answer yet
  dns,              ///< UDP towards port 53
  icmp,             ///< ICMP and ICMPv6 queries
  sctp,             ///< SCTP that was answered
  gre,
  esp,
  other,
};
inline constexpr std::size_t timeout_class_count = 13;

/// Idle times after which a session ends, one for each class.
struct session_timeouts {
  duration tcp_opening = duration::minutes(4);        ///< RFC 5382 REQ-5: not under 4 min
  duration tcp_established = duration::minutes(124);  ///< RFC 5382 REQ-5: not under 2 h 4 min
  duration tcp_half_closed = duration::minutes(124);  ///< RFC 6146 section 3.5.2.2: as established
  duration tcp_closing = duration::minutes(4);        ///< RFC 7857 section 2.1: 4 min
  duration tcp_reset = duration::minutes(4);          ///< RFC 7857 section 2.2: 4 min
  duration udp = duration::minutes(5);                ///< RFC 4787 REQ-5: 5 min recommended
  duration udp_one_way = duration::minutes(2);        ///< RFC 4787 REQ-5: not under 2 min
  duration dns = duration::minutes(2);                ///< RFC 4787 REQ-5: not under 2 min
  duration icmp = duration::seconds(60);              ///< RFC 5508 REQ-2: not under 60 s
  duration sctp = duration::minutes(124);             ///< as an established TCP connection
  duration gre = duration::minutes(5);                ///< as UDP, which carries tunnels too
  duration esp = duration::minutes(5);                ///< as UDP, which carries tunnels too
  duration other = duration::minutes(10);             ///< no RFC says; longer than any keepalive
};

/// The longest idle time: half of what stored ticks can tell apart, 12 days.
inline constexpr std::uint32_t timeout_ticks_max = stored_ticks_max / 2;

/// Idle times as ticks, ready for the packet path.
class timeout_profile {
 public:
  constexpr timeout_profile() noexcept : timeout_profile{session_timeouts{}} {}
  /// Each is at most `timeout_ticks_max` and counts as at least one tick.
  constexpr explicit timeout_profile(const session_timeouts& timeouts) noexcept
      : ticks_{checked(timeouts.tcp_opening),
               checked(timeouts.tcp_established),
               checked(timeouts.tcp_half_closed),
               checked(timeouts.tcp_closing),
               checked(timeouts.tcp_reset),
               checked(timeouts.udp),
               checked(timeouts.udp_one_way),
               checked(timeouts.dns),
               checked(timeouts.icmp),
               checked(timeouts.sctp),
               checked(timeouts.gre),
               checked(timeouts.esp),
               checked(timeouts.other)} {}

  constexpr std::uint32_t ticks(timeout_class which) const noexcept {
    return ticks_[static_cast<std::size_t>(which)];
  }
  constexpr std::uint32_t shortest() const noexcept {
    return *std::min_element(ticks_.begin(), ticks_.end());
  }

 private:
  static constexpr std::uint32_t checked(duration timeout) noexcept {
    const std::uint64_t ticks = ticks_in(timeout);
    expects(ticks <= timeout_ticks_max, "an idle time is at most 12 days");
    return std::max(static_cast<std::uint32_t>(ticks), 1u);
  }

  std::array<std::uint32_t, timeout_class_count> ticks_;
};
/// The profiles of a table: sessions name theirs by its place, which is a byte.
class timeout_profiles {
 public:
  explicit timeout_profiles(std::span<const session_timeouts> timeouts)
      : profiles_{timeouts.size()} {
    expects(!timeouts.empty() && timeouts.size() <= 256, "a byte names a timeout profile");
    for (std::size_t which = 0; which < timeouts.size(); ++which) {
      profiles_[which] = timeout_profile{timeouts[which]};
      shortest_ = std::min(shortest_, profiles_[which].shortest());
    }
  }

  const timeout_profile& operator[](std::uint8_t which) const noexcept { return profiles_[which]; }
  std::size_t size() const noexcept { return profiles_.size(); }
  /// The shortest idle time of all.
  std::uint32_t shortest() const noexcept { return shortest_; }
  std::size_t bytes() const noexcept { return profiles_.bytes(); }

 private:
  huge_array<timeout_profile> profiles_;
  std::uint32_t shortest_ = timeout_ticks_max;
};
static_assert(timeout_profile{}.ticks(timeout_class::tcp_established) == 7'440'000);
static_assert(timeout_profile{}.ticks(timeout_class::other) == 600'000);
static_assert(timeout_profile{}.shortest() == 60'000);

}  // namespace weir

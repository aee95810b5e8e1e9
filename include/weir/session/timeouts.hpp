#pragma once

#include "weir/time/instant.hpp"
#include "weir/time/tick.hpp"

#include <cstddef>
#include <cstdint>

namespace weir {

/// Idle times after which a session ends; `timeout_of` says which applies when.
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

/// An idle time, and what configurations call it.
struct timeout_member {
  const char* key;
  duration session_timeouts::*member;
};
inline constexpr timeout_member timeout_members[] = {
    {"tcp-opening", &session_timeouts::tcp_opening},
    {"tcp-established", &session_timeouts::tcp_established},
    {"tcp-half-closed", &session_timeouts::tcp_half_closed},
    {"tcp-closing", &session_timeouts::tcp_closing},
    {"tcp-reset", &session_timeouts::tcp_reset},
    {"udp", &session_timeouts::udp},
    {"udp-one-way", &session_timeouts::udp_one_way},
    {"dns", &session_timeouts::dns},
    {"icmp", &session_timeouts::icmp},
    {"sctp", &session_timeouts::sctp},
    {"gre", &session_timeouts::gre},
    {"esp", &session_timeouts::esp},
    {"other", &session_timeouts::other},
};

/// The longest idle time that may be asked for: 12 days.
inline constexpr duration timeout_max = duration::hours(288);
/// The longest idle time that sessions can keep: half of what stored ticks can tell apart.
inline constexpr std::uint32_t timeout_ticks_max = stored_ticks_max / 2;
static_assert(ticks_in(timeout_max) <= timeout_ticks_max);

constexpr bool is_timeout(duration span) noexcept {
  return span.count() > 0 && span <= timeout_max;
}

}  // namespace weir

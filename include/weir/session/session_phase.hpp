#pragma once

#include "weir/net/port.hpp"
#include "weir/net/protocol.hpp"
#include "weir/session/timeouts.hpp"
#include "weir/time/instant.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace weir {

/// What kind of flow a session holds, as far as its life depends on it.
enum class session_kind : std::uint8_t {
  tcp,
  udp,
  dns,
  icmp,
  sctp,
  gre,
  esp,
  other
};

/// How far a session has come. The TCP phases are the states of RFC 6146 section 3.5.2.2, named by
/// direction instead of by family.
enum class session_phase : std::uint8_t {
  none,          ///< there is no session
  one_way,       ///< not TCP: only the original direction was seen
  two_way,       ///< not TCP: both directions were
  opening,       ///< TCP: the original's SYN was seen
  answered,      ///< TCP: both SYNs were, and the original has not confirmed the other one's
  picked_up,     ///< TCP: begun in the middle, and only the original was seen
  established,   ///< TCP: both sides have confirmed
  fin_original,  ///< TCP: the original has finished
  fin_reply,     ///< TCP: the other side has
  closing,       ///< TCP: both have
  reset,         ///< TCP: one side has reset
};
inline constexpr std::size_t session_phase_count = 11;

/// In words, for people.
constexpr std::string_view name(session_phase phase) noexcept {
  switch (phase) {
    case session_phase::none:
      return "none";
    case session_phase::one_way:
      return "unanswered";
    case session_phase::two_way:
      return "answered";
    case session_phase::opening:
      return "opening";
    case session_phase::answered:
      return "half open";
    case session_phase::picked_up:
      return "picked up in the middle";
    case session_phase::established:
      return "established";
    case session_phase::fin_original:
      return "closed by the opener";
    case session_phase::fin_reply:
      return "closed by the answerer";
    case session_phase::closing:
      return "closed by both";
    case session_phase::reset:
      return "reset";
  }
  return {};
}

constexpr session_kind kind_of(protocol transport, port destination) noexcept {
  if (transport == protocol::tcp) return session_kind::tcp;
  if (transport == protocol::udp && destination == port{53}) return session_kind::dns;
  if (transport == protocol::udp || transport == protocol::udp_lite) return session_kind::udp;
  if (transport == protocol::icmp || transport == protocol::icmpv6) return session_kind::icmp;
  if (transport == protocol::sctp) return session_kind::sctp;
  if (transport == protocol::gre) return session_kind::gre;
  if (transport == protocol::esp) return session_kind::esp;
  return session_kind::other;
}

/// Whether the session was answered, or completed its handshake: it is embryonic no more. A reset
/// alone does not make it so.
constexpr bool is_answer(session_phase phase) noexcept {
  return phase == session_phase::two_way ||
         (phase >= session_phase::established && phase <= session_phase::closing);
}

/// Which idle time applies.
constexpr duration session_timeouts::*timeout_of(session_kind kind, session_phase phase) noexcept {
  switch (phase) {
    case session_phase::opening:
    case session_phase::answered:
    case session_phase::picked_up:
      return &session_timeouts::tcp_opening;
    case session_phase::established:
      return &session_timeouts::tcp_established;
    case session_phase::fin_original:
    case session_phase::fin_reply:
      return &session_timeouts::tcp_half_closed;
    case session_phase::closing:
      return &session_timeouts::tcp_closing;
    case session_phase::reset:
      return &session_timeouts::tcp_reset;
    case session_phase::none:
    case session_phase::one_way:
    case session_phase::two_way:
      break;
  }
  const bool is_one_way = phase == session_phase::one_way;
  switch (kind) {
    case session_kind::udp:
      return is_one_way ? &session_timeouts::udp_one_way : &session_timeouts::udp;
    case session_kind::dns:
      return &session_timeouts::dns;
    case session_kind::icmp:
      return &session_timeouts::icmp;
    case session_kind::sctp:
      return is_one_way ? &session_timeouts::tcp_opening : &session_timeouts::sctp;
    case session_kind::gre:
      return &session_timeouts::gre;
    case session_kind::esp:
      return &session_timeouts::esp;
    case session_kind::tcp:
    case session_kind::other:
      break;
  }
  return &session_timeouts::other;
}

/// Kind and phase in one byte, as a record stores them. Zero is: no session.
class session_status {
 public:
  /// Every byte that is a status is less.
  static constexpr std::size_t bytes_count = 128;

  constexpr session_status() noexcept = default;
  constexpr session_status(session_kind kind, session_phase phase) noexcept
      : byte_{static_cast<std::uint8_t>(static_cast<unsigned>(kind) << 4 |
                                        static_cast<unsigned>(phase))} {}
  static constexpr session_status from_byte(std::uint8_t byte) noexcept {
    session_status made;
    made.byte_ = byte;
    return made;
  }

  constexpr std::uint8_t byte() const noexcept { return byte_; }
  constexpr session_kind kind() const noexcept { return session_kind(byte_ >> 4); }
  constexpr session_phase phase() const noexcept { return session_phase(byte_ & 15); }
  constexpr bool is_none() const noexcept { return byte_ == 0; }

  friend constexpr bool operator==(session_status, session_status) noexcept = default;

 private:
  std::uint8_t byte_ = 0;
};

/// In which directions no TCP segment with ACK alone, and no UDP datagram, moves a session on from
/// here, by bit. What a reply of DNS does depends on the configuration.
constexpr std::uint8_t steady_ways(session_status status) noexcept {
  constexpr std::uint8_t none = 0, original = 1, both = 3;
  const session_phase phase = status.phase();
  if (status.kind() == session_kind::tcp) {
    return phase >= session_phase::established && phase < session_phase::closing ? both : none;
  }
  const bool is_udp = status.kind() == session_kind::udp;
  if (phase == session_phase::none || !(is_udp || status.kind() == session_kind::dns)) return none;
  return is_udp && phase == session_phase::two_way ? both : original;
}

}  // namespace weir

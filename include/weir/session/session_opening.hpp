#pragma once

#include "weir/net/flow_key.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/net/tcp_mode.hpp"
#include "weir/session/session_phase.hpp"
#include "weir/session/session_record.hpp"
#include "weir/session/tcp_tracker.hpp"
#include "weir/session/tcp_window.hpp"
#include "weir/session/timeout_profile.hpp"
#include "weir/session/timeouts.hpp"
#include "weir/table/hash.hpp"
#include "weir/table/index.hpp"
#include "weir/time/tick.hpp"
#include "weir/wire/packed_flow.hpp"

#include <cstdint>
#include <span>

namespace weir {

/// What a full table does with a newcomer.
enum class full_policy : std::uint8_t {
  refuse,           ///< the newcomer is refused
  evict_embryonic,  ///< the session that has waited longest for an answer ends, if any waits
  /// The source with most sessions, if it has at least two more than the newcomer's, loses one:
  /// the one that has waited longest for an answer, or if none waits the one answered last.
  fair_share,
};

/// How many sessions several tables may hold together.
struct session_room {
  std::uint32_t sessions_max = 0;
  std::uint32_t sessions = 0;

  constexpr bool is_full() const noexcept { return sessions >= sessions_max; }
};

struct session_table_options {
  std::uint32_t sessions_max = 0;  ///< at most 2^27 - 2
  full_policy when_full = full_policy::refuse;
  std::uint32_t per_source_max = 0;            ///< 0: no limit
  std::uint32_t embryonic_per_source_max = 0;  ///< 0: no limit
  hash_seed seed{};
  /// At least one, at most 256; sessions name theirs by its place.
  std::span<const session_timeouts> timeouts{};
  /// Shared with other tables, and outliving them; or null.
  session_room* room = nullptr;
};

/// Where a key leads: a session and the direction of the key in it, or nothing.
class session_ref {
 public:
  constexpr session_ref() noexcept = default;
  /// What an index holds for the key of a session's direction.
  constexpr explicit session_ref(std::uint32_t payload) noexcept : payload_{payload} {}
  constexpr session_ref(std::uint32_t id, direction way) noexcept
      : payload_{id << 1 | static_cast<std::uint32_t>(way)} {}

  constexpr std::uint32_t payload() const noexcept { return payload_; }
  constexpr bool found() const noexcept { return payload_ != no_payload; }
  constexpr std::uint32_t id() const noexcept { return payload_ >> 1; }
  constexpr direction way() const noexcept { return direction(payload_ & 1); }

  friend constexpr bool operator==(session_ref, session_ref) noexcept = default;

 private:
  std::uint32_t payload_ = no_payload;
};

/// A session to be.
template <IpVersion V>
struct session_opening {
  packed_flow<V> original{};   ///< as the opener's packets are received
  packed_flow<V> reply{};      ///< as the answers will be; a wildcard where `is_unclaimed`
  bool is_translated = false;  ///< what leaves is not what came in
  bool is_unclaimed = false;   ///< the reply's identifier is not known yet
  tcp_mode mode = tcp_mode::strict;
  std::uint8_t profile = 0;  ///< which timeouts apply
  tcp_segment segment{};     ///< the opener's; of TCP only, and one that may open
};

/// Why there is no new session.
enum class session_refusal : std::uint8_t {
  none,
  key_taken,        ///< one of the keys belongs to a live session
  reply_unclaimed,  ///< an earlier flow to this remote still waits for its reply identifier
  source_limit,     ///< the source has as many sessions as it may
  embryonic_limit,  ///< the source has as many unanswered sessions as it may
  table_full,       ///< no record is free
};

struct session_creation {
  std::uint32_t id = 0;  ///< meaningful without refusal
  session_refusal refusal = session_refusal::none;

  constexpr bool created() const noexcept { return refusal == session_refusal::none; }
};

/// Where a full table may evict any session.
struct any_session {
  constexpr bool operator()(std::uint32_t /*id*/) const noexcept { return true; }
};

/// Makes a record whole for a session that begins at `now`; only whether it is queued remains.
template <IpVersion V>
void begin(hot_record<V>& hot, cold_record& cold, const session_opening<V>& opening,
           const timeout_profile& profile, tick now) noexcept {
  const unsigned was_queued = hot.key[1].annotation() & session_flag::queued;
  const unsigned is_translated = opening.is_translated ? session_flag::translated : 0u;
  const unsigned is_unclaimed = opening.is_unclaimed ? session_flag::unclaimed : 0u;
  const session_kind kind =
      kind_of(opening.original.protocol(), opening.original.destination_port());

  hot.state = flow_state{};
  const session_phase phase =
      kind == session_kind::tcp ? open_tcp(hot.state, opening.segment) : session_phase::one_way;
  const session_status status{kind, phase};
  hot.state.profile = opening.profile;
  hot.state.deadline_low = now.low() + profile.ticks(status);
  hot.key[0] = opening.original;
  hot.key[0].set_annotation(status.byte());
  hot.key[1] = opening.reply;
  hot.key[1].set_annotation(static_cast<std::uint8_t>(was_queued | is_translated | is_unclaimed |
                                                      session_flag::unanswered |
                                                      session_flag::of(opening.mode)));

  cold = cold_record{};
  cold.created_low = now.low();
  cold.mapping = cold_record::no_mapping;
}

}  // namespace weir

#pragma once

#include "weir/net/ip_version.hpp"
#include "weir/session/session_opening.hpp"
#include "weir/session/session_table.hpp"
#include "weir/session/session_traits.hpp"
#include "weir/time/tick.hpp"

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace weir {

/// The sessions of both families under one limit.
///
/// `sessions_max` is what both hold together, and each family could hold all of it: addresses are
/// reserved for that twice, memory is taken where sessions are. Sources, limits and evictions are a
/// family's own. `on_end` is called as `on_end(V{}, id, session_end)`.
template <SessionTraits Traits = session_traits>
class session_tables {
 public:
  /// `options.room` is not looked at.
  explicit session_tables(session_table_options options)
      : room_{options.sessions_max, 0},
        four_{sharing(options, room_)},
        six_{sharing(options, room_)} {}
  session_tables(const session_tables&) = delete;
  session_tables& operator=(const session_tables&) = delete;

  template <IpVersion V>
  session_table<V, Traits>& of() noexcept {
    if constexpr (std::is_same_v<V, ipv4>) {
      return four_;
    } else {
      return six_;
    }
  }
  template <IpVersion V>
  const session_table<V, Traits>& of() const noexcept {
    if constexpr (std::is_same_v<V, ipv4>) {
      return four_;
    } else {
      return six_;
    }
  }

  /// As the family's table does; where that is full, dead sessions of the other one make room.
  template <IpVersion V, class OnEnd>
  session_creation try_create(const session_opening<V>& opening, tick now,
                              OnEnd&& on_end) noexcept {
    using other = std::conditional_t<std::is_same_v<V, ipv4>, ipv6, ipv4>;
    if (room_.sessions == room_.sessions_max) [[unlikely]] {
      of<other>().reclaim_room(now, in<other>(on_end));
    }
    return of<V>().try_create(opening, now, in<V>(on_end));
  }

  /// Ends sessions that are dead, reviewing at most `budget` records of each family; answers how
  /// many ended.
  template <class OnEnd>
  std::uint32_t reclaim(tick now, std::uint32_t budget, OnEnd&& on_end) noexcept {
    return four_.reclaim(now, budget, in<ipv4>(on_end)) +
           six_.reclaim(now, budget, in<ipv6>(on_end));
  }

  /// Sessions of both families, including dead ones that were not ended yet.
  std::uint32_t size() const noexcept { return room_.sessions; }
  std::uint32_t sessions_max() const noexcept { return room_.sessions_max; }
  std::size_t bytes() const noexcept { return four_.bytes() + six_.bytes(); }

 private:
  static session_table_options sharing(session_table_options options, session_room& room) noexcept {
    options.room = &room;
    return options;
  }
  template <IpVersion V, class OnEnd>
  static auto in(OnEnd& on_end) noexcept {
    return [&on_end](std::uint32_t id, session_end why) noexcept { on_end(V{}, id, why); };
  }

  session_room room_;
  session_table<ipv4, Traits> four_;
  session_table<ipv6, Traits> six_;
};

}  // namespace weir

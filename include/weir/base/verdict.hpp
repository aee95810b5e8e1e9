#pragma once

#include <cstdint>

#include "weir/base/drop_reason.hpp"
#include "weir/base/interface_id.hpp"

namespace weir {

/// What happens to a packet.
enum class verdict_kind : std::uint8_t {
  forward,  ///< leaves by `egress()`, towards `next_hop()`
  deliver,  ///< is for the box itself
  consume,  ///< was answered or absorbed by weir
  drop,     ///< goes no further, for `reason()`
};

/// The answer to one input packet: exactly one is given per packet.
class verdict {
 public:
  static constexpr verdict forward(interface_id egress, next_hop_id hop) noexcept {
    return verdict{verdict_kind::forward, drop_reason{}, egress, hop};
  }
  static constexpr verdict deliver() noexcept {
    return verdict{verdict_kind::deliver, drop_reason{}, interface_id::local(), next_hop_id{}};
  }
  static constexpr verdict consume() noexcept {
    return verdict{verdict_kind::consume, drop_reason{}, interface_id::local(), next_hop_id{}};
  }
  static constexpr verdict drop(drop_reason reason) noexcept {
    return verdict{verdict_kind::drop, reason, interface_id::local(), next_hop_id{}};
  }

  constexpr verdict_kind kind() const noexcept { return kind_; }
  constexpr bool forwarded() const noexcept { return kind_ == verdict_kind::forward; }
  constexpr bool delivered() const noexcept { return kind_ == verdict_kind::deliver; }
  constexpr bool dropped() const noexcept { return kind_ == verdict_kind::drop; }

  /// Why; meaningful for drops only.
  constexpr drop_reason reason() const noexcept { return reason_; }
  /// Where to; meaningful for forwards only.
  constexpr interface_id egress() const noexcept { return egress_; }
  /// Through whom; meaningful for forwards only.
  constexpr next_hop_id next_hop() const noexcept { return next_hop_; }

  friend constexpr bool operator==(const verdict&, const verdict&) noexcept = default;

 private:
  constexpr verdict(verdict_kind kind, drop_reason reason, interface_id egress,
                    next_hop_id hop) noexcept
      : kind_{kind}, reason_{reason}, egress_{egress}, next_hop_{hop} {}

  verdict_kind kind_;
  drop_reason reason_;
  interface_id egress_;
  next_hop_id next_hop_;
};
static_assert(sizeof(verdict) <= 8, "a verdict travels in one register");

}  // namespace weir

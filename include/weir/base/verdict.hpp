#pragma once

#include "weir/base/drop_reason.hpp"
#include "weir/base/interface_id.hpp"

#include <cstdint>

namespace weir {

/// What happens to a packet.
enum class verdict_kind : std::uint8_t {
  forward,  ///< leaves by `egress()`, towards `next_hop()`
  deliver,  ///< is for the box itself
  consume,  ///< was taken in by weir
  drop,     ///< goes no further, for `reason()`
};

/// The answer to one input packet: exactly one is given per packet. One word, so that it travels in
/// a register through every stage.
class verdict {
 public:
  static constexpr verdict forward(interface_id egress, next_hop_id hop) noexcept {
    return verdict{verdict_kind::forward, std::uint64_t{egress.number()} << egress_shift |
                                              std::uint64_t{hop.number()} << next_hop_shift};
  }
  static constexpr verdict deliver() noexcept { return verdict{verdict_kind::deliver, 0}; }
  static constexpr verdict consume() noexcept { return verdict{verdict_kind::consume, 0}; }
  static constexpr verdict drop(drop_reason reason) noexcept {
    return verdict{verdict_kind::drop, static_cast<std::uint64_t>(reason) << reason_shift};
  }

  constexpr verdict_kind kind() const noexcept {
    return verdict_kind{static_cast<std::uint8_t>(word_)};
  }
  constexpr bool forwarded() const noexcept { return kind() == verdict_kind::forward; }
  constexpr bool delivered() const noexcept { return kind() == verdict_kind::deliver; }
  constexpr bool dropped() const noexcept { return kind() == verdict_kind::drop; }

  /// Why; meaningful for drops only.
  constexpr drop_reason reason() const noexcept {
    return drop_reason{static_cast<std::uint8_t>(word_ >> reason_shift)};
  }
  /// Where to; meaningful for forwards only.
  constexpr interface_id egress() const noexcept {
    return interface_id{static_cast<std::uint16_t>(word_ >> egress_shift)};
  }
  /// Through whom; meaningful for forwards only.
  constexpr next_hop_id next_hop() const noexcept {
    return next_hop_id{static_cast<std::uint16_t>(word_ >> next_hop_shift)};
  }

  friend constexpr bool operator==(const verdict&, const verdict&) noexcept = default;

 private:
  static constexpr unsigned reason_shift = 8;
  static constexpr unsigned egress_shift = 16;
  static constexpr unsigned next_hop_shift = 32;

  constexpr verdict(verdict_kind kind, std::uint64_t fields) noexcept
      : word_{static_cast<std::uint64_t>(kind) | fields} {}

  std::uint64_t word_;
};
static_assert(sizeof(verdict) == 8);
static_assert(verdict::forward(interface_id{2}, next_hop_id{3}).next_hop() == next_hop_id{3});

}  // namespace weir

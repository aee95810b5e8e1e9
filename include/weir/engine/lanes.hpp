#pragma once

#include "weir/engine/foresight.hpp"
#include "weir/engine/packet_view.hpp"
#include "weir/engine/plain_path.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/policy/rule_search.hpp"
#include "weir/session/session_opening.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace weir::detail {

/// What was read of the packets of a group of at most `Size`; of each, the part for its route.
template <std::size_t Size>
struct lanes {
  std::array<plain_lane, Size> plain;
  std::array<lane<ipv4>, Size> four;
  std::array<lane<ipv6>, Size> six;
  std::uint64_t special = 0;   ///< by bit: does not go straight on, its headers are walked
  std::uint64_t six_bits = 0;  ///< by bit: of these, is IPv6

  bool is_special(std::size_t i) const noexcept { return (special >> i & 1) != 0; }
  bool is_six(std::size_t i) const noexcept { return (six_bits >> i & 1) != 0; }

  template <IpVersion V>
  lane<V>& of(std::size_t i) noexcept {
    if constexpr (V::number == 4) {
      return four[i];
    } else {
      return six[i];
    }
  }

  /// Where the run of packets ends that begins at `i` and that a set of bits leaves out.
  static std::size_t run_end(std::uint64_t left_out, std::size_t i, std::size_t count) noexcept {
    return std::min(i + static_cast<std::size_t>(std::countr_zero(left_out >> i)), count);
  }
};

/// What was looked up of those packets of a group that may belong to no session.
template <std::size_t Size>
struct strangers {
  std::uint64_t bits = 0;  ///< which they are
  std::array<foresight<ipv4>, Size> four;
  std::array<foresight<ipv6>, Size> six;
  std::array<rule_search<ipv4>, Size> four_searches;  ///< of some of those, side by side
  std::array<rule_search<ipv6>, Size> six_searches;

  void note(std::size_t i, bool is_one) noexcept { bits |= std::uint64_t{is_one} << i; }
  /// What was looked up of a packet, or null.
  template <IpVersion V>
  const foresight<V>* seen(std::size_t i) const noexcept {
    if ((bits >> i & 1) == 0) {
      return nullptr;
    }
    if constexpr (V::number == 4) {
      return &four[i];
    } else {
      return &six[i];
    }
  }
};

}  // namespace weir::detail

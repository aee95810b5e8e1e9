#pragma once

#include "weir/engine/foresight.hpp"
#include "weir/engine/packet_view.hpp"
#include "weir/engine/plain_path.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/policy/rule_search.hpp"
#include "weir/session/session_opening.hpp"
#include "weir/wire/header_walk.hpp"
#include "weir/wire/packed_flow.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

namespace weir::detail {

/// What was read of the packets of a group of at most `Size`; of each, the part for its route.
template <std::size_t Size>
struct lanes {
  std::array<plain_lane<ipv4>, Size> plain_four;
  std::array<plain_lane<ipv6>, Size> plain_six;
  std::array<lane<ipv4>, Size> four;
  std::array<lane<ipv6>, Size> six;
  std::uint64_t special = 0;   ///< by bit: does not go straight on, its headers are walked
  std::uint64_t six_bits = 0;  ///< by bit: is IPv6

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

  template <IpVersion V>
  std::array<plain_lane<V>, Size>& plain() noexcept {
    if constexpr (V::number == 4) {
      return plain_four;
    } else {
      return plain_six;
    }
  }
  /// The key of a packet, whichever way it goes.
  template <IpVersion V>
  const packed_flow<V>& key(std::size_t i) noexcept {
    return is_special(i) ? of<V>(i).headers.key : plain<V>()[i].key();
  }

  /// Walks the headers of a packet that leaves the straight way.
  template <IpVersion V>
  void walk_plain(std::size_t i, std::span<const std::byte> bytes, std::size_t wire_size,
                  walk_options options) noexcept {
    const plain_lane<V>& begun = plain<V>()[i];
    lane<V>& to = of<V>(i);
    options.verify_ip_checksum = false;  // it was, when the key was read
    walk_into(to.headers, bytes, wire_size, begun.key().domain(), options);
    to.hash = begun.hash;
    to.candidate = begun.candidate;
  }

  /// Where the run of packets ends that begins at `i`: all of one family, and none in a set.
  std::size_t run_end(std::uint64_t set, std::size_t i, std::size_t count) const noexcept {
    const std::uint64_t others = is_six(i) ? ~six_bits : six_bits;
    const auto length = static_cast<std::size_t>(std::countr_zero((set | others) >> i));
    return std::min(i + length, count);
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

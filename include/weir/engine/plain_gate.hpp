#pragma once

#include "weir/packet/packet_meta.hpp"

#include <cstdint>

namespace weir::detail {

/// What the metadata of a packet must say for the packet to take the short cut, if it is a common
/// one: one comparison for all that there is to ask.
class plain_gate {
 public:
  /// No packet may.
  constexpr plain_gate() noexcept = default;
  /// Those that were sent to this station; where transport checksums are judged, those alone which
  /// nobody need judge any more.
  static constexpr plain_gate to_station(bool judges_transport) noexcept {
    const checksum_state sound{judges_transport};
    return {bits_of({{}, link_cast{0xFF}, sound}), bits_of({{}, link_cast::unicast, sound})};
  }

  constexpr bool admits(const packet_meta& meta) const noexcept {
    return (bits_of(meta) & telling_) == wanted_;
  }

 private:
  constexpr plain_gate(std::uint32_t telling, std::uint32_t wanted) noexcept
      : telling_{telling}, wanted_{wanted} {}
  static constexpr std::uint32_t bits_of(const packet_meta& meta) noexcept {
    return std::uint32_t{static_cast<std::uint8_t>(meta.transport)} << 8 |
           static_cast<std::uint8_t>(meta.cast);
  }

  std::uint32_t telling_ = 0;  ///< the bits that are asked
  std::uint32_t wanted_ = 1;   ///< and what they must be
};

}  // namespace weir::detail

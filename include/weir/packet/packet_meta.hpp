#pragma once

#include "weir/base/interface_id.hpp"

#include <cstdint>

namespace weir {

/// To whom the link layer addressed the frame a packet came in.
enum class link_cast : std::uint8_t {
  unicast,    ///< this station, or a link without addresses
  broadcast,  ///< every station
  multicast,  ///< a group of stations
};

/// What the driver knows about the transport checksum. The lowest bit says that nobody need judge
/// it.
enum class checksum_state : std::uint8_t {
  unverified = 0b00,  ///< nothing: it is judged only where the configuration asks
  valid = 0b01,       ///< the hardware found it right
  partial = 0b11,  ///< it covers the pseudo header alone; the sender's hardware was to complete it
};

/// What comes with a packet beside its bytes.
struct packet_meta {
  interface_id ingress{};
  link_cast cast = link_cast::unicast;
  checksum_state transport = checksum_state::unverified;

  friend constexpr bool operator==(const packet_meta&, const packet_meta&) noexcept = default;
};
static_assert(sizeof(packet_meta) <= 8, "metadata travels in one register");

}  // namespace weir

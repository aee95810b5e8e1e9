#pragma once

#include "weir/base/interface_id.hpp"
#include "weir/net/ip_address.hpp"

#include <cstdint>
#include <optional>

namespace weir {

/// What happens to packets whose destination lies behind a next hop.
enum class next_hop_kind : std::uint8_t {
  forward,    ///< they leave through the interface
  local,      ///< they are for the box itself
  broadcast,  ///< they are for all hosts of a subnet the box is in
};

/// Where packets go next: the interface, and the router behind it unless the destination is
/// there itself.
struct next_hop {
  interface_id interface {};
  std::optional<ip_address> gateway{};
  next_hop_kind kind = next_hop_kind::forward;
  bool is_default = false;  ///< of a default route, and shared with no other

  friend constexpr bool operator==(const next_hop&, const next_hop&) noexcept = default;
};

}  // namespace weir

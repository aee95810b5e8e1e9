#pragma once

#include "weir/base/word_optional.hpp"
#include "weir/net/protocol.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace weir {

/// Protocols among which an external port is given once.
enum class port_space : std::uint8_t {
  tcp = 0,
  udp = 1,
  icmp = 2,   ///< the number is the query's identifier
  other = 3,  ///< SCTP, UDP-Lite and DCCP together: they are rare, and their ports plenty
};
inline constexpr std::size_t port_space_count = 4;

constexpr std::size_t number(port_space space) noexcept { return static_cast<std::size_t>(space); }

/// Nothing where the protocol has no ports to give.
constexpr word_optional<port_space> space_of(protocol kind) noexcept {
  if (kind == protocol::tcp) return port_space::tcp;
  if (kind == protocol::udp) return port_space::udp;
  if (kind == protocol::icmp || kind == protocol::icmpv6) return port_space::icmp;
  if (has_ports(kind)) return port_space::other;
  return std::nullopt;
}

}  // namespace weir

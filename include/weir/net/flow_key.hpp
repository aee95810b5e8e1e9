#pragma once

#include "weir/net/domain.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/net/port.hpp"
#include "weir/net/protocol.hpp"

#include <compare>
#include <cstdint>

namespace weir {

/// An address with a port: one end of a flow.
template <IpVersion V>
struct endpoint {
  typename V::address address{};
  weir::port port{};

  friend constexpr auto operator<=>(const endpoint&, const endpoint&) noexcept = default;
};

/// One flow in one direction, in host order.
///
/// Protocols without ports fill them so that the reply is always the swapped key:
///  - ICMP and ICMPv6 queries: the asker's port is the query identifier, the answerer's port is
///    the type of the request (8, 13, 17, 128), so a request never looks like a reply.
///  - ESP: both ports together are the SPI (high half first); GRE: likewise the key, else zero.
///  - anything else: zero.
template <IpVersion V>
struct flow_key {
  domain_id domain{};
  weir::protocol protocol{};
  endpoint<V> source{};
  endpoint<V> destination{};

  friend constexpr auto operator<=>(const flow_key&, const flow_key&) noexcept = default;
};

/// The key of the answering packets, where nothing is translated.
template <IpVersion V>
constexpr flow_key<V> reversed(const flow_key<V>& key) noexcept {
  return {key.domain, key.protocol, key.destination, key.source};
}

/// Which way a packet of a session goes. As wide as a register: it finds places in records.
enum class direction : unsigned {
  original = 0,  ///< as the packet that opened the session
  reply = 1,     ///< the other way
};

constexpr direction opposite(direction way) noexcept {
  return direction(static_cast<unsigned>(way) ^ 1u);
}

/// What part of a datagram a packet is.
enum class fragment_kind : std::uint8_t {
  none,   ///< a whole datagram
  first,  ///< the first piece, with the transport header
  later,  ///< any other piece
};

}  // namespace weir

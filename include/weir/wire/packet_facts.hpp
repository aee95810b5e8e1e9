#pragma once

#include "weir/base/drop_reason.hpp"
#include "weir/net/flow_key.hpp"
#include "weir/net/ip_address.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/net/protocol.hpp"
#include "weir/wire/ipv4_header.hpp"
#include "weir/wire/ipv6_header.hpp"
#include "weir/wire/packed_flow.hpp"

#include <cstddef>
#include <cstdint>

namespace weir {

/// Bytes of an IP header without options and extensions.
template <IpVersion V>
inline constexpr std::size_t header_size_min =
    V::number == 4 ? ipv4_header::size_min : ipv6_header::size;

/// What lies behind the network headers, as far as sessions care.
enum class message_kind : std::uint8_t {
  tcp,         ///< ports, sequences and flags
  udp,         ///< ports
  ports,       ///< ports of SCTP, UDP-Lite or DCCP
  icmp_query,  ///< a request or its reply, with an identifier
  icmp_error,  ///< quotes the packet it is about
  icmp_other,  ///< any other ICMP or ICMPv6: router and neighbour discovery, group membership
  spi,         ///< ESP, with its security parameters index
  gre,         ///< GRE, with its key where it has one
  portless,    ///< a protocol known by its number alone
  opaque,      ///< a later fragment: the transport header is elsewhere
};

/// What one walk over the headers found. Where `ok` is false, `fault` says why and the rest has no
/// meaning; but a routing header that is refused lies at `transport_offset`.
struct packet_facts {
  std::uint32_t end = 0;               ///< where the datagram ends; padding may follow
  std::uint32_t fragment_id = 0;       ///< of fragments, and of every IPv4 packet
  std::uint16_t transport_offset = 0;  ///< where the transport header begins
  std::uint16_t fragment_offset = 0;   ///< bytes of payload before this piece
  bool ok = false;
  drop_reason fault{};
  ip_family family = ip_family::ipv4;
  fragment_kind fragment = fragment_kind::none;
  bool more_fragments = false;
  bool authenticated = false;  ///< an IPv6 authentication header covers the addresses
  /// The checksum of IPv6 covers addresses that are not the header's: the final destination of a
  /// routing header (RFC 8200 section 8.1), or a home address (RFC 6275 section 11.3.1).
  bool covers_others = false;
  bool fragment_header = false;   ///< IPv6: one is there, if only before a whole datagram
  bool hidden_transport = false;  ///< an IPv6 extension header that is not walked comes first
  std::uint8_t icmp_type = 0;     ///< of ICMP and ICMPv6
  std::uint8_t icmp_code = 0;     ///< of ICMP and ICMPv6
  std::uint8_t ttl = 0;           ///< TTL or hop limit, not judged
  protocol transport{};           ///< what follows the last extension header
  message_kind message = message_kind::portless;
  std::uint8_t tcp_flags = 0;  ///< of TCP, as `tcp_flag` bits
};
static_assert(sizeof(packet_facts) == 28);

/// Whether a session may have the packet's key.
constexpr bool has_session_key(const packet_facts& facts) noexcept {
  constexpr std::uint32_t keyless = 1u << static_cast<unsigned>(message_kind::icmp_error) |
                                    1u << static_cast<unsigned>(message_kind::icmp_other) |
                                    1u << static_cast<unsigned>(message_kind::opaque);
  return facts.ok && (keyless >> static_cast<unsigned>(facts.message) & 1) == 0;
}

/// The facts of a packet and its key; the key is meaningful where the facts are `ok`. The key of
/// a later fragment, and of protocols and messages without ports, has zero ports.
template <IpVersion V>
struct walked {
  packet_facts facts{};
  packed_flow<V> key{};
};

/// What the walk judges beyond what can never be right.
struct walk_options {
  bool verify_ip_checksum = true;  ///< off where the hardware did
  bool pass_ip_options = true;
  bool pass_routing_headers = true;  ///< type 0 and source routes drop whatever this says
  bool pass_unknown_extensions = false;
  bool pass_source_routes = false;  ///< of both families, to answer a packet that is refused
};

/// IPv6 extension headers walked over before the transport header, at most.
inline constexpr std::size_t extension_headers_max = 8;

}  // namespace weir

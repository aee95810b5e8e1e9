#pragma once

// Overview. A packet that was received under one key is sent under another: both keys hold the
// addresses and ports as the wire does, so the rewrite is a store, and the checksums follow from
// what was exchanged (RFC 1624 eqn. 3), never from the payload. A checksum that was wrong stays
// wrong.
//
// All sums are taken over words as they lie in memory: a ones-complement sum does not depend on
// byte order (RFC 1071 section 2(B)), so nothing is turned.

#include "weir/net/ip_version.hpp"
#include "weir/net/protocol.hpp"
#include "weir/wire/bytes.hpp"
#include "weir/wire/icmp_header.hpp"
#include "weir/wire/ipv4_header.hpp"
#include "weir/wire/packed_flow.hpp"
#include "weir/wire/packet_facts.hpp"
#include "weir/wire/tcp_header.hpp"
#include "weir/wire/transport_checksum.hpp"
#include "weir/wire/udp_header.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace weir {

/// What a rewrite adds to the checksums it concerns: the same for every packet of a session's
/// direction, and its negative for the other one.
class flow_delta {
 public:
  /// Of a packet received with `before` and sent with `after`.
  static constexpr flow_delta between(const packed_endpoints& before,
                                      const packed_endpoints& after) noexcept {
    const std::uint64_t addresses =
        gained(before.source, after.source) + gained(before.destination, after.destination);
    return {addresses, addresses + gained(before.ports, after.ports)};
  }

  constexpr flow_delta operator-() const noexcept {
    return {std::uint64_t{0xFFFF} - folded(addresses_), std::uint64_t{0xFFFF} - folded(endpoints_)};
  }

  /// For a sum over both addresses, the IP header's and a pseudo header's; not folded yet, and
  /// small enough that many can be added up.
  constexpr std::uint64_t addresses() const noexcept { return addresses_; }
  /// For a sum over addresses and ports, a transport's; likewise.
  constexpr std::uint64_t endpoints() const noexcept { return endpoints_; }

  /// A sum in 16 bits, its carries added back in. Zero only where the sum is.
  static constexpr std::uint16_t folded(std::uint64_t sum) noexcept {
    // A number and itself with its halves exchanged: the upper half gets the carry of the lower.
    const auto half = static_cast<std::uint32_t>((sum + std::rotl(sum, 32)) >> 32);
    return static_cast<std::uint16_t>((half + std::rotl(half, 16)) >> 16);
  }

 private:
  constexpr flow_delta(std::uint64_t addresses, std::uint64_t endpoints) noexcept
      : addresses_{addresses}, endpoints_{endpoints} {}

  /// RFC 1624 eqn. 3: ~m + m'.
  static constexpr std::uint64_t gained(std::uint32_t before, std::uint32_t after) noexcept {
    return std::uint64_t{~before} + after;
  }

  std::uint64_t addresses_;
  std::uint64_t endpoints_;
};
static_assert(flow_delta::folded(0) == 0);
static_assert(flow_delta::folded(0xFFFF) == 0xFFFF);
static_assert(flow_delta::folded(0x1'FFFE) == 0xFFFF);
static_assert(flow_delta::folded(0xFFFF'FFFF'FFFF'FFFF) == 0xFFFF);
static_assert(flow_delta::folded(0x0001'0002'0003'0004) == 10);
static_assert(flow_delta::folded(0xFFFF'0000'0000'0001) == 1);

/// Whether a rewrite takes one off the TTL: what is forwarded loses one, what is delivered or
/// comes from the box itself does not.
enum class ttl_step : std::uint8_t {
  keep,
  down,
};

/// What a transport checksum in the packet covers.
enum class checksum_coverage : std::uint8_t {
  whole,          ///< pseudo header, header and payload, complemented
  pseudo_header,  ///< the pseudo header alone, not complemented: the hardware was to do the rest
};

namespace detail {

/// The complement of the sum that has its complement at `field`, after something is added.
inline std::uint16_t complement_with(const std::byte* field, std::uint64_t delta) noexcept {
  const auto sum = static_cast<std::uint16_t>(~load_raw<std::uint16_t>(field));
  return static_cast<std::uint16_t>(~flow_delta::folded(sum + delta));
}

/// Adds to a sum whose complement is stored at `field`.
inline void add_to_complement(std::byte* field, std::uint64_t delta) noexcept {
  store_raw(field, complement_with(field, delta));
}

/// Likewise for UDP: zero is no checksum and stays, and no other sum becomes zero (RFC 768).
inline void add_to_udp(std::byte* field, std::uint64_t delta) noexcept {
  if (load_raw<std::uint16_t>(field) == 0) {
    return;
  }
  const std::uint16_t after = complement_with(field, delta);
  store_raw(field, after == 0 ? std::uint16_t{0xFFFF} : after);
}

/// Adds to a sum that is stored as it is.
inline void add_to_sum(std::byte* field, std::uint64_t delta) noexcept {
  store_raw(field, flow_delta::folded(load_raw<std::uint16_t>(field) + delta));
}

/// What one less in the TTL adds to the header's sum: the TTL is the first byte of its word.
inline constexpr std::uint16_t ttl_delta = network_order(std::uint16_t{0xFEFF});

inline void finish_header(std::byte* header, std::uint64_t delta, ttl_step step) noexcept {
  if (step == ttl_step::down) {
    header[ipv4_field::ttl] =
        static_cast<std::byte>(std::to_integer<unsigned>(header[ipv4_field::ttl]) - 1);
    delta += ttl_delta;
  }
  add_to_complement(header + ipv4_field::checksum, delta);
}

/// Whether the ICMP message at `icmp` is a query's request: its identifier is the source's port.
inline bool is_request(const std::byte* icmp) noexcept {
  const auto type = std::to_integer<std::uint8_t>(icmp[icmp_field::type]);
  return icmp_request_of<ipv4>(type) == type;
}

/// Stores the identifier of a query. The checksum covers no pseudo header, and of the key the
/// identifier alone: what the key shows in the other port is the type of the request.
inline void rewrite_query(std::byte* icmp, const packed_endpoints& after) noexcept {
  std::byte ports[4];
  store_raw(ports, after.ports);
  std::byte* const identifier = icmp + icmp_field::identifier;
  const std::uint16_t before = load_raw<std::uint16_t>(identifier);
  std::memcpy(identifier, ports + (is_request(icmp) ? 0 : 2), 2);
  add_to_complement(
      icmp + icmp_field::checksum,
      static_cast<std::uint16_t>(~before) + std::uint32_t{load_raw<std::uint16_t>(identifier)});
}

}  // namespace detail

/// Takes one off the TTL, which is not zero.
inline void decrement_ttl(std::byte* header) noexcept {
  detail::finish_header(header, 0, ttl_step::down);
}

/// Exchanges both addresses of an IPv4 header and nothing behind it: for later fragments and for
/// transports without ports or checksums over addresses.
inline void rewrite_addresses(std::byte* header, const packed_endpoints& after, flow_delta delta,
                              ttl_step step) noexcept {
  after.store_addresses(header);
  detail::finish_header(header, delta.addresses(), step);
}

/// Rewrites a TCP segment whose IP header has no options and whose checksum covers the whole.
[[gnu::always_inline]] inline void rewrite_tcp(std::byte* header, const packed_endpoints& after,
                                               flow_delta delta, ttl_step step) noexcept {
  after.store_all(header);
  detail::finish_header(header, delta.addresses(), step);
  detail::add_to_complement(header + ipv4_header::size_min + tcp_field::checksum,
                            delta.endpoints());
}

/// Rewrites a UDP datagram whose IP header has no options and whose checksum covers the whole.
[[gnu::always_inline]] inline void rewrite_udp(std::byte* header, const packed_endpoints& after,
                                               flow_delta delta, ttl_step step) noexcept {
  after.store_all(header);
  detail::finish_header(header, delta.addresses(), step);
  detail::add_to_udp(header + ipv4_header::size_min + udp_field::checksum, delta.endpoints());
}

/// Rewrites the ports or the query identifier of the transport header at `transport`, and its
/// checksum. The header is there up to its checksum.
inline void rewrite_transport(std::byte* transport, weir::protocol kind, message_kind message,
                              checksum_coverage coverage, const packed_endpoints& after,
                              flow_delta delta) noexcept {
  if (message == message_kind::icmp_query) {
    detail::rewrite_query(transport, after);
    return;
  }
  if (!has_ports(kind) || message == message_kind::opaque) {
    return;
  }
  store_raw(transport, after.ports);
  if (kind == protocol::sctp) {
    return;  // its CRC covers no addresses, and pools keep its ports
  }
  std::byte* const field = transport + *checksum_field_of<ipv4>(kind);
  if (coverage == checksum_coverage::pseudo_header) {
    detail::add_to_sum(field, delta.addresses());
  } else if (kind == protocol::udp || kind == protocol::udp_lite) {
    detail::add_to_udp(field, delta.endpoints());
  } else {
    detail::add_to_complement(field, delta.endpoints());
  }
}

/// Rewrites any packet that is no ICMP error: both headers, and every checksum that covers what
/// was exchanged. The facts are those of a walk that found no fault.
inline void rewrite(std::byte* header, const packet_facts& facts, checksum_coverage coverage,
                    const packed_endpoints& after, flow_delta delta, ttl_step step) noexcept {
  rewrite_addresses(header, after, delta, step);
  rewrite_transport(header + facts.transport_offset, facts.transport, facts.message, coverage,
                    after, delta);
}

}  // namespace weir

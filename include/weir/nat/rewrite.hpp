#pragma once

// Overview. A packet that was received under one key is sent under another: both keys hold the
// addresses and ports as the wire does, so the rewrite is a store, and the checksums follow from
// what was exchanged (RFC 1624), never from the payload. A checksum that was wrong stays wrong.
//
// All sums are taken over words as they lie in memory: a ones-complement sum does not depend on
// byte order (RFC 1071 section 2(B)), so nothing is turned.

#include "weir/net/ip_version.hpp"
#include "weir/net/protocol.hpp"
#include "weir/wire/bytes.hpp"
#include "weir/wire/checksum.hpp"
#include "weir/wire/icmp_header.hpp"
#include "weir/wire/ipv4_header.hpp"
#include "weir/wire/packed_flow.hpp"
#include "weir/wire/packet_facts.hpp"
#include "weir/wire/tcp_header.hpp"
#include "weir/wire/transport_checksum.hpp"
#include "weir/wire/udp_header.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace weir {

/// What a rewrite adds to the checksums it concerns: the same for every packet of a session's
/// direction. Nothing, where it exchanges nothing.
class flow_delta {
 public:
  /// Of a packet received with `before` and sent with `after`.
  static constexpr flow_delta between(const packed_endpoints& before,
                                      const packed_endpoints& after) noexcept {
    const std::uint16_t addresses =
        detail::folded(detail::ones_difference(after.addresses, before.addresses));
    const std::uint32_t ports = detail::ones_difference(after.ports, before.ports);
    return {addresses, detail::folded(detail::ones_total(ports, std::uint32_t{addresses}))};
  }

  /// For a sum over both addresses, the IP header's and a pseudo header's.
  constexpr std::uint16_t addresses() const noexcept { return addresses_; }
  /// For a sum over addresses and ports, a transport's.
  constexpr std::uint16_t endpoints() const noexcept { return endpoints_; }

 private:
  constexpr flow_delta(std::uint16_t addresses, std::uint16_t endpoints) noexcept
      : addresses_{addresses}, endpoints_{endpoints} {}

  std::uint16_t addresses_;
  std::uint16_t endpoints_;
};

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

/// Adds to a sum whose complement is stored at `field`: the form of RFC 1624 eqn. 4, which differs
/// from eqn. 3 nowhere, in zeros neither.
inline void add_to_complement(std::byte* field, std::uint16_t delta) noexcept {
  store_raw(field, ones_difference(load_raw<std::uint16_t>(field), delta));
}

/// Likewise for UDP: zero is no checksum and stays, and no other sum becomes zero (RFC 768).
inline void add_to_udp(std::byte* field, std::uint16_t delta) noexcept {
  const auto before = load_raw<std::uint16_t>(field);
  if (before == 0) {
    return;
  }
  const std::uint16_t after = ones_difference(before, delta);
  store_raw(field, after == 0 ? std::uint16_t{0xFFFF} : after);
}

/// Adds to a sum that is stored as it is.
inline void add_to_sum(std::byte* field, std::uint16_t delta) noexcept {
  store_raw(field, ones_total(load_raw<std::uint16_t>(field), delta));
}

/// What one less in the TTL adds to the header's sum: the TTL is the first byte of its word.
inline constexpr std::uint16_t ttl_delta = network_order(std::uint16_t{0xFEFF});

inline void finish_header(std::byte* header, std::uint16_t delta, ttl_step step) noexcept {
  if (step == ttl_step::down) {
    header[ipv4_field::ttl] =
        static_cast<std::byte>(std::to_integer<unsigned>(header[ipv4_field::ttl]) - 1);
    delta = ones_total(delta, ttl_delta);
  }
  add_to_complement(header + ipv4_field::checksum, delta);
}

/// Whether the ICMP message at `icmp` is a query's request: its identifier is the source's port.
inline bool is_request(const std::byte* icmp) noexcept {
  return is_icmp_request<ipv4>(std::to_integer<std::uint8_t>(icmp[icmp_field::type]));
}

/// Whether nothing but zeros is here: no sum over it verifies (RFC 1071 section 1).
inline bool is_all_zero(std::span<const std::byte> bytes) noexcept {
  return std::all_of(bytes.begin(), bytes.end(),
                     [](std::byte one) noexcept { return one == std::byte{0}; });
}

/// Stores the identifier of a query, of whose message all is here or a beginning. The checksum
/// covers no pseudo header, and of the key the identifier alone: what the key shows in the other
/// port is the type of the request.
///
/// No other sum that is rewritten may be over zeros alone, where the two zeros of ones-complement
/// differ: the arithmetic of RFC 1624 has 0x0000 for the field, and only 0xFFFF verifies.
inline void rewrite_query(std::span<std::byte> message, bool is_whole,
                          const packed_endpoints& after) noexcept {
  std::byte ports[4];
  store_raw(ports, after.ports);
  std::byte* const identifier = message.data() + icmp_field::identifier;
  const std::uint16_t before = load_raw<std::uint16_t>(identifier);
  const auto worn = load_raw<std::uint16_t>(ports + (is_request(message.data()) ? 0 : 2));
  if (before == worn) return;
  std::byte* const field = message.data() + icmp_field::checksum;
  const bool never_verifies = is_whole && is_all_zero(message);
  store_raw(identifier, worn);
  if (never_verifies) {  // and it must not begin to: with a field of zero it would behind 0xFFFF
    store_raw(field, std::uint16_t{worn == 0xFFFF});
    return;
  }
  add_to_complement(field, ones_total(complement(before), worn));
  if (is_all_zero(message)) store_raw(field, std::uint16_t{0xFFFF});
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
[[gnu::__always_inline__]] inline void rewrite_tcp(std::byte* header, const packed_endpoints& after,
                                                   flow_delta delta, ttl_step step) noexcept {
  after.store_all(header);
  detail::finish_header(header, delta.addresses(), step);
  detail::add_to_complement(header + ipv4_header::size_min + tcp_field::checksum,
                            delta.endpoints());
}

/// Rewrites a UDP datagram whose IP header has no options and whose checksum covers the whole.
[[gnu::__always_inline__]] inline void rewrite_udp(std::byte* header, const packed_endpoints& after,
                                                   flow_delta delta, ttl_step step) noexcept {
  after.store_all(header);
  detail::finish_header(header, delta.addresses(), step);
  detail::add_to_udp(header + ipv4_header::size_min + udp_field::checksum, delta.endpoints());
}

/// Rewrites the ports or the query identifier of a transport header, and its checksum. `transport`
/// is what is here from that header to the end of the packet: the header up to its checksum at
/// least.
inline void rewrite_transport(std::span<std::byte> transport, const packet_facts& facts,
                              checksum_coverage coverage, const packed_endpoints& after,
                              flow_delta delta) noexcept {
  const weir::protocol kind = facts.transport;
  if (facts.message == message_kind::icmp_query) {
    const bool is_whole = facts.fragment == fragment_kind::none &&
                          facts.transport_offset + transport.size() == facts.end;
    detail::rewrite_query(transport, is_whole, after);
    return;
  }
  if (!has_ports(kind) || facts.message == message_kind::opaque) {
    return;
  }
  store_raw(transport.data(), after.ports);
  if (kind == protocol::sctp) {
    return;  // its CRC covers no addresses, and pools keep its ports
  }
  std::byte* const field = transport.data() + *checksum_field_of<ipv4>(kind);
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
inline void rewrite(std::span<std::byte> packet, const packet_facts& facts,
                    checksum_coverage coverage, const packed_endpoints& after, flow_delta delta,
                    ttl_step step) noexcept {
  rewrite_addresses(packet.data(), after, delta, step);
  const auto here = packet.first(std::min<std::size_t>(packet.size(), facts.end));
  rewrite_transport(here.subspan(facts.transport_offset), facts, coverage, after, delta);
}

}  // namespace weir

#pragma once

// Overview. The quoted packet travelled the other way, so its *source* is rewritten where the
// outer header's *destination* is. Both come from the same session:
//
//   server → external | external → server      as received
//   server → internal | internal → server      as delivered
//
// The key by which a session is found is the quote's, reversed: `before`. What a packet of that
// direction is sent under is `after`, and the quote becomes its reverse.

#include "weir/base/contract.hpp"
#include "weir/nat/quoted_packet.hpp"
#include "weir/nat/rewrite.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/net/protocol.hpp"
#include "weir/wire/bytes.hpp"
#include "weir/wire/checksum.hpp"
#include "weir/wire/icmp_header.hpp"
#include "weir/wire/ipv4_header.hpp"
#include "weir/wire/packed_flow.hpp"
#include "weir/wire/packet_facts.hpp"
#include "weir/wire/tcp_header.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace weir {

/// Rewrites an ICMP error and the packet it quotes, for the session of that packet. `packet`
/// begins at the IP header and `icmp_offset` is where the error does; `quote` was read from it.
/// `after` is the key under which packets are sent that go the way of the error.
///
/// Type, code and what follows the quote stay. The error goes to the quoted packet's sender
/// (RFC 5508 REQ-4c). Where the direction hides its source, the error has that source's external
/// address, even if another router sent it (REQ-5c); else the router's address is kept.
/// False, and nothing changed, if the error is not addressed to the sender of what it quotes.
inline bool translate_icmp_error(std::span<std::byte> packet, std::size_t icmp_offset,
                                 const quoted_packet& quote, const packed_flow<ipv4>& after,
                                 ttl_step step) noexcept;

namespace detail {

/// The bytes of a quoted transport header that a rewrite may change: up to TCP's checksum.
inline constexpr std::size_t quoted_transport_size = tcp_field::checksum + 2;

/// Rewrites the ports or the identifier of a quoted transport header, and its checksum if the
/// quote reaches that far (RFC 5508 REQ-3c: it is not judged).
inline void rewrite_quoted_transport(std::span<std::byte> transport, const quoted_packet& quote,
                                     const packed_flow<ipv4>& after, flow_delta delta) noexcept {
  const protocol kind = quote.key().protocol();
  if (kind == protocol::tcp && transport.size() < quoted_transport_size) {
    store_ports(after, transport.data());
    return;
  }
  rewrite_transport(transport.data(), kind, quote.message(), checksum_coverage::whole, after,
                    delta);
}

}  // namespace detail

inline bool translate_icmp_error(std::span<std::byte> packet, std::size_t icmp_offset,
                                 const quoted_packet& quote, const packed_flow<ipv4>& after,
                                 ttl_step step) noexcept {
  const std::size_t quote_offset = icmp_offset + icmp_header<ipv4>::size;
  expects(packet.size() >= quote_offset + quote.size(), "the quote was read from this packet");
  std::byte* const header = packet.data();
  const auto source = load_raw<std::uint32_t>(header + ipv4_field::source);
  const auto destination = load_raw<std::uint32_t>(header + ipv4_field::destination);
  const packed_flow<ipv4> before = reversed(quote.key());
  if (destination != before.destination_bits()) {
    return false;
  }

  const auto quoted = packet.subspan(quote_offset, quote.size());
  const auto changing =
      quoted.first(std::min(quoted.size(), quote.header_size() + detail::quoted_transport_size));
  const ones_sum sum_before = ones_sum::of(changing);
  const packed_flow<ipv4> quote_after = reversed(after);
  const auto quote_delta = flow_delta::between(quote.key(), quote_after);
  rewrite_addresses(quoted.data(), quote_after, quote_delta, ttl_step::keep);
  detail::rewrite_quoted_transport(quoted.subspan(quote.header_size()), quote, quote_after,
                                   quote_delta);
  adjust_checksum(header + icmp_offset + icmp_field::checksum,
                  checksum_delta{}.replacing(sum_before, ones_sum::of(changing)));

  const bool hides_source = after.source_bits() != before.source_bits();
  const packed_flow<ipv4> outer_before{after.domain(), protocol::icmp, source, destination, 0};
  const packed_flow<ipv4> outer_after{after.domain(), protocol::icmp,
                                      hides_source ? after.source_bits() : source,
                                      after.destination_bits(), 0};
  rewrite_addresses(header, outer_after, flow_delta::between(outer_before, outer_after), step);
  return true;
}

}  // namespace weir

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
#include "weir/nat/rewrite.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/net/ipv4_address.hpp"
#include "weir/net/protocol.hpp"
#include "weir/wire/bytes.hpp"
#include "weir/wire/checksum.hpp"
#include "weir/wire/icmp_header.hpp"
#include "weir/wire/ipv4_header.hpp"
#include "weir/wire/packed_flow.hpp"
#include "weir/wire/packet_facts.hpp"
#include "weir/wire/quote.hpp"
#include "weir/wire/tcp_header.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace weir {

/// Rewrites an ICMP error and the packet it quotes, for the session of that packet. `packet`
/// begins at the IP header, `facts` are the error's and `quote` is what `walk_quote` found in it.
/// `after` is the key under which packets are sent that go the way of the error.
///
/// Type, code and what follows the quote stay. The error goes to the quoted packet's sender
/// (RFC 5508 REQ-4c) and comes from `source`.
/// False, and nothing changed, if the error is not addressed to the sender of what it quotes.
inline bool translate_icmp_error(std::span<std::byte> packet, const packet_facts& facts,
                                 const walked<ipv4>& quote, const packed_flow<ipv4>& after,
                                 ipv4_address source, ttl_step step) noexcept;

/// Whether packets that go the way of an error about `quote` are hidden, and it must be (REQ-5c).
inline bool hides_source(const walked<ipv4>& quote, const packed_flow<ipv4>& after) noexcept {
  return after.source_bits() != quote.key.destination_bits();
}

namespace detail {

/// The bytes of a quoted transport header that a rewrite may change: up to TCP's checksum.
inline constexpr std::size_t quoted_transport_size = tcp_field::checksum + 2;

/// Rewrites a quoted packet: its header, its ports or identifier, and its transport checksum if
/// the quote reaches that far (RFC 5508 REQ-3c: it is not judged).
inline void rewrite_quote(std::span<std::byte> quoted, const walked<ipv4>& quote,
                          const packed_endpoints& after) noexcept {
  const auto delta = flow_delta::between(quote.key.endpoints(), after);
  rewrite_addresses(quoted.data(), after, delta, ttl_step::keep);
  const packet_facts& facts = quote.facts;
  const auto transport = quoted.subspan(facts.transport_offset);
  if (facts.message == message_kind::icmp_query) {
    rewrite_query(transport, false, after);  // how much was cut off nobody knows
    return;
  }
  if (facts.message == message_kind::tcp && transport.size() < quoted_transport_size) {
    store_raw(transport.data(), after.ports);
    return;
  }
  rewrite_transport(transport, facts, checksum_coverage::whole, after, delta);
}

}  // namespace detail

inline bool translate_icmp_error(std::span<std::byte> packet, const packet_facts& facts,
                                 const walked<ipv4>& quote, const packed_flow<ipv4>& after,
                                 ipv4_address source, ttl_step step) noexcept {
  std::byte* const header = packet.data();
  const packed_endpoints before = reversed(quote.key.endpoints());
  const auto outer = packed_endpoints::addresses_of(header);
  if (outer.destination() != before.destination()) {
    return false;
  }

  auto quoted = quote_of<ipv4>(packet, facts);
  expects(quote.facts.ok && quote.facts.end <= quoted.size(), "the quote is this packet's");
  quoted = quoted.first(quote.facts.end);
  const auto changing = quoted.first(std::min<std::size_t>(
      quoted.size(), quote.facts.transport_offset + detail::quoted_transport_size));
  const ones_sum sum_before = ones_sum::of(changing);
  detail::rewrite_quote(quoted, quote, reversed(after.endpoints()));
  adjust_checksum(header + facts.transport_offset + icmp_field::checksum,
                  checksum_delta{}.replacing(sum_before, ones_sum::of(changing)));

  const packed_endpoints sent{
      detail::joined(network_order(source.bits()), after.destination_bits()), 0};
  rewrite_addresses(header, sent, flow_delta::between(outer, sent), step);
  return true;
}

}  // namespace weir

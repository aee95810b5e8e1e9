#pragma once

// Overview
//
// An ICMP error quotes the beginning of the packet it is about. The quote was judged by whoever
// sent the error and may be cut anywhere behind the first eight bytes of its transport header, or
// hold all of a datagram that has fewer, so that its lengths bind nobody. It travelled the other
// way: the session is that of the reversed key.

#include "weir/base/drop_reason.hpp"
#include "weir/net/domain.hpp"
#include "weir/net/flow_key.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/net/protocol.hpp"
#include "weir/wire/bytes.hpp"
#include "weir/wire/extension_walk.hpp"
#include "weir/wire/gre_header.hpp"
#include "weir/wire/icmp_header.hpp"
#include "weir/wire/ipv4_header.hpp"
#include "weir/wire/ipv6_header.hpp"
#include "weir/wire/packed_flow.hpp"
#include "weir/wire/packet_facts.hpp"
#include "weir/wire/tcp_header.hpp"
#include "weir/wire/transport_walk.hpp"

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>

namespace weir {

/// The bytes that an ICMP error quotes, without what RFC 4884 appends behind them; a length
/// attribute that claims more than there is counts for nothing. `bytes` are the packet's, `facts`
/// say `icmp_error`.
template <IpVersion V, class Byte>
  requires std::same_as<std::remove_const_t<Byte>, std::byte>
constexpr std::span<Byte> quote_of(std::span<Byte> bytes, const packet_facts& facts) noexcept {
  const auto message =
      bytes.first(std::min<std::size_t>(bytes.size(), facts.end)).subspan(facts.transport_offset);
  const auto header = icmp_header<V>::parse(message);
  if (!header) return {};
  const auto rest = message.subspan(icmp_header<V>::size);
  const auto claimed = header->quote_size();
  return claimed == 0 || claimed > rest.size() ? rest : rest.first(claimed);
}

namespace detail {

/// The part of a transport header that a quote must hold (RFC 792), where the datagram has as much.
inline constexpr std::size_t quoted_transport_min = 8;

/// Whether fewer bytes than that tell all that is known of a flow: no ports, no identifier.
template <IpVersion V>
constexpr bool may_be_short(protocol transport) noexcept {
  return transport != icmp_of<V> && transport != protocol::esp && !has_ports(transport);
}

/// Reads the eight bytes of a quoted transport header, or all of them where the quote `is_whole`,
/// which is as long as the datagram; false where they cannot be read.
template <IpVersion V>
constexpr bool walk_quoted_transport(std::span<const std::byte> quote, bool is_whole,
                                     packet_facts& facts, std::uint32_t& ports) noexcept {
  if (facts.fragment == fragment_kind::later) {
    facts.message = message_kind::opaque;
    return true;
  }
  const auto transport = quote.first(facts.end).subspan(facts.transport_offset);
  const bool suffices =
      transport.size() >= quoted_transport_min || (is_whole && may_be_short<V>(facts.transport));
  if (!suffices) return false;
  facts.message = message_kind::portless;
  if (facts.transport == icmp_of<V>) {
    const auto header = icmp_header<V>::parse(transport);
    facts.icmp_type = header->type();
    facts.icmp_code = header->code();
    facts.message = header->is_error() ? message_kind::icmp_error : message_kind::icmp_other;
    if (const auto request = icmp_request_of<V>(header->type())) {
      facts.message = message_kind::icmp_query;
      ports = query_ports(header->identifier(), *request, header->is_request());
    }
  } else if (facts.transport == protocol::gre) {
    const auto header = gre_header::parse(transport);
    if (!header) return false;
    facts.message = message_kind::gre;
    ports = network_order(header->key());
  } else if (has_ports(facts.transport) || facts.transport == protocol::esp) {
    facts.message = facts.transport == protocol::tcp   ? message_kind::tcp
                    : facts.transport == protocol::udp ? message_kind::udp
                    : facts.transport == protocol::esp ? message_kind::spi
                                                       : message_kind::ports;
    ports = load_raw<std::uint32_t>(transport.data());
  }
  if (facts.message == message_kind::tcp && transport.size() > tcp_field::flags) {
    facts.tcp_flags = load_be<std::uint8_t>(transport, tcp_field::flags);
  }
  return true;
}

/// Reads a quoted network header up to the transport's; false where it cannot be read.
inline bool walk_quoted_network(std::span<const std::byte> quote, bool& is_whole,
                                packet_facts& facts, ipv4 /*family*/) noexcept {
  const auto header = ipv4_header::parse(quote);
  // RFC 5508 REQ-3a: a quote with a wrong header checksum is no quote.
  if (!header || !header->checksum_is_right()) return false;
  facts.transport = header->protocol();
  facts.transport_offset = static_cast<std::uint16_t>(header->size());  // RFC 5508 REQ-3b
  is_whole = header->total_length() <= quote.size();
  facts.end =
      static_cast<std::uint32_t>(std::min<std::size_t>(header->total_length(), quote.size()));
  facts.ttl = header->ttl();
  facts.fragment_id = header->identification();
  if (!header->is_fragment()) return true;
  facts.fragment = header->fragment_offset() == 0 ? fragment_kind::first : fragment_kind::later;
  facts.fragment_offset = header->fragment_offset();
  facts.more_fragments = header->more_fragments();
  return true;
}

inline bool walk_quoted_network(std::span<const std::byte> quote, bool& is_whole,
                                packet_facts& facts, ipv6 /*family*/) noexcept {
  const auto header = ipv6_header::parse(quote);
  if (!header) return false;
  facts.family = ip_family::ipv6;
  facts.transport = header->next_header();
  facts.transport_offset = ipv6_header::size;
  const std::size_t size = ipv6_header::size + header->payload_length();
  is_whole = size <= quote.size();
  facts.end = static_cast<std::uint32_t>(std::min(size, quote.size()));
  facts.ttl = header->hop_limit();
  return !extension_walk{quote, walk_options{.pass_unknown_extensions = true}, facts, true}.walk();
}

}  // namespace detail

/// What a quoted packet says, and its key as it was sent. Not `ok`, for `bad_quote`, where fewer
/// than eight bytes of its transport header are there or its header checksum is wrong; of a
/// protocol without ports less is enough where the datagram had no more. `end` is where the quote
/// ends. Of TCP the flags are zero where the quote ends before them; a quoted ICMP error and a
/// quoted later fragment are told by `message`.
template <IpVersion V>
inline walked<V> walk_quote(std::span<const std::byte> quote, domain_id domain) noexcept {
  walked<V> found;
  std::uint32_t ports = 0;
  bool is_whole = false;
  found.facts.fault = drop_reason::bad_quote;
  found.facts.ok = detail::walk_quoted_network(quote, is_whole, found.facts, V{}) &&
                   detail::walk_quoted_transport<V>(quote, is_whole, found.facts, ports);
  if (!found.facts.ok) return found;
  found.key = packed_flow<V>::from_header(quote.data(), domain, found.facts.transport, ports);
  return found;
}

/// The sequence number of a quoted TCP segment, which is there in every quote that `walk_quote`
/// found `ok` and `tcp`.
inline std::uint32_t quoted_sequence(std::span<const std::byte> quote,
                                     const packet_facts& facts) noexcept {
  return load_be<std::uint32_t>(quote, facts.transport_offset + tcp_field::sequence);
}

}  // namespace weir

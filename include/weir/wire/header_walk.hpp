#pragma once

// Overview
//
// One bounded walk over the headers of a packet finds what every later stage asks: where the
// transport header lies, what it is, and the key of the flow. The common packet, whole TCP or UDP
// behind a plain header, is judged inline in a handful of loads; everything else goes out of line.
//
// Nothing is read behind `bytes`. A payload that a capture cut off is no fault, a header is.
// Bytes behind the datagram's own length are padding (RFC 894) and no part of it.

#include "weir/base/drop_reason.hpp"
#include "weir/net/domain.hpp"
#include "weir/net/flow_key.hpp"
#include "weir/net/ip_address.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/net/protocol.hpp"
#include "weir/wire/bytes.hpp"
#include "weir/wire/checksum.hpp"
#include "weir/wire/extension_walk.hpp"
#include "weir/wire/ipv4_header.hpp"
#include "weir/wire/ipv6_header.hpp"
#include "weir/wire/packed_flow.hpp"
#include "weir/wire/packet_facts.hpp"
#include "weir/wire/tcp_header.hpp"
#include "weir/wire/transport_walk.hpp"
#include "weir/wire/udp_header.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace weir {

namespace detail {

inline constexpr std::size_t datagram_size_max = 65535;

/// Whether the words of a header without options, its checksum among them, verify; not all of them
/// are zero.
inline bool plain_header_verifies(const std::byte* header) noexcept {
  const auto first = load_raw<std::uint64_t>(header);
  std::uint64_t sum = first + load_raw<std::uint64_t>(header + 8);
  const std::uint64_t rest = load_raw<std::uint32_t>(header + 16) + std::uint64_t{sum < first};
  sum += rest;
  sum += std::uint64_t{sum < rest};
  return sum % 0xFFFF == 0;
}

/// Judges the common transport headers, of a datagram that ends at `end` and of which `held` bytes
/// are there; false where the general walk must look.
inline bool walk_plain_transport(const std::byte* packet, std::size_t at, std::size_t end,
                                 std::size_t held, protocol transport, message_kind& message,
                                 std::uint8_t& tcp_flags) noexcept {
  if (transport == protocol::tcp) {
    if (held < at + tcp_header::size_min) return false;
    const std::size_t size =
        (load_be<std::uint8_t>(packet + at + tcp_field::data_offset) >> 4) * 4u;
    if (size < tcp_header::size_min || at + size > held) return false;
    message = message_kind::tcp;
    tcp_flags = load_be<std::uint8_t>(packet + at + tcp_field::flags);
    return tcp_flags_are_legal(tcp_flags);
  }
  if (transport != protocol::udp || held < at + udp_header::size) return false;
  const std::size_t length = load_be<std::uint16_t>(packet + at + udp_field::length);
  message = message_kind::udp;
  tcp_flags = 0;
  return length >= udp_header::size && at + length <= end;
}

/// What holds for every plain packet. The rest is set in place: facts that were put together
/// elsewhere would be reloaded across the stores that made them, which costs more than the walk.
template <IpVersion V>
inline constexpr packet_facts plain_facts{
    .transport_offset = header_size_min<V>, .ok = true, .family = family_of<V>};

/// What is wrong with the fixed part and the options of an IPv4 header; fills in what it says.
inline std::optional<drop_reason> walk_ipv4_header(std::span<const std::byte> bytes,
                                                   std::size_t wire_size,
                                                   const walk_options& options,
                                                   packet_facts& facts) noexcept {
  if (bytes.empty()) return drop_reason::truncated_header;
  if (load_be<std::uint8_t>(bytes, 0) >> 4 != 4) return drop_reason::bad_version;
  if (bytes.size() < ipv4_header::size_min) return drop_reason::truncated_header;
  const std::size_t size = (load_be<std::uint8_t>(bytes, 0) & 0xFu) * 4u;
  if (size < ipv4_header::size_min || size > wire_size) return drop_reason::bad_header_length;
  if (size > bytes.size()) return drop_reason::truncated_header;
  const auto header = ipv4_header::parse(bytes);
  if (!header || header->total_length() > wire_size) return drop_reason::bad_total_length;
  if (options.verify_ip_checksum && !header->checksum_is_right()) {
    return drop_reason::bad_ip_checksum;
  }
  if (size > ipv4_header::size_min) {
    const auto found = walk_ipv4_options(header->options());
    if (found.source_route && !options.pass_source_routes) return drop_reason::source_route;
    if (!found.well_formed) return drop_reason::bad_header_length;
    if (!options.pass_ip_options) return drop_reason::ip_options;
  }
  facts.end = header->total_length();
  facts.transport_offset = static_cast<std::uint16_t>(size);
  facts.transport = header->protocol();
  facts.ttl = header->ttl();
  facts.fragment_id = header->identification();
  return std::nullopt;
}

/// What is wrong with an IPv4 packet as a piece of a datagram; fills in which piece it is.
inline std::optional<drop_reason> walk_ipv4_fragment(const ipv4_header& header,
                                                     packet_facts& facts) noexcept {
  if (!header.is_fragment()) return std::nullopt;
  const std::size_t payload = header.total_length() - header.size();
  const bool ragged = header.more_fragments() && payload % 8 != 0;
  const std::size_t datagram_end = header.size() + header.fragment_offset() + payload;
  if (payload == 0 || ragged || datagram_end > datagram_size_max) return drop_reason::bad_fragment;
  // The piece that holds bytes 8..15 of a TCP header alone hides flags (RFC 3128).
  if (header.protocol() == protocol::tcp && header.fragment_offset() == 8) {
    return drop_reason::bad_fragment;
  }
  facts.fragment = header.fragment_offset() == 0 ? fragment_kind::first : fragment_kind::later;
  facts.fragment_offset = header.fragment_offset();
  facts.more_fragments = header.more_fragments();
  return std::nullopt;
}

/// What is wrong with an IPv6 header; fills in what it says.
inline std::optional<drop_reason> walk_ipv6_header(std::span<const std::byte> bytes,
                                                   std::size_t wire_size,
                                                   packet_facts& facts) noexcept {
  if (bytes.empty()) return drop_reason::truncated_header;
  if (load_be<std::uint8_t>(bytes, 0) >> 4 != 6) return drop_reason::bad_version;
  const auto header = ipv6_header::parse(bytes);
  if (!header) return drop_reason::truncated_header;
  facts.family = ip_family::ipv6;
  facts.transport = header->next_header();
  facts.transport_offset = ipv6_header::size;
  facts.ttl = header->hop_limit();
  facts.end = static_cast<std::uint32_t>(ipv6_header::size + header->payload_length());
  // A payload length of zero before a hop-by-hop header announces a jumbo option (RFC 2675
  // section 2); nothing else could follow.
  if (header->payload_length() == 0 && facts.transport == protocol::hop_by_hop) {
    return drop_reason::jumbogram;
  }
  if (facts.end > wire_size) return drop_reason::bad_total_length;
  return std::nullopt;
}

/// What is wrong before the transport header; fills in what is said there.
template <IpVersion V>
std::optional<drop_reason> walk_network(std::span<const std::byte> bytes, std::size_t wire_size,
                                        const walk_options& options, packet_facts& facts) noexcept {
  if constexpr (V::number == 4) {
    const auto fault = walk_ipv4_header(bytes, wire_size, options, facts);
    return fault ? fault : walk_ipv4_fragment(*ipv4_header::parse(bytes), facts);
  } else {
    const auto fault = walk_ipv6_header(bytes, wire_size, facts);
    return fault ? fault : extension_walk{bytes, options, facts}.walk();
  }
}

/// The walk over any packet.
template <IpVersion V>
[[gnu::__noinline__]] void walk_any(std::span<const std::byte> bytes, std::size_t wire_size,
                                    domain_id domain, const walk_options& options,
                                    walked<V>& found) noexcept {
  auto& facts = found.facts;
  facts = {};
  std::uint32_t ports = 0;
  auto fault = walk_network<V>(bytes, wire_size, options, facts);
  if (!fault) fault = walk_transport<V>(bytes, facts, ports);
  if (fault) {
    facts.fault = *fault;
    return;
  }
  facts.ok = true;
  found.key = packed_flow<V>::from_header(bytes.data(), domain, facts.transport, ports);
}

/// The walk over a whole TCP or UDP datagram behind an IPv4 header without options; false where
/// the packet is anything else, good or bad.
inline bool walk_plain(std::span<const std::byte> bytes, std::size_t wire_size, domain_id domain,
                       const walk_options& options, walked<ipv4>& found) noexcept {
  constexpr std::size_t at = ipv4_header::size_min;
  constexpr std::uint8_t version_and_length = 0x45;
  if (bytes.size() < at + udp_header::size) return false;
  const std::byte* header = bytes.data();
  const std::size_t end = load_be<std::uint16_t>(header + ipv4_field::total_length);
  const auto pieces = load_be<std::uint16_t>(header + ipv4_field::flags_and_offset) &
                      (ipv4_header::offset_mask | ipv4_header::more_fragments_bit);
  if (load_be<std::uint8_t>(header) != version_and_length || pieces != 0 || end > wire_size) {
    return false;
  }
  const protocol transport{load_be<std::uint8_t>(header + ipv4_field::protocol)};
  message_kind message{};
  std::uint8_t tcp_flags = 0;
  if (!walk_plain_transport(header, at, end, std::min(end, bytes.size()), transport, message,
                            tcp_flags)) {
    return false;
  }
  if (options.verify_ip_checksum && !plain_header_verifies(header)) return false;
  found.facts = plain_facts<ipv4>;
  found.facts.end = static_cast<std::uint32_t>(end);
  found.facts.fragment_id = load_be<std::uint16_t>(header + ipv4_field::identification);
  found.facts.ttl = load_be<std::uint8_t>(header + ipv4_field::ttl);
  found.facts.transport = transport;
  found.facts.message = message;
  found.facts.tcp_flags = tcp_flags;
  found.key = packed_flow<ipv4>::from_ipv4_header(header, domain);
  return true;
}

/// The walk over a whole TCP or UDP datagram behind an IPv6 header without extensions.
inline bool walk_plain(std::span<const std::byte> bytes, std::size_t wire_size, domain_id domain,
                       const walk_options& /*options*/, walked<ipv6>& found) noexcept {
  constexpr std::size_t at = ipv6_header::size;
  if (bytes.size() < at + udp_header::size) return false;
  const std::byte* header = bytes.data();
  const std::size_t end = at + load_be<std::uint16_t>(header + ipv6_field::payload_length);
  if (load_be<std::uint8_t>(header) >> 4 != 6 || end > wire_size) return false;
  const protocol transport{load_be<std::uint8_t>(header + ipv6_field::next_header)};
  message_kind message{};
  std::uint8_t tcp_flags = 0;
  if (!walk_plain_transport(header, at, end, std::min(end, bytes.size()), transport, message,
                            tcp_flags)) {
    return false;
  }
  found.facts = plain_facts<ipv6>;
  found.facts.end = static_cast<std::uint32_t>(end);
  found.facts.ttl = load_be<std::uint8_t>(header + ipv6_field::hop_limit);
  found.facts.transport = transport;
  found.facts.message = message;
  found.facts.tcp_flags = tcp_flags;
  found.key = packed_flow<ipv6>::from_header(header, domain, transport,
                                             load_raw<std::uint32_t>(header + at));
  return true;
}

}  // namespace detail

/// The headers of a packet of family V that has `wire_size` bytes, of which `bytes` are there,
/// found into `found`, whatever it held. Lies about length, forbidden options and flags, and cut
/// headers are faults; the TTL and the addresses are not judged.
template <IpVersion V>
inline void walk_into(walked<V>& found, std::span<const std::byte> bytes, std::size_t wire_size,
                      domain_id domain, const walk_options& options = {}) noexcept {
  if (!detail::walk_plain(bytes, wire_size, domain, options, found)) [[unlikely]] {
    detail::walk_any(bytes, wire_size, domain, options, found);
  }
}

/// The same, as a value: `walk_into` spares the copy where the result lands in an array.
template <IpVersion V>
inline walked<V> walk(std::span<const std::byte> bytes, std::size_t wire_size, domain_id domain,
                      const walk_options& options = {}) noexcept {
  walked<V> found;
  walk_into(found, bytes, wire_size, domain, options);
  return found;
}

}  // namespace weir

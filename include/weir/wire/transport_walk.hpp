#pragma once

// The last step of the header walk: the transport header, for both families.

#include "weir/base/drop_reason.hpp"
#include "weir/net/flow_key.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/net/protocol.hpp"
#include "weir/wire/bytes.hpp"
#include "weir/wire/esp_header.hpp"
#include "weir/wire/gre_header.hpp"
#include "weir/wire/icmp_header.hpp"
#include "weir/wire/packet_facts.hpp"
#include "weir/wire/tcp_header.hpp"
#include "weir/wire/udp_header.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace weir::detail {

/// Nothing where `size` bytes from `at` are there; else what is wrong. A first fragment must hold
/// every header (RFC 7112 section 5, RFC 1858 section 3).
constexpr std::optional<drop_reason> missing(std::span<const std::byte> bytes,
                                             const packet_facts& facts, std::size_t at,
                                             std::size_t size) noexcept {
  if (at + size > facts.end) {
    return facts.fragment == fragment_kind::first ? drop_reason::header_chain_too_long
                                                  : drop_reason::truncated_header;
  }
  if (at + size > bytes.size()) return drop_reason::truncated_header;
  return std::nullopt;
}

/// The ports of an ICMP query as they would lie in the packet: the identifier is the asker's, the
/// type of the request the answerer's.
constexpr std::uint32_t query_ports(std::uint16_t identifier, std::uint8_t request,
                                    bool asks) noexcept {
  return asks ? packed_ports(port{identifier}, port{request})
              : packed_ports(port{request}, port{identifier});
}

/// Reads the ports of a protocol whose header holds at least `size` bytes.
constexpr std::optional<drop_reason> walk_ports(std::span<const std::byte> bytes,
                                                packet_facts& facts, std::uint32_t& ports,
                                                std::size_t size) noexcept {
  if (const auto fault = missing(bytes, facts, facts.transport_offset, size)) return fault;
  facts.message = message_kind::ports;
  ports = load_raw<std::uint32_t>(bytes.data() + facts.transport_offset);
  return std::nullopt;
}

constexpr std::optional<drop_reason> walk_tcp(std::span<const std::byte> bytes, packet_facts& facts,
                                              std::uint32_t& ports) noexcept {
  const std::size_t at = facts.transport_offset;
  if (const auto fault = walk_ports(bytes, facts, ports, tcp_header::size_min)) return fault;
  facts.message = message_kind::tcp;
  facts.tcp_flags = load_be<std::uint8_t>(bytes, at + tcp_field::flags);
  const std::size_t size = (load_be<std::uint8_t>(bytes, at + tcp_field::data_offset) >> 4) * 4u;
  if (size < tcp_header::size_min) return drop_reason::bad_transport_length;
  if (at + size > facts.end && facts.fragment == fragment_kind::none) {
    return drop_reason::bad_transport_length;
  }
  if (const auto fault = missing(bytes, facts, at, size)) return fault;
  if (!tcp_flags_are_legal(facts.tcp_flags)) return drop_reason::bad_tcp_flags;
  return std::nullopt;
}

/// UDP, and UDP-Lite, whose length field is its coverage and may be zero (RFC 3828 section 3.1).
constexpr std::optional<drop_reason> walk_udp(std::span<const std::byte> bytes, packet_facts& facts,
                                              std::uint32_t& ports) noexcept {
  const std::size_t at = facts.transport_offset;
  if (const auto fault = walk_ports(bytes, facts, ports, udp_header::size)) return fault;
  const bool lite = facts.transport == protocol::udp_lite;
  if (!lite) facts.message = message_kind::udp;
  const std::size_t length = load_be<std::uint16_t>(bytes, at + udp_field::length);
  if (length < udp_header::size && !(lite && length == 0)) return drop_reason::bad_transport_length;
  if (at + length > facts.end && facts.fragment == fragment_kind::none) {
    return drop_reason::bad_transport_length;
  }
  return std::nullopt;
}

template <IpVersion V>
constexpr std::optional<drop_reason> walk_icmp(std::span<const std::byte> bytes,
                                               packet_facts& facts, std::uint32_t& ports) noexcept {
  // Every message of IPv4 has eight bytes (RFC 792); of IPv6, four are common (RFC 4443).
  constexpr std::size_t size_min = V::number == 4 ? 8 : 4;
  const std::size_t at = facts.transport_offset;
  if (const auto fault = missing(bytes, facts, at, size_min)) return fault;
  facts.icmp_type = load_be<std::uint8_t>(bytes, at + icmp_field::type);
  facts.icmp_code = load_be<std::uint8_t>(bytes, at + icmp_field::code);
  facts.message = message_kind::icmp_other;

  const auto request = icmp_request_of<V>(facts.icmp_type);
  if (!request && !is_icmp_error<V>(facts.icmp_type)) return std::nullopt;
  if (const auto fault = missing(bytes, facts, at, icmp_header<V>::size)) return fault;
  facts.message = request ? message_kind::icmp_query : message_kind::icmp_error;
  if (request) {
    ports = query_ports(load_be<std::uint16_t>(bytes, at + icmp_field::identifier), *request,
                        *request == facts.icmp_type);
  }
  return std::nullopt;
}

constexpr std::optional<drop_reason> walk_esp(std::span<const std::byte> bytes, packet_facts& facts,
                                              std::uint32_t& ports) noexcept {
  if (const auto fault = walk_ports(bytes, facts, ports, esp_header::size)) return fault;
  facts.message = message_kind::spi;  // the index lies where ports do, high half first
  return std::nullopt;
}

constexpr std::optional<drop_reason> walk_gre(std::span<const std::byte> bytes, packet_facts& facts,
                                              std::uint32_t& ports) noexcept {
  const std::size_t at = facts.transport_offset;
  if (const auto fault = missing(bytes, facts, at, gre_header::size_min)) return fault;
  const std::size_t held = (facts.end < bytes.size() ? facts.end : bytes.size()) - at;
  const auto header = gre_header::parse(bytes.subspan(at, held));
  if (!header) {
    return facts.fragment == fragment_kind::first ? drop_reason::header_chain_too_long
                                                  : drop_reason::truncated_header;
  }
  facts.message = message_kind::gre;
  ports = network_order(header->key());
  return std::nullopt;
}

/// Reads the transport header at `facts.transport_offset`; the rest of the facts is known.
template <IpVersion V>
constexpr std::optional<drop_reason> walk_transport(std::span<const std::byte> bytes,
                                                    packet_facts& facts,
                                                    std::uint32_t& ports) noexcept {
  constexpr std::size_t ports_header_size = 12;  // of SCTP (RFC 9260) and DCCP (RFC 4340)
  if (facts.fragment == fragment_kind::later) {
    facts.message = message_kind::opaque;
    return std::nullopt;
  }
  switch (facts.transport) {
    case protocol::tcp:
      return walk_tcp(bytes, facts, ports);
    case protocol::udp:
    case protocol::udp_lite:
      return walk_udp(bytes, facts, ports);
    case protocol::sctp:
    case protocol::dccp:
      return walk_ports(bytes, facts, ports, ports_header_size);
    case icmp_of<V>:
      return walk_icmp<V>(bytes, facts, ports);
    case protocol::esp:
      return walk_esp(bytes, facts, ports);
    case protocol::gre:
      return walk_gre(bytes, facts, ports);
    default:
      facts.message = message_kind::portless;
      return std::nullopt;
  }
}

}  // namespace weir::detail

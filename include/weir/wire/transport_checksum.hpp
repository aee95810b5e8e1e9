#pragma once

#include "weir/net/flow_key.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/net/protocol.hpp"
#include "weir/wire/bytes.hpp"
#include "weir/wire/checksum.hpp"
#include "weir/wire/icmp_header.hpp"
#include "weir/wire/packed_flow.hpp"
#include "weir/wire/packet_facts.hpp"
#include "weir/wire/tcp_header.hpp"
#include "weir/wire/udp_header.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace weir {

/// Where the Internet checksum of a protocol lies in its header; nothing where it has none.
template <IpVersion V>
constexpr std::optional<std::size_t> checksum_field_of(protocol transport) noexcept {
  switch (transport) {
    case protocol::tcp:
      return tcp_field::checksum;
    case protocol::udp:
    case protocol::udp_lite:
    case protocol::dccp:
      return udp_field::checksum;
    case icmp_of<V>:
      return icmp_field::checksum;
    default:
      return std::nullopt;
  }
}

/// Whether a protocol's checksum covers the addresses: all do but ICMP over IPv4.
template <IpVersion V>
constexpr bool covers_addresses(protocol transport) noexcept {
  return !(V::number == 4 && transport == protocol::icmp);
}

/// The checksum that a sum becomes: zero says of UDP (RFC 768) and UDP-Lite (RFC 3828) that there
/// is none, so that theirs never is.
constexpr inet_checksum transport_checksum_of(protocol transport, ones_sum sum) noexcept {
  const auto made = inet_checksum::of(sum);
  const bool zero_means_none = transport == protocol::udp || transport == protocol::udp_lite;
  return zero_means_none ? made.never_zero() : made;
}

namespace detail {

/// How many bytes of a transport checksum's header and payload it covers; nothing where that
/// cannot be told from this packet.
constexpr std::optional<std::size_t> covered_size(std::span<const std::byte> datagram,
                                                  const packet_facts& facts) noexcept {
  constexpr std::size_t dccp_offset = 4;
  constexpr std::size_t dccp_coverage = 5;
  const auto segment = datagram.subspan(facts.transport_offset);
  if (facts.transport == protocol::udp) return load_be<std::uint16_t>(segment, udp_field::length);
  if (facts.transport == protocol::udp_lite) {
    const std::size_t coverage = load_be<std::uint16_t>(segment, udp_field::length);
    return coverage == 0 ? segment.size() : coverage;  // RFC 3828 section 3.1
  }
  if (facts.transport == protocol::dccp) {  // RFC 4340 section 9.2
    const std::size_t coverage = load_be<std::uint8_t>(segment, dccp_coverage) & 0xFu;
    const std::size_t header = load_be<std::uint8_t>(segment, dccp_offset) * 4u;
    const std::size_t covered = coverage == 0 ? segment.size() : header + (coverage - 1) * 4;
    return covered <= segment.size() ? std::optional{covered} : std::nullopt;
  }
  return segment.size();
}

}  // namespace detail

/// The sum that the transport checksum of a whole datagram is made from or verified by, its field
/// included. Nothing where there is no such checksum, or not all that it covers is here: of the
/// addresses neither, where another header holds them (`covers_others`).
template <IpVersion V>
constexpr std::optional<ones_sum> transport_sum(std::span<const std::byte> bytes,
                                                const packet_facts& facts,
                                                const packed_flow<V>& key) noexcept {
  if (facts.fragment != fragment_kind::none || facts.end > bytes.size()) return std::nullopt;
  if (!checksum_field_of<V>(facts.transport)) return std::nullopt;
  const auto datagram = bytes.first(facts.end);
  const auto covered = detail::covered_size(datagram, facts);
  if (!covered) return std::nullopt;
  const auto sum = ones_sum::of(datagram.subspan(facts.transport_offset, *covered));
  if (!covers_addresses<V>(facts.transport)) return sum;
  if (facts.covers_others) return std::nullopt;
  // The length of UDP is its own field's (RFC 768), of all others that of header and payload.
  const std::size_t length =
      facts.transport == protocol::udp ? *covered : datagram.size() - facts.transport_offset;
  return sum.plus(pseudo_header(key.source(), key.destination(), facts.transport,
                                static_cast<std::uint32_t>(length)));
}

/// Whether the transport checksum of a packet is right; nothing where that cannot be told: no
/// checksum, a fragment, a payload or an address that is not here. UDP over IPv4 may go without
/// (RFC 768).
template <IpVersion V>
constexpr std::optional<bool> transport_checksum_is_right(std::span<const std::byte> bytes,
                                                          const packet_facts& facts,
                                                          const packed_flow<V>& key) noexcept {
  const auto sum = transport_sum<V>(bytes, facts, key);
  if (!sum) return std::nullopt;
  if (facts.transport == protocol::udp &&
      load_be<std::uint16_t>(bytes, facts.transport_offset + udp_field::checksum) == 0) {
    return V::number == 4 ? std::nullopt : std::optional{false};  // RFC 8200 section 8.1
  }
  return sum->verifies();
}

/// Computes and stores the transport checksum of a whole datagram, whatever its field holds. False,
/// and nothing changed, where there is none to compute.
template <IpVersion V>
constexpr bool complete_transport_checksum(std::span<std::byte> bytes, const packet_facts& facts,
                                           const packed_flow<V>& key) noexcept {
  const auto field = checksum_field_of<V>(facts.transport);
  if (!field || facts.fragment != fragment_kind::none || facts.end > bytes.size()) return false;
  std::byte* at = bytes.data() + facts.transport_offset + *field;
  const auto before = load_be<std::uint16_t>(at);
  store_be(at, std::uint16_t{0});
  const auto sum = transport_sum<V>(bytes, facts, key);
  if (!sum) {
    store_be(at, before);
    return false;
  }
  store_be(at, transport_checksum_of(facts.transport, *sum).field());
  return true;
}

}  // namespace weir

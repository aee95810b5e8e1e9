#pragma once

// The answers weir gives to packets it does not forward: ICMP and ICMPv6 errors and TCP resets,
// made from the packet as it was received.

#include "weir/net/flow_key.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/net/protocol.hpp"
#include "weir/net/special_address.hpp"
#include "weir/wire/bytes.hpp"
#include "weir/wire/checksum.hpp"
#include "weir/wire/icmp_header.hpp"
#include "weir/wire/ipv4_header.hpp"
#include "weir/wire/ipv6_header.hpp"
#include "weir/wire/packet_facts.hpp"
#include "weir/wire/tcp_header.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace weir {

/// The longest error, its IP header included: RFC 1812 section 4.3.2.3, RFC 4443 section 2.4c.
template <IpVersion V>
inline constexpr std::size_t error_size_max = V::number == 4 ? 576 : 1280;

/// The TTL and hop limit of what weir itself sends.
inline constexpr std::uint8_t answer_ttl = 64;

/// Where an answer is written: room for the longest.
using answer_buffer = std::array<std::byte, error_size_max<ipv6>>;

/// What an ICMP or ICMPv6 error says.
template <IpVersion V>
struct icmp_error {
  std::uint8_t type = 0;
  std::uint8_t code = 0;
  std::uint32_t rest = 0;  ///< the second word of the header: an MTU or a pointer

  /// There is no route to the destination.
  static constexpr icmp_error no_route() noexcept {
    return unreachable(icmp_code::net_unreachable, icmpv6_code::no_route);
  }
  /// The destination cannot be reached on its link.
  static constexpr icmp_error host_unreachable() noexcept {
    return unreachable(icmp_code::host_unreachable, icmpv6_code::address_unreachable);
  }
  static constexpr icmp_error port_unreachable() noexcept {
    return unreachable(icmp_code::port_unreachable, icmpv6_code::port_unreachable);
  }
  static constexpr icmp_error admin_prohibited() noexcept {
    return unreachable(icmp_code::admin_prohibited, icmpv6_code::admin_prohibited);
  }
  /// Nobody takes the packet along the way it chose.
  static constexpr icmp_error source_route_failed() noexcept
    requires(V::number == 4)
  {
    return unreachable(icmp_code::source_route_failed, 0);
  }
  /// The field so many bytes into the packet says what nobody does (RFC 4443 section 3.4).
  static constexpr icmp_error erroneous_field(std::uint32_t offset) noexcept
    requires(V::number == 6)
  {
    return {icmpv6_type::parameter_problem, icmpv6_code::erroneous_field, offset};
  }
  /// A link-local source would leave its link (RFC 4443 section 3.1).
  static constexpr icmp_error beyond_scope() noexcept
    requires(V::number == 6)
  {
    return unreachable(0, icmpv6_code::beyond_scope);
  }
  static constexpr icmp_error ttl_expired() noexcept {
    return {V::number == 4 ? icmp_type::time_exceeded : icmpv6_type::time_exceeded, 0, 0};
  }
  /// The packet is longer than the next link's MTU (RFC 1191 section 4, RFC 4443 section 3.2).
  static constexpr icmp_error too_big(std::uint32_t mtu) noexcept {
    if constexpr (V::number == 4) {
      return {icmp_type::unreachable, icmp_code::fragmentation_needed,
              std::min<std::uint32_t>(mtu, 0xFFFF)};
    } else {
      return {icmpv6_type::packet_too_big, 0, mtu};
    }
  }

  friend constexpr bool operator==(const icmp_error&, const icmp_error&) noexcept = default;

 private:
  static constexpr icmp_error unreachable(std::uint8_t code, std::uint8_t code_ipv6) noexcept {
    if constexpr (V::number == 4) {
      return {icmp_type::unreachable, code, 0};
    } else {
      return {icmpv6_type::unreachable, code_ipv6, 0};
    }
  }
};

/// Whether an error may be sent about a packet that the walk found `ok`: never about errors and
/// redirects, later fragments, group addresses or a source that is not one host (RFC 1812 section
/// 4.3.2.7, RFC 4443 section 2.4e). Frames to a group and directed broadcasts are the caller's to
/// know. A packet too big may answer a multicast.
template <IpVersion V>
constexpr bool may_be_answered(const walked<V>& packet, const icmp_error<V>& error) noexcept {
  const auto& facts = packet.facts;
  if (!facts.ok || facts.fragment == fragment_kind::later) return false;
  if (facts.message == message_kind::icmp_error) return false;
  if (is_martian_source(packet.key.source())) return false;
  if constexpr (V::number == 4) {
    return !is_martian_source(packet.key.destination());  // else it is no single host's either
  } else {
    const bool redirect =
        facts.message == message_kind::icmp_other && facts.icmp_type == icmpv6_type::redirect;
    const bool may_answer_group = error.type == icmpv6_type::packet_too_big;
    return !redirect && (may_answer_group || !packet.key.destination().is_multicast());
  }
}

namespace detail {

/// Writes an IP header for `size` bytes in all, from `source` to `destination`; returns its length.
inline std::size_t write_ip_header(std::span<std::byte> to, std::size_t size, protocol transport,
                                   ipv4_address source, ipv4_address destination) noexcept {
  // RFC 1812 section 4.3.2.5: internetwork control. An atomic datagram needs no identification
  // (RFC 6864 section 4.1).
  constexpr std::uint8_t internetwork_control = 0xC0;
  std::fill_n(to.begin(), ipv4_header::size_min, std::byte{0});
  store_be(to, ipv4_field::version_and_length, std::uint8_t{0x45});
  if (transport == protocol::icmp) {
    store_be(to, ipv4_field::type_of_service, internetwork_control);
  }
  store_be(to, ipv4_field::total_length, static_cast<std::uint16_t>(size));
  store_be(to, ipv4_field::flags_and_offset, ipv4_header::dont_fragment_bit);
  store_be(to, ipv4_field::ttl, answer_ttl);
  store_be(to, ipv4_field::protocol, number(transport));
  store_be(to, ipv4_field::source, source.bits());
  store_be(to, ipv4_field::destination, destination.bits());
  store_be(to, ipv4_field::checksum, inet_checksum::of(to.first(ipv4_header::size_min)).field());
  return ipv4_header::size_min;
}

inline std::size_t write_ip_header(std::span<std::byte> to, std::size_t size, protocol transport,
                                   const ipv6_address& source,
                                   const ipv6_address& destination) noexcept {
  store_be(to, ipv6_field::version_class_and_label, std::uint32_t{0x60000000});
  store_be(to, ipv6_field::payload_length, static_cast<std::uint16_t>(size - ipv6_header::size));
  store_be(to, ipv6_field::next_header, number(transport));
  store_be(to, ipv6_field::hop_limit, answer_ttl);
  store_ipv6_address(to, ipv6_field::source, source);
  store_ipv6_address(to, ipv6_field::destination, destination);
  return ipv6_header::size;
}

}  // namespace detail

/// Writes the error about a packet, from `source` to the packet's source; returns what to send.
/// `about` are the packet's bytes as received. It is quoted as far as the family's limit, `mtu` and
/// what of it is here go, but no less than its header and 8 bytes (RFC 792); padding is not.
template <IpVersion V>
inline std::span<const std::byte> write_icmp_error(answer_buffer& to, const icmp_error<V>& error,
                                                   const typename V::address& source,
                                                   std::span<const std::byte> about,
                                                   const walked<V>& packet,
                                                   std::uint32_t mtu = error_size_max<V>) noexcept {
  constexpr std::size_t at = header_size_min<V>;
  constexpr std::size_t quote_at = at + icmp_header<V>::size;
  constexpr std::size_t quote_max = error_size_max<V> - quote_at;
  constexpr std::size_t quoted_behind_header = 8;
  const std::size_t fitting = std::max<std::size_t>(mtu, quote_at) - quote_at;
  const std::size_t least = packet.facts.transport_offset + quoted_behind_header;
  const std::size_t quoted =
      std::min({about.size(), std::size_t{packet.facts.end}, quote_max, std::max(fitting, least)});
  const std::size_t size = quote_at + quoted;
  const std::span<std::byte> out{to.data(), size};
  const auto destination = packet.key.source();
  detail::write_ip_header(out, size, icmp_of<V>, source, destination);

  store_be(out, at + icmp_field::type, error.type);
  store_be(out, at + icmp_field::code, error.code);
  store_be(out, at + icmp_field::checksum, std::uint16_t{0});
  store_be(out, at + icmp_field::identifier, error.rest);
  std::copy_n(about.begin(), quoted, out.begin() + quote_at);
  auto sum = ones_sum::of(out.subspan(at));
  if constexpr (V::number == 6) {
    sum = sum.plus(
        pseudo_header(source, destination, icmp_of<V>, static_cast<std::uint32_t>(size - at)));
  }
  store_be(out, at + icmp_field::checksum, inet_checksum::of(sum).field());
  return out;
}

/// Writes the reset that answers a TCP segment to which no connection belongs (RFC 9293 section
/// 3.10.7.1); returns what to send: nothing where the segment is itself a reset, or would have to
/// be confirmed and is the first piece of one whose length nobody knows. `about` are the packet's
/// bytes as received, `packet` says `tcp`.
template <IpVersion V>
inline std::span<const std::byte> write_tcp_reset(answer_buffer& to,
                                                  std::span<const std::byte> about,
                                                  const walked<V>& packet) noexcept {
  constexpr std::size_t at = header_size_min<V>;
  constexpr std::size_t size = at + tcp_header::size_min;
  constexpr std::uint8_t data_offset = tcp_header::size_min / 4 << 4;
  const auto segment = tcp_header::parse(about.subspan(packet.facts.transport_offset));
  if (!segment || (segment->flags() & tcp_flag::rst) != 0) return {};

  const bool acknowledges = (segment->flags() & tcp_flag::ack) != 0;
  if (!acknowledges && packet.facts.fragment != fragment_kind::none) return {};
  const bool counts_syn = (segment->flags() & tcp_flag::syn) != 0;
  const bool counts_fin = (segment->flags() & tcp_flag::fin) != 0;
  const auto length = static_cast<std::uint32_t>(packet.facts.end - packet.facts.transport_offset -
                                                 segment->size() + counts_syn + counts_fin);
  const auto flags = acknowledges ? tcp_flag::rst : std::uint8_t{tcp_flag::rst | tcp_flag::ack};

  const std::span<std::byte> out{to.data(), size};
  const auto source = packet.key.destination();
  const auto destination = packet.key.source();
  detail::write_ip_header(out, size, protocol::tcp, source, destination);
  std::fill(out.begin() + at, out.end(), std::byte{0});
  store_be(out, at + tcp_field::source_port, segment->destination_port().number());
  store_be(out, at + tcp_field::destination_port, segment->source_port().number());
  store_be(out, at + tcp_field::sequence,
           acknowledges ? segment->acknowledgment() : std::uint32_t{0});
  store_be(out, at + tcp_field::acknowledgment,
           acknowledges ? std::uint32_t{0} : segment->sequence() + length);
  store_be(out, at + tcp_field::data_offset, data_offset);
  store_be(out, at + tcp_field::flags, flags);
  const auto sum =
      ones_sum::of(out.subspan(at))
          .plus(pseudo_header(source, destination, protocol::tcp, tcp_header::size_min));
  store_be(out, at + tcp_field::checksum, inet_checksum::of(sum).field());
  return out;
}

}  // namespace weir

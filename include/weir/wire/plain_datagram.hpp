#pragma once

// The common packet, read in a handful of loads: whole TCP or UDP behind an IPv4 header without
// options or an IPv6 header without extensions, nothing wrong with it, nothing to be asked about
// it. What this does not recognise may be good or bad; `walk` says which.

#include "weir/net/domain.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/net/protocol.hpp"
#include "weir/wire/bytes.hpp"
#include "weir/wire/header_walk.hpp"
#include "weir/wire/ipv4_header.hpp"
#include "weir/wire/ipv6_header.hpp"
#include "weir/wire/packed_flow.hpp"
#include "weir/wire/tcp_header.hpp"
#include "weir/wire/udp_header.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace weir {

/// A packet that `read_plain` recognised.
template <IpVersion V>
struct plain_datagram {
  packed_flow<V> key{};
  std::uint16_t end = 0;      ///< where the datagram ends; padding may follow
  std::uint16_t payload = 0;  ///< TCP: bytes behind its header
  bool is_tcp = false;        ///< else UDP
};

namespace detail {

/// Whether the transport header at `transport`, with `size` bytes from there to the datagram's end,
/// is a UDP header that keeps to them, or that of a TCP segment which neither opens, ends nor
/// resets: of its flags ACK alone tells. Fills in what it says.
template <IpVersion V>
[[gnu::__always_inline__]] inline bool read_plain_transport(const std::byte* transport,
                                                            std::int32_t size, protocol kind,
                                                            plain_datagram<V>& to) noexcept {
  to.is_tcp = kind == protocol::tcp;
  if (to.is_tcp) {
    if (size < std::int32_t{tcp_header::size_min}) return false;
    constexpr unsigned telling = tcp_flag::syn | tcp_flag::fin | tcp_flag::rst | tcp_flag::ack;
    const std::int32_t header =
        (load_be<std::uint8_t>(transport + tcp_field::data_offset) & 0xF0) >> 2;
    const std::int32_t left = size - header;
    to.payload = static_cast<std::uint16_t>(left);
    if ((load_be<std::uint8_t>(transport + tcp_field::flags) & telling) != tcp_flag::ack)
        [[unlikely]] {
      return false;
    }
    return header >= std::int32_t{tcp_header::size_min} && left >= 0;
  }
  const std::int32_t length = load_be<std::uint16_t>(transport + udp_field::length);
  return kind == protocol::udp && length >= std::int32_t{udp_header::size} && length <= size;
}

/// Version, header length and what tells fragments, as the first eight bytes of a header have
/// them, and what they are in a datagram in one piece.
inline constexpr std::uint64_t plain_mask =
    network_order(std::uint64_t{0xFF00'0000'0000'0000} | ipv4_header::offset_mask |
                  ipv4_header::more_fragments_bit);
inline constexpr std::uint64_t plain_bits = network_order(std::uint64_t{0x4500'0000'0000'0000});

}  // namespace detail

/// Recognises a whole datagram that may be forwarded, as far as its headers say: lengths agree,
/// nothing is cut off, the checksum of an IPv4 header is right, a hop is left, and TCP carries ACK
/// without SYN, FIN or RST.
[[gnu::__always_inline__]] inline bool read_plain(std::span<const std::byte> bytes,
                                                  domain_id domain,
                                                  plain_datagram<ipv4>& to) noexcept {
  constexpr std::int32_t at = ipv4_header::size_min;
  if (bytes.size() < at + udp_header::size) {
    return false;
  }
  const std::byte* const header = bytes.data();
  if ((load_raw<std::uint64_t>(header) & detail::plain_mask) != detail::plain_bits) return false;
  const std::int32_t end = load_be<std::uint16_t>(header + ipv4_field::total_length);
  if (static_cast<std::size_t>(end) > bytes.size()) return false;
  if (load_be<std::uint8_t>(header + ipv4_field::ttl) <= 1) return false;
  const protocol kind{load_be<std::uint8_t>(header + ipv4_field::protocol)};
  to.end = static_cast<std::uint16_t>(end);
  if (!detail::read_plain_transport(header + at, end - at, kind, to)) {
    return false;
  }
  to.key = packed_flow<ipv4>::from_ipv4_header(header, domain);
  return detail::plain_header_verifies(header);
}
[[gnu::__always_inline__]] inline bool read_plain(std::span<const std::byte> bytes,
                                                  domain_id domain,
                                                  plain_datagram<ipv6>& to) noexcept {
  constexpr std::int32_t at = ipv6_header::size;
  constexpr std::int32_t end_max = 0xFFFF;
  if (bytes.size() < at + udp_header::size) {
    return false;
  }
  const std::byte* const header = bytes.data();
  const std::int32_t end = at + load_be<std::uint16_t>(header + ipv6_field::payload_length);
  const auto hop_limit = load_be<std::uint8_t>(header + ipv6_field::hop_limit);
  if (load_be<std::uint8_t>(header) >> 4 != 6 || static_cast<std::size_t>(end) > bytes.size() ||
      end > end_max || hop_limit <= 1) {
    return false;
  }
  const protocol kind{load_be<std::uint8_t>(header + ipv6_field::next_header)};
  to.end = static_cast<std::uint16_t>(end);
  if (!detail::read_plain_transport(header + at, end - at, kind, to)) {
    return false;
  }
  to.key =
      packed_flow<ipv6>::from_header(header, domain, kind, load_raw<std::uint32_t>(header + at));
  return true;
}

}  // namespace weir

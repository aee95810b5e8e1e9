#pragma once

// The common packet, read in a handful of loads: whole TCP or UDP behind an IPv4 header without
// options, nothing wrong with it, nothing to be asked about it. What this does not recognise may be
// good or bad; `walk` says which.

#include "weir/net/domain.hpp"
#include "weir/net/protocol.hpp"
#include "weir/wire/bytes.hpp"
#include "weir/wire/header_walk.hpp"
#include "weir/wire/ipv4_header.hpp"
#include "weir/wire/packed_flow.hpp"
#include "weir/wire/tcp_header.hpp"
#include "weir/wire/udp_header.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace weir {

/// A packet that `read_plain` recognised.
struct plain_datagram {
  packed_flow<ipv4> key{};
  std::uint16_t end = 0;      ///< where the datagram ends; padding may follow
  std::uint16_t payload = 0;  ///< TCP: bytes behind its header
  bool is_tcp = false;        ///< else UDP
};

namespace detail {

/// A TCP segment that neither opens, ends nor resets: of its flags ACK alone tells. Fills in what
/// its header leaves of `size` bytes.
[[gnu::always_inline]] inline bool is_plain_tcp(const std::byte* segment, std::int32_t size,
                                                std::uint16_t& payload) noexcept {
  constexpr unsigned telling = tcp_flag::syn | tcp_flag::fin | tcp_flag::rst | tcp_flag::ack;
  const std::int32_t header = load_be<std::uint8_t>(segment + tcp_field::data_offset) >> 4 << 2;
  const std::int32_t left = size - header;
  payload = static_cast<std::uint16_t>(left);
  return (load_be<std::uint8_t>(segment + tcp_field::flags) & telling) == tcp_flag::ack &&
         header >= std::int32_t{tcp_header::size_min} && left >= 0;
}

[[gnu::always_inline]] inline bool is_plain_udp(const std::byte* datagram,
                                                std::int32_t size) noexcept {
  const std::int32_t length = load_be<std::uint16_t>(datagram + udp_field::length);
  return length >= std::int32_t{udp_header::size} && length <= size;
}

/// Version, header length and what tells fragments, as the first eight bytes of a header have
/// them, and what they are in a datagram in one piece.
inline constexpr std::uint64_t plain_mask =
    network_order(std::uint64_t{0xFF00'0000'0000'0000} | ipv4_header::offset_mask |
                  ipv4_header::more_fragments_bit);
inline constexpr std::uint64_t plain_bits = network_order(std::uint64_t{0x4500'0000'0000'0000});

}  // namespace detail

/// Recognises a whole datagram that may be forwarded, as far as its headers say: lengths agree,
/// nothing is cut off, the header checksum is right, a hop is left, and TCP carries ACK without
/// SYN, FIN or RST.
[[gnu::always_inline]] inline bool read_plain(std::span<const std::byte> bytes, domain_id domain,
                                              plain_datagram& to) noexcept {
  constexpr std::int32_t at = ipv4_header::size_min;
  if (bytes.size() < at + tcp_header::size_min) {
    return false;
  }
  const std::byte* const header = bytes.data();
  const std::int32_t end = load_be<std::uint16_t>(header + ipv4_field::total_length);
  const auto ttl = load_be<std::uint8_t>(header + ipv4_field::ttl);
  if ((load_raw<std::uint64_t>(header) & detail::plain_mask) != detail::plain_bits ||
      static_cast<std::size_t>(end) > bytes.size() || ttl <= 1) {
    return false;
  }
  const protocol kind{load_be<std::uint8_t>(header + ipv4_field::protocol)};
  to.is_tcp = kind == protocol::tcp;
  to.end = static_cast<std::uint16_t>(end);
  if (to.is_tcp ? !detail::is_plain_tcp(header + at, end - at, to.payload)
                : kind != protocol::udp || !detail::is_plain_udp(header + at, end - at)) {
    return false;
  }
  to.key = packed_flow<ipv4>::from_ipv4_header(header, domain);
  return detail::plain_header_verifies(header);
}

}  // namespace weir

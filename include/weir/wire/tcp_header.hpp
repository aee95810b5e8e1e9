#pragma once

#include "weir/net/port.hpp"
#include "weir/wire/bytes.hpp"
#include "weir/wire/checksum.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace weir {

/// Where the fields of a TCP header lie (RFC 9293 section 3.1).
namespace tcp_field {
inline constexpr std::size_t source_port = 0;
inline constexpr std::size_t destination_port = 2;
inline constexpr std::size_t sequence = 4;
inline constexpr std::size_t acknowledgment = 8;
inline constexpr std::size_t data_offset = 12;
inline constexpr std::size_t flags = 13;
inline constexpr std::size_t window = 14;
inline constexpr std::size_t checksum = 16;
}  // namespace tcp_field

/// The flags of a TCP segment, as bits of one byte.
namespace tcp_flag {
inline constexpr std::uint8_t fin = 0x01;
inline constexpr std::uint8_t syn = 0x02;
inline constexpr std::uint8_t rst = 0x04;
inline constexpr std::uint8_t psh = 0x08;
inline constexpr std::uint8_t ack = 0x10;
inline constexpr std::uint8_t urg = 0x20;
inline constexpr std::uint8_t ece = 0x40;
inline constexpr std::uint8_t cwr = 0x80;
}  // namespace tcp_flag

/// Whether a segment with these flags can belong to a connection: it has one, and SYN comes with
/// neither FIN nor RST. ECE and CWR say nothing about it (RFC 3168).
constexpr bool tcp_flags_are_legal(std::uint8_t flags) noexcept {
  constexpr std::uint8_t any =
      tcp_flag::fin | tcp_flag::syn | tcp_flag::rst | tcp_flag::psh | tcp_flag::ack | tcp_flag::urg;
  const bool opens_and_ends =
      (flags & tcp_flag::syn) != 0 && (flags & (tcp_flag::fin | tcp_flag::rst)) != 0;
  return (flags & any) != 0 && !opens_and_ends;
}

/// A bounds-checked view of a TCP header with its options (RFC 9293).
class tcp_header {
 public:
  static constexpr std::size_t size_min = 20;
  static constexpr std::size_t size_max = 60;

  /// Nothing if the bytes cannot hold the header with its options, or the data offset lies.
  static constexpr std::optional<tcp_header> parse(std::span<const std::byte> bytes) noexcept {
    if (bytes.size() < size_min) return std::nullopt;
    const tcp_header header{bytes};
    if (header.size() < size_min || header.size() > bytes.size()) return std::nullopt;
    return header;
  }

  constexpr port source_port() const noexcept {
    return port{load_be<std::uint16_t>(bytes_, tcp_field::source_port)};
  }
  constexpr port destination_port() const noexcept {
    return port{load_be<std::uint16_t>(bytes_, tcp_field::destination_port)};
  }
  constexpr std::uint32_t sequence() const noexcept {
    return load_be<std::uint32_t>(bytes_, tcp_field::sequence);
  }
  constexpr std::uint32_t acknowledgment() const noexcept {
    return load_be<std::uint32_t>(bytes_, tcp_field::acknowledgment);
  }
  /// The header's length with its options.
  constexpr std::size_t size() const noexcept {
    return (load_be<std::uint8_t>(bytes_, tcp_field::data_offset) >> 4) * 4u;
  }
  constexpr std::uint8_t flags() const noexcept {
    return load_be<std::uint8_t>(bytes_, tcp_field::flags);
  }
  /// The window as sent, before scaling.
  constexpr std::uint16_t window() const noexcept {
    return load_be<std::uint16_t>(bytes_, tcp_field::window);
  }
  constexpr inet_checksum checksum() const noexcept {
    return inet_checksum{load_be<std::uint16_t>(bytes_, tcp_field::checksum)};
  }
  constexpr std::span<const std::byte> options() const noexcept {
    return bytes_.subspan(size_min, size() - size_min);
  }

 private:
  constexpr explicit tcp_header(std::span<const std::byte> bytes) noexcept : bytes_{bytes} {}

  std::span<const std::byte> bytes_;
};

/// What flow tracking reads of a segment, in host order.
struct tcp_fields {
  std::uint32_t sequence = 0;
  std::uint32_t acknowledgment = 0;
  std::uint16_t window = 0;  ///< as sent
};

/// Reads the fields of a header that was judged already: 20 bytes are there.
inline tcp_fields read_tcp_fields(const std::byte* header) noexcept {
  return {load_be<std::uint32_t>(header + tcp_field::sequence),
          load_be<std::uint32_t>(header + tcp_field::acknowledgment),
          load_be<std::uint16_t>(header + tcp_field::window)};
}

namespace detail {

// 49152 → 443, SYN, sequence 0x01020304, window 64240; MSS 1460, SACK permitted, window scale 7.
inline constexpr auto golden_syn =
    octets<0xC0, 0x00, 0x01, 0xBB, 0x01, 0x02, 0x03, 0x04, 0x00, 0x00, 0x00, 0x00, 0x80, 0x02, 0xFA,
           0xF0, 0x00, 0x00, 0x00, 0x00, 0x02, 0x04, 0x05, 0xB4, 0x01, 0x01, 0x04, 0x02, 0x01, 0x03,
           0x03, 0x07>;

}  // namespace detail

static_assert(tcp_header::parse(detail::golden_syn)->source_port() == port{49152});
static_assert(tcp_header::parse(detail::golden_syn)->destination_port() == port{443});
static_assert(tcp_header::parse(detail::golden_syn)->sequence() == 0x01020304);
static_assert(tcp_header::parse(detail::golden_syn)->flags() == tcp_flag::syn);
static_assert(tcp_header::parse(detail::golden_syn)->window() == 64240);
static_assert(tcp_header::parse(detail::golden_syn)->options().size() == 12);
static_assert(!tcp_header::parse(detail::golden_syn.first(31)));
static_assert(!tcp_flags_are_legal(tcp_flag::ece) &&
              !tcp_flags_are_legal(tcp_flag::syn | tcp_flag::fin));

}  // namespace weir

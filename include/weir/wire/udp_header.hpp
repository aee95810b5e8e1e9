#pragma once

#include "weir/net/port.hpp"
#include "weir/wire/bytes.hpp"
#include "weir/wire/checksum.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace weir {

/// Where the fields of a UDP header lie (RFC 768).
namespace udp_field {
inline constexpr std::size_t source_port = 0;
inline constexpr std::size_t destination_port = 2;
inline constexpr std::size_t length = 4;
inline constexpr std::size_t checksum = 6;
}  // namespace udp_field

/// A bounds-checked view of a UDP header (RFC 768).
class udp_header {
 public:
  static constexpr std::size_t size = 8;

  /// Nothing if the bytes cannot hold the header or the length field cannot be: a length of zero
  /// is legal only in jumbograms (RFC 2675 section 4). A length past the bytes is, in a fragment.
  static constexpr std::optional<udp_header> parse(std::span<const std::byte> bytes) noexcept {
    if (bytes.size() < size) return std::nullopt;
    const udp_header header{bytes};
    if (header.length() < size) return std::nullopt;
    return header;
  }

  constexpr port source_port() const noexcept {
    return port{load_be<std::uint16_t>(bytes_, udp_field::source_port)};
  }
  constexpr port destination_port() const noexcept {
    return port{load_be<std::uint16_t>(bytes_, udp_field::destination_port)};
  }
  /// Header and payload, in bytes.
  constexpr std::uint16_t length() const noexcept {
    return load_be<std::uint16_t>(bytes_, udp_field::length);
  }
  constexpr inet_checksum checksum() const noexcept {
    return inet_checksum{load_be<std::uint16_t>(bytes_, udp_field::checksum)};
  }
  constexpr bool has_checksum() const noexcept { return checksum().field() != 0; }

 private:
  constexpr explicit udp_header(std::span<const std::byte> bytes) noexcept : bytes_{bytes} {}

  std::span<const std::byte> bytes_;
};

namespace detail {

inline constexpr auto golden_udp = octets<0xC0, 0x00, 0x00, 0x35, 0x00, 0x08, 0xAB, 0xCD>;

}  // namespace detail

static_assert(udp_header::parse(detail::golden_udp)->source_port() == port{49152});
static_assert(udp_header::parse(detail::golden_udp)->destination_port() == port{53});
static_assert(udp_header::parse(detail::golden_udp)->length() == 8);
static_assert(udp_header::parse(detail::golden_udp)->has_checksum());
static_assert(!udp_header::parse(detail::golden_udp.first(7)));
static_assert(!udp_header::parse(detail::octets<0, 1, 0, 2, 0, 7, 0, 0>));

}  // namespace weir

#pragma once

#include "weir/net/ipv4_address.hpp"
#include "weir/net/protocol.hpp"
#include "weir/wire/bytes.hpp"
#include "weir/wire/checksum.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace weir {

/// Where the fields of an IPv4 header lie (RFC 791 section 3.1).
namespace ipv4_field {
inline constexpr std::size_t version_and_length = 0;
inline constexpr std::size_t type_of_service = 1;
inline constexpr std::size_t total_length = 2;
inline constexpr std::size_t identification = 4;
inline constexpr std::size_t flags_and_offset = 6;
inline constexpr std::size_t ttl = 8;
inline constexpr std::size_t protocol = 9;
inline constexpr std::size_t checksum = 10;
inline constexpr std::size_t source = 12;
inline constexpr std::size_t destination = 16;
}  // namespace ipv4_field

/// A bounds-checked view of an IPv4 header (RFC 791).
class ipv4_header {
 public:
  static constexpr std::size_t size_min = 20;
  static constexpr std::size_t size_max = 60;
  /// The fragment offset, and the bits before it in the same word.
  static constexpr std::uint16_t offset_mask = 0x1FFF;
  static constexpr std::uint16_t more_fragments_bit = 0x2000;
  static constexpr std::uint16_t dont_fragment_bit = 0x4000;

  /// Nothing if the bytes cannot hold the header with its options, the version is not 4, or the
  /// total length is less than the header.
  static constexpr std::optional<ipv4_header> parse(std::span<const std::byte> bytes) noexcept {
    if (bytes.size() < size_min) return std::nullopt;
    const ipv4_header header{bytes};
    if (load_be<std::uint8_t>(bytes, 0) >> 4 != 4) return std::nullopt;
    if (header.size() < size_min || header.size() > bytes.size()) return std::nullopt;
    if (header.total_length() < header.size()) return std::nullopt;
    return header;
  }

  /// The header's length with its options.
  constexpr std::size_t size() const noexcept {
    return (load_be<std::uint8_t>(bytes_, 0) & 0xFu) * 4u;
  }
  constexpr std::uint8_t type_of_service() const noexcept {
    return load_be<std::uint8_t>(bytes_, ipv4_field::type_of_service);
  }
  constexpr std::uint16_t total_length() const noexcept {
    return load_be<std::uint16_t>(bytes_, ipv4_field::total_length);
  }
  constexpr std::uint16_t identification() const noexcept {
    return load_be<std::uint16_t>(bytes_, ipv4_field::identification);
  }
  constexpr bool may_fragment() const noexcept {
    return (flags_and_offset() & dont_fragment_bit) == 0;
  }
  constexpr bool more_fragments() const noexcept {
    return (flags_and_offset() & more_fragments_bit) != 0;
  }
  /// Where this piece begins in the datagram's payload, in bytes.
  constexpr std::uint16_t fragment_offset() const noexcept {
    return static_cast<std::uint16_t>((flags_and_offset() & offset_mask) * 8);
  }
  constexpr bool is_fragment() const noexcept {
    return (flags_and_offset() & (offset_mask | more_fragments_bit)) != 0;
  }
  constexpr std::uint8_t ttl() const noexcept {
    return load_be<std::uint8_t>(bytes_, ipv4_field::ttl);
  }
  constexpr weir::protocol protocol() const noexcept {
    return weir::protocol{load_be<std::uint8_t>(bytes_, ipv4_field::protocol)};
  }
  constexpr inet_checksum checksum() const noexcept {
    return inet_checksum{load_be<std::uint16_t>(bytes_, ipv4_field::checksum)};
  }
  constexpr ipv4_address source() const noexcept {
    return ipv4_address{load_be<std::uint32_t>(bytes_, ipv4_field::source)};
  }
  constexpr ipv4_address destination() const noexcept {
    return ipv4_address{load_be<std::uint32_t>(bytes_, ipv4_field::destination)};
  }
  constexpr std::span<const std::byte> options() const noexcept {
    return bytes_.subspan(size_min, size() - size_min);
  }
  constexpr bool checksum_is_right() const noexcept {
    return ones_sum::of(bytes_.first(size())).verifies();
  }

 private:
  constexpr explicit ipv4_header(std::span<const std::byte> bytes) noexcept : bytes_{bytes} {}

  constexpr std::uint16_t flags_and_offset() const noexcept {
    return load_be<std::uint16_t>(bytes_, ipv4_field::flags_and_offset);
  }

  std::span<const std::byte> bytes_;
};

/// Puts the right checksum into an IPv4 header that has a wrong one; true if it did.
[[gnu::__noinline__]] inline bool complete_header_checksum(std::span<std::byte> packet) noexcept {
  const auto header = ipv4_header::parse(packet);
  if (!header || header->checksum_is_right()) return false;
  store_be(packet, ipv4_field::checksum, std::uint16_t{0});
  const auto sum = ones_sum::of(packet.first(header->size()));
  store_be(packet, ipv4_field::checksum, inet_checksum::of(sum).field());
  return true;
}

/// What the options of an IPv4 header ask for.
struct ipv4_options {
  bool well_formed = true;    ///< no option reaches past the header
  bool source_route = false;  ///< loose or strict (RFC 7126 sections 4.3 and 4.4)
  bool unexpired = false;     ///< it names an address that is still to be visited
};

/// IPv4 option types, with their copied bit.
inline constexpr std::uint8_t option_end = 0;
inline constexpr std::uint8_t option_nothing = 1;
inline constexpr std::uint8_t option_loose_source_route = 131;
inline constexpr std::uint8_t option_strict_source_route = 137;

/// Walks the options of an IPv4 header; as many steps as bytes, at most.
constexpr ipv4_options walk_ipv4_options(std::span<const std::byte> options) noexcept {
  ipv4_options found;
  for (std::size_t at = 0; at < options.size();) {
    const auto type = load_be<std::uint8_t>(options, at);
    if (type == option_end) return found;
    if (type == option_nothing) {
      ++at;
      continue;
    }
    const std::size_t length = at + 1 < options.size() ? load_be<std::uint8_t>(options, at + 1) : 0;
    if (length < 2 || length > options.size() - at) {
      found.well_formed = false;
      return found;
    }
    if (type == option_loose_source_route || type == option_strict_source_route) {
      found.source_route = true;
      found.unexpired |= length > 2 && load_be<std::uint8_t>(options, at + 2) <= length;
    }
    at += length;
  }
  return found;
}

namespace detail {

// 192.0.2.1 → 198.51.100.2, UDP, 28 bytes, id 0x1234, DF, TTL 64.
inline constexpr auto golden_ipv4 =
    octets<0x45, 0x00, 0x00, 0x1C, 0x12, 0x34, 0x40, 0x00, 0x40, 0x11, 0x3C, 0x66, 0xC0, 0x00, 0x02,
           0x01, 0xC6, 0x33, 0x64, 0x02>;

}  // namespace detail

static_assert(ipv4_header::parse(detail::golden_ipv4)->size() == 20);
static_assert(ipv4_header::parse(detail::golden_ipv4)->total_length() == 28);
static_assert(ipv4_header::parse(detail::golden_ipv4)->protocol() == protocol::udp);
static_assert(ipv4_header::parse(detail::golden_ipv4)->source() == ipv4_address{192, 0, 2, 1});
static_assert(!ipv4_header::parse(detail::golden_ipv4)->may_fragment());
static_assert(ipv4_header::parse(detail::golden_ipv4)->checksum_is_right());
static_assert(!ipv4_header::parse(detail::golden_ipv4.first(19)));
static_assert(walk_ipv4_options(detail::octets<1, 131, 3, 4>).source_route);
static_assert(!walk_ipv4_options(detail::octets<1, 131, 3, 4>).unexpired);
static_assert(walk_ipv4_options(detail::octets<137, 7, 4, 192, 0, 2, 1>).unexpired);
static_assert(!walk_ipv4_options(detail::octets<148, 5, 0, 0>).well_formed);

}  // namespace weir

#pragma once

#include "weir/net/ipv6_address.hpp"
#include "weir/net/protocol.hpp"
#include "weir/wire/bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace weir {

/// Where the fields of an IPv6 header lie (RFC 8200 section 3).
namespace ipv6_field {
inline constexpr std::size_t version_class_and_label = 0;
inline constexpr std::size_t payload_length = 4;
inline constexpr std::size_t next_header = 6;
inline constexpr std::size_t hop_limit = 7;
inline constexpr std::size_t source = 8;
inline constexpr std::size_t destination = 24;
}  // namespace ipv6_field

/// The address stored in network order `offset` bytes into `bytes`, which hold it.
constexpr ipv6_address load_ipv6_address(std::span<const std::byte> bytes,
                                         std::size_t offset) noexcept {
  return ipv6_address::from_halves(load_be<std::uint64_t>(bytes, offset),
                                   load_be<std::uint64_t>(bytes, offset + 8));
}
/// Stores an address in network order `offset` bytes into `bytes`, which have room for it.
constexpr void store_ipv6_address(std::span<std::byte> bytes, std::size_t offset,
                                  const ipv6_address& address) noexcept {
  store_be(bytes, offset, address.high());
  store_be(bytes, offset + 8, address.low());
}

/// Whether a packet says that it is IPv6; one without a byte says nothing.
constexpr bool is_ipv6(std::span<const std::byte> packet) noexcept {
  return !packet.empty() && load_be<std::uint8_t>(packet, 0) >> 4 == 6;
}

/// A bounds-checked view of an IPv6 header (RFC 8200), without its extensions.
class ipv6_header {
 public:
  static constexpr std::size_t size = 40;

  /// Nothing if the bytes cannot hold the header or the version is not 6.
  static constexpr std::optional<ipv6_header> parse(std::span<const std::byte> bytes) noexcept {
    if (bytes.size() < size) return std::nullopt;
    if (load_be<std::uint8_t>(bytes, 0) >> 4 != 6) return std::nullopt;
    return ipv6_header{bytes};
  }

  constexpr std::uint8_t traffic_class() const noexcept {
    return static_cast<std::uint8_t>(load_be<std::uint32_t>(bytes_, 0) >> 20);
  }
  constexpr std::uint32_t flow_label() const noexcept {
    return load_be<std::uint32_t>(bytes_, 0) & 0xFFFFF;
  }
  /// Bytes behind this header, extensions included.
  constexpr std::uint16_t payload_length() const noexcept {
    return load_be<std::uint16_t>(bytes_, ipv6_field::payload_length);
  }
  constexpr protocol next_header() const noexcept {
    return protocol{load_be<std::uint8_t>(bytes_, ipv6_field::next_header)};
  }
  constexpr std::uint8_t hop_limit() const noexcept {
    return load_be<std::uint8_t>(bytes_, ipv6_field::hop_limit);
  }
  constexpr ipv6_address source() const noexcept {
    return load_ipv6_address(bytes_, ipv6_field::source);
  }
  constexpr ipv6_address destination() const noexcept {
    return load_ipv6_address(bytes_, ipv6_field::destination);
  }

 private:
  constexpr explicit ipv6_header(std::span<const std::byte> bytes) noexcept : bytes_{bytes} {}

  std::span<const std::byte> bytes_;
};

/// A bounds-checked view of an IPv6 fragment header (RFC 8200 section 4.5).
class ipv6_fragment_header {
 public:
  static constexpr std::size_t size = 8;

  static constexpr std::optional<ipv6_fragment_header> parse(
      std::span<const std::byte> bytes) noexcept {
    if (bytes.size() < size) return std::nullopt;
    return ipv6_fragment_header{bytes};
  }

  constexpr protocol next_header() const noexcept {
    return protocol{load_be<std::uint8_t>(bytes_, 0)};
  }
  /// Where this piece begins in the fragmentable part, in bytes.
  constexpr std::uint16_t offset() const noexcept {
    return load_be<std::uint16_t>(bytes_, 2) & 0xFFF8;
  }
  constexpr bool more_fragments() const noexcept {
    return (load_be<std::uint16_t>(bytes_, 2) & 1) != 0;
  }
  constexpr std::uint32_t identification() const noexcept {
    return load_be<std::uint32_t>(bytes_, 4);
  }

 private:
  constexpr explicit ipv6_fragment_header(std::span<const std::byte> bytes) noexcept
      : bytes_{bytes} {}

  std::span<const std::byte> bytes_;
};

/// What the options of a hop-by-hop header ask for.
struct hop_by_hop_options {
  bool well_formed = true;  ///< no option reaches past the header
  bool jumbo = false;       ///< RFC 2675
};

/// IPv6 option types, with their action bits.
inline constexpr std::uint8_t option_pad1 = 0x00;
inline constexpr std::uint8_t option_jumbo = 0xC2;
inline constexpr std::uint8_t option_home_address = 0xC9;

/// Calls `visit` with the type of each option behind the first two bytes of a hop-by-hop or a
/// destination options header (RFC 8200 section 4.2), padding of one byte excepted; as many steps
/// as bytes, at most. False where an option reaches past the header: what stood before it counts.
template <class Visit>
constexpr bool each_ipv6_option(std::span<const std::byte> options, Visit&& visit) noexcept {
  for (std::size_t at = 0; at < options.size();) {
    const auto type = load_be<std::uint8_t>(options, at);
    if (type == option_pad1) {
      ++at;
      continue;
    }
    const bool has_length = at + 1 < options.size();
    const std::size_t length = has_length ? load_be<std::uint8_t>(options, at + 1) + 2u : 0;
    if (!has_length || length > options.size() - at) return false;
    visit(type);
    at += length;
  }
  return true;
}

/// Walks the options behind the first two bytes of a hop-by-hop header.
constexpr hop_by_hop_options walk_hop_by_hop(std::span<const std::byte> options) noexcept {
  hop_by_hop_options found;
  found.well_formed = each_ipv6_option(
      options, [&](std::uint8_t type) noexcept { found.jumbo |= type == option_jumbo; });
  return found;
}

/// Whether the options behind the first two bytes of a destination options header say that the
/// source is away from home (RFC 6275 section 6.3).
constexpr bool holds_home_address(std::span<const std::byte> options) noexcept {
  bool found = false;
  each_ipv6_option(options,
                   [&](std::uint8_t type) noexcept { found |= type == option_home_address; });
  return found;
}

namespace detail {

// 2001:db8::1 → 2001:db8::2, class 0x2E, label 0x12345, UDP, 8 bytes, hop limit 64.
inline constexpr auto golden_ipv6 =
    octets<0x62, 0xE1, 0x23, 0x45, 0x00, 0x08, 0x11, 0x40,              //
           0x20, 0x01, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,  //
           0x20, 0x01, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2>;

}  // namespace detail

static_assert(ipv6_header::parse(detail::golden_ipv6)->traffic_class() == 0x2E);
static_assert(ipv6_header::parse(detail::golden_ipv6)->flow_label() == 0x12345);
static_assert(ipv6_header::parse(detail::golden_ipv6)->payload_length() == 8);
static_assert(ipv6_header::parse(detail::golden_ipv6)->next_header() == protocol::udp);
static_assert(ipv6_header::parse(detail::golden_ipv6)->hop_limit() == 64);
static_assert(ipv6_header::parse(detail::golden_ipv6)->destination() ==
              ipv6_address::from_halves(0x20010DB800000000, 2));
static_assert(!ipv6_header::parse(detail::golden_ipv6.first(39)));
static_assert(ipv6_fragment_header::parse(detail::octets<6, 0, 0x05, 0xA9, 0, 0, 0, 9>)->offset() ==
              1448);
static_assert(walk_hop_by_hop(detail::octets<0xC2, 4, 0, 1, 0, 0>).jumbo);
static_assert(!walk_hop_by_hop(detail::octets<0x05, 5, 0, 0, 1, 0>).well_formed);
static_assert(holds_home_address(detail::octets<1, 0, 0xC9, 2, 0, 0>));

}  // namespace weir

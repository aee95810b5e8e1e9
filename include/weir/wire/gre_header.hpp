#pragma once

#include "weir/wire/bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace weir {

/// A bounds-checked view of a GRE header (RFC 2784, RFC 2890) or of its version 1 (RFC 2637).
class gre_header {
 public:
  static constexpr std::size_t size_min = 4;

  /// Nothing if the bytes cannot hold the header through its key.
  static constexpr std::optional<gre_header> parse(std::span<const std::byte> bytes) noexcept {
    if (bytes.size() < size_min) return std::nullopt;
    const gre_header header{bytes};
    if (header.key_end() > bytes.size()) return std::nullopt;
    return header;
  }

  constexpr std::uint8_t version() const noexcept { return flags() & 0x7; }
  constexpr bool has_key() const noexcept { return (flags() & key_bit) != 0; }
  /// What tells tunnels between the same hosts apart: the key; in version 1 the call, whose other
  /// half is a length; zero where there is none.
  constexpr std::uint32_t key() const noexcept {
    if (!has_key()) return 0;
    return version() == 1 ? load_be<std::uint16_t>(bytes_, key_end() - 2)
                          : load_be<std::uint32_t>(bytes_, key_end() - 4);
  }

 private:
  static constexpr std::uint16_t checksum_bit = 0x8000;
  static constexpr std::uint16_t routing_bit = 0x4000;
  static constexpr std::uint16_t key_bit = 0x2000;

  constexpr explicit gre_header(std::span<const std::byte> bytes) noexcept : bytes_{bytes} {}

  constexpr std::uint16_t flags() const noexcept { return load_be<std::uint16_t>(bytes_, 0); }
  constexpr std::size_t key_end() const noexcept {
    const bool checksum = (flags() & (checksum_bit | routing_bit)) != 0;
    return size_min + (checksum ? 4u : 0u) + (has_key() ? 4u : 0u);
  }

  std::span<const std::byte> bytes_;
};

static_assert(gre_header::parse(detail::octets<0x00, 0, 0x08, 0>)->key() == 0);
static_assert(gre_header::parse(detail::octets<0x20, 0, 0x08, 0, 1, 2, 3, 4>)->key() == 0x01020304);
static_assert(gre_header::parse(detail::octets<0xA0, 0, 8, 0, 9, 9, 0, 0, 1, 2, 3, 4>)->key() ==
              0x01020304);
static_assert(gre_header::parse(detail::octets<0x20, 1, 0x88, 0x0B, 1, 2, 3, 4>)->key() == 0x0304);
static_assert(!gre_header::parse(detail::octets<0x20, 0, 0x08, 0, 1, 2, 3>));

}  // namespace weir

#pragma once

#include "weir/wire/bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace weir {

/// A bounds-checked view of an ESP header (RFC 4303).
class esp_header {
 public:
  static constexpr std::size_t size = 8;

  static constexpr std::optional<esp_header> parse(std::span<const std::byte> bytes) noexcept {
    if (bytes.size() < size) return std::nullopt;
    return esp_header{bytes};
  }

  /// The security parameters index.
  constexpr std::uint32_t spi() const noexcept { return load_be<std::uint32_t>(bytes_, 0); }
  constexpr std::uint32_t sequence() const noexcept { return load_be<std::uint32_t>(bytes_, 4); }

 private:
  constexpr explicit esp_header(std::span<const std::byte> bytes) noexcept : bytes_{bytes} {}

  std::span<const std::byte> bytes_;
};

static_assert(esp_header::parse(detail::octets<0xC0, 0xDE, 0, 1, 0, 0, 0, 2>)->spi() == 0xC0DE0001);
static_assert(!esp_header::parse(detail::octets<0xC0, 0xDE, 0, 1, 0, 0, 0>));

}  // namespace weir

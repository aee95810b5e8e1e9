#pragma once

#include <cstddef>
#include <cstdint>

namespace weir::pcap {

/// How a capture file stores its own numbers: that of the machine that wrote it.
enum class byte_order : std::uint8_t {
  little,
  big
};

/// A number of a capture file, read in the file's own order.
constexpr std::uint16_t load_u16(byte_order order, const std::byte* at) noexcept {
  const auto first = std::to_integer<std::uint16_t>(at[0]);
  const auto second = std::to_integer<std::uint16_t>(at[1]);
  return order == byte_order::little ? static_cast<std::uint16_t>(second << 8 | first)
                                     : static_cast<std::uint16_t>(first << 8 | second);
}

constexpr std::uint32_t load_u32(byte_order order, const std::byte* at) noexcept {
  const std::uint32_t first = load_u16(order, at);
  const std::uint32_t second = load_u16(order, at + 2);
  return order == byte_order::little ? second << 16 | first : first << 16 | second;
}

constexpr std::uint64_t load_u64(byte_order order, const std::byte* at) noexcept {
  const std::uint64_t first = load_u32(order, at);
  const std::uint64_t second = load_u32(order, at + 4);
  return order == byte_order::little ? second << 32 | first : first << 32 | second;
}

/// Stores a number as weir's own captures hold it, on every machine: little-endian.
constexpr void store_u16(std::byte* at, std::uint16_t value) noexcept {
  at[0] = static_cast<std::byte>(value & 0xFF);
  at[1] = static_cast<std::byte>(value >> 8);
}

constexpr void store_u32(std::byte* at, std::uint32_t value) noexcept {
  store_u16(at, static_cast<std::uint16_t>(value & 0xFFFF));
  store_u16(at + 2, static_cast<std::uint16_t>(value >> 16));
}

}  // namespace weir::pcap

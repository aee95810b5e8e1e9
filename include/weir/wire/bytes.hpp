#pragma once

// The only place where byte order exists: `load_be` and `store_be` turn network order into values
// and back; `load_raw` and `store_raw` move words as they lie, for arithmetic that does not care.
// `load_le` and `store_le` are for files that little-endian machines write.

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>

namespace weir {

namespace detail {

template <std::unsigned_integral T>
constexpr T swapped(T value) noexcept {
  if constexpr (sizeof(T) == 1) {
    return value;
  } else if constexpr (sizeof(T) == 2) {
    // Not bswap16: GCC takes values in registers through memory for its MOVBE.
    return static_cast<T>(__builtin_bswap32(value) >> 16);
  } else if constexpr (sizeof(T) == 4) {
    return __builtin_bswap32(value);
  } else {
    return __builtin_bswap64(value);
  }
}

}  // namespace detail

/// A value as the word that network order stores, or such a word as a value.
template <std::unsigned_integral T>
constexpr T network_order(T value) noexcept {
  if constexpr (std::endian::native == std::endian::little) {
    return detail::swapped(value);
  } else {
    return value;
  }
}

/// The word that lies at `at`, in the machine's order.
template <std::unsigned_integral T>
constexpr T load_raw(const std::byte* at) noexcept {
  if (std::is_constant_evaluated()) {
    T value = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) {
      value = static_cast<T>(static_cast<T>(value << (sizeof(T) > 1 ? 8 : 0)) |
                             std::to_integer<T>(at[i]));
    }
    return network_order(value);
  }
  T value;
  std::memcpy(&value, at, sizeof(T));
  return value;
}

/// Stores a word in the machine's order.
template <std::unsigned_integral T>
constexpr void store_raw(std::byte* at, T value) noexcept {
  if (std::is_constant_evaluated()) {
    const auto ordered = network_order(value);
    for (std::size_t i = 0; i < sizeof(T); ++i) {
      at[i] = static_cast<std::byte>(ordered >> (8 * (sizeof(T) - 1 - i)));
    }
    return;
  }
  std::memcpy(at, &value, sizeof(T));
}

/// The value stored at `at` in network order.
template <std::unsigned_integral T>
constexpr T load_be(const std::byte* at) noexcept {
  return network_order(load_raw<T>(at));
}
/// The value stored `offset` bytes into `bytes`, which hold it, in network order.
template <std::unsigned_integral T>
constexpr T load_be(std::span<const std::byte> bytes, std::size_t offset) noexcept {
  return load_be<T>(bytes.data() + offset);
}

/// Stores a value in network order.
template <std::unsigned_integral T>
constexpr void store_be(std::byte* at, T value) noexcept {
  store_raw(at, network_order(value));
}
/// Stores a value in network order `offset` bytes into `bytes`, which have room for it.
template <std::unsigned_integral T>
constexpr void store_be(std::span<std::byte> bytes, std::size_t offset, T value) noexcept {
  store_be(bytes.data() + offset, value);
}

/// The value stored at `at` with its lowest byte first.
template <std::unsigned_integral T>
constexpr T load_le(const std::byte* at) noexcept {
  return detail::swapped(load_be<T>(at));
}
/// Stores a value with its lowest byte first.
template <std::unsigned_integral T>
constexpr void store_le(std::byte* at, T value) noexcept {
  store_be(at, detail::swapped(value));
}

namespace detail {

template <std::size_t Size>
struct octet_sequence {
  std::byte bytes[Size];

  constexpr operator std::span<const std::byte>() const noexcept { return bytes; }
  constexpr std::span<const std::byte> first(std::size_t count) const noexcept {
    return std::span<const std::byte>{bytes}.first(count);
  }
};

/// Bytes written as numbers, for golden sequences. They lie in static memory: a standard library
/// that checks itself asks in constant expressions for the address of what a span refers to.
template <std::uint8_t... Octets>
inline constexpr octet_sequence<sizeof...(Octets)> octets{{std::byte{Octets}...}};

inline constexpr auto counted = octets<1, 2, 3, 4, 5, 6, 7, 8>;

}  // namespace detail

static_assert(load_be<std::uint8_t>(detail::counted, 7) == 8);
static_assert(load_be<std::uint16_t>(detail::counted, 1) == 0x0203);
static_assert(load_be<std::uint32_t>(detail::counted, 4) == 0x05060708);
static_assert(load_be<std::uint64_t>(detail::counted, 0) == 0x0102030405060708);
static_assert(load_le<std::uint32_t>(detail::counted.bytes) == 0x04030201);

}  // namespace weir

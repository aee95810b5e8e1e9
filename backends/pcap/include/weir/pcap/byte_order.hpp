#pragma once

#include "weir/wire/bytes.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>

namespace weir::pcap {

/// How a capture file stores its own numbers: that of the machine that wrote it.
enum class byte_order : std::uint8_t {
  little,
  big
};

/// A number of a capture file, read in the file's own order.
template <std::unsigned_integral T>
constexpr T load(byte_order order, const std::byte* at) noexcept {
  return order == byte_order::little ? load_le<T>(at) : load_be<T>(at);
}

}  // namespace weir::pcap

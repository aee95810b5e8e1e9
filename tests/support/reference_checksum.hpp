#pragma once

// The Internet checksum and CRC32c as their documents write them down: a byte at a time, and with
// nothing of weir's, so that a test which uses them proves something.

#include <cstddef>
#include <cstdint>
#include <span>

namespace weir::test {

/// The big-endian number of `size` bytes, four at most, at `at`.
inline std::uint32_t number_at(std::span<const std::byte> bytes, std::size_t at, std::size_t size) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < size; ++i)
    value = value * 256 + std::to_integer<unsigned>(bytes[at + i]);
  return value;
}

/// RFC 1071 section 1: 16-bit words, the last padded with zero, with end-around carry.
inline std::uint32_t reference_sum(std::span<const std::byte> bytes, std::uint32_t sum = 0) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto octet = std::to_integer<std::uint32_t>(bytes[i]);
    sum += i % 2 == 0 ? octet << 8 : octet;
    while (sum > 0xFFFF) sum = (sum & 0xFFFF) + (sum >> 16);
  }
  return sum;
}

/// The checksum field that makes `bytes`, whose own field counts as zero, verify.
inline std::uint16_t reference_checksum(std::span<const std::byte> bytes, std::uint32_t sum = 0) {
  return static_cast<std::uint16_t>(0xFFFF - reference_sum(bytes, sum));
}

/// The pseudo header in front of a segment: `addresses` are source and destination as they lie in
/// the IP header.
inline std::uint32_t reference_pseudo_sum(std::span<const std::byte> addresses,
                                          unsigned char transport, std::size_t length) {
  std::uint32_t sum = reference_sum(addresses);
  sum += transport;
  sum += static_cast<std::uint32_t>(length >> 16);
  sum += static_cast<std::uint32_t>(length & 0xFFFF);
  while (sum > 0xFFFF) sum = (sum & 0xFFFF) + (sum >> 16);
  return sum;
}

/// CRC32c, reflected, as SCTP uses it (RFC 9260 appendix A).
inline std::uint32_t reference_crc32c(std::span<const std::byte> bytes) {
  std::uint32_t crc = 0xFFFFFFFF;
  for (const auto octet : bytes) {
    crc ^= std::to_integer<std::uint32_t>(octet);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82F63B78u : 0u);
  }
  return ~crc;
}

}  // namespace weir::test

#pragma once

// Packets from nothing, for `weir generate`: whole, with right lengths and checksums.

#include "weir/net/ip_address.hpp"
#include "weir/net/port.hpp"
#include "weir/net/protocol.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace weir::program {

using packet_bytes = std::vector<std::byte>;

inline constexpr std::uint8_t usual_ttl = 64;

/// Who sends to whom; both addresses are of one family.
struct path {
  ip_address source{};
  ip_address destination{};
  std::uint8_t ttl = usual_ttl;
};

struct port_pair {
  port source{};
  port destination{};
};

struct tcp_segment {
  std::uint32_t sequence = 0;
  std::uint32_t acknowledgment = 0;
  std::uint8_t flags = 0;
  std::uint16_t window = 64'240;
  bool with_options = false;  ///< maximum segment size, window scale and selective acknowledgment
};

struct icmp_message {
  std::uint8_t type = 0;
  std::uint8_t code = 0;
  std::uint32_t rest = 0;  ///< the second word: identifier and sequence, or unused
};

/// The largest segment that fits the usual link of 1500 bytes (RFC 9293 section 3.7.1).
std::uint16_t largest_segment(const path& along);

packet_bytes udp_packet(const path& along, port_pair ports, std::span<const std::byte> payload);
packet_bytes tcp_packet(const path& along, port_pair ports, const tcp_segment& segment,
                        std::span<const std::byte> payload);
packet_bytes icmp_packet(const path& along, const icmp_message& message,
                         std::span<const std::byte> payload);

/// The bytes of a text.
std::span<const std::byte> bytes_of(std::string_view text);

/// `size` bytes that are easy to recognise: the alphabet, over and over.
packet_bytes filler(std::size_t size);

}  // namespace weir::program

#pragma once

#include "weir/net/prefix.hpp"
#include "weir/pcap/writer.hpp"

#include <cstdint>

namespace weir::program {

/// Many small UDP packets over many flows, for measuring.
struct bulk_options {
  std::uint64_t seed = 1;
  ip_prefix inside{ipv4_prefix::around(ipv4_address{10, 0, 0, 0}, 24)};
  std::uint64_t packets = 0;
  std::uint32_t flows = 1'000;
  std::uint32_t frame_size = 64;  ///< bytes in the file, Ethernet header included
  std::uint32_t per_second = 1'000'000;
};

/// Where the flows lead: the block for measuring (RFC 2544). No home lives there.
inline constexpr ip_prefix bulk_internet{ipv4_prefix::around(ipv4_address{198, 18, 0, 0}, 15)};
inline constexpr std::uint32_t bulk_frame_size_min = 42;  ///< Ethernet, IPv4 and UDP headers
inline constexpr std::uint32_t bulk_frame_size_max = 1514;
inline constexpr std::uint32_t bulk_flows_max = 16'000'000;

/// Writes the packets: every flow is opened from inside first, then packets of random flows go
/// both ways. The writers may be one and the same. False once a write has failed.
bool write_bulk(const bulk_options& options, pcap::writer& from_inside, pcap::writer& from_outside);

}  // namespace weir::program

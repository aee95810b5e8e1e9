#pragma once

#include "weir/time/instant.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace weir::pcap {

/// The most bytes of one packet that a capture may hold: libpcap's own limit.
inline constexpr std::uint32_t captured_length_max = 262'144;

/// One packet of a capture.
struct record {
  instant time{};
  std::span<const std::byte> bytes;   ///< from the link header on; valid until the next read
  std::uint32_t original_length = 0;  ///< on the wire; more than `bytes` where the record is cut
  std::uint32_t interface = 0;        ///< pcapng: the section's interface number
  std::uint16_t link_type = 0;        ///< LINKTYPE_ value of the tcpdump group's registry
  std::uint64_t offset = 0;           ///< of the record in the file
};

}  // namespace weir::pcap

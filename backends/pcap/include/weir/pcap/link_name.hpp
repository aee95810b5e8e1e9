#pragma once

#include <pcap/pcap.h>

#include <cstdint>
#include <string>

namespace weir::pcap {

/// What people call a link type: libpcap's name and number, or the number alone.
inline std::string link_name(std::uint16_t link_type) {
  const char* const known = ::pcap_datalink_val_to_name(link_type);
  const auto number = std::to_string(link_type);
  return known == nullptr ? number : std::string{known} + " (" + number + ")";
}

}  // namespace weir::pcap

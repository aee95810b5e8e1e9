#pragma once

#include <cstdint>
#include <string>

namespace weir::pcap {

/// Where and why a capture cannot be read further. What came before it has been read.
struct capture_fault {
  std::uint64_t offset = 0;  ///< of the record, block or header that is not whole, in bytes
  std::string what;
};

}  // namespace weir::pcap

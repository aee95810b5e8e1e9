#pragma once

#include "weir/packet/packet_burst.hpp"
#include "weir/packet/packet_meta.hpp"
#include "weir/pcap/record_burst.hpp"

#include <cstddef>

namespace weir::program {

/// Packets of a burst that follow each other. Borrows.
class burst_part {
 public:
  /// The packets from number `first` up to number `end`.
  burst_part(const pcap::record_burst& whole, std::size_t first, std::size_t end) noexcept
      : whole_{whole}, first_{first}, size_{end - first} {}

  std::size_t size() const noexcept { return size_; }
  pcap::record_packet operator[](std::size_t index) const noexcept {
    return whole_[first_ + index];
  }
  packet_meta meta(std::size_t index) const noexcept { return whole_.meta(first_ + index); }

  /// The number in the whole burst of a packet of this part.
  std::size_t place(std::size_t index) const noexcept { return first_ + index; }

 private:
  const pcap::record_burst& whole_;
  std::size_t first_;
  std::size_t size_;
};
static_assert(PacketBurst<burst_part>);

}  // namespace weir::program

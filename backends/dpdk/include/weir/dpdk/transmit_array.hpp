#pragma once

#include "weir/base/contract.hpp"
#include "weir/dpdk/mbuf_burst.hpp"

#include <rte_mbuf.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

namespace weir::dpdk {

/// Frames on their way to a port. Owns them until the driver has taken them.
class transmit_array {
 public:
  /// All of a burst, each with an answer.
  static constexpr std::size_t frames_max = 2 * mbuf_burst::packets_max;

  transmit_array() noexcept = default;
  transmit_array(const transmit_array&) = delete;
  transmit_array& operator=(const transmit_array&) = delete;
  ~transmit_array() { free_all(); }

  /// What rte_eth_tx_burst takes.
  std::span<rte_mbuf*> frames() noexcept { return {frames_.data(), size_}; }

  /// False where the array is full; the frame stays with the caller.
  bool try_add(rte_mbuf& frame) noexcept {
    if (size_ == frames_max) return false;
    frames_[size_++] = &frame;
    return true;
  }

  /// The driver has taken the first `count` frames; the others come first now.
  void sent(std::size_t count) noexcept {
    expects(count <= size_, "no more frames are sent than there are");
    std::copy(frames_.begin() + count, frames_.begin() + size_, frames_.begin());
    size_ -= count;
  }

  /// Gives up what the driver does not take.
  void free_all() noexcept {
    rte_pktmbuf_free_bulk(frames_.data(), static_cast<unsigned>(size_));
    size_ = 0;
  }

 private:
  std::array<rte_mbuf*, frames_max> frames_{};
  std::size_t size_ = 0;
};

}  // namespace weir::dpdk

#pragma once

#include "weir/base/contract.hpp"
#include "weir/packet/packet.hpp"

#include <rte_mbuf.h>

#include <cstddef>
#include <cstdint>
#include <span>

namespace weir::dpdk {

/// An mbuf seen as a packet: its first segment is the bytes, all of its segments are the wire.
/// Borrows. The mbuf is direct and nobody else refers to it, so that its bytes may change.
class mbuf_packet {
 public:
  explicit mbuf_packet(rte_mbuf& mbuf) noexcept : mbuf_{&mbuf} {}

  std::span<const std::byte> bytes() const noexcept { return {data(), mbuf_->data_len}; }
  std::span<std::byte> bytes() noexcept { return {data(), mbuf_->data_len}; }
  std::size_t wire_size() const noexcept { return mbuf_->pkt_len; }

  /// The mbuf, for who takes the packet over.
  rte_mbuf& mbuf() const noexcept { return *mbuf_; }

  bool try_grow_front(std::size_t count) noexcept {
    if (count > rte_pktmbuf_headroom(mbuf_)) return false;
    rte_pktmbuf_prepend(mbuf_, static_cast<std::uint16_t>(count));
    return true;
  }
  bool try_grow_back(std::size_t count) noexcept {
    if (!is_contiguous() || count > rte_pktmbuf_tailroom(mbuf_)) return false;
    rte_pktmbuf_append(mbuf_, static_cast<std::uint16_t>(count));
    return true;
  }
  void shrink_front(std::size_t count) noexcept {
    expects(count <= mbuf_->data_len, "a packet shrinks by at most its first segment");
    rte_pktmbuf_adj(mbuf_, static_cast<std::uint16_t>(count));
  }
  void shrink_back(std::size_t count) noexcept {
    expects(is_contiguous(), "the back moves where the bytes are all there");
    expects(count <= mbuf_->data_len, "a packet shrinks by at most its length");
    rte_pktmbuf_trim(mbuf_, static_cast<std::uint16_t>(count));
  }

 private:
  bool is_contiguous() const noexcept { return rte_pktmbuf_is_contiguous(mbuf_) != 0; }
  std::byte* data() const noexcept { return rte_pktmbuf_mtod(mbuf_, std::byte*); }

  rte_mbuf* mbuf_;
};
static_assert(ResizablePacket<mbuf_packet>);
static_assert(sizeof(mbuf_packet) == sizeof(void*), "a packet is passed by value");

}  // namespace weir::dpdk

#pragma once

#include "weir/base/contract.hpp"
#include "weir/base/drop_reason.hpp"
#include "weir/base/interface_id.hpp"
#include "weir/dpdk/finish_checksum.hpp"
#include "weir/dpdk/gather.hpp"
#include "weir/dpdk/mbuf_packet.hpp"
#include "weir/link/ethernet.hpp"
#include "weir/net/mac_address.hpp"
#include "weir/packet/packet_burst.hpp"
#include "weir/packet/packet_meta.hpp"

#include <rte_mbuf.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace weir::dpdk {

/// What an mbuf's offload flags say of the transport checksum. A sum found bad is not believed:
/// it is judged where the configuration asks.
inline checksum_state checksum_of(const rte_mbuf& mbuf) noexcept {
  constexpr std::uint64_t to_complete =
      RTE_MBUF_F_TX_L4_MASK | RTE_MBUF_F_TX_TCP_SEG | RTE_MBUF_F_TX_UDP_SEG;
  if ((mbuf.ol_flags & to_complete) != 0) return checksum_state::partial;
  const bool good = (mbuf.ol_flags & RTE_MBUF_F_RX_L4_CKSUM_MASK) == RTE_MBUF_F_RX_L4_CKSUM_GOOD;
  return good ? checksum_state::valid : checksum_state::unverified;
}

/// Frames of Ethernet ports, their link headers off, seen as packets. Borrows: who is told what
/// happens to a packet decides what happens to its mbuf.
class mbuf_burst {
 public:
  static constexpr std::size_t packets_max = 64;

  std::size_t size() const noexcept { return size_; }
  mbuf_packet operator[](std::size_t index) const noexcept {
    return mbuf_packet{*frames_[index].mbuf};
  }
  packet_meta meta(std::size_t index) const noexcept { return frames_[index].meta; }
  /// The station that sent the frame.
  const mac_address& sender(std::size_t index) const noexcept { return frames_[index].sender; }

  /// Takes a frame's Ethernet header off, finishes its checksum where the driver says that nobody
  /// did, and adds its packet; or says why it is none, and then the
  /// frame, with its header, stays with the caller. Precondition: `size() < packets_max`.
  std::optional<drop_reason> take(rte_mbuf& frame, interface_id ingress) noexcept {
    expects(size_ < packets_max, "the burst has room for the frame");
    if (!gather_headers(frame)) return drop_reason::scattered_headers;
    mbuf_packet packet{frame};
    const auto link = pop_ethernet(packet);
    if (!link.ok) return link.fault;
    if (is_unfinished(frame) && checksum_of(frame) != checksum_state::partial) {
      finish_checksum(packet, link.family);
    }
    frames_[size_] = {
        .mbuf = &frame,
        .meta = {.ingress = ingress, .cast = link.cast, .transport = checksum_of(frame)},
        .sender = link.addresses.source};
    ++size_;
    return std::nullopt;
  }

  /// Forgets the packets.
  void clear() noexcept { size_ = 0; }

 private:
  struct received {
    rte_mbuf* mbuf = nullptr;
    packet_meta meta{};
    mac_address sender{};
  };
  static_assert(sizeof(received) <= 24, "eight packets in three lines");

  std::array<received, packets_max> frames_{};
  std::size_t size_ = 0;
};
static_assert(PacketBurst<mbuf_burst>);

}  // namespace weir::dpdk

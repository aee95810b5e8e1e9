#pragma once

#include "weir/base/contract.hpp"
#include "weir/base/interface_id.hpp"
#include "weir/base/verdict.hpp"
#include "weir/dpdk/mbuf_burst.hpp"
#include "weir/dpdk/mbuf_packet.hpp"
#include "weir/dpdk/transmit_array.hpp"
#include "weir/engine/sink.hpp"
#include "weir/link/ethernet.hpp"
#include "weir/net/ip_address.hpp"
#include "weir/net/mac_address.hpp"
#include "weir/observe/counter.hpp"
#include "weir/wire/ipv6_header.hpp"
#include "weir/wire/link_header.hpp"

#include <rte_mbuf.h>
#include <rte_mempool.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>

namespace weir::dpdk {

/// Where the frames of an interface go, and the station that sends them.
struct egress_port {
  transmit_array* frames = nullptr;  ///< null where nothing can leave
  mac_address station{};
};

/// Sorts what a worker decides of a burst: forwarded packets get an Ethernet header and go to the
/// frames of their interface, those for the box go without one to interface zero's, dropped ones
/// are freed, and packets of weir's own are made from a pool. A packet that cannot leave, because
/// its neighbour is unknown or there is no room for it, is freed and counted as lost.
///  - `Neighbors` tells the station behind a next hop for the packet that goes there, if it is
///    known.
template <class Neighbors>
  requires std::is_nothrow_invocable_r_v<std::optional<mac_address>, const Neighbors&, next_hop_id,
                                         std::span<const std::byte>>
class mbuf_sink {
 public:
  /// `ports` are by number of interface; all that is given outlives the sink.
  mbuf_sink(const mbuf_burst& burst, std::span<const egress_port> ports, rte_mempool& pool,
            Neighbors neighbors) noexcept
      : burst_{&burst}, ports_{ports}, pool_{&pool}, neighbors_{std::move(neighbors)} {}

  void decided(std::size_t, mbuf_packet& packet, const verdict& answer) noexcept {
    bool leaves = true;
    switch (answer.kind()) {
      case verdict_kind::forward:
        leaves = send(packet, answer.egress(),
                      neighbors_(answer.next_hop(), std::as_const(packet).bytes()));
        break;
      case verdict_kind::deliver:
        leaves = queue(packet, interface_id::local());
        break;
      case verdict_kind::consume:
      case verdict_kind::drop:
        rte_pktmbuf_free(&packet.mbuf());
        break;
    }
    if (!leaves) {
      lost_.add();
      rte_pktmbuf_free(&packet.mbuf());
    }
  }

  bool generated(std::span<const std::byte> bytes, const emission& where) noexcept {
    rte_mbuf* const made = rte_pktmbuf_alloc(pool_);
    if (made == nullptr) return false;
    mbuf_packet packet{*made};
    if (fill(packet, bytes) && emit(packet, where)) return true;
    rte_pktmbuf_free(made);
    return false;
  }

  /// Packets that were to leave and could not.
  const counter& lost() const noexcept { return lost_; }

 private:
  static bool fill(mbuf_packet& packet, std::span<const std::byte> bytes) noexcept {
    if (!packet.try_grow_back(bytes.size())) return false;
    std::memcpy(packet.bytes().data(), bytes.data(), bytes.size());
    return true;
  }

  bool emit(mbuf_packet& packet, const emission& where) noexcept {
    if (where.egress.is_local()) return queue(packet, where.egress);
    return send(packet, where.egress,
                where.answers_sender ? burst_->sender(where.about)
                                     : neighbors_(where.hop, std::as_const(packet).bytes()));
  }

  bool send(mbuf_packet& packet, interface_id egress,
            const std::optional<mac_address>& neighbor) noexcept {
    if (!neighbor) return false;
    const link_addresses stations{*neighbor, port(egress).station};
    if (!try_push_ethernet(packet, stations,
                           is_ipv6(packet.bytes()) ? ip_family::ipv6 : ip_family::ipv4)) {
      return false;
    }
    auto& mbuf = packet.mbuf();
    if ((mbuf.ol_flags & RTE_MBUF_F_TX_OFFLOAD_MASK) != 0) {
      mbuf.l2_len = ethernet_header::size;  // the hardware counts from the frame's first byte
    }
    return queue(packet, egress);
  }

  bool queue(mbuf_packet& packet, interface_id egress) noexcept {
    auto* const frames = port(egress).frames;
    return frames != nullptr && frames->try_add(packet.mbuf());
  }

  const egress_port& port(interface_id egress) const noexcept {
    expects(egress.number() < ports_.size(), "every interface has a port");
    return ports_[egress.number()];
  }

  const mbuf_burst* burst_;
  std::span<const egress_port> ports_;
  rte_mempool* pool_;
  Neighbors neighbors_;
  counter lost_;
};
static_assert(
    Sink<
        mbuf_sink<std::optional<mac_address> (*)(next_hop_id, std::span<const std::byte>) noexcept>,
        mbuf_packet>);

}  // namespace weir::dpdk

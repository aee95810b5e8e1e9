#pragma once

#include "weir/dpdk/mbuf_packet.hpp"
#include "weir/net/domain.hpp"
#include "weir/net/ip_address.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/net/protocol.hpp"
#include "weir/wire/bytes.hpp"
#include "weir/wire/checksum.hpp"
#include "weir/wire/header_walk.hpp"
#include "weir/wire/transport_checksum.hpp"
#include "weir/wire/udp_header.hpp"

#include <rte_mbuf.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace weir::dpdk {

/// Whether the driver vouches for the data and says that their checksum was never finished: between
/// virtual machines nobody needs one until the packet leaves.
inline bool is_unfinished(const rte_mbuf& mbuf) noexcept {
  return (mbuf.ol_flags & RTE_MBUF_F_RX_L4_CKSUM_MASK) == RTE_MBUF_F_RX_L4_CKSUM_NONE;
}

namespace detail {

/// The sum over `size` bytes of a packet behind the first `skipped`, whatever segments they lie in.
/// Not by rte_raw_cksum_mbuf: that of DPDK 22.11 loses a carry behind a segment of odd length.
inline ones_sum sum_of(const rte_mbuf& mbuf, std::size_t skipped, std::size_t size) noexcept {
  ones_sum sum;
  bool is_odd = false;  // the next byte is the second one of a word
  for (const rte_mbuf* part = &mbuf; part != nullptr && size > 0; part = part->next) {
    std::span<const std::byte> piece{rte_pktmbuf_mtod(part, const std::byte*), part->data_len};
    const std::size_t before = std::min(skipped, piece.size());
    piece = piece.subspan(before);
    piece = piece.first(std::min(size, piece.size()));
    skipped -= before;
    size -= piece.size();
    if (is_odd && !piece.empty()) {
      sum = sum.plus(std::uint16_t{std::to_integer<std::uint8_t>(piece.front())});
      piece = piece.subspan(1);
      is_odd = false;
    }
    sum = sum.plus(ones_sum::of(piece));
    is_odd = is_odd || piece.size() % 2 != 0;
  }
  return sum;
}

template <IpVersion V>
bool finish_checksum(mbuf_packet packet) noexcept {
  const auto bytes = packet.bytes();
  const auto found = walk<V>(bytes, packet.wire_size(), domain_id{});
  const auto& facts = found.facts;
  const bool is_udp = facts.transport == protocol::udp;
  const bool has_one = facts.ok && facts.fragment == fragment_kind::none && !facts.covers_others &&
                       (is_udp || facts.transport == protocol::tcp);
  if (!has_one) return false;
  const auto segment = bytes.subspan(facts.transport_offset);
  const auto field = segment.subspan(*checksum_field_of<V>(facts.transport));
  const bool is_without = load_be<std::uint16_t>(field, 0) == 0;
  if (is_udp && V::number == 4 && is_without) return false;  // RFC 768
  const std::uint32_t size = is_udp ? load_be<std::uint16_t>(segment, udp_field::length)
                                    : facts.end - facts.transport_offset;
  store_be(field, 0, std::uint16_t{0});
  const auto sum =
      sum_of(packet.mbuf(), facts.transport_offset, size)
          .plus(pseudo_header(found.key.source(), found.key.destination(), facts.transport, size));
  store_be(field, 0, transport_checksum_of(facts.transport, sum).field());
  return true;
}

}  // namespace detail

/// Computes the TCP or UDP checksum of an unfinished packet, whatever its field holds, and says so
/// in its mbuf. What has none to compute stays as it is.
inline void finish_checksum(mbuf_packet packet, ip_family family) noexcept {
  const bool is_finished = family == ip_family::ipv4 ? detail::finish_checksum<ipv4>(packet)
                                                     : detail::finish_checksum<ipv6>(packet);
  if (!is_finished) return;
  packet.mbuf().ol_flags &= ~std::uint64_t{RTE_MBUF_F_RX_L4_CKSUM_MASK};
  packet.mbuf().ol_flags |= RTE_MBUF_F_RX_L4_CKSUM_GOOD;
}

}  // namespace weir::dpdk

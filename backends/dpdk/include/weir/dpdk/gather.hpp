#pragma once

#include "weir/base/drop_reason.hpp"
#include "weir/dpdk/mbuf_packet.hpp"
#include "weir/link/link_type.hpp"
#include "weir/link/strip.hpp"
#include "weir/net/domain.hpp"
#include "weir/net/ip_address.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/wire/header_walk.hpp"

#include <rte_mbuf.h>

#include <cstddef>
#include <span>

namespace weir::dpdk {

namespace detail {

/// Whether all headers of a packet lie in its first bytes. What an ICMP error quotes is a header
/// too.
template <IpVersion V>
bool holds_headers_of(std::span<const std::byte> bytes, std::size_t wire_size) noexcept {
  const auto facts = walk<V>(bytes, wire_size, domain_id{}).facts;
  return facts.ok ? facts.message != message_kind::icmp_error
                  : facts.fault != drop_reason::truncated_header;
}

/// The same of a frame and its first segment.
inline bool first_segment_holds_headers(rte_mbuf& frame) noexcept {
  const mbuf_packet whole{frame};
  const auto link = strip(whole.bytes(), link_type::ethernet);
  if (!link.ok) return link.fault != drop_reason::truncated_frame;
  const auto bytes = whole.bytes().subspan(link.header_size);
  const auto wire_size = whole.wire_size() - link.header_size;
  return link.family == ip_family::ipv4 ? holds_headers_of<ipv4>(bytes, wire_size)
                                        : holds_headers_of<ipv6>(bytes, wire_size);
}

}  // namespace detail

/// Makes the headers of a frame contiguous: where they are not all in its first segment, the others
/// are moved into it. False, and nothing has changed, where they do not fit.
inline bool gather_headers(rte_mbuf& frame) noexcept {
  return rte_pktmbuf_is_contiguous(&frame) != 0 || detail::first_segment_holds_headers(frame) ||
         rte_pktmbuf_linearize(&frame) == 0;
}

}  // namespace weir::dpdk

#pragma once

#include "weir/net/ip_version.hpp"
#include "weir/packet/packet_meta.hpp"
#include "weir/session/session_table.hpp"
#include "weir/wire/packet_facts.hpp"
#include "weir/wire/plain_datagram.hpp"
#include "weir/wire/tcp_header.hpp"
#include "weir/wire/tcp_options.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace weir::detail {

/// A packet of any buffer, as the questions see it: its bytes in place, and what came with them.
struct packet_view {
  std::span<std::byte> bytes;
  packet_meta meta{};

  bool from_box() const noexcept { return meta.ingress.is_local(); }
};

/// A packet on its way through the burst: its headers, and where its key may lead.
template <IpVersion V>
struct lane {
  walked<V> headers;
  std::uint64_t hash;
  session_ref candidate;
};

/// A packet on the straight way, in one cache line or two.
template <IpVersion V>
struct alignas(64) plain_lane {
  plain_datagram<V> packet;
  std::byte* header;
  std::uint64_t hash;
  const void* place;  ///< of the hash in the index
  session_ref candidate;
  checksum_state transport;

  const packed_flow<V>& key() const noexcept { return packet.key; }
};
static_assert(sizeof(plain_lane<ipv4>) == 64);

/// What the tracker asks of a TCP segment whose header the walk has judged.
[[gnu::__always_inline__]] inline tcp_segment segment_of(std::span<const std::byte> bytes,
                                                         const packet_facts& facts) noexcept {
  const auto header = tcp_header::parse(bytes.subspan(facts.transport_offset));
  if (!header) [[unlikely]] {
    return {};
  }
  tcp_segment segment;
  segment.sequence = header->sequence();
  segment.acknowledgment = header->acknowledgment();
  segment.payload = facts.end - facts.transport_offset - static_cast<std::uint32_t>(header->size());
  segment.window = header->window();
  segment.flags = facts.tcp_flags;
  if (segment.has(tcp_flag::syn)) [[unlikely]] {
    segment.window_scale =
        walk_tcp_options(header->options()).window_scale.value_or(tcp_segment::no_window_scale);
  }
  return segment;
}

}  // namespace weir::detail

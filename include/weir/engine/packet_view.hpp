#pragma once

#include "weir/net/ip_version.hpp"
#include "weir/packet/packet_meta.hpp"
#include "weir/session/session_table.hpp"
#include "weir/wire/bytes.hpp"
#include "weir/wire/packet_facts.hpp"
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

/// What the tracker asks of a TCP segment whose header the walk has judged.
inline tcp_segment segment_of(std::span<const std::byte> bytes,
                              const packet_facts& facts) noexcept {
  const std::byte* header = bytes.data() + facts.transport_offset;
  const std::uint32_t header_size =
      (load_be<std::uint8_t>(header + tcp_field::data_offset) >> 4) * 4u;
  tcp_segment segment;
  segment.sequence = load_be<std::uint32_t>(header + tcp_field::sequence);
  segment.acknowledgment = load_be<std::uint32_t>(header + tcp_field::acknowledgment);
  segment.payload = facts.end - facts.transport_offset - header_size;
  segment.window = load_be<std::uint16_t>(header + tcp_field::window);
  segment.flags = facts.tcp_flags;
  if ((facts.tcp_flags & tcp_flag::syn) != 0) [[unlikely]] {
    const auto options =
        walk_tcp_options({header + tcp_header::size_min, header_size - tcp_header::size_min});
    segment.window_scale = options.window_scale.value_or(tcp_segment::no_window_scale);
  }
  return segment;
}

}  // namespace weir::detail

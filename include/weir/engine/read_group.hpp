#pragma once

// The first step of a group: of each packet the headers and the key, and its line of the index is
// asked for. It asks no table.

#include "weir/base/contract.hpp"
#include "weir/base/interface_id.hpp"
#include "weir/engine/lanes.hpp"
#include "weir/engine/packet_domain.hpp"
#include "weir/engine/packet_view.hpp"
#include "weir/engine/shard.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/packet/packet_burst.hpp"
#include "weir/wire/header_walk.hpp"
#include "weir/wire/ipv4_header.hpp"
#include "weir/wire/ipv6_header.hpp"
#include "weir/wire/plain_datagram.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

namespace weir::detail {

template <EngineTraits T>
using lanes_of = lanes<T::burst_max>;

/// Reads a packet that may go straight on; whether it may.
template <IpVersion V, EngineTraits T>
[[gnu::__always_inline__]] inline bool read_straight(const shard<T>& state,
                                                     const ingress_facts& from, plain_lane<V>& lane,
                                                     packet_view packet) noexcept {
  if (!from.plain.admits(packet.meta) || !read_plain(packet.bytes, from.domain, lane.packet))
      [[unlikely]] {
    return false;
  }
  const auto& table = state.template sessions<V>();
  lane.header = packet.bytes.data();
  lane.transport = packet.meta.transport;
  lane.hash = table.hash(lane.packet.key);
  lane.place = table.prefetch(lane.hash);
  return true;
}

/// Walks the headers of a packet that does not.
template <IpVersion V, EngineTraits T>
void read_walked(const shard<T>& state, lane<V>& lane, std::span<const std::byte> bytes,
                 std::size_t wire_size, interface_id ingress) noexcept {
  walk_into(lane.headers, bytes, wire_size, domain_of<V>(state, bytes, ingress), state.walking);
  if (has_session_key(lane.headers.facts)) [[likely]] {
    const auto& table = state.template sessions<V>();
    lane.hash = table.hash(lane.headers.key);
    table.prefetch(lane.hash);
  }
}

/// Reads a packet that is not IPv4 going straight on, as lane `i`.
template <EngineTraits T, PacketBurst B>
[[gnu::__noinline__, gnu::__flatten__]] void read_any(const shard<T>& state, const B& burst,
                                                      std::size_t index, std::size_t i,
                                                      lanes_of<T>& into) noexcept {
  auto packet = burst[index];
  const auto meta = burst.meta(index);
  const std::uint64_t bit = std::uint64_t{1} << i;
  if (is_ipv6(packet.bytes())) {
    into.six_bits |= bit;
    const auto& from = state.ingress[meta.ingress.number()];
    if (read_straight(state, from, into.plain_six[i], {packet.bytes(), meta})) [[likely]] {
      return;
    }
    into.special |= bit;
    read_walked(state, into.six[i], packet.bytes(), packet.wire_size(), meta.ingress);
  } else {
    into.special |= bit;
    // Nobody judges the checksum, and what changes adjusts it: it has to be right before.
    if (!state.walking.verify_ip_checksum) [[unlikely]] {
      complete_header_checksum(packet.bytes());
    }
    read_walked(state, into.four[i], packet.bytes(), packet.wire_size(), meta.ingress);
  }
}

/// A burst for a loop: a small view of packets is copied, so that compilers know that no store
/// into a lane changes it.
template <PacketBurst B>
using kept = std::conditional_t<std::is_trivially_copyable_v<B> && sizeof(B) <= 2 * sizeof(void*),
                                B, const B&>;

/// Reads `count` packets of a burst from `first` on.
template <EngineTraits T, PacketBurst B>
[[gnu::__noinline__]] void read_group(const shard<T>& state, const B& burst, std::size_t first,
                                      std::size_t count, lanes_of<T>& into) noexcept {
  const std::span<const ingress_facts> known{state.ingress};
  into.special = 0;
  into.six_bits = 0;
  auto* const first_lane = into.plain_four.data();
  auto* lane = first_lane;
  const kept<B> packets = burst;
  for (std::size_t index = first; index != first + count; ++index, ++lane) {
    const auto meta = packets.meta(index);
    expects(meta.ingress.number() < known.size(), "packets come from known interfaces");
    const auto& from = known[meta.ingress.number()];
    auto packet = packets[index];
    if (!read_straight(state, from, *lane, {packet.bytes(), meta})) [[unlikely]] {
      read_any(state, burst, index, static_cast<std::size_t>(lane - first_lane), into);
    }
  }
}

}  // namespace weir::detail

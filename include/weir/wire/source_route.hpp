#pragma once

// The answer to a packet that chooses its own way through the network.

#include "weir/base/drop_reason.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/wire/bytes.hpp"
#include "weir/wire/extension_walk.hpp"
#include "weir/wire/icmp_error.hpp"
#include "weir/wire/ipv4_header.hpp"
#include "weir/wire/packet_facts.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace weir {

/// What to say about a packet that the walk refused for its source route: that the way cannot be
/// gone (RFC 7915 sections 4.1 and 5.1). Nothing of one that is at its end, and nothing of other
/// packets.
template <IpVersion V>
constexpr std::optional<icmp_error<V>> source_route_error(std::span<const std::byte> bytes,
                                                          const packet_facts& refused) noexcept {
  if constexpr (V::number == 4) {
    if (refused.fault != drop_reason::source_route) return std::nullopt;
    const auto header = ipv4_header::parse(bytes);
    if (!header || !walk_ipv4_options(header->options()).unexpired) return std::nullopt;
    return icmp_error<V>::source_route_failed();
  } else {
    using namespace detail;
    if (refused.fault != drop_reason::routing_header) return std::nullopt;
    const std::size_t at = refused.transport_offset;
    const auto header = bytes.subspan(at);
    if (!is_source_route(header) || !has_segments_left(header)) return std::nullopt;
    // A destination would point at the type instead (RFC 5095 section 3).
    return icmp_error<V>::erroneous_field(
        static_cast<std::uint32_t>(at + routing_field::segments_left));
  }
}

}  // namespace weir

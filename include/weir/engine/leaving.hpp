#pragma once

// The last questions and the last touches: may a packet leave through a next hop, and what changes
// in it when it does.

#include "weir/engine/outcome.hpp"
#include "weir/engine/packet_view.hpp"
#include "weir/engine/shard.hpp"
#include "weir/nat/ipv4_id.hpp"
#include "weir/nat/rewrite.hpp"
#include "weir/policy/policy.hpp"
#include "weir/wire/bytes.hpp"
#include "weir/wire/icmp_error.hpp"
#include "weir/wire/ipv6_header.hpp"
#include "weir/wire/tcp_header.hpp"
#include "weir/wire/tcp_options.hpp"

#include <cstddef>
#include <cstdint>

namespace weir::detail {

/// Why a packet cannot leave through a next hop, judged before anything is allocated for it; what
/// is delivered to the box meets neither limit. NAT44 keeps the length, so the length received is
/// the length sent.
///
/// Deviates from RFC 1812 section 4.2.2.7: nothing is fragmented, DF set or not, so that a sender
/// hears of the MTU (RFC 1191 section 4) where another router would send pieces.
template <IpVersion V>
[[gnu::__always_inline__]] inline outcome cannot_leave(const packet_facts& facts,
                                                       const hop_facts& hop,
                                                       bool from_box) noexcept {
  if (hop.kind == next_hop_kind::local) {
    return outcome::open();
  }
  if (facts.ttl <= (from_box ? 0 : 1)) [[unlikely]] {  // RFC 1122 section 3.2.1.7
    return outcome{drop_reason::ttl_expired, answer_request::icmp(icmp_error<V>::ttl_expired())};
  }
  if (facts.end > hop.mtu) [[unlikely]] {
    return outcome{drop_reason::too_big, answer_request::icmp(icmp_error<V>::too_big(hop.mtu))};
  }
  return outcome::open();
}

inline ttl_step step_of(const hop_facts& hop, bool from_box) noexcept {
  return hop.kind == next_hop_kind::local || from_box ? ttl_step::keep : ttl_step::down;
}

/// Takes one off the TTL or hop limit of a packet that is forwarded as it is.
template <IpVersion V>
void pass_on(std::byte* header, ttl_step step) noexcept {
  if (step == ttl_step::keep) {
    return;
  }
  if constexpr (V::number == 4) {
    decrement_ttl(header);
  } else {
    std::byte& limit = header[ipv6_field::hop_limit];
    limit = static_cast<std::byte>(std::to_integer<unsigned>(limit) - 1);
  }
}

/// Rewrites a packet from the key it came with to the key it leaves with.
[[gnu::__always_inline__]] inline void translate(const packet_view& packet,
                                                 const walked<ipv4>& headers,
                                                 const packed_endpoints& after,
                                                 ttl_step step) noexcept {
  std::byte* const header = packet.bytes.data();
  const auto delta = flow_delta::between(headers.key.endpoints(), after);
  const bool plain = headers.facts.transport_offset == ipv4_header::size_min &&
                     packet.meta.transport != checksum_state::partial;
  if (plain && headers.facts.message == message_kind::tcp) [[likely]] {
    rewrite_tcp(header, after, delta, step);
  } else if (plain && headers.facts.message == message_kind::udp) {
    rewrite_udp(header, after, delta, step);
  } else {
    const auto coverage = packet.meta.transport == checksum_state::partial
                              ? checksum_coverage::pseudo_header
                              : checksum_coverage::whole;
    rewrite(packet.bytes, headers.facts, coverage, after, delta, step);
  }
}

/// Hosts that share an external address must not share identifications (RFC 6864 section 5.3.1).
inline void refresh_identification(ipv4_identifications& fresh, std::byte* header,
                                   const packed_flow<ipv4>& before,
                                   const packed_flow<ipv4>& after) noexcept {
  if (before.source_bits() != after.source_bits() && needs_identification(header)) [[unlikely]] {
    replace_identification(header,
                           fresh.next(after.source(), after.destination(), before.protocol()));
  }
}

/// The largest MSS that fits an IP MTU: what is left behind both headers (RFC 9293 section 3.7.1).
template <IpVersion V>
constexpr std::uint16_t mss_for(std::uint32_t mtu) noexcept {
  constexpr std::uint32_t headers = tcp_header::size_min + header_size_min<V>;
  return static_cast<std::uint16_t>(mtu > headers ? mtu - headers : 1);
}

/// Lowers the MSS of a SYN as its policy asks; `mtu` is the smaller one of the path's two sides.
template <IpVersion V>
void clamp_syn(const packet_view& packet, const packet_facts& facts, const mss_clamp& clamp,
               std::uint32_t mtu) noexcept {
  if (clamp.kind == mss_clamp::form::off || facts.fragment != fragment_kind::none) {
    return;
  }
  const auto limit = clamp.kind == mss_clamp::form::to_number ? clamp.size : mss_for<V>(mtu);
  const auto segment = packet.bytes.subspan(facts.transport_offset);
  const auto sum = load_raw<std::uint16_t>(segment.data() + tcp_field::checksum);
  clamp_mss(segment, limit);
  if (packet.meta.transport == checksum_state::partial) {
    store_raw(segment.data() + tcp_field::checksum, sum);  // it does not cover the options
  }
}

}  // namespace weir::detail

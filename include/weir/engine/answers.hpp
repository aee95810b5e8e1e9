#pragma once

// What weir says itself: who it speaks as, and how often.

#include "weir/engine/outcome.hpp"
#include "weir/engine/packet_view.hpp"
#include "weir/engine/shard.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/net/special_address.hpp"
#include "weir/wire/icmp_error.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>

namespace weir::detail {

/// The address that an error to somebody comes from: one of the interface his packet came in by,
/// else any of the domain (RFC 1812 section 4.3.2.4). A link-local one speaks to such ones alone:
/// no router carries what it says (RFC 4291 section 2.5.6).
template <IpVersion V>
std::optional<typename V::address> speaker(const snapshot& config, interface_id ingress,
                                           domain_id domain,
                                           const typename V::address& to) noexcept {
  const auto& near = config.interface(ingress);
  if (to.is_link_local()) {
    if (const auto found = first_address<V>(near, true)) return found;
  }
  if (const auto found = first_address<V>(near, false)) {
    return found;
  }
  return config.speaker<V>(domain);
}

/// Whether an address is that of every host of a subnet.
template <class Address>
bool is_directed_broadcast(const snapshot& config, domain_id domain, const Address& one) noexcept {
  const auto to = config.route(domain, one);
  return to && config.hop(*to).kind == next_hop_kind::broadcast;
}

/// Whether an address is any router's of a subnet the box is in: its own, and no interface's.
inline bool is_any_routers(const snapshot& config, domain_id domain,
                           const ipv6_address& one) noexcept {
  const auto all = config.interfaces();
  return config.is_own(domain, one) &&
         std::none_of(all.begin(), all.end(), [&](const interface_facts& each) noexcept {
           return each.domain == domain && has_address(each, one);
         });
}
inline bool is_any_routers(const snapshot&, domain_id, ipv4_address) noexcept { return false; }

/// Whether the packet was for more than one station, or says it is from more than one, or from one
/// of several (RFC 4443 section 2.4e): nobody answers those.
template <IpVersion V>
bool is_of_many(const snapshot& config, const walked<V>& headers,
                const packet_view& packet) noexcept {
  return packet.meta.cast != link_cast::unicast ||
         is_directed_broadcast(config, headers.key.domain(), headers.key.destination()) ||
         is_directed_broadcast(config, headers.key.domain(), headers.key.source()) ||
         is_any_routers(config, headers.key.domain(), headers.key.source());
}

/// Writes what is to be said about a packet, from the packet as it was received; nothing where the
/// manners or the rate forbid it.
template <IpVersion V, EngineTraits T>
std::span<const std::byte> write_answer(shard<T>& state, const answer_request& request,
                                        const walked<V>& headers, const packet_view& packet,
                                        tick now, answer_buffer& to) noexcept {
  if (!headers.facts.ok || is_of_many<V>(*state.config, headers, packet)) {
    return {};
  }
  if (request.kind() == answer_request::form::tcp_reset) {
    if (is_martian_source(headers.key.source())) {
      return {};
    }
    return write_tcp_reset<V>(to, packet.bytes, headers);
  }
  const auto error = request.error<V>();
  const auto source =
      speaker<V>(*state.config, packet.meta.ingress, headers.key.domain(), headers.key.source());
  if (!source || !may_be_answered(headers, error)) {
    return {};
  }
  if (!state.answers.try_take(now)) {
    state.packets.answers_suppressed.add();
    return {};
  }
  const auto& back = state.config->interface(packet.meta.ingress);
  return write_icmp_error<V>(to, error, *source, packet.bytes, headers, back.mtu);
}

}  // namespace weir::detail

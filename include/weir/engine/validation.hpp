#pragma once

// Whether a packet can be from where it says, by where it came in.

#include "weir/engine/configuration.hpp"
#include "weir/engine/host_path.hpp"
#include "weir/engine/new_flow.hpp"
#include "weir/engine/outcome.hpp"
#include "weir/engine/shard.hpp"
#include "weir/wire/icmp_header.hpp"
#include "weir/wire/packed_flow.hpp"
#include "weir/wire/packet_facts.hpp"

namespace weir::detail {

/// Whether a source is the box's own where the packet came in, or one that flows wear behind it. A
/// link-local address is its own on one link, and may be a neighbour's on another (RFC 4291 section
/// 2.5.6).
template <IpVersion V, EngineTraits T>
bool is_own_source(const shard<T>& state, const new_flow<V>& flow) noexcept {
  const auto& from = flow.received.source.address;
  if (!from.is_link_local()) {
    return (flow.back && state.config->hop(*flow.back).kind == next_hop_kind::local) ||
           state.config->is_worn_alone(flow.received.domain, from, flow.back);
  }
  return has_address(state.config->interface(flow.packet.meta.ingress), from);
}

/// Whether a packet tells the box that a neighbour has its address too: who defends an address
/// speaks under it (RFC 4862 section 5.4.4).
template <IpVersion V>
bool defends_address(const packet_facts& facts) noexcept {
  return V::number == 6 && facts.message == message_kind::icmp_other &&
         facts.icmp_type == icmpv6_type::neighbor_advertisement;
}

/// Nobody but the box speaks under its addresses, whoever it is spoken to.
template <IpVersion V, EngineTraits T>
outcome refuse_own_source(const shard<T>& state, const new_flow<V>& flow) noexcept {
  const bool is_judged = state.config->raw().drop_martians && !flow.packet.from_box();
  return is_judged && is_own_source(state, flow) && !defends_address<V>(flow.facts())
             ? outcome{drop_reason::martian_source}
             : outcome::open();
}

/// Whom a link-local source may speak to: no route leads to it, and on each link it is another one,
/// so the addresses of the interface it came in by.
template <IpVersion V>
[[gnu::__noinline__]] outcome validate_link_local(const interface_facts& ingress,
                                                  const typename V::address& destination) noexcept {
  return has_address(ingress, destination) ? outcome::open() : outcome{drop_reason::link_local};
}

/// Whether the source may be behind the interface (RFC 3704), where it is not the box's own.
template <IpVersion V, EngineTraits T>
outcome validate_source(const shard<T>& state, const new_flow<V>& flow) noexcept {
  const auto& back = flow.back;
  if (flow.packet.from_box()) {
    const bool own = back && state.config->hop(*back).kind == next_hop_kind::local;
    return own ? outcome::open() : outcome{drop_reason::martian_source};
  }
  if (state.config->raw().drop_martians &&
      flow.received.source.address == flow.received.destination.address) {
    return drop_reason::martian_source;
  }
  const auto& ingress = state.config->interface(flow.packet.meta.ingress);
  if (flow.received.source.address.is_link_local()) {
    return validate_link_local<V>(ingress, flow.received.destination.address);
  }
  if (ingress.validation == source_validation::off) {
    return outcome::open();
  }
  const bool known = back && state.config->hop(*back).kind == next_hop_kind::forward;
  const bool here = known && state.config->hop(*back).interface == ingress.id;
  if (!known || (ingress.validation == source_validation::strict && !here)) {
    return drop_reason::spoofed_source;
  }
  return outcome::open();
}

/// Whether a server offers an address to who has none, and so no route to the server.
inline bool offers_address(const new_flow<ipv4>& flow) noexcept {
  const auto& to = flow.received.destination;
  return flow.facts().message == message_kind::udp && to.port == dhcp_client &&
         to.address.is_limited_broadcast();
}
inline bool offers_address(const new_flow<ipv6>&) noexcept { return false; }

/// Whether no route needs to lead to who speaks to his neighbours: he has no address yet (RFC 2131
/// section 4.1, RFC 4862 section 5.4.2, RFC 3376 section 4.2.13, RFC 3590), has one of the link
/// alone, offers one, or defends the box's own.
template <IpVersion V, EngineTraits T>
bool is_beyond_routes(const shard<T>& state, const new_flow<V>& flow) noexcept {
  const auto& from = flow.received.source.address;
  return from.is_unspecified() || from.is_link_local() || offers_address(flow) ||
         (defends_address<V>(flow.facts()) && is_own_source(state, flow));
}

/// What the host path says of a packet, once its source is judged as that of any other one.
template <IpVersion V, EngineTraits T>
[[gnu::__noinline__]] outcome validated(const shard<T>& state, const new_flow<V>& flow,
                                        const outcome& host) noexcept {
  if (!host.decision().delivered() || is_beyond_routes(state, flow)) {
    return host;
  }
  const auto refused = validate_source(state, flow);
  return refused ? refused : host;
}

/// Why a packet of a session may not come in by an interface that is guarded, or from a link-local
/// address.
template <IpVersion V, EngineTraits T>
[[gnu::__noinline__]] outcome guard(const shard<T>& state, const packed_flow<V>& key,
                                    interface_id ingress) noexcept {
  const auto& here = state.ingress[ingress.number()];
  if (here.is_barred) {
    return drop_reason::no_zone;
  }
  if (key.source().is_link_local()) {
    return validate_link_local<V>(state.config->interface(ingress), key.destination());
  }
  const auto back = state.config->route(key.domain(), key.source());
  const bool is_behind = back && state.config->hop(*back).interface == ingress;
  return !here.is_strict || is_behind ? outcome::open() : outcome{drop_reason::spoofed_source};
}

}  // namespace weir::detail

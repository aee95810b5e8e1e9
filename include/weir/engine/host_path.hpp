#pragma once

// Traffic between neighbours, and between neighbours and the box, that no policy judges and no
// router forwards: broadcast, multicast, link-local, DHCP, neighbour discovery.

#include "weir/engine/configuration.hpp"
#include "weir/engine/outcome.hpp"
#include "weir/engine/snapshot.hpp"
#include "weir/net/special_address.hpp"
#include "weir/packet/packet_meta.hpp"
#include "weir/wire/packet_facts.hpp"

namespace weir::detail {

/// A packet's headers, where it came from, and the rules of the house.
template <IpVersion V>
struct arrival {
  const packet_facts& facts;
  const flow_key<V>& key;
  packet_meta meta;
};

inline constexpr port dhcp_server{67};
inline constexpr port dhcp_client{68};
inline constexpr port dhcpv6_client{546};
inline constexpr port dhcpv6_server{547};
inline constexpr std::uint8_t hop_limit_unrouted = 255;  // RFC 4861 section 7.1
inline constexpr std::uint8_t hop_limit_link = 1;        // RFC 2710 section 3

inline outcome deliver_or(bool wanted, drop_reason otherwise) noexcept {
  return wanted ? outcome{verdict::deliver()} : outcome{otherwise};
}

template <IpVersion V>
bool is_dhcp(const arrival<V>& packet) noexcept {
  if (packet.facts.message != message_kind::udp) {
    return false;
  }
  const auto to = packet.key.destination.port;
  if constexpr (V::number == 4) {
    return to == dhcp_server || to == dhcp_client;
  } else {
    return to == dhcpv6_server || to == dhcpv6_client;
  }
}

/// Whether a neighbour renews its lease with the box, under the box's address on their link (RFC
/// 2131 section 4.4.5, RFC 8415 section 18.2.4). Whom only the route to everybody leads to is no
/// neighbour.
template <IpVersion V>
bool renews_lease(const arrival<V>& packet, word_optional<next_hop_id> back,
                  const snapshot& config) noexcept {
  constexpr auto client = V::number == 4 ? dhcp_client : dhcpv6_client;
  constexpr auto server = V::number == 4 ? dhcp_server : dhcpv6_server;
  if (packet.facts.message != message_kind::udp || packet.key.destination.port != server ||
      packet.key.source.port != client || !back) {
    return false;
  }
  const auto& here = config.interface(packet.meta.ingress);
  const weir::next_hop& hop = config.next_hop(*back);
  return packet.meta.cast == link_cast::unicast && hop.kind == next_hop_kind::forward &&
         hop.interface == here.id && !hop.gateway && !hop.is_default &&
         has_address(here, packet.key.destination.address);
}

inline bool is_neighbor_discovery(const packet_facts& facts) noexcept {
  return facts.message == message_kind::icmp_other &&
         facts.icmp_type >= icmpv6_type::router_solicitation &&
         facts.icmp_type <= icmpv6_type::redirect;
}

inline bool is_listener_discovery(const packet_facts& facts) noexcept {
  const auto type = facts.icmp_type;
  return facts.message == message_kind::icmp_other &&
         ((type >= icmpv6_type::multicast_listener_query &&
           type <= icmpv6_type::multicast_listener_done) ||
          type == icmpv6_type::multicast_listener_report_v2);
}

/// Who has a link-local address may speak to the box alone, if policy lets him: routers there are
/// that forward what he may have forged (RFC 3927 section 2.7).
template <IpVersion V>
[[gnu::__noinline__]] outcome link_local_caller(const arrival<V>& packet,
                                                const snapshot& config) noexcept {
  const bool calls_box = config.is_own(packet.key.domain, packet.key.destination.address);
  if (calls_box) {
    return config.raw().host_path.link_local ? outcome::open() : outcome{drop_reason::link_local};
  }
  if constexpr (V::number == 6) {
    return {drop_reason::link_local, answer_request::icmp(icmp_error<ipv6>::beyond_scope())};
  } else {
    return drop_reason::link_local;
  }
}

/// What the host path says of an IPv4 packet; nothing if it is for the router to forward.
inline outcome host_path(const arrival<ipv4>& packet, const snapshot& config) noexcept {
  const auto& manners = config.raw().host_path;
  const auto from = packet.key.source.address;
  const auto to = packet.key.destination.address;
  if (is_dhcp(packet) && (to.is_limited_broadcast() ||
                          (from.is_unspecified() && config.is_own(packet.key.domain, to)))) {
    return deliver_or(manners.dhcp, drop_reason::dhcp);
  }
  const bool joining =
      packet.facts.transport == protocol::igmp && from.is_unspecified() && to.is_multicast();
  if (config.raw().drop_martians && is_martian_source(from) && !joining) {
    return drop_reason::martian_source;
  }
  if (to.is_multicast()) {
    return deliver_or(manners.deliver_multicast, drop_reason::multicast);
  }
  if (to.is_limited_broadcast()) {
    return deliver_or(manners.deliver_broadcast, drop_reason::broadcast);
  }
  if (to.is_link_local()) {
    return deliver_or(manners.link_local, drop_reason::link_local);
  }
  if (from.is_link_local()) {
    return link_local_caller(packet, config);
  }
  const bool tolerated = !config.raw().drop_martians && is_reserved(to);
  if (is_martian_destination(to) && !tolerated) {
    return drop_reason::martian_destination;
  }
  return outcome::open();
}

/// Neighbour and router discovery is for the box or for nobody: never forwarded. It comes in one
/// piece, and without a header that says so (RFC 6980 section 5).
inline outcome discovery(const arrival<ipv6>& packet, const snapshot& config) noexcept {
  if (packet.facts.fragment_header) {
    return drop_reason::bad_fragment;
  }
  if (packet.facts.ttl != hop_limit_unrouted) {
    return drop_reason::hop_limit_not_255;
  }
  const auto& to = packet.key.destination.address;
  const bool here = to.is_multicast() || to.is_link_local() || config.is_own(packet.key.domain, to);
  return deliver_or(here && config.raw().host_path.link_local, drop_reason::link_local);
}

/// What the host path says of an IPv6 packet; nothing if it is for the router to forward.
inline outcome host_path(const arrival<ipv6>& packet, const snapshot& config) noexcept {
  const auto& manners = config.raw().host_path;
  const auto& from = packet.key.source.address;
  const auto& to = packet.key.destination.address;
  const bool martian = config.raw().drop_martians && is_martian_source(from);
  if (martian && !from.is_unspecified()) {
    return drop_reason::martian_source;
  }
  if (is_martian_destination(to)) {
    return drop_reason::martian_destination;
  }
  if (is_neighbor_discovery(packet.facts)) {
    return discovery(packet, config);
  }
  if (is_listener_discovery(packet.facts)) {
    const bool honest = packet.facts.ttl == hop_limit_link && to.is_multicast();
    return deliver_or(honest && manners.link_local, drop_reason::link_local);
  }
  if (martian) {
    return drop_reason::martian_source;
  }
  if (is_dhcp(packet) && (to.is_multicast() || to.is_link_local())) {
    return deliver_or(manners.dhcp, drop_reason::dhcp);
  }
  if (to.is_multicast()) {
    return deliver_or(manners.deliver_multicast, drop_reason::multicast);
  }
  if (to.is_link_local()) {
    return deliver_or(manners.link_local, drop_reason::link_local);
  }
  if (from.is_link_local()) {
    return link_local_caller(packet, config);
  }
  return outcome::open();
}

/// What becomes of the box's own packet to its neighbours, of which the host path says what it
/// says: no route leads to all of a link, and the box does not hear itself.
template <IpVersion V>
outcome unforwarded(const outcome& host, const flow_key<V>& key) noexcept {
  const auto& to = key.destination.address;
  if (!host.decision().delivered()) {
    return host;
  }
  if (to.is_multicast()) {
    return drop_reason::multicast;
  }
  if constexpr (V::number == 4) {
    if (to.is_limited_broadcast()) {
      return drop_reason::broadcast;
    }
  }
  return drop_reason::link_local;
}

}  // namespace weir::detail

#pragma once

#include "weir/link/link_type.hpp"
#include "weir/link/strip.hpp"
#include "weir/net/ip_address.hpp"
#include "weir/packet/packet.hpp"
#include "weir/wire/link_header.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>

namespace weir {

/// The ethertype of a family.
constexpr std::uint16_t ethertype_of(ip_family family) noexcept {
  return family == ip_family::ipv4 ? ethertype::ipv4 : ethertype::ipv6;
}

/// Takes the Ethernet header, its tags and the header of a PPPoE session off a frame, so that the
/// IP header comes first. Where the facts are not `ok` the frame is left as it was.
template <ResizablePacket P>
link_facts pop_ethernet(P& frame) noexcept {
  const auto facts = strip(std::as_const(frame).bytes(), link_type::ethernet);
  if (facts.ok) frame.shrink_front(facts.header_size);
  return facts;
}

/// Puts an Ethernet header, with tags outer first, before an IP header; between them that of a
/// PPPoE session, if it goes there. False, and nothing has changed, where the packet has no room.
template <ResizablePacket P>
bool try_push_ethernet(P& packet, const link_addresses& addresses, ip_family family,
                       std::span<const vlan_tag> tags = {},
                       std::optional<std::uint16_t> pppoe_session = std::nullopt) noexcept {
  const std::size_t ethernet = ethernet_size(tags.size());
  const std::size_t packet_size = std::as_const(packet).wire_size();
  if (!packet.try_grow_front(ethernet + (pppoe_session ? pppoe_header::size : 0))) return false;
  const std::span<std::byte> frame = packet.bytes();
  const std::uint16_t type = ethertype_of(family);
  write_ethernet_header(frame, addresses, tags, pppoe_session ? ethertype::pppoe_session : type);
  if (pppoe_session) {
    write_pppoe_header(frame.subspan(ethernet), {*pppoe_session, type}, packet_size);
  }
  return true;
}

}  // namespace weir

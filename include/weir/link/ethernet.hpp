#pragma once

#include "weir/base/drop_reason.hpp"
#include "weir/link/link_type.hpp"
#include "weir/link/strip.hpp"
#include "weir/net/ip_address.hpp"
#include "weir/packet/packet.hpp"
#include "weir/wire/link_header.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace weir {

/// The ethertype of a family.
constexpr std::uint16_t ethertype_of(ip_family family) noexcept {
  return family == ip_family::ipv4 ? ethertype::ipv4 : ethertype::ipv6;
}

/// Takes the Ethernet header and its tags off a frame, so that the IP header comes first. Where
/// the facts are not `ok` the frame is left as it was.
template <ResizablePacket P>
link_facts pop_ethernet(P& frame) noexcept {
  const auto facts = strip(std::as_const(frame).bytes(), link_type::ethernet);
  if (facts.ok) frame.shrink_front(facts.header_size);
  return facts;
}

/// Puts an Ethernet header, with tags outer first, before an IP header. False, and nothing has
/// changed, where the packet has no room for it.
template <ResizablePacket P>
bool try_push_ethernet(P& packet, const link_addresses& addresses, ip_family family,
                       std::span<const vlan_tag> tags = {}) noexcept {
  if (!packet.try_grow_front(ethernet_size(tags.size()))) return false;
  write_ethernet_header(packet.bytes(), addresses, tags, ethertype_of(family));
  return true;
}

}  // namespace weir

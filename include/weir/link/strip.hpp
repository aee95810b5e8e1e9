#pragma once

#include "weir/base/drop_reason.hpp"
#include "weir/link/link_type.hpp"
#include "weir/net/ip_address.hpp"
#include "weir/packet/packet_meta.hpp"
#include "weir/wire/link_header.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace weir {

/// VLAN tags taken off a frame, at most: QinQ has two.
inline constexpr std::size_t vlan_tags_max = 2;

/// What a frame's link header says. Where `ok` is false, `fault` says why; `type`, `addresses` and
/// the tags hold as far as they could be read.
struct link_facts {
  bool ok = false;
  drop_reason fault = drop_reason::truncated_frame;
  ip_family family = ip_family::ipv4;
  link_cast cast = link_cast::unicast;
  std::uint16_t header_size = 0;  ///< where the IP header begins
  std::uint16_t type = 0;         ///< ethertype of the payload; below 1536 it is a length
  link_addresses addresses{};     ///< zero on links without
  std::uint8_t tag_count = 0;
  std::array<vlan_tag, vlan_tags_max> tags{};  ///< outer first
  std::optional<std::uint16_t> pppoe_session;  ///< whose header was taken off behind the tags
};

namespace detail {

/// Takes off the header of a PPPoE session where it carries IP; false where the frame ends in it.
constexpr bool strip_session(std::span<const std::byte> frame, link_facts& facts) noexcept {
  const auto header = pppoe_header::parse(frame.subspan(facts.header_size));
  if (!header) return false;
  if (header->next_type != 0) {
    facts.pppoe_session = header->session;
    facts.type = header->next_type;
    facts.header_size = static_cast<std::uint16_t>(facts.header_size + pppoe_header::size);
  }
  return true;
}

/// Takes off tags and the header of a session, and says what is left: IP or not.
constexpr void strip_tags(std::span<const std::byte> frame, link_facts& facts) noexcept {
  while (is_vlan(facts.type) && facts.tag_count < vlan_tags_max) {
    const auto body = tag_body::parse(frame.subspan(facts.header_size));
    if (!body) return;
    facts.tags[facts.tag_count] = {facts.type, body->control};
    ++facts.tag_count;
    facts.type = body->next_type;
    facts.header_size = static_cast<std::uint16_t>(facts.header_size + vlan_tag::size);
  }
  if (facts.type == ethertype::pppoe_session && !strip_session(frame, facts)) return;
  facts.ok = facts.type == ethertype::ipv4 || facts.type == ethertype::ipv6;
  facts.fault = drop_reason::not_ip;
  facts.family = facts.type == ethertype::ipv6 ? ip_family::ipv6 : ip_family::ipv4;
}

/// The version field must be that of the frame; an empty payload is the walk's to judge.
constexpr void match_version(std::span<const std::byte> frame, link_facts& facts) noexcept {
  if (!facts.ok || frame.size() == facts.header_size) return;
  const unsigned version = std::to_integer<unsigned>(frame[facts.header_size]) >> 4;
  if (version != static_cast<unsigned>(facts.family)) {
    facts.ok = false;
    facts.fault = drop_reason::bad_version;
  }
}

constexpr link_cast cast_of(const mac_address& destination) noexcept {
  if (destination == mac_address{{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}}) {
    return link_cast::broadcast;
  }
  return destination.is_group() ? link_cast::multicast : link_cast::unicast;
}

constexpr link_facts strip_ethernet(std::span<const std::byte> frame) noexcept {
  link_facts facts;
  const auto header = ethernet_header::parse(frame);
  if (!header) return facts;
  facts.addresses = {header->destination(), header->source()};
  facts.cast = cast_of(facts.addresses.destination);
  facts.type = header->type();
  facts.header_size = ethernet_header::size;
  strip_tags(frame, facts);
  return facts;
}

constexpr link_facts strip_cooked(std::span<const std::byte> frame, link_type type) noexcept {
  link_facts facts;
  const bool first = type == link_type::linux_cooked;
  const auto header = first ? cooked_header::parse_v1(frame) : cooked_header::parse_v2(frame);
  if (!header) return facts;
  facts.addresses.source = header->source;
  facts.cast = header->to == cooked_header::cast::broadcast   ? link_cast::broadcast
               : header->to == cooked_header::cast::multicast ? link_cast::multicast
                                                              : link_cast::unicast;
  facts.type = header->type;
  facts.header_size =
      static_cast<std::uint16_t>(first ? cooked_header::size_v1 : cooked_header::size_v2);
  strip_tags(frame, facts);
  return facts;
}

constexpr link_facts strip_loopback(std::span<const std::byte> frame) noexcept {
  link_facts facts;
  if (frame.size() < loopback_header_size) return facts;
  facts.type = loopback_ethertype(frame);
  facts.header_size = loopback_header_size;
  strip_tags(frame, facts);
  return facts;
}

constexpr link_facts strip_raw(std::span<const std::byte> frame, ip_family family) noexcept {
  link_facts facts;
  facts.type = family == ip_family::ipv6 ? ethertype::ipv6 : ethertype::ipv4;
  strip_tags(frame, facts);
  return facts;
}

/// The family that the version field tells; IPv4 where it tells none.
constexpr ip_family family_told(std::span<const std::byte> frame) noexcept {
  constexpr unsigned version_ipv6 = 6;
  const bool six = !frame.empty() && std::to_integer<unsigned>(frame[0]) >> 4 == version_ipv6;
  return six ? ip_family::ipv6 : ip_family::ipv4;
}

constexpr link_facts strip_to_payload(std::span<const std::byte> frame, link_type type) noexcept {
  switch (type) {
    [[likely]] case link_type::ethernet:
      return strip_ethernet(frame);
    case link_type::raw:
      return strip_raw(frame, family_told(frame));
    case link_type::raw_ipv4:
      return strip_raw(frame, ip_family::ipv4);
    case link_type::raw_ipv6:
      return strip_raw(frame, ip_family::ipv6);
    case link_type::linux_cooked:
    case link_type::linux_cooked_v2:
      return strip_cooked(frame, type);
    case link_type::null:
      return strip_loopback(frame);
  }
  return {};
}

}  // namespace detail

/// Reads the link header of a frame, down to the IP header at `header_size`. Faults are
/// `truncated_frame`, `not_ip` and `bad_version`.
constexpr link_facts strip(std::span<const std::byte> frame, link_type type) noexcept {
  link_facts facts = detail::strip_to_payload(frame, type);
  detail::match_version(frame, facts);
  return facts;
}

}  // namespace weir

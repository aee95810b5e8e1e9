#pragma once

// Overview
//
// A capture taken inside a network shows replies addressed to the inside host. To a gateway's
// outer interface they come addressed to what the host's flow was mapped to. Reflection readdresses
// them so: destination address and port or ICMP identifier, and of an ICMP error the packet it
// quotes. Checksums follow from what was exchanged, so a wrong one stays wrong.

#include "weir/nat/icmp_error.hpp"
#include "weir/nat/rewrite.hpp"
#include "weir/net/domain.hpp"
#include "weir/net/flow_key.hpp"
#include "weir/wire/header_walk.hpp"
#include "weir/wire/packed_flow.hpp"
#include "weir/wire/quote.hpp"
#include "weir/wire/tcp_header.hpp"

#include <cstddef>
#include <optional>
#include <span>

namespace weir::program {

namespace detail {

template <class ExternalOf>
bool reflect_error(std::span<std::byte> packet, const walked<ipv4>& found,
                   const ExternalOf& external_of) noexcept {
  const auto quote = walk_quote<ipv4>(quote_of<ipv4>(packet, found.facts), found.key.domain());
  if (!quote.facts.ok) {
    return false;
  }
  const auto original = unpack(quote.key);
  const auto external = external_of(original);
  if (!external) {
    return false;
  }
  auto after = reversed(original);
  after.destination = *external;
  return translate_icmp_error(packet, found.facts, quote, pack(after), ttl_step::keep);
}

}  // namespace detail

/// Whether a packet is a TCP SYN, which may begin a flow anew that another has the key of.
inline bool begins_connection(std::span<const std::byte> packet, std::size_t wire_size) noexcept {
  const auto found = walk<ipv4>(packet, wire_size, domain_id{}, {.verify_ip_checksum = false});
  return found.facts.message == message_kind::tcp && (found.facts.tcp_flags & tcp_flag::syn) != 0;
}

/// Readdresses an IPv4 packet for a session's inside host to the endpoint the session shows
/// outside. `external_of` answers it for a flow in its original direction. False, and nothing
/// changed, where there is no such session.
template <class ExternalOf>
bool reflect(std::span<std::byte> packet, std::size_t wire_size, domain_id domain,
             const ExternalOf& external_of) noexcept {
  const auto found = walk<ipv4>(packet, wire_size, domain);
  if (!found.facts.ok) {
    return false;
  }
  if (found.facts.message == message_kind::icmp_error) {
    return detail::reflect_error(packet, found, external_of);
  }
  const auto arriving = unpack(found.key);
  const auto external = external_of(reversed(arriving));
  if (!external) {
    return false;
  }
  auto readdressed = arriving;
  readdressed.destination = *external;
  const auto after = pack(readdressed);
  rewrite(packet.data(), found.facts, checksum_coverage::whole, after,
          flow_delta::between(found.key, after), ttl_step::keep);
  return true;
}

}  // namespace weir::program

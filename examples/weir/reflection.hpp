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

#include <cstddef>
#include <optional>
#include <span>

namespace weir::program {

namespace detail {

inline walked<ipv4> quote_in(std::span<const std::byte> packet,
                             const walked<ipv4>& headers) noexcept {
  return walk_quote<ipv4>(quote_of<ipv4>(packet, headers.facts), headers.key.domain());
}

}  // namespace detail

/// The flow that an IPv4 packet answers, or that an ICMP error is about, by its key in the original
/// direction; nothing of a packet that cannot be read.
inline std::optional<packed_flow<ipv4>> answered_flow(std::span<const std::byte> packet,
                                                      const walked<ipv4>& headers) noexcept {
  if (!headers.facts.ok) {
    return std::nullopt;
  }
  if (headers.facts.message != message_kind::icmp_error) {
    return reversed(headers.key);
  }
  const auto quote = detail::quote_in(packet, headers);
  return quote.facts.ok ? std::optional{quote.key} : std::nullopt;
}

/// Readdresses a packet to the endpoint that its flow shows outside. False, and nothing changed,
/// where a quote does not let itself be rewritten.
inline bool readdress(std::span<std::byte> packet, const walked<ipv4>& headers,
                      const endpoint<ipv4>& external) noexcept {
  if (headers.facts.message == message_kind::icmp_error) {
    const auto quote = detail::quote_in(packet, headers);
    auto after = reversed(unpack(quote.key));
    after.destination = external;
    return translate_icmp_error(packet, headers.facts, quote, pack(after), headers.key.source(),
                                ttl_step::keep);
  }
  auto readdressed = unpack(headers.key);
  readdressed.destination = external;
  const auto after = pack(readdressed).endpoints();
  rewrite(packet, headers.facts, checksum_coverage::whole, after,
          flow_delta::between(headers.key.endpoints(), after), ttl_step::keep);
  return true;
}

}  // namespace weir::program

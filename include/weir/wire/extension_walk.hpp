#pragma once

// The middle step of the header walk: the extension headers of IPv6 (RFC 8200 section 4).

#include "weir/base/drop_reason.hpp"
#include "weir/net/flow_key.hpp"
#include "weir/net/protocol.hpp"
#include "weir/wire/bytes.hpp"
#include "weir/wire/ipv6_header.hpp"
#include "weir/wire/packet_facts.hpp"
#include "weir/wire/transport_walk.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace weir::detail {

inline constexpr std::size_t payload_length_max = 65535;

/// Where the fields of a routing header lie (RFC 8200 section 4.4).
namespace routing_field {
inline constexpr std::size_t type = 2;
inline constexpr std::size_t segments_left = 3;
}  // namespace routing_field

/// Whether a routing header is the one that RFC 5095 forbids.
constexpr bool is_source_route(std::span<const std::byte> header) noexcept {
  return load_be<std::uint8_t>(header, routing_field::type) == 0;
}

/// Whether a routing header names another destination than the one that the packet goes to now.
constexpr bool has_segments_left(std::span<const std::byte> header) noexcept {
  return load_be<std::uint8_t>(header, routing_field::segments_left) != 0;
}

/// An extension header that the IANA registry lists and nobody can walk: the experimental ones
/// (RFC 4727), and hop-by-hop where it does not come first.
constexpr bool is_unknown_extension(protocol next) noexcept {
  return next == protocol::hop_by_hop || next == protocol{253} || next == protocol{254};
}

/// An extension header that says what a transport header does where nothing follows it (RFC 6275
/// section 6.1, RFC 7401 section 5.1, RFC 5533 section 5); else it is one of those that only pass
/// where unknown ones do.
constexpr bool may_be_transport(protocol next) noexcept {
  return next == protocol::mobility || next == protocol::hip || next == protocol::shim6;
}

/// A walk along the chain: `facts.transport` at `facts.transport_offset` is the header that it
/// stands before.
class extension_walk {
 public:
  /// Of a `quoted` packet, cut by whoever quotes it, the length of fragments and of the header that
  /// ends the chain is not judged.
  constexpr extension_walk(std::span<const std::byte> bytes, const walk_options& options,
                           packet_facts& facts, bool quoted = false) noexcept
      : bytes_{bytes}, options_{options}, facts_{facts}, quoted_{quoted} {}

  /// Walks to the transport header, or to where a later fragment ends what can be known.
  constexpr std::optional<drop_reason> walk() noexcept {
    for (std::size_t count = 0; is_walkable(count == 0); ++count) {
      if (count == extension_headers_max) return drop_reason::header_chain_too_long;
      if (const auto fault = step()) return fault;
      if (facts_.fragment == fragment_kind::later) return std::nullopt;
    }
    if (may_be_transport(facts_.transport)) {  // not walked: it ends the chain, or may not lead on
      if (!ends_chain()) return drop_reason::unknown_extension;
      return quoted_ ? std::nullopt : missing_header();
    }
    facts_.hidden_transport = is_unknown_extension(facts_.transport);
    const bool refused = facts_.hidden_transport && !options_.pass_unknown_extensions;
    return refused ? std::optional{drop_reason::unknown_extension} : std::nullopt;
  }

 private:
  constexpr bool is_walkable(bool comes_first) const noexcept {
    switch (facts_.transport) {
      case protocol::hop_by_hop:
        return comes_first;
      case protocol::destination_options:
      case protocol::routing:
      case protocol::fragment:
      case protocol::ah:
        return true;
      case protocol::mobility:
      case protocol::hip:
      case protocol::shim6:
        return options_.pass_unknown_extensions && !ends_chain();
      default:
        return false;
    }
  }

  /// Whether the header says that nothing follows it.
  constexpr bool ends_chain() const noexcept {
    const std::size_t at = facts_.transport_offset;
    return at < facts_.end && at < bytes_.size() &&
           protocol{load_be<std::uint8_t>(bytes_, at)} == protocol::no_next_header;
  }

  /// Nothing where all of the header is there; else what is wrong.
  constexpr std::optional<drop_reason> missing_header() const noexcept {
    constexpr std::size_t unit = 8;
    const std::size_t at = facts_.transport_offset;
    if (const auto fault = missing(bytes_, facts_, at, unit)) return fault;
    return missing(bytes_, facts_, at, size(at));
  }

  constexpr std::optional<drop_reason> step() noexcept {
    if (const auto fault = missing_header()) return fault;
    const std::size_t at = facts_.transport_offset;
    const std::size_t size = this->size(at);
    if (const auto fault = judge(at, size)) return fault;
    facts_.transport = protocol{load_be<std::uint8_t>(bytes_, at)};
    facts_.transport_offset = static_cast<std::uint16_t>(at + size);
    return std::nullopt;
  }

  constexpr std::size_t size(std::size_t at) const noexcept {
    const std::size_t length = load_be<std::uint8_t>(bytes_, at + 1);
    if (facts_.transport == protocol::fragment) return ipv6_fragment_header::size;
    if (facts_.transport == protocol::ah) return (length + 2) * 4;  // RFC 4302 section 2.2
    return (length + 1) * 8;
  }

  constexpr std::optional<drop_reason> judge(std::size_t at, std::size_t size) noexcept {
    if (facts_.transport == protocol::hop_by_hop) return judge_hop_by_hop(at, size);
    if (facts_.transport == protocol::routing) {
      const bool forbidden = is_source_route(bytes_.subspan(at));
      const bool passes = forbidden ? options_.pass_source_routes : options_.pass_routing_headers;
      if (!passes) return drop_reason::routing_header;
      facts_.covers_others |= has_segments_left(bytes_.subspan(at));
    } else if (facts_.transport == protocol::destination_options) {
      facts_.covers_others |= holds_home_address(bytes_.subspan(at + 2, size - 2));
    } else if (facts_.transport == protocol::fragment) {
      return judge_fragment(at);
    } else if (facts_.transport == protocol::ah) {
      facts_.authenticated = true;
    }
    return std::nullopt;
  }

  constexpr std::optional<drop_reason> judge_hop_by_hop(std::size_t at, std::size_t size) noexcept {
    const auto found = walk_hop_by_hop(bytes_.subspan(at + 2, size - 2));
    if (found.jumbo) return drop_reason::jumbogram;
    if (!found.well_formed) return drop_reason::truncated_header;
    return std::nullopt;
  }

  constexpr std::optional<drop_reason> judge_fragment(std::size_t at) noexcept {
    if (fragmented_) return drop_reason::bad_fragment;
    fragmented_ = true;
    facts_.fragment_header = true;
    const auto header = ipv6_fragment_header::parse(bytes_.subspan(at));
    facts_.fragment_id = header->identification();
    // A fragment that is alone is a whole datagram (RFC 6946 section 4).
    if (header->offset() == 0 && !header->more_fragments()) return std::nullopt;

    const std::size_t before = at - ipv6_header::size;
    const std::size_t payload = facts_.end - at - ipv6_fragment_header::size;
    const bool ragged = header->more_fragments() && payload % 8 != 0;
    const bool too_far = before + header->offset() + payload > payload_length_max;
    if (!quoted_ && (payload == 0 || ragged || too_far)) {
      return drop_reason::bad_fragment;
    }
    facts_.fragment = header->offset() == 0 ? fragment_kind::first : fragment_kind::later;
    facts_.fragment_offset = header->offset();
    facts_.more_fragments = header->more_fragments();
    // The piece that holds bytes 8..15 of a TCP header alone hides flags (RFC 3128).
    const bool hides_flags = header->next_header() == protocol::tcp && header->offset() == 8;
    return hides_flags ? std::optional{drop_reason::bad_fragment} : std::nullopt;
  }

  std::span<const std::byte> bytes_;
  walk_options options_;
  packet_facts& facts_;
  bool quoted_;
  bool fragmented_ = false;
};

}  // namespace weir::detail

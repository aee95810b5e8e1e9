#pragma once

// What is known of a flow that has no session, question by question.

#include "weir/base/word_optional.hpp"
#include "weir/engine/foresight.hpp"
#include "weir/engine/packet_view.hpp"
#include "weir/engine/snapshot.hpp"
#include "weir/net/flow_key.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/observe/observer.hpp"
#include "weir/policy/policy.hpp"
#include "weir/pool/mapping.hpp"
#include "weir/wire/icmp_header.hpp"
#include "weir/wire/packet_facts.hpp"

#include <cstdint>

namespace weir::detail {

/// A flow on its way to becoming a session, or to nothing.
template <IpVersion V>
struct new_flow {
  new_flow(const walked<V>& walked, std::uint64_t hash_of_key, const packet_view& view) noexcept
      : headers{walked}, hash{hash_of_key}, packet{view} {}

  const walked<V>& headers;
  std::uint64_t hash;  ///< of the key as received
  const packet_view& packet;
  tick now{};
  bool reopens = false;  ///< its key is a live session's, which it ends
  /// What was looked up with its group, or null.
  const foresight<V>* seen = nullptr;
  /// As received.
  flow_key<V> received = unpack(headers.key);
  /// Behind destination translation: what routes and policies see.
  flow_key<V> inside = unpack(headers.key);
  translation_kind destination = translation_kind::none;
  bool hairpin = false;  ///< from an internal host to an external endpoint
  /// Where packets to the source as received go, if anywhere.
  word_optional<next_hop_id> back{};
  zone_id from{};
  zone_id to{};
  domain_id egress_domain{};
  next_hop_id hop{};
  const policy* judge = nullptr;
  decision said{};
  /// Behind source translation: what the far end sees.
  flow_key<V> outside = unpack(headers.key);
  packed_flow<V> reply{};        ///< the key of its answers; a wildcard where that is not known yet
  std::uint64_t reply_hash = 0;  ///< zero as long as that key is not known
  mapping_id held = mapping_id::none();     ///< of the source; counts this flow already
  mapping_id reached = mapping_id::none();  ///< of the destination; counts it from the commit on
  bool is_related = false;                  ///< an error about a packet of a session
  bool inbound_refresh = true;              ///< whether packets from outside lengthen the session

  const packet_facts& facts() const noexcept { return headers.facts; }
  /// What was looked up of where it goes, or null: nothing of that fits another destination.
  const foresight<V>* foreseen() const noexcept {
    return destination == translation_kind::none ? seen : nullptr;
  }
  /// Whether its far end would answer its source directly, and not through the box, unless it is
  /// hidden (RFC 4787 REQ-9a).
  bool must_hide() const noexcept { return hairpin && from == to; }
  /// Whether it comes from outside on a mapping that only its host may keep.
  bool is_stranger() const noexcept { return !reached.is_none() && !inbound_refresh && !hairpin; }
  /// A mapping may wear the endpoint of its host, in another domain.
  bool is_translated() const noexcept {
    return inside.destination != received.destination || outside.source != received.source ||
           !reached.is_none();
  }
};

/// Whether a message can begin a session at all: a query, not its reply.
template <IpVersion V>
bool may_begin(const packet_facts& facts) noexcept {
  switch (facts.message) {
    case message_kind::icmp_query:
      return is_icmp_request<V>(facts.icmp_type);
    case message_kind::icmp_error:
    case message_kind::icmp_other:
    case message_kind::opaque:
      return false;
    case message_kind::tcp:
    case message_kind::udp:
    case message_kind::ports:
    case message_kind::spi:
    case message_kind::gre:
    case message_kind::portless:
      break;
  }
  return true;
}

}  // namespace weir::detail

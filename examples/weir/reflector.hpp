#pragma once

// Overview. Finds the endpoint outside that a packet on its way in is for: its flow's session is
// filed under the flow that the packet answers. Where the answers carry another identifier (ESP,
// GRE with a key), the session is filed under what these look like outside, with their identifier
// or, until the first of them comes, a wildcard: so each address that it may wear is asked. What
// begins outside is for what a static mapping has its host wear.

#include "weir/engine/worker.hpp"
#include "weir/net/domain.hpp"
#include "weir/net/flow_key.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/net/ipv4_address.hpp"
#include "weir/pcap/record_burst.hpp"
#include "weir/session/session_record.hpp"
#include "weir/time/tick.hpp"
#include "weir/wire/header_walk.hpp"
#include "weir/wire/packed_flow.hpp"

#include "examples/weir/reflection.hpp"

#include <optional>
#include <utility>

namespace weir::program {

/// The domains on both sides of a tap, and the zone outside.
struct tap_ends {
  domain_id inside{};
  domain_id outside{};
  zone_id beyond{};
};

/// Finds what packets that enter from outside are for, by the sessions and static mappings of a
/// worker. Borrows.
template <EngineTraits Traits>
class reflector {
 public:
  reflector(const basic_worker<Traits>& worker, const tap_ends& tap, tick now) noexcept
      : worker_{worker}, tap_{tap}, now_{now} {}

  /// Readdresses a packet to the endpoint that its flow shows outside. False, and nothing changed,
  /// where no session is that flow's and no static mapping is for its host.
  bool reflect(pcap::record_packet packet) const noexcept {
    const auto bytes = std::as_const(packet).bytes();
    const auto headers =
        walk<ipv4>(bytes, packet.wire_size(), tap_.inside, worker_.config().walking());
    const auto answered = answered_flow(bytes, headers);
    if (!answered) {
      return false;
    }
    const auto external = external_of(*answered, headers);
    return external && readdress(packet.bytes(), headers, *external);
  }

 private:
  std::optional<endpoint<ipv4>> external_of(const packed_flow<ipv4>& answered,
                                            const walked<ipv4>& headers) const noexcept {
    const auto& sessions = worker_.sessions4();
    const auto which = sessions.find(answered, now_);
    if (which.found()) {
      return unpack(sessions.hot(which.id()).outgoing(which.way())).source;
    }
    if (headers.facts.message == message_kind::icmp_error) {
      return std::nullopt;
    }
    if (has_unknown_reply(answered)) {
      const auto filed_as_seen = [](const packed_flow<ipv4>& reply) noexcept { return reply; };
      const auto filed_as_any = [](const packed_flow<ipv4>& reply) noexcept {
        return wildcard(reply);
      };
      if (const auto worn = worn_by_session(headers.key, filed_as_seen)) return worn;
      if (const auto worn = worn_by_session(headers.key, filed_as_any)) return worn;
    }
    return worn_by_static(unpack(headers.key));
  }

  /// What a static mapping has the host wear that a packet from outside is for.
  std::optional<endpoint<ipv4>> worn_by_static(const flow_key<ipv4>& received) const noexcept {
    if (tap_.inside != tap_.outside) {
      return std::nullopt;  // static mappings wear addresses of their own domain
    }
    const auto worn = worker_.config().statics().find_external(
        {tap_.inside, received.protocol, received.destination, tap_.beyond});
    return worn ? std::optional{worn->endpoint} : std::nullopt;
  }

  /// The endpoint that a session of an inside host wears whose answers from the packet's source
  /// are `filed` as the packet would be if it came to that endpoint.
  template <class Filed>
  std::optional<endpoint<ipv4>> worn_by_session(const packed_flow<ipv4>& received,
                                                Filed filed) const noexcept {
    const auto asked = unpack(received);
    const auto is_worn = [&](ipv4_address external) noexcept {
      const flow_key<ipv4> reply{
          tap_.outside, asked.protocol, asked.source, {external, asked.destination.port}};
      const auto& sessions = worker_.sessions4();
      const auto which = sessions.find(filed(pack(reply)), now_);
      if (!which.found() || which.way() != direction::reply) {
        return false;
      }
      const auto original = unpack(sessions.hot(which.id()).key[0]);
      return original.domain == tap_.inside && original.source.address == asked.destination.address;
    };
    const auto worn = first_external(asked.destination.address, is_worn);
    return worn ? std::optional{endpoint<ipv4>{*worn, asked.destination.port}} : std::nullopt;
  }

  /// The first address that satisfies of those that a host may wear outside: its own, those of
  /// static mappings, and those of pools.
  template <class IsWorn>
  std::optional<ipv4_address> first_external(ipv4_address host, IsWorn is_worn) const noexcept {
    if (is_worn(host)) {
      return host;
    }
    const auto& config = worker_.config();
    for (const auto& claim : config.statics().claims()) {
      if (claim.external.domain == tap_.outside && is_worn(claim.external.address)) {
        return claim.external.address;
      }
    }
    for (const auto& one : config.pools().externals()) {
      if (one.domain == tap_.outside && is_worn(one.address)) {
        return one.address;
      }
    }
    return std::nullopt;
  }

  const basic_worker<Traits>& worker_;
  tap_ends tap_;
  tick now_;
};

}  // namespace weir::program

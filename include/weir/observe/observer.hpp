#pragma once

// Observers are told, stage by stage, what the engine found out about a packet. The engine is
// compiled for one observer type: with `null_observer` every call disappears.

#include "weir/base/interface_id.hpp"
#include "weir/base/verdict.hpp"
#include "weir/net/domain.hpp"
#include "weir/net/flow_key.hpp"
#include "weir/net/ip_address.hpp"

#include <concepts>
#include <cstdint>

namespace weir {

/// A flow of either family.
struct flow_facts {
  domain_id domain{};
  weir::protocol protocol{};
  ip_address source{};
  port source_port{};
  ip_address destination{};
  port destination_port{};
};

template <IpVersion V>
constexpr flow_facts facts_of(const flow_key<V>& key) noexcept {
  return {key.domain,
          key.protocol,
          ip_address{key.source.address},
          key.source.port,
          ip_address{key.destination.address},
          key.destination.port};
}

/// Why an address was translated.
enum class translation_kind : std::uint8_t {
  none,
  exempt,         ///< an exemption matched
  internal,       ///< from inside to inside: nothing to translate
  one_to_one,     ///< a static 1:1 entry
  port_forward,   ///< a static entry with ports
  mapping,        ///< an existing mapping
  pool,           ///< a new mapping from a pool
  deterministic,  ///< a deterministic pool
};

/// What the policy said, and which of its lines.
struct judgement {
  static constexpr std::uint16_t no_policy = 0xFFFF;
  static constexpr std::uint32_t default_rule = 0xFFFF'FFFF;

  zone_id from{};
  zone_id to{};
  std::uint16_t policy = no_policy;   ///< index in the configuration, or none for the pair
  std::uint32_t rule = default_rule;  ///< index in the policy, or its default
  std::uint8_t action = 0;            ///< the `action` of policy
  bool log = false;
};

template <class O>
concept Observer = requires(O& observer, const flow_facts& flow, translation_kind kind,
                            const judgement& decision, const verdict& answer, std::uint32_t session,
                            direction way, interface_id interface, next_hop_id hop) {
  { observer.arrived(interface, flow) } noexcept;            ///< parsed, and what its flow is
  { observer.matched(session, way) } noexcept;               ///< belongs to a session
  { observer.unmatched() } noexcept;                         ///< belongs to none
  { observer.destination_translated(kind, flow) } noexcept;  ///< the flow behind it
  { observer.routed(hop) } noexcept;                         ///< leaves through this next hop
  { observer.judged(decision) } noexcept;                    ///< what the policy said
  { observer.source_translated(kind, flow) } noexcept;       ///< how its reply will look
  { observer.created(session) } noexcept;                    ///< a session was opened
  { observer.ended(session) } noexcept;                      ///< a session is over
  { observer.decided(answer) } noexcept;                     ///< the verdict
};

/// Hears nothing and costs nothing.
struct null_observer {
  static constexpr void arrived(interface_id, const flow_facts&) noexcept {}
  static constexpr void matched(std::uint32_t, direction) noexcept {}
  static constexpr void unmatched() noexcept {}
  static constexpr void destination_translated(translation_kind, const flow_facts&) noexcept {}
  static constexpr void routed(next_hop_id) noexcept {}
  static constexpr void judged(const judgement&) noexcept {}
  static constexpr void source_translated(translation_kind, const flow_facts&) noexcept {}
  static constexpr void created(std::uint32_t) noexcept {}
  static constexpr void ended(std::uint32_t) noexcept {}
  static constexpr void decided(const verdict&) noexcept {}
};
static_assert(Observer<null_observer>);

}  // namespace weir

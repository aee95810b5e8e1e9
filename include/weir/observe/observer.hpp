#pragma once

// Observers are told, stage by stage, what the engine found out about a packet. The engine is
// compiled for one observer type: with `null_observer` every call disappears.

#include "weir/base/interface_id.hpp"
#include "weir/base/verdict.hpp"
#include "weir/net/flow_facts.hpp"
#include "weir/net/flow_key.hpp"
#include "weir/net/ip_address.hpp"
#include "weir/net/session_end.hpp"

#include <concepts>
#include <cstdint>

namespace weir {

/// Why an address was translated.
enum class translation_kind : std::uint8_t {
  none,
  exempt,         ///< an exemption matched
  internal,       ///< from inside to inside: nothing to translate
  one_to_one,     ///< a static 1:1 entry
  port_forward,   ///< a static entry with ports
  mapping,        ///< of a destination: it reached a mapping
  pool,           ///< of a source: a mapping from a pool, new or its other flows' too
  deterministic,  ///< of a source: likewise, from a deterministic pool
};

/// What the policy said, and which of its lines.
struct judgement {
  static constexpr std::uint32_t default_rule = 0xFFFF'FFFF;

  zone_id from{};
  zone_id to{};
  std::uint16_t policy = 0;           ///< index in the configuration
  std::uint32_t rule = default_rule;  ///< index in the policy, or its default
  std::uint8_t action = 0;            ///< the `action` of policy
  bool log = false;
};

/// A session, as logs and lists tell of it.
struct session_facts {
  /// Its number among those of its family; another session's when this one is over.
  std::uint32_t id = 0;
  flow_facts original{};  ///< as the opener's packets come in
  flow_facts reply{};     ///< as those of the other side do
  /// What permitted it, as in `judgement`.
  std::uint16_t policy = 0;
  std::uint32_t rule = judgement::default_rule;
  /// By direction since it began, `original` first: IP packets, and their bytes with IP headers.
  std::uint64_t packets[2]{};
  std::uint64_t bytes[2]{};

  constexpr ip_family family() const noexcept { return original.source.family(); }
};

/// Hears what the engine does, on the packet path: it must not wait nor call the worker, and what
/// it is told lives for the call. Made by the worker. Of one packet it hears, in this order, as far
/// as the packet gets: the session it is of or that it is of none, and of an ICMP error then the
/// session it is about; the destination's translation, the hop, the policy, the source's
/// translation; what ended to make room; what was created; and in any case the verdict. Sessions
/// end in other calls too.
template <class O>
concept Observer =
    std::default_initializable<O> &&
    requires(O& observer, const flow_facts& flow, translation_kind kind, const judgement& decision,
             const verdict& answer, std::uint32_t id, ip_family family, direction way,
             next_hop_id hop, const session_facts& session, session_end why) {
      { observer.matched(family, id, way) } noexcept;            ///< belongs to a session
      { observer.unmatched() } noexcept;                         ///< has the key of none
      { observer.destination_translated(kind, flow) } noexcept;  ///< the flow behind it
      { observer.routed(hop) } noexcept;                         ///< leaves through this next hop
      { observer.judged(decision) } noexcept;                    ///< what the policy said
      { observer.source_translated(kind, flow) } noexcept;       ///< the flow as it leaves
      { observer.created(session) } noexcept;                    ///< its packet is not counted yet
      { observer.ended(session, why) } noexcept;                 ///< a session is over
      { observer.decided(answer) } noexcept;                     ///< the verdict
    };

/// Hears nothing and costs nothing.
struct null_observer {
  static constexpr void matched(ip_family, std::uint32_t, direction) noexcept {}
  static constexpr void unmatched() noexcept {}
  static constexpr void destination_translated(translation_kind, const flow_facts&) noexcept {}
  static constexpr void routed(next_hop_id) noexcept {}
  static constexpr void judged(const judgement&) noexcept {}
  static constexpr void source_translated(translation_kind, const flow_facts&) noexcept {}
  static constexpr void created(const session_facts&) noexcept {}
  static constexpr void ended(const session_facts&, session_end) noexcept {}
  static constexpr void decided(const verdict&) noexcept {}
};
static_assert(Observer<null_observer>);

}  // namespace weir

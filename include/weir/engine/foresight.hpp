#pragma once

// What a packet of no session will be asked, looked up for all packets of a group before the first
// of them is judged, so that memory is waited for once.
//
// Where it would go, who would judge it, and which pool is the first that serves its source follow
// from the snapshot and the packet as received: nothing that another packet changes can make them
// wrong. What it would wear, and the key of its answers, are likely and no more: they are used
// where they turn out to be right.

#include "weir/base/word_optional.hpp"
#include "weir/engine/shard.hpp"
#include "weir/engine/snapshot.hpp"
#include "weir/net/flow_key.hpp"
#include "weir/policy/rule_search.hpp"
#include "weir/policy/zone_policy.hpp"
#include "weir/pool/mapping_forecast.hpp"
#include "weir/pool/mapping_table.hpp"
#include "weir/pool/pool.hpp"
#include "weir/pool/random.hpp"
#include "weir/session/tcp_table.hpp"
#include "weir/wire/packed_flow.hpp"
#include "weir/wire/packet_facts.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace weir::detail {

/// Where a flow would go if its destination stays as it is, and who would judge it then.
template <IpVersion V>
struct foresight {
  const packed_flow<V>* key;
  interface_id ingress;
  word_optional<next_hop_id> back;    ///< where packets to its source go
  word_optional<next_hop_id> onward;  ///< where packets to its destination go
  found_policy judge;                 ///< of the zones it would go between
  const rule_search<V>* search;       ///< in its rules; null where it has none, or is reversed
  mapping_forecast<V> mapping;        ///< under the first pool that serves the source, or null
  packed_flow<V> reply;               ///< the likely key of its answers
  std::uint64_t reply_hash;           ///< zero where that is not foreseen
};

/// Whether a packet asks for a TCP connection.
inline bool is_opener(const packet_facts& facts) noexcept {
  return facts.message == message_kind::tcp && event_of(facts.tcp_flags) == tcp_event::syn;
}

/// The key of the answers to a flow that leaves from a source into a domain.
template <IpVersion V>
packed_flow<V> reply_of(const flow_key<V>& inside, domain_id egress,
                        const endpoint<V>& source) noexcept {
  const auto reply = pack(flow_key<V>{egress, inside.protocol, inside.destination, source});
  return has_unknown_reply(reply) ? wildcard(reply) : reply;
}

/// Packets of a group that may belong to no session.
template <IpVersion V>
class foresight_group {
 public:
  /// There is room for a search of each packet; searches stay where they are.
  explicit foresight_group(std::span<rule_search<V>> searches) noexcept : searches_{searches} {}

  /// A packet whose ports are known where its protocol has any; at most `searches_max` of them. Key
  /// and foresight stay where they are.
  void add(const packed_flow<V>& key, interface_id ingress, foresight<V>& seen) noexcept {
    seen.key = &key;
    seen.ingress = ingress;
    seen_[size_++] = &seen;
  }

  /// Looks everything up, in steps that each wait for memory once.
  template <EngineTraits T>
  void look(const shard<T>& state) noexcept {
    each([&](foresight<V>& seen) noexcept { begin(state, seen); });
    lead_to_leaves(searches_.first(searched_));
    // What follows waits for memory sooner than the judge would: one packet alone gains nothing.
    if (size_ == 1) return;
    each([&](foresight<V>& seen) noexcept {
      if (seen.mapping.from != nullptr) find_mapping(state, seen);
    });
    seeded_random random = state.random;
    each([&](foresight<V>& seen) noexcept {
      if (seen.judge) draw(state, seen, random);
    });
    each([&](foresight<V>& seen) noexcept { foresee_reply(state, seen); });
  }

 private:
  template <class Function>
  void each(Function&& function) const noexcept {
    for (std::size_t i = 0; i < size_; ++i) function(*seen_[i]);
  }

  template <EngineTraits T>
  void begin(const shard<T>& state, foresight<V>& seen) noexcept {
    const snapshot& config = *state.config;
    const auto flow = unpack(*seen.key);
    seen.reply_hash = 0;
    begin_mapping(state, flow, seen);
    seen.back = config.route(flow.domain, flow.source.address);
    seen.onward = config.route(flow.domain, flow.destination.address);
    seen.judge = {};
    if (seen.onward) {
      seen.judge = config.policies().find(state.ingress[seen.ingress.number()].zone,
                                          config.hop(*seen.onward).zone);
    }
    seen.search = nullptr;
    if (seen.judge && !seen.judge.is_reversed()) begin_search(seen, flow.protocol);
  }

  void begin_search(foresight<V>& seen, protocol transport) noexcept {
    const auto& rules = seen.judge->template rules<V>();
    if (rules.is_empty()) return;
    auto& search = searches_[searched_++];
    constexpr bool header_known = true;
    rules.begin(search, words_of(*seen.key), transport, header_known);
    seen.search = &search;
  }

  /// Which pool a flow leaves by only routes can tell: the first one that serves its source is
  /// likely. That it is the first is certain.
  template <EngineTraits T>
  static void begin_mapping(const shard<T>& state, const flow_key<ipv4>& received,
                            foresight<ipv4>& seen) noexcept {
    const pool* const from =
        state.config->pools().find_serving(received.domain, received.source.address);
    seen.mapping.from = from;
    if (from != nullptr) {
      state.mappings.begin(seen.mapping, *from, received.protocol, received.source);
    }
  }
  /// IPv6 keeps its addresses.
  template <EngineTraits T>
  static void begin_mapping(const shard<T>&, const flow_key<ipv6>&,
                            foresight<ipv6>& seen) noexcept {
    seen.mapping.from = nullptr;
  }

  template <EngineTraits T>
  static void find_mapping(const shard<T>& state, foresight<ipv4>& seen) noexcept {
    state.mappings.find_candidate(seen.mapping);
  }
  template <EngineTraits T>
  static void find_mapping(const shard<T>&, foresight<ipv6>&) noexcept {}

  template <EngineTraits T>
  static void draw(const shard<T>& state, foresight<ipv4>& seen, seeded_random& random) noexcept {
    if (seen.mapping.from != nullptr) state.mappings.draw(seen.mapping, random);
  }
  template <EngineTraits T>
  static void draw(const shard<T>&, foresight<ipv6>&, seeded_random&) noexcept {}

  /// Makes the source what the flow will wear outside; false if that cannot be told.
  template <EngineTraits T>
  static bool wear(const shard<T>& state, foresight<ipv4>& seen, endpoint<ipv4>& source) noexcept {
    if (seen.mapping.from == nullptr) return true;
    if (!state.mappings.conclude(seen.mapping)) return false;
    source = seen.mapping.worn;
    return true;
  }
  template <EngineTraits T>
  static bool wear(const shard<T>&, foresight<ipv6>&, endpoint<ipv6>&) noexcept {
    return true;
  }

  template <EngineTraits T>
  static void foresee_reply(const shard<T>& state, foresight<V>& seen) noexcept {
    if (!seen.judge) return;
    const auto received = unpack(*seen.key);
    auto source = received.source;
    if (!wear(state, seen, source)) return;
    const auto egress =
        state.config->domain_beyond(state.config->hop(*seen.onward), received.domain);
    seen.reply = reply_of(received, egress, source);
    const auto& table = state.template sessions<V>();
    seen.reply_hash = table.hash(seen.reply);
    table.prefetch(seen.reply_hash);
  }

  std::span<rule_search<V>> searches_;
  std::size_t searched_ = 0;
  std::size_t size_ = 0;
  std::array<foresight<V>*, searches_max> seen_;
};

}  // namespace weir::detail

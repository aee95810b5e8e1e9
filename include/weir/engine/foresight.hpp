#pragma once

// What a packet of no session will be asked, looked up for all packets of a group before the first
// of them is judged, so that memory is waited for once. Everything here follows from the snapshot
// and the packet as received: nothing that another packet changes can make it wrong.

#include "weir/base/word_optional.hpp"
#include "weir/engine/shard.hpp"
#include "weir/engine/snapshot.hpp"
#include "weir/net/flow_key.hpp"
#include "weir/policy/query.hpp"
#include "weir/policy/rule_search.hpp"
#include "weir/policy/zone_policy.hpp"
#include "weir/pool/mapping_table.hpp"
#include "weir/pool/pool.hpp"
#include "weir/wire/packed_flow.hpp"

namespace weir::detail {

/// Where a flow would go if its destination stays as it is, and who would judge it then.
template <IpVersion V>
struct foresight {
  word_optional<next_hop_id> back;    ///< where packets to its source go
  word_optional<next_hop_id> onward;  ///< where packets to its destination go
  found_policy judge;                 ///< of the zones it would go between
  bool is_searched;                   ///< whether the judge has rules to be searched
  rule_search<V> search;              ///< in these
  const pool* from;                   ///< the first pool that serves the source, or none
  mapping_hashes hashes;              ///< of the source under that pool
};

/// Asks for what a mapping for a new flow is made with. Which pool it is of only routes can tell:
/// the first one that serves the source is likely, and a wrong guess costs nothing but itself.
template <EngineTraits T>
void foresee_mapping(const shard<T>& state, const flow_key<ipv4>& received,
                     foresight<ipv4>& seen) noexcept {
  seen.from = nullptr;
  for (const pool& one : state.config->pools().pools()) {
    if (one.domain == received.domain && one.serves(received.source.address)) {
      seen.from = &one;
      seen.hashes = state.mappings.hashes(one, received.protocol, received.source);
      state.mappings.prefetch(seen.hashes);
      return;
    }
  }
}
/// IPv6 keeps its addresses.
template <EngineTraits T>
void foresee_mapping(const shard<T>&, const flow_key<ipv6>&, foresight<ipv6>&) noexcept {}

/// First step, for a packet whose ports are known where its protocol has any. The second one is
/// taken for all searches of a group.
template <IpVersion V, EngineTraits T>
void foresee(const shard<T>& state, const packed_flow<V>& key, interface_id ingress,
             foresight<V>& seen, search_group<V>& searches) noexcept {
  const snapshot& config = *state.config;
  policy_query<V> query;
  query.flow = unpack(key);
  foresee_mapping(state, query.flow, seen);
  seen.back = config.route(query.flow.domain, query.flow.source.address);
  seen.onward = config.route(query.flow.domain, query.flow.destination.address);
  seen.judge = {};
  if (seen.onward) {
    const auto to = config.interface(config.hop(*seen.onward).interface).zone;
    seen.judge = config.policies().find(state.ingress[ingress.number()].zone, to);
  }
  seen.is_searched =
      seen.judge && !seen.judge.is_reversed() && !seen.judge->template rules<V>().is_empty();
  if (seen.is_searched) {
    seen.judge->template rules<V>().begin(seen.search, query);
    searches.add(seen.search);
  }
}

}  // namespace weir::detail

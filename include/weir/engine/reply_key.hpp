#pragma once

#include "weir/engine/new_flow.hpp"
#include "weir/engine/shard.hpp"
#include "weir/net/flow_key.hpp"
#include "weir/session/session_record.hpp"
#include "weir/wire/packed_flow.hpp"

namespace weir::detail {

/// The key of the answers to a flow that leaves with a source; its index line is asked for.
template <IpVersion V, EngineTraits T>
void foresee_reply(const shard<T>& state, new_flow<V>& flow, const endpoint<V>& source) noexcept {
  const auto reply = pack(
      flow_key<V>{flow.egress_domain, flow.received.protocol, flow.inside.destination, source});
  flow.reply = has_unknown_reply(flow.headers.key) ? wildcard(reply) : reply;
  const auto& table = state.template sessions<V>();
  flow.reply_hash = table.hash(flow.reply);
  table.prefetch(flow.reply_hash);
}

}  // namespace weir::detail

#pragma once

#include "weir/engine/foresight.hpp"
#include "weir/engine/new_flow.hpp"
#include "weir/engine/shard.hpp"
#include "weir/net/flow_key.hpp"
#include "weir/wire/packed_flow.hpp"

namespace weir::detail {

/// The key of the answers to a flow that leaves with a source; its index line is asked for, if it
/// was not before.
template <IpVersion V, EngineTraits T>
void find_reply(const shard<T>& state, new_flow<V>& flow, const endpoint<V>& source) noexcept {
  flow.reply = reply_of(flow.inside, flow.egress_domain, source);
  const auto* const seen = flow.seen;
  if (seen != nullptr && seen->reply_hash != 0 && same_flow(seen->reply, flow.reply)) {
    flow.reply_hash = seen->reply_hash;
    return;
  }
  const auto& table = state.template sessions<V>();
  flow.reply_hash = table.hash(flow.reply);
  table.prefetch(flow.reply_hash);
}

}  // namespace weir::detail

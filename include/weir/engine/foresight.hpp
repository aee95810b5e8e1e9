#pragma once

// What a packet of no session will ask for, asked for while the others of its group are judged.

#include "weir/engine/shard.hpp"
#include "weir/wire/packed_flow.hpp"

namespace weir::detail {

/// Asks for what a mapping for a new flow is made with. Which pool it is of only routes can tell:
/// the first one that serves the source is likely, and a wrong guess costs nothing but itself.
template <EngineTraits T>
void foresee(const shard<T>& state, const packed_flow<ipv4>& key) noexcept {
  const ipv4_address source = key.source();
  for (const pool& one : state.config->pools().pools()) {
    if (one.domain == key.domain() && one.serves(source)) {
      state.mappings.prefetch(one, key.protocol(), {source, key.source_port()});
      return;
    }
  }
}
/// IPv6 keeps its addresses.
template <EngineTraits T>
void foresee(const shard<T>&, const packed_flow<ipv6>&) noexcept {}

}  // namespace weir::detail

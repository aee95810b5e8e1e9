#pragma once

#include "weir/base/drop_reason.hpp"
#include "weir/engine/host_path.hpp"
#include "weir/engine/new_flow.hpp"
#include "weir/engine/outcome.hpp"
#include "weir/engine/packet_view.hpp"
#include "weir/engine/shard.hpp"
#include "weir/engine/validation.hpp"
#include "weir/net/domain.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/wire/header_walk.hpp"
#include "weir/wire/source_route.hpp"

#include <cstddef>

namespace weir::detail {

/// What happens to a packet whose headers are refused. One whose source route is not followed is
/// told so, unless its addresses alone would have it dropped: its headers are then read again, now
/// as far as the answer needs.
template <IpVersion V, EngineTraits T>
[[gnu::__noinline__]] outcome judge_refused(const shard<T>& state, walked<V>& headers,
                                            const packet_view& packet, domain_id domain) noexcept {
  const drop_reason reason = headers.facts.fault;
  const auto error = source_route_error<V>(packet.bytes, headers.facts);
  if (!error) {
    return reason;
  }
  constexpr std::size_t length_is_judged = ~std::size_t{0};
  walk_into(headers, packet.bytes, length_is_judged, domain,
            {.verify_ip_checksum = false, .pass_source_routes = true});
  if (!headers.facts.ok) {
    return reason;
  }
  new_flow<V> flow{headers, 0, packet};
  const auto& received = flow.received;
  flow.back = state.config->route(received.domain, received.source.address);
  if (refuse_own_source(state, flow) ||
      host_path({headers.facts, received, packet.meta}, *state.config) ||
      validate_source(state, flow)) {
    return reason;
  }
  return {reason, answer_request::icmp(*error)};
}

}  // namespace weir::detail

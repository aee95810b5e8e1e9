#pragma once

#include "weir/engine/worker.hpp"
#include "weir/net/domain.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/pcap/record_burst.hpp"
#include "weir/time/tick.hpp"
#include "weir/wire/header_walk.hpp"
#include "weir/wire/packed_flow.hpp"

#include "examples/weir/reflection.hpp"

#include <utility>

namespace weir::program {

/// Readdresses a packet that enters from outside to the endpoint that its flow, of the domain
/// inside, shows there. False, and nothing changed, where no session of the worker is that flow's
/// when the packet comes, which is `now`.
template <EngineTraits Traits>
bool reflect(pcap::record_packet packet, domain_id inside, const basic_worker<Traits>& worker,
             tick now) noexcept {
  const auto bytes = std::as_const(packet).bytes();
  const auto headers = walk<ipv4>(bytes, packet.wire_size(), inside, worker.config().walking());
  const auto answered = answered_flow(bytes, headers);
  if (!answered) {
    return false;
  }
  const auto& sessions = worker.sessions4();
  const auto which = sessions.find(*answered, now);
  if (!which.found()) {
    return false;
  }
  const auto outside = unpack(sessions.hot(which.id()).outgoing(which.way()));
  return readdress(packet.bytes(), headers, outside.source);
}

}  // namespace weir::program

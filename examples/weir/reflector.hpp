#pragma once

// Overview. Readdresses packets by the sessions of a worker. Those of a burst take three steps, as
// in the worker, so that memory is waited for once: `add` reads the headers and asks for the index,
// `foresee` asks for the records, and `reflect` finds the session, as it is by then.

#include "weir/engine/worker.hpp"
#include "weir/net/domain.hpp"
#include "weir/session/session_opening.hpp"
#include "weir/time/tick.hpp"
#include "weir/wire/header_walk.hpp"
#include "weir/wire/packed_flow.hpp"

#include "examples/weir/reflection.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace weir::program {

/// A packet that is to be readdressed.
struct reflection_lane {
  walked<ipv4> headers;
  packed_flow<ipv4> answered;  ///< the flow that it answers or is about
  std::uint64_t hash = 0;      ///< of that flow
  session_ref candidate;
  std::size_t index = 0;  ///< in the burst

  const packed_flow<ipv4>& key() const noexcept { return answered; }
};

template <EngineTraits Traits>
class reflector {
 public:
  /// Readdresses by the sessions of a worker that outlives this, up to `packets_max` a burst.
  explicit reflector(const basic_worker<Traits>& worker, std::size_t packets_max = 1)
      : worker_{worker}, lanes_(packets_max) {}

  /// Takes note of packet `index` of the burst, if it answers a flow of the domain.
  void add(std::size_t index, std::span<const std::byte> packet, std::size_t wire_size,
           domain_id domain) noexcept {
    auto& made = lanes_[size_];
    walk_into(made.headers, packet, wire_size, domain, worker_.config().walking());
    const auto answered = answered_flow(packet, made.headers);
    if (!answered) {
      return;
    }
    ++size_;
    made.index = index;
    made.answered = *answered;
    made.hash = worker_.sessions4().hash(made.answered);
    worker_.sessions4().prefetch(made.hash);
  }

  /// Asks for the records that the packets' flows may lead to.
  void foresee() noexcept { worker_.sessions4().find_candidates(std::span{lanes_}.first(size_)); }

  /// Readdresses a packet to the endpoint that the session it answers shows outside. False, and
  /// nothing changed, where there is no such session when the packet comes, which is `now`.
  bool reflect(const reflection_lane& lane, std::span<std::byte> packet, tick now) const noexcept {
    const auto& sessions = worker_.sessions4();
    const auto which = sessions.find(lane.answered, lane.hash, lane.candidate, now);
    if (!which.found()) {
      return false;
    }
    const auto outside = unpack(sessions.hot(which.id()).outgoing(which.way()));
    return readdress(packet, lane.headers, outside.source);
  }

  /// The packets that were added, in their order.
  std::span<const reflection_lane> lanes() const noexcept { return std::span{lanes_}.first(size_); }
  void clear() noexcept { size_ = 0; }

 private:
  const basic_worker<Traits>& worker_;
  std::vector<reflection_lane> lanes_;
  std::size_t size_ = 0;  ///< lanes that hold a packet
};

}  // namespace weir::program

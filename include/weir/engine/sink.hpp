#pragma once

#include "weir/base/interface_id.hpp"
#include "weir/base/verdict.hpp"
#include "weir/packet/packet.hpp"

#include <concepts>
#include <cstddef>
#include <span>

namespace weir {

/// Where a packet that weir made is to go.
struct emission {
  interface_id egress{};        ///< `local`: to the box itself
  next_hop_id hop{};            ///< meaningful unless `answers_sender`
  bool answers_sender = false;  ///< goes back to the link-layer sender of packet `about`
  std::size_t about = 0;        ///< index, in the caller's burst, of the packet that caused it
};

/// Takes what the engine decides.
///  - `decided` is called exactly once per input packet, in the order of the burst; the packet is
///    rewritten by then, and may be taken over. Those behind it are the engine's until their turn.
///  - `generated` is called for packets weir makes itself; the bytes start at the IP header, carry
///    complete checksums and are gone when the call returns. It comes right before `decided` of the
///    packet it is about, and after `decided` of the one before. False: the sink had no room.
/// Neither may call the worker, whose packet path does not begin anew within itself.
template <class S, class P>
concept Sink = Packet<P> && requires(S& sink, std::size_t index, P& packet, const verdict& answer,
                                     std::span<const std::byte> bytes, const emission& where) {
  { sink.decided(index, packet, answer) } noexcept -> std::same_as<void>;
  { sink.generated(bytes, where) } noexcept -> std::same_as<bool>;
};

}  // namespace weir

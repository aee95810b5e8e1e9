#pragma once

// A packet that policy lets pass without a session: it leaves as it is, or under its 1:1 mapping.

#include "weir/engine/leaving.hpp"
#include "weir/engine/new_flow.hpp"
#include "weir/engine/outcome.hpp"
#include "weir/engine/shard.hpp"
#include "weir/engine/source.hpp"
#include "weir/nat/icmp_error.hpp"
#include "weir/nat/rewrite.hpp"
#include "weir/wire/packed_flow.hpp"
#include "weir/wire/quote.hpp"
#include "weir/wire/tcp_header.hpp"

#include <algorithm>
#include <cstddef>
#include <span>

namespace weir::detail {

/// What covers the addresses cannot have others (RFC 4302 section 2), and no translation makes a
/// packet that comes from where it goes: its receiver would talk to itself.
inline outcome cannot_be_translated(const new_flow<ipv4>& flow) noexcept {
  if (!flow.is_translated()) {
    return outcome::open();
  }
  if (flow.received.protocol == protocol::ah) {
    return drop_reason::untranslatable;
  }
  return flow.outside.source.address == flow.inside.destination.address
             ? outcome{drop_reason::martian_source}
             : outcome::open();
}
inline outcome cannot_be_translated(const new_flow<ipv6>&) noexcept { return outcome::open(); }

/// The key under which packets of a quoted flow's other direction leave, by 1:1 mappings alone;
/// `hides` says whether their sources wear any.
template <EngineTraits T>
flow_key<ipv4> answers_one_to_one(const shard<T>& state, const new_flow<ipv4>& flow,
                                  const flow_key<ipv4>& back, bool hides) noexcept {
  const auto& statics = state.config->statics();
  auto after = back;
  if (flow.inside.destination != flow.received.destination) {
    const auto fixed =
        statics.find_internal({back.domain, back.protocol, back.destination, flow.from});
    after.destination = fixed ? fixed->endpoint : back.destination;
  }
  if (hides) {
    const auto fixed = statics.find_one_to_one({back.domain, back.protocol, back.source, flow.to});
    after.source = fixed ? fixed->endpoint : back.source;
  }
  return after;
}

/// An error that passes without a session: what it quotes wore the 1:1 mapping too (RFC 5508
/// REQ-4). It wears its sender's own mapping; where he has none, that of the host it is about
/// (REQ-5c).
template <EngineTraits T>
outcome pass_stateless_error(shard<T>& state, new_flow<ipv4>& flow, bool hides,
                             ttl_step step) noexcept {
  const auto& packet = flow.packet;
  const auto quoted = quote_of<ipv4>(std::span<const std::byte>{packet.bytes}, flow.facts());
  const auto quote = walk_quote<ipv4>(quoted, flow.received.domain);
  if (!quote.facts.ok) {
    return drop_reason::bad_quote;
  }
  const auto back = unpack(reversed(quote.key));
  hides = hides && wears_statics(flow) && !state.config->exempt().contains(back) &&
          !stays_inside(state, flow, back.source.address, back.destination.address);
  const auto after = answers_one_to_one(state, flow, back, hides);
  if (hides) {
    wear_one_to_one(state, flow);
  }
  if (flow.outside.source == flow.received.source && after.source != back.source) {
    flow.outside.source.address = after.source.address;
    tell_source(state, translation_kind::one_to_one, flow);
  }
  if (!flow.is_translated() && after == back) {
    pass_on<ipv4>(packet.bytes.data(), step);
    return state.config->hop(flow.hop).decision;
  }
  if (flow.outside.source.address == after.destination.address) {
    return drop_reason::martian_source;
  }
  if (!translate_icmp_error(packet.bytes, flow.facts(), quote, pack(after),
                            flow.outside.source.address, step)) {
    return drop_reason::bad_quote;
  }
  return state.config->hop(flow.hop).decision;
}

/// Whether answers could not find back without a session.
inline bool needs_state(const new_flow<ipv4>& flow) noexcept {
  return flow.destination == translation_kind::port_forward ||
         flow.destination == translation_kind::mapping || flow.must_hide();
}
inline bool needs_state(const new_flow<ipv6>&) noexcept { return false; }

/// The MSS of a SYN that passes without a session.
template <IpVersion V, EngineTraits T>
void clamp_stateless_syn(const shard<T>& state, const new_flow<V>& flow) noexcept {
  if (flow.judge != nullptr && (flow.facts().tcp_flags & tcp_flag::syn) != 0) {
    const auto mtu = std::min(state.config->hop(flow.hop).mtu,
                              state.config->interface(flow.packet.meta.ingress).mtu);
    clamp_syn<V>(flow.packet, flow.facts(), flow.judge->settings().tcp_mss, mtu);
  }
}

/// A stateless packet, which needs no session: it leaves as it is, or under its 1:1 mapping.
template <IpVersion V, EngineTraits T>
[[gnu::__noinline__]] outcome pass_stateless(shard<T>& state, new_flow<V>& flow) noexcept {
  const hop_facts& hop = state.config->hop(flow.hop);
  const auto step = step_of(hop, flow.packet.from_box());
  if (needs_state(flow)) {
    return drop_reason::needs_state;
  }
  clamp_stateless_syn(state, flow);
  if constexpr (V::number == 4) {
    const bool leaves = !flow.packet.from_box() && hop.kind == next_hop_kind::forward;
    const bool hides = leaves && flow.destination == translation_kind::none;
    if (flow.facts().message == message_kind::icmp_error) {
      return pass_stateless_error(state, flow, hides && !stays_inside(state, flow), step);
    }
    if (hides && !keeps_source(state, flow)) {
      wear_one_to_one(state, flow);
    }
    if (flow.is_translated()) {
      if (const auto refused = cannot_be_translated(flow)) {
        return refused;
      }
      const auto after = pack(flow_key<ipv4>{flow.egress_domain, flow.received.protocol,
                                             flow.outside.source, flow.inside.destination});
      translate(flow.packet, flow.headers, after.endpoints(), step);
      return hop.decision;
    }
  }
  pass_on<V>(flow.packet.bytes.data(), step);
  return hop.decision;
}

}  // namespace weir::detail

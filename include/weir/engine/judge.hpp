#pragma once

// The questions that a packet of no session is asked, in their order. Nothing is allocated before
// all of them are answered.
//
// What nearly every new flow is asked is flattened into a few functions, and what is rare stays out
// of line. Left to itself a compiler stops where a file has grown enough, in the middle of this:
// calls and what they save and load again were a fifth of the time of a new flow.

#include "weir/engine/commit.hpp"
#include "weir/engine/destination.hpp"
#include "weir/engine/established.hpp"
#include "weir/engine/foresight.hpp"
#include "weir/engine/host_path.hpp"
#include "weir/engine/leaving.hpp"
#include "weir/engine/mapping_life.hpp"
#include "weir/engine/new_flow.hpp"
#include "weir/engine/outcome.hpp"
#include "weir/engine/quoted_error.hpp"
#include "weir/engine/reply_key.hpp"
#include "weir/engine/room.hpp"
#include "weir/engine/shard.hpp"
#include "weir/engine/source.hpp"
#include "weir/engine/stateless.hpp"
#include "weir/engine/validation.hpp"
#include "weir/session/tcp_tracker.hpp"
#include "weir/wire/header_walk.hpp"
#include "weir/wire/transport_checksum.hpp"

namespace weir::detail {

/// A directed broadcast is for the box if it came from that subnet, and for nobody else (RFC 2644).
template <IpVersion V, EngineTraits T>
[[gnu::__noinline__]] outcome receive_broadcast(const shard<T>& state, const new_flow<V>& flow,
                                                const hop_facts& hop) noexcept {
  const bool here = hop.interface == flow.packet.meta.ingress;
  return deliver_or(here && state.config->raw().host_path.deliver_broadcast,
                    drop_reason::broadcast);
}

/// Finds the next hop, and with it the zone and the domain the flow leaves to.
template <IpVersion V, EngineTraits T>
outcome find_route(shard<T>& state, new_flow<V>& flow) noexcept {
  const auto& to = flow.inside.destination.address;
  if (state.config->is_translation_address(flow.inside.domain, to)) {
    return flow.destination == translation_kind::none ? drop_reason::no_mapping
                                                      : drop_reason::hairpin_loop;
  }
  const auto* const seen = flow.foreseen();
  const auto found = seen != nullptr ? seen->onward : state.config->route(flow.inside.domain, to);
  if (!found) {
    return outcome{drop_reason::no_route, answer_request::icmp(icmp_error<V>::no_route())};
  }
  const hop_facts& hop = state.config->hop(*found);
  if (hop.kind != next_hop_kind::local && flow.received.source.address.is_link_local()) {
    return drop_reason::link_local;  // its destination was translated
  }
  if (hop.kind == next_hop_kind::broadcast) {
    return receive_broadcast(state, flow, hop);
  }
  if (flow.packet.meta.cast != link_cast::unicast) {
    return drop_reason::link_broadcast;
  }
  flow.hop = *found;
  flow.to = hop.zone;
  flow.egress_domain = state.config->domain_beyond(hop, flow.inside.domain);
  state.observer.routed(flow.hop);
  if (flow.egress_domain != flow.inside.domain &&
      state.config->is_translation_address(flow.egress_domain, to)) {
    return drop_reason::no_mapping;  // hairpins lead to no other domain
  }
  return outcome::open();
}

/// Whether a packet says of itself that its payload is not what was sent, as far as that can be
/// told and nobody has judged it before.
template <IpVersion V>
bool is_corrupt(const walked<V>& headers, const packet_view& packet) noexcept {
  if (packet.meta.transport != checksum_state::unverified) {
    return false;
  }
  const auto right = transport_checksum_is_right<V>(packet.bytes, headers.facts, headers.key);
  return right && !*right;
}

/// What a host would say to its peer. To a packet that is not what was sent it says nothing (RFC
/// 9293 section 3.1, RFC 768): its source may be what was damaged.
template <IpVersion V>
[[gnu::__noinline__]] outcome refused_as_host(const new_flow<V>& flow, drop_reason reason,
                                              const answer_request& reply) noexcept {
  return is_corrupt(flow.headers, flow.packet) ? outcome{reason} : outcome{reason, reply};
}

template <IpVersion V>
[[gnu::__noinline__]] outcome rejected(const new_flow<V>& flow) noexcept {
  constexpr auto reason = drop_reason::policy_rejected;
  switch (flow.said.reject_with) {
    case reject_form::automatic:
      if (flow.facts().message == message_kind::tcp) {
        return refused_as_host(flow, reason, answer_request::reset());
      }
      [[fallthrough]];
    case reject_form::port_unreachable:
      return refused_as_host(flow, reason, answer_request::icmp(icmp_error<V>::port_unreachable()));
    case reject_form::admin_prohibited:
      return refused_as_host(flow, reason, answer_request::icmp(icmp_error<V>::admin_prohibited()));
  }
  return reason;
}

template <IpVersion V>
policy_query<V> query_of(const new_flow<V>& flow) noexcept {
  const auto& facts = flow.facts();
  return {flow.inside,        facts.fragment,  facts.message != message_kind::opaque,
          facts.tcp_flags,    facts.icmp_type, facts.icmp_code,
          facts.authenticated};
}

/// Asks the policy of the pair of zones.
template <IpVersion V, EngineTraits T>
outcome ask_policy(shard<T>& state, new_flow<V>& flow) noexcept {
  const auto* const seen = flow.foreseen();
  const auto found =
      seen != nullptr ? seen->judge : state.config->policies().find(flow.from, flow.to);
  if (!found) {
    return drop_reason::no_policy;
  }
  flow.judge = &*found;
  const auto query = query_of(flow);
  flow.said = seen != nullptr && seen->search != nullptr
                  ? found->decide(found->template rules<V>().conclude(*seen->search, query))
                  : decide(found, query);
  state.observer.judged({flow.from, flow.to, state.config->policies().number_of(*flow.judge),
                         flow.said.rule, static_cast<std::uint8_t>(flow.said.action),
                         flow.said.log});
  if (flow.said.needs_header) {
    return drop_reason::fragment_unsupported;
  }
  if (flow.said.action == action::deny) {
    return drop_reason::policy_denied;
  }
  if (flow.said.action == action::reject) {
    return rejected(flow);
  }
  // Behind a header that nobody can walk may be what a rule before this one refuses.
  if (flow.facts().hidden_transport && found->may_refuse_hidden(flow.said)) {
    return drop_reason::unknown_extension;
  }
  return outcome::open();
}

/// Whether the packet may begin a session under what was permitted.
template <IpVersion V>
outcome cannot_begin(const new_flow<V>& flow) noexcept {
  const auto& facts = flow.facts();
  if (facts.message == message_kind::opaque) {
    return drop_reason::fragment_unsupported;
  }
  if (!may_begin<V>(facts)) {
    return drop_reason::no_session;
  }
  if (facts.message != message_kind::tcp) {
    return outcome::open();
  }
  const auto& settings = flow.judge->settings();
  if (may_open(settings.tcp, facts.tcp_flags)) {
    return outcome::open();
  }
  return settings.reset_unknown_tcp
             ? refused_as_host(flow, drop_reason::no_session, answer_request::reset())
             : outcome{drop_reason::no_session};
}

/// The box's own endpoints on addresses that pools give ports of are claimed while they are used,
/// and so are the identifiers of its queries. What an internal host wears already stays that one's:
/// the box uses it without a claim, and sessions tell whose the answers of each remote are.
template <EngineTraits T>
[[gnu::__noinline__]] outcome claim_own_endpoint(shard<T>& state, new_flow<ipv4>& flow) noexcept {
  const bool asks = flow.packet.from_box() && flow.facts().message == message_kind::icmp_query;
  if (!flow.held.is_none() || !(has_ports(flow.received.protocol) || asks)) {
    return outcome::open();
  }
  const auto& end = flow.packet.from_box() ? flow.received.source : flow.inside.destination;
  const external_key own{flow.received.domain, flow.received.protocol, end};
  settle(state, flow.now, [&](auto&& lives) noexcept { return claim_rests_on(state, own, lives); });
  const auto claim =
      acquire_in_room(state, flow, [&]() noexcept { return state.mappings.acquire_own(own); });
  flow.held = claim.id;
  return claim.outcome == mapping_outcome::table_full ? outcome{refuse(state, claim.refusal)}
                                                      : outcome::open();
}
template <EngineTraits T>
outcome claim_own_endpoint(shard<T>&, new_flow<ipv6>&) noexcept {
  return outcome::open();
}

/// What zones and policy say. The box hears whoever renews a lease with it, or nobody; what policy
/// permits has a session, by which the answer leaves.
template <IpVersion V, EngineTraits T>
outcome ask_zones(shard<T>& state, new_flow<V>& flow) noexcept {
  const bool renews =
      flow.hop == local_hop && flow.destination == translation_kind::none &&
      renews_lease<V>({flow.facts(), flow.received, flow.packet.meta}, flow.back, *state.config);
  if (renews && !state.config->raw().host_path.dhcp) [[unlikely]] {
    return drop_reason::dhcp;
  }
  const bool is_zoned = !flow.from.is_none() && !flow.to.is_none();
  const bool passes_unzoned = state.config->raw().compatibility.pass_unzoned;
  const auto said = is_zoned         ? ask_policy(state, flow)
                    : passes_unzoned ? outcome::open()
                                     : outcome{drop_reason::no_zone};
  return renews && said ? outcome{verdict::deliver()} : said;
}

/// From the zones on: policy, size and TTL, translation, commit.
template <IpVersion V, EngineTraits T>
outcome judge_routed(shard<T>& state, new_flow<V>& flow) noexcept {
  if (const auto refused = ask_zones(state, flow)) {
    return refused;
  }
  const hop_facts& hop = state.config->hop(flow.hop);
  const bool is_stateful = flow.said.is_stateful() && !flow.is_related;
  if (is_stateful) {
    if (const auto refused = cannot_begin(flow)) {
      return refused;
    }
  }
  if (const auto refused = cannot_leave<V>(flow.facts(), hop, flow.packet.from_box())) {
    return refused;
  }
  if (!is_stateful) {
    return pass_stateless(state, flow);
  }
  if (const auto worn = translate_source(state, flow)) {
    return worn;
  }
  if (const auto refused = cannot_be_translated(flow)) {
    if (!flow.held.is_none()) state.mappings.release(flow.held);
    return refused;
  }
  if (flow.reply_hash == 0) {  // a new mapping has done it
    find_reply(state, flow, flow.outside.source);
  }
  if (flow.packet.from_box() || flow.hop == local_hop) {
    if (const auto refused = claim_own_endpoint(state, flow)) {
      return refused;
    }
  }
  return commit(state, flow);
}

/// An answer whose identifier its session does not know yet claims it.
template <IpVersion V, EngineTraits T>
outcome claim_reply(shard<T>& state, const walked<V>& headers, const packet_view& packet,
                    tick now) noexcept {
  auto& table = state.template sessions<V>();
  if (!has_identifier_by_direction(headers.key.protocol())) {
    return outcome::open();
  }
  const auto waiting = table.find(wildcard(headers.key), now);
  if (!waiting.found() || !table.hot(waiting.id()).has(session_flag::unclaimed)) {
    return outcome::open();
  }
  if (state.ingress[packet.meta.ingress.number()].is_barred) {
    return drop_reason::no_zone;
  }
  if (const auto refused = refuse_known(state, waiting, headers, packet)) {
    return refused;
  }
  if (!table.try_claim(waiting.id(), headers.key, now, state.template on_end<V>())) {
    return outcome::open();
  }
  return pass_established(state, waiting, headers, packet, now);
}

/// Whether an error is dropped for want of the session of the packet that it quotes: it opens none
/// itself, and no policy is needed where there is one.
template <IpVersion V>
bool lacks_quoted_session(const new_flow<V>& flow, verdict judged) noexcept {
  const bool wants_one = judged == verdict::drop(drop_reason::no_session) ||
                         judged == verdict::drop(drop_reason::no_policy);
  return flow.facts().message == message_kind::icmp_error && !flow.is_related && wants_one;
}

/// What happens to a packet that belongs to no session, or `reopens` the one it belonged to; what
/// was looked up of it with its group is `seen`, or null.
template <IpVersion V, EngineTraits T>
[[gnu::__noinline__, gnu::__flatten__]] outcome judge_new(shard<T>& state, const lane<V>& lane,
                                                          const packet_view& packet, bool reopens,
                                                          tick now,
                                                          const foresight<V>* seen) noexcept {
  const auto& headers = lane.headers;
  new_flow<V> flow{headers, lane.hash, packet};
  const auto& received = flow.received;
  flow.now = now;
  flow.reopens = reopens;
  flow.seen = seen;
  flow.back =
      seen != nullptr ? seen->back : state.config->route(received.domain, received.source.address);
  flow.from = state.ingress[packet.meta.ingress.number()].zone;
  if (const auto refused = refuse_own_source(state, flow)) {
    return refused;
  }
  if (const auto host = host_path({headers.facts, received, packet.meta}, *state.config)) {
    return packet.from_box() ? unforwarded(host, received) : validated(state, flow, host);
  }
  if (const auto refused = validate_source(state, flow)) {
    return refused;
  }
  if (const auto claimed = claim_reply(state, headers, packet, now)) {
    return claimed;
  }
  state.observer.unmatched();
  if (headers.facts.message == message_kind::icmp_error) {
    if (const auto known = pass_quoted_error(state, headers, packet, now, flow.is_related)) {
      return known;
    }
  }
  if (const auto refused = translate_destination(state, flow)) {
    return refused;
  }
  if (const auto refused = find_route(state, flow)) {
    return refused;
  }
  const auto judged = judge_routed(state, flow);
  return lacks_quoted_session(flow, judged.decision()) ? outcome{drop_reason::icmp_error_unmatched}
                                                       : judged;
}

}  // namespace weir::detail

#pragma once

// ICMP errors belong to the session of the packet they quote. They neither lengthen nor end it
// (RFC 5508 REQ-6), and travel the other way than what they quote.

#include "weir/engine/established.hpp"
#include "weir/engine/leaving.hpp"
#include "weir/engine/outcome.hpp"
#include "weir/engine/shard.hpp"
#include "weir/nat/icmp_error.hpp"
#include "weir/net/tcp_mode.hpp"
#include "weir/session/tcp_window.hpp"
#include "weir/wire/icmp_header.hpp"
#include "weir/wire/packed_flow.hpp"
#include "weir/wire/quote.hpp"
#include "weir/wire/transport_checksum.hpp"

#include <cstddef>
#include <span>

namespace weir::detail {

/// Messages that quote a packet and yet are not for a router to forward.
template <IpVersion V>
constexpr bool is_redirect(const packet_facts& facts) noexcept {
  return V::number == 4 &&
         (facts.icmp_type == icmp_type::redirect || facts.icmp_type == icmp_type::source_quench);
}

/// Why an error cannot be believed, whatever it quotes.
template <IpVersion V>
outcome disbelieve(const walked<V>& headers, const packet_view& packet) noexcept {
  if (is_redirect<V>(headers.facts)) {
    return drop_reason::redirect;
  }
  if (headers.facts.fragment != fragment_kind::none) {
    return drop_reason::fragment_unsupported;
  }
  // RFC 5508 REQ-3: always judged, as far as the packet is all there.
  const auto right = transport_checksum_is_right<V>(packet.bytes, headers.facts, headers.key);
  if (right && !*right) {
    return drop_reason::bad_icmp_checksum;
  }
  return outcome::open();
}

/// Whether a quoted segment may be one that is under way (RFC 5927 section 4.1).
template <IpVersion V>
bool is_believable(const hot_record<V>& record, direction error_way, const walked<V>& quote,
                   std::span<const std::byte> quoted) noexcept {
  if (quote.facts.message != message_kind::tcp || record.mode() == tcp_mode::off) {
    return true;
  }
  const auto sequence = quoted_sequence(quoted, quote.facts);
  return is_quotable(record.state, opposite(error_way), sequence);
}

/// The session of a packet whose identifier its answers do not share (ESP, GRE with a key), and the
/// way of errors about it.
template <IpVersion V, EngineTraits T>
session_ref find_by_identifier(const shard<T>& state, const packed_flow<V>& quoted,
                               tick now) noexcept {
  const auto& table = state.template sessions<V>();
  const auto sent = table.find(quoted, now);
  if (sent.found() && !table.hot(sent.id()).has(session_flag::translated)) {
    return session_ref{sent.id(), opposite(sent.way())};
  }
  return table.find_wearer(mirror(quoted, reversed(quoted)), now);
}

/// The session of a quoted packet, and the way of errors about it, which is its answers'.
template <IpVersion V, EngineTraits T>
session_ref find_quoted(const shard<T>& state, const packed_flow<V>& quoted, tick now) noexcept {
  return has_unknown_reply(quoted) ? find_by_identifier<V>(state, quoted, now)
                                   : state.template sessions<V>().find(reversed(quoted), now);
}

/// Whether an error would return to the zone it came from, where nothing of what it is about goes.
template <IpVersion V, EngineTraits T>
bool turns_back(const shard<T>& state, session_ref which, interface_id ingress) noexcept {
  const auto& hop = state.template sessions<V>().hot(which.id()).state.hop;
  const auto from = state.ingress[ingress.number()].zone;
  return from == state.config->hop(hop[index_of(which.way())]).zone &&
         from != state.config->hop(hop[index_of(opposite(which.way()))]).zone;
}

/// What an error leaves under where what it is about is hidden: who sent it wears his own 1:1
/// mapping, or has none in the domain it leaves to and wears `about` (RFC 5508 REQ-5c).
template <EngineTraits T>
ipv4_address hidden_sender(const shard<T>& state, const packed_flow<ipv4>& error,
                           const hop_facts& hop, ipv4_address about) noexcept {
  if (state.config->domain_beyond(hop, error.domain()) != error.domain()) {
    return about;
  }
  const auto fixed = state.config->statics().find_one_to_one(
      {error.domain(), error.protocol(), {error.source(), port{}}, hop.zone});
  return fixed ? fixed->endpoint.address : about;
}

/// Rewrites the error for its session and sends it on.
template <IpVersion V, EngineTraits T>
outcome pass_error(shard<T>& state, session_ref which, const walked<V>& headers,
                   const walked<V>& quote, const packet_view& packet) noexcept {
  const auto& record = state.template sessions<V>().hot(which.id());
  const hop_facts& hop = state.config->hop(record.state.hop[index_of(which.way())]);
  if (const auto refused = cannot_leave<V>(headers.facts, hop, packet.from_box())) {
    return refused;
  }
  const auto step = step_of(hop, packet.from_box());
  if constexpr (V::number == 4) {
    if (record.has(session_flag::translated)) {
      std::byte* const header = packet.bytes.data();
      const auto after = record.outgoing(which.way());
      const auto source = hides_source(quote, after)
                              ? hidden_sender(state, headers.key, hop, after.source())
                              : headers.key.source();
      if (source == after.destination()) {
        return drop_reason::martian_source;
      }
      if (!translate_icmp_error(packet.bytes, headers.facts, quote, after, source, step)) {
        return drop_reason::bad_quote;
      }
      const auto sent =
          packed_flow<ipv4>::from_header(header, headers.key.domain(), headers.key.protocol(), 0);
      refresh_identification(state.identifications, header, headers.key, sent);
      return hop.decision;
    }
  }
  pass_on<V>(packet.bytes.data(), step);
  return hop.decision;
}

/// Whether an error about a session passes without a rule of its own: the policy of the session
/// lets it, and that of the way it goes, if there is one, does not object.
template <IpVersion V, EngineTraits T>
bool passes_unasked(const shard<T>& state, session_ref which, const packet_facts& facts,
                    interface_id ingress) noexcept {
  if constexpr (V::number == 4) {
    return true;
  } else {
    const auto& table = state.template sessions<V>();
    const auto hop = table.hot(which.id()).state.hop[index_of(which.way())];
    const policy& permitted_by = policy_of(state, table.cold(which.id()));
    const auto on_its_way = state.config->policies().find(state.ingress[ingress.number()].zone,
                                                          state.config->hop(hop).zone);
    return permitted_by.settings().implicit_icmpv6 &&
           (!on_its_way || on_its_way->settings().implicit_icmpv6) &&
           facts.icmp_type >= icmpv6_type::unreachable &&
           facts.icmp_type <= icmpv6_type::parameter_problem;
  }
}

/// What happens to an ICMP error that cannot be believed or quotes a packet of a session; nothing
/// if rules must judge it. Says whether it is related to a session.
template <IpVersion V, EngineTraits T>
[[gnu::__noinline__]] outcome pass_quoted_error(shard<T>& state, const walked<V>& headers,
                                                const packet_view& packet, tick now,
                                                bool& is_related) noexcept {
  if (const auto refused = disbelieve(headers, packet)) {
    return refused;
  }
  const auto quoted = quote_of<V>(std::span<const std::byte>{packet.bytes}, headers.facts);
  const auto quote = walk_quote<V>(quoted, headers.key.domain());
  if (!quote.facts.ok) {
    return outcome{quote.facts.fault};
  }
  if (quote.facts.message == message_kind::icmp_error) {
    return drop_reason::icmp_error_unmatched;
  }
  if (quote.facts.message == message_kind::opaque) {
    return outcome::open();  // its session cannot be told, but later fragments pass without one
  }
  auto& table = state.template sessions<V>();
  const auto which = find_quoted<V>(state, quote.key, now);
  if (!which.found() || !goes_along<V>(quote.facts, opposite(which.way())) ||
      turns_back<V>(state, which, packet.meta.ingress)) {
    return outcome::open();
  }
  if (state.ingress[packet.meta.ingress.number()].is_barred) {
    return drop_reason::no_zone;
  }
  if (packet.meta.cast != link_cast::unicast) {
    return drop_reason::link_broadcast;  // RFC 1812 section 5.3.4
  }
  const auto& record = table.hot(which.id());
  if (!is_from_its_side(record, which.way(), packet)) {
    return drop_reason::martian_source;
  }
  if (headers.key.destination() != quote.key.source()) {
    return drop_reason::bad_quote;
  }
  if (!is_believable(record, which.way(), quote, quoted)) {
    return drop_reason::icmp_error_implausible;
  }
  state.observer.matched(family_of<V>, which.id(), which.way());
  is_related = true;
  if (!passes_unasked<V>(state, which, headers.facts, packet.meta.ingress)) {
    return outcome::open();
  }
  return pass_error(state, which, headers, quote, packet);
}

}  // namespace weir::detail

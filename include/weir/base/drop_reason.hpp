#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace weir {

/// Why a packet went no further, as `describe` says. One counter exists per value; values are
/// append-only.
enum class drop_reason : std::uint8_t {
  truncated_header,
  bad_version,
  bad_header_length,
  bad_total_length,
  bad_ip_checksum,
  bad_transport_length,
  bad_transport_checksum,
  bad_tcp_flags,
  source_route,
  ip_options,
  routing_header,
  unknown_extension,
  header_chain_too_long,
  jumbogram,
  bad_fragment,
  scattered_headers,
  not_ip,
  foreign_mac,
  truncated_frame,
  martian_source,
  martian_destination,
  spoofed_source,
  link_local,
  multicast,
  broadcast,
  link_broadcast,
  hop_limit_not_255,
  dhcp,
  fragment_unsupported,
  no_session,
  tcp_out_of_window,
  icmp_error_unmatched,
  icmp_error_implausible,
  bad_icmp_checksum,
  bad_quote,
  session_table_full,
  source_limit,
  embryonic_limit,
  reply_unclaimed,
  no_route,
  no_mapping,
  no_zone,
  no_policy,
  policy_denied,
  policy_rejected,
  needs_state,
  ttl_expired,
  too_big,
  no_pool,
  pool_exhausted,
  filtered,
  untranslatable,
  hairpin_loop,
  redirect,
  key_taken,
};
/// The last one counts them.
inline constexpr auto drop_reason_count = 1 + static_cast<std::size_t>(drop_reason::key_taken);

namespace detail {

struct drop_words {
  drop_reason reason;
  std::string_view name;
  std::string_view text;
};

/// By value.
inline constexpr auto drop_vocabulary = std::to_array<drop_words>({
    {drop_reason::truncated_header, "truncated_header", "fewer bytes than the headers need"},
    {drop_reason::bad_version, "bad_version",
     "the version field is neither 4 nor 6, or not that of the frame"},
    {drop_reason::bad_header_length, "bad_header_length",
     "the IPv4 header length is under 20 bytes or past the packet"},
    {drop_reason::bad_total_length, "bad_total_length",
     "the IP length field promises more than arrived, or less than its headers"},
    {drop_reason::bad_ip_checksum, "bad_ip_checksum",
     "the IPv4 header checksum is wrong (RFC 1812 section 5.2.2)"},
    {drop_reason::bad_transport_length, "bad_transport_length",
     "a TCP data offset or UDP length contradicts the packet"},
    {drop_reason::bad_transport_checksum, "bad_transport_checksum",
     "the transport checksum is wrong and `transport-checksum: drop` is set"},
    {drop_reason::bad_tcp_flags, "bad_tcp_flags",
     "a TCP segment without flags, or with SYN and FIN or RST together"},
    {drop_reason::source_route, "source_route",
     "an IPv4 source route option (RFC 7126 section 4.3)"},
    {drop_reason::ip_options, "ip_options", "IPv4 options, and the configuration drops them"},
    {drop_reason::routing_header, "routing_header",
     "a routing header that is type 0 (RFC 5095) or that the configuration drops"},
    {drop_reason::unknown_extension, "unknown_extension",
     "an IPv6 extension header that weir does not know"},
    {drop_reason::header_chain_too_long, "header_chain_too_long",
     "more extension headers than weir walks, or a chain not whole in the first fragment (RFC "
     "7112)"},
    {drop_reason::jumbogram, "jumbogram", "an IPv6 jumbo payload (RFC 2675)"},
    {drop_reason::bad_fragment, "bad_fragment",
     "a fragment whose offset or length cannot be part of a datagram, or of neighbour discovery "
     "(RFC 6980)"},
    {drop_reason::scattered_headers, "scattered_headers",
     "the headers are not contiguous in the driver's buffer"},
    {drop_reason::not_ip, "not_ip", "the frame carries neither IPv4 nor IPv6"},
    {drop_reason::foreign_mac, "foreign_mac", "the frame is addressed to another station"},
    {drop_reason::truncated_frame, "truncated_frame", "the frame ends inside its link header"},
    {drop_reason::martian_source, "martian_source",
     "the source address cannot be a source (RFC 6890, RFC 3704)"},
    {drop_reason::martian_destination, "martian_destination",
     "the destination address is never routed"},
    {drop_reason::spoofed_source, "spoofed_source",
     "source validation found no such source behind the interface (RFC 3704)"},
    {drop_reason::link_local, "link_local",
     "a link-local address that would have to be forwarded (RFC 4291 section 2.5.6)"},
    {drop_reason::multicast, "multicast", "multicast that the host path does not take"},
    {drop_reason::broadcast, "broadcast", "broadcast that the host path does not take (RFC 2644)"},
    {drop_reason::link_broadcast, "link_broadcast",
     "a unicast packet in a link-layer broadcast or multicast frame (RFC 1812 section 5.3.4)"},
    {drop_reason::hop_limit_not_255, "hop_limit_not_255",
     "neighbour discovery that came through a router (RFC 4861 section 7.1)"},
    {drop_reason::dhcp, "dhcp", "DHCP that the host path does not take"},
    {drop_reason::fragment_unsupported, "fragment_unsupported",
     "a later fragment, and the flow needs its ports"},
    {drop_reason::no_session, "no_session",
     "a segment or message of no session, and it cannot open one"},
    {drop_reason::tcp_out_of_window, "tcp_out_of_window",
     "a TCP segment that is implausible in its session"},
    {drop_reason::icmp_error_unmatched, "icmp_error_unmatched",
     "an ICMP error that quotes no session"},
    {drop_reason::icmp_error_implausible, "icmp_error_implausible",
     "an ICMP error whose quoted sequence was never sent (RFC 5927)"},
    {drop_reason::bad_icmp_checksum, "bad_icmp_checksum",
     "an ICMP checksum is wrong (RFC 5508 REQ-3)"},
    {drop_reason::bad_quote, "bad_quote",
     "an ICMP error whose quoted packet cannot be read, or was not sent by whom the error is for"},
    {drop_reason::session_table_full, "session_table_full", "no session record is free"},
    {drop_reason::source_limit, "source_limit", "the source has as many sessions as it may"},
    {drop_reason::embryonic_limit, "embryonic_limit",
     "the source has as many unanswered sessions as it may"},
    {drop_reason::reply_unclaimed, "reply_unclaimed",
     "an earlier flow to this remote still waits for its reply identifier"},
    {drop_reason::no_route, "no_route", "no route to the destination"},
    {drop_reason::no_mapping, "no_mapping", "a pool address that no mapping or session wears"},
    {drop_reason::no_zone, "no_zone", "an interface without a zone"},
    {drop_reason::no_policy, "no_policy", "no policy for the pair of zones"},
    {drop_reason::policy_denied, "policy_denied",
     "the first matching rule, or the default, says deny"},
    {drop_reason::policy_rejected, "policy_rejected",
     "the first matching rule, or the default, says reject"},
    {drop_reason::needs_state, "needs_state",
     "a stateless permit, and the flow needs a translation"},
    {drop_reason::ttl_expired, "ttl_expired", "the TTL or hop limit ends here"},
    {drop_reason::too_big, "too_big", "longer than the egress MTU, and fragments are not made"},
    {drop_reason::no_pool, "no_pool", "translation is required and no pool serves the source"},
    {drop_reason::pool_exhausted, "pool_exhausted", "no external port is free"},
    {drop_reason::filtered, "filtered", "the mapping does not accept this remote (RFC 4787 REQ-8)"},
    {drop_reason::untranslatable, "untranslatable",
     "a protocol or message that cannot be translated"},
    {drop_reason::hairpin_loop, "hairpin_loop", "a hairpin that would be translated again"},
    {drop_reason::redirect, "redirect",
     "an ICMP redirect or source quench, which no router forwards (RFC 1812 section 5.2.7.2)"},
    {drop_reason::key_taken, "key_taken",
     "its answers, or its own packets, would look like those of another flow"},
});
static_assert(drop_vocabulary.size() == drop_reason_count, "every reason has its words");
static_assert(
    [] {
      for (std::size_t at = 0; at < drop_vocabulary.size(); ++at) {
        if (drop_vocabulary[at].reason != drop_reason{static_cast<std::uint8_t>(at)}) return false;
      }
      return true;
    }(),
    "the words of every reason stand at its value");

}  // namespace detail

/// The reason as reports and counters name it.
constexpr std::string_view name(drop_reason reason) noexcept {
  const auto at = static_cast<std::size_t>(reason);
  return at < drop_reason_count ? detail::drop_vocabulary[at].name : std::string_view{};
}

/// The reason in a sentence, for people.
constexpr std::string_view describe(drop_reason reason) noexcept {
  const auto at = static_cast<std::size_t>(reason);
  return at < drop_reason_count ? detail::drop_vocabulary[at].text : std::string_view{};
}

}  // namespace weir

#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace weir {

/// Why a packet went no further. One counter exists per value; values are append-only.
enum class drop_reason : std::uint8_t {
  truncated_header,   ///< fewer bytes than the headers need
  bad_version,        ///< the version field is neither 4 nor 6, or not that of the frame
  bad_header_length,  ///< the IPv4 header length is under 20 bytes or past the packet
  bad_total_length,   ///< the IP length field promises more than arrived, or less than its headers
  bad_ip_checksum,    ///< the IPv4 header checksum is wrong (RFC 1812 section 5.2.2)
  bad_transport_length,  ///< a TCP data offset or UDP length contradicts the packet
  /// the transport checksum is wrong and `transport-checksum: drop` is set
  bad_transport_checksum,
  bad_tcp_flags,   ///< a TCP segment without flags, or with SYN and FIN or RST together
  source_route,    ///< an IPv4 source route option (RFC 7126 section 4.3)
  ip_options,      ///< IPv4 options, and the configuration drops them
  routing_header,  ///< a routing header that is type 0 (RFC 5095) or that the configuration drops
  unknown_extension,  ///< an IPv6 extension header that weir does not know
  /// more extension headers than weir walks, or a chain not whole in the first fragment (RFC
  /// 7112)
  header_chain_too_long,
  jumbogram,  ///< an IPv6 jumbo payload (RFC 2675)
  /// a fragment whose offset or length cannot be part of a datagram, or of neighbour discovery
  /// (RFC 6980)
  bad_fragment,
  scattered_headers,    ///< the headers are not contiguous in the driver's buffer
  not_ip,               ///< the frame carries neither IPv4 nor IPv6
  foreign_mac,          ///< the frame is addressed to another station
  truncated_frame,      ///< the frame ends inside its link header
  martian_source,       ///< the source address cannot be a source (RFC 6890, RFC 3704)
  martian_destination,  ///< the destination address is never routed
  spoofed_source,       ///< source validation found no such source behind the interface (RFC 3704)
  link_local,  ///< a link-local address that would have to be forwarded (RFC 4291 section 2.5.6)
  multicast,   ///< multicast that the host path does not take
  broadcast,   ///< broadcast that the host path does not take (RFC 2644)
  /// a unicast packet in a link-layer broadcast or multicast frame (RFC 1812 section 5.3.4)
  link_broadcast,
  hop_limit_not_255,     ///< neighbour discovery that came through a router (RFC 4861 section 7.1)
  dhcp,                  ///< DHCP that the host path does not take
  fragment_unsupported,  ///< a later fragment, and the flow needs its ports
  no_session,            ///< a segment or message of no session, and it cannot open one
  tcp_out_of_window,     ///< a TCP segment that is implausible in its session
  icmp_error_unmatched,  ///< an ICMP error that quotes no session
  icmp_error_implausible,  ///< an ICMP error whose quoted sequence was never sent (RFC 5927)
  bad_icmp_checksum,       ///< an ICMP checksum is wrong (RFC 5508 REQ-3)
  bad_quote,               ///< an ICMP error whose quoted packet cannot be read
  session_table_full,      ///< no session record is free
  source_limit,            ///< the source has as many sessions as it may
  embryonic_limit,         ///< the source has as many unanswered sessions as it may
  reply_unclaimed,         ///< an earlier flow to this remote still waits for its reply identifier
  no_route,                ///< no route to the destination
  no_mapping,              ///< a pool address that no mapping or session wears
  no_zone,                 ///< an interface without a zone
  no_policy,               ///< no policy for the pair of zones
  policy_denied,           ///< the first matching rule, or the default, says deny
  policy_rejected,         ///< the first matching rule, or the default, says reject
  needs_state,             ///< a stateless permit, and the flow needs a translation
  ttl_expired,             ///< the TTL or hop limit ends here
  too_big,                 ///< longer than the egress MTU; fragments are not made
  no_pool,                 ///< translation is required and no pool serves the source
  pool_exhausted,          ///< no external port is free
  filtered,                ///< the mapping does not accept this remote (RFC 4787 REQ-8)
  untranslatable,          ///< a protocol or message that cannot be translated
  hairpin_loop,            ///< a hairpin that would be translated again
  redirect,  ///< an ICMP redirect or source quench, which no router forwards (RFC 1812
             ///< section 5.2.7.2)
};
inline constexpr std::size_t drop_reason_count = 54;

/// The reason as reports and counters name it.
constexpr std::string_view name(drop_reason reason) noexcept {
  switch (reason) {  // no default: a new value is a warning here, and warnings are errors
    case drop_reason::truncated_header:
      return "truncated_header";
    case drop_reason::bad_version:
      return "bad_version";
    case drop_reason::bad_header_length:
      return "bad_header_length";
    case drop_reason::bad_total_length:
      return "bad_total_length";
    case drop_reason::bad_ip_checksum:
      return "bad_ip_checksum";
    case drop_reason::bad_transport_length:
      return "bad_transport_length";
    case drop_reason::bad_transport_checksum:
      return "bad_transport_checksum";
    case drop_reason::bad_tcp_flags:
      return "bad_tcp_flags";
    case drop_reason::source_route:
      return "source_route";
    case drop_reason::ip_options:
      return "ip_options";
    case drop_reason::routing_header:
      return "routing_header";
    case drop_reason::unknown_extension:
      return "unknown_extension";
    case drop_reason::header_chain_too_long:
      return "header_chain_too_long";
    case drop_reason::jumbogram:
      return "jumbogram";
    case drop_reason::bad_fragment:
      return "bad_fragment";
    case drop_reason::scattered_headers:
      return "scattered_headers";
    case drop_reason::not_ip:
      return "not_ip";
    case drop_reason::foreign_mac:
      return "foreign_mac";
    case drop_reason::truncated_frame:
      return "truncated_frame";
    case drop_reason::martian_source:
      return "martian_source";
    case drop_reason::martian_destination:
      return "martian_destination";
    case drop_reason::spoofed_source:
      return "spoofed_source";
    case drop_reason::link_local:
      return "link_local";
    case drop_reason::multicast:
      return "multicast";
    case drop_reason::broadcast:
      return "broadcast";
    case drop_reason::link_broadcast:
      return "link_broadcast";
    case drop_reason::hop_limit_not_255:
      return "hop_limit_not_255";
    case drop_reason::dhcp:
      return "dhcp";
    case drop_reason::fragment_unsupported:
      return "fragment_unsupported";
    case drop_reason::no_session:
      return "no_session";
    case drop_reason::tcp_out_of_window:
      return "tcp_out_of_window";
    case drop_reason::icmp_error_unmatched:
      return "icmp_error_unmatched";
    case drop_reason::icmp_error_implausible:
      return "icmp_error_implausible";
    case drop_reason::bad_icmp_checksum:
      return "bad_icmp_checksum";
    case drop_reason::bad_quote:
      return "bad_quote";
    case drop_reason::session_table_full:
      return "session_table_full";
    case drop_reason::source_limit:
      return "source_limit";
    case drop_reason::embryonic_limit:
      return "embryonic_limit";
    case drop_reason::reply_unclaimed:
      return "reply_unclaimed";
    case drop_reason::no_route:
      return "no_route";
    case drop_reason::no_mapping:
      return "no_mapping";
    case drop_reason::no_zone:
      return "no_zone";
    case drop_reason::no_policy:
      return "no_policy";
    case drop_reason::policy_denied:
      return "policy_denied";
    case drop_reason::policy_rejected:
      return "policy_rejected";
    case drop_reason::needs_state:
      return "needs_state";
    case drop_reason::ttl_expired:
      return "ttl_expired";
    case drop_reason::too_big:
      return "too_big";
    case drop_reason::no_pool:
      return "no_pool";
    case drop_reason::pool_exhausted:
      return "pool_exhausted";
    case drop_reason::filtered:
      return "filtered";
    case drop_reason::untranslatable:
      return "untranslatable";
    case drop_reason::hairpin_loop:
      return "hairpin_loop";
    case drop_reason::redirect:
      return "redirect";
  }
  return {};
}

/// The reason in a sentence, for people.
constexpr std::string_view describe(drop_reason reason) noexcept {
  switch (reason) {
    case drop_reason::truncated_header:
      return "fewer bytes than the headers need";
    case drop_reason::bad_version:
      return "the version field is neither 4 nor 6, or not that of the frame";
    case drop_reason::bad_header_length:
      return "the IPv4 header length is under 20 bytes or past the packet";
    case drop_reason::bad_total_length:
      return "the IP length field promises more than arrived, or less than its headers";
    case drop_reason::bad_ip_checksum:
      return "the IPv4 header checksum is wrong (RFC 1812 section 5.2.2)";
    case drop_reason::bad_transport_length:
      return "a TCP data offset or UDP length contradicts the packet";
    case drop_reason::bad_transport_checksum:
      return "the transport checksum is wrong and `transport-checksum: drop` is set";
    case drop_reason::bad_tcp_flags:
      return "a TCP segment without flags, or with SYN and FIN or RST together";
    case drop_reason::source_route:
      return "an IPv4 source route option (RFC 7126 section 4.3)";
    case drop_reason::ip_options:
      return "IPv4 options, and the configuration drops them";
    case drop_reason::routing_header:
      return "a routing header that is type 0 (RFC 5095) or that the configuration drops";
    case drop_reason::unknown_extension:
      return "an IPv6 extension header that weir does not know";
    case drop_reason::header_chain_too_long:
      return "more extension headers than weir walks, or a chain not whole in the first "
             "fragment (RFC 7112)";
    case drop_reason::jumbogram:
      return "an IPv6 jumbo payload (RFC 2675)";
    case drop_reason::bad_fragment:
      return "a fragment whose offset or length cannot be part of a datagram, or of neighbour "
             "discovery";
    case drop_reason::scattered_headers:
      return "the headers are not contiguous in the driver's buffer";
    case drop_reason::not_ip:
      return "the frame carries neither IPv4 nor IPv6";
    case drop_reason::foreign_mac:
      return "the frame is addressed to another station";
    case drop_reason::truncated_frame:
      return "the frame ends inside its link header";
    case drop_reason::martian_source:
      return "the source address cannot be a source (RFC 6890, RFC 3704)";
    case drop_reason::martian_destination:
      return "the destination address is never routed";
    case drop_reason::spoofed_source:
      return "source validation found no such source behind the interface (RFC 3704)";
    case drop_reason::link_local:
      return "a link-local address that would have to be forwarded (RFC 4291 section 2.5.6)";
    case drop_reason::multicast:
      return "multicast that the host path does not take";
    case drop_reason::broadcast:
      return "broadcast that the host path does not take (RFC 2644)";
    case drop_reason::link_broadcast:
      return "a unicast packet in a link-layer broadcast or multicast frame (RFC 1812 section "
             "5.3.4)";
    case drop_reason::hop_limit_not_255:
      return "neighbour discovery that came through a router (RFC 4861 section 7.1)";
    case drop_reason::dhcp:
      return "DHCP that the host path does not take";
    case drop_reason::fragment_unsupported:
      return "a later fragment, and the flow needs its ports";
    case drop_reason::no_session:
      return "a segment or message of no session, and it cannot open one";
    case drop_reason::tcp_out_of_window:
      return "a TCP segment that is implausible in its session";
    case drop_reason::icmp_error_unmatched:
      return "an ICMP error that quotes no session";
    case drop_reason::icmp_error_implausible:
      return "an ICMP error whose quoted sequence was never sent (RFC 5927)";
    case drop_reason::bad_icmp_checksum:
      return "an ICMP checksum is wrong (RFC 5508 REQ-3)";
    case drop_reason::bad_quote:
      return "an ICMP error whose quoted packet cannot be read";
    case drop_reason::session_table_full:
      return "no session record is free";
    case drop_reason::source_limit:
      return "the source has as many sessions as it may";
    case drop_reason::embryonic_limit:
      return "the source has as many unanswered sessions as it may";
    case drop_reason::reply_unclaimed:
      return "an earlier flow to this remote still waits for its reply identifier";
    case drop_reason::no_route:
      return "no route to the destination";
    case drop_reason::no_mapping:
      return "a pool address that no mapping or session wears";
    case drop_reason::no_zone:
      return "an interface without a zone";
    case drop_reason::no_policy:
      return "no policy for the pair of zones";
    case drop_reason::policy_denied:
      return "the first matching rule, or the default, says deny";
    case drop_reason::policy_rejected:
      return "the first matching rule, or the default, says reject";
    case drop_reason::needs_state:
      return "a stateless permit, and the flow needs a translation";
    case drop_reason::ttl_expired:
      return "the TTL or hop limit ends here";
    case drop_reason::too_big:
      return "longer than the egress MTU, and fragments are not made";
    case drop_reason::no_pool:
      return "translation is required and no pool serves the source";
    case drop_reason::pool_exhausted:
      return "no external port is free";
    case drop_reason::filtered:
      return "the mapping does not accept this remote (RFC 4787 REQ-8)";
    case drop_reason::untranslatable:
      return "a protocol or message that cannot be translated";
    case drop_reason::hairpin_loop:
      return "a hairpin that would be translated again";
    case drop_reason::redirect:
      return "an ICMP redirect or source quench, which no router forwards (RFC 1812 section "
             "5.2.7.2)";
  }
  return {};
}

static_assert(!name(drop_reason{drop_reason_count - 1}).empty(), "the count is ahead of the enum");
static_assert(name(drop_reason{drop_reason_count}).empty(), "the count is behind the enum");

}  // namespace weir

#pragma once

#include "weir/net/ip_address.hpp"
#include "weir/net/port.hpp"
#include "weir/net/prefix.hpp"
#include "weir/net/protocol.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// What happens to the first packet of a flow.
enum class action : std::uint8_t {
  deny,                 ///< dropped in silence
  reject,               ///< dropped, and the sender is told
  permit,               ///< passes without a session
  permit_stateful,      ///< opens a session
  permit_stateful_nat,  ///< opens a session behind an address of a pool
};

/// As configurations write it.
constexpr std::string_view name(action what) noexcept {
  switch (what) {
    case action::deny:
      return "deny";
    case action::reject:
      return "reject";
    case action::permit:
      return "permit";
    case action::permit_stateful:
      return "permit-stateful";
    case action::permit_stateful_nat:
      return "permit-stateful-nat";
  }
  return {};
}

/// Which pieces of a datagram a rule is about.
enum class fragment_match : std::uint8_t {
  unspecified,  ///< all packets
  later,        ///< all pieces but the first
  first,        ///< the piece with the transport header
  any,          ///< every piece
  none,         ///< whole datagrams
};

/// A closed range of ICMP types or codes; empty where `last` lies before `first`.
struct icmp_range {
  std::uint8_t first = 0;
  std::uint8_t last = 255;

  constexpr bool contains(std::uint8_t number) const noexcept {
    return first <= number && number <= last;
  }

  friend constexpr bool operator==(const icmp_range&, const icmp_range&) noexcept = default;
};

/// The flags of which either makes a segment one of an established connection, as rules call it; of
/// byte 13 of RFC 9293 section 3.1.
inline constexpr unsigned tcp_ack_or_rst = 0x10 | 0x04;

/// One rule of a policy, with its sets expanded. It matches a packet that meets every criterion;
/// an empty list is no criterion.
///
///  - A list of addresses meets packets of its own families only: a rule with IPv4 sources and no
///    others is no rule for IPv6.
///  - Ports meet only protocols that have them, ICMP types and codes only the ICMP of the packet's
///    family, flags only TCP: a port never matches ESP, whatever the key of an ESP flow holds.
///  - AH of IPv6 stands before the transport header and hides nothing: a rule that names it matches
///    such packets whatever follows, where it denies, rejects or permits. One that opens sessions
///    does not, for its session would let pass what follows without the header too.
///  - Of a later fragment ports, flags, types and codes cannot be known. A rule that all else says
///    would match then answers `needs_header`, and the search ends there: later rules must not
///    let pass what this one may have denied.
struct rule {
  std::string name{};
  weir::action action = action::deny;
  std::optional<ip_family> family{};
  std::vector<ip_prefix> sources{};
  std::vector<ip_prefix> destinations{};
  std::vector<weir::protocol> protocols{};
  std::vector<port_range> source_ports{};
  std::vector<port_range> destination_ports{};
  std::vector<icmp_range> icmp_types{};
  std::vector<icmp_range> icmp_codes{};
  std::uint8_t tcp_flags_set = 0;    ///< each is set; as in byte 13 of RFC 9293 section 3.1
  std::uint8_t tcp_flags_clear = 0;  ///< each is clear
  bool tcp_established = false;      ///< ACK or RST is set
  fragment_match fragment = fragment_match::unspecified;
  bool log = false;
};

}  // namespace weir

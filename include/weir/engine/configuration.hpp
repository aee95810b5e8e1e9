#pragma once

// What a person asks for, as plain data: names are text, references are by name, nothing is
// proven. `checked()` in engine/checked.hpp turns it into a snapshot that an engine accepts, or
// names every fault.

#include "weir/net/ip_address.hpp"
#include "weir/net/mac_address.hpp"
#include "weir/net/port.hpp"
#include "weir/net/prefix.hpp"
#include "weir/net/protocol.hpp"
#include "weir/net/tcp_mode.hpp"
#include "weir/policy/policy.hpp"
#include "weir/policy/query.hpp"
#include "weir/policy/rule.hpp"
#include "weir/pool/pool.hpp"
#include "weir/session/session_opening.hpp"
#include "weir/session/timeouts.hpp"
#include "weir/time/instant.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace weir {

/// How the source of an arriving packet is held against the routes (BCP 38, BCP 84).
enum class source_validation : std::uint8_t {
  off,
  loose,   ///< some route to the source exists (RFC 3704 section 2.4)
  strict,  ///< the route to the source leaves by the interface it came from (RFC 3704 section 2.2)
};

struct interface_address_configuration {
  ip_address address{};
  std::optional<unsigned> length{};  ///< of its subnet; absent: a host's, on no subnet
};

/// The least and the greatest IP MTU of an interface, bytes.
inline constexpr std::uint32_t ipv4_mtu_min = 68;    // RFC 791 section 3.2
inline constexpr std::uint32_t ipv6_mtu_min = 1280;  // RFC 8200 section 5
inline constexpr std::uint32_t mtu_max = 65535;

struct interface_configuration {
  std::string name{};
  std::vector<interface_address_configuration> addresses{};
  std::string zone{};  ///< empty: none, and its traffic is dropped
  std::string domain = "default";
  std::uint32_t mtu = 1500;          ///< IP MTU, bytes; 68..65535 (1280.. with IPv6 addresses)
  std::optional<mac_address> mac{};  ///< for the backend; absent: it is to derive one from the name
  source_validation validation = source_validation::loose;
  std::optional<bool> accept_any_mac{};  ///< for the backend; absent: it is to decide
};

struct route_configuration {
  ip_prefix to{};                   ///< unless said, all of IPv4
  std::optional<ip_address> via{};  ///< absent: on link
  std::string interface = {};
  std::string domain = "default";
};

struct neighbor_configuration {
  ip_address address{};
  std::string interface = {};
  mac_address mac{};
};

struct host_path_configuration {
  bool dhcp = true;
  bool link_local = true;
  bool deliver_multicast = true;
  bool deliver_broadcast = true;
};

struct headers_configuration {
  bool pass_ip_options = true;
  bool pass_routing_headers = true;  ///< type 0 and source routes drop whatever this says
  bool pass_unknown_extensions = false;
};

struct checks_configuration {
  bool ip_checksum = true;
  bool transport_checksum = false;  ///< of packets whose bytes are all there; others pass unjudged
};

/// The least and the greatest segment that IPv4 can carry: RFC 791 section 3.2, RFC 9293
/// section 3.7.1.
inline constexpr std::uint16_t tcp_mss_min = 28;
inline constexpr std::uint16_t tcp_mss_max = 65495;

struct policy_configuration {
  std::string name{};
  std::string from{};
  std::string to{};
  action default_action = action::deny;
  bool implicit_icmpv6 = true;
  tcp_mode tcp = tcp_mode::strict;
  bool reset_unknown_tcp = false;
  std::optional<std::uint16_t> tcp_mss{};  ///< clamp to this number, from `tcp_mss_min` on
  bool clamp_tcp_mss = false;              ///< clamp to the path's MTU
  reject_form reject_with = reject_form::automatic;
  std::optional<session_timeouts> timeouts{};  ///< absent: the box's
  std::vector<rule> rules{};
};

struct pool_configuration {
  std::string name{};
  std::vector<ip_prefix> internal{};
  std::vector<ip_prefix> external{};
  std::string external_interface{};  ///< its addresses instead of `external` (one-address gateway)
  std::string zone{};                ///< only when leaving through this zone; empty: any
  std::string domain = "default";
  std::string external_domain{};      ///< empty: `domain`
  std::optional<port_range> ports{};  ///< absent: 1024-65535
  std::vector<port_range> reserved_ports{};
  bool deterministic = false;
  std::uint32_t ports_per_host = 0;  ///< deterministic; 0: as many as there are
  /// Of other protocols with ports as of UDP. A query of ICMP is answered by whom it asks alone.
  endpoint_filtering filtering_tcp = endpoint_filtering::address_and_port_dependent;
  endpoint_filtering filtering_udp = endpoint_filtering::address_and_port_dependent;
  bool preserve_port = true;
  bool preserve_parity = false;
  bool preserve_range = true;
  bool paired = true;
  bool paired_full_takes_other = false;
  bool inbound_refresh = false;
  exhaustion_answer exhausted = exhaustion_answer::silent;
};

/// Static translation: 1:1 where no port is given, else a port forward.
struct static_configuration {
  ipv4_address external{};
  std::optional<port> external_port{};
  ipv4_address internal{};
  std::optional<port> internal_port{};
  std::optional<weir::protocol> protocol{};
  std::string zone{};
  std::string domain = "default";
  bool hairpin = true;
  /// Which element of the list that was read it comes from, which may stand for several; absent:
  /// its own.
  std::optional<std::size_t> written{};
};

/// What is empty matches everything.
struct exempt_configuration {
  std::vector<ipv4_prefix> sources{};
  std::vector<ipv4_prefix> destinations{};
  std::vector<protocol> protocols{};
  std::vector<port_range> destination_ports{};
  std::string domain = "default";
};

struct nat_configuration {
  std::vector<pool_configuration> pools{};
  std::vector<static_configuration> statics{};
  std::vector<exempt_configuration> exempt{};
};

/// The most sessions: the largest power of two that a table of them takes.
inline constexpr std::uint32_t sessions_limit = 1u << 26;

struct sessions_configuration {
  std::uint32_t max = 1'000'000;
  full_policy full = full_policy::refuse;
  std::uint32_t per_source = 0;            ///< 0: no limit
  std::uint32_t embryonic_per_source = 0;  ///< 0: no limit
  session_timeouts timeouts{};
  bool dns_reply_closes = false;  ///< with as many replies as there were queries
};

struct compatibility_configuration {
  bool pass_unzoned = false;    ///< sfw's behaviour without a zone
  bool reverse_policy = false;  ///< sfw's fallback to the opposite pair
};

/// What the program does with what it is told: weir itself writes nothing anywhere.
struct events_configuration {
  bool log_to_stderr = false;
};

/// Everything one box needs.
struct configuration {
  std::vector<interface_configuration> interfaces{};
  std::vector<route_configuration> routes{};
  std::vector<neighbor_configuration> neighbors{};
  host_path_configuration host_path{};
  headers_configuration headers{};
  bool drop_martians = true;
  checks_configuration checks{};
  std::uint32_t icmp_errors_per_second = 1000;
  std::vector<policy_configuration> policies{};
  nat_configuration nat{};
  sessions_configuration sessions{};
  events_configuration events{};
  compatibility_configuration compatibility{};
};

/// One thing that is wrong with a configuration.
struct fault {
  /// Where, by the keys of configuration files and indices, interfaces by their names:
  /// `policies[0].rules[2].protocol`, `interfaces.lan.mtu`, `nat.static[0]`.
  std::string path{};
  std::string what{};      ///< what is wrong
  std::string fix{};       ///< what would be right
  std::string other = {};  ///< where the other thing is that it is at odds with, if that says more

  friend bool operator==(const fault&, const fault&) = default;
};

/// `where: what is wrong; what would be right`, without a line end.
inline std::string to_text(const fault& one) {
  const std::string where = one.path.empty() ? "" : one.path + ": ";
  return where + one.what + "; " + one.fix;
}

}  // namespace weir

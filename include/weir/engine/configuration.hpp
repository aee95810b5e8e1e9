#pragma once

// What a person asks for, as plain data: names are text, references are by name, nothing is
// proven. `checked()` in engine/checked.hpp turns it into a snapshot that an engine accepts, or
// names every fault.

#include "weir/net/flow_key.hpp"
#include "weir/net/ip_address.hpp"
#include "weir/net/mac_address.hpp"
#include "weir/net/port.hpp"
#include "weir/net/prefix.hpp"
#include "weir/net/protocol.hpp"
#include "weir/time/instant.hpp"

#include <array>
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

/// An address of an interface, with the length of its subnet.
struct interface_address_configuration {
  ip_address address{};
  unsigned length = 32;
};

struct interface_configuration {
  std::string name;
  std::vector<interface_address_configuration> addresses;
  std::string zone;  ///< empty: none, and its traffic is dropped
  std::string domain = "default";
  std::uint32_t mtu = 1500;        ///< IP MTU, bytes; 68..65535 (1280.. with IPv6 addresses)
  std::optional<mac_address> mac;  ///< absent: derived from the name
  source_validation validation = source_validation::loose;
  std::optional<bool> accept_any_mac;  ///< absent: the backend decides
};

struct route_configuration {
  ip_prefix to{};
  std::optional<ip_address> via;  ///< absent: on link
  std::string interface;
  std::string domain = "default";
};

struct neighbor_configuration {
  ip_address address{};
  std::string interface;
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
  bool transport_checksum = false;
};

enum class rule_action : std::uint8_t {
  deny,
  reject,
  permit,
  permit_stateful,
  permit_stateful_nat,
};

enum class rule_fragment : std::uint8_t {
  unspecified,
  later,
  first,
  any,   ///< first or later
  none,  ///< whole datagrams
};

/// A closed range of small numbers: ICMP types, ICMP codes.
struct byte_range {
  std::uint8_t first = 0;
  std::uint8_t last = 255;

  friend constexpr bool operator==(const byte_range&, const byte_range&) noexcept = default;
};

/// One rule of a policy. Empty lists match anything.
struct rule_configuration {
  std::string name;
  rule_action action = rule_action::deny;
  std::optional<ip_family> family;
  std::vector<ip_prefix> sources;
  std::vector<ip_prefix> destinations;
  std::vector<weir::protocol> protocols;
  std::vector<port_range> source_ports;
  std::vector<port_range> destination_ports;
  std::vector<byte_range> icmp_types;
  std::vector<byte_range> icmp_codes;
  std::uint8_t tcp_flags_set = 0;    ///< all of these are set
  std::uint8_t tcp_flags_clear = 0;  ///< all of these are clear
  bool tcp_established = false;      ///< ACK or RST is set
  rule_fragment fragment = rule_fragment::unspecified;
  bool log = false;
};

enum class tcp_tracking : std::uint8_t {
  strict,  ///< sessions open with SYN, sequences must be plausible
  loose,   ///< mid-stream pickup and asymmetric paths
  off,
};

enum class reject_answer : std::uint8_t {
  automatic,  ///< RST for TCP, port unreachable else
  port_unreachable,
  admin_prohibited,
};

/// Idle times after which a session ends.
struct timeouts_configuration {
  duration tcp_opening = duration::minutes(4);        ///< RFC 5382 REQ-5
  duration tcp_established = duration::minutes(124);  ///< RFC 5382 REQ-5
  duration tcp_half_closed = duration::minutes(124);  ///< RFC 5382 REQ-5
  duration tcp_closing = duration::minutes(4);        ///< RFC 7857 section 2.1
  duration tcp_reset = duration::minutes(4);          ///< RFC 7857 section 2.2
  duration udp = duration::minutes(5);                ///< RFC 4787 REQ-5
  duration udp_one_way = duration::minutes(2);        ///< RFC 4787 REQ-5
  duration dns = duration::minutes(2);                ///< RFC 4787 REQ-5
  duration icmp = duration::seconds(60);              ///< RFC 5508 REQ-2
  duration sctp = duration::minutes(124);
  duration gre = duration::minutes(5);
  duration esp = duration::minutes(5);
  duration other = duration::minutes(10);
};

struct policy_configuration {
  std::string name;
  std::string from;
  std::string to;
  rule_action default_action = rule_action::deny;
  bool implicit_icmpv6 = true;
  tcp_tracking tcp = tcp_tracking::strict;
  bool reset_unknown_tcp = false;
  std::optional<std::uint16_t> tcp_mss;  ///< clamp to this number
  bool clamp_tcp_mss = false;            ///< clamp to the path's MTU
  reject_answer reject_with = reject_answer::automatic;
  std::optional<timeouts_configuration> timeouts;  ///< absent: the box's
  std::vector<rule_configuration> rules;
};

enum class nat_filtering : std::uint8_t {
  endpoint_independent,
  address_and_port_dependent,
};

enum class exhausted_answer : std::uint8_t {
  silent,
  admin_prohibited,
  host_unreachable,
};

struct pool_configuration {
  std::string name;
  std::vector<ip_prefix> internal;
  std::vector<ip_prefix> external;
  std::string external_interface;  ///< its addresses instead of `external` (one-address gateway)
  std::string zone;                ///< only when leaving through this zone; empty: any
  std::string domain = "default";
  std::string external_domain;      ///< empty: `domain`
  std::optional<port_range> ports;  ///< absent: 1024-65535
  std::vector<port_range> reserved_ports;
  bool deterministic = false;
  std::uint32_t ports_per_host = 0;  ///< deterministic; 0: as many as there are
  nat_filtering filtering_tcp = nat_filtering::address_and_port_dependent;
  nat_filtering filtering_udp = nat_filtering::address_and_port_dependent;
  nat_filtering filtering_icmp = nat_filtering::address_and_port_dependent;
  bool preserve_port = true;
  bool preserve_parity = false;
  bool preserve_range = true;
  bool paired = true;
  bool paired_full_takes_other = false;
  bool inbound_refresh = false;
  exhausted_answer exhausted = exhausted_answer::silent;
};

/// Static translation: 1:1 where no port is given, else a port forward.
struct static_configuration {
  ipv4_address external{};
  std::optional<port> external_port;
  ipv4_address internal{};
  std::optional<port> internal_port;
  std::optional<weir::protocol> protocol;
  std::string zone;
  std::string domain = "default";
  bool hairpin = true;
};

struct exempt_configuration {
  ipv4_prefix source{};
  ipv4_prefix destination{};
  std::optional<weir::protocol> protocol;
  std::vector<port_range> destination_ports;
};

struct nat_configuration {
  std::vector<pool_configuration> pools;
  std::vector<static_configuration> statics;
  std::vector<exempt_configuration> exempt;
};

enum class when_full : std::uint8_t {
  refuse,
  evict_embryonic,
  fair_share,
};

struct sessions_configuration {
  std::uint32_t max = 1'000'000;
  when_full full = when_full::refuse;
  std::uint32_t per_source = 0;            ///< 0: no limit
  std::uint32_t embryonic_per_source = 0;  ///< 0: no limit
  timeouts_configuration timeouts{};
  bool dns_reply_closes = false;
};

struct compatibility_configuration {
  bool pass_unzoned = false;    ///< sfw's behaviour without a zone
  bool reverse_policy = false;  ///< sfw's fallback to the opposite pair
};

struct events_configuration {
  bool log_to_stderr = false;
};

/// Everything one box needs.
struct configuration {
  std::vector<interface_configuration> interfaces;
  std::vector<route_configuration> routes;
  std::vector<neighbor_configuration> neighbors;
  host_path_configuration host_path{};
  headers_configuration headers{};
  bool drop_martians = true;
  checks_configuration checks{};
  std::uint32_t icmp_errors_per_second = 1000;
  std::vector<policy_configuration> policies;
  nat_configuration nat{};
  sessions_configuration sessions{};
  events_configuration events{};
  compatibility_configuration compatibility{};
};

/// One thing that is wrong with a configuration.
struct fault {
  std::string path;  ///< where, as keys and indices: `policies[0].rules[2].protocol`
  std::string what;  ///< what is wrong
  std::string fix;   ///< what would be right

  friend bool operator==(const fault&, const fault&) = default;
};

}  // namespace weir

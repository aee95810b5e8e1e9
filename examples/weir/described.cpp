#include "examples/weir/described.hpp"

#include "weir/net/text.hpp"
#include "weir/wire/header_walk.hpp"
#include "weir/wire/icmp_header.hpp"
#include "weir/wire/ipv6_header.hpp"
#include "weir/wire/tcp_header.hpp"

#include "examples/weir/text.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace weir::program {

namespace {

std::string protocol_text(protocol one) {
  const auto known = name(one);
  return known.empty() ? fmt::format("protocol {}", number(one)) : std::string{known};
}

std::string flags_text(std::uint8_t flags) {
  constexpr std::array<std::pair<std::uint8_t, const char*>, 8> names{{{tcp_flag::syn, "SYN"},
                                                                       {tcp_flag::fin, "FIN"},
                                                                       {tcp_flag::rst, "RST"},
                                                                       {tcp_flag::psh, "PSH"},
                                                                       {tcp_flag::ack, "ACK"},
                                                                       {tcp_flag::urg, "URG"},
                                                                       {tcp_flag::ece, "ECE"},
                                                                       {tcp_flag::cwr, "CWR"}}};
  std::string made;
  for (const auto& [flag, name] : names) {
    if ((flags & flag) != 0) made += made.empty() ? name : std::string{"+"} + name;
  }
  return made;
}

std::string ends_text(const flow_facts& flow, bool ported) {
  const auto kind = protocol_text(flow.protocol);
  return ported ? fmt::format("{} {} -> {}", kind, text(flow.source, flow.source_port),
                              text(flow.destination, flow.destination_port))
                : fmt::format("{} {} -> {}", kind, to_text(flow.source), to_text(flow.destination));
}

bool is_request(protocol transport, port type) {
  constexpr unsigned type_max = 0xFF;
  if (type.number() > type_max) {
    return false;
  }
  const auto number = static_cast<std::uint8_t>(type.number());
  return transport == protocol::icmp
             ? is_icmp_request<ipv4>(number)
             : transport == protocol::icmpv6 && is_icmp_request<ipv6>(number);
}

/// The identifier of an ICMP query, as flow_key keeps it: at the asker's end, and the type of the
/// request at the other one. A type that is an identifier too counts for the way asked about.
std::string identifier_text(const flow_facts& flow, direction way) {
  auto asker = flow.source_port;
  auto answerer = flow.destination_port;
  if (way == direction::reply) std::swap(asker, answerer);
  if (!is_request(flow.protocol, answerer)) std::swap(asker, answerer);
  return is_request(flow.protocol, answerer) ? fmt::format(", id {}", asker.number()) : "";
}

std::string message_text(const packet_facts& facts) {
  switch (facts.message) {
    case message_kind::tcp:
      return flags_text(facts.tcp_flags);
    case message_kind::icmp_query:
      return fmt::format("query type {}", facts.icmp_type);
    case message_kind::icmp_error:
      return fmt::format("error type {} code {}", facts.icmp_type, facts.icmp_code);
    case message_kind::icmp_other:
      return fmt::format("type {} code {}", facts.icmp_type, facts.icmp_code);
    case message_kind::opaque:
      return "a later fragment";
    case message_kind::udp:
    case message_kind::ports:
    case message_kind::spi:
    case message_kind::gre:
    case message_kind::portless:
      break;
  }
  return {};
}

template <IpVersion V>
std::string packet_text(std::span<const std::byte> packet, std::size_t wire_size,
                        const walk_options& options) {
  const auto found = walk<V>(packet, wire_size, domain_id{}, options);
  if (!found.facts.ok) {
    return fmt::format("{} bytes whose headers cannot be read: {}", wire_size,
                       weir::describe(found.facts.fault));
  }
  const auto message = message_text(found.facts);
  const auto flow = facts_of(unpack(found.key));
  const bool is_later = found.facts.message == message_kind::opaque;  // the first one has the ports
  const auto way =
      is_icmp_request<V>(found.facts.icmp_type) ? direction::original : direction::reply;
  return fmt::format("{}{}{}, {} bytes, TTL {}",
                     is_later ? ends_text(flow, false) : describe(flow, way),
                     message.empty() ? "" : ", ", message, wire_size, found.facts.ttl);
}

}  // namespace

std::string describe(const flow_facts& flow, direction way) {
  return ends_text(flow, has_ports(flow.protocol)) + identifier_text(flow, way);
}

std::string describe_packet(std::span<const std::byte> packet, std::size_t wire_size,
                            const snapshot& config) {
  return is_ipv6(packet) ? packet_text<ipv6>(packet, wire_size, config.walking())
                         : packet_text<ipv4>(packet, wire_size, config.walking());
}

std::string describe(const judgement& said, const snapshot& config) {
  const auto zones =
      fmt::format("{} to {}", config.zone_name(said.from), config.zone_name(said.to));
  const auto& policy = config.raw().policies[said.policy];
  const auto does = name(action{said.action});
  if (said.rule == judgement::default_rule) {
    return fmt::format("{}: policy \"{}\", by default: {}", zones, policy.name, does);
  }
  const auto& rule = policy.rules[said.rule].name;
  return fmt::format("{}: policy \"{}\", rule {}{}: {}", zones, policy.name, said.rule + 1,
                     rule.empty() ? "" : fmt::format(" \"{}\"", rule), does);
}

std::string describe(next_hop_id id, const snapshot& config) {
  const auto& hop = config.next_hop(id);
  switch (hop.kind) {
    case next_hop_kind::local:
      return "the box itself";
    case next_hop_kind::broadcast:
      return "all hosts of a subnet";
    case next_hop_kind::forward:
      break;
  }
  const auto& egress = config.interface(hop.interface).name;
  return hop.gateway ? fmt::format("{}, by the router {}", egress, to_text(*hop.gateway))
                     : fmt::format("{}, the destination is on its link", egress);
}

std::string_view describe(translation_kind kind) noexcept {
  switch (kind) {
    case translation_kind::none:
      return "none";
    case translation_kind::exempt:
      return "none, an exemption matches";
    case translation_kind::internal:
      return "none, both ends are inside";
    case translation_kind::one_to_one:
      return "a static 1:1 entry";
    case translation_kind::port_forward:
      return "a port forward";
    case translation_kind::mapping:
      return "an existing mapping";
    case translation_kind::pool:
      return "a pool";
    case translation_kind::deterministic:
      return "a deterministic pool";
  }
  return {};
}

}  // namespace weir::program

#pragma once

// A raw configuration as lines of text, so that tests can compare all of it.

#include "weir/engine/configuration.hpp"
#include "weir/net/text.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

namespace weir::test {

/// Each member of a configuration by its path, as text.
class description {
 public:
  explicit description(const configuration& raw) {
    each("interfaces", raw.interfaces);
    each("routes", raw.routes);
    each("neighbors", raw.neighbors);
    add("host-path", raw.host_path);
    add("headers", raw.headers);
    add("martians", raw.drop_martians);
    add("checks", raw.checks);
    add("limits.icmp-errors-per-second", raw.icmp_errors_per_second);
    each("policies", raw.policies);
    each("nat.pools", raw.nat.pools);
    each("nat.static", raw.nat.statics);
    each("nat.exempt", raw.nat.exempt);
    add("sessions", raw.sessions);
    add("events.log", raw.events.log_to_stderr);
    add("compatibility.unzoned", raw.compatibility.pass_unzoned);
    add("compatibility.reverse-policy", raw.compatibility.reverse_policy);
  }

  /// The text at a path; empty if there is none.
  std::string at(const std::string& path) const {
    const auto place = lines_.find(path);
    return place == lines_.end() ? "" : place->second;
  }
  const std::map<std::string, std::string>& lines() const { return lines_; }

 private:
  void add(const std::string& path, const std::string& text) { lines_[path] = text; }
  void add(const std::string& path, bool flag) { lines_[path] = flag ? "true" : "false"; }
  template <std::unsigned_integral Number>
  void add(const std::string& path, Number number) {
    lines_[path] = std::to_string(number);
  }
  void add(const std::string& path, duration span) {
    lines_[path] = std::to_string(span.count() / 1'000'000) + "ms";
  }
  template <class Enumeration>
    requires std::is_enum_v<Enumeration>
  void add(const std::string& path, Enumeration one) {
    lines_[path] = "#" + std::to_string(static_cast<unsigned>(one));
  }
  void add(const std::string& path, protocol one) { lines_[path] = std::string{name(one)}; }
  void add(const std::string& path, port one) { lines_[path] = std::to_string(one.number()); }
  void add(const std::string& path, const icmp_range& range) {
    lines_[path] = std::to_string(range.first) + "-" + std::to_string(range.last);
  }
  template <class Written>
    requires requires(const Written& one) { to_text(one); }
  void add(const std::string& path, const Written& one) {
    lines_[path] = to_text(one);
  }
  template <class T>
  void add(const std::string& path, const std::optional<T>& maybe) {
    if (maybe) {
      add(path, *maybe);
    } else {
      lines_[path] = "none";
    }
  }
  template <class T>
  void each(const std::string& path, const std::vector<T>& list) {
    lines_[path] = std::to_string(list.size());
    for (std::size_t i = 0; i < list.size(); ++i) {
      add(path + "[" + std::to_string(i) + "]", list[i]);
    }
  }

  void add(const std::string& path, const interface_address_configuration& one) {
    lines_[path] = to_text(one.address) + "/" + std::to_string(one.length.value());
  }
  void add(const std::string& path, const interface_configuration& one) {
    add(path + ".name", one.name);
    each(path + ".addresses", one.addresses);
    add(path + ".zone", one.zone);
    add(path + ".domain", one.domain);
    add(path + ".mtu", one.mtu);
    add(path + ".mac", one.mac);
    add(path + ".source-validation", one.validation);
    add(path + ".accept-mac", one.accept_any_mac);
  }
  void add(const std::string& path, const route_configuration& one) {
    add(path + ".to", one.to);
    add(path + ".via", one.via);
    add(path + ".interface", one.interface);
    add(path + ".domain", one.domain);
  }
  void add(const std::string& path, const neighbor_configuration& one) {
    add(path + ".address", one.address);
    add(path + ".interface", one.interface);
    add(path + ".mac", one.mac);
  }
  void add(const std::string& path, const host_path_configuration& one) {
    add(path + ".dhcp", one.dhcp);
    add(path + ".link-local", one.link_local);
    add(path + ".multicast", one.deliver_multicast);
    add(path + ".broadcast", one.deliver_broadcast);
  }
  void add(const std::string& path, const headers_configuration& one) {
    add(path + ".ip-options", one.pass_ip_options);
    add(path + ".routing-headers", one.pass_routing_headers);
    add(path + ".unknown-extension", one.pass_unknown_extensions);
  }
  void add(const std::string& path, const checks_configuration& one) {
    add(path + ".ip-checksum", one.ip_checksum);
    add(path + ".transport-checksum", one.transport_checksum);
  }
  void add(const std::string& path, const rule& one) {
    add(path + ".name", one.name);
    add(path + ".action", one.action);
    add(path + ".family", one.family);
    each(path + ".source", one.sources);
    each(path + ".destination", one.destinations);
    each(path + ".protocol", one.protocols);
    each(path + ".source-port", one.source_ports);
    each(path + ".destination-port", one.destination_ports);
    each(path + ".icmp-type", one.icmp_types);
    each(path + ".icmp-code", one.icmp_codes);
    add(path + ".tcp-flags.set", std::uint32_t{one.tcp_flags_set});
    add(path + ".tcp-flags.clear", std::uint32_t{one.tcp_flags_clear});
    add(path + ".tcp-flags.established", one.tcp_established);
    add(path + ".fragment", one.fragment);
    add(path + ".log", one.log);
  }
  void add(const std::string& path, const policy_configuration& one) {
    add(path + ".name", one.name);
    add(path + ".from", one.from);
    add(path + ".to", one.to);
    add(path + ".default", one.default_action);
    add(path + ".implicit-icmpv6", one.implicit_icmpv6);
    add(path + ".tcp", one.tcp);
    add(path + ".tcp-unknown", one.reset_unknown_tcp);
    add(path + ".tcp-mss", one.tcp_mss);
    add(path + ".tcp-mss.clamp", one.clamp_tcp_mss);
    add(path + ".reject-with", one.reject_with);
    add(path + ".timeouts", one.timeouts);
    each(path + ".rules", one.rules);
  }
  void add(const std::string& path, const session_timeouts& one) {
    add(path + ".tcp-opening", one.tcp_opening);
    add(path + ".tcp-established", one.tcp_established);
    add(path + ".tcp-half-closed", one.tcp_half_closed);
    add(path + ".tcp-closing", one.tcp_closing);
    add(path + ".tcp-reset", one.tcp_reset);
    add(path + ".udp", one.udp);
    add(path + ".udp-one-way", one.udp_one_way);
    add(path + ".dns", one.dns);
    add(path + ".icmp", one.icmp);
    add(path + ".sctp", one.sctp);
    add(path + ".gre", one.gre);
    add(path + ".esp", one.esp);
    add(path + ".other", one.other);
  }
  void add(const std::string& path, const pool_configuration& one) {
    add(path + ".name", one.name);
    each(path + ".internal", one.internal);
    each(path + ".external", one.external);
    add(path + ".external.interface", one.external_interface);
    add(path + ".zone", one.zone);
    add(path + ".domain", one.domain);
    add(path + ".external-domain", one.external_domain);
    add(path + ".ports", one.ports);
    each(path + ".reserved-ports", one.reserved_ports);
    add(path + ".mode", one.deterministic);
    add(path + ".deterministic.ports-per-host", one.ports_per_host);
    add(path + ".filtering.tcp", one.filtering_tcp);
    add(path + ".filtering.udp", one.filtering_udp);
    add(path + ".preserve-port", one.preserve_port);
    add(path + ".preserve-parity", one.preserve_parity);
    add(path + ".preserve-range", one.preserve_range);
    add(path + ".paired", one.paired);
    add(path + ".when-paired-full", one.paired_full_takes_other);
    add(path + ".inbound-refresh", one.inbound_refresh);
    add(path + ".exhausted", one.exhausted);
  }
  void add(const std::string& path, const static_configuration& one) {
    add(path + ".external", to_text(one.external));
    add(path + ".external.port", one.external_port);
    add(path + ".internal", to_text(one.internal));
    add(path + ".internal.port", one.internal_port);
    add(path + ".protocol", one.protocol);
    add(path + ".zone", one.zone);
    add(path + ".domain", one.domain);
    add(path + ".hairpin", one.hairpin);
  }
  void add(const std::string& path, const exempt_configuration& one) {
    each(path + ".source", one.sources);
    each(path + ".destination", one.destinations);
    each(path + ".protocol", one.protocols);
    each(path + ".destination-port", one.destination_ports);
    add(path + ".domain", one.domain);
  }
  void add(const std::string& path, const sessions_configuration& one) {
    add(path + ".max", one.max);
    add(path + ".when-full", one.full);
    add(path + ".per-source", one.per_source);
    add(path + ".embryonic-per-source", one.embryonic_per_source);
    add(path + ".timeouts", one.timeouts);
    add(path + ".dns-reply-closes", one.dns_reply_closes);
  }

  std::map<std::string, std::string> lines_;
};

}  // namespace weir::test

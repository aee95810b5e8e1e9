#include "weir/config/reader.hpp"

#include "tests/config/describe.hpp"
#include "tests/support/catch.hpp"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

using weir::config::loaded;
using weir::config::located_fault;
using weir::config::position;
using weir::config::read;
using weir::test::description;

namespace {

/// What a text says; a text with faults is a failure of the test.
description described(const std::string& text) {
  auto result = read(text, "box.yaml");
  if (const auto* faults = std::get_if<std::vector<located_fault>>(&result)) {
    INFO(text);
    FAIL(to_text(faults->front()));
  }
  return description{std::get<loaded>(result).raw()};
}

/// A key, written, and what becomes of it.
struct reading {
  std::string text;
  std::string path;
  std::string expected;
};

void check(const std::string& before, const std::string& after, const reading& one) {
  const std::string text = before + one.text + after;
  INFO(text);
  CHECK(described(text).at(one.path) == one.expected);
}

}  // namespace

TEST_CASE("an empty file asks for the defaults", "[config][reader]") {
  const auto text =
      GENERATE("", "\n\n", "# nothing\n", "---\n", "--- {}\n", "{}\n", "\xEF\xBB\xBF");

  const auto asked = described(text);

  CHECK(asked.lines() == description{weir::configuration{}}.lines());
}

TEST_CASE("every key of an empty file has its documented default", "[config][reader]") {
  const auto asked = described("");
  const auto [path, expected] = GENERATE(table<std::string, std::string>({
      {"host-path.dhcp", "true"},
      {"host-path.link-local", "true"},
      {"host-path.multicast", "true"},
      {"host-path.broadcast", "true"},
      {"headers.ip-options", "true"},
      {"headers.routing-headers", "true"},
      {"headers.unknown-extension", "false"},
      {"martians", "true"},
      {"checks.ip-checksum", "true"},
      {"checks.transport-checksum", "false"},
      {"limits.icmp-errors-per-second", "1000"},
      {"sessions.max", "1000000"},
      {"sessions.when-full", "#0"},
      {"sessions.per-source", "0"},
      {"sessions.embryonic-per-source", "0"},
      {"sessions.timeouts.tcp-opening", "240000ms"},
      {"sessions.timeouts.tcp-established", "7440000ms"},
      {"sessions.timeouts.tcp-half-closed", "7440000ms"},
      {"sessions.timeouts.tcp-closing", "240000ms"},
      {"sessions.timeouts.tcp-reset", "240000ms"},
      {"sessions.timeouts.udp", "300000ms"},
      {"sessions.timeouts.udp-one-way", "120000ms"},
      {"sessions.timeouts.dns", "120000ms"},
      {"sessions.timeouts.icmp", "60000ms"},
      {"sessions.timeouts.sctp", "7440000ms"},
      {"sessions.timeouts.gre", "300000ms"},
      {"sessions.timeouts.esp", "300000ms"},
      {"sessions.timeouts.other", "600000ms"},
      {"sessions.dns-reply-closes", "false"},
      {"events.log", "false"},
      {"compatibility.unzoned", "false"},
      {"compatibility.reverse-policy", "false"},
  }));

  INFO(path);
  CHECK(asked.at(path) == expected);
}

TEST_CASE("every key of an element that says the least has its default", "[config][reader]") {
  const auto asked = described(R"(
interfaces: { lan: {} }
routes: [{ to: 10.0.0.0/8, interface: lan }]
policies: [{ from: inside, to: outside, rules: [{ action: deny }] }]
nat:
  pools: [{ name: p, internal: 10.0.0.0/8, external: 192.0.2.1 }]
  static: [{ external: 192.0.2.2, internal: 10.0.0.2 }]
  exempt: [{ source: 10.0.0.0/8, destination: 10.0.0.0/8 }]
)");
  const auto [path, expected] = GENERATE(table<std::string, std::string>({
      {"interfaces[0].addresses", "0"},
      {"interfaces[0].zone", ""},
      {"interfaces[0].domain", "default"},
      {"interfaces[0].mtu", "1500"},
      {"interfaces[0].mac", "none"},
      {"interfaces[0].source-validation", "#1"},
      {"interfaces[0].accept-mac", "none"},
      {"routes[0].via", "none"},
      {"routes[0].domain", "default"},
      {"policies[0].name", "inside-outside"},
      {"policies[0].default", "#0"},
      {"policies[0].implicit-icmpv6", "true"},
      {"policies[0].tcp", "#0"},
      {"policies[0].tcp-unknown", "false"},
      {"policies[0].tcp-mss", "none"},
      {"policies[0].tcp-mss.clamp", "false"},
      {"policies[0].reject-with", "#0"},
      {"policies[0].timeouts", "none"},
      {"policies[0].rules[0].name", ""},
      {"policies[0].rules[0].family", "none"},
      {"policies[0].rules[0].source", "0"},
      {"policies[0].rules[0].destination", "0"},
      {"policies[0].rules[0].protocol", "0"},
      {"policies[0].rules[0].source-port", "0"},
      {"policies[0].rules[0].destination-port", "0"},
      {"policies[0].rules[0].icmp-type", "0"},
      {"policies[0].rules[0].icmp-code", "0"},
      {"policies[0].rules[0].tcp-flags.set", "0"},
      {"policies[0].rules[0].tcp-flags.clear", "0"},
      {"policies[0].rules[0].tcp-flags.established", "false"},
      {"policies[0].rules[0].fragment", "#0"},
      {"policies[0].rules[0].log", "false"},
      {"nat.pools[0].zone", ""},
      {"nat.pools[0].domain", "default"},
      {"nat.pools[0].external-domain", ""},
      {"nat.pools[0].ports", "none"},
      {"nat.pools[0].reserved-ports", "0"},
      {"nat.pools[0].mode", "false"},
      {"nat.pools[0].deterministic.ports-per-host", "0"},
      {"nat.pools[0].filtering.tcp", "#1"},
      {"nat.pools[0].filtering.udp", "#1"},
      {"nat.pools[0].preserve-port", "true"},
      {"nat.pools[0].preserve-parity", "false"},
      {"nat.pools[0].preserve-range", "true"},
      {"nat.pools[0].paired", "true"},
      {"nat.pools[0].when-paired-full", "false"},
      {"nat.pools[0].inbound-refresh", "false"},
      {"nat.pools[0].exhausted", "#0"},
      {"nat.static[0].external.port", "none"},
      {"nat.static[0].internal.port", "none"},
      {"nat.static[0].protocol", "none"},
      {"nat.static[0].zone", ""},
      {"nat.static[0].domain", "default"},
      {"nat.static[0].hairpin", "true"},
      {"nat.exempt[0].protocol", "0"},
      {"nat.exempt[0].destination-port", "0"},
      {"nat.exempt[0].domain", "default"},
  }));

  INFO(path);
  CHECK(asked.at(path) == expected);
}

TEST_CASE("the keys of the box are read", "[config][reader]") {
  const auto one = GENERATE(values<reading>({
      {"host-path: { dhcp: false }", "host-path.dhcp", "false"},
      {"host-path: { link-local: off }", "host-path.link-local", "false"},
      {"host-path: { multicast: drop }", "host-path.multicast", "false"},
      {"host-path: { broadcast: drop }", "host-path.broadcast", "false"},
      {"headers: { ip-options: drop }", "headers.ip-options", "false"},
      {"headers: { routing-headers: drop }", "headers.routing-headers", "false"},
      {"headers: { unknown-extension: pass }", "headers.unknown-extension", "true"},
      {"martians: off", "martians", "false"},
      {"martians: \"off\"", "martians", "false"},
      {"martians: false", "martians", "false"},
      {"martians: drop", "martians", "true"},
      {"checks: { ip-checksum: off }", "checks.ip-checksum", "false"},
      {"checks: { transport-checksum: drop }", "checks.transport-checksum", "true"},
      {"limits: { icmp-errors-per-second: 0 }", "limits.icmp-errors-per-second", "0"},
      {"limits: { icmp-errors-per-second: 4294967295 }", "limits.icmp-errors-per-second",
       "4294967295"},
      {"events: { log: stderr }", "events.log", "true"},
      {"events: { log: 'off', sessions: off, blocks: on, destinations: false }", "events.log",
       "false"},
      {"events: { sessions: false, blocks: true, destinations: off }", "events.log", "false"},
      {"compatibility: { unzoned: pass }", "compatibility.unzoned", "true"},
      {"compatibility: { reverse-policy: true }", "compatibility.reverse-policy", "true"},
  }));

  check("", "\n", one);
}

TEST_CASE("interfaces, routes and neighbours are read", "[config][reader]") {
  const auto one = GENERATE(values<reading>({
      {"interfaces: { lan: { addresses: [192.168.1.1/24, \"2001:db8:1::1/64\"] } }",
       "interfaces[0].addresses[1]", "2001:db8:1::1/64"},
      {"interfaces: { lan: { addresses: 192.168.1.1/24 } }", "interfaces[0].addresses[0]",
       "192.168.1.1/24"},
      {"interfaces: { lan: { addresses: [] } }", "interfaces[0].addresses", "0"},
      {"interfaces: { eth0.100: { zone: inside } }", "interfaces[0].name", "eth0.100"},
      {"interfaces: { lan: { zone: inside } }", "interfaces[0].zone", "inside"},
      {"interfaces: { lan: { domain: red } }", "interfaces[0].domain", "red"},
      {"interfaces: { lan: { mtu: 68 } }", "interfaces[0].mtu", "68"},
      {"interfaces: { lan: { mtu: 65535 } }", "interfaces[0].mtu", "65535"},
      {"interfaces: { lan: { mac: 02:00:00:00:0a:FE } }", "interfaces[0].mac", "02:00:00:00:0a:fe"},
      {"interfaces: { lan: { source-validation: strict } }", "interfaces[0].source-validation",
       "#2"},
      {"interfaces: { lan: { source-validation: off } }", "interfaces[0].source-validation", "#0"},
      {"interfaces: { lan: { accept-mac: own } }", "interfaces[0].accept-mac", "false"},
      {"interfaces: { lan: { accept-mac: any } }", "interfaces[0].accept-mac", "true"},
      {"interfaces: { b: {}, a: {} }", "interfaces[0].name", "b"},
      {"routes: [{ to: 10.0.0.0/8, via: 192.0.2.1, interface: lan, domain: red }]", "routes[0].via",
       "192.0.2.1"},
      {"routes: [{ to: \"::/0\", via: \"fe80::1\", interface: lan, domain: red }]", "routes[0].to",
       "::/0"},
      {"routes: [{ to: 10.0.0.1, interface: lan, domain: red }]", "routes[0].to", "10.0.0.1/32"},
      {"routes: [{ to: 10.0.0.1, interface: lan, domain: red }]", "routes[0].domain", "red"},
      {"neighbors: [{ address: 192.0.2.1, interface: lan, mac: \"02:00:00:00:00:01\" }]",
       "neighbors[0].mac", "02:00:00:00:00:01"},
      {"neighbors: [{ address: \"fe80::1\", interface: lan, mac: \"02:00:00:00:00:01\" }]",
       "neighbors[0].address", "fe80::1"},
  }));

  check("", "\n", one);
}

TEST_CASE("the keys of a policy are read", "[config][reader]") {
  const auto one = GENERATE(values<reading>({
      {"name: out it goes", "policies[0].name", "out it goes"},
      {"default: deny", "policies[0].default", "#0"},
      {"default: reject", "policies[0].default", "#1"},
      {"default: permit", "policies[0].default", "#2"},
      {"default: permit-stateful", "policies[0].default", "#3"},
      {"default: permit-stateful-nat", "policies[0].default", "#4"},
      {"implicit-icmpv6: false", "policies[0].implicit-icmpv6", "false"},
      {"tcp: strict", "policies[0].tcp", "#0"},
      {"tcp: loose", "policies[0].tcp", "#1"},
      {"tcp: \"off\"", "policies[0].tcp", "#2"},
      {"tcp-unknown: reset", "policies[0].tcp-unknown", "true"},
      {"tcp-mss: clamp", "policies[0].tcp-mss.clamp", "true"},
      {"tcp-mss: off", "policies[0].tcp-mss.clamp", "false"},
      {"tcp-mss: 28", "policies[0].tcp-mss", "28"},
      {"tcp-mss: 65495", "policies[0].tcp-mss", "65495"},
      {"reject-with: auto", "policies[0].reject-with", "#0"},
      {"reject-with: port-unreachable", "policies[0].reject-with", "#1"},
      {"reject-with: admin-prohibited", "policies[0].reject-with", "#2"},
      {"offload: never", "policies[0].timeouts", "none"},
      {"timeouts: { udp: 90s }", "policies[0].timeouts.udp", "90000ms"},
      {"timeouts: { udp: 90s }", "policies[0].timeouts.icmp", "60000ms"},
      {"timeouts: {}", "policies[0].timeouts.udp", "300000ms"},
      {"rules: []", "policies[0].rules", "0"},
  }));

  check("policies: [{ from: a, to: b, ", " }]\n", one);
}

TEST_CASE("a policy's timeouts start from the box's, wherever those stand", "[config][reader]") {
  const auto asked = described(R"(
policies: [{ from: a, to: b, timeouts: { udp: 90s } }]
sessions: { timeouts: { udp: 3m, dns: 30s } }
)");

  CHECK(asked.at("policies[0].timeouts.udp") == "90000ms");
  CHECK(asked.at("policies[0].timeouts.dns") == "30000ms");
}

TEST_CASE("the keys of a rule are read", "[config][reader]") {
  const auto one = GENERATE(values<reading>({
      {"name: no smtp", "name", "no smtp"},
      {"family: ipv4", "family", "#4"},
      {"family: ipv6", "family", "#6"},
      {"source: 10.0.0.0/8", "source[0]", "10.0.0.0/8"},
      {"source: [10.0.0.0/8, \"2001:db8::/32\"]", "source[1]", "2001:db8::/32"},
      {"source: \"@hosts\"", "source[1]", "192.0.2.0/28"},
      {"source: [10.0.0.0/8, \"@hosts\", 10.9.9.9]", "source[3]", "10.9.9.9/32"},
      {"destination: \"@one\"", "destination[0]", "192.0.2.9/32"},
      {"protocol: tcp", "protocol[0]", "tcp"},
      {"protocol: 50", "protocol[0]", "esp"},
      {"protocol: [tcp, udp]", "protocol[1]", "udp"},
      {"protocol: \"@tunnels\"", "protocol[1]", "gre"},
      {"source-port: 53", "source-port[0]", "53"},
      {"source-port: 0", "source-port[0]", "0"},
      {"destination-port: 1024-65535", "destination-port[0]", "1024-65535"},
      {"destination-port: [80, \"@web\"]", "destination-port[2]", "8000-8099"},
      {"protocol: icmp, icmp-type: 8", "icmp-type[0]", "8-8"},
      {"protocol: icmp, icmp-type: 0-255", "icmp-type[0]", "0-255"},
      {"protocol: icmp, icmp-type: echo-request", "icmp-type[0]", "8-8"},
      {"icmp-type: echo-request, protocol: icmpv6", "icmp-type[0]", "128-128"},
      {"protocol: icmpv6, icmp-type: [neighbor-solicitation, 1-4]", "icmp-type[1]", "1-4"},
      {"protocol: icmp, icmp-type: \"@pings\"", "icmp-type[1]", "0-0"},
      {"protocol: [icmp, icmpv6], icmp-type: 8", "icmp-type[0]", "8-8"},
      {"protocol: icmp, icmp-code: 0-3", "icmp-code[0]", "0-3"},
      {"protocol: tcp, tcp-flags: [fin, psh, urg]", "tcp-flags.set", "41"},
      {"protocol: tcp, tcp-flags: [syn, \"!rst\", \"!ack\"]", "tcp-flags.clear", "20"},
      {"tcp-flags: [ece, cwr]", "tcp-flags.set", "192"},
      {"protocol: tcp, tcp-flags: established", "tcp-flags.established", "true"},
      {"fragment: later", "fragment", "#1"},
      {"fragment: first", "fragment", "#2"},
      {"fragment: any", "fragment", "#3"},
      {"fragment: none", "fragment", "#4"},
      {"log: true", "log", "true"},
      {"offload: false", "log", "false"},
  }));

  check(R"(
sets:
  hosts: [192.0.2.1, 192.0.2.0/28]
  one: 192.0.2.9
  web: [443, 8000-8099]
  tunnels: [esp, gre]
  pings: [echo-request, echo-reply]
policies: [{ from: a, to: b, rules: [{ action: permit, )",
        " }] }]\n", {one.text, "policies[0].rules[0]." + one.path, one.expected});
}

TEST_CASE("the keys of a pool are read", "[config][reader]") {
  const auto one = GENERATE(values<reading>({
      {"internal: [10.0.0.0/8, 192.168.0.0/16], external: 192.0.2.0/29", "internal[1]",
       "192.168.0.0/16"},
      {"internal: 0.0.0.0/0, external: [192.0.2.1, 192.0.2.8/29]", "external[1]", "192.0.2.8/29"},
      {"internal: \"@homes\", external: \"@outside\"", "external[0]", "192.0.2.64/26"},
      {"internal: \"@homes\", external: wan", "external.interface", "wan"},
      {"internal: \"@homes\", external: [wan]", "external.interface", "wan"},
      {"internal: \"@homes\", external: wan, zone: outside", "zone", "outside"},
      {"internal: \"@homes\", external: wan, domain: red", "domain", "red"},
      {"internal: \"@homes\", external: wan, external-domain: red", "external-domain", "red"},
      {"internal: \"@homes\", external: wan, ports: 1-65535", "ports", "1-65535"},
      {"internal: \"@homes\", external: wan, reserved-ports: [22, 80-90]", "reserved-ports[1]",
       "80-90"},
      {"internal: \"@homes\", external: wan, mode: dynamic", "mode", "false"},
      {"internal: \"@homes\", external: wan, mode: deterministic", "mode", "true"},
      {"internal: \"@homes\", external: wan, mapping: endpoint-independent", "name", "p"},
      {"internal: \"@homes\", external: wan, mapping: { udp: endpoint-independent }", "name", "p"},
      {"internal: \"@homes\", external: wan, filtering: endpoint-independent", "filtering.udp",
       "#0"},
      {"internal: \"@homes\", external: wan, filtering: { udp: endpoint-independent }",
       "filtering.udp", "#0"},
      {"internal: \"@homes\", external: wan, filtering: { udp: endpoint-independent }",
       "filtering.tcp", "#1"},
      {"internal: \"@homes\", external: wan, preserve-port: false", "preserve-port", "false"},
      {"internal: \"@homes\", external: wan, preserve-parity: true", "preserve-parity", "true"},
      {"internal: \"@homes\", external: wan, preserve-range: false", "preserve-range", "false"},
      {"internal: \"@homes\", external: wan, paired: false", "paired", "false"},
      {"internal: \"@homes\", external: wan, when-paired-full: other", "when-paired-full", "true"},
      {"internal: \"@homes\", external: wan, inbound-refresh: true", "inbound-refresh", "true"},
      {"internal: \"@homes\", external: wan, unsolicited-syn: drop", "name", "p"},
      {"internal: \"@homes\", external: wan, exhausted: admin-prohibited", "exhausted", "#1"},
      {"internal: \"@homes\", external: wan, exhausted: host-unreachable", "exhausted", "#2"},
      {"internal: \"@homes\", external: wan, mode: deterministic, deterministic: "
       "{ ports-per-host: 252, overflow: none }",
       "deterministic.ports-per-host", "252"},
  }));

  check("sets: { homes: [10.0.0.0/8], outside: [192.0.2.64/26] }\nnat: { pools: [{ name: p, ",
        " }] }\n", {one.text, "nat.pools[0]." + one.path, one.expected});
}

TEST_CASE("static mappings, exemptions and gateways are read", "[config][reader]") {
  const auto one = GENERATE(values<reading>({
      {"static: [{ external: 192.0.2.2, internal: 10.0.0.2 }]", "static[0].internal", "10.0.0.2"},
      {"static: [{ external: \"192.0.2.2:80\", internal: \"10.0.0.2:8080\", protocol: tcp }]",
       "static[0].external.port", "80"},
      {"static: [{ external: 192.0.2.2:80, internal: 10.0.0.2:8080, protocol: tcp }]",
       "static[0].internal.port", "8080"},
      {"static: [{ external: \"192.0.2.2:80\", internal: \"10.0.0.2:8080\", protocol: tcp }]",
       "static[0].protocol", "tcp"},
      {"static: [{ external: 192.0.2.2, internal: 10.0.0.2, zone: outside }]", "static[0].zone",
       "outside"},
      {"static: [{ external: 192.0.2.2, internal: 10.0.0.2, domain: red }]", "static[0].domain",
       "red"},
      {"static: [{ external: 192.0.2.2, internal: 10.0.0.2, hairpin: false }]", "static[0].hairpin",
       "false"},
      {"static: [{ external: 192.0.2.2, internal: 10.0.0.2, protocol: [tcp, udp] }]",
       "static[0].protocol", "tcp"},
      {"static: [{ external: 192.0.2.2, internal: 10.0.0.2, protocol: [tcp, udp] }]",
       "static[1].protocol", "udp"},
      {"static: [{ external: 192.0.2.2, internal: 10.0.0.2, protocol: \"@transports\" }]", "static",
       "3"},
      {"static: [{ external: 192.0.2.2, internal: 10.0.0.2, zone: z, protocol: [tcp, udp] }, "
       "{ external: 192.0.2.3, internal: 10.0.0.3 }]",
       "static[1].zone", "z"},
      {"static: [{ external: 192.0.2.2, internal: 10.0.0.2, zone: z, protocol: [tcp, udp] }, "
       "{ external: 192.0.2.3, internal: 10.0.0.3 }]",
       "static[2].external", "192.0.2.3"},
      {"exempt: [{ source: 192.168.0.0/16, destination: 10.0.0.0/8 }]", "exempt[0].source[0]",
       "192.168.0.0/16"},
      {"exempt: [{ source: [192.168.0.0/16, \"@homes\"], destination: \"@homes\" }]",
       "exempt[0].source[2]", "10.2.0.0/16"},
      {"exempt: [{ source: 192.168.0.0/16, destination: \"@homes\" }]", "exempt[0].destination[1]",
       "10.2.0.0/16"},
      {"exempt: [{ source: 10.0.0.1, destination: 10.0.0.2, protocol: [tcp, \"@transports\"] }]",
       "exempt[0].protocol[3]", "sctp"},
      {"exempt: [{ source: 192.168.0.0/16, destination: 10.0.0.0/8, protocol: udp }]",
       "exempt[0].protocol[0]", "udp"},
      {"exempt: [{ source: 192.168.0.0/16, destination: 10.0.0.0/8, destination-port: [53, 80] }]",
       "exempt[0].destination-port[1]", "80"},
      {"exempt: [{ source: 192.168.0.0/16, destination: 10.0.0.0/8, domain: red }]",
       "exempt[0].domain", "red"},
      {"alg: { ftp: off, tftp: \"off\", pptp: false }", "pools", "0"},
  }));

  check("sets: { homes: [10.1.0.0/16, 10.2.0.0/16], transports: [tcp, udp, sctp] }\nnat: { ",
        " }\n", {one.text, "nat." + one.path, one.expected});
}

TEST_CASE("sessions and durations are read", "[config][reader]") {
  const auto one = GENERATE(values<reading>({
      {"max: 1", "max", "1"},
      {"max: 67108864", "max", "67108864"},
      {"shards: 1", "max", "1000000"},
      {"when-full: refuse", "when-full", "#0"},
      {"when-full: evict-embryonic", "when-full", "#1"},
      {"when-full: fair-share", "when-full", "#2"},
      {"per-source: 10", "per-source", "10"},
      {"embryonic-per-source: 3", "embryonic-per-source", "3"},
      {"dns-reply-closes: true", "dns-reply-closes", "true"},
      {"timeouts: { tcp-opening: 2h4m }", "timeouts.tcp-opening", "7440000ms"},
      {"timeouts: { tcp-established: 1d }", "timeouts.tcp-established", "86400000ms"},
      {"timeouts: { tcp-half-closed: 1d1h1m1s1ms }", "timeouts.tcp-half-closed", "90061001ms"},
      {"timeouts: { tcp-closing: 5s }", "timeouts.tcp-closing", "5000ms"},
      {"timeouts: { tcp-reset: 500ms }", "timeouts.tcp-reset", "500ms"},
      {"timeouts: { udp: \"90s\" }", "timeouts.udp", "90000ms"},
      {"timeouts: { udp-one-way: 1m30s }", "timeouts.udp-one-way", "90000ms"},
      {"timeouts: { dns: 010s }", "timeouts.dns", "10000ms"},
      {"timeouts: { icmp: 1m }", "timeouts.icmp", "60000ms"},
      {"timeouts: { sctp: 1m }", "timeouts.sctp", "60000ms"},
      {"timeouts: { gre: 1m }", "timeouts.gre", "60000ms"},
      {"timeouts: { esp: 1m }", "timeouts.esp", "60000ms"},
      {"timeouts: { other: 1m }", "timeouts.other", "60000ms"},
  }));

  check("sessions: { ", " }\n", {one.text, "sessions." + one.path, one.expected});
}

TEST_CASE("lines may end as on Windows", "[config][reader]") {
  const auto asked = described("interfaces:\r\n  lan:\r\n    mtu: 1400\r\nmartians: off\r\n");

  CHECK(asked.at("interfaces[0].mtu") == "1400");
  CHECK(asked.at("martians") == "false");
}

TEST_CASE("a fault found later is given its place", "[config][reader]") {
  const std::string text = R"(interfaces:
  eth0.100: { addresses: [192.0.2.1/24, 192.0.2.2/24] }
  lan:
    zone: inside
sets: { hosts: [10.0.0.1, 10.0.0.3] }
policies:
  - from: inside
    to: outside
    rules:
      - { action: deny }
      - { action: deny, protocol: tcp, source: ["@hosts", 10.0.0.2] }
)";
  const auto result = read(text, "box.yaml");
  const auto& file = std::get<loaded>(result);
  const auto [path, line, column] = GENERATE(table<std::string, std::size_t, std::size_t>({
      {"interfaces.eth0.100.addresses[1]", 2, 41},
      {"interfaces.eth0.100.addresses", 2, 26},
      {"interfaces.eth0.100.mtu", 2, 13},
      {"interfaces.lan.zone", 4, 11},
      {"policies[0].rules[1].protocol", 11, 35},
      {"policies[0].rules[1].protocol[0]", 11, 35},
      {"policies[0].rules[1].source[0]", 11, 49},
      {"policies[0].rules[1].source[1]", 11, 49},
      {"policies[0].rules[1].source[2]", 11, 59},
      {"policies[0].rules[2]", 10, 7},
      {"policies[0].timeouts.udp", 7, 5},
      {"nat.pools[0].external", 1, 1},
      {"", 1, 1},
  }));

  const auto fault = file.locate({path, "what", "fix"});

  INFO(path);
  CHECK(fault.at == position{line, column});
  CHECK(to_text(fault) ==
        "box.yaml:" + std::to_string(line) + ":" + std::to_string(column) + ": what; fix");
}

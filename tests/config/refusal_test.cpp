#include "weir/config/located_fault.hpp"
#include "weir/config/reader.hpp"

#include "tests/config/said.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/seeded.hpp"

#include <string>
#include <variant>
#include <vector>

using weir::config::located_fault;
using weir::config::read;
using weir::test::said_about;

namespace {

/// A text, and what is said about it.
struct refusal {
  std::string text;
  std::string said;
};

}  // namespace

TEST_CASE("a protocol that packets may be known as is accepted in a rule", "[config][refusal]") {
  const std::string rule = GENERATE(values<std::string>(
      {"{ action: deny, protocol: [ah, ipv6-nonxt, mobility, hip, shim6] }",
       "{ action: deny, protocol: [hopopt, ipv6-route, ipv6-frag, 60], family: ipv4 }",
       "{ action: deny, protocol: 44, source: 10.0.0.0/8 }",
       "{ action: permit-stateful, protocol: ah }",
       "{ action: permit, protocol: ah, family: ipv6 }"}));

  CHECK(said_about("policies: [{ from: a, to: b, rules: [" + rule + "] }]") == "");
}

TEST_CASE("a key or value without an engine part is refused as such", "[config][refusal]") {
  const auto one = GENERATE(values<refusal>({
      {"nat64: []", "f:1:1: nat64 has no engine part yet; remove it"},
      {"siit: []", "f:1:1: siit has no engine part yet; remove it"},
      {"vpcs: []", "f:1:1: vpcs has no engine part yet; remove it"},
      {"peerings: []", "f:1:1: peerings has no engine part yet; remove it"},
      {"flowtables: []", "f:1:1: flowtables has no engine part yet; remove it"},
      {"router-advertisements: {}",
       "f:1:1: router-advertisements has no engine part yet; remove it"},
      {"fragments: { max: 4096 }", "f:1:1: fragments has no engine part yet; remove it"},
      {"interfaces: { lan: { encapsulation: { vlan: 100 } } }",
       "f:1:22: encapsulation has no engine part yet; remove it"},
      {"policies: [{ from: a, to: b, on-revoke: drop }]",
       "f:1:30: on-revoke has no engine part yet; remove it"},
      {"policies: [{ from: a, to: b, offload: established }]",
       "f:1:39: offload: established has no engine part yet; remove it"},
      {"policies: [{ from: a, to: b, rules: [{ action: permit, offload: true }] }]",
       "f:1:65: offload: true has no engine part yet; remove it"},
      {"nat: { nptv6: [] }", "f:1:8: nptv6 has no engine part yet; remove it"},
      {"nat: { alg: { ftp: on } }", "f:1:20: ftp: on has no engine part yet; remove it"},
      {"nat: { alg: { tftp: true } }", "f:1:21: tftp: true has no engine part yet; remove it"},
      {"nat: { alg: { pptp: \"on\" } }", "f:1:21: pptp: on has no engine part yet; remove it"},
      {"nat: { pools: [{ name: p, internal: 10.0.0.0/8, external: wan, block: { size: 256 } }] }",
       "f:1:64: block has no engine part yet; remove it"},
      {"nat: { pools: [{ name: p, internal: 10.0.0.0/8, external: wan, hold-down: { udp: 120s } }] "
       "}",
       "f:1:64: hold-down has no engine part yet; remove it"},
      {"nat: { pools: [{ name: p, internal: 10.0.0.0/8, external: wan, per-host: { tcp: 2000 } }] "
       "}",
       "f:1:64: per-host has no engine part yet; remove it"},
      {"nat: { pools: [{ name: p, internal: 10.0.0.0/8, external: wan, unsolicited-syn: hold }] }",
       "f:1:81: unsolicited-syn: hold has no engine part yet; remove it"},
      {"nat: { pools: [{ name: p, internal: 10.0.0.0/8, external: wan, mapping: address-dependent "
       "}] }",
       "f:1:73: mapping: address-dependent has no engine part yet; remove it"},
      {"nat: { pools: [{ name: p, internal: 10.0.0.0/8, external: wan, mapping: { udp: "
       "address-and-port-dependent } }] }",
       "f:1:80: udp: address-and-port-dependent has no engine part yet; remove it"},
      {"nat: { pools: [{ name: p, internal: 10.0.0.0/8, external: wan, filtering: { icmp: "
       "endpoint-independent } }] }",
       "f:1:83: icmp: endpoint-independent has no engine part yet; remove it"},
      {"nat: { pools: [{ name: p, internal: 10.0.0.0/8, external: wan, filtering: "
       "address-dependent }] }",
       "f:1:75: filtering: address-dependent has no engine part yet; remove it"},
      {"nat: { pools: [{ name: p, internal: 10.0.0.0/8, external: wan, filtering: { tcp: "
       "address-dependent } }] }",
       "f:1:82: tcp: address-dependent has no engine part yet; remove it"},
      {"nat: { pools: [{ name: p, internal: 10.0.0.0/8, external: wan, mode: deterministic, "
       "deterministic: { overflow: spare } }] }",
       "f:1:112: overflow: spare has no engine part yet; remove it"},
      {"nat: { static: [{ external: \"192.0.2.1:80\", internal: [\"10.0.0.1:80\"], protocol: tcp "
       "}] }",
       "f:1:55: a list of internal endpoints has no engine part yet; remove it"},
      {"nat: { static: [{ external: \"192.0.2.1:80\", internal: \"10.0.0.1:80\", protocol: tcp, "
       "source-as: [10.0.0.9] }] }",
       "f:1:85: source-as has no engine part yet; remove it"},
      {"nat: { static: [{ external: \"192.0.2.1:80\", internal: \"10.0.0.1:80\", protocol: tcp, "
       "balance: maglev }] }",
       "f:1:85: balance has no engine part yet; remove it"},
      {"nat: { static: [{ external: \"192.0.2.1:80\", internal: \"10.0.0.1:80\", protocol: tcp, "
       "affinity: 1h }] }",
       "f:1:85: affinity has no engine part yet; remove it"},
      {"sessions: { shards: 4 }", "f:1:21: shards: 4 has no engine part yet; remove it"},
      {"events: { sessions: on }", "f:1:21: sessions: on has no engine part yet; remove it"},
      {"events: { sessions: true }", "f:1:21: sessions: true has no engine part yet; remove it"},
      {"events: { blocks: off }", "f:1:19: blocks: off has no engine part yet; remove it"},
      {"events: { blocks: false }", "f:1:19: blocks: false has no engine part yet; remove it"},
      {"events: { destinations: true }",
       "f:1:25: destinations: true has no engine part yet; remove it"},
  }));

  CHECK(said_about(one.text) == one.said);
}

TEST_CASE("an unknown key is refused with what was meant", "[config][refusal]") {
  const auto one = GENERATE(values<refusal>({
      {"interface: {}", "f:1:1: unknown key \"interface\"; did you mean \"interfaces\"?"},
      {"nat46: []",
       "f:1:1: unknown key \"nat46\"; one of: interfaces, sets, sessions, routes, neighbors, "
       "host-path, headers, martians, checks, limits, policies, nat, events, compatibility"},
      {"zz: 1",
       "f:1:1: unknown key \"zz\"; one of: interfaces, sets, sessions, routes, neighbors, "
       "host-path, headers, martians, checks, limits, policies, nat, events, compatibility"},
      {"\"\": 1",
       "f:1:1: unknown key \"\"; one of: interfaces, sets, sessions, routes, neighbors, host-path, "
       "headers, martians, checks, limits, policies, nat, events, compatibility"},
      {"interfaces: { lan: { adresses: [] } }",
       "f:1:22: unknown key \"adresses\"; did you mean \"addresses\"?"},
      {"interfaces: { lan: { colour: red } }",
       "f:1:22: unknown key \"colour\"; one of: addresses, zone, domain, mtu, mac, "
       "source-validation, accept-mac"},
      {"routes: [{ to: 10.0.0.0/8, interface: lan, gateway: 192.0.2.1 }]",
       "f:1:44: unknown key \"gateway\"; one of: to, via, interface, domain"},
      {"policies: [{ from: a, to: b, rules: [{ action: permit, dest: 10.0.0.0/8 }] }]",
       "f:1:56: unknown key \"dest\"; one of: name, action, family, source, destination, protocol, "
       "source-port, destination-port, icmp-type, icmp-code, tcp-flags, fragment, log, offload"},
      {"sessions: { timeouts: { tcp: 5m } }",
       "f:1:25: unknown key \"tcp\"; one of: tcp-opening, tcp-established, tcp-half-closed, "
       "tcp-closing, tcp-reset, udp, udp-one-way, dns, icmp, sctp, gre, esp, other"},
      {"nat: { pools: [{ name: p, internal: 10.0.0.0/8, external: wan, preserve-ports: true }] }",
       "f:1:64: unknown key \"preserve-ports\"; did you mean \"preserve-port\"?"},
      {"nat: { pools: [{ name: p, internal: 10.0.0.0/8, external: wan, filtering: { sctp: "
       "endpoint-independent } }] }",
       "f:1:77: unknown key \"sctp\"; one of: tcp, udp, icmp"},
  }));

  CHECK(said_about(one.text) == one.said);
}

TEST_CASE("a key that must be there is missed", "[config][refusal]") {
  const auto one = GENERATE(values<refusal>({
      {"routes: [{ interface: lan }]",
       "f:1:10: the key \"to\" is missing; required here: to, interface"},
      {"routes: [{ to: 10.0.0.0/8 }]",
       "f:1:10: the key \"interface\" is missing; required here: to, interface"},
      {"neighbors: [{ address: 192.0.2.1, interface: lan }]",
       "f:1:13: the key \"mac\" is missing; required here: address, interface, mac"},
      {"policies: [{ to: b }]", "f:1:12: the key \"from\" is missing; required here: from, to"},
      {"policies: [{ from: a }]", "f:1:12: the key \"to\" is missing; required here: from, to"},
      {"policies: [{ from: a, to: b, rules: [{ name: x }] }]",
       "f:1:38: the key \"action\" is missing; required here: action"},
      {"nat: { pools: [{ internal: 10.0.0.0/8, external: wan }] }",
       "f:1:16: the key \"name\" is missing; required here: name, internal, external"},
      {"nat: { pools: [{ name: p, external: wan }] }",
       "f:1:16: the key \"internal\" is missing; required here: name, internal, external"},
      {"nat: { pools: [{ name: p, internal: 10.0.0.0/8 }] }",
       "f:1:16: the key \"external\" is missing; required here: name, internal, external"},
      {"nat: { static: [{ external: 192.0.2.1 }] }",
       "f:1:17: the key \"internal\" is missing; required here: external, internal"},
      {"nat: { exempt: [{ source: 10.0.0.0/8 }] }",
       "f:1:17: the key \"destination\" is missing; required here: source, destination"},
  }));

  CHECK(said_about(one.text) == one.said);
}

TEST_CASE("what must differ is refused when it is there twice", "[config][refusal]") {
  const auto one = GENERATE(values<refusal>({
      {"policies: [{ from: a, to: b }, { from: a, to: b }]",
       "f:1:32: the pair of zones \"a to b\" is there twice; once; the other stands in line 1"},
      {"policies: [{ name: p, from: a, to: b }, { name: p, from: b, to: a }]",
       "f:1:41: policy \"p\" is there twice; once; the other stands in line 1"},
      {"policies: [{ from: a, to: b, rules: [{ name: x, action: deny }, { name: x, action: deny }] "
       "}]",
       "f:1:65: rule \"x\" is there twice; once; the other stands in line 1"},
      {"nat: { pools: [{ name: p, internal: 10.0.0.0/8, external: wan }, { name: p, internal: "
       "10.0.0.0/8, external: wan }] }",
       "f:1:66: pool \"p\" is there twice; once; the other stands in line 1"},
  }));

  CHECK(said_about(one.text) == one.said);
}

TEST_CASE("interfaces, routes and neighbours refuse what cannot be", "[config][refusal]") {
  const auto one = GENERATE(values<refusal>({
      {"interfaces: { lan: { mtu: fifteen } }",
       "f:1:27: mtu: \"fifteen\" is not a number; a number from 68 to 65535"},
      {"interfaces: { lan: { mtu: 67 } }",
       "f:1:27: mtu: \"67\" is out of range; a number from 68 to 65535"},
      {"interfaces: { lan: { mtu: 65536 } }",
       "f:1:27: mtu: \"65536\" is out of range; a number from 68 to 65535"},
      {"interfaces: { lan: { mtu: -1 } }",
       "f:1:27: mtu: \"-1\" is not a number; a number from 68 to 65535"},
      {"interfaces: { lan: { mtu: 1_500 } }",
       "f:1:27: mtu: \"1_500\" is not a number; a number from 68 to 65535"},
      {"interfaces: { lan: { mtu: 0x5dc } }",
       "f:1:27: mtu: \"0x5dc\" is not a number; a number from 68 to 65535"},
      {"interfaces: { lan: { mtu: 99999999999999999999 } }",
       "f:1:27: mtu: \"99999999999999999999\" is out of range; a number from 68 to 65535"},
      {"interfaces: { lan: { mtu: [1500] } }", "f:1:27: mtu is a list; a number from 68 to 65535"},
      {"interfaces: { lan: { mtu: { is: 1500 } } }",
       "f:1:27: mtu is a map; a number from 68 to 65535"},
      {"interfaces: { lan: { mtu: } }", "f:1:22: mtu has no value; a number from 68 to 65535"},
      {"interfaces: { lan: { zone: } }", "f:1:22: zone has no value; a name"},
      {"interfaces: { lan: { zone: [a, b] } }", "f:1:28: zone is a list; a name"},
      {"interfaces: { lan: { zone: a b } }",
       "f:1:28: zone: \"a b\" cannot be a name; at most 64 characters, none of them a space or one "
       "of , = @ [ ] { } \" '"},
      {"interfaces: { \"a=b\": {} }",
       "f:1:15: interfaces: \"a=b\" cannot be a name; at most 64 characters, none of them a space "
       "or one of , = @ [ ] { } \" '"},
      {"interfaces: { lan: [] }",
       "f:1:20: lan is a list; a map of: addresses, zone, domain, mtu, mac, source-validation, "
       "accept-mac"},
      {"interfaces: [lan, wan]",
       "f:1:13: interfaces is a list; a map of interfaces, each below its name"},
      {"interfaces: 5",
       "f:1:13: interfaces is one value; a map of interfaces, each below its name"},
      {"interfaces: { lan: { addresses: [192.168.1.1] } }",
       "f:1:34: addresses: \"192.168.1.1\" has no prefix length; 192.168.1.1/24 or another length"},
      {"interfaces: { lan: { addresses: [\"2001:db8::1\"] } }",
       "f:1:34: addresses: \"2001:db8::1\" has no prefix length; 2001:db8::1/64 or another length"},
      {"interfaces: { lan: { addresses: [192.168.1.1/33] } }",
       "f:1:34: addresses: \"192.168.1.1/33\" has a bad prefix length; a length from 0 to 32"},
      {"interfaces: { lan: { addresses: [\"2001:db8::1/129\"] } }",
       "f:1:34: addresses: \"2001:db8::1/129\" has a bad prefix length; a length from 0 to 128"},
      {"interfaces: { lan: { addresses: [192.168.1.256/24] } }",
       "f:1:34: addresses: \"192.168.1.256/24\" is not an address or a prefix; an address with its "
       "prefix length such as 192.0.2.1/24"},
      {"interfaces: { lan: { addresses: [\"2001:db8::1::/64\"] } }",
       "f:1:34: addresses: \"2001:db8::1::/64\" is not an address or a prefix; an address with its "
       "prefix length such as 192.0.2.1/24"},
      {"interfaces: { lan: { addresses: [\"@lans\"] } }",
       "f:1:34: addresses: \"@lans\" is not an address or a prefix; an address with its prefix "
       "length such as 192.0.2.1/24"},
      {"interfaces: { lan: { addresses: { a: b } } }",
       "f:1:33: addresses is a map; an address with its prefix length such as 192.0.2.1/24"},
      {"interfaces: { lan: { mac: 02-00-00-00-00-01 } }",
       "f:1:27: mac: \"02-00-00-00-00-01\" is not a MAC address; six octets such as "
       "\"02:00:00:00:00:01\""},
      {"interfaces: { lan: { mac: \"01:00:5e:00:00:01\" } }",
       "f:1:27: mac: \"01:00:5e:00:00:01\" is no station's; the address of one station"},
      {"interfaces: { lan: { source-validation: tight } }",
       "f:1:41: source-validation: \"tight\" is not known here; one of: strict, loose, off"},
      {"interfaces: { lan: { source-validation: stict } }",
       "f:1:41: source-validation: \"stict\" is not known here; did you mean \"strict\"?"},
      {"interfaces: { lan: { source-validation: on } }",
       "f:1:41: source-validation: \"on\" is not known here; one of: strict, loose, off"},
      {"interfaces: { lan: { mac: \"00:00:00:00:00:00\" } }",
       "f:1:27: mac: \"00:00:00:00:00:00\" is no station's; the address of one station"},
      {"neighbors: [{ address: 192.0.2.1, interface: lan, mac: \"00:00:00:00:00:00\" }]",
       "f:1:56: mac: \"00:00:00:00:00:00\" is no station's; the address of one station"},
      {"interfaces: { lan: { accept-mac: all } }",
       "f:1:34: accept-mac: \"all\" is not known here; one of: own, any"},
      {"routes: { to: 10.0.0.0/8 }", "f:1:9: routes is a map; a list"},
      {"routes: [10.0.0.0/8]", "f:1:10: routes is one value; a map of: to, via, interface, domain"},
      {"routes: [{ to: 10.0.0.1/8, interface: lan }]",
       "f:1:16: to: \"10.0.0.1/8\" has host bits set; 10.0.0.0/8"},
      {"routes: [{ to: \"2001:db8::1/32\", interface: lan }]",
       "f:1:16: to: \"2001:db8::1/32\" has host bits set; 2001:db8::/32"},
      {"routes: [{ to: default, interface: lan }]",
       "f:1:16: to: \"default\" is not an address or a prefix; an address or a prefix such as "
       "192.0.2.0/24"},
      {"routes: [{ to: 10.0.0.0/8, via: 192.0.2.1/32, interface: lan }]",
       "f:1:33: via: \"192.0.2.1/32\" has a prefix length; one address"},
      {"routes: [{ to: 10.0.0.0/8, via: gateway, interface: lan }]",
       "f:1:33: via: \"gateway\" is not an address; an address such as 192.0.2.1"},
      {"routes: [{ to: 10.0.0.0/8, via: [192.0.2.1], interface: lan }]",
       "f:1:33: via is a list; an address such as 192.0.2.1"},
      {"neighbors: [{ address: 192.0.2.1, interface: lan, mac: none }]",
       "f:1:56: mac: \"none\" is not a MAC address; six octets such as \"02:00:00:00:00:01\""},
  }));

  CHECK(said_about(one.text) == one.said);
}

TEST_CASE("the keys of the box refuse what cannot be", "[config][refusal]") {
  const auto one = GENERATE(values<refusal>({
      {"host-path: { dhcp: maybe }",
       "f:1:20: dhcp: \"maybe\" is neither true nor false; true or false"},
      {"host-path: { multicast: forward }",
       "f:1:25: multicast: \"forward\" is not known here; one of: deliver, drop"},
      {"host-path: [dhcp]",
       "f:1:12: host-path is a list; a map of: dhcp, link-local, multicast, broadcast"},
      {"headers: { ip-options: off }",
       "f:1:24: ip-options: \"off\" is not known here; one of: pass, drop"},
      {"martians: pass", "f:1:11: martians: \"pass\" is not known here; one of: drop, off"},
      {"martians: [drop]", "f:1:11: martians is a list; one of: drop, off"},
      {"checks: { ip-checksum: on }",
       "f:1:24: ip-checksum: \"on\" is not known here; one of: drop, off"},
      {"limits: { icmp-errors-per-second: 1k }",
       "f:1:35: icmp-errors-per-second: \"1k\" is not a number; a number from 0 to 4294967295"},
      {"limits: { icmp-errors-per-second: 4294967296 }",
       "f:1:35: icmp-errors-per-second: \"4294967296\" is out of range; a number from 0 to "
       "4294967295"},
      {"events: { log: syslog }", "f:1:16: log: \"syslog\" is not known here; one of: off, stderr"},
      {"compatibility: { unzoned: forward }",
       "f:1:27: unzoned: \"forward\" is not known here; one of: pass, drop"},
      {"compatibility: { reverse-policy: sometimes }",
       "f:1:34: reverse-policy: \"sometimes\" is neither true nor false; true or false"},
  }));

  CHECK(said_about(one.text) == one.said);
}

TEST_CASE("sets refuse what cannot be in them", "[config][refusal]") {
  const auto one = GENERATE(values<refusal>({
      {"sets: [a, b]", "f:1:7: sets is a list; a map of sets, each below its name"},
      {"sets: { a b: [80] }",
       "f:1:9: sets: \"a b\" cannot be a name; at most 64 characters, none of them a space or one "
       "of , = @ [ ] { } \" '"},
      {"sets: { hosts: [] }",
       "f:1:16: hosts is an empty list; addresses and prefixes, or ports and ranges, or protocols, "
       "or remove the key"},
      {"sets: { hosts: }",
       "f:1:9: hosts has no value; addresses and prefixes, or ports and ranges, or protocols"},
      {"sets: { hosts: [10.0.0.1, 80] }",
       "f:1:27: hosts: \"80\" is not one of the addresses before it; a set of one kind: addresses "
       "and prefixes, or ports and ranges, or protocols"},
      {"sets: { hosts: [10.0.0.1/8] }",
       "f:1:17: hosts: \"10.0.0.1/8\" has host bits set; 10.0.0.0/8"},
      {"sets: { hosts: [10.0.0.300] }",
       "f:1:17: hosts: \"10.0.0.300\" is not an address or a prefix; an address or a prefix such "
       "as 192.0.2.0/24"},
      {"sets: { ports: [80, 90-85] }", "f:1:21: ports: \"90-85\" is reversed; 85-90"},
      {"sets: { ports: [80, 65536] }",
       "f:1:21: ports: \"65536\" is out of range; a number from 0 to 65535, or a range of these"},
      {"sets: { ports: [80, tcp] }",
       "f:1:21: ports: \"tcp\" is not one of the numbers before it; a set of one kind: addresses "
       "and prefixes, or ports and ranges, or protocols"},
      {"sets: { words: [some-word] }",
       "f:1:17: words: \"some-word\" cannot be in a set; addresses and prefixes, or ports and "
       "ranges, or protocols"},
      {"sets: { one: [80], two: [\"@one\"] }",
       "f:1:26: two: \"@one\" is a set, and sets do not nest; addresses and prefixes, or ports and "
       "ranges, or protocols"},
      {"sets: { hosts: [[10.0.0.1]] }",
       "f:1:17: hosts is a list; addresses and prefixes, or ports and ranges, or protocols"},
  }));

  CHECK(said_about(one.text) == one.said);
}

TEST_CASE("policies refuse what cannot be", "[config][refusal]") {
  const auto one = GENERATE(values<refusal>({
      {"policies: [{ from: a, to: b, default: allow }]",
       "f:1:39: default: \"allow\" is not known here; one of: deny, reject, permit, "
       "permit-stateful, permit-stateful-nat"},
      {"policies: [{ from: a, to: b, default: permit-statefull }]",
       "f:1:39: default: \"permit-statefull\" is not known here; did you mean "
       "\"permit-stateful\"?"},
      {"policies: [{ from: a, to: b, tcp: on }]",
       "f:1:35: tcp: \"on\" is not known here; one of: strict, loose, off"},
      {"policies: [{ from: a, to: b, tcp-unknown: reject }]",
       "f:1:43: tcp-unknown: \"reject\" is not known here; did you mean \"reset\"?"},
      {"policies: [{ from: a, to: b, tcp-mss: 27 }]",
       "f:1:39: tcp-mss: \"27\" is out of range; a number from 28 to 65495"},
      {"policies: [{ from: a, to: b, tcp-mss: 65496 }]",
       "f:1:39: tcp-mss: \"65496\" is out of range; a number from 28 to 65495"},
      {"policies: [{ from: a, to: b, tcp-mss: on }]",
       "f:1:39: tcp-mss: \"on\" is not known here; clamp, off, or a number from 28 to 65495"},
      {"policies: [{ from: a, to: b, tcp-mss: [1400] }]",
       "f:1:39: tcp-mss is a list; clamp, off, or a number from 28 to 65495"},
      {"policies: [{ from: a, to: b, reject-with: rst }]",
       "f:1:43: reject-with: \"rst\" is not known here; one of: auto, port-unreachable, "
       "admin-prohibited"},
      {"policies: [{ from: a, to: b, implicit-icmpv6: 1 }]",
       "f:1:47: implicit-icmpv6: \"1\" is neither true nor false; true or false"},
      {"policies: [{ from: a, to: b, timeouts: { udp: 5 } }]",
       "f:1:47: udp: \"5\" has no unit; 5s, or another unit: d, h, m, ms"},
      {"policies: [{ from: a, to: b, rules: { action: deny } }]",
       "f:1:37: rules is a map; a list of rules"},
      {"policies: [{ from: a, to: b, rules: }]", "f:1:30: rules has no value; a list of rules"},
  }));

  CHECK(said_about(one.text) == one.said);
}

TEST_CASE("rules refuse what cannot be or never match", "[config][refusal]") {
  const auto one = GENERATE(values<refusal>({
      {"policies: [{ from: a, to: b, rules: [{ name: \"\", action: deny }] }]",
       "f:1:46: name: \"\" cannot be a name; 1 to 64 characters"},
      {"policies: [{ from: a, to: b, rules: [{ action: [deny] }] }]",
       "f:1:48: action is a list; one of: deny, reject, permit, permit-stateful, "
       "permit-stateful-nat"},
      {"policies: [{ from: a, to: b, rules: [{ action: deny, family: ip }] }]",
       "f:1:62: family: \"ip\" is not known here; one of: ipv4, ipv6"},
      {"policies: [{ from: a, to: b, rules: [{ action: deny, source: [] }] }]",
       "f:1:62: source is an empty list; an address or a prefix such as 192.0.2.0/24, or remove "
       "the key"},
      {"policies: [{ from: a, to: b, rules: [{ action: deny, source: 10.1.0.0/8 }] }]",
       "f:1:62: source: \"10.1.0.0/8\" has host bits set; 10.0.0.0/8"},
      {"policies: [{ from: a, to: b, rules: [{ action: deny, source: any }] }]",
       "f:1:62: source: \"any\" is not an address or a prefix; an address or a prefix such as "
       "192.0.2.0/24"},
      {"policies: [{ from: a, to: b, rules: [{ action: deny, source: 10.0.0.1-10.0.0.9 }] }]",
       "f:1:62: source: \"10.0.0.1-10.0.0.9\" is not an address or a prefix; an address or a "
       "prefix such as 192.0.2.0/24"},
      {"policies: [{ from: a, to: b, rules: [{ action: deny, source: \"@hosts\" }] }]",
       "f:1:62: source: \"@hosts\" is not a set; define it below \"sets\""},
      {"policies: [{ from: a, to: b, rules: [{ action: deny, protocol: tpc }] }]",
       "f:1:64: protocol: \"tpc\" is not a protocol; did you mean \"tcp\"?"},
      {"policies: [{ from: a, to: b, rules: [{ action: deny, protocol: 256 }] }]",
       "f:1:64: protocol: \"256\" is out of range; a number from 0 to 255"},
      {"policies: [{ from: a, to: b, rules: [{ action: deny, protocol: quic-and-more }] }]",
       "f:1:64: protocol: \"quic-and-more\" is not a protocol; one of: hopopt, icmp, igmp, ipip, "
       "tcp, udp, dccp, ipv6, ipv6-route, ipv6-frag, gre, esp, ah, icmpv6, ipv6-nonxt, ipv6-opts, "
       "sctp, mobility, udplite, hip, shim6, a number from 0 to 255"},
      {"policies: [{ from: a, to: b, rules: [{ action: deny, protocol: TCP }] }]",
       "f:1:64: protocol: \"TCP\" is not a protocol; did you mean \"tcp\"?"},
      {"policies: [{ from: a, to: b, rules: [{ action: deny, destination-port: http }] }]",
       "f:1:72: destination-port: \"http\" is not a number or a range; a number from 0 to 65535, "
       "or a range of these"},
      {"policies: [{ from: a, to: b, rules: [{ action: deny, destination-port: 90-80 }] }]",
       "f:1:72: destination-port: \"90-80\" is reversed; 80-90"},
      {"policies: [{ from: a, to: b, rules: [{ action: deny, destination-port: 65536 }] }]",
       "f:1:72: destination-port: \"65536\" is out of range; a number from 0 to 65535, or a range "
       "of these"},
      {"policies: [{ from: a, to: b, rules: [{ action: deny, protocol: icmp6 }] }]",
       "f:1:64: protocol: \"icmp6\" is not a protocol; did you mean \"icmpv6\"?"},
      {"policies: [{ from: a, to: b, rules: [{ action: deny, destination-port: 080 }] }]",
       "f:1:72: destination-port: \"080\" has a leading zero; decimal numbers without leading "
       "zeros"},
      {"policies: [{ from: a, to: b, rules: [{ action: deny, source-port: 1-0090 }] }]",
       "f:1:67: source-port: \"1-0090\" has a leading zero; decimal numbers without leading zeros"},
      {"policies: [{ from: a, to: b, rules: [{ action: deny, protocol: 06 }] }]",
       "f:1:64: protocol: \"06\" has a leading zero; decimal numbers without leading zeros"},
      {"policies: [{ from: a, to: b, rules: [{ action: deny, destination-port: 1-2-3 }] }]",
       "f:1:72: destination-port: \"1-2-3\" is not a number or a range; a number from 0 to 65535, "
       "or a range of these"},
      {"policies: [{ from: a, to: b, rules: [{ action: deny, destination-port: \"80,443\" }] }]",
       "f:1:72: destination-port: \"80,443\" is not a number or a range; a number from 0 to 65535, "
       "or a range of these"},
      {"policies: [{ from: a, to: b, rules: [{ action: deny, destination-port: 53, protocol: icmp "
       "}] }]",
       "f:1:38: no packet matches: the protocol has no ports; protocol: tcp, udp, sctp, dccp or "
       "udplite"},
      {"policies: [{ from: a, to: b, rules: [{ action: deny, icmp-type: 8 }] }]",
       "f:1:38: icmp-type and icmp-code say nothing about this protocol; protocol: icmp or icmpv6"},
      {"policies: [{ from: a, to: b, rules: [{ action: deny, icmp-type: 8, protocol: tcp }] }]",
       "f:1:38: icmp-type and icmp-code say nothing about this protocol; protocol: icmp or icmpv6"},
      {"policies: [{ from: a, to: b, rules: [{ action: deny, icmp-type: 256, protocol: icmp }] }]",
       "f:1:65: icmp-type: \"256\" is out of range; a number from 0 to 255, or a range of these"},
      {"policies: [{ from: a, to: b, rules: [{ action: deny, icmp-type: 9-8, protocol: icmp }] }]",
       "f:1:65: icmp-type: \"9-8\" is reversed; 8-9"},
      {"policies: [{ from: a, to: b, rules: [{ action: deny, icmp-type: echo-requst, protocol: "
       "icmp }] }]",
       "f:1:65: icmp-type: \"echo-requst\" is not a message of icmp; did you mean "
       "\"echo-request\"?"},
      {"policies: [{ from: a, to: b, rules: [{ action: deny, icmp-type: packet-too-big, protocol: "
       "icmp }] }]",
       "f:1:65: icmp-type: \"packet-too-big\" is not a message of icmp; one of: "
       "destination-unreachable, echo-reply, echo-request, parameter-problem, redirect, "
       "router-advertisement, router-solicitation, time-exceeded, timestamp-reply, "
       "timestamp-request, a number from 0 to 255"},
      {"policies: [{ from: a, to: b, rules: [{ action: deny, icmp-type: echo-reply, protocol: "
       "[icmp, icmpv6] }] }]",
       "f:1:65: icmp-type: \"echo-reply\" is not the same number in icmp and icmpv6; a rule for "
       "each of the two protocols"},
      {"policies: [{ from: a, to: b, rules: [{ action: deny, icmp-type: 8, destination-port: 1, "
       "protocol: [icmp, tcp] }] }]",
       "f:1:38: no packet matches: ICMP has neither ports nor tcp-flags; criteria of one protocol"},
      {"policies: [{ from: a, to: b, rules: [{ action: deny, family: ipv6, icmp-type: 8, protocol: "
       "icmp }] }]",
       "f:1:38: no packet matches: icmp-type and icmp-code are of the other family; protocol: icmp "
       "for IPv4, icmpv6 for IPv6"},
      {"policies: [{ from: a, to: b, rules: [{ action: deny, source: 10.0.0.0/8, icmp-code: 0, "
       "protocol: icmpv6 }] }]",
       "f:1:38: no packet matches: icmp-type and icmp-code are of the other family; protocol: icmp "
       "for IPv4, icmpv6 for IPv6"},
      {"policies: [{ from: a, to: b, rules: [{ action: deny, protocol: [tcp, ipv6-frag] }] }]",
       "f:1:38: no packet of IPv6 matches: weir walks over ipv6-frag; fragment: any, or family: "
       "ipv4"},
      {"policies: [{ from: a, to: b, rules: [{ action: deny, protocol: 43, family: ipv6 }] }]",
       "f:1:38: no packet of IPv6 matches: weir walks over ipv6-route; headers: { routing-headers: "
       "drop }, or family: ipv4"},
      {"policies: [{ from: a, to: b, rules: [{ action: deny, protocol: 60 }] }]",
       "f:1:38: no packet of IPv6 matches: weir walks over ipv6-opts; the protocol that follows "
       "it, or family: ipv4"},
      {"policies: [{ from: a, to: b, rules: [{ action: deny, protocol: hopopt }] }]",
       "f:1:38: no packet of IPv6 matches: weir walks over hopopt; the protocol that follows it, "
       "or family: ipv4"},
      {"policies: [{ from: a, to: b, rules: [{ action: permit-stateful, protocol: ah, family: ipv6 "
       "}] }]",
       "f:1:38: no packet matches: a session of IPv6 is of what follows the header ah; action: "
       "permit, or the protocols that follow it"},
      {"policies: [{ from: a, to: b, rules: [{ action: deny, tcp-flags: sin }] }]",
       "f:1:65: tcp-flags: \"sin\" is not a TCP flag; did you mean \"fin\"?"},
      {"policies: [{ from: a, to: b, rules: [{ action: deny, tcp-flags: [syn, \"!syn\"] }] }]",
       "f:1:65: tcp-flags asks for a flag to be both set and clear; each flag once"},
      {"policies: [{ from: a, to: b, rules: [{ action: deny, tcp-flags: [established, \"!ack\", "
       "\"!rst\"] }] }]",
       "f:1:65: tcp-flags asks for established, which is ack or rst, and for both to be clear; "
       "established, or the flags that are to be clear"},
      {"policies: [{ from: a, to: b, rules: [{ action: deny, fragment: later, protocol: udp, "
       "destination-port: 53 }] }]",
       "f:1:38: no packet matches: a later fragment has no ports, ICMP type or tcp-flags; "
       "fragment: "
       "first, or addresses and protocol alone"},
      {"policies: [{ from: a, to: b, rules: [{ action: deny, fragment: later, tcp-flags: syn }] }]",
       "f:1:38: no packet matches: a later fragment has no ports, ICMP type or tcp-flags; "
       "fragment: "
       "first, or addresses and protocol alone"},
      {"policies: [{ from: a, to: b, rules: [{ action: deny, fragment: later, protocol: icmp, "
       "icmp-type: 8 }] }]",
       "f:1:38: no packet matches: a later fragment has no ports, ICMP type or tcp-flags; "
       "fragment: "
       "first, or addresses and protocol alone"},
      {"policies: [{ from: a, to: b, rules: [{ action: deny, tcp-flags: \"!established\" }] }]",
       "f:1:65: tcp-flags: \"!established\" is not a TCP flag; did you mean \"established\"?"},
      {"policies: [{ from: a, to: b, rules: [{ action: deny, tcp-flags: syn, protocol: udp }] }]",
       "f:1:38: no packet matches: tcp-flags are not of this protocol; protocol: tcp"},
      {"policies: [{ from: a, to: b, rules: [{ action: deny, fragment: some }] }]",
       "f:1:64: fragment: \"some\" is not known here; one of: later, first, any, none"},
      {"policies: [{ from: a, to: b, rules: [{ action: deny, family: ipv6, source: 10.0.0.0/8 }] "
       "}]",
       "f:1:38: no packet matches: family, source and destination exclude each other; addresses of "
       "one family"},
      {"policies: [{ from: a, to: b, rules: [{ action: deny, destination: \"2001:db8::/32\", "
       "source: 10.0.0.0/8 }] }]",
       "f:1:38: no packet matches: family, source and destination exclude each other; addresses of "
       "one family"},
  }));

  CHECK(said_about(one.text) == one.said);
}

TEST_CASE("translation refuses what cannot be", "[config][refusal]") {
  const auto one = GENERATE(values<refusal>({
      {"nat: []", "f:1:6: nat is a list; a map of: alg, pools, static, exempt"},
      {"nat: { pools: {} }", "f:1:15: pools is a map; a list"},
      {"nat: { pools: [{ name: p, internal: [], external: [] }] }",
       "f:1:37: internal is an empty list; an address or a prefix such as 192.0.2.0/24\nf:1:51: "
       "external is an empty list; an address or a prefix such as 192.0.2.0/24"},
      {"nat: { pools: [{ name: p, internal: 10.0.0.0/8, external: [wan, lan] }] }",
       "f:1:60: external: \"wan\" is not an address or a prefix; an address or a prefix such as "
       "192.0.2.0/24\nf:1:65: external: \"lan\" is not an address or a prefix; an address or a "
       "prefix such as 192.0.2.0/24"},
      {"nat: { pools: [{ name: p, internal: 10.0.0.0/8, external: 192.0.2.1/24 }] }",
       "f:1:59: external: \"192.0.2.1/24\" has host bits set; 192.0.2.0/24"},
      {"nat: { pools: [{ name: p, internal: 10.0.0.0/8, external: wan, ports: 0-1023 }] }",
       "f:1:71: ports: \"0-1023\" is out of range; a number from 1 to 65535, or a range of these"},
      {"nat: { pools: [{ name: p, internal: 10.0.0.0/8, external: wan, ports: 65535-1 }] }",
       "f:1:71: ports: \"65535-1\" is reversed; 1-65535"},
      {"nat: { pools: [{ name: p, internal: 10.0.0.0/8, external: wan, ports: [1-2] }] }",
       "f:1:71: ports is a list; one range such as 1024-65535, and reserved-ports for what is left "
       "out"},
      {"nat: { pools: [{ name: p, internal: 10.0.0.0/8, external: wan, reserved-ports: 0 }] }",
       "f:1:80: reserved-ports: \"0\" is out of range; a number from 1 to 65535, or a range of "
       "these"},
      {"nat: { pools: [{ name: p, internal: 10.0.0.0/8, external: wan, mode: static }] }",
       "f:1:70: mode: \"static\" is not known here; one of: dynamic, deterministic"},
      {"nat: { pools: [{ name: p, internal: 10.0.0.0/8, external: wan, mapping: symmetric }] }",
       "f:1:73: mapping: \"symmetric\" is not known here; endpoint-independent"},
      {"nat: { pools: [{ name: p, internal: 10.0.0.0/8, external: wan, deterministic: { "
       "ports-per-host: 10 } }] }",
       "f:1:79: deterministic does nothing in a dynamic pool; mode: deterministic"},
      {"nat: { pools: [{ name: p, internal: 10.0.0.0/8, external: wan, mode: deterministic, "
       "deterministic: { ports-per-host: 0 } }] }",
       "f:1:118: ports-per-host: \"0\" is out of range; a number from 1 to 65535"},
      {"nat: { pools: [{ name: p, internal: 10.0.0.0/8, external: wan, exhausted: port-unreachable "
       "}] }",
       "f:1:75: exhausted: \"port-unreachable\" is not known here; did you mean "
       "\"host-unreachable\"?"},
      {"nat: { static: [{ external: \"192.0.2.1:0\", internal: 10.0.0.1 }] }",
       "f:1:29: external: \"192.0.2.1:0\" has a bad port; a port from 1 to 65535"},
      {"nat: { static: [{ external: \"192.0.2.1:65536\", internal: 10.0.0.1 }] }",
       "f:1:29: external: \"192.0.2.1:65536\" has a bad port; a port from 1 to 65535"},
      {"nat: { static: [{ external: \"[2001:db8::1]:80\", internal: \"10.0.0.1:80\" }] }",
       "f:1:29: external: \"[2001:db8::1]:80\" is not an IPv4 address with or without a port; "
       "192.0.2.1, or \"192.0.2.1:80\""},
      {"nat: { static: [{ external: 192.0.2.0/24, internal: 10.0.0.1 }] }",
       "f:1:29: external: \"192.0.2.0/24\" is not an IPv4 address with or without a port; "
       "192.0.2.1, or \"192.0.2.1:80\""},
      {"nat: { exempt: [{ source: 10.0.0.0/8, destination: \"2001:db8::/32\" }] }",
       "f:1:52: destination: \"2001:db8::/32\" is IPv6; an IPv4 prefix such as 192.0.2.0/24"},
      {"sets: { a: [\"2001:db8::/32\"] }\nnat: { exempt: [{ source: \"@a\", destination: 10.0.0.1 "
       "}] }",
       "f:2:27: source: \"@a\" holds \"2001:db8::/32\", which is IPv6; an IPv4 prefix such as "
       "192.0.2.0/24"},
      {"nat: { exempt: [{ source: [], destination: 10.0.0.1 }] }",
       "f:1:27: source is an empty list; an IPv4 prefix such as 192.0.2.0/24"},
      {"nat: { static: [{ external: 192.0.2.1, internal: 10.0.0.1, protocol: [tcp, 6] }] }",
       "f:1:70: protocol lists \"tcp\" twice; each protocol once"},
      {"nat: { pools: [{ name: p, internal: 10.0.0.0/8, external: w, ports: [1024-2000, 3000] }] }",
       "f:1:69: ports is a list; one range such as 1024-65535, and reserved-ports for what is left "
       "out"},
  }));

  CHECK(said_about(one.text) == one.said);
}

TEST_CASE("sessions and durations refuse what cannot be", "[config][refusal]") {
  const auto one = GENERATE(values<refusal>({
      {"sessions: { max: 0 }", "f:1:18: max: \"0\" is out of range; a number from 1 to 67108864"},
      {"sessions: { max: 1000000000000 }",
       "f:1:18: max: \"1000000000000\" is out of range; a number from 1 to 67108864"},
      {"sessions: { max: 67108865 }",
       "f:1:18: max: \"67108865\" is out of range; a number from 1 to 67108864"},
      {"sessions: { shards: 0 }", "f:1:21: shards: \"0\" is not a number of shards; 1"},
      {"sessions: { when-full: drop }",
       "f:1:24: when-full: \"drop\" is not known here; one of: refuse, evict-embryonic, "
       "fair-share"},
      {"sessions: { timeouts: { udp: 5 } }",
       "f:1:30: udp: \"5\" has no unit; 5s, or another unit: d, h, m, ms"},
      {"sessions: { timeouts: { udp: 5 m } }",
       "f:1:30: udp: \"5 m\" is not a duration; a duration such as 90s, 2h4m or 500ms"},
      {"sessions: { timeouts: { udp: 5min } }",
       "f:1:30: udp: \"5min\" is not a duration; a duration such as 90s, 2h4m or 500ms"},
      {"sessions: { timeouts: { udp: 4m2h } }",
       "f:1:30: udp: \"4m2h\" is not a duration; a duration such as 90s, 2h4m or 500ms"},
      {"sessions: { timeouts: { udp: 1m1m } }",
       "f:1:30: udp: \"1m1m\" is not a duration; a duration such as 90s, 2h4m or 500ms"},
      {"sessions: { timeouts: { udp: -5s } }",
       "f:1:30: udp: \"-5s\" is not a duration; a duration such as 90s, 2h4m or 500ms"},
      {"sessions: { timeouts: { udp: 1.5s } }",
       "f:1:30: udp: \"1.5s\" is not a duration; a duration such as 90s, 2h4m or 500ms"},
      {"sessions: { timeouts: { udp: \"\" } }",
       "f:1:30: udp: \"\" is not a duration; a duration such as 90s, 2h4m or 500ms"},
      {"sessions: { timeouts: { udp: 99999999999999d } }",
       "f:1:30: udp: \"99999999999999d\" is too long; at most 292 years"},
  }));

  CHECK(said_about(one.text) == one.said);
}

TEST_CASE("all faults of a file are reported in the order of the text", "[config][refusal]") {
  const std::string text = R"(policies:
  - name: outbound
    from: inside
    to: outside
    rules:
      - { name: a, action: permt, source: "@admin", destination-port: [80, 99999] }
      - name: b
        protocol: tpc
nat64: []
sets:
  admins: [192.0.2.1/24]
  admins: [192.0.2.1]
interfaces:
  lan:
    addresses: [192.0.2.1/24, 2001:db8::1/64]
    zoen: inside
)";

  const auto said = said_about(text);

  CHECK(said == R"(f:6:28: action: "permt" is not known here; did you mean "permit"?
f:6:43: source: "@admin" is not a set; did you mean "admins"?
f:6:76: destination-port: "99999" is out of range; a number from 0 to 65535, or a range of these
f:7:9: the key "action" is missing; required here: action
f:8:19: protocol: "tpc" is not a protocol; did you mean "tcp"?
f:9:1: nat64 has no engine part yet; remove it
f:11:12: admins: "192.0.2.1/24" has host bits set; 192.0.2.0/24
f:12:3: the key "admins" is there twice; once; the other stands in line 11
f:15:31: "2001:db8::1/64" contains "::" and is not quoted; "2001:db8::1/64" in quotes
f:16:5: unknown key "zoen"; did you mean "zone"?)");
}

TEST_CASE("a set of the wrong kind is refused where it is used", "[config][refusal]") {
  const std::string sets =
      "sets: { hosts: [10.0.0.1], web: [80, 443], tunnels: [gre, esp], big: 300 }\n";
  const auto one = GENERATE(values<refusal>({
      {"source: \"@web\"", "source: \"@web\" is a set of numbers; a set of addresses"},
      {"source: \"@tunnels\"", "source: \"@tunnels\" is a set of names; a set of addresses"},
      {"source-port: \"@hosts\"",
       "source-port: \"@hosts\" is a set of addresses; a set of numbers"},
      {"protocol: \"@hosts\"", "protocol: \"@hosts\" is a set of addresses; a set of names"},
      {"protocol: icmp, icmp-code: \"@tunnels\"",
       "icmp-code: \"@tunnels\" is a set of names; a set of numbers"},
      {"protocol: icmp, icmp-type: \"@big\"",
       "icmp-type: \"@big\" holds \"300\", which is out of range; a number from 0 to 255, or a "
       "range "
       "of these"},
      {"protocol: icmp, icmp-type: \"@tunnels\"",
       "icmp-type: \"@tunnels\" holds \"gre\", which is not a message of icmp; one of: "
       "destination-unreachable, echo-reply, echo-request, parameter-problem, redirect, "
       "router-advertisement, router-solicitation, time-exceeded, timestamp-reply, "
       "timestamp-request, a number from 0 to 255"},
      {"source: \"@host\"", "source: \"@host\" is not a set; did you mean \"hosts\"?"},
      {"source: \"@x\"", "source: \"@x\" is not a set; one of: hosts, web, tunnels, big"},
  }));

  const auto said = said_about(sets + "policies: [{ from: a, to: b, rules: [{ action: deny, " +
                               one.text + " }] }]\n");

  INFO(one.text);
  CHECK(said.substr(0, said.find('\n')).ends_with(": " + one.said));
}

TEST_CASE("what a person wrote is repeated cut", "[config][refusal]") {
  CHECK(said_about("martians: " + std::string(100, 'x') + "\n") ==
        "f:1:11: martians: \"" + std::string(60, 'x') +
            "...\" is not known here; one of: drop, off");
}

TEST_CASE("a report ends after a thousand faults", "[config][refusal]") {
  const auto faults_of = [](int count) {
    std::string text = "routes:\n";
    for (int i = 0; i < count; ++i) {
      text += "  - 5\n";
    }
    return std::get<std::vector<located_fault>>(read(text, "f"));
  };

  CHECK(faults_of(999).size() == 999);
  CHECK(faults_of(1000).back().what == "routes is one value");
  CHECK(faults_of(1001).size() == 1001);
  CHECK(faults_of(1001).back().what == "there are more faults than these");
  CHECK(faults_of(5000).size() == 1001);
}

TEST_CASE("sets stand for a bounded number of values in all", "[config][refusal]") {
  const auto uses = [](int rules) {
    std::string text = "sets:\n  hosts:\n";
    for (int i = 0; i < 999; ++i) {
      text += "    - 10.0." + std::to_string(i / 250) + "." + std::to_string(i % 250) + "\n";
    }
    text += "policies:\n  - from: a\n    to: b\n    rules:\n";
    for (int i = 0; i < rules; ++i) {
      text += "      - { action: deny, source: \"@hosts\" }\n";
    }
    return said_about(text);
  };

  if (!weir::test::is_sanitized) CHECK(uses(2000) == "");  // a minute long there
  CHECK(uses(2001) ==
        "f:3006:33: the sets that are used hold too many values in all; at most 2000000");
}

TEST_CASE("lists of protocols make a bounded number of mappings", "[config][refusal]") {
  const auto mappings = [](int written) {
    std::string text = "sets:\n  all:\n";
    for (int i = 0; i < 256; ++i) text += "    - " + std::to_string(i) + "\n";
    text += "nat:\n  static:\n";
    for (int i = 0; i < written; ++i) {
      text += "    - { external: 10.1.0.0, internal: 10.0.0.1, protocol: \"@all\" }\n";
    }
    return said_about(text);
  };

  CHECK(mappings(257) == "");
  CHECK(mappings(258) ==
        "f:518:7: the lists of protocols up to here make too many mappings; at most 65536 more in "
        "all");
}

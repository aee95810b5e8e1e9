#include "weir/engine/checked.hpp"

#include "tests/engine/gateway.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/ending.hpp"

#include <algorithm>
#include <functional>
#include <string>
#include <variant>
#include <vector>

namespace weir::test {
namespace {

std::vector<fault> faults_of(const configuration& raw) {
  auto result = checked(raw);
  auto* faults = std::get_if<std::vector<fault>>(&result);
  return faults == nullptr ? std::vector<fault>{} : *faults;
}

/// The faults, one a line, as people read them.
std::string said_about(const configuration& raw) {
  std::string all;
  for (const auto& one : faults_of(raw)) {
    all += to_text(one) + "\n";
  }
  return all;
}
std::string said_after(const std::function<void(configuration&)>& change,
                       configuration raw = pool_gateway()) {
  change(raw);
  return said_about(raw);
}

TEST_CASE("a home gateway has no faults", "[engine][checked]") {
  CHECK(said_about(home_gateway()).empty());
  CHECK(said_about(pool_gateway()).empty());
  CHECK(said_about(configuration{}).empty());
}

TEST_CASE("a fault of an interface is named", "[engine][checked]") {
  using raw = configuration;
  CHECK(said_after([](raw& one) { one.interfaces[1].name = "lan"; }).substr(0, 51) ==
        "interfaces.lan: \"lan\" is defined twice; one entry f");
  CHECK(said_after([](raw& one) { one.interfaces.push_back({}); }) ==
        "interfaces[2]: \"\" cannot name an interface; any name but \"local\", which is the box "
        "itself\n");
  CHECK(said_after([](raw& one) {
          one.interfaces[0].zone = "local";
        }).find("interfaces.lan.zone: zone \"local\" is the box itself; another zone name") !=
        std::string::npos);
  CHECK(said_after([](raw& one) { one.interfaces[0].mtu = 1279; }) ==
        "interfaces.lan.mtu: an MTU of 1279 cannot work here; 1280 to 65535\n");
  CHECK(said_after([](raw& one) {
          one.interfaces[0].addresses.pop_back();
          one.interfaces[0].mtu = 67;
        }) == "interfaces.lan.mtu: an MTU of 67 cannot work here; 68 to 65535\n");
  CHECK(said_after([](raw& one) {
          one.interfaces[0].addresses[0].length = 33;
        }).find("interfaces.lan.addresses[0]: a prefix length of 33 is too long; at most /32") !=
        std::string::npos);
  CHECK(said_after([](raw& one) {
          one.interfaces[0].addresses[1].length = 129;
        }).find("interfaces.lan.addresses[1]: a prefix length of 129 is too long; at most /128") !=
        std::string::npos);
  const auto lengths_of = [](const configuration& one) {
    const auto made = std::get<std::shared_ptr<const snapshot>>(checked(one));
    std::string all;
    for (const auto& own : made->interfaces()[1].addresses) all += std::to_string(own.length) + " ";
    return all;
  };
  auto alone = pool_gateway();
  for (auto& own : alone.interfaces[0].addresses) own.length.reset();
  CHECK(lengths_of(alone) == "32 128 ");
  CHECK(said_after([](raw& one) { one.interfaces[0].addresses[0] = own("224.0.0.1/24"); }) ==
        "interfaces.lan.addresses[0]: 224.0.0.1 cannot be the address of an interface; a unicast "
        "address\n");
  CHECK(said_after([](raw& one) {
          one.interfaces[1].addresses[0] = own("10.0.0.1/8");
          one.routes.clear();
        }) ==
        "interfaces.wan.addresses: 10.0.0.1 is also the address of \"lan\"; each address once in a "
        "domain\n");
}

TEST_CASE("a fault of a route or a neighbour is named", "[engine][checked]") {
  using raw = configuration;
  CHECK(said_after([](raw& one) { one.routes[0].interface = "wam"; }) ==
        "routes[0].interface: unknown interface \"wam\"; one of: lan, wan\n");
  CHECK(said_after([](raw& one) { one.routes[0].interface = "local"; }) ==
        "routes[0].interface: unknown interface \"local\"; one of: lan, wan\n");
  CHECK(said_after([](raw& one) { one.routes[1].domain = "red"; }) ==
        "routes[1].domain: no interface belongs to domain \"red\"; the domain of an interface\n");
  CHECK(said_after([](raw& one) { one.routes[0].via = parse_ip_address("fe80::1"); }) ==
        "routes[0].via: fe80::1 is of the other family than `to`; a gateway of the destination's "
        "family\n");
  CHECK(said_after([](raw& one) {
          one.neighbors.push_back({*parse_ip_address("10.0.0.9"), "lam", any_station});
        }) == "neighbors[0].interface: unknown interface \"lam\"; one of: lan, wan\n");
}

TEST_CASE("an address that is there twice or is no host's is named", "[engine][checked]") {
  const auto said_of_second = [](std::string_view text) {
    return said_after([&](configuration& one) { one.interfaces[0].addresses[1] = own(text); });
  };
  CHECK(said_of_second("10.0.0.1/24") ==
        "interfaces.lan.addresses[1]: 10.0.0.1 is there twice; each address once\n");
  CHECK(said_of_second("10.0.1.0/24") ==
        "interfaces.lan.addresses[1]: 10.0.1.0 is that of its whole subnet; the address of one "
        "host in it\n");
  CHECK(said_of_second("10.0.1.255/24") ==
        "interfaces.lan.addresses[1]: 10.0.1.255 is that of its whole subnet; the address of one "
        "host in it\n");
  CHECK(said_of_second("10.0.0.2/24").empty());
  CHECK(said_of_second("10.0.1.0/31").empty());
  CHECK(said_of_second("10.0.1.255/32").empty());
}

TEST_CASE("two interfaces of a domain with hosts of one subnet are named", "[engine][checked]") {
  const auto said_of_both = [](std::string_view lan, std::string_view wan) {
    return said_after([&](configuration& one) {
      one.interfaces[0].addresses[1] = own(lan);
      one.interfaces[1].addresses.push_back(own(wan));
    });
  };
  CHECK(
      said_of_both("10.1.0.1/24", "10.1.0.2/24") ==
      "interfaces.wan.addresses: 10.1.0.0/24 overlaps 10.1.0.0/24 of \"lan\"; a subnet of its own "
      "for each interface of a domain\n");
  CHECK(
      said_of_both("10.1.0.1/16", "10.1.7.1/24") ==
      "interfaces.wan.addresses: 10.1.7.0/24 overlaps 10.1.0.0/16 of \"lan\"; a subnet of its own "
      "for each interface of a domain\n");
  CHECK(said_of_both("2001:db8:7:1::1/64", "2001:db8:7::1/48") ==
        "interfaces.wan.addresses: 2001:db8:7::/48 overlaps 2001:db8:7:1::/64 of \"lan\"; a subnet "
        "of its own for each interface of a domain\n");
  CHECK(said_of_both("10.1.0.1/16", "10.1.7.1/32").empty());
  CHECK(said_of_both("fe80::1/64", "fe80::2/64").empty());
  CHECK(said_of_both("fe80::1/64", "fe80::1/64").empty());
  CHECK(said_of_both("fe80::1/128", "fe80::1/128").empty());
}

TEST_CASE("a route over IPv6 needs an interface that carries its packets",
          "[engine][checked][rfc8200]") {
  CHECK(said_after([](configuration& one) {
          one.interfaces[1].addresses.resize(1);
          one.interfaces[1].mtu = 600;
          one.routes[1].via = parse_ip_address("fe80::fe");
        }) ==
        "routes[1].interface: \"wan\" has an MTU of 600, and IPv6 asks every link for 1280; a "
        "larger MTU, or no route over IPv6\n");
}

TEST_CASE("an exemption of an unknown domain is named", "[engine][checked]") {
  CHECK(said_after([](configuration& one) {
          one.nat.exempt.resize(1);
          one.nat.exempt[0].domain = "red";
        }) ==
        "nat.exempt[0].domain: no interface belongs to domain \"red\"; the domain of an "
        "interface\n");
}

TEST_CASE("translation that can have no effect is named", "[engine][checked]") {
  CHECK(said_after([](configuration& one) {
          one.nat.exempt.resize(1);
          one.nat.exempt[0].protocols = {protocol::icmp};
          one.nat.exempt[0].destination_ports = {port_range::only(port{80})};
        }) ==
        "nat.exempt[0].destination-port: no packet matches: the protocol has no ports; a protocol "
        "with ports, or no port\n");
}

TEST_CASE("what a deterministic pool's plan decides is asked of no key", "[engine][checked]") {
  const auto said_of = [](bool pool_configuration::*key, bool value) {
    return said_after([&](configuration& one) {
      one.nat.pools[0].deterministic = true;
      one.nat.pools[0].*key = value;
    });
  };
  const std::string why =
      ": the plan of a deterministic pool says which address and ports it gives; no such key, or "
      "mode dynamic\n";
  using raw = pool_configuration;
  CHECK(said_of(&raw::preserve_port, false) == "nat.pools[0].preserve-port" + why);
  CHECK(said_of(&raw::preserve_parity, true) == "nat.pools[0].preserve-parity" + why);
  CHECK(said_of(&raw::preserve_range, false) == "nat.pools[0].preserve-range" + why);
  CHECK(said_of(&raw::paired, false) == "nat.pools[0].paired" + why);
  CHECK(said_of(&raw::paired_full_takes_other, true) == "nat.pools[0].when-paired-full" + why);
  CHECK(said_of(&raw::paired, true).empty());
}

TEST_CASE("a gateway that nobody can be is named", "[engine][checked]") {
  const auto change = [](std::string_view gateway, configuration& one) {
    one.routes[0].via = parse_ip_address(gateway);
  };
  const auto said_of = [&](std::string_view gateway) {
    return said_after([&](configuration& one) { change(gateway, one); });
  };
  const std::string nowhere =
      "routes[0].via: 192.0.2.1 is in no subnet of \"wan\"; the address of a neighbour on it, or a "
      "route to the gateway without `via`\n";
  CHECK(said_of("192.0.2.1") == nowhere);
  CHECK(said_of("203.0.113.1") ==
        "routes[0].via: 203.0.113.1 is the box's own address; the address of a neighbour on "
        "\"wan\"\n");
  CHECK(said_of("10.0.0.1") ==
        "routes[0].via: 10.0.0.1 is the box's own address; the address of a neighbour on "
        "\"wan\"\n");
  CHECK(said_after([&](configuration& one) {
          change("192.0.2.1", one);
          one.routes.push_back({*parse_prefix("192.0.2.1/32"), std::nullopt, "lan"});
        }) == nowhere);
  CHECK(said_after([&](configuration& one) {
          change("192.0.2.1", one);
          one.routes.push_back({*parse_prefix("192.0.2.1/32"), std::nullopt, "wan"});
        }).empty());
  CHECK(said_after([&](configuration& one) {
          change("192.0.2.1", one);
          one.neighbors = {{*parse_ip_address("192.0.2.1"), "wan", any_station}};
        }).empty());
  CHECK(said_after([](configuration& one) {
          one.routes[1].via = parse_ip_address("fe80::1");
        }).empty());
  CHECK(said_of("203.0.113.255") ==
        "routes[0].via: 203.0.113.255 is a broadcast address; the address of a neighbour on "
        "\"wan\"\n");
  CHECK(said_after([&](configuration& one) {
          change("203.0.113.0", one);  // RFC 3021
          one.interfaces[1].addresses[0] = own("203.0.113.1/31");
          one.nat.pools.clear();
        }).empty());
}

TEST_CASE("what no host has is no gateway and no neighbour", "[engine][checked]") {
  const std::string address = GENERATE("0.0.0.0", "127.0.0.1", "224.0.0.1", "255.255.255.255",
                                       "240.0.0.1", "::", "::1", "ff02::1");
  const auto whose = address + " cannot be the address of a neighbour; a unicast address\n";

  CHECK(said_after([&](configuration& one) {
          const auto gateway = *parse_ip_address(address);
          one.routes[gateway.is_ipv4() ? 0 : 1].via = gateway;
          one.routes.push_back({*parse_prefix("0.0.0.0/1"), std::nullopt, "wan"});
          one.routes.push_back({*parse_prefix("128.0.0.0/1"), std::nullopt, "wan"});
        }) ==
        (address.find(':') == std::string::npos ? "routes[0].via: " : "routes[1].via: ") + whose);
  CHECK(said_after([&](configuration& one) {
          one.interfaces.push_back({});
          one.interfaces[2].name = "ppp";
          one.neighbors = {{*parse_ip_address(address), "ppp", any_station}};
        }) == "neighbors[0].address: " + whose);
}

TEST_CASE("a gateway may be link-local in either family", "[engine][checked][rfc3927]") {
  CHECK(said_after([](configuration& one) {
          one.routes[0].via = parse_ip_address("169.254.0.1");
          one.routes[1].via = parse_ip_address("fe80::1");
        }).empty());
}

TEST_CASE("a route that would take away what is connected is named", "[engine][checked]") {
  const auto said_of = [](std::string_view to, bool has_gateway = true) {
    return said_after([&](configuration& one) {
      route_configuration more;
      more.to = *parse_prefix(to);
      more.interface = "wan";
      if (has_gateway) {
        more.via = parse_ip_address(more.to.is_ipv4() ? "203.0.113.254" : "2001:db8:2::fe");
      }
      one.routes.push_back(more);
    });
  };
  const std::string lan =
      "; longer prefixes for parts of it, or no route, as connected ones are implied\n";
  CHECK(said_of("10.0.0.0/24") == "routes[2].to: 10.0.0.0/24 is connected to \"lan\"" + lan);
  CHECK(said_of("10.0.0.0/24", false) == "routes[2].to: 10.0.0.0/24 is connected to \"lan\"" + lan);
  CHECK(said_of("2001:db8:1::/64") ==
        "routes[2].to: 2001:db8:1::/64 is connected to \"lan\"" + lan);
  CHECK(said_of("10.0.0.1/32") ==
        "routes[2].to: 10.0.0.1 is the box's own address; a prefix of other hosts\n");
  CHECK(said_of("2001:db8:1::1/128") ==
        "routes[2].to: 2001:db8:1::1 is the box's own address; a prefix of other hosts\n");
  for (const char* const end : {"10.0.0.0", "10.0.0.255"}) {
    CHECK(said_of(std::string{end} + "/32") ==
          "routes[2].to: " + std::string{end} +
              " is a broadcast address; a prefix of other hosts\n");
  }
  CHECK(said_of("2001:db8:1::/128") ==
        "routes[2].to: 2001:db8:1:: is the box's own address; a prefix of other hosts\n");
  CHECK(said_of("10.0.0.128/25").empty());
  CHECK(said_of("10.0.0.0/23").empty());
  CHECK(said_of("10.0.0.7/32").empty());
  CHECK(said_of("2001:db8:1:0:1::/80").empty());
}

TEST_CASE("another domain's subnet may have a route", "[engine][checked]") {
  auto raw = two_zones();
  raw.interfaces.push_back(raw.interfaces[0]);
  raw.interfaces[2].name = "other";
  raw.interfaces[2].domain = "red";
  raw.interfaces[2].addresses = {own("10.7.0.1/24")};
  raw.routes.push_back({*parse_prefix("10.7.0.0/24"), std::nullopt, "other", "default"});

  CHECK(said_about(raw).empty());
}

TEST_CASE("a neighbour that nobody can be is named", "[engine][checked]") {
  const mac_address station{{2, 0, 0, 0, 0, 9}};
  const auto said_of = [&](std::string_view address, const char* interface = "wan") {
    return said_after([&](configuration& one) {
      one.neighbors = {{*parse_ip_address(address), interface, station}};
    });
  };
  CHECK(said_of("203.0.113.1") ==
        "neighbors[0].address: 203.0.113.1 is the box's own address; the address of a neighbour on "
        "\"wan\"\n");
  CHECK(said_of("203.0.113.255") ==
        "neighbors[0].address: 203.0.113.255 is a broadcast address; the address of a neighbour on "
        "\"wan\"\n");
  CHECK(said_of("203.0.113.9", "lan") ==
        "neighbors[0].address: 203.0.113.9 is in no subnet of \"lan\"; an address of a subnet of "
        "it, or that of a gateway a route names\n");
  CHECK(said_of("203.0.113.9").empty());
  CHECK(said_of("fe80::9", "lan").empty());
  CHECK(said_of("169.254.0.9", "lan").empty());
}

TEST_CASE("a link-local address of one link is no fault on another", "[engine][checked][rfc4291]") {
  const auto said_of = [](std::string_view on) {
    auto raw = two_zones();
    raw.interfaces[0].addresses.push_back(own("fe80::1/64"));
    raw.routes[1].via = parse_ip_address("fe80::1");
    raw.neighbors = {{*parse_ip_address("fe80::1"), std::string{on}, any_station}};
    return said_about(raw);
  };
  CHECK(said_of("wan").empty());
  CHECK(said_of("lan") ==
        "neighbors[0].address: fe80::1 is the box's own address; the address of a neighbour on "
        "\"lan\"\n");
}

TEST_CASE("a neighbour may be outside where routes lead to it, or no subnet is",
          "[engine][checked]") {
  auto raw = two_zones();
  raw.interfaces.resize(3);
  raw.interfaces[2].name = "ppp";
  raw.neighbors = {{*parse_ip_address("192.0.2.1"), "wan", any_station},
                   {*parse_ip_address("192.0.2.2"), "wan", any_station},
                   {*parse_ip_address("192.0.2.3"), "ppp", any_station}};
  raw.routes[0].via = parse_ip_address("192.0.2.1");
  CHECK(said_about(raw).find("neighbors[1].address: 192.0.2.2 is in no subnet") == 0);

  raw.routes.push_back({*parse_prefix("192.0.2.2/32"), std::nullopt, "wan"});
  CHECK(said_about(raw).empty());
}

TEST_CASE("hosts of the shortest subnets are neighbours and gateways", "[engine][checked]") {
  auto raw = two_zones();
  raw.interfaces[1].addresses = {own("203.0.113.1/31"), own("2001:db8:2::1/127")};
  raw.routes[0].via = parse_ip_address("203.0.113.0");
  raw.routes[1].via = parse_ip_address("2001:db8:2::");
  raw.neighbors = {{*raw.routes[0].via, "wan", any_station},
                   {*raw.routes[1].via, "wan", any_station}};

  CHECK(said_about(raw).empty());
}

TEST_CASE("a second station for a neighbour is named", "[engine][checked]") {
  auto raw = two_zones();
  raw.neighbors = {{*parse_ip_address("203.0.113.9"), "wan", any_station},
                   {*parse_ip_address("fe80::9"), "wan", any_station},
                   {*parse_ip_address("fe80::9"), "lan", any_station},
                   {*parse_ip_address("203.0.113.9"), "wan", any_station}};

  CHECK(said_about(raw) ==
        "neighbors[3].address: 203.0.113.9 on \"wan\" has a station already: neighbors[0]; one "
        "station for each neighbour of an interface\n");
}

TEST_CASE("a second route for a prefix is named", "[engine][checked]") {
  const auto twice = [](configuration& one) { one.routes.push_back(one.routes[0]); };
  CHECK(said_after(twice) ==
        "routes[2].to: 0.0.0.0/0 has a route already: routes[0]; one route for each prefix of a "
        "domain\n");
  CHECK(said_after([&](configuration& one) {
          twice(one);
          one.routes[2].to = *parse_prefix("0.0.0.0/1");
        }).empty());
  CHECK(said_after([&](configuration& one) {
          twice(one);
          one.interfaces.push_back({});
          one.interfaces[2].name = "other";
          one.interfaces[2].domain = "red";
          one.routes[2].domain = "red";
        }).empty());
}

TEST_CASE("a fault of a policy is named", "[engine][checked]") {
  using raw = configuration;
  CHECK(said_after([](raw& one) { one.policies[0].from = "inner"; }) ==
        "policies[0].from: no interface belongs to zone \"inner\"; one of: local, inside, "
        "outside\n");
  CHECK(said_after([](raw& one) {
          one.policies[0].to = "outer";
        }).find("policies[0].to: no interface belongs to zone \"outer\"") == 0);
  CHECK(
      said_after([](raw& one) { one.policies.push_back(one.policies[0]); }) ==
      "policies[1]: another policy is already from \"inside\" to \"outside\"; one policy for each "
      "ordered pair of zones\n");
  CHECK(said_after([](raw& one) {
          one.policies[0].timeouts.emplace();
          one.policies[0].timeouts->udp = duration{};
        }) == "policies[0].timeouts.udp: an idle time of nothing; at least 1ms\n");
  CHECK(said_after([](raw& one) {
          one.sessions.timeouts.tcp_established = duration::minutes(60 * 24 * 13);
        }) ==
        "sessions.timeouts.tcp-established: an idle time beyond 12 days; at most 12 days (288h)\n");
}

TEST_CASE("a fault of the sessions is named", "[engine][checked]") {
  CHECK(said_after([](configuration& one) { one.sessions.max = 0; }) ==
        "sessions.max: 0 sessions cannot be kept; 1 to 67108864\n");
  CHECK(said_after([](configuration& one) { one.sessions.max = 67108865; }) ==
        "sessions.max: 67108865 sessions cannot be kept; 1 to 67108864\n");
}

TEST_CASE("a fault of a pool is named", "[engine][checked]") {
  using raw = configuration;
  const auto pool = [](raw& one) -> pool_configuration& { return one.nat.pools[0]; };
  CHECK(said_after([&](raw& one) {
          pool(one).internal = {*parse_prefix("2001:db8::/32")};
        }).find("nat.pools[0].internal[0]: a NAT pool translates IPv4 only; an IPv4 prefix") == 0);
  CHECK(said_after([&](raw& one) {
          pool(one).external.clear();
          pool(one).external_interface = "wam";
        }) == "nat.pools[0].external: unknown interface \"wam\"; one of: lan, wan\n");
  CHECK(said_after([&](raw& one) {
          pool(one).zone = "outer";
        }).find("nat.pools[0].zone: no interface belongs to zone \"outer\"") == 0);
  CHECK(said_after([&](raw& one) {
          pool(one).domain = "red";
        }).find("nat.pools[0].domain: no interface belongs to domain \"red\"") == 0);
  CHECK(said_after([&](raw& one) {
          pool(one).external_domain = "red";
        }).find("nat.pools[0].external-domain: no interface belongs to domain") == 0);
  CHECK(said_after([&](raw& one) {
          one.nat.pools.push_back(pool(one));
        }).find("nat.pools[1].name: pool \"internet\" is defined twice; a name of its own") == 0);
  CHECK(said_after([&](raw& one) {
          pool(one).external.clear();
        }).find("nat.pools[0].external: the pool has no external address") == 0);
  CHECK(said_after([&](raw& one) {
          pool(one).external = {*parse_prefix("203.0.113.254/31")};
        }).find("nat.pools[0].external: the pool has no external address") == 0);
}

TEST_CASE("a static mapping to the address of another station is named", "[engine][checked]") {
  const auto said_of = [](const static_configuration& mapping) {
    return said_after([&](configuration& one) {
      one.neighbors = {{*parse_ip_address("203.0.113.77"), "wan", any_station},
                       {*parse_ip_address("10.0.0.9"), "lan", any_station}};
      one.nat.statics = {mapping};
    });
  };
  CHECK(said_of(one_to_one("203.0.113.254", "10.0.0.9")) ==
        "nat.static[0].external: 203.0.113.254 is the gateway of routes[0]; an address that no "
        "other station has\n");
  CHECK(said_of(port_forward("203.0.113.77", 80, "10.0.0.9", 8080)) ==
        "nat.static[0].external: 203.0.113.77 is the neighbour of neighbors[0]; an address that no "
        "other station has\n");
  CHECK(said_of(one_to_one("203.0.113.78", "10.0.0.9")).empty());
  CHECK(said_of(port_forward("203.0.113.1", 80, "203.0.113.77", 8080)).empty());
}

TEST_CASE("a pool with the addresses of another domain's interface is named", "[engine][checked]") {
  const auto said_of = [](const char* domain, const char* external_domain) {
    auto raw = home_gateway();
    raw.interfaces[0].domain = "red";
    raw.nat.pools[0].domain = domain;
    raw.nat.pools[0].external_domain = external_domain;
    return said_about(raw);
  };
  CHECK(
      said_of("red", "") ==
      "nat.pools[0].external: \"wan\" is in domain \"default\", and the pool's external addresses "
      "are in \"red\"; external-domain: default, or an interface of \"red\"\n");
  CHECK(
      said_of("default", "red") ==
      "nat.pools[0].external: \"wan\" is in domain \"default\", and the pool's external addresses "
      "are in \"red\"; external-domain: default, or an interface of \"red\"\n");
  CHECK(said_of("red", "default").empty());
  CHECK(said_of("default", "").empty());
  CHECK(said_of("blue", "") ==
        "nat.pools[0].domain: no interface belongs to domain \"blue\"; the domain of an "
        "interface\n");
}

TEST_CASE("a fault of a static mapping is named", "[engine][checked]") {
  using raw = configuration;
  CHECK(said_after([](raw& one) { one.nat.statics = {one_to_one("224.0.0.1", "10.0.0.9")}; }) ==
        "nat.static[0].external: the address is not one host's that packets are forwarded to; a "
        "unicast address\n");
  CHECK(
      said_after([](raw& one) { one.nat.statics = {one_to_one("203.0.113.2", "169.254.0.9")}; }) ==
      "nat.static[0].internal: the address is not one host's that packets are forwarded to; a "
      "unicast address\n");
  CHECK(said_after([](raw& one) { one.nat.statics = {one_to_one("203.0.113.255", "10.0.0.9")}; }) ==
        "nat.static[0].external: 203.0.113.255 is a broadcast address; the address of one host\n");
  CHECK(said_after(
            [](raw& one) { one.nat.statics = {one_to_one("203.0.113.2", "203.0.113.255")}; }) ==
        "nat.static[0].internal: 203.0.113.255 is a broadcast address; the address of one host\n");
  CHECK(said_after([](raw& one) {
          one.nat.statics = {one_to_one("203.0.113.2", "10.0.0.9")};
          one.nat.statics[0].zone = "outer";
        }).find("nat.static[0].zone: no interface belongs to zone \"outer\"") == 0);
  CHECK(said_after([](raw& one) {
          one.nat.statics = {one_to_one("203.0.113.2", "10.0.0.9")};
          one.nat.statics[0].domain = "red";
        }).find("nat.static[0].domain: no interface belongs to domain \"red\"") == 0);
}

TEST_CASE("every fault is named in one run", "[engine][checked]") {
  auto raw = pool_gateway();
  raw.interfaces[0].mtu = 10;
  raw.routes[0].interface = "nowhere";
  raw.policies[0].from = "nobody";
  raw.nat.pools[0].zone = "nowhere";
  raw.nat.statics = {one_to_one("224.0.0.1", "10.0.0.9")};
  raw.sessions.max = 0;

  const auto faults = faults_of(raw);

  CHECK(faults.size() == 6);
}

TEST_CASE("what no file can say is refused of a program", "[engine][checked]") {
  using raw = configuration;
  const mac_address group{{1, 0, 0x5E, 0, 0, 1}};
  const auto of_policy = [](const std::function<void(policy_configuration&)>& change) {
    return said_after([&](raw& one) { change(one.policies[0]); });
  };
  const auto of_pool = [](const std::function<void(pool_configuration&)>& change) {
    return said_after([&](raw& one) { change(one.nat.pools[0]); });
  };

  CHECK(of_policy([](auto& one) { one.tcp_mss = 0; }) ==
        "policies[0].tcp-mss: segments of 0 cannot work; 28 to 65495\n");
  CHECK(of_policy([](auto& one) { one.tcp_mss = 27; }).find("policies[0].tcp-mss: ") == 0);
  CHECK(of_policy([](auto& one) { one.tcp_mss = 28; }).empty());
  CHECK(of_policy([](auto& one) { one.tcp_mss = 65495; }).empty());
  CHECK(of_policy([](auto& one) { one.tcp_mss = 65496; }).find("policies[0].tcp-mss: ") == 0);
  CHECK(of_policy([](auto& one) {
          one.tcp_mss = 1400;
          one.clamp_tcp_mss = true;
        }) ==
        "policies[0].tcp-mss: segments are clamped to a number and to the path's MTU; one of the "
        "two\n");
  CHECK(of_policy([](auto& one) { one.name.clear(); }) ==
        "policies[0].name: the policy has no name; a name of its own\n");
  CHECK(of_policy([](auto& one) {
          one.rules.emplace(one.rules.begin())->protocols = {protocol::icmp};
          one.rules[0].destination_ports = {port_range::only(port{80})};
        }) ==
        "policies[0].rules[0]: no packet matches: the protocol has no ports; protocol: tcp, udp, "
        "sctp, dccp or udplite\n");
  CHECK(of_policy([](auto& one) {
          one.rules.emplace(one.rules.begin())->protocols = {protocol::icmp};
          one.rules[0].icmp_types = {{0, 3}, {8, 3}};
        }) == "policies[0].rules[0].icmp-type: 8-3 contains no number; the lower one first\n");
  CHECK(of_policy([](auto& one) {
          one.rules.emplace(one.rules.begin())->protocols = {protocol::tcp};
          one.rules[0].tcp_flags_set = one.rules[0].tcp_flags_clear = 2;
        }) ==
        "policies[0].rules[0].tcp-flags: tcp-flags asks for a flag to be both set and clear; each "
        "flag once\n");
  CHECK(of_policy([](auto& one) { one.default_action = action{5}; }) ==
        "policies[0].default: 5 means nothing; a value that has a name\n");
  CHECK(of_policy([](auto& one) { one.tcp = tcp_mode{3}; }).find("policies[0].tcp: ") == 0);
  CHECK(of_policy([](auto& one) {
          one.reject_with = reject_form{3};
        }).find("policies[0].reject-with: ") == 0);
  CHECK(of_policy([](auto& one) {
          one.rules.emplace_back().action = action{5};
        }).find("policies[0].rules[0].action: no such action") == 0);
  CHECK(of_policy([](auto& one) {
          one.rules.emplace_back().fragment = fragment_match{5};
        }).find("policies[0].rules[0].fragment: no such fragments") == 0);
  CHECK(of_pool([](auto& one) {
          one.filtering_tcp = endpoint_filtering{2};
        }).find("nat.pools[0].filtering.tcp: ") == 0);
  CHECK(of_pool([](auto& one) {
          one.filtering_udp = endpoint_filtering{2};
        }).find("nat.pools[0].filtering.udp: ") == 0);
  CHECK(of_pool([](auto& one) {
          one.exhausted = exhaustion_answer{3};
        }).find("nat.pools[0].exhausted: ") == 0);
  CHECK(said_after([](raw& one) {
          one.sessions.full = full_policy{3};
        }).find("sessions.when-full: ") == 0);
  CHECK(said_after([](raw& one) {
          one.interfaces[0].validation = source_validation{3};
        }).find("interfaces.lan.source-validation: ") == 0);
  CHECK(of_pool([](auto& one) { one.external_interface = "wan"; }) ==
        "nat.pools[0].external: the pool has prefixes and those of an interface; one of the two\n");
  CHECK(of_pool([](auto& one) { one.ports_per_host = 64; }) ==
        "nat.pools[0].deterministic.ports-per-host: a dynamic pool gives port by port; mode "
        "deterministic, or no such key\n");
  CHECK(of_pool([](auto& one) { one.name.clear(); }) ==
        "nat.pools[0].name: the pool has no name; a name of its own\n");
  CHECK(said_after([&](raw& one) { one.interfaces[0].mac = group; }) ==
        "interfaces.lan.mac: 01:00:5e:00:00:01 is no station's; the address of one station\n");
  CHECK(said_after([&](raw& one) {
          one.neighbors = {{*parse_ip_address("203.0.113.9"), "wan", group}};
        }) == "neighbors[0].mac: 01:00:5e:00:00:01 is no station's; the address of one station\n");
  CHECK(said_after([](raw& one) {
          one.neighbors = {{*parse_ip_address("203.0.113.9"), "wan", {}}};
        }) == "neighbors[0].mac: 00:00:00:00:00:00 is no station's; the address of one station\n");
}

TEST_CASE("a fault elsewhere hides none of the pools", "[engine][checked]") {
  auto raw = pool_gateway();
  raw.routes[0].interface = "nowhere";
  raw.nat.pools[0].reserved_ports = {port_range{}};
  raw.nat.pools.push_back(raw.nat.pools[0]);
  raw.nat.pools[1].name = "other";

  const auto faults = faults_of(raw);

  REQUIRE(faults.size() == 4);
  CHECK(faults[1].path == "nat.pools[0].reserved-ports");
  CHECK(faults[2].path == "nat.pools[1].reserved-ports");
  CHECK(faults[3].path == "nat.pools[1].internal");
}

TEST_CASE("a fault of a pool hides none of the others", "[engine][checked]") {
  auto raw = pool_gateway();
  auto other = raw.nat.pools[0];
  other.name = "other";
  other.internal = {*parse_prefix("10.1.0.0/24")};
  other.reserved_ports = {port_range{}};
  raw.nat.pools[0].zone = "outer";
  raw.nat.pools[0].external = {*parse_prefix("2001:db8::/64"), *parse_prefix("127.0.0.0/8")};
  raw.nat.pools.push_back(other);

  const auto faults = faults_of(raw);

  REQUIRE(faults.size() == 4);
  CHECK(faults[0].path == "nat.pools[0].external[0]");
  CHECK(faults[1].path == "nat.pools[0].zone");
  CHECK(faults[2].path == "nat.pools[0].external[1]");
  CHECK(faults[3].path == "nat.pools[1].reserved-ports");
}

TEST_CASE("what only follows from a refused part of a pool is no fault", "[engine][checked]") {
  const auto faults_after = [](const std::function<void(pool_configuration&)>& change) {
    return said_after([&](configuration& one) {
      auto second = one.nat.pools[0];
      second.name = "second";
      one.nat.pools.push_back(second);
      change(one.nat.pools[0]);
    });
  };
  CHECK(faults_after([](pool_configuration& one) { one.zone = "outer"; }) ==
        "nat.pools[0].zone: no interface belongs to zone \"outer\"; one of: local, inside, "
        "outside\n");
  CHECK(faults_after([](pool_configuration& one) {
          one.internal = {*parse_prefix("2001:db8::/64")};
        }) == "nat.pools[0].internal[0]: a NAT pool translates IPv4 only; an IPv4 prefix\n");
  CHECK(faults_after([](pool_configuration& one) {
          one.external.clear();
          one.external_interface = "local";
        }) == "nat.pools[0].external: unknown interface \"local\"; one of: lan, wan\n");
}

TEST_CASE("mappings of unknown names are not held against others", "[engine][checked]") {
  CHECK(said_after([](configuration& one) {
          one.nat.statics = {one_to_one("203.0.113.2", "10.0.0.9"),
                             one_to_one("203.0.113.2", "10.0.0.9")};
          one.nat.statics[0].domain = "red";
        }) ==
        "nat.static[0].domain: no interface belongs to domain \"red\"; the domain of an "
        "interface\n");
}

TEST_CASE("a fault of a route hides none of its others", "[engine][checked]") {
  const auto faults = said_after([](configuration& one) {
    one.routes[0].interface = "wam";
    one.routes[0].domain = "red";
    one.routes[0].via = parse_ip_address("fe80::1");
  });

  CHECK(faults.find("routes[0].interface: ") == 0);
  CHECK(faults.find("\nroutes[0].domain: ") != std::string::npos);
  CHECK(faults.find("\nroutes[0].via: ") != std::string::npos);
}

TEST_CASE("the zone of an interface that is refused is known", "[engine][checked]") {
  CHECK(said_after([](configuration& one) {
          one.interfaces.push_back({});
          one.interfaces[2].name = "local";
          one.interfaces[2].zone = "third";
          one.policies[0].from = "third";
        }) ==
        "interfaces.local: \"local\" cannot name an interface; any name but \"local\", which is "
        "the box itself\n");
}

TEST_CASE("a fault of an interface's address is not repeated for its pool", "[engine][checked]") {
  auto raw = pool_gateway();
  raw.nat.pools[0].external.clear();
  raw.nat.pools[0].external_interface = "lan";
  raw.interfaces[0].addresses = {own("127.0.0.1/8")};

  const auto faults = faults_of(raw);

  REQUIRE(faults.size() == 1);
  CHECK(faults[0].path == "interfaces.lan.addresses[0]");
}

TEST_CASE("a snapshot keeps names, numbers and routes", "[engine][snapshot]") {
  gateway box{home_gateway()};
  const auto& config = box.worker().config();

  CHECK(config.find_interface("wan") == interface_id{2});
  CHECK_FALSE(config.find_interface("wam"));
  CHECK(config.zone_name(config.interface(interface_id{1}).zone) == "inside");
  CHECK(config.zone_name(zone_id::none()) == "none");
  CHECK(config.domain_name(domain_id{}) == "default");
  CHECK(config.is_own(domain_id{}, ipv4_address{10, 0, 0, 1}));
  CHECK_FALSE(config.is_own(domain_id{}, ipv4_address{10, 0, 0, 2}));
  CHECK_FALSE(config.is_translation_address(domain_id{}, ipv4_address{203, 0, 113, 1}));
  CHECK_FALSE(config.route(domain_id{7}, ipv4_address{10, 0, 0, 1}));
}

TEST_CASE("a snapshot stops who asks for what it does not have", "[engine][snapshot]") {
  gateway box{home_gateway()};
  const auto& config = box.worker().config();
  const auto said = [](auto&& deed) { return ending_of(deed).said; };
  const std::string broken = "weir: broken precondition: ";

  CHECK(config.has_interface(interface_id{2}));
  CHECK_FALSE(config.has_interface(interface_id{3}));
  CHECK(said([&] { config.interface(interface_id{3}); }) ==
        broken + "an interface is one of the snapshot's\n");
  CHECK(said([&] { config.zone_name(zone_id{7}); }) ==
        broken + "a zone is one of the snapshot's\n");
  CHECK(said([&] { config.domain_name(domain_id{1}); }) ==
        broken + "a domain is one of the snapshot's\n");
  CHECK(said([&] { config.next_hop(next_hop_id{999}); }) ==
        broken + "a next hop is one of the snapshot's\n");
}

TEST_CASE("a worker is not made of nothing", "[engine]") {
  const auto seen = ending_of([] { weir::worker{nullptr}; });

  CHECK(seen.said == "weir: broken precondition: a worker is made for a snapshot\n");
}

TEST_CASE("domains may use the same addresses", "[engine][checked]") {
  auto raw = two_zones();
  raw.interfaces[1].domain = "red";
  raw.interfaces[1].addresses = raw.interfaces[0].addresses;
  raw.routes.clear();

  CHECK(said_about(raw).empty());
}

}  // namespace
}  // namespace weir::test

#include "tests/engine/gateway.hpp"
#include "tests/support/catch.hpp"

namespace weir::test {
namespace {

/// Everything may pass everywhere, so that what is dropped is dropped by manners alone.
configuration generous() {
  auto raw = two_zones(action::permit);
  add_policy(raw, "outside", "inside", action::permit);
  add_policy(raw, "inside", "local", action::permit);
  add_policy(raw, "outside", "local", action::permit);
  add_policy(raw, "inside", "inside", action::permit);
  return raw;
}

/// The same, which delivers none of a kind.
configuration deaf_to(bool host_path_configuration::*kind) {
  auto raw = generous();
  raw.host_path.*kind = false;
  return raw;
}

TEST_CASE("link-local addresses stay on their link", "[engine][host_path][rfc4291]") {
  gateway box{generous()};

  CHECK(box.sends("lan", udp{}.to("169.254.1.1")).text() == "deliver");
  CHECK(box.sends("lan", udp{}.from("169.254.1.1").to("10.0.0.1")).text() == "deliver");
  CHECK(box.sends("lan", udp{}.from("169.254.1.1").to("192.0.2.1")).text() == "drop link_local");
  CHECK(box.sends("lan", udp{}.from("fe80::5").to("fe80::1")).text() == "deliver");
}

TEST_CASE("who has a link-local address speaks to the box where policy lets him",
          "[engine][host_path][rfc3927]") {
  const bool is_six = GENERATE(false, true);
  const bool permits = GENERATE(false, true);
  const auto validation = GENERATE(source_validation::strict, source_validation::off);
  auto raw = two_zones();
  add_policy(raw, "outside", "local", permits ? action::permit_stateful : action::deny);
  add_policy(raw, "outside", "inside", action::permit);
  raw.interfaces[1].validation = validation;
  raw.nat.statics = {port_forward("203.0.113.1", 80, "10.0.0.20", 80)};
  gateway box{raw};
  const auto call = [&](const char* four, const char* six) {
    const auto packet = tcp{}.syn().from(is_six ? "fe80::9" : "169.254.7.7", 4000);
    return box.sends("wan", builder{packet}.to(is_six ? six : four, 22));
  };

  CHECK(call("203.0.113.1", "2001:db8:2::1").text() ==
        (permits ? "deliver" : "drop policy_denied"));
  if (permits) CHECK(call("203.0.113.1", "2001:db8:2::1").text() == "deliver");
  if (validation == source_validation::strict) {
    CHECK(call("10.0.0.1", "2001:db8:1::1").text() == "drop link_local");
  }
  CHECK(box.sends("wan", tcp{}.syn().from("169.254.7.7").to("203.0.113.1", 80)).text() ==
        "drop link_local");
}

TEST_CASE("a link-local caller is answered on his own link, and is another one elsewhere",
          "[engine][host_path][rfc3927]") {
  const bool is_six = GENERATE(false, true);
  auto raw = two_zones();
  add_policy(raw, "inside", "local", action::permit_stateful);
  add_policy(raw, "outside", "local", action::deny);
  raw.interfaces[1].validation = source_validation::off;
  gateway box{raw};
  const std::string caller = is_six ? "fe80::9" : "169.254.7.7";
  const std::string here = is_six ? "2001:db8:1::1" : "10.0.0.1";
  const auto call = udp{}.from(caller, 4000).to(here, 99);
  REQUIRE(box.sends("lan", call).text() == "deliver");

  const auto answered = box.sends("local", udp{}.from(here, 99).to(caller, 4000));
  CHECK(answered.text() == "forward");
  CHECK(box.egress_of(answered) == "lan");
  CHECK(box.sends("lan", call).text() == "deliver");
  CHECK(box.sends("wan", call).text() == "drop link_local");
}

TEST_CASE("a link-local source with a global destination is told that its scope ends here",
          "[engine][host_path][rfc4443]") {
  gateway box{generous()};

  const auto stray = box.sends("lan", udp{}.from("fe80::5").to("2001:db8:9::1"));

  CHECK(stray.text() == "drop link_local");
  CHECK(answered(stray) == "1/2");
}

TEST_CASE("a directed broadcast is delivered from its own subnet and from nowhere else",
          "[engine][host_path][rfc2644]") {
  gateway box{generous()};

  CHECK(box.sends("lan", udp{}.to("10.0.0.255")).text() == "deliver");
  CHECK(box.sends("lan", udp{}.to("10.0.0.0")).text() == "deliver");
  CHECK(box.sends("wan", udp{}.from("192.0.2.1").to("10.0.0.255")).text() == "drop broadcast");
  CHECK(box.sends("lan", udp{}.to("203.0.113.255")).text() == "drop broadcast");
}

TEST_CASE("the address of any router of a subnet is the box's own",
          "[engine][host_path][rfc4291]") {
  gateway box{generous()};

  CHECK(box.sends("lan", udp{}.from("2001:db8:1::5").to("2001:db8:1::")).text() == "deliver");
  CHECK(box.sends("lan", udp{}.from("2001:db8:1::5").to("2001:db8:2::")).text() == "deliver");
  CHECK(box.sends("wan", udp{}.from("2001:db8:9::5").to("2001:db8:1::")).text() == "deliver");
  CHECK(box.sends("lan", udp{}.from("2001:db8:1::5").to("2001:db8:2::2")).text() == "forward");
}

TEST_CASE("a link between two routers has no address of any router",
          "[engine][host_path][rfc6164]") {
  const auto [address, fate] = GENERATE(table<const char*, const char*>({
      {"2001:db8:2::1/126", "deliver"},
      {"2001:db8:2::1/127", "forward"},
      {"2001:db8:2::1/128", "forward"},
  }));
  auto raw = generous();
  raw.interfaces[1].addresses[1] = own(address);
  raw.routes[1].via = parse_ip_address("fe80::fe");
  gateway box{raw};

  CAPTURE(address);
  CHECK(box.sends("lan", udp{}.from("2001:db8:1::5").to("2001:db8:2::")).text() == fate);
}

TEST_CASE("nothing comes from the address of any router, and no error goes there",
          "[engine][host_path][rfc4443]") {
  auto raw = generous();
  gateway box{raw};
  raw.drop_martians = false;
  raw.interfaces[0].validation = source_validation::off;
  gateway credulous{raw};
  const auto late = udp{}.to("2001:db8:9::1").ttl(1);

  const auto guarded = box.sends("lan", builder{late}.from("2001:db8:1::"));
  const auto passed = credulous.sends("lan", builder{late}.from("2001:db8:1::"));
  const auto honest = credulous.sends("lan", builder{late}.from("2001:db8:1::5"));

  CHECK(guarded.text() == "drop martian_source");
  CHECK(answered(guarded) == "nothing");
  CHECK(passed.text() == "drop ttl_expired");
  CHECK(answered(passed) == "nothing");
  CHECK(answered(honest) == "3/0");
}

TEST_CASE("addresses that end like a broadcast elsewhere are ordinary",
          "[engine][host_path][sd7]") {
  gateway box{generous()};

  CHECK(box.sends("lan", udp{}.to("192.0.2.255")).text() == "forward");
  CHECK(box.sends("lan", udp{}.to("198.51.100.0")).text() == "forward");
}

TEST_CASE("the limited broadcast is delivered and never forwarded", "[engine][host_path]") {
  gateway box{generous()};
  gateway deaf{deaf_to(&host_path_configuration::deliver_broadcast)};

  CHECK(box.sends("lan", udp{}.to("255.255.255.255")).text() == "deliver");
  CHECK(deaf.sends("lan", udp{}.to("255.255.255.255")).text() == "drop broadcast");
  CHECK(deaf.sends("lan", udp{}.to("10.0.0.255")).text() == "drop broadcast");
}

TEST_CASE("multicast is delivered and never forwarded", "[engine][host_path]") {
  gateway box{generous()};
  gateway deaf{deaf_to(&host_path_configuration::deliver_multicast)};

  CHECK(box.sends("lan", udp{}.to("239.1.2.3")).text() == "deliver");
  CHECK(box.sends("lan", udp{}.from("2001:db8:1::5").to("ff05::1")).text() == "deliver");
  CHECK(deaf.sends("lan", udp{}.to("239.1.2.3")).text() == "drop multicast");
  CHECK(deaf.sends("lan", udp{}.from("2001:db8:1::5").to("ff05::1")).text() == "drop multicast");
}

TEST_CASE("multicast that cannot leave its host is not delivered from a wire",
          "[engine][host_path][rfc4291]") {
  gateway box{generous()};
  const auto fate_of = [&](const char* group) {
    return box.sends("lan", udp{}.from("2001:db8:1::5").to(group, 546)).text();
  };

  CHECK(fate_of("ff00::1") == "drop martian_destination");
  CHECK(fate_of("ff01::1") == "drop martian_destination");
  CHECK(fate_of("ff11::1") == "drop martian_destination");
  CHECK(fate_of("ff02::1") == "deliver");
  CHECK(fate_of("ff12::1") == "deliver");
}

TEST_CASE("a unicast packet in a broadcast or multicast frame is not forwarded",
          "[engine][host_path][rfc1812]") {
  gateway box{two_zones()};
  packet_meta broadcast;
  broadcast.cast = link_cast::broadcast;
  packet_meta multicast;
  multicast.cast = link_cast::multicast;
  box.sends("lan", udp{}.to("192.0.2.7"));

  CHECK(box.sends("lan", udp{}, broadcast).text() == "drop link_broadcast");
  CHECK(box.sends("lan", udp{}, multicast).text() == "drop link_broadcast");
  CHECK(box.sends("lan", udp{}.to("192.0.2.7"), broadcast).text() == "drop link_broadcast");
}

TEST_CASE("redirects and source quenches go nowhere", "[engine][host_path][rfc1812]") {
  gateway box{generous()};
  const auto quote = udp{}.from("10.0.0.5").to("192.0.2.1").bytes();

  CHECK(box.sends("wan", icmp{5, 1}.from("203.0.113.254").to("10.0.0.5").quote(quote)).text() ==
        "drop redirect");
  CHECK(box.sends("wan", icmp{4, 0}.from("203.0.113.254").to("10.0.0.5").quote(quote)).text() ==
        "drop redirect");
}

TEST_CASE("neighbour and router discovery is delivered with hop limit 255",
          "[engine][host_path][rfc4861]") {
  gateway box{generous()};
  const auto from_link = [](unsigned type) {
    return icmp{type, 0}.from("fe80::5").to("ff02::1").payload_size(16).ttl(255);
  };

  for (const unsigned type : {133u, 134u, 135u, 136u, 137u}) {
    CAPTURE(type);
    CHECK(box.sends("lan", from_link(type)).text() == "deliver");
    CHECK(box.sends("lan", from_link(type).ttl(254)).text() == "drop hop_limit_not_255");
  }
}

TEST_CASE("neighbour and router discovery behind a fragment header is dropped",
          "[engine][host_path][rfc6980]") {
  gateway box{generous()};
  const auto type = GENERATE(133u, 134u, 135u, 136u, 137u);
  const auto packet = icmp{type, 0}.from("fe80::5").to("ff02::1").payload_size(24).ttl(255);

  CHECK(box.sends("lan", builder{packet}.fragment_header(0, false)).text() == "drop bad_fragment");
  CHECK(box.sends("lan", packet.fragment(0, 24)).text() == "drop bad_fragment");
}

TEST_CASE("a router advertisement or redirect for somebody else is never forwarded",
          "[engine][host_path][rfc4861]") {
  gateway box{generous()};
  const auto to_other = [](unsigned type) {
    return icmp{type, 0}.from("2001:db8:2::fe").to("2001:db8:1::5").payload_size(16).ttl(255);
  };

  CHECK(box.sends("wan", to_other(134)).text() == "drop link_local");
  CHECK(box.sends("wan", to_other(137)).text() == "drop link_local");
}

TEST_CASE("IGMP with the router alert option is delivered", "[engine][host_path][rfc3376]") {
  gateway box{generous()};
  const auto report = datagram{protocol::igmp}
                          .to("224.0.0.22")
                          .ip_options(octets({0x94, 4, 0, 0}))
                          .ttl(1)
                          .payload_size(16);

  CHECK(box.sends("lan", report).text() == "deliver");
  CHECK(box.sends("lan", builder{report}.from("0.0.0.0")).text() == "deliver");
}

TEST_CASE("IGMP from nowhere to a single host is a martian", "[engine][host_path][rfc1122]") {
  gateway box{generous()};
  const auto report = datagram{protocol::igmp}.from("0.0.0.0").to("192.0.2.1").payload_size(16);

  CHECK(box.sends("lan", report).text() == "drop martian_source");
}

TEST_CASE("MLD with the router alert option is delivered with hop limit 1",
          "[engine][host_path][rfc2710]") {
  gateway box{generous()};
  const auto report = icmp{143, 0}
                          .from("fe80::5")
                          .to("ff02::16")
                          .extension(protocol::hop_by_hop, octets({5, 2, 0, 0, 1, 0}))
                          .payload_size(20)
                          .ttl(1);

  CHECK(box.sends("lan", report).text() == "deliver");
  CHECK(box.sends("lan", builder{report}.from("::")).text() == "deliver");
  CHECK(box.sends("lan", builder{report}.ttl(2)).text() == "drop link_local");
  CHECK(box.sends("lan", builder{report}.to("2001:db8:9::1")).text() == "drop link_local");
}

TEST_CASE("DHCP between a client without an address and the box is delivered",
          "[engine][host_path]") {
  auto raw = generous();
  gateway box{raw};
  raw.host_path.dhcp = false;
  gateway deaf{raw};
  const auto discover = udp{}.from("0.0.0.0", 68).to("255.255.255.255", 67);
  const auto solicit = udp{}.from("fe80::5", 546).to("ff02::1:2", 547);

  CHECK(box.sends("lan", discover).text() == "deliver");
  CHECK(box.sends("lan", solicit).text() == "deliver");
  CHECK(deaf.sends("lan", discover).text() == "drop dhcp");
  CHECK(deaf.sends("lan", solicit).text() == "drop dhcp");
}

TEST_CASE("DHCP from nowhere is for the box or for everybody", "[engine][host_path][rfc2131]") {
  gateway box{generous()};
  const auto asks = [&](const char* to) {
    return box.sends("lan", udp{}.from("0.0.0.0", 68).to(to, 67)).text();
  };

  CHECK(asks("255.255.255.255") == "deliver");
  CHECK(asks("10.0.0.1") == "deliver");
  CHECK(asks("192.0.2.1") == "drop martian_source");
}

/// A client of a link renews its lease with the box.
builder renewal(std::string_view from = "10.0.0.9", std::string_view to = "10.0.0.1") {
  return udp{}.from(from, 68).to(to, 67);
}
builder renewal6(std::string_view from = "2001:db8:1::5", std::string_view to = "2001:db8:1::1") {
  return udp{}.from(from, 546).to(to, 547);
}

TEST_CASE("a client renews its lease with the box, whatever policy says",
          "[engine][host_path][rfc2131]") {
  const auto change = GENERATE(0, 1, 2, 3);
  auto raw = two_zones();
  if (change == 1) add_policy(raw, "inside", "local", action::deny);
  if (change == 2) add_policy(raw, "inside", "local", action::reject);
  if (change == 3) {
    raw.interfaces[0].zone.clear();
    raw.policies.clear();
  }
  gateway box{raw};
  raw.host_path.dhcp = false;
  gateway deaf{raw};

  const auto heard = box.sends("lan", renewal());
  CAPTURE(change);
  CHECK(heard.text() == "deliver");
  CHECK(answered(heard) == "nothing");
  CHECK(box.sends("lan", renewal6()).text() == "deliver");
  CHECK(held_by(box) == "0 0 0");
  CHECK(deaf.sends("lan", renewal()).text() == "drop dhcp");
  CHECK(deaf.sends("lan", renewal6()).text() == "drop dhcp");
}

TEST_CASE("where policy permits a renewal, its session lets the answer pass",
          "[engine][host_path][rfc2131]") {
  auto raw = two_zones();
  add_policy(raw, "inside", "local", action::permit_stateful);
  gateway box{raw};
  raw.host_path.dhcp = false;
  gateway deaf{raw};

  CHECK(box.sends("lan", renewal()).text() == "deliver");
  CHECK(box.sends("local", udp{}.from("10.0.0.1", 67).to("10.0.0.9", 68)).text() == "forward");
  CHECK(deaf.sends("lan", renewal()).text() == "drop dhcp");
}

TEST_CASE("only clients of a link renew a lease, with the box's address there",
          "[engine][host_path][rfc2131]") {
  auto raw = two_zones();
  auto beyond = raw.routes[0];
  beyond.to = *parse_prefix("10.9.0.0/16");
  beyond.via = parse_ip_address("10.0.0.254");
  beyond.interface = "lan";
  raw.routes.push_back(beyond);
  gateway box{raw};
  packet_meta broadcast;
  broadcast.cast = link_cast::broadcast;
  const auto on_lan = [&](const builder& packet) { return box.sends("lan", packet).text(); };

  CHECK(on_lan(renewal("10.9.0.9")) == "drop no_policy");
  CHECK(on_lan(renewal("192.0.2.9")) == "drop no_policy");
  CHECK(on_lan(renewal("203.0.113.9")) == "drop no_policy");
  CHECK(on_lan(renewal("10.0.0.9", "203.0.113.1")) == "drop no_policy");
  CHECK(on_lan(renewal("10.0.0.9", "192.0.2.1")) == "forward");
  CHECK(on_lan(renewal6("2001:db8:9::9")) == "drop no_policy");
  CHECK(on_lan(renewal6("2001:db8:1::5", "2001:db8:2::1")) == "drop no_policy");
  CHECK(on_lan(renewal6("2001:db8:1::5", "2001:db8:1::")) == "drop no_policy");
  CHECK(on_lan(renewal6("fe80::5")) == "drop no_policy");
  CHECK(box.sends("lan", renewal(), broadcast).text() == "drop link_broadcast");
  CHECK(box.sends("wan", renewal("10.0.0.9", "203.0.113.1")).text() == "drop no_policy");
  CHECK(box.sends("wan", renewal("192.0.2.9", "203.0.113.1")).text() == "drop no_policy");
  CHECK(box.sends("wan", renewal("203.0.113.9", "203.0.113.1")).text() == "deliver");
}

TEST_CASE("only a client's message to a server renews a lease", "[engine][host_path][rfc2131]") {
  gateway box{two_zones()};
  const auto four = [&](unsigned from, unsigned to) {
    return box.sends("lan", udp{}.from("10.0.0.9", from).to("10.0.0.1", to)).text();
  };
  const auto six = [&](unsigned from, unsigned to) {
    return box.sends("lan", udp{}.from("2001:db8:1::5", from).to("2001:db8:1::1", to)).text();
  };

  CHECK(four(67, 67) == "drop no_policy");
  CHECK(four(67, 68) == "drop no_policy");
  CHECK(four(1068, 67) == "drop no_policy");
  CHECK(four(546, 547) == "drop no_policy");
  CHECK(six(547, 546) == "drop no_policy");
  CHECK(six(1546, 547) == "drop no_policy");
  CHECK(six(68, 67) == "drop no_policy");
  CHECK(box.sends("lan", tcp{}.syn().from("10.0.0.9", 68).to("10.0.0.1", 67)).text() ==
        "drop no_policy");
}

TEST_CASE("whom a route to everybody leads to is no client of the link", "[engine][host_path]") {
  auto raw = two_zones();
  raw.routes[0].via.reset();
  gateway box{raw};

  CHECK(box.sends("wan", renewal("192.0.2.9", "203.0.113.1")).text() == "drop no_policy");
  CHECK(box.sends("wan", renewal("203.0.113.9", "203.0.113.1")).text() == "deliver");
}

TEST_CASE("a renewal that is forwarded to another server is none with the box",
          "[engine][host_path]") {
  auto raw = two_zones();
  raw.nat.statics = {port_forward("10.0.0.1", 67, "10.0.0.20", 67, protocol::udp)};
  raw.host_path.dhcp = GENERATE(true, false);
  gateway box{raw};

  CHECK(box.sends("lan", renewal()).text() == "drop no_policy");
}

TEST_CASE("nobody can be at certain sources", "[engine][host_path][rfc6890]") {
  gateway box{generous()};
  const auto from = GENERATE("127.0.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255", "240.0.0.1",
                             "10.0.0.1", "203.0.113.1", "192.0.2.1");
  CAPTURE(from);

  CHECK(box.sends("lan", udp{}.from(from).to("192.0.2.1")).text() == "drop martian_source");
}

TEST_CASE("nobody can be at certain IPv6 sources", "[engine][host_path][rfc4291]") {
  gateway box{generous()};
  const auto from =
      GENERATE("::1", "::", "ff02::1", "::ffff:10.0.0.5", "2001:db8:1::1", "2001:db8:9::1");
  CAPTURE(from);

  CHECK(box.sends("lan", udp{}.from(from).to("2001:db8:9::1")).text() == "drop martian_source");
}

TEST_CASE("nobody else speaks under the box's addresses to its neighbours either",
          "[engine][host_path][rfc3704]") {
  gateway box{generous()};
  const auto from = GENERATE("10.0.0.1", "203.0.113.1");
  const auto to = GENERATE("224.0.0.5", "255.255.255.255", "10.0.0.255", "169.254.1.1");
  CAPTURE(from, to);

  CHECK(box.sends("lan", udp{}.from(from).to(to)).text() == "drop martian_source");
}

TEST_CASE("nobody else speaks under the box's IPv6 addresses to its neighbours either",
          "[engine][host_path][rfc3704]") {
  gateway box{generous()};
  const auto from = GENERATE("2001:db8:1::1", "2001:db8:2::1");
  const auto to = GENERATE("ff02::1", "fe80::1");
  CAPTURE(from, to);

  CHECK(box.sends("lan", udp{}.from(from).to(to)).text() == "drop martian_source");
  CHECK(box.sends("lan", icmp{135, 0}.from(from).to(to).payload_size(16).ttl(255)).text() ==
        "drop martian_source");
}

TEST_CASE("who defends an address of the box is heard", "[engine][host_path][rfc4862]") {
  auto raw = generous();
  raw.interfaces[0].validation = source_validation::strict;
  gateway box{raw};
  const auto taken = icmp{136, 0}.to("ff02::1").payload_size(16).ttl(255);

  CHECK(box.sends("lan", builder{taken}.from("2001:db8:1::1")).text() == "deliver");
  CHECK(box.sends("lan", builder{taken}.from("2001:db8:9::1")).text() == "drop spoofed_source");
}

TEST_CASE("a link-local address of the box may be a neighbour's on another link",
          "[engine][host_path][rfc4291]") {
  auto raw = generous();
  raw.interfaces[0].addresses.push_back(own("fe80::1/64"));
  gateway box{raw};
  const auto packet = udp{}.from("fe80::1").to("ff02::1");

  CHECK(box.sends("lan", packet).text() == "drop martian_source");
  CHECK(box.sends("wan", packet).text() == "deliver");
}

TEST_CASE("neighbour and listener discovery has no source that nobody can have",
          "[engine][host_path][rfc4861]") {
  gateway box{generous()};
  const auto from = GENERATE("::1", "ff02::1", "::ffff:10.0.0.5");
  CAPTURE(from);
  const auto solicitation = icmp{135, 0}.from(from).to("ff02::1").payload_size(16).ttl(255);
  const auto report = icmp{143, 0}.from(from).to("ff02::16").payload_size(20).ttl(1);

  CHECK(box.sends("lan", solicitation).text() == "drop martian_source");
  CHECK(box.sends("lan", report).text() == "drop martian_source");
}

TEST_CASE("reserved addresses are routed where martians are not dropped",
          "[engine][host_path][rfc6890]") {
  auto raw = generous();
  raw.interfaces[0].validation = source_validation::off;
  raw.drop_martians = false;
  gateway box{raw};

  CHECK(box.sends("lan", udp{}.from("240.0.0.1")).text() == "forward");
  CHECK(box.sends("lan", udp{}.to("240.0.0.1")).text() == "forward");
  CHECK(box.sends("lan", udp{}.to("127.0.0.1")).text() == "drop martian_destination");
}

TEST_CASE("nothing is routed to certain destinations", "[engine][host_path][rfc6890]") {
  gateway box{generous()};

  CHECK(box.sends("lan", udp{}.to("127.0.0.1")).text() == "drop martian_destination");
  CHECK(box.sends("lan", udp{}.to("0.1.2.3")).text() == "drop martian_destination");
  CHECK(box.sends("lan", udp{}.to("240.0.0.1")).text() == "drop martian_destination");
  CHECK(box.sends("lan", udp{}.from("2001:db8:1::5").to("::ffff:1.2.3.4")).text() ==
        "drop martian_destination");
}

}  // namespace
}  // namespace weir::test

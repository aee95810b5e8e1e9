#include "examples/weir/explain.hpp"

#include "tests/program/run_weir.hpp"
#include "tests/support/catch.hpp"

#include <cstdint>
#include <string>

namespace packets = weir::test;

using packets::workshop;

namespace {

packets::packet_bytes syn(unsigned port) {
  return packets::tcp{}.from("10.0.0.5", 4000).to("198.51.100.7", port).syn().bytes();
}
packets::packet_bytes syn_ack(unsigned port) {
  return packets::tcp{}
      .from("198.51.100.7", port)
      .to("10.0.0.5", 4000)
      .syn_ack()
      .acknowledgment(1)
      .bytes();
}

class explained_home : public workshop {
 public:
  explained_home() { write("home.yaml", packets::home_yaml); }
  packets::run_result explain(const std::string& arguments) const {
    return run("explain --config home.yaml " + arguments);
  }
};

}  // namespace

TEST_CASE("a permitted packet is explained stage by stage", "[program][explain]") {
  const explained_home here;

  const auto said = here.explain("--packet " + packets::hex_digits(syn(443)));

  CAPTURE(said.out, said.err);
  REQUIRE(said.code == 0);
  for (const char* const part :
       {"tcp 10.0.0.5:4000 -> 198.51.100.7:443, SYN", "lan, zone inside", "none yet",
        "wan, by the router 203.0.113.254",
        "inside to outside: policy \"outbound\", by default: permit-stateful-nat", "a pool",
        "is opened", "forward", "tcp 203.0.113.1:4000 -> 198.51.100.7:443"}) {
    CAPTURE(part);
    CHECK(said.says(part));
  }
}

TEST_CASE("a rejected packet is explained with its rule and its answer", "[program][explain]") {
  const explained_home here;

  const auto said = here.explain("--packet " + packets::hex_digits(syn(25)));

  CAPTURE(said.out);
  CHECK(said.says("rule 2 \"no-smtp\": reject"));
  CHECK(said.says("drop, policy_rejected"));
  CHECK(said.says("tcp 198.51.100.7:25 -> 10.0.0.5:4000, RST+ACK"));
}

TEST_CASE("a rule is explained by its own number, however many there are", "[program][explain]") {
  workshop here;
  std::string rules;
  for (int i = 1; i < 66'000; ++i) rules += "      - { action: deny, protocol: 1 }\n";
  here.write("long.yaml",
             "interfaces:\n"
             "  lan: { addresses: [10.0.0.1/24], zone: inside }\n"
             "  wan: { addresses: [203.0.113.1/24], zone: outside }\n"
             "routes: [{ to: 0.0.0.0/0, via: 203.0.113.254, interface: wan }]\n"
             "policies:\n"
             "  - name: long\n"
             "    from: inside\n"
             "    to: outside\n"
             "    rules:\n" +
                 rules + "      - { name: last, action: reject, protocol: tcp }\n");

  const auto said = here.run("explain --config long.yaml --packet " + packets::hex_digits(syn(25)));

  CAPTURE(said.out);
  CHECK(said.says("rule 66000 \"last\": reject"));
}

TEST_CASE("a packet too big for its way out is explained by its size alone",
          "[program][explain][rfc1191]") {
  const explained_home here;
  const bool whole = GENERATE(true, false);
  const auto packet = packets::udp{}
                          .from("10.0.0.5")
                          .to("198.51.100.7")
                          .dont_fragment(whole)
                          .payload_size(1473)
                          .bytes();

  const auto said = here.explain("--packet " + packets::hex_digits(packet));

  CAPTURE(whole, said.out);
  CHECK(said.says("drop, too_big: longer than the egress MTU, and fragments are not made\n"));
  CHECK(said.says("error type 3 code 4"));
}

TEST_CASE("a later fragment is explained without the ports that only the first one has",
          "[program][explain][fragment]") {
  const explained_home here;
  const auto pieces =
      packets::udp{}.from("10.0.0.5", 4000).to("198.51.100.7", 53).payload_size(64).fragments(40);

  const auto said = here.explain("--packet " + packets::hex_digits(pieces[1]));

  CAPTURE(said.out);
  CHECK(said.says("packet       udp 10.0.0.5 -> 198.51.100.7, a later fragment, "));
  CHECK(!said.says(":0"));
}

TEST_CASE("an Ethernet frame is explained like its packet", "[program][explain]") {
  const explained_home here;

  const auto said =
      here.explain("--in lan --packet " + packets::hex_digits(packets::outward(syn(443))));

  CAPTURE(said.out);
  CHECK(said.says("tcp 203.0.113.1:4000 -> 198.51.100.7:443"));
}

TEST_CASE("a packet of a capture is explained after what came before it", "[program][explain]") {
  const explained_home here;
  here.capture("t.pcap", {{1'000'000, packets::outward(syn(443))},
                          {2'000'000, packets::inward(syn_ack(443))}});

  const auto first = here.explain("--tap lan,wan --pcap t.pcap#1 --after t.pcap");
  const auto second = here.explain("--tap lan,wan --pcap t.pcap#2 --after t.pcap");
  const auto alone = here.explain("--tap lan,wan --pcap t.pcap#2");

  CAPTURE(first.out, second.out, alone.out);
  CHECK(first.says("none yet"));
  CHECK(second.says("readdressed"));
  CHECK(second.says("a reply packet of a session that is opening"));
  CHECK(second.says("forward: lan"));
  CHECK(alone.says("drop"));
}

TEST_CASE("a packet's own capture is known by any of its names", "[program][explain]") {
  const explained_home here;
  here.capture("t.pcap", {{1'000'000, packets::outward(syn(443))}});

  const auto said = here.explain("--in lan --pcap t.pcap#1 --after ./t.pcap");

  CAPTURE(said.out);
  CHECK(said.says("none yet"));
}

TEST_CASE("a session whose time is up is none when a packet is explained", "[program][explain]") {
  const explained_home here;
  const auto request = packets::udp{}.from("10.0.0.5", 4000).to("198.51.100.7", 5300).bytes();
  const auto reply = packets::udp{}.from("198.51.100.7", 5300).to("203.0.113.1", 4000).bytes();
  const std::int64_t minute = 60'000'000'000;
  here.capture("lan.pcap", {{0, packets::outward(request)}});
  here.capture("wan.pcap",
               {{1 * minute, packets::inward(reply)}, {9 * minute, packets::inward(reply)}});

  const auto soon = here.explain("--in wan --pcap wan.pcap#1 --after lan=lan.pcap");
  const auto late = here.explain("--in wan --pcap wan.pcap#2 --after lan=lan.pcap");

  CAPTURE(soon.out, late.out);
  CHECK(soon.says("a reply packet of a session that is unanswered"));
  CHECK(soon.says("forward: lan"));
  CHECK(!late.says("a reply packet of"));
  CHECK(!late.says("ended"));
  CHECK(late.says("none yet"));
  CHECK(late.says("verdict      drop"));
}

TEST_CASE("a packet is explained by what the configuration lets pass", "[program][explain]") {
  const workshop here;
  const auto unchecked =
      packets::udp{}.from("10.0.0.5", 4000).to("198.51.100.7", 5300).bad_ip_checksum().bytes();
  auto unknown = packets::hex("60000000 0008 fd 40");  // next header 253, which nobody knows
  packets::append(unknown, packets::hex("20010db8000100000000000000000005"));
  packets::append(unknown, packets::hex("20010db8000900000000000000000001 3b00000000000000"));
  const auto [more, packet] = GENERATE_COPY(table<std::string, packets::packet_bytes>(
      {{"checks: { ip-checksum: off }\n", unchecked},
       {"headers: { unknown-extension: pass }\n", unknown}}));
  here.write("home.yaml", packets::home_yaml + more);
  here.capture("lan.pcap", {{0, packets::outward(packet)}});

  const auto said = here.run("explain --config home.yaml --in lan --after lan=lan.pcap --packet " +
                             packets::hex_digits(packet));

  CAPTURE(more, said.out);
  CHECK(said.says("an original packet of a session that is unanswered"));
  CHECK(!said.says("cannot be read"));
  CHECK(said.says("verdict      forward"));
}

TEST_CASE("the box's own packet is explained in the domain of its source", "[program][explain]") {
  const workshop here;
  here.write("two.yaml", std::string{"interfaces:\n"
                                     "  first: { addresses: [10.9.0.1/24], zone: here }\n"
                                     "  other: { addresses: [10.0.0.1/24], zone: there, "
                                     "domain: blue }\n"
                                     "policies:\n"
                                     "  - { from: local, to: there, default: permit-stateful }\n"});
  const auto own = packets::udp{}.from("10.0.0.1", 1).to("10.0.0.5", 2).bytes();
  here.capture("own.pcap", {{0, own}}, 101);

  const auto said =
      here.run("explain --config two.yaml --in local --after local=own.pcap --packet " +
               packets::hex_digits(own));

  CAPTURE(said.out, said.err);
  CHECK(said.says("domain blue"));
  CHECK(said.says("an original packet of a session that is unanswered"));
  CHECK(!said.says("quotes"));
}

TEST_CASE("an ICMP error is explained by the session of what it quotes", "[program][explain]") {
  const explained_home here;
  const auto request = packets::udp{}.from("10.0.0.5", 4000).to("198.51.100.7", 5300).bytes();
  const auto error =
      packets::icmp{11, 0}.from("192.0.2.33").to("10.0.0.5").quote(request, 28).bytes();
  here.capture("t.pcap", {{0, packets::outward(request)}, {1'000'000, packets::inward(error)}});

  const auto said = here.explain("--tap lan,wan --after t.pcap --pcap t.pcap#2");

  CAPTURE(said.out);
  CHECK(said.says("session      that of the packet it quotes"));
  CHECK(said.says("forward: lan"));
}

TEST_CASE("an ICMP query is told with its identifiers, inside and outside", "[program][explain]") {
  const explained_home here;
  const unsigned number = GENERATE(7u, 8u, 13u, 4000u);  // 8 and 13 are types of requests too
  const auto id = std::to_string(number);
  const auto ping = [&](unsigned type, const char* from, const char* to) {
    return packets::icmp{type, 0}.from(from).to(to).identifier(number).bytes();
  };
  const auto request = ping(8, "10.0.0.5", "198.51.100.7");
  const auto reply = ping(0, "198.51.100.7", "203.0.113.1");
  here.capture("a.pcap", {{0, packets::outward(request)}});

  const auto asked = here.explain("--packet " + packets::hex_digits(request));
  const auto answered =
      here.explain("--in wan --after lan=a.pcap --packet " + packets::hex_digits(reply));

  CAPTURE(asked.out, answered.out);
  CHECK(asked.says("packet       icmp 10.0.0.5 -> 198.51.100.7, id " + id + ", query type 8"));
  CHECK(asked.says("it is sent as icmp 203.0.113.1 -> 198.51.100.7, id " + id + "\n"));
  CHECK(
      answered.says("packet       icmp 198.51.100.7 -> 203.0.113.1, id " + id + ", query type 0"));
  CHECK(answered.says("answered by icmp 198.51.100.7 -> 203.0.113.1, id " + id + "\n"));
  CHECK(answered.says("leaves as    icmp 198.51.100.7 -> 10.0.0.5, id " + id + ", query type 0"));
}

TEST_CASE("a checksum is completed for the packet that is explained", "[program][explain]") {
  const workshop here;
  here.write("home.yaml", packets::home_yaml + "checks: { transport-checksum: drop }\n");
  auto packet = syn(443);
  // The sum of the pseudo header: 10.0.0.5, 198.51.100.7, TCP, the length.
  auto sum =
      0x0A00u + 0x0005u + 0xC633u + 0x6407u + 6u + static_cast<unsigned>(packet.size()) - 20u;
  sum = (sum & 0xFFFFu) + (sum >> 16);
  packet[36] = static_cast<std::byte>(sum >> 8);
  packet[37] = static_cast<std::byte>(sum & 0xFF);
  const auto asked = "explain --config home.yaml --packet " + packets::hex_digits(packet);

  CHECK(here.run(asked).says("drop, bad_transport_checksum"));
  CHECK(here.run(asked + " --complete-checksums").says("verdict      forward"));
}

TEST_CASE("a frame for another station is explained as what replay calls it",
          "[program][explain]") {
  const workshop here;
  auto yaml = packets::home_yaml;
  yaml.replace(yaml.find("zone: inside"), 12, "accept-mac: own, zone: inside");
  here.write("home.yaml", yaml);
  const auto frame =
      packets::ethernet(syn(443), weir::mac_address{{2, 0, 0, 0, 0, 9}}, packets::host_station);

  const auto said =
      here.run("explain --config home.yaml --in lan --packet " + packets::hex_digits(frame));

  CAPTURE(said.out, said.err);
  CHECK(said.code == 0);
  CHECK(said.says("drop, foreign_mac"));
}

TEST_CASE("damage of what is replayed before is reported", "[program][explain]") {
  const explained_home here;
  here.capture("whole.pcap", {{0, packets::outward(syn(443))}, {1, packets::outward(syn(444))}});
  const auto whole = here.text("whole.pcap");
  const auto [content, complaint] = GENERATE_COPY(table<std::string, std::string>({
      {whole.substr(0, whole.size() - 1), "the 1 records before it were replayed"},
      {"", "weir: t.pcap: at byte 0: the file is empty"},
      {"interfaces: {}", "weir: t.pcap: at byte 0: the file is neither pcap nor pcapng"},
  }));
  here.write("t.pcap", content);
  CAPTURE(complaint);

  const auto packet =
      here.explain("--in lan --after t.pcap --packet " + packets::hex_digits(syn(443)));
  const auto owner = here.explain("--in lan --after t.pcap --reverse 203.0.113.1:80");

  for (const auto* const said : {&packet, &owner}) {
    CAPTURE(said->out, said->err);
    CHECK(said->code == 3);
    CHECK(said->err.find(complaint) != std::string::npos);
    CHECK(!said->out.empty());
  }
}

TEST_CASE("explaining changes no file", "[program][explain]") {
  const explained_home here;
  here.capture("t.pcap", {{1'000'000, packets::outward(syn(443))}});
  const auto before = here.text("t.pcap");

  CHECK(here.explain("--tap lan,wan --pcap t.pcap#1 --after t.pcap").code == 0);

  CHECK(here.text("t.pcap") == before);
}

TEST_CASE("an external endpoint is told by the mapping that wears it", "[program][explain]") {
  const explained_home here;
  here.capture("t.pcap", {{1'000'000, packets::outward(syn(443))}});

  const auto before = here.explain("--reverse 203.0.113.1:4000");
  const auto after = here.explain("--tap lan,wan --after t.pcap --reverse 203.0.113.1:4000");
  const auto other = here.explain(
      "--tap lan,wan --after t.pcap --reverse 203.0.113.1:4000 "
      "--protocol udp");

  CHECK(before.says("nobody's: pool \"internet\" may give it, and no mapping wears it"));
  CHECK(after.out == "tcp 203.0.113.1:4000 is 10.0.0.5:4000: a mapping of 1 session\n");
  CHECK(other.says("nobody's"));
  CHECK(here.explain("--reverse 192.0.2.1:80").says("nobody's: no pool has the address"));
}

TEST_CASE("a static entry of two protocols is told as two entries are",
          "[program][explain][static]") {
  const auto forward = [](const std::string& kinds) {
    return "    - { external: \"203.0.113.2:53\", internal: \"10.0.0.10:5353\", protocol: " +
           kinds + " }\n";
  };
  const auto last = "    - { external: 203.0.113.3, internal: 10.0.0.12 }\n";
  const workshop here;
  here.write("list.yaml", packets::home_yaml + "  static:\n" + forward("[tcp, udp]") + last);
  here.write("two.yaml",
             packets::home_yaml + "  static:\n" + forward("tcp") + forward("udp") + last);
  const std::string asked = GENERATE("explain --reverse 203.0.113.2:53 --config ",
                                     "explain --protocol udp --reverse 203.0.113.2:53 --config ",
                                     "explain --reverse 203.0.113.3:53 --config ");

  const auto listed = here.run(asked + "list.yaml");
  const auto two = here.run(asked + "two.yaml");

  CHECK(listed.code == 0);
  CHECK(listed.says("static entry"));
  CHECK(listed.out == two.out);
}

TEST_CASE("an external endpoint is told by its static entries, zone by zone",
          "[program][explain][static]") {
  const workshop here;
  here.write("home.yaml", packets::home_yaml +
                              "  static:\n"
                              "    - { external: 203.0.113.2, internal: 10.0.0.10, zone: outside, "
                              "hairpin: false }\n"
                              "    - { external: 203.0.113.2, internal: 10.0.0.11, zone: inside, "
                              "hairpin: false }\n"
                              "    - { external: 203.0.113.3, internal: 10.0.0.12 }\n");

  const auto zoned = here.run("explain --config home.yaml --reverse 203.0.113.2:99");
  const auto other = here.run("explain --config home.yaml --reverse 203.0.113.3:99");

  CAPTURE(zoned.out, zoned.err);
  CHECK(zoned.says("10.0.0.10:99: static entry 1, for zone outside"));
  CHECK(zoned.says("10.0.0.11:99: static entry 2, for zone inside"));
  CHECK(other.out == "tcp 203.0.113.3:99 is 10.0.0.12:99: static entry 3\n");
}

TEST_CASE("an external endpoint that no pool gives is told to be reserved, or the box's",
          "[program][explain]") {
  const workshop here;
  const std::string mode = GENERATE("", ", mode: deterministic");
  here.write("home.yaml", packets::home_yaml +
                              "    - { name: many, internal: [10.1.0.0/24], external: "
                              "[198.51.100.0/30, 203.0.113.1/32], ports: 2024-65535, "
                              "reserved-ports: [5060, 3024-3030]" +
                              mode + " }\n");
  auto yaml = here.text("home.yaml");
  const std::string own = "external: wan,";
  yaml.replace(yaml.find(own), own.size(), "external: [203.0.113.9/32],");
  here.write("home.yaml", yaml);
  const auto whose = [&](const std::string& asked) {
    const auto said = here.run("explain --config home.yaml --reverse " + asked);
    CAPTURE(said.err);
    CHECK(said.code == 0);
    return said.out;
  };
  CAPTURE(mode);

  CHECK(whose("198.51.100.0:5060") ==
        "tcp 198.51.100.0:5060 is nobody's: pool \"many\" never gives this port, it is reserved\n");
  CHECK(whose("198.51.100.0:3024").find("it is reserved") != std::string::npos);
  CHECK(whose("203.0.113.1:5060") ==
        "tcp 203.0.113.1:5060 is the box's own: pool \"many\" never gives this port, it is "
        "reserved\n");
  CHECK(whose("203.0.113.1:80") ==
        "tcp 203.0.113.1:80 is the box's own: pool \"many\" does not give this port\n");
  CHECK(whose("198.51.100.0:3031").find(mode.empty() ? "may give it" : "10.1.0.") !=
        std::string::npos);
  CHECK(whose("198.51.100.0:5060 --protocol icmp").find("reserved") == std::string::npos);
}

TEST_CASE("an external endpoint that the box uses is told to be its own", "[program][explain]") {
  const explained_home here;
  const auto own = packets::udp{}.from("203.0.113.1", 5000).to("198.51.100.7", 123).bytes();
  here.capture("local.pcap", {{1'000'000, own}}, 101);

  const auto said =
      here.explain("--after local=local.pcap --reverse 203.0.113.1:5000 --protocol udp");

  CHECK(said.out == "udp 203.0.113.1:5000 is the box's own: 1 session of its own\n");
}

TEST_CASE("IKE's port is told to be kept for hosts that send from it", "[program][explain]") {
  const workshop here;
  const auto [keys, whose] = GENERATE(table<std::string, std::string>({
      {"", "nobody's: pool \"many\" gives it only to a host that sends from it"},
      {", preserve-port: off", "nobody's: pool \"many\" does not give this port"},
      {", reserved-ports: 500", "nobody's: pool \"many\" does not give this port"},
      {", mode: deterministic", "nobody's: pool \"many\" does not give this port"},
      {", ports: 1-65535", "nobody's: pool \"many\" may give it"},
  }));
  here.write("home.yaml", packets::home_yaml +
                              "    - { name: many, internal: [10.1.0.0/24], external: "
                              "[198.51.100.0/30]" +
                              keys + " }\n");
  const auto asked = [&](const std::string& words) {
    return here.run("explain --config home.yaml --reverse " + words);
  };
  CAPTURE(keys);

  CHECK(asked("198.51.100.1:500 --protocol udp").says("udp 198.51.100.1:500 is " + whose));
  CHECK(asked("198.51.100.1:500 --protocol tcp").says("gives it only") == false);
  CHECK(asked("203.0.113.1:500 --protocol udp")
            .says("nobody's: pool \"internet\" gives it only to a host that sends from it"));
}

TEST_CASE("an external endpoint is told in every domain", "[program][explain]") {
  const workshop here;
  here.write("red.yaml", std::string{R"(
interfaces:
  lan: { addresses: [10.0.0.1/24], zone: inside, domain: red }
  wan: { addresses: [203.0.113.1/24], zone: outside, domain: red }
  dmz: { addresses: [203.0.113.1/24], zone: apart }
routes:
  - { to: 0.0.0.0/0, via: 203.0.113.254, interface: wan, domain: red }
policies:
  - { from: inside, to: outside, default: permit-stateful-nat }
nat:
  pools:
    - { name: r, internal: [10.0.0.0/24], external: [198.51.100.0/32], domain: red }
  static:
    - { external: "203.0.113.1:80", internal: "10.0.0.20:8080", protocol: tcp, domain: red }
)"});
  const auto request = packets::udp{}.from("10.0.0.5", 4000).to("192.0.2.7", 5300).bytes();
  here.capture("lan.pcap", {{0, packets::outward(request)}});
  const auto whose = [&](const std::string& asked) {
    return here.run("explain --config red.yaml --after lan=lan.pcap --reverse " + asked).out;
  };

  CHECK(whose("198.51.100.0:4000 --protocol udp") ==
        "udp 198.51.100.0:4000 in domain red is 10.0.0.5:4000: a mapping of 1 session\n");
  CHECK(whose("198.51.100.0:4001 --protocol udp") ==
        "udp 198.51.100.0:4001 in domain red is nobody's: pool \"r\" may give it, and no mapping "
        "wears it\n");
  CHECK(whose("203.0.113.1:80") ==
        "tcp 203.0.113.1:80 in domain default is the box's own: no pool has the address\n"
        "tcp 203.0.113.1:80 in domain red is 10.0.0.20:8080: static entry 1\n");
  CHECK(whose("192.0.2.1:80") == "tcp 192.0.2.1:80 is nobody's: no pool has the address\n");
}

TEST_CASE("a frame without a packet is explained by its drop", "[program][explain]") {
  const explained_home here;
  const std::string header{"ffffffffffff 020000000105 "};
  here.write("arp.pcap", workshop::capture_of({{0, packets::hex(header + "0806 0001")}}));
  here.capture("strange.pcap", {{0, packets::hex("0102030405")}}, 147);
  const auto [words, frame, why] = GENERATE_COPY(table<std::string, std::string, std::string>({
      {"--pcap arp.pcap#1", "16 bytes, ARP\n", "drop, not_ip: "},
      {"--pcap arp.pcap#1 --in lan", "16 bytes, ARP\n", "drop, not_ip: "},
      {"--pcap arp.pcap#1 --tap lan,wan", "16 bytes, ARP\n", "drop, not_ip: "},
      {"--pcap strange.pcap#1", "5 bytes, of link type ", "drop, not_ip: "},
      {"--link ethernet --packet '" + header + "88cc 0001'", "16 bytes, ethertype 0x88cc\n",
       "drop, not_ip: "},
      {"--link ethernet --packet '" + header + "0010 0001'", "16 bytes, without an ethertype\n",
       "drop, not_ip: "},
      {"--link ethernet --packet ffff", "2 bytes, cannot be read\n", "drop, truncated_frame: "},
  }));
  CAPTURE(words);

  const auto said = here.explain(words);

  CAPTURE(said.out, said.err);
  CHECK(said.code == 0);
  CHECK(said.says("frame        " + frame));
  CHECK(said.says("verdict      " + why));
  CHECK(here.explain("--pcap arp.pcap#1 --in lam").code == 2);
}

TEST_CASE("what cannot be explained is refused with what can", "[program][explain]") {
  const auto [arguments, complaint] = GENERATE(table<std::string, std::string>({
      {"", "one thing to explain is needed"},
      {"--packet 45 --reverse 203.0.113.1:1", "one thing to explain is needed"},
      {"--packet 45zz", "not hexadecimal"},
      {"--packet 450", "not hexadecimal"},
      {"--pcap t.pcap", "write it as FILE#NUMBER"},
      {"--pcap t.pcap#0", "write it as FILE#NUMBER"},
      {"--pcap t.pcap#2", "t.pcap: has 1 packets"},
      {"--pcap none.pcap#1", "none.pcap: cannot be read"},
      {"--in lan --tap lan,wan --pcap t.pcap#1", "exclude each other"},
      {"--tap lan,wan=t.pcap --pcap t.pcap#1", "--tap lan,wan=t.pcap: a tap lies between two"},
      {"--tap lan --pcap t.pcap#1", "--tap lan: a tap lies between two interfaces; write --tap "},
      {"--tap lan,wam --pcap t.pcap#1", "--tap lan,wam: the configuration has no interface"},
      {"--tap lan,lan --pcap t.pcap#1", "--tap lan,lan: a tap lies between two interfaces, and"},
      {"--in lam --pcap t.pcap#1", "did you mean \"lan\"?"},
      {"--pcap t.pcap#1 --after t.pcap", "where its packets enter is not said"},
      {"--reverse 1.2.3.4", "write it like 203.0.113.1:40000"},
      {"--reverse 203.0.113.1:1 --in lan", "--in lan: no packet enters with --reverse"},
      {"--reverse 203.0.113.1:1 --tap lan,wan --after lan=t.pcap",
       "--tap lan,wan: no packet enters with --reverse"},
      {"--reverse 203.0.113.1:1 --in lam --after t.pcap", "did you mean \"lan\"?"},
      {"--packet 45 --protocol tcp", "--protocol requires --reverse"},
      {"--pcap t.pcap#1 --in ''", "--in: is empty; give a value, or leave it out"},
      {"--pcap t.pcap#1 --reverse ''", "--reverse: is empty"},
      {"--reverse 203.0.113.1:1 --protocol ipip", "no protocol that is mapped"},
  }));
  CAPTURE(arguments);
  const explained_home here;
  here.capture("t.pcap", {{1'000'000, packets::outward(syn(443))}});

  const auto said = here.explain(arguments);

  CHECK(said.code == 2);
  CAPTURE(said.err);
  CHECK(said.err.find(complaint) != std::string::npos);
}

#include "weir/config/load.hpp"

#include "weir/config/reader.hpp"

#include "tests/config/said.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <variant>
#include <vector>

using weir::config::load;
using weir::config::load_result;
using weir::config::load_text;
using weir::config::located_fault;
using weir::test::said;

namespace {

const std::string ground = R"(interfaces:
  lan: { addresses: [192.168.1.1/24], zone: inside }
  wan: { addresses: [203.0.113.1/24], zone: outside }
)";

}  // namespace

TEST_CASE("every example loads", "[config][load][example]") {
  const std::string name = GENERATE("home-gateway", "zones", "carrier-nat");

  const auto result = load("examples/configs/" + name + ".yaml");

  CHECK(said(result) == "");
}

TEST_CASE("the home gateway is what its file says", "[config][load][example]") {
  const auto result = load("examples/configs/home-gateway.yaml");

  const auto& box = *std::get<std::shared_ptr<const weir::snapshot>>(result);
  CHECK(box.interfaces().size() == 3);
  CHECK(box.find_interface("lan"));
  CHECK(box.find_interface("wan"));
  CHECK(box.raw().policies.size() == 5);
  CHECK(box.raw().nat.pools.at(0).external_interface == "wan");
}

TEST_CASE("a fault that is found later has the place of its key", "[config][load]") {
  const std::string text = ground + "sessions: { when-full: refuse, max: 5 }\n";
  const auto place = [&](const std::string& path) {
    const auto found = weir::config::locate(text, "f", {path, "what", "fix"});
    return weir::config::to_text(found);
  };

  CHECK(place("sessions.max") == "f:4:37: what; fix");
  CHECK(place("sessions.per-source") == "f:4:11: what; fix");
  CHECK(place("nat.pools") == "f:1:1: what; fix");
}

TEST_CASE("the seeds of the fuzzer are what their names say", "[config][load]") {
  for (const auto& entry : std::filesystem::directory_iterator{"tests/fuzz/corpus/configuration"}) {
    const std::string name = entry.path().filename().string();
    std::ifstream file{entry.path(), std::ios::binary};
    const std::string text{std::istreambuf_iterator<char>{file}, {}};

    const auto result = weir::config::read(text, name);

    INFO(name);
    CHECK(std::holds_alternative<weir::config::loaded>(result) == name.starts_with("valid-"));
  }
}

TEST_CASE("an empty file makes a box that does nothing", "[config][load]") {
  const auto result = load_text("", "f");

  const auto& box = *std::get<std::shared_ptr<const weir::snapshot>>(result);
  CHECK(box.interfaces().size() == 1);
}

TEST_CASE("a name that nothing bears is found with its place", "[config][load]") {
  const auto result =
      load_text(ground +
                    "routes: [{ to: 0.0.0.0/0, via: 203.0.113.9, interface: wann }]\n"
                    "policies:\n  - from: inside\n    to: outsid\n"
                    "nat:\n  pools: [{ name: p, internal: 192.168.1.0/24, external: won }]\n",
                "f");

  const auto text = said(result);
  CHECK(text.find("f:4:56: unknown interface \"wann\"; ") == 0);
  CHECK(text.find("\nf:7:9: no interface belongs to zone \"outsid\"; ") != std::string::npos);
  CHECK(text.find("\nf:9:58: unknown interface \"won\"; ") != std::string::npos);
}

TEST_CASE("faults of reading and of proving come in one report", "[config][load]") {
  const auto result = load_text(ground +
                                    "martians: of\n"
                                    "routes: [{ to: 0.0.0.0/0, interface: wann }]\n"
                                    "nat64: []\n",
                                "f");

  const auto text = said(result);
  CHECK(text.find("f:4:11: martians: \"of\"") == 0);
  CHECK(text.find("\nf:5:38: unknown interface \"wann\"; ") != std::string::npos);
  CHECK(text.find("\nf:6:1: nat64 has no engine part yet; remove it") != std::string::npos);
}

TEST_CASE("what only follows from another fault is not reported", "[config][load]") {
  const std::string text =
      GENERATE("nat:\n  pools: [{ name: p, internal: 192.168.1.0/24, external: 203.0.113.9/24 }]\n",
               "nat:\n  pools: [{ name: p, external: wan }]\n",
               "routes: [{ to: 10.0.0.0/8, intrface: wan }]\n",
               "policies:\n  - { from: inside, to: outside }\n  - { from: inside, to: outside }\n",
               "sessions: { max: 0 }\n", "sessions: { timeouts: { udp: 0 } }\n");

  const auto result = load_text(ground + text, "f");

  INFO(said(result));
  const auto& faults = std::get<std::vector<located_fault>>(result);
  const bool misspelt = text.find("intrface") != std::string::npos;
  CHECK(faults.size() == (misspelt ? 2 : 1));
}

TEST_CASE("what only follows from another part is not reported", "[config][load]") {
  const std::string text = GENERATE(
      "interfaces: { wan: { addresses: [198.51.100.1/24, 203.0.113.1], zone: outside } }\n"
      "routes: [{ to: 0.0.0.0/0, via: 203.0.113.254, interface: wan }]\n"
      "neighbors: [{ address: 203.0.113.9, interface: wan, mac: \"02:00:00:00:00:09\" }]\n",
      "interfaces: { lan: {}, wan: { addresses: [203.0.113.1] } }\n"
      "nat: { pools: [{ name: p, internal: 10.0.0.0/8, external: wan }] }\n",
      "interfaces: { lan: { zoen: inside }, wan: { zone: outside } }\n"
      "policies: [{ from: inside, to: outside }]\n"
      "nat: { pools: [{ name: p, internal: 10.0.0.0/8, external: 192.0.2.1, zone: inside }] }\n",
      "interfaces: { lan: { domain: [red] }, wan: { addresses: [203.0.113.1/24] } }\n"
      "routes: [{ to: 10.0.0.0/8, interface: lan, domain: red }]\n"
      "nat: { pools: [{ name: p, internal: 10.0.0.0/8, external: wan, domain: red }] }\n",
      "interfaces: []\n"
      "routes: [{ to: 10.0.0.0/8, interface: lan }]\n"
      "policies: [{ from: inside, to: outside }]\n",
      "sets: { homes: [10.0.0.1, here] }\n"
      "nat: { pools: [{ name: p, internal: \"@homes\", external: 192.0.2.1 }] }\n",
      "interfaces: { lan: { zone: inside }, wan: { zone: outside } }\n"
      "sessions: { timeouts: { udp: 0s } }\n"
      "policies: [{ from: inside, to: outside, timeouts: { dns: 1m } }]\n",
      "interfaces: { lan: {} }\n"
      "routes: [{ to: 0.0.0.0/33, interface: lan }, { to: 0.0.0.0/0, interface: lan }]\n",
      "interfaces: { lan: {} }\n"
      "routes: [{ to: bad, via: \"fe80::1\", interface: lan }]\n",
      "interfaces: { lan: { domain: red }, wan: { addresses: [203.0.113.1/24] } }\n"
      "routes: [{ to: 0.0.0.0/0, interface: wan },\n"
      "  { to: 0.0.0.0/0, interface: lan, domian: red }]\n",
      "interfaces: { lan: { domain: red }, wan: { addresses: [203.0.113.1/24] } }\n"
      "routes: [{ to: 203.0.113.0/24, interface: lan, domian: red }]\n",
      "interfaces: { lan: { domain: [red], addresses: [10.0.0.1/24] }, wan: {} }\n"
      "routes: [{ to: 10.0.0.0/24, interface: wan }, { to: 10.0.0.1/32, interface: wan }]\n",
      "nat: { static: [{ external: 192.0.2.1, internal: 10.0.0.1, protocol: tpc },\n"
      "                { external: 192.0.2.1, internal: 10.0.0.1 }] }\n");

  const auto result = load_text(text, "f");

  INFO(said(result));
  CHECK(std::get<std::vector<located_fault>>(result).size() == 1);
}

TEST_CASE("what a program may not say either is refused once", "[config][load]") {
  const std::string policy = "policies: [{ from: inside, to: outside, ";
  const std::string pool = "nat: { pools: [{ name: p, internal: 10.0.0.0/8, external: wan, ";
  const std::string text = GENERATE_COPY(
      policy + "rules: [{ action: deny, protocol: icmp, destination-port: 80 }] }]\n",
      policy + "rules: [{ action: deny, protocol: tcp, tcp-flags: [syn, \"!syn\"] }] }]\n",
      policy + "tcp-mss: 5 }]\n", policy + "name: \"\" }]\n",
      pool + "deterministic: { ports-per-host: 64 } }] }\n",
      pool + "mdoe: deterministic, deterministic: { ports-per-host: 64 } }] }\n",
      pool + "mode: deterministc, deterministic: { ports-per-host: 64 } }] }\n",
      "neighbors: [{ address: 203.0.113.9, interface: wan, mac: \"01:00:5e:00:00:01\" }]\n",
      "  more: { mac: \"01:00:5e:00:00:01\" }\n", "  \"\": {}\n", "  \"a b\": {}\n",
      "  local: {}\n");

  const auto result = load_text(ground + text, "f");

  INFO(said(result));
  CHECK(std::get<std::vector<located_fault>>(result).size() == 1);
}

TEST_CASE("a fault of a whole element hides none of its parts", "[config][load]") {
  const auto lines = [](const std::string& text) {
    const auto all = said(load_text(ground + text, "f"));
    return std::count(all.begin(), all.end(), '\n') + 1;
  };

  CHECK(lines("nat: { pools: [{ name: p, external: wan, reserved-ports: 1024-65535 }] }\n") == 2);
  CHECK(lines("nat: { pools: [{ name: p, internal: 10.0.0.0/8, external: wan },\n"
              "  { name: p, internal: 11.0.0.0/8, external: wan, zone: outsid }] }\n") == 2);
  CHECK(lines("policies:\n  - { from: inside, to: outside }\n"
              "  - { from: inside, to: outside, timeouts: { udp: 0s } }\n") == 2);
  CHECK(lines("routes: [{ to: 10.0.0.0/8, domain: red }]\n") == 2);
}

TEST_CASE("an element of a list is found behind one that cannot be read", "[config][load]") {
  const auto of_addresses = [](const std::string& list) {
    return said(load_text("interfaces: { lan: { addresses: [" + list + "] } }\n", "f"));
  };
  const auto of_internal = [](const std::string& list) {
    return said(
        load_text(ground +
                      "sets: { homes: [10.0.0.0/24, 10.1.0.0/24] }\nnat: { pools: [{ name: p, "
                      "external: wan, internal: [" +
                      list + "] }] }\n",
                  "f"));
  };
  const std::string six = ": a NAT pool translates IPv4 only; an IPv4 prefix";

  const auto first = of_addresses("10.0.0.1, 10.0.1.1/24, 127.0.0.1/8");
  CHECK(first.find("f:1:34: addresses: \"10.0.0.1\"") == 0);
  CHECK(first.find("\nf:1:57: 127.0.0.1 cannot be the address of") != std::string::npos);
  const auto middle = of_addresses("10.0.1.1/24, 10.0.0.1, 127.0.0.1/8");
  CHECK(middle.find("f:1:47: addresses: \"10.0.0.1\"") == 0);
  CHECK(middle.find("\nf:1:57: 127.0.0.1 cannot be the address of") != std::string::npos);
  CHECK(of_internal("10.0.0.1/8, 11.0.0.0/8, \"2001:db8::/32\"").find("\nf:5:77" + six) !=
        std::string::npos);
  CHECK(of_internal("\"@homes\", \"2001:db8::/32\"") == "f:5:63" + six);
}

TEST_CASE("an interface that is there twice is one fault", "[config][load]") {
  const auto result = load_text("interfaces:\n  lan: { zone: a }\n  lan: { zone: b }\n", "f");

  CHECK(said(result) == "f:3:3: the key \"lan\" is there twice; once; the other stands in line 2");
}

TEST_CASE("a timeout is neither nothing nor longer than the engine can tell", "[config][load]") {
  const auto text = [](const std::string& span) {
    return said(load_text("sessions: { timeouts: { udp: " + span + " } }\n", "f"));
  };

  CHECK(text("1ms") == "");
  CHECK(text("288h") == "");
  CHECK(text("0s").find("f:1:30: ") == 0);
  CHECK(text("288h1ms") == "f:1:30: an idle time beyond 12 days; at most 12 days (288h)");
  CHECK(text("13d").find("f:1:30: ") == 0);
}

TEST_CASE("what is at odds with something earlier names it", "[config][load]") {
  const auto said_of = [](const std::string& nat) { return said(load_text(ground + nat, "f")); };

  CHECK(said_of("nat:\n"
                "  pools:\n"
                "    - { name: home, internal: 192.168.0.0/16, external: wan }\n"
                "    - { name: more, internal: 192.168.1.0/24, external: 203.0.113.9 }\n") ==
        "f:7:31: pool \"home\" serves the same hosts first; internal prefixes of its own, or the "
        "pool with the narrower ones first");
  CHECK(said_of("nat:\n"
                "  static:\n"
                "    - { external: 203.0.113.2, internal: 192.168.1.2 }\n"
                "    - { external: 203.0.113.2, internal: 192.168.1.3 }\n") ==
        "f:7:19: an earlier mapping has the same endpoint, that of line 6; every endpoint once");
  CHECK(said_of("nat:\n"
                "  static:\n"
                "    - { external: 203.0.113.3, internal: 192.168.1.3, protocol: [tcp, udp] }\n"
                "    - { external: 203.0.113.2, internal: 192.168.1.2 }\n"
                "    - { external: 203.0.113.4, internal: 192.168.1.2 }\n") ==
        "f:8:42: an earlier mapping is of the same host, that of line 7; every host once");
}

TEST_CASE("what is wrong with a mapping of several protocols is said once", "[config][load]") {
  CHECK(said(load_text(ground + "nat: { static: [{ external: 203.0.113.255, internal: 224.0.0.1, "
                                "zone: outer, protocol: [tcp, udp] }] }\n",
                       "f")) ==
        "f:4:29: 203.0.113.255 is a broadcast address; the address of one host\n"
        "f:4:54: the address is not one host's that packets are forwarded to; a unicast address\n"
        "f:4:71: no interface belongs to zone \"outer\"; one of: local, inside, outside");
  CHECK(said(load_text(ground + "nat: { static: [{ external: 203.0.113.2, internal: 192.168.1.2, "
                                "protocol: [udp, 17] }] }\n",
                       "f")) == "f:4:75: protocol lists \"udp\" twice; each protocol once");
}

TEST_CASE("the first interface or zone too many has the fault", "[config][load]") {
  const auto interfaces = [](int count, bool zoned) {
    std::string text = "interfaces:\n";
    for (int i = 0; i < count; ++i) {
      text += "  i" + std::to_string(i) + ": " +
              (zoned ? "{ zone: z" + std::to_string(i) + " }\n" : "{}\n");
    }
    return said(load_text(text, "f"));
  };

  CHECK(interfaces(1023, true) == "");
  CHECK(interfaces(1030, true) ==
        "f:1025:18: there are 1031 zones, local among them, and from this one on they are too "
        "many; at most 1024");
  CHECK(interfaces(4098, false) ==
        "f:4098:10: there are 4098 interfaces, and from this one on they are too many; at most "
        "4096");
}

TEST_CASE("exemptions hold a bounded number of values in all", "[config][load]") {
  const auto exemptions = [](int uses) {
    std::string text = "sets:\n  hosts:\n";
    for (int i = 0; i < 1024; ++i) {
      text += "    - 10.0." + std::to_string(i / 256) + "." + std::to_string(i % 256) + "\n";
    }
    text += "nat:\n  exempt:\n    - { source: \"@hosts\", destination: [";
    for (int i = 0; i < 64 * 1024 - 1024; ++i) text += "10.0.0.1, ";
    text.resize(text.size() - 2);
    text += "] }\n";
    for (int i = 0; i < uses; ++i) {
      text += "    - { source: \"@hosts\", destination: 10.0.0.1 }\n";
    }
    return said(load_text(text, "f"));
  };

  CHECK(exemptions(0) == "");
  CHECK(exemptions(2) ==
        "f:1030:7: the exemptions up to here name too many prefixes, protocols and ports; at most "
        "65536 in all");
}

TEST_CASE("a text that is not YAML is not proven", "[config][load]") {
  CHECK(said(load_text("routes: [\n", "f")).find('\n') == std::string::npos);
}

TEST_CASE("a file that cannot be read is a fault without a place", "[config][load]") {
  CHECK(said(load("examples/configs/missing.yaml")) ==
        "examples/configs/missing.yaml: cannot be read: No such file or directory; a "
        "configuration file");
  CHECK(said(load("examples/configs")) ==
        "examples/configs: cannot be read: Is a directory; a configuration file");
}

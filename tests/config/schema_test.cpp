#include "weir/config/draft.hpp"
#include "weir/config/load.hpp"
#include "weir/net/special_address.hpp"
#include "weir/net/text.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/scratch_folder.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace config = weir::config::detail;

namespace {

const std::string schema_file = "examples/configs/weir.schema.json";

nlohmann::json schema() {
  std::ifstream file{schema_file};
  return nlohmann::json::parse(file);
}

/// A table of the reader, and where the schema has its twin.
struct twin {
  std::string pointer;
  std::set<std::string> keys;      ///< that are read
  std::set<std::string> required;  ///< of these
};

template <class Raw, std::size_t N>
twin twin_of(const std::string& pointer, const config::key<Raw> (&table)[N]) {
  twin made{pointer, {}, {}};
  for (const auto& one : table) {
    if (one.read != nullptr) {
      made.keys.emplace(one.name);
    }
    if (one.required) {
      made.required.emplace(one.name);
    }
  }
  return made;
}

std::vector<twin> twins() {
  const std::string definitions = "/definitions/";
  const std::string pool = definitions + "pool/properties/";
  return {
      twin_of("", config::sections),
      twin_of("/properties/sessions", config::sessions_keys),
      twin_of("/properties/host-path", config::host_path_keys),
      twin_of("/properties/headers", config::headers_keys),
      twin_of("/properties/checks", config::checks_keys),
      twin_of("/properties/limits", config::limits_keys),
      twin_of("/properties/nat", config::nat_keys),
      twin_of("/properties/nat/properties/alg", config::gateway_keys),
      twin_of("/properties/events", config::events_keys),
      twin_of("/properties/compatibility", config::compatibility_keys),
      twin_of(definitions + "interface", config::interface_keys),
      twin_of(definitions + "route", config::route_keys),
      twin_of(definitions + "neighbor", config::neighbor_keys),
      twin_of(definitions + "policy", config::policy_keys),
      twin_of(definitions + "rule", config::rule_keys),
      twin_of(definitions + "timeouts", config::timeouts_keys),
      twin_of(definitions + "pool", config::pool_keys),
      twin_of(pool + "deterministic", config::deterministic_keys),
      twin_of(pool + "mapping/anyOf/1", config::mapping_keys),
      twin_of(pool + "filtering/anyOf/1", config::filtering_keys),
      twin_of(definitions + "static", config::static_keys),
      twin_of(definitions + "exempt", config::exempt_keys),
  };
}

std::set<std::string> words_of(const nlohmann::json& list) { return {list.begin(), list.end()}; }

/// Whether a program ends with 0; 77 says that it could not run.
int exit_code_of(const std::string& command) {
  const int status = std::system(command.c_str());
  return WEXITSTATUS(status);
}

bool is_taken(const std::string& text) {
  return std::holds_alternative<std::shared_ptr<const weir::snapshot>>(
      weir::config::load_text(text, "f"));
}

/// The names of files with these texts, each after a space.
std::string written(const std::vector<std::string>& texts, const weir::test::scratch_folder& folder,
                    const std::string& name) {
  std::string paths;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto path = folder / (name + std::to_string(i) + ".yaml");
    std::ofstream{path} << texts[i];
    paths += " " + path;
  }
  return paths;
}

/// Checks that the reader and the schema refuse the same documents, and take the same.
void check_agreement(const std::vector<std::string>& refused,
                     const std::vector<std::string>& taken) {
  for (const auto& one : refused) {
    CAPTURE(one);
    CHECK(!is_taken(one));
  }
  for (const auto& one : taken) {
    CAPTURE(one);
    CHECK(is_taken(one));
  }
  const weir::test::scratch_folder here;

  const int code =
      exit_code_of("python3 tests/config/schema_test.py " + schema_file + " --invalid" +
                   written(refused, here, "refused") + " --valid" + written(taken, here, "taken"));

  if (code == 77 || code == 127) {
    WARN("SKIPPED: python3 with jsonschema and yaml is not there");
    return;
  }
  CHECK(code == 0);
}

}  // namespace

TEST_CASE("the schema knows the keys that the reader reads, and no others", "[config][schema]") {
  const auto whole = schema();

  for (const auto& one : twins()) {
    INFO("at " << one.pointer);
    const auto& part = whole.at(nlohmann::json::json_pointer{one.pointer});
    std::set<std::string> known;
    for (const auto& [name, rest] : part.at("properties").items()) {
      known.insert(name);
    }
    CHECK(known == one.keys);
    CHECK(part.at("additionalProperties") == false);
    CHECK(words_of(part.value("required", nlohmann::json::array())) == one.required);
  }
}

TEST_CASE("the schema lists the prefixes whose addresses no source has", "[config][schema]") {
  const std::string text = schema().at("properties").at("martians").at("description");
  const auto sources = text.substr(0, text.find("a source that"));
  std::istringstream words{sources.substr(sources.find("in ") + 3)};
  std::size_t known = 0;
  for (std::string word; words >> word;) {
    const auto listed =
        weir::parse_prefix(word.back() == ',' ? word.substr(0, word.size() - 1) : word);
    if (!listed) continue;
    CAPTURE(word);
    ++known;
    const auto first = listed->address();
    CHECK((first.is_ipv4() ? weir::is_martian_source(first.v4())
                           : weir::is_martian_source(first.v6())));
  }

  CHECK(known == 8);
}

TEST_CASE("every object of the schema has a table in the reader", "[config][schema]") {
  const auto whole = schema().flatten();
  std::size_t objects = 0;

  for (const auto& [pointer, value] : whole.items()) {
    if (pointer.ends_with("/additionalProperties") && value == false) {
      ++objects;
    }
  }

  CHECK(objects == twins().size());
}

TEST_CASE("the schema knows the protocols and messages that the reader knows", "[config][schema]") {
  const auto whole = schema();
  std::set<std::string> protocols;
  for (const auto name : config::protocol_names()) {
    protocols.emplace(name);
  }
  std::set<std::string> messages;
  for (const auto& one : config::icmp_names) {
    messages.emplace(one.name);
  }
  std::set<std::string> flags{"established"};
  for (const auto& one : config::flag_names) {
    flags.emplace(one.name);
    flags.emplace("!" + std::string{one.name});
  }

  CHECK(words_of(whole.at("definitions").at("protocol").at("anyOf").at(0).at("enum")) == protocols);
  CHECK(words_of(whole.at("definitions").at("icmp-type").at("anyOf").at(0).at("enum")) == messages);
  CHECK(words_of(whole.at("definitions").at("tcp-flag").at("enum")) == flags);
}

TEST_CASE("the examples satisfy the schema, and what the reader refuses does not",
          "[config][schema][example]") {
  const int code =
      exit_code_of("python3 tests/config/schema_test.py " + schema_file +
                   " --valid examples/configs/*.yaml tests/fuzz/corpus/configuration/valid-*.yaml"
                   " --invalid tests/fuzz/corpus/configuration/invalid-*.yaml");

  if (code == 77 || code == 127) {
    WARN("SKIPPED: python3 with jsonschema and yaml is not there");
    return;
  }
  CHECK(code == 0);
}

TEST_CASE("the schema refuses what the engine refuses of a single value, and takes any name",
          "[config][schema]") {
  const std::string pool =
      "interfaces: { wan: { addresses: [203.0.113.1/24], zone: outside } }\n"
      "nat: { pools: [{ name: p, internal: 10.0.0.0/24, external: wan, ";
  const std::string mapping = "nat: { static: [{ protocol: tcp, ";
  const std::vector<std::string> refused{
      pool + "reserved-ports: 0 }] }\n",
      pool + "reserved-ports: [22, 0-1] }] }\n",
      pool + "ports: 0-65535 }] }\n",
      mapping + "external: \"203.0.113.1:0\", internal: \"10.0.0.2:80\" }] }\n",
      mapping + "external: \"203.0.113.1:80\", internal: \"10.0.0.2:65536\" }] }\n",
      "nat: { pools: [{ name: p, internal: 10.0.0.0/24, external: 100 }] }\n",
      "interfaces: { local: { mtu: 1500 } }\n",
      "interfaces: { lan: { zone: local } }\n",
      "interfaces: { lan: { mac: \"00:00:00:00:00:00\" } }\n",
      "sessions: { timeouts: { udp: 0s } }\n",
  };
  const std::vector<std::string> taken{
      "interfaces: { 100: { addresses: [10.0.0.1/24], zone: 10 }, true: { addresses: "
      "[10.0.1.1/24], zone: 1.5 } }\n"
      "policies: [{ name: 5, from: 10, to: 1.5, default: permit }]\n"
      "nat: { pools: [{ name: 7, internal: 10.0.0.0/24, external: true }] }\n",
      pool + "reserved-ports: [22, 1-3, 65535] }] }\n",
      mapping + "external: \"203.0.113.1:65535\", internal: \"10.0.0.2:1\" }] }\n",
  };
  check_agreement(refused, taken);
}

TEST_CASE("the schema takes addresses and prefixes that the reader takes, and no others",
          "[config][schema]") {
  const auto interfaces = [](const std::string& subnet) {
    return "interfaces: { i: { addresses: [\"" + subnet + "\"] } }\n";
  };
  const auto neighbor = [](const std::string& address) {
    return "interfaces: { i: { addresses: [10.0.0.1/8, \"2001:db8::1/32\"] } }\n"
           "neighbors: [{ address: \"" +
           address + "\", interface: i, mac: \"02:00:00:00:00:01\" }]\n";
  };
  const auto rule = [](const std::string& source) {
    return "interfaces: { i: { zone: a } }\npolicies: [{ from: a, to: a, rules: [{ action: deny, "
           "source: \"" +
           source + "\" }] }]\n";
  };
  const auto mapping = [](const std::string& external) {
    return "nat: { static: [{ external: \"" + external + "\", internal: 10.0.0.5 }] }\n";
  };
  const auto exempt = [](const std::string& source) {
    return "nat: { exempt: [{ source: \"" + source + "\", destination: 10.0.0.0/8 }] }\n";
  };
  const auto pool = [](const std::string& internal, const std::string& external) {
    return "interfaces: { wan: { addresses: [203.0.113.1/24] } }\n"
           "nat: { pools: [{ name: p, internal: [\"" +
           internal + "\"], external: [\"" + external + "\"] }] }\n";
  };
  std::vector<std::string> refused{
      interfaces("10.0.0.1/33"),
      interfaces("10.0.0.1"),
      interfaces("2001:db8::1/129"),
      interfaces("10.0.0.1/08"),
      pool("2001:db8::/32", "wan"),
      pool("10.0.0.0/8", "2001:db8::/64"),
      pool("10.0.0.0/8", "wan/24"),
      pool("10.0.0.0/33", "wan"),
      pool("10.0.0.0/8", "1.2.3"),
      mapping("256.1.1.1"),
      mapping("5"),
      mapping("10.0.0.1:0"),
      mapping("1.2.3:80"),
      exempt("2001:db8::/32"),
      exempt("10.0.0.0/33"),
      exempt("80"),
  };
  for (const auto* const one : {"5",
                                "80",
                                "1.2.3",
                                "256.1.1.1",
                                "10.0.0.1:0",
                                "010.0.0.1",
                                "10.0.0.1.",
                                "1.2.3.4.5",
                                ":",
                                ":::",
                                "1::2::3",
                                "1:2:3:4:5:6:7",
                                "1:2:3:4:5:6:7:8:9",
                                "1:2:3:4:5:6:7::8",
                                "12345::",
                                "g::",
                                "::256.1.1.1",
                                "1:2:3:4:5:6:7:1.2.3.4",
                                "::1.2.3.4:5",
                                "1:2:3:4:5:6::1.2.3.4",
                                "::1 "}) {
    refused.push_back(neighbor(one));
    refused.push_back(rule(one));
  }
  for (const auto* const one : {"10.0.0.0/33", "2001:db8::/129", "10.0.0.0/", "::/01"}) {
    refused.push_back(rule(one));
  }
  std::vector<std::string> taken{
      interfaces("10.0.0.1/32"),          interfaces("2001:db8::1/128"), pool("10.0.0.0/8", "wan"),
      pool("10.0.0.1", "203.0.113.8/29"), exempt("10.0.0.0/8"),          exempt("0.0.0.0/0"),
      mapping("203.0.113.255"),
  };
  for (const auto* const one : {"10.0.0.0/8",
                                "255.255.255.255",
                                "0.0.0.0/0",
                                "::/0",
                                "::",
                                "::1",
                                "1::",
                                "1:2:3:4:5:6:7:8",
                                "1:2:3:4:5:6:7::",
                                "::2:3:4:5:6:7:8",
                                "1::3:4:5:6:7:8",
                                "1:2:3:4:5:6::8",
                                "1:2:3::6:7:8",
                                "2001:DB8::/32",
                                "::ffff:1.2.3.4",
                                "1:2:3:4:5:6:1.2.3.4",
                                "1:2:3:4:5::1.2.3.4",
                                "::2:3:4:5:6:1.2.3.4",
                                "64:ff9b::/96",
                                "1:2::5:6:1.2.3.4/128"}) {
    taken.push_back(rule(one));
  }
  check_agreement(refused, taken);
}

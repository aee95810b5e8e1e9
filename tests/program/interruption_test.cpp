#include "examples/weir/interruption.hpp"

#include "tests/program/run_weir.hpp"
#include "tests/support/catch.hpp"

#include <cstdlib>
#include <string>

namespace packets = weir::test;

using packets::workshop;

namespace {

/// A workshop in which a replay of two packets waits for a third one that never comes.
class waiting_replay : public workshop {
 public:
  waiting_replay() {
    const std::string rule = "{ name: native,";
    auto yaml = packets::home_yaml;
    yaml.replace(yaml.find(rule), rule.size(),
                 "{ action: permit, log: true, family: ipv4 }\n      - " + rule);
    write("home.yaml", yaml + "events: { log: stderr }\n");
    const auto packet = packets::udp{}.from("10.0.0.5").to("198.51.100.7").bytes();
    capture("a.pcap",
            {{1'000'000'000, packets::outward(packet)}, {2'000'000'000, packets::outward(packet)}});
  }

  /// Sends a signal when the first packet was judged, and does what comes `then`.
  packets::run_result interrupt(const std::string& signal, const std::string& input,
                                const std::string& then = "") const {
    write("interrupt.sh",
          "mkfifo in log\n\"$WEIR_PROGRAM\" replay --config home.yaml --in lan=" + input +
              " --out wan=w.pcap --report r.json <in >out.txt 2>log &\n"
              "exec 3>in 4<log\n"
              "cat a.pcap >&3\n"
              "read -r line <&4\n"
              "kill -s " +
              signal + " $!\n" + then +
              "\ncat <&4 >err.txt\n"
              "wait $!\n");
    const int status = std::system(("cd '" + path().string() + "' && sh interrupt.sh").c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, text("out.txt"), text("err.txt")};
  }
};

}  // namespace

TEST_CASE("what was read before a signal is judged and written",
          "[program][replay][interruption]") {
  const auto [signal, number] = GENERATE(table<std::string, int>({{"TERM", 15}, {"HUP", 1}}));
  const std::string input = GENERATE("-", "/dev/stdin", "in");
  CAPTURE(signal, input);
  const waiting_replay here;

  const auto said = here.interrupt(signal, input);

  CAPTURE(said.out, said.err);
  CHECK(said.code == 128 + number);
  CHECK(said.says("interrupted by signal " + std::to_string(number)));
  REQUIRE(here.exists("r.json"));
  CHECK(here.frames("w.pcap").size() == 2);
  const auto report = here.json("r.json");
  CHECK(report["interrupted"] == true);
  CHECK(report["packets"]["in"] == 2);
  CHECK(report["conserved"] == true);
}

TEST_CASE("a signal that is ignored ends nothing", "[program][replay][interruption]") {
  const waiting_replay here;

  // Shells have commands in the background ignore it.
  const auto said = here.interrupt("INT", "-", "exec 3>&-");

  CAPTURE(said.out, said.err);
  CHECK(said.code == 0);
  CHECK(here.json("r.json")["interrupted"] == false);
  CHECK(here.frames("w.pcap").size() == 2);
}

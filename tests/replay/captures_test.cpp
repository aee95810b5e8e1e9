// Real captures through the home gateway, as a user replays them.

#include "examples/weir/replay.hpp"
#include "tests/program/run_weir.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/checksum_oracle.hpp"
#include "tests/support/reference_checksum.hpp"
#include "tests/support/seeded.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace packets = weir::test;

using packets::workshop;

namespace {

const std::string home_gateway = "$OLDPWD/examples/configs/home-gateway.yaml";

std::filesystem::path folder() {
  const char* const named = std::getenv("WEIR_CAPTURES");
  return named == nullptr ? std::filesystem::path{} : std::filesystem::path{named};
}

std::vector<std::filesystem::path> captures() {
  std::vector<std::filesystem::path> found;
  if (!std::filesystem::is_directory(folder())) return found;
  for (const auto& entry : std::filesystem::directory_iterator{folder()}) {
    const auto extension = entry.path().extension();
    if (extension == ".pcap" || extension == ".cap" || extension == ".pcapng") {
      found.push_back(entry.path());
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

bool is_there(const std::filesystem::path& capture) {
  if (std::filesystem::exists(capture)) return true;
  WARN("SKIPPED: the shared captures are not there (WEIR_CAPTURES)");
  return false;
}

bool has_tshark() {
  if (std::system("command -v tshark >/dev/null 2>&1") == 0) return true;
  WARN("SKIPPED: tshark is not there");
  return false;
}

/// Replays every capture, entering as `entry` says; each must end well. Sanitizers may do with one
/// of so many.
void replay_all(const std::string& entry, std::size_t sanitized_one_of = 1) {
  const auto paths = captures();
  if (paths.empty()) {
    WARN("SKIPPED: the shared captures are not there (WEIR_CAPTURES)");
    return;
  }
  const workshop here;
  const std::size_t step = packets::is_sanitized ? sanitized_one_of : 1;
  for (std::size_t next = 0; next < paths.size(); next += step) {
    const auto& path = paths[next];
    CAPTURE(path);
    const auto said =
        here.run("replay --config " + home_gateway + " " + entry + "='" + path.string() +
                 "' --complete-checksums --verify --out-dir o --report r.json");
    CAPTURE(said.err);
    REQUIRE(said.code == 0);
    const auto report = here.json("r.json");
    CHECK(report["conserved"] == true);
    CHECK(report["verified"] == true);
    for (const char* const output : {"o/lan.pcap", "o/wan.pcap"}) {
      CHECK_NOTHROW(here.frames(output));
    }
  }
}

/// A TCP flow by its server's end and its client's host; ports of the client may be translated.
struct handshake {
  bool syn = false;
  bool syn_ack = false;
  bool ack = false;

  bool complete() const { return syn && syn_ack && ack; }
};
using flow_key = std::tuple<std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t>;

/// The handshakes of the client's TCP flows in a capture, read by nothing of the engine's.
std::map<flow_key, handshake> handshakes(const workshop& here, const std::string& name,
                                         std::uint32_t client) {
  std::map<flow_key, handshake> made;
  for (const auto& one : here.frames(name)) {
    const auto packet = packets::packet_in(one.frame);
    if (packet.size() < 40 || std::to_integer<unsigned>(packet[9]) != 6) continue;
    const auto source = packets::number_at(packet, 12, 4);
    const auto destination = packets::number_at(packet, 16, 4);
    const auto source_port = packets::number_at(packet, 20, 2);
    const auto destination_port = packets::number_at(packet, 22, 2);
    const auto flags = std::to_integer<unsigned>(packet[33]) & 0x17u;
    if (source == client) {
      auto& flow = made[{source, source_port, destination, destination_port}];
      flow.syn = flow.syn || flags == 0x02;
      flow.ack = flow.ack || (flow.syn_ack && (flags & 0x12) == 0x10);
    } else if (destination == client) {
      auto& flow = made[{destination, destination_port, source, source_port}];
      flow.syn_ack = flow.syn_ack || (flow.syn && flags == 0x12);
    }
  }
  return made;
}

std::size_t complete(const std::map<flow_key, handshake>& flows) {
  return static_cast<std::size_t>(std::count_if(
      flows.begin(), flows.end(), [](const auto& one) { return one.second.complete(); }));
}

constexpr std::uint32_t inside_host = 0x0A000006;      // 10.0.0.6
constexpr std::uint32_t outside_address = 0xCB007101;  // 203.0.113.1

/// The example capture, replayed as the finish line says.
class replayed_example : public workshop {
 public:
  replayed_example() {
    const auto path = (folder() / "example.pcap").string();
    said = run("replay --config " + home_gateway + " --tap lan,wan='" + path +
               "' --complete-checksums --out lan=lan.pcap --out wan=wan.pcap --report r.json "
               "--verify");
    std::filesystem::copy_file(path, *this / "example.pcap");
  }
  packets::run_result said;
};

}  // namespace

TEST_CASE("every capture replays on one interface", "[replay][captures]") {
  replay_all("--in lan");
}

TEST_CASE("every capture replays from outside", "[replay][captures]") { replay_all("--in wan", 4); }

TEST_CASE("every capture replays as a tap", "[replay][captures]") { replay_all("--tap lan,wan"); }

TEST_CASE("every capture replays as the box's own traffic", "[replay][captures]") {
  replay_all("--in local", 4);
}

TEST_CASE("the example's TCP flows are established in both directions through NAT",
          "[replay][captures]") {
  if (!is_there(folder() / "example.pcap")) return;
  const replayed_example here;
  CAPTURE(here.said.err);
  REQUIRE(here.said.code == 0);

  const auto captured = handshakes(here, "example.pcap", inside_host);
  // Outbound segments leave by wan under the gateway's address, the answers reach the host on lan.
  const auto outside = handshakes(here, "wan.pcap", outside_address);
  const auto inside = handshakes(here, "lan.pcap", inside_host);
  std::size_t established = 0;
  for (const auto& [key, flow] : captured) {
    if (!flow.complete()) continue;
    const auto& [host, port, server, server_port] = key;
    const auto leaves = [&](const auto& one) {
      return std::get<2>(one.first) == server && std::get<3>(one.first) == server_port &&
             one.second.syn;
    };
    const bool left = std::any_of(outside.begin(), outside.end(), leaves);
    established += left && inside.count(key) == 1 ? 1u : 0u;
  }

  const auto due = complete(captured);
  CAPTURE(due, established);
  CHECK(due > 30);
  CHECK(established * 100 >= due * 95);
  const auto report = here.json("r.json");
  CHECK(report["conserved"] == true);
  CHECK(report["verified"] == true);
}

TEST_CASE("every packet that leaves for the example has a right checksum", "[replay][captures]") {
  if (!is_there(folder() / "example.pcap")) return;
  const replayed_example here;

  for (const char* const name : {"lan.pcap", "wan.pcap"}) {
    for (const auto& one : here.frames(name)) {
      REQUIRE(packets::wrong_with(packets::packet_in(one.frame)).empty());
    }
  }
}

TEST_CASE("tshark finds no bad checksum in the example's outputs", "[replay][captures][tshark]") {
  if (!is_there(folder() / "example.pcap") || !has_tshark()) return;
  const replayed_example here;

  for (const char* const name : {"lan.pcap", "wan.pcap"}) {
    const auto command =
        "tshark -r '" + here / name +
        "' -o ip.check_checksum:TRUE -o tcp.check_checksum:TRUE -o udp.check_checksum:TRUE "
        "-Y 'ip.checksum.status==0 || tcp.checksum.status==0 || udp.checksum.status==0 || "
        "icmp.checksum.status==0' 2>/dev/null | wc -l | grep -qx 0";
    CAPTURE(name);
    CHECK(std::system(command.c_str()) == 0);
  }
}

TEST_CASE("the example replays to the same bytes twice", "[replay][captures][determinism]") {
  if (!is_there(folder() / "example.pcap")) return;
  const replayed_example one;
  const replayed_example two;

  CHECK(one.text("lan.pcap") == two.text("lan.pcap"));
  CHECK(one.text("wan.pcap") == two.text("wan.pcap"));
}

TEST_CASE("one run differs from another with another seed in ports alone",
          "[replay][captures][determinism]") {
  if (!is_there(folder() / "example.pcap")) return;
  const workshop here;
  const auto path = (folder() / "example.pcap").string();
  for (const std::string seed : {"1", "2"}) {
    REQUIRE(here.run("replay --config " + home_gateway + " --tap lan,wan='" + path +
                     "' --complete-checksums --seed " + seed + " --out-dir o" + seed)
                .code == 0);
  }

  CHECK(here.frames("o1/lan.pcap").size() == here.frames("o2/lan.pcap").size());
  CHECK(here.frames("o1/wan.pcap").size() == here.frames("o2/wan.pcap").size());
}

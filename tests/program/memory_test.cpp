#include "examples/weir/memory.hpp"

#include "weir/engine/memory_need.hpp"

#include "examples/weir/load.hpp"
#include "tests/program/run_weir.hpp"
#include "tests/support/catch.hpp"

#include <cstdint>
#include <filesystem>
#include <string>

using weir::test::home_yaml;
using weir::test::run_result;
using weir::test::workshop;

namespace {

constexpr std::uint64_t allowed = std::uint64_t{1} << 30;

/// A workshop whose program may have 1 GiB of memory.
class narrow_home : public workshop {
 public:
  narrow_home() { capture("a.pcap", {}); }

  run_result run(const std::string& arguments) const {
    return workshop::run(arguments, "ulimit -v " + std::to_string(allowed / 1024));
  }
  /// Sanitizers ask for more address space than that before anything else.
  bool starts() const {
    const bool good = run("--version").code == 0;
    if (!good) WARN("SKIPPED: the program does not start in 1 GiB of address space");
    return good;
  }
  void write_home(std::uint64_t sessions) const {
    write("home.yaml", home_yaml + "sessions: { max: " + std::to_string(sessions) + " }\n");
  }
};

}  // namespace

TEST_CASE("tables beyond what a process may have are refused, by check too", "[program][memory]") {
  const narrow_home here;
  if (!here.starts()) return;
  here.write_home(60'000'000);
  const auto command = GENERATE("check home.yaml", "replay --config home.yaml --in lan=a.pcap",
                                "explain --config home.yaml --reverse 203.0.113.1:1024");

  const auto said = here.run(command);

  CAPTURE(said.err);
  CHECK(said.code == 2);
  CHECK(said.says("home.yaml:24:18: tables for 60000000 sessions need "));
  CHECK(
      said.says("GiB of memory, more than the 1.0 GiB that a process may have (ulimit -v); fewer "
                "sessions, of "));
}

TEST_CASE("tables that find no memory name the key to change", "[program][memory]") {
  const narrow_home here;
  if (!here.starts()) return;
  here.write_home(1);
  const auto config = weir::program::proven_configuration(here / "home.yaml");
  const auto need = weir::memory_need_of(*config);
  here.write_home((allowed - need.externals) / need.per_session);  // and nothing for the program

  const auto said = here.run("replay --config home.yaml --in lan=a.pcap");

  CAPTURE(said.err);
  CHECK(here.run("check home.yaml").code == 0);
  CHECK(said.code == 2);
  CHECK(said.says("weir: home.yaml: sessions.max: tables for "));
  CHECK(said.says("MiB of memory, more than there is; fewer sessions, of "));
}

TEST_CASE("of sessions and external addresses those are named that need more",
          "[program][memory]") {
  weir::configuration raw;
  raw.sessions.max = 1000;
  const weir::memory_need sessions{400, 400'000, 32'768, 32'768};
  const weir::memory_need ports{400, 400'000, 32'768, 327'680'000};

  CHECK(weir::program::memory_fault(sessions, raw, std::nullopt).path == "sessions.max");
  const auto wrong = weir::program::memory_fault(ports, raw, 1u << 28);
  CHECK(wrong.path == "nat.pools");
  CHECK(wrong.what ==
        "the ports of 10000 external addresses need 312.5 MiB of memory, more than the 256.0 MiB "
        "that a process may have (ulimit -v)");
  CHECK(wrong.fix == "fewer external addresses, of 32768 bytes each, or more memory");
}

TEST_CASE("a configuration without end is read no further than one may be long",
          "[program][memory]") {
  const narrow_home here;
  if (!here.starts()) return;
  if (!std::filesystem::exists("/dev/zero")) {
    WARN("SKIPPED: there is no /dev/zero");
    return;
  }
  const auto command = GENERATE("check /dev/zero", "check - </dev/zero");

  const auto said = here.run(command);

  CAPTURE(said.err);
  CHECK(said.code == 2);
  CHECK(said.says("1:1: the file is larger than 16 MiB; a smaller file"));
}

#include "examples/weir/report.hpp"

#include "examples/weir/failure.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>

namespace weir::program {

namespace {

using json = nlohmann::ordered_json;

/// Bumped when a key changes its meaning or goes away.
constexpr int report_format = 1;

json inputs_of(const replay_result& result) {
  json made = json::array();
  for (const auto& one : result.inputs) {
    json fault = nullptr;
    if (one.fault_offset) {
      fault = {{"offset", *one.fault_offset}, {"what", one.fault}};
    }
    std::uint64_t unknown = 0;
    for (const auto& link : one.unknown_links) unknown += link.records;
    made.push_back({{"file", one.path},
                    {"from", one.from},
                    {"records", one.records},
                    {"unknown_link", unknown},
                    {"fault", fault}});
  }
  return made;
}

json frames_of(const replay_result& result) {
  json made = json::object();
  for (const auto& one : result.interfaces) {
    made[one.name] = {{"in", one.frames.in},
                      {"in_bytes", one.frames.in_bytes},
                      {"out", one.frames.out},
                      {"out_bytes", one.frames.out_bytes},
                      {"generated", one.frames.generated},
                      {"file", one.path.empty() ? json(nullptr) : json(one.path)}};
  }
  return made;
}

json drops_of(const replay_result& result) {
  json made = json::object();
  for (std::size_t at = 0; at < drop_reason_count; ++at) {
    if (result.drops[at] != 0) {
      made[std::string{name(static_cast<drop_reason>(at))}] = result.drops[at];
    }
  }
  return made;
}

json pools_of(const replay_result& result) {
  json made = json::object();
  for (const auto& one : result.pools) {
    made[one.name] = {
        {"mappings", one.mappings}, {"ports_used", one.ports_used}, {"ports", one.ports}};
  }
  return made;
}

json report_of(const replay_result& result) {
  const auto& packets = result.packets;
  const auto& sessions = result.sessions;
  json made;
  made["format"] = report_format;
  made["configuration"] = result.configuration;
  made["seed"] = result.seed;
  made["inputs"] = inputs_of(result);
  made["packets"] = {{"in", packets.in},
                     {"out", packets.out},
                     {"dropped", packets.dropped},
                     {"delivered", packets.delivered},
                     {"consumed", packets.consumed},
                     {"held", packets.held}};
  made["conserved"] = result.conserved();
  made["drops"] = drops_of(result);
  made["generated"] = result.generated;
  made["answers_suppressed"] = result.answers_suppressed;
  made["reflected"] = result.reflected;
  made["checksums_completed"] = result.checksums_completed;
  made["tagged"] = result.tagged;
  made["cut"] = result.cut;
  made["frames"] = frames_of(result);
  made["sessions"] = {{"created", sessions.created}, {"expired", sessions.expired},
                      {"ended", sessions.ended},     {"evicted", sessions.evicted},
                      {"refused", sessions.refused}, {"live", sessions.live}};
  made["pools"] = pools_of(result);
  made["generation"] = result.generation;
  made["clock"] = {{"first", result.first.since_epoch().count()},
                   {"last", result.last.since_epoch().count()},
                   {"clamped", result.clamped},
                   {"retimed", result.retimed}};
  made["verified"] = result.verified ? json(!result.broken) : json(nullptr);
  made["interrupted"] = result.interrupted != 0;
  made["memory"] = {{"peak", result.memory_peak}};
  return made;
}

}  // namespace

void check_report(const std::string& path) {
  std::error_code none;
  if (path.empty() || path == "-" || std::filesystem::is_other(path, none)) {
    return;  // a pipe that was opened and closed would have ended for its reader
  }
  const bool is_new = !std::filesystem::exists(path, none);
  const std::ofstream probe{path, std::ios::app};
  if (!probe) {
    throw input_output_failure(
        fmt::format("{}: cannot be written: {}", path, std::strerror(errno)));
  }
  if (is_new) std::filesystem::remove(path, none);  // until there is something to report
}

void write_report(const replay_result& result, const std::string& path) {
  constexpr int indentation = 2;
  // The names of files may be no UTF-8, which JSON is.
  const auto text =
      report_of(result).dump(indentation, ' ', false, json::error_handler_t::replace) + "\n";
  bool good = false;
  if (path == "-") {
    good = std::fputs(text.c_str(), stdout) >= 0 && std::fflush(stdout) == 0;
  } else {
    std::ofstream file{path, std::ios::trunc};
    file << text;
    file.close();
    good = !file.fail();
  }
  if (!good) {
    throw input_output_failure(fmt::format("{}: writing failed: {}", path, std::strerror(errno)));
  }
}

}  // namespace weir::program

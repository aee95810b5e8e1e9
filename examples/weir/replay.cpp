#include "examples/weir/replay.hpp"

#include "examples/weir/collect.hpp"
#include "examples/weir/file_uses.hpp"
#include "examples/weir/interruption.hpp"
#include "examples/weir/load.hpp"
#include "examples/weir/memory.hpp"
#include "examples/weir/progress.hpp"
#include "examples/weir/replayer.hpp"
#include "examples/weir/report.hpp"
#include "examples/weir/summary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <utility>

namespace weir::program {

namespace {

bool has_packets_on_standard_output(const std::vector<output_assignment>& outputs) {
  return std::any_of(outputs.begin(), outputs.end(),
                     [](const auto& one) { return is_standard_output(one.path); });
}

/// Standard output carries one thing at most.
void check_standard_output(const replay_options& options,
                           const std::vector<output_assignment>& outputs) {
  if (has_packets_on_standard_output(outputs) && is_standard_output(options.report)) {
    throw usage_failure(
        fmt::format("--report {}: standard output is already an interface's; write the report to a "
                    "file",
                    options.report));
  }
}

/// No file is written that something else reads or writes.
void check_files(const replay_options& options, const replay_setup& setup) {
  file_uses files;
  files.read(options.config, "--config " + options.config);
  for (const auto& one : setup.inputs) files.read(one.path, one.words);
  for (const auto& one : setup.outputs) files.write(one.path, one.words);
  if (!options.report.empty()) {
    files.write(options.report, "--report " + options.report);
  }
}

std::FILE* summary_stream(const replay_options& options,
                          const std::vector<output_assignment>& outputs) {
  const bool is_taken =
      is_standard_output(options.report) || has_packets_on_standard_output(outputs);
  return is_taken ? stderr : stdout;
}

/// Runs to the end of the input, until it is interrupted or an output fails.
void run_all(replayer& replay, const interruption& interrupted) {
  const bool logs = replay.config().raw().events.log_to_stderr;  // its lines are progress enough
  progress bar{logs ? 0 : replay.inputs().bytes_total()};
  while (replay.step() && !replay.wires().has_failed()) {
    bar.at(replay.inputs().bytes_read());
    if (interrupted.signal() != 0) replay.stop();
  }
}

}  // namespace

exit_code run_replay(const replay_options& options) {
  const auto config = proven_configuration(options.config);
  replay_setup setup;
  setup.inputs = checked_inputs(options.inputs, *config);
  setup.outputs = checked_outputs(options.outputs, options.out_dir, *config);
  setup.seed = options.seed;
  setup.complete_checksums = options.complete_checksums;
  check_standard_output(options, setup.outputs);
  check_files(options, setup);
  check_report(options.report);
  const interruption interrupted;
  const auto made = made_in_memory<replayer>(options.config, config, setup);
  auto& replay = *made;

  const auto begun = std::chrono::steady_clock::now();
  run_all(replay, interrupted);
  const int signal = interrupted.signal();
  replay.wires().close();
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begun;

  auto result = collect(replay);
  result.configuration = options.config;
  result.seed = options.seed;
  result.elapsed = elapsed.count();
  result.interrupted = signal;
  result.verified = options.verify;
  if (options.verify) {
    result.broken = replay.worker().verify();
  }
  if (!options.report.empty()) {
    write_report(result, options.report);
  }
  print_summary(result, summary_stream(options, setup.outputs));
  const bool whole = report_faults(replay.inputs());
  if (!result.conserved() || result.broken) {
    return exit_code::broken;
  }
  if (result.interrupted != 0) {
    return exit_code{static_cast<int>(exit_code::interrupted) + result.interrupted};
  }
  return whole ? exit_code::ok : exit_code::input_output;
}

}  // namespace weir::program

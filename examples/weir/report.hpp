#pragma once

#include "examples/weir/result.hpp"

#include <string>

namespace weir::program {

/// Finds out whether the report can be written, before any work; ends the program where not.
void check_report(const std::string& path);

/// Writes the report as JSON, as examples/weir/report.schema.json describes it. The same replay
/// makes the same report, but for `memory`.
void write_report(const replay_result& result, const std::string& path);

}  // namespace weir::program

#pragma once

#include "weir/engine/configuration.hpp"
#include "weir/engine/memory_need.hpp"
#include "weir/engine/snapshot.hpp"

#include "examples/weir/failure.hpp"

#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <string>

namespace weir::program {

/// The bytes that the system lets the program have at most, where it sets a limit.
std::optional<std::uint64_t> memory_allowed();

/// What is wrong with a configuration whose tables find no memory: which of its keys asks for most.
/// `allowed`: the limit that says so.
fault memory_fault(const memory_need& need, const configuration& raw,
                   std::optional<std::uint64_t> allowed);

/// The same, where tables need more than the program may have; nothing where they may fit.
std::optional<fault> refused_memory(const snapshot& config);

/// Makes what keeps the tables of the configuration at `path`; where they find no memory, ends the
/// program with what would be right.
template <class Made, class Setup>
std::unique_ptr<Made> made_in_memory(const std::string& path,
                                     const std::shared_ptr<const snapshot>& config,
                                     const Setup& setup) {
  try {
    return std::make_unique<Made>(config, setup);
  } catch (const std::bad_alloc&) {
    const auto wrong = memory_fault(memory_need_of(*config), config->raw(), std::nullopt);
    throw usage_failure(path + ": " + to_text(wrong));
  }
}

}  // namespace weir::program

#pragma once

#include "weir/engine/snapshot.hpp"
#include "weir/pool/mapping_table.hpp"

#include "examples/weir/failure.hpp"

#include <string>

namespace weir::program {

/// Says whose an external endpoint is: a static entry's, a live mapping's, a deterministic pool's
/// host's, the box's, or nobody's.
exit_code explain_reverse(const std::string& endpoint, const std::string& protocol_name,
                          const snapshot& config, const mapping_table<ipv4>& mappings);

}  // namespace weir::program

#pragma once

#include "weir/engine/snapshot.hpp"
#include "weir/pool/mapping.hpp"

#include <functional>
#include <optional>
#include <string>

namespace weir::program {

/// The live mapping that wears an external endpoint, if there is one.
using mapping_search = std::function<std::optional<mapping<ipv4>>(const external_key&)>;

/// Says whose an external endpoint is: a static entry's, a live mapping's, a deterministic pool's
/// host's, the box's, or nobody's.
void explain_reverse(const std::string& endpoint, const std::string& protocol_name,
                     const snapshot& config, const mapping_search& search);

}  // namespace weir::program

#pragma once

#include <memory>

namespace weir {
struct configuration;
class snapshot;
}  // namespace weir

namespace weir::bench {

/// The snapshot of a configuration. Throws its first fault. To prove one takes a compiler longer
/// than most benchmarks: it is built once for all of them.
std::shared_ptr<const snapshot> compiled(const configuration& raw);

}  // namespace weir::bench

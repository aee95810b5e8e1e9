#pragma once

#include <memory>

namespace weir {
struct configuration;
class snapshot;
}  // namespace weir

namespace weir::test {

/// The snapshot of a configuration. Throws all its faults. To prove one takes a compiler longer
/// than most tests: it is built once for all of them.
std::shared_ptr<const snapshot> compiled(const configuration& raw);

}  // namespace weir::test

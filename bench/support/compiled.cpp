#include "bench/compiled.hpp"

#include "weir/engine/checked.hpp"

#include <stdexcept>
#include <utility>
#include <variant>
#include <vector>

namespace weir::bench {

std::shared_ptr<const snapshot> compiled(const configuration& raw) {
  auto made = checked(raw);
  if (const auto* faults = std::get_if<std::vector<fault>>(&made)) {
    throw std::runtime_error{faults->front().path + ": " + faults->front().what};
  }
  return std::get<std::shared_ptr<const snapshot>>(std::move(made));
}

}  // namespace weir::bench

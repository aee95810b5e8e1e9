#include "tests/support/compiled.hpp"

#include "weir/engine/checked.hpp"

#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace weir::test {

std::shared_ptr<const snapshot> compiled(const configuration& raw) {
  auto made = checked(raw);
  if (const auto* faults = std::get_if<std::vector<fault>>(&made)) {
    std::string all;
    for (const auto& one : *faults) all += to_text(one) + "\n";
    throw std::runtime_error{all};
  }
  return std::get<std::shared_ptr<const snapshot>>(std::move(made));
}

}  // namespace weir::test

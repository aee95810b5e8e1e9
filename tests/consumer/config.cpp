#include "weir/config/load.hpp"

#include <variant>
#include <vector>

int main() {
  const auto loaded = weir::config::load("there is no such file");
  return std::holds_alternative<std::vector<weir::config::located_fault>>(loaded) ? 0 : 1;
}

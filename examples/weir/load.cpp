#include "examples/weir/load.hpp"

#include "weir/config/load.hpp"
#include "weir/config/located_fault.hpp"

#include "examples/weir/failure.hpp"
#include "examples/weir/memory.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>
#include <system_error>
#include <utility>
#include <variant>

namespace weir::program {

namespace {

std::string contents(const std::string& path) {
  std::ostringstream text;
  if (path == "-") {
    text << std::cin.rdbuf();
    return text.str();
  }
  std::error_code none;
  if (std::filesystem::is_directory(path, none)) {
    throw usage_failure(
        fmt::format("{}: is a folder; name the configuration file that is meant", path));
  }
  std::ifstream file{path, std::ios::binary};
  if (file) {
    text << file.rdbuf();
  }
  if (!file) {
    throw usage_failure(
        fmt::format("{}: the configuration cannot be read: {}", path, std::strerror(errno)));
  }
  return text.str();
}

}  // namespace

loaded_configuration load_configuration(const std::string& path) {
  const auto text = contents(path);
  auto result = config::load_text(text, path);
  loaded_configuration made;
  if (const auto* const faults = std::get_if<std::vector<config::located_fault>>(&result)) {
    for (const auto& one : *faults) made.faults.push_back(config::to_text(one));
    return made;
  }
  made.compiled = std::get<std::shared_ptr<const snapshot>>(std::move(result));
  if (auto lacking = refused_memory(*made.compiled)) {
    made.faults.push_back(config::to_text(config::locate(text, path, std::move(*lacking))));
    made.compiled.reset();
  }
  return made;
}

std::shared_ptr<const snapshot> proven_configuration(const std::string& path) {
  auto made = load_configuration(path);
  if (!made.compiled) {
    std::string message = "the configuration is refused";
    for (const auto& one : made.faults) message += "\n" + one;
    throw usage_failure(message);
  }
  return std::move(made.compiled);
}

}  // namespace weir::program

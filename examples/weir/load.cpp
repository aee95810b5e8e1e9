#include "examples/weir/load.hpp"

#include "weir/config/load.hpp"
#include "weir/config/located_fault.hpp"

#include "examples/weir/failure.hpp"
#include "examples/weir/memory.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

namespace weir::program {

namespace {

struct closing {
  void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};

/// What is left of a file, as far as one is read; nothing, and the reason in errno, where it cannot
/// be read to its end.
std::optional<std::string> rest_of(std::FILE* file) {
  std::string text;
  std::array<char, 65536> piece{};
  while (text.size() <= config::text_bytes_max) {
    const auto size = std::fread(piece.data(), 1, piece.size(), file);
    if (size == 0) break;
    text.append(piece.data(), size);
  }
  return std::ferror(file) == 0 ? std::optional{std::move(text)} : std::nullopt;
}

std::optional<std::string> read_whole(const std::string& path) {
  if (path == "-") {
    return rest_of(stdin);
  }
  const std::unique_ptr<std::FILE, closing> file{std::fopen(path.c_str(), "rb")};
  return file ? rest_of(file.get()) : std::nullopt;
}

std::string contents(const std::string& path) {
  std::error_code none;
  if (std::filesystem::is_directory(path, none)) {
    throw usage_failure(
        fmt::format("{}: is a folder; name the configuration file that is meant", path));
  }
  auto text = read_whole(path);
  if (!text) {
    throw usage_failure(
        fmt::format("{}: the configuration cannot be read: {}", path, std::strerror(errno)));
  }
  return std::move(*text);
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

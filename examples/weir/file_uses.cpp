#include "examples/weir/file_uses.hpp"

#include "examples/weir/failure.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>

namespace weir::program {

namespace {

/// Standard input and standard output have one name.
constexpr const char* standard_stream = "-";

std::filesystem::path whole(const std::string& path) {
  std::error_code error;
  const auto absolute = std::filesystem::absolute(path, error);
  const auto made = std::filesystem::weakly_canonical(absolute, error);
  return error ? absolute.lexically_normal() : made;
}

}  // namespace

bool is_same_file(const std::string& one, const std::string& other) {
  if (one == standard_stream || other == standard_stream) {
    return one == other;
  }
  std::error_code none;
  if (std::filesystem::is_other(one, none)) {
    return false;
  }
  return std::filesystem::equivalent(one, other, none) || whole(one) == whole(other);
}

void file_uses::read(const std::string& path, const std::string& words) {
  if (path != standard_stream) {
    read_.push_back({path, words});
  }
}

void file_uses::write(const std::string& path, const std::string& words) {
  for (const auto& earlier : read_) {
    if (is_same_file(path, earlier.path)) {
      throw usage_failure(
          fmt::format("{}: {} is an input and an output, {} reads it; write to another file", words,
                      path, earlier.words));
    }
  }
  for (const auto& earlier : written_) {
    if (is_same_file(path, earlier.path)) {
      throw usage_failure(fmt::format("{}: {} already writes this file; give each output its own",
                                      words, earlier.words));
    }
  }
  written_.push_back({path, words});
}

}  // namespace weir::program

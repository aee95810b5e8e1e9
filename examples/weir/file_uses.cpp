#include "examples/weir/file_uses.hpp"

#include "examples/weir/failure.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>

namespace weir::program {

namespace {

/// Standard input and standard output have one name.
constexpr const char* standard_stream = "-";

/// Where a path leads, also by links to what is not there yet.
std::filesystem::path whole(const std::string& path) {
  constexpr int links_max = 40;  // as Linux follows
  std::error_code error;
  auto at = std::filesystem::absolute(path, error);
  for (int links = 0; links < links_max && std::filesystem::is_symlink(at, error); ++links) {
    at = at.parent_path() / std::filesystem::read_symlink(at, error);
  }
  const auto made = std::filesystem::weakly_canonical(at, error);
  return error ? at.lexically_normal() : made;
}

/// Whether a path is one of the names of a standard stream.
bool names_stream(const std::string& path, const char* device, int descriptor) {
  const auto number = std::to_string(descriptor);
  return path == standard_stream || path == device || path == "/dev/fd/" + number ||
         path == "/proc/self/fd/" + number;
}

bool is_standard_input(const std::string& path) {
  return names_stream(path, "/dev/stdin", STDIN_FILENO);
}

/// Whether a path leads to the file or the pipe that a standard stream was redirected to.
bool is_redirection(const std::string& path, int descriptor) {
  struct ::stat there {};
  struct ::stat stream {};
  return ::stat(path.c_str(), &there) == 0 && ::fstat(descriptor, &stream) == 0 &&
         there.st_dev == stream.st_dev && there.st_ino == stream.st_ino &&
         (S_ISREG(there.st_mode) || S_ISFIFO(there.st_mode));
}

/// Whether what is written to a path would be written to what another one reads.
bool is_input(const std::string& path, const std::string& read) {
  return is_same_file(path, read) ||
         (is_standard_input(read) && is_redirection(path, STDIN_FILENO));
}

}  // namespace

bool is_standard_output(const std::string& path) {
  return names_stream(path, "/dev/stdout", STDOUT_FILENO) || is_redirection(path, STDOUT_FILENO);
}

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
  for (const auto& earlier : read_) {
    if (is_standard_input(path) && is_standard_input(earlier.path)) {
      throw usage_failure(fmt::format(
          "{}: {} already reads standard input; give one of them a file", words, earlier.words));
    }
  }
  read_.push_back({path, words});
}

void file_uses::write(const std::string& path, const std::string& words) {
  for (const auto& earlier : read_) {
    if (path != standard_stream && is_input(path, earlier.path)) {
      throw usage_failure(
          fmt::format("{}: {} is an input and an output, {} reads it; write to another file", words,
                      path, earlier.words));
    }
  }
  for (const auto& earlier : written_) {
    if (is_same_file(path, earlier.path) ||
        (is_standard_output(path) && is_standard_output(earlier.path))) {
      throw usage_failure(fmt::format("{}: {} already writes this file; give each output its own",
                                      words, earlier.words));
    }
  }
  written_.push_back({path, words});
}

}  // namespace weir::program

#include "examples/weir/output_file.hpp"

#include "examples/weir/failure.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

namespace weir::program {

namespace {

void make_folder_of(const std::string& path) {
  const auto folder = std::filesystem::path{path}.parent_path();
  std::error_code error;
  const bool is_there = folder.empty() || std::filesystem::exists(folder, error);
  if (error) {
    throw input_output_failure(fmt::format("{}: cannot be written: {}", path, error.message()));
  }
  if (!is_there && !std::filesystem::create_directories(folder, error) && error) {
    throw input_output_failure(
        fmt::format("{}: the folder cannot be made: {}", folder.string(), error.message()));
  }
}

}  // namespace

pcap::writer open_output(const std::string& path, std::uint16_t link_number) {
  make_folder_of(path);
  auto opened = pcap::writer::open(path, link_number);
  if (!opened) {
    throw input_output_failure(
        fmt::format("{}: cannot be written: {}", path, std::strerror(errno)));
  }
  return std::move(*opened);
}

}  // namespace weir::program

#pragma once

// Files of a test or a benchmark, which nobody finds afterwards.

#include <stdlib.h>

#include <filesystem>
#include <stdexcept>
#include <string>

namespace weir::test {

/// Where files cost no disk, if there is such a place.
inline std::filesystem::path memory_folder() {
  const std::filesystem::path shared{"/dev/shm"};
  return std::filesystem::is_directory(shared) ? shared : std::filesystem::temp_directory_path();
}

/// A folder of its own that goes away with its owner.
class scratch_folder {
 public:
  scratch_folder() : scratch_folder{std::filesystem::temp_directory_path()} {}
  explicit scratch_folder(const std::filesystem::path& within) {
    std::string name = (within / "weir-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error{"no scratch folder"};
    path_ = name;
  }
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;
  ~scratch_folder() { std::filesystem::remove_all(path_); }

  const std::filesystem::path& path() const { return path_; }
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace weir::test

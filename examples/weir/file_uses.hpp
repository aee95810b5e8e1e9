#pragma once

#include <string>
#include <vector>

namespace weir::program {

/// Whether two paths lead to one file, there already or not; a device is nobody's alone.
bool is_same_file(const std::string& one, const std::string& other);

/// Whether what is written to a path comes out of standard output, whatever it is called.
bool is_standard_output(const std::string& path);

/// The files of a run, each with the words that name it. A file that would be written twice, or
/// that is read too, ends the program before anything is written; so does a second use of standard
/// input.
class file_uses {
 public:
  void read(const std::string& path, const std::string& words);
  void write(const std::string& path, const std::string& words);

 private:
  struct use {
    std::string path;
    std::string words;
  };

  std::vector<use> read_;
  std::vector<use> written_;
};

}  // namespace weir::program

#pragma once

#include <chrono>
#include <cstdint>

namespace weir::program {

/// A bar on standard error that says how far a long run has come; nothing where standard error is
/// no terminal or the run is short.
class progress {
 public:
  /// Inputs shorter than this are over before anybody wonders.
  static constexpr std::uint64_t bytes_min = 64u << 20;

  explicit progress(std::uint64_t bytes_total);
  progress(const progress&) = delete;
  progress& operator=(const progress&) = delete;
  ~progress() { clear(); }

  /// Says how far the run is. Cheap: most calls do nothing.
  void at(std::uint64_t bytes_read) {
    constexpr std::uint64_t step = 4u << 20;
    if (shown_ && bytes_read - last_ >= step) {
      last_ = bytes_read;
      draw(bytes_read);
    }
  }
  /// Takes the bar away.
  void clear();

 private:
  void draw(std::uint64_t bytes_read);

  std::uint64_t total_;
  bool shown_;
  std::uint64_t last_ = 0;
  std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

}  // namespace weir::program

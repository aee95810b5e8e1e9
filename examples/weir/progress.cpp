#include "examples/weir/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string>

namespace weir::program {

progress::progress(std::uint64_t bytes_total)
    : total_{bytes_total}, shown_{bytes_total >= bytes_min && ::isatty(STDERR_FILENO) == 1} {}

void progress::draw(std::uint64_t bytes_read) {
  constexpr std::size_t width = 40;
  const auto part = std::min(static_cast<double>(bytes_read) / static_cast<double>(total_), 1.0);
  const auto full = static_cast<std::size_t>(part * static_cast<double>(width));
  const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - begun_;
  const auto rest = part > 0 ? spent.count() / part - spent.count() : 0;
  fmt::print(stderr, "\r[{}{}] {:3.0f} %  {:.0f} MiB  {:.0f} s left ", std::string(full, '#'),
             std::string(width - full, '.'), part * 100,
             static_cast<double>(bytes_read) / (1 << 20), rest);
  std::fflush(stderr);
}

void progress::clear() {
  if (shown_ && last_ != 0) {
    fmt::print(stderr, "\r{:78}\r", "");
    std::fflush(stderr);
  }
  shown_ = false;
}

}  // namespace weir::program

#pragma once

// A file, a pipe or memory, read front to back through one window.
//
// Plain reads and not a mapping: a mapping of a large capture counts as the program's memory, fails
// with a signal when the file shrinks, and does not work for a pipe.

#include "weir/base/contract.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace weir::pcap {

/// The bytes of a capture, from the first to the last.
class input {
 public:
  /// So much is asked of the system at once: few calls, and it stays in the caches.
  static constexpr std::size_t window_size = 128 << 10;

  /// Opens a file, or standard input for `-`. Nothing, with `errno` set, where that fails.
  static std::optional<input> open(const std::string& path) {
    if (path == "-") {
      return input{STDIN_FILENO, false};
    }
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
      return std::nullopt;
    }
    return input{descriptor, true};
  }

  /// Reads memory that outlives the input.
  static input over(std::span<const std::byte> bytes) noexcept { return input{bytes}; }

  input(input&& other) noexcept
      : descriptor_{std::exchange(other.descriptor_, none)},
        owned_{other.owned_},
        error_{other.error_},
        window_{std::move(other.window_)},
        begin_{other.begin_},
        end_{other.end_},
        offset_{other.offset_} {}
  input& operator=(input&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    std::swap(owned_, other.owned_);
    std::swap(window_, other.window_);
    error_ = other.error_;
    begin_ = other.begin_;
    end_ = other.end_;
    offset_ = other.offset_;
    return *this;
  }
  ~input() {
    if (owned_ && descriptor_ != none) {
      ::close(descriptor_);
    }
  }

  /// The next `count` bytes, without taking them; fewer only where the input ends or fails.
  std::span<const std::byte> peek(std::size_t count) {
    if (unread() >= count) [[likely]] {
      return {begin_, count};
    }
    fill(count);
    return {begin_, std::min(count, unread())};
  }

  /// Takes bytes that a `peek` has shown.
  void take(std::size_t count) noexcept {
    expects(count <= unread(), "taken bytes have been seen");
    begin_ += count;
    offset_ += count;
  }

  /// Passes over `count` bytes; false where the input ends first.
  bool skip(std::uint64_t count) {
    while (count > 0) {
      const auto part = peek(static_cast<std::size_t>(std::min<std::uint64_t>(count, window_size)));
      if (part.empty()) {
        return false;
      }
      take(part.size());
      count -= part.size();
    }
    return true;
  }

  /// How many bytes have been taken.
  std::uint64_t offset() const noexcept { return offset_; }
  /// The `errno` of a read that failed, else zero.
  int error() const noexcept { return error_; }
  /// The size of a regular file; nothing for a pipe.
  std::optional<std::uint64_t> size() const noexcept {
    struct stat facts {};
    if (descriptor_ == none || ::fstat(descriptor_, &facts) != 0 || !S_ISREG(facts.st_mode)) {
      return std::nullopt;
    }
    return static_cast<std::uint64_t>(facts.st_size);
  }

 private:
  static constexpr int none = -1;

  input(int descriptor, bool owned) : descriptor_{descriptor}, owned_{owned}, window_(window_size) {
    begin_ = end_ = window_.data();
  }
  explicit input(std::span<const std::byte> bytes) noexcept
      : begin_{bytes.data()}, end_{bytes.data() + bytes.size()} {}

  std::size_t unread() const noexcept { return static_cast<std::size_t>(end_ - begin_); }

  /// Moves what is unread to the front of the window and reads until `count` bytes are there.
  [[gnu::__noinline__]] void fill(std::size_t count) {
    if (descriptor_ == none) {
      return;
    }
    std::size_t held = unread();
    if (window_.size() < count) {
      std::vector<std::byte> larger(count + window_size);
      std::copy(begin_, end_, larger.begin());
      window_.swap(larger);
    } else if (held > 0) {
      std::memmove(window_.data(), begin_, held);
    }
    while (held < count && error_ == 0) {
      const auto got = ::read(descriptor_, window_.data() + held, window_.size() - held);
      if (got == 0) {
        break;
      }
      if (got > 0) {
        held += static_cast<std::size_t>(got);
      } else if (errno != EINTR) {
        error_ = errno;
      }
    }
    begin_ = window_.data();
    end_ = begin_ + held;
  }

  int descriptor_ = none;
  bool owned_ = false;
  int error_ = 0;
  std::vector<std::byte> window_;
  const std::byte* begin_ = nullptr;
  const std::byte* end_ = nullptr;
  std::uint64_t offset_ = 0;
};

}  // namespace weir::pcap

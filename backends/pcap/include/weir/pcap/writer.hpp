#pragma once

#include "weir/pcap/classic.hpp"
#include "weir/pcap/record.hpp"
#include "weir/time/instant.hpp"
#include "weir/wire/bytes.hpp"

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

namespace weir::pcap {

/// What one output record holds, beside its time.
struct output_record {
  std::span<const std::byte> link_header;  ///< may be empty
  std::span<const std::byte> packet;       ///< from the IP header on
  std::uint32_t original_length = 0;       ///< of the frame on the wire, link header included
};

/// Writes a pcap file with nanosecond timestamps: the same bytes on every machine.
///
/// The file holds whole records whatever happens: a write that fails is cut off again where the
/// output is a regular file, the error is kept, and nothing is written after it.
class writer {
 public:
  /// So much is handed to the system at once, at least: few calls, and it stays in the caches.
  static constexpr std::size_t flush_size = 128 << 10;
  static constexpr std::size_t record_header_size = 16;
  /// The last time that a record can have: its seconds are 32 bits, and end in 2106.
  static constexpr instant time_max =
      instant::from_epoch(duration::nanoseconds((std::int64_t{1} << 32) * 1'000'000'000 - 1));

  /// Opens an output, or standard output for `-`. Nothing, with `errno` set, where that fails.
  /// What the file held before stays until the first bytes are written.
  static std::optional<writer> open(const std::string& path, std::uint16_t link_type) {
    if (path == "-") {
      return writer{STDOUT_FILENO, false, link_type};
    }
    constexpr ::mode_t mode = 0666;
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, mode);
    if (descriptor < 0) {
      return std::nullopt;
    }
    return writer{descriptor, true, link_type};
  }

  writer(writer&& other) noexcept
      : descriptor_{std::exchange(other.descriptor_, none)},
        owned_{other.owned_},
        started_{other.started_},
        is_regular_{other.is_regular_},
        error_{other.error_},
        retimed_{other.retimed_},
        used_{std::exchange(other.used_, 0)},
        written_{other.written_},
        buffer_{std::move(other.buffer_)} {}
  writer& operator=(writer&& other) = delete;
  /// Writes out what was recorded; without any record, and not closed, the file stays as it was.
  ~writer() {
    if (started_ || used_ > classic_format::file_header_size) {
      close();
    } else if (owned_ && descriptor_ != none) {
      ::close(descriptor_);
    }
  }

  /// Appends a record; false once an error has happened. It has the nearest time that the format
  /// can tell.
  bool write(instant time, const output_record& one) noexcept {
    const std::size_t captured = one.link_header.size() + one.packet.size();
    if (captured > captured_length_max || error_ != 0) {
      return false;
    }
    if (used_ >= flush_size && !flush()) {
      return false;
    }
    std::byte* const at = buffer_.get() + used_;
    const auto told = std::clamp(time, instant{}, time_max);
    retimed_ += told == time ? 0u : 1u;
    const auto nanoseconds = told.since_epoch().count();
    store_le(at, static_cast<std::uint32_t>(nanoseconds / 1'000'000'000));
    store_le(at + 4, static_cast<std::uint32_t>(nanoseconds % 1'000'000'000));
    store_le(at + 8, static_cast<std::uint32_t>(captured));
    store_le(at + 12, one.original_length);
    std::byte* const bytes =
        std::copy(one.link_header.begin(), one.link_header.end(), at + record_header_size);
    std::copy(one.packet.begin(), one.packet.end(), bytes);
    used_ += record_header_size + captured;
    return true;
  }

  /// Hands everything to the system; false once an error has happened.
  bool flush() noexcept {
    if (descriptor_ == none || error_ != 0) {
      return false;
    }
    if (!started_) {
      started_ = true;
      is_regular_ = begin_file();
    }
    std::size_t done = 0;
    while (done < used_ && error_ == 0) {
      const auto count = ::write(descriptor_, buffer_.get() + done, used_ - done);
      if (count >= 0) {
        done += static_cast<std::size_t>(count);
      } else if (errno != EINTR) {
        fail(errno);
      }
    }
    written_ += error_ == 0 ? used_ : 0;
    used_ = 0;
    return error_ == 0;
  }

  /// Flushes and closes; false if an error has happened, here or before.
  bool close() noexcept {
    flush();
    const int descriptor = std::exchange(descriptor_, none);
    if (owned_ && descriptor != none && ::close(descriptor) != 0 && error_ == 0) {
      error_ = errno;
    }
    return error_ == 0;
  }

  /// The `errno` of the first write that failed, else zero.
  int error() const noexcept { return error_; }
  /// How many records have another time than they were given.
  std::uint64_t retimed() const noexcept { return retimed_; }
  /// How many bytes the system has taken.
  std::uint64_t written() const noexcept { return written_; }

 private:
  static constexpr int none = -1;
  static constexpr std::size_t buffer_size = flush_size + record_header_size + captured_length_max;

  writer(int descriptor, bool owned, std::uint16_t link_type)
      : descriptor_{descriptor},
        owned_{owned},
        buffer_{std::make_unique<std::byte[]>(buffer_size)} {
    constexpr std::uint16_t version_major = 2;
    constexpr std::uint16_t version_minor = 4;
    std::byte* const header = buffer_.get();
    store_le(header, classic_format::magic_nanoseconds);
    store_le(header + 4, version_major);
    store_le(header + 6, version_minor);
    store_le(header + 16, captured_length_max);
    store_le(header + 20, link_type);
    used_ = classic_format::file_header_size;
  }

  /// Empties a regular file; whether it is one.
  bool begin_file() noexcept {
    struct stat facts {};
    return owned_ && ::fstat(descriptor_, &facts) == 0 && S_ISREG(facts.st_mode) &&
           ::ftruncate(descriptor_, 0) == 0;
  }

  void fail(int error) noexcept {
    error_ = error;
    if (is_regular_ && ::ftruncate(descriptor_, static_cast<::off_t>(written_)) != 0) {
      is_regular_ = false;
    }
  }

  int descriptor_ = none;
  bool owned_ = false;
  bool started_ = false;
  bool is_regular_ = false;
  int error_ = 0;
  std::uint64_t retimed_ = 0;
  std::size_t used_ = 0;
  std::uint64_t written_ = 0;
  std::unique_ptr<std::byte[]> buffer_;
};

}  // namespace weir::pcap

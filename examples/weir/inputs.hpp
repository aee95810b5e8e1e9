#pragma once

#include "weir/pcap/reader.hpp"
#include "weir/pcap/record.hpp"
#include "weir/time/instant.hpp"

#include "examples/weir/assignment.hpp"

#include <cstdint>
#include <map>
#include <vector>

namespace weir::program {

/// One capture that is being read.
struct input_file {
  input_assignment assigned;
  pcap::reader reader;
  pcap::record next{};  ///< meaningful while `has_next`
  bool has_next = false;
  std::uint64_t records = 0;
  std::map<std::uint16_t, std::uint64_t> unknown_links;  ///< records of those weir does not read
};

/// Captures, read as one stream in the order of time; of equal times, the first named comes first.
class merged_inputs {
 public:
  /// Opens every capture; one that is not there ends the program.
  explicit merged_inputs(const std::vector<input_assignment>& assigned);

  /// The file whose `next` record is the earliest, null at the end of all. The record is valid
  /// until the next call.
  input_file* advance();

  /// Ends all captures where they stand.
  void stop() noexcept { stopped_ = true; }

  const std::vector<input_file>& files() const noexcept { return files_; }
  /// How many bytes have been read, and how many there are; zero where that is unknown.
  std::uint64_t bytes_read() const noexcept;
  std::uint64_t bytes_total() const noexcept { return bytes_total_; }

 private:
  std::vector<input_file> files_;
  std::uint64_t bytes_total_ = 0;
  input_file* taken_ = nullptr;
  bool stopped_ = false;
};

/// Says which captures could not be read to their end; whether all could.
bool report_faults(const merged_inputs& inputs);

/// Time as the packets tell it: it stands still where a capture runs backwards.
class replay_clock {
 public:
  /// Moves to a packet's time and answers what time it is.
  instant at(instant captured) noexcept {
    if (!started_) {
      first_ = now_ = captured;
      started_ = true;
    } else if (captured < now_) {
      ++clamped_;
    } else {
      now_ = captured;
    }
    return now_;
  }

  bool started() const noexcept { return started_; }
  instant first() const noexcept { return first_; }
  instant now() const noexcept { return now_; }
  /// How many packets claimed to be earlier than one before them.
  std::uint64_t clamped() const noexcept { return clamped_; }

 private:
  bool started_ = false;
  instant first_{};
  instant now_{};
  std::uint64_t clamped_ = 0;
};

}  // namespace weir::program

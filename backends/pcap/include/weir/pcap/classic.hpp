#pragma once

// The pcap file format (draft-ietf-opsawg-pcap): a file header of 24 bytes, then records of a
// 16-byte header and the captured bytes.

#include "weir/pcap/byte_order.hpp"
#include "weir/pcap/capture_fault.hpp"
#include "weir/pcap/input.hpp"
#include "weir/pcap/record.hpp"
#include "weir/time/instant.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace weir::pcap {

/// Reads the records of a pcap file: microseconds or nanoseconds, either byte order.
class classic_format {
 public:
  static constexpr std::size_t file_header_size = 24;
  static constexpr std::uint32_t magic_microseconds = 0xA1B2C3D4;
  static constexpr std::uint32_t magic_nanoseconds = 0xA1B23C4D;
  static constexpr std::uint32_t magic_patched = 0xA1B2CD34;  ///< 24-byte records, as libpcap reads

  /// The format, if the first four bytes of a file are one of its magic numbers.
  static std::optional<classic_format> recognised(const std::byte* first_four) noexcept {
    for (const auto order : {byte_order::little, byte_order::big}) {
      switch (load<std::uint32_t>(order, first_four)) {
        case magic_microseconds:
          return classic_format{order, 1'000, 16};
        case magic_nanoseconds:
          return classic_format{order, 1, 16};
        case magic_patched:
          return classic_format{order, 1'000, 24};
        default:
          break;
      }
    }
    return std::nullopt;
  }

  /// Reads the next packet; false at the end and, with `fault` set, where the file is not whole.
  bool next(input& from, record& into, std::optional<capture_fault>& fault) {
    if (from.offset() == 0 && !read_file_header(from, fault)) [[unlikely]] {
      return false;
    }
    const auto header = from.peek(record_header_size_);
    if (header.size() < record_header_size_) [[unlikely]] {
      if (!header.empty()) {
        fault = {from.offset(), "the file ends inside a record header"};
      }
      return false;
    }
    const auto word = [&](std::size_t at) {
      return load<std::uint32_t>(order_, header.data() + at);
    };
    const auto captured = word(8);
    into.original_length = std::max(captured, word(12));
    into.time = instant::from_epoch(duration::seconds(word(0)) +
                                    duration::nanoseconds(word(4) * fraction_nanoseconds_));
    into.offset = from.offset();
    into.interface = 0;
    into.link_type = link_type_;
    if (captured > captured_length_max) [[unlikely]] {
      fault = {from.offset(), "a record claims " + std::to_string(captured) +
                                  " captured bytes; no capture holds more than " +
                                  std::to_string(captured_length_max)};
      return false;
    }
    const auto whole = from.peek(record_header_size_ + captured);
    if (whole.size() < record_header_size_ + captured) [[unlikely]] {
      fault = {from.offset(), "the file ends inside a record: " + std::to_string(whole.size()) +
                                  " of " + std::to_string(record_header_size_ + captured) +
                                  " bytes are there"};
      return false;
    }
    into.bytes = whole.subspan(record_header_size_);
    from.take(whole.size());
    return true;
  }

 private:
  classic_format(byte_order order, std::int64_t fraction_nanoseconds,
                 std::size_t record_header_size) noexcept
      : order_{order},
        fraction_nanoseconds_{fraction_nanoseconds},
        record_header_size_{record_header_size} {}

  bool read_file_header(input& from, std::optional<capture_fault>& fault) {
    const auto header = from.peek(file_header_size);
    if (header.size() < file_header_size) {
      fault = {0, "the file ends inside its header: " + std::to_string(header.size()) + " of " +
                      std::to_string(file_header_size) + " bytes are there"};
      return false;
    }
    const auto major = load<std::uint16_t>(order_, header.data() + 4);
    if (major != 2) {
      fault = {4, "the file has pcap version " + std::to_string(major) + "; weir reads version 2"};
      return false;
    }
    // The upper half of the word tells the length of a frame check sequence.
    link_type_ =
        static_cast<std::uint16_t>(load<std::uint32_t>(order_, header.data() + 20) & 0xFFFF);
    from.take(file_header_size);
    return true;
  }

  byte_order order_;
  std::int64_t fraction_nanoseconds_;
  std::size_t record_header_size_;
  std::uint16_t link_type_ = 0;
};

}  // namespace weir::pcap

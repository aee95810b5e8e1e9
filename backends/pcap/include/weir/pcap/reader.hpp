#pragma once

// Captures, read from a file, a pipe or memory.
//
// Deviates from "libpcap reads captures": libpcap refuses a pcapng file whose interfaces differ in
// link type, does not say at which byte a file is damaged, and its `pcap_next_ex` alone takes more
// time than this reader (bench/replay_read.cpp prints the ratio). Both formats are small; libpcap
// stays the oracle that the tests hold this reader to.

#include "weir/pcap/byte_order.hpp"
#include "weir/pcap/capture_fault.hpp"
#include "weir/pcap/classic.hpp"
#include "weir/pcap/input.hpp"
#include "weir/pcap/pcapng.hpp"
#include "weir/pcap/record.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>

namespace weir::pcap {

/// Reads a capture record by record: pcap or pcapng, as the first bytes tell.
class reader {
 public:
  /// Opens a capture, or standard input for `-`. Nothing, with `errno` set, where that fails.
  static std::optional<reader> open(const std::string& path) {
    auto opened = input::open(path);
    if (!opened) {
      return std::nullopt;
    }
    return reader{std::move(*opened)};
  }

  /// Reads a capture in memory that outlives the reader.
  static reader over(std::span<const std::byte> capture) { return reader{input::over(capture)}; }

  /// Reads the next packet; false at the end of the capture or at a fault.
  bool next(record& into) {
    if (fault_ || ended_) {
      return false;
    }
    if (std::holds_alternative<std::monostate>(format_) && !recognise()) {
      return false;
    }
    auto* const classic = std::get_if<classic_format>(&format_);
    const bool found = classic != nullptr
                           ? classic->next(input_, into, fault_)
                           : std::get<pcapng_format>(format_).next(input_, into, fault_);
    if (!found) {
      finish();
    }
    return found;
  }

  /// Why reading stopped before the end, if it did.
  const std::optional<capture_fault>& fault() const noexcept { return fault_; }

  /// How many bytes have been read.
  std::uint64_t offset() const noexcept { return input_.offset(); }
  /// The size of the capture; nothing where it is a pipe.
  std::optional<std::uint64_t> size() const noexcept { return input_.size(); }

 private:
  explicit reader(input from) : input_{std::move(from)} {}

  bool recognise() {
    constexpr std::size_t magic_size = 4;
    const auto magic = input_.peek(magic_size);
    if (magic.size() < magic_size) {
      fault_ = {0, magic.empty() ? "the file is empty" : "the file ends inside its first word"};
      finish();
      return false;
    }
    if (const auto classic = classic_format::recognised(magic.data())) {
      format_ = *classic;
    } else if (auto pcapng = pcapng_format::recognised(magic.data())) {
      format_ = std::move(*pcapng);
    } else {
      fault_ = {0, strange_format(load<std::uint32_t>(byte_order::big, magic.data()))};
      return false;
    }
    return true;
  }

  /// What a file is instead, by its first word.
  static const char* strange_format(std::uint32_t magic) noexcept {
    constexpr std::uint32_t zstd = 0x28B52FFD;  // RFC 8878 section 3.1.1
    constexpr std::uint32_t xz = 0xFD377A58;    // of six bytes, the first four
    constexpr std::uint32_t gzip = 0x1F8B;      // RFC 1952 section 2.3.1
    if (magic == zstd) return "the file is compressed by zstd; read what zstd -dc makes of it";
    if (magic == xz) return "the file is compressed by xz; read what xz -dc makes of it";
    return magic >> 16 == gzip ? "the file is compressed by gzip; read what gunzip -c makes of it"
                               : "the file is neither pcap nor pcapng";
  }

  /// A failed read looks like an early end to the formats: it is the truer story.
  void finish() {
    ended_ = true;
    if (input_.error() != 0) {
      fault_ = {input_.offset(), std::string{"reading failed: "} + std::strerror(input_.error())};
    }
  }

  input input_;
  std::variant<std::monostate, classic_format, pcapng_format> format_;
  std::optional<capture_fault> fault_;
  bool ended_ = false;
};

}  // namespace weir::pcap

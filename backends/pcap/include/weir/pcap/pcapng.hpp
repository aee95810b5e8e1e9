#pragma once

// The pcapng file format (draft-ietf-opsawg-pcapng): blocks, each with its length at both ends.
// A section header block sets the byte order and forgets the interfaces described before it.

#include "weir/pcap/byte_order.hpp"
#include "weir/pcap/capture_fault.hpp"
#include "weir/pcap/input.hpp"
#include "weir/pcap/record.hpp"
#include "weir/pcap/resolution.hpp"
#include "weir/time/instant.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace weir::pcap {

/// Reads the packets of a pcapng file: any number of sections and interfaces, each with its own
/// link type and time resolution.
class pcapng_format {
 public:
  static constexpr std::uint32_t section_header = 0x0A0D0D0A;
  static constexpr std::uint32_t byte_order_magic = 0x1A2B3C4D;
  static constexpr std::uint32_t interface_description = 1;
  static constexpr std::uint32_t obsolete_packet = 2;
  static constexpr std::uint32_t simple_packet = 3;
  static constexpr std::uint32_t enhanced_packet = 6;

  /// The longest block weir reads whole, as libpcap; longer ones of no interest are passed over.
  static constexpr std::uint32_t block_length_max = 16u << 20;
  /// The most interfaces of one section.
  static constexpr std::size_t interfaces_max = 1u << 16;

  static std::optional<pcapng_format> recognised(const std::byte* first_four) noexcept {
    // The block type of a section header is a palindrome: the same in both byte orders.
    if (load<std::uint32_t>(byte_order::little, first_four) != section_header) {
      return std::nullopt;
    }
    return pcapng_format{};
  }

  /// Reads the next packet; false at the end and, with `fault` set, where the file is not whole.
  bool next(input& from, record& into, std::optional<capture_fault>& fault) {
    while (true) {
      block one;
      if (!read_block(from, one, fault)) {
        return false;
      }
      bool is_packet = false;
      const char* const wrong = understand(one, into, is_packet);
      if (wrong != nullptr) {
        fault = {one.offset, wrong};
        return false;
      }
      from.take(one.length);
      if (is_packet) {
        return true;
      }
    }
  }

 private:
  struct described_interface {
    std::uint16_t link_type = 0;
    std::uint32_t snapshot_length = 0;
    time_resolution resolution{};
  };
  struct block {
    std::uint32_t type = 0;
    std::uint32_t length = 0;  ///< zero: passed over
    std::uint64_t offset = 0;
    std::span<const std::byte> body;
  };

  static constexpr std::uint32_t block_overhead = 12;

  static bool is_of_interest(std::uint32_t type) noexcept {
    return type == section_header || type == interface_description || type == obsolete_packet ||
           type == simple_packet || type == enhanced_packet;
  }

  std::uint16_t u16(std::span<const std::byte> from, std::size_t at) const noexcept {
    return load<std::uint16_t>(order_, from.data() + at);
  }
  std::uint32_t u32(std::span<const std::byte> from, std::size_t at) const noexcept {
    return load<std::uint32_t>(order_, from.data() + at);
  }

  /// A block, not yet taken; one of no interest has been passed over and its length is zero.
  bool read_block(input& from, block& one, std::optional<capture_fault>& fault) {
    one.offset = from.offset();
    const auto head = from.peek(block_overhead);
    if (head.empty()) {
      return false;
    }
    if (head.size() < block_overhead) {
      fault = {one.offset, "the file ends inside a block header"};
      return false;
    }
    one.type = u32(head, 0);
    if (one.type == section_header && !find_byte_order(u32(head, 8))) {
      fault = {one.offset, "a section header without the byte-order magic"};
      return false;
    }
    const auto length = u32(head, 4);
    if (length < block_overhead || length % 4 != 0) {
      fault = {one.offset,
               "a block claims " + std::to_string(length) + " bytes, which is no block length"};
      return false;
    }
    if (!is_of_interest(one.type)) {
      return pass_over(from, one, length, fault);
    }
    if (length > block_length_max) {
      fault = {one.offset, "a block claims " + std::to_string(length) +
                               " bytes; weir reads up to " + std::to_string(block_length_max)};
      return false;
    }
    const auto whole = from.peek(length);
    if (whole.size() < length) {
      fault = cut(one.offset, whole.size(), length);
      return false;
    }
    if (u32(whole, length - 4) != length) {
      fault = {one.offset, "the two lengths of a block differ"};
      return false;
    }
    one.length = length;
    one.body = whole.subspan(8, length - block_overhead);
    return true;
  }

  static bool pass_over(input& from, block& one, std::uint32_t length,
                        std::optional<capture_fault>& fault) {
    if (!from.skip(length)) {
      fault = cut(one.offset, from.offset() - one.offset, length);
      return false;
    }
    one.length = 0;
    return true;
  }

  static capture_fault cut(std::uint64_t offset, std::uint64_t there, std::uint64_t due) {
    return {offset, "the file ends inside a block: " + std::to_string(there) + " of " +
                        std::to_string(due) + " bytes are there"};
  }

  /// Takes the order in which the word reads as the magic number; the old one stays otherwise.
  bool find_byte_order(std::uint32_t as_read) noexcept {
    if (as_read == byte_order_magic) {
      return true;
    }
    constexpr std::uint32_t swapped_magic = 0x4D3C2B1A;
    if (as_read != swapped_magic) {
      return false;
    }
    order_ = order_ == byte_order::little ? byte_order::big : byte_order::little;
    return true;
  }

  /// Acts on a block; the answer is what is wrong with it, or null.
  const char* understand(const block& one, record& into, bool& is_packet) {
    into.offset = one.offset;
    if (one.length == 0) {
      return nullptr;
    }
    switch (one.type) {
      case section_header:
        return begin_section(one.body);
      case interface_description:
        return describe_interface(one.body);
      case enhanced_packet:
        is_packet = true;
        return read_packet(one.body, one.body.size() < 4 ? 0 : u32(one.body, 0), into);
      case obsolete_packet:
        is_packet = true;
        return read_packet(one.body, one.body.size() < 4 ? 0 : u16(one.body, 0), into);
      case simple_packet:
        is_packet = true;
        return read_simple_packet(one.body, into);
      default:
        return nullptr;
    }
  }

  const char* begin_section(std::span<const std::byte> body) {
    constexpr std::size_t fixed = 16;
    if (body.size() < fixed) {
      return "a section header that is too short";
    }
    if (u16(body, 4) != 1) {
      return "a section of a pcapng version that weir does not read";
    }
    interfaces_.clear();
    return nullptr;
  }

  const char* describe_interface(std::span<const std::byte> body) {
    constexpr std::size_t fixed = 8;
    if (body.size() < fixed) {
      return "an interface description that is too short";
    }
    if (interfaces_.size() == interfaces_max) {
      return "more interfaces than weir reads";
    }
    described_interface made{
        .link_type = u16(body, 0), .snapshot_length = u32(body, 4), .resolution = {}};
    const char* const wrong = read_options(body.subspan(fixed), made);
    interfaces_.push_back(made);
    return wrong;
  }

  const char* read_options(std::span<const std::byte> options, described_interface& into) const {
    constexpr std::uint16_t end_of_options = 0;
    constexpr std::uint16_t timestamp_resolution = 9;
    constexpr std::uint16_t timestamp_offset = 14;
    while (options.size() >= 4) {
      const auto code = u16(options, 0);
      const std::size_t length = u16(options, 2);
      const std::size_t padded = (length + 3) / 4 * 4;
      if (code == end_of_options) {
        return nullptr;
      }
      if (padded > options.size() - 4) {
        return "an option of an interface description runs past its block";
      }
      if (code == timestamp_resolution && length == 1) {
        into.resolution.code = std::to_integer<std::uint8_t>(options[4]);
        if (!into.resolution.is_readable()) {
          return "a time resolution finer than weir reads";
        }
      } else if (code == timestamp_offset && length == 8) {
        into.resolution.offset_seconds =
            static_cast<std::int64_t>(load<std::uint64_t>(order_, options.data() + 4));
      }
      options = options.subspan(4 + padded);
    }
    return nullptr;
  }

  /// An enhanced packet block, or an obsolete packet block: they differ in the interface's width.
  const char* read_packet(std::span<const std::byte> body, std::uint32_t interface, record& into) {
    constexpr std::size_t fixed = 20;
    if (body.size() < fixed) {
      return "a packet block that is too short";
    }
    if (interface >= interfaces_.size()) {
      return "a packet of an interface that no block describes";
    }
    const auto& described = interfaces_[interface];
    const auto units = std::uint64_t{u32(body, 4)} << 32 | u32(body, 8);
    last_time_ = described.resolution.at(units);
    return fill(body.subspan(fixed), u32(body, 12), u32(body, 16), interface, into);
  }

  /// A simple packet block carries no time: the packet is as late as the one before it.
  const char* read_simple_packet(std::span<const std::byte> body, record& into) {
    if (body.size() < 4) {
      return "a packet block that is too short";
    }
    if (interfaces_.empty()) {
      return "a packet of an interface that no block describes";
    }
    const auto original = u32(body, 0);
    const auto limit = interfaces_[0].snapshot_length;
    const auto captured = limit == 0 ? original : std::min(original, limit);
    return fill(body.subspan(4), captured, original, 0, into);
  }

  const char* fill(std::span<const std::byte> data, std::uint32_t captured, std::uint32_t original,
                   std::uint32_t interface, record& into) noexcept {
    if (captured > data.size()) {
      return "a packet longer than its block";
    }
    if (captured > captured_length_max) {
      return "a packet longer than any capture holds";
    }
    into.time = last_time_;
    into.bytes = data.first(captured);
    into.original_length = std::max(captured, original);
    into.interface = interface;
    into.link_type = interfaces_[interface].link_type;
    return nullptr;
  }

  byte_order order_ = byte_order::little;
  std::vector<described_interface> interfaces_;
  instant last_time_{};
};

}  // namespace weir::pcap

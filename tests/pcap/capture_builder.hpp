#pragma once

// Captures written byte by byte, by code that shares nothing with the reader under test.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace weir::test {

using capture_bytes = std::vector<std::byte>;

/// Appends numbers in one byte order.
class capture_builder {
 public:
  explicit capture_builder(bool big = false) : big_{big} {}

  capture_builder& number(std::uint64_t value, unsigned size) {
    for (unsigned at = 0; at < size; ++at) {
      const unsigned shift = 8 * (big_ ? size - 1 - at : at);
      made_.push_back(static_cast<std::byte>(value >> shift & 0xFF));
    }
    return *this;
  }
  capture_builder& u16(std::uint64_t value) { return number(value, 2); }
  capture_builder& u32(std::uint64_t value) { return number(value, 4); }
  capture_builder& u64(std::uint64_t value) { return number(value, 8); }
  capture_builder& raw(const capture_bytes& more) {
    made_.insert(made_.end(), more.begin(), more.end());
    return *this;
  }
  capture_builder& padded(const capture_bytes& more) {
    raw(more);
    made_.resize((made_.size() + 3) / 4 * 4);
    return *this;
  }

  /// The 24 bytes that begin a pcap file.
  capture_builder& pcap_header(std::uint32_t magic, std::uint32_t link_type) {
    return u32(magic).u16(2).u16(4).u32(0).u32(0).u32(262144).u32(link_type);
  }
  capture_builder& pcap_record(std::uint32_t seconds, std::uint32_t fraction,
                               const capture_bytes& data, std::uint32_t original) {
    return u32(seconds).u32(fraction).u32(data.size()).u32(original).raw(data);
  }

  /// A pcapng block around a body of the same byte order.
  capture_builder& block(std::uint32_t type, const capture_builder& body) {
    capture_bytes inside = body.made();
    inside.resize((inside.size() + 3) / 4 * 4);
    const auto length = inside.size() + 12;
    return u32(type).u32(length).raw(inside).u32(length);
  }
  capture_builder& section() {
    return block(0x0A0D0D0A, part().u32(0x1A2B3C4D).u16(1).u16(0).u64(~0ull));
  }
  capture_builder& interface(std::uint16_t link_type, const capture_builder& options) {
    return block(1, part().u16(link_type).u16(0).u32(0).raw(options.made()));
  }
  capture_builder& interface(std::uint16_t link_type) { return interface(link_type, part()); }
  capture_builder& packet(std::uint32_t interface, std::uint64_t units, const capture_bytes& data,
                          std::uint32_t original) {
    return block(6, part()
                        .u32(interface)
                        .u32(units >> 32)
                        .u32(units & 0xFFFFFFFF)
                        .u32(data.size())
                        .u32(original)
                        .raw(data));
  }
  /// An empty builder of the same byte order, for a body or options.
  capture_builder part() const { return capture_builder{big_}; }

  const capture_bytes& made() const { return made_; }

 private:
  bool big_;
  capture_bytes made_;
};

/// `size` bytes that count up from `first`.
inline capture_bytes counting(std::size_t size, unsigned first = 1) {
  capture_bytes made;
  for (std::size_t at = 0; at < size; ++at) {
    made.push_back(static_cast<std::byte>((first + at) & 0xFF));
  }
  return made;
}

}  // namespace weir::test

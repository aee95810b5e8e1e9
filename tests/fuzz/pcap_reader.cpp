// Reads arbitrary bytes as a capture, and checks that what is found lies inside them, in order.

#include "weir/pcap/reader.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

/// Touches every byte, so that a sanitizer sees one that is not there.
unsigned sum_of(std::span<const std::byte> bytes) {
  unsigned sum = 0;
  for (const auto one : bytes) sum += std::to_integer<unsigned>(one);
  return sum;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto capture = std::as_bytes(std::span{data, size});
  auto reader = weir::pcap::reader::over(capture);
  weir::pcap::record one;
  std::uint64_t records = 0;
  std::uint64_t offset = 0;
  unsigned sum = 0;
  while (reader.next(one)) {
    must(one.offset >= offset && one.offset < size && reader.offset() > one.offset);
    must(reader.offset() <= size && one.bytes.size() <= one.original_length);
    must(one.bytes.empty() || (one.bytes.data() >= capture.data() &&
                               one.bytes.data() + one.bytes.size() <= capture.data() + size));
    must(one.time.since_epoch().count() >= 0);
    offset = reader.offset();
    sum += sum_of(one.bytes);
    ++records;
  }
  must(records <= size / 16);
  if (const auto& fault = reader.fault()) {
    must(fault->offset <= size && !fault->what.empty());
    must(!reader.next(one));
  }
  return sum == 0xFFFF'FFFF ? -1 : 0;
}

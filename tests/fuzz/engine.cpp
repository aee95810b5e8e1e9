// Gives arbitrary packets to a whole gateway, in bursts, and holds what leaves against the oracle:
// sound where its input was, never made to look valid where it was not, all of it accounted for.
// The input is a row of packets: one byte for where it comes in and whether a burst ends with it,
// one for its length, and the bytes.

#include "tests/support/gateway.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace {

using namespace weir;
using namespace weir::test;

void must(bool holds) {
  if (!holds) std::abort();
}

void judge(const packet_bytes& sent, const fate& one) {
  for (const auto& answer : one.answers) {
    must(judge_transport(answer.bytes) == checksum_verdict::right);
  }
  if (!one.forwarded()) return;
  const auto before = judge_transport(sent);
  if (before == checksum_verdict::right) {
    must(judge_transport(one.bytes) == checksum_verdict::right);
  } else if (before == checksum_verdict::wrong) {
    must(judge_transport(one.bytes) == checksum_verdict::wrong);
  }
  must(one.bytes.size() == sent.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  gateway box{home_gateway()};
  std::span<const std::byte> rest{reinterpret_cast<const std::byte*>(data), size};
  std::vector<sent_packet> burst;
  const auto flush = [&] {
    const auto fates = box.burst(burst);
    for (std::size_t i = 0; i < burst.size(); ++i) judge(burst[i].bytes, fates[i]);
    burst.clear();
    box.advance(duration::seconds(20));
  };
  while (rest.size() >= 2) {
    const auto control = std::to_integer<unsigned>(rest[0]);
    const auto length =
        std::min<std::size_t>(std::to_integer<std::size_t>(rest[1]), rest.size() - 2);
    const auto bytes = rest.subspan(2, length);
    const char* const interfaces[] = {"lan", "wan", "local", "lan"};
    burst.push_back({interfaces[control & 3], packet_bytes(bytes.begin(), bytes.end())});
    if ((control & 4) != 0) flush();
    rest = rest.subspan(2 + length);
  }
  flush();
  must(box.worker().packets().balanced());
  must(!box.worker().verify());
  return 0;
}

#include "weir/session/plain_segment.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/seeded.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

using namespace weir;

namespace {

/// An open connection of any numbers.
flow_state any_connection(test::seeded& random) {
  flow_state flow{};
  for (std::size_t side = 0; side < 2; ++side) {
    flow.sequence_end[side] = static_cast<std::uint32_t>(random());
    flow.window[side] = random.one_in(4) ? std::uint16_t{1} : random.word();
    flow.scale[side] = static_cast<std::uint8_t>(random.below(15));
  }
  flow.deadline_low = static_cast<std::uint32_t>(random());
  flow.profile = random.octet();
  flow.steady = random.octet();
  return flow;
}

/// A segment near the limits of the four inequalities, inside or outside.
tcp_segment near_limits(test::seeded& random, const flow_state& flow, direction way) {
  const auto nudge = [&] { return static_cast<std::uint32_t>(random.below(5)) - 2; };
  const std::uint32_t window = flow.window_bytes(opposite(way));
  const std::uint32_t confirmable = std::max(flow.window_bytes(way), acknowledgment_window_min);
  const auto any = static_cast<std::uint32_t>(random());
  tcp_segment segment;
  segment.payload = random.one_in(3) ? 0 : random.word();
  segment.sequence = flow.sequence_end[index_of(way)] + nudge() +
                     random.pick(std::array{0u, window - segment.payload, 0u - window, any});
  segment.acknowledgment = flow.sequence_end[index_of(opposite(way))] + nudge() -
                           random.pick(std::array{0u, 100u, confirmable, any});
  segment.window = random.word();
  segment.flags = tcp_flag::ack;
  return segment;
}

std::array<std::byte, tcp_header::size_min> header_of(const tcp_segment& segment) {
  std::array<std::byte, tcp_header::size_min> header{};
  store_be(header.data() + tcp_field::sequence, segment.sequence);
  store_be(header.data() + tcp_field::acknowledgment, segment.acknowledgment);
  store_be(header.data() + tcp_field::window, segment.window);
  return header;
}

}  // namespace

TEST_CASE("a plain segment is judged and noted alike by its header and by its fields",
          "[session][tcp]") {
  test::seeded random;
  CAPTURE(random.seed());
  const int rounds = test::rounds(300'000);
  int passed = 0;

  for (int round = 0; round < rounds; ++round) {
    flow_state by_fields = any_connection(random);
    flow_state by_header = by_fields;
    const direction way{static_cast<unsigned>(random.below(2))};
    const tcp_segment segment = near_limits(random, by_fields, way);
    const bool passes = try_note_plain(by_fields, way, segment);
    const bool passes_too = try_note_plain(by_header, way, header_of(segment).data(),
                                           static_cast<std::uint16_t>(segment.payload));
    if (passes_too != passes || std::memcmp(&by_header, &by_fields, sizeof by_fields) != 0) {
      CAPTURE(round, index_of(way), segment.sequence, segment.acknowledgment, segment.payload);
      FAIL("header and fields are judged differently");
    }
    passed += passes ? 1 : 0;
  }

  CHECK(passed > rounds / 10);
  CHECK(passed < rounds / 2);
}

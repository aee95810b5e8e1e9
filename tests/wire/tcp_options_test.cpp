#include "weir/wire/tcp_options.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/checksum_oracle.hpp"
#include "tests/support/packet_builder.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

using namespace weir;

namespace {

tcp_options options_of(const test::packet_bytes& packet) {
  return walk_tcp_options(tcp_header::parse(std::span{packet}.subspan(20))->options());
}

}  // namespace

TEST_CASE("the options of a SYN are found wherever they stand", "[wire][tcp]") {
  const auto found = options_of(test::tcp{}
                                    .syn()
                                    .option(test::octets({1}))
                                    .window_scale(7)
                                    .sack_permitted()
                                    .mss(1400)
                                    .bytes());

  CHECK(found.mss == 1400);
  CHECK(found.window_scale == 7);
  CHECK(found.sack_permitted);
}

TEST_CASE("a segment without options has none", "[wire][tcp]") {
  const auto found = options_of(test::tcp{}.ack().bytes());

  CHECK_FALSE(found.mss);
  CHECK_FALSE(found.window_scale);
  CHECK_FALSE(found.sack_permitted);
}

TEST_CASE("window scales above fourteen count as fourteen", "[wire][tcp]") {
  CHECK(options_of(test::tcp{}.syn().window_scale(13).bytes()).window_scale == 13);
  CHECK(options_of(test::tcp{}.syn().window_scale(14).bytes()).window_scale == 14);
  CHECK(options_of(test::tcp{}.syn().window_scale(15).bytes()).window_scale == 14);
  CHECK(options_of(test::tcp{}.syn().window_scale(255).bytes()).window_scale == 14);
}

TEST_CASE("options whose length lies end the walk", "[wire][tcp]") {
  for (const auto& lie : {test::octets({8, 0}), test::octets({8, 1}), test::octets({8, 41})}) {
    const auto found = options_of(test::tcp{}.syn().window_scale(3).option(lie).mss(1400).bytes());
    CHECK(found.window_scale == 3);
    CHECK_FALSE(found.mss);
  }
  CHECK_FALSE(walk_tcp_options(test::octets({2, 4, 5})).mss);
  CHECK_FALSE(walk_tcp_options(test::octets({2})).mss);
  CHECK_FALSE(walk_tcp_options(test::octets({0, 2, 4, 5, 180})).mss);
}

TEST_CASE("an option of another length than its own says nothing", "[wire][tcp]") {
  CHECK_FALSE(walk_tcp_options(test::octets({2, 3, 5})).mss);
  CHECK_FALSE(walk_tcp_options(test::octets({3, 4, 5, 5})).window_scale);
  CHECK_FALSE(walk_tcp_options(test::octets({4, 3, 0})).sack_permitted);
}

TEST_CASE("an MSS above the limit is lowered and the checksum with it", "[wire][tcp]") {
  const std::size_t padding = GENERATE(0u, 1u, 2u, 3u);
  auto builder = test::tcp{}.syn();
  builder.option(test::packet_bytes(padding, std::byte{1})).mss(1460).sequence(0x01020304);
  auto packet = builder.payload("x").bytes();
  const std::span<std::byte> segment = std::span{packet}.subspan(20);
  CAPTURE(padding);

  REQUIRE(clamp_mss(segment, 1300));

  CHECK(options_of(packet).mss == 1300);
  CHECK(test::wrong_with(packet) == "");
}

TEST_CASE("an MSS is never raised", "[wire][tcp]") {
  for (const unsigned offered : {536u, 1299u, 1300u}) {
    auto packet = test::tcp{}.syn_ack().mss(offered).bytes();
    const auto before = packet;
    CHECK_FALSE(clamp_mss(std::span{packet}.subspan(20), 1300));
    CHECK(packet == before);
  }
  auto above = test::tcp{}.syn_ack().mss(1301).bytes();
  CHECK(clamp_mss(std::span{above}.subspan(20), 1300));
}

TEST_CASE("only SYNs are clamped, and none gets an MSS it lacks", "[wire][tcp]") {
  auto data = test::tcp{}.ack().mss(1460).bytes();
  auto bare = test::tcp{}.syn().bytes();
  const auto before = bare;

  CHECK_FALSE(clamp_mss(std::span{data}.subspan(20), 1300));
  CHECK_FALSE(clamp_mss(std::span{bare}.subspan(20), 1300));
  CHECK(bare == before);
}

TEST_CASE("every MSS of a SYN is lowered", "[wire][tcp]") {
  const std::size_t before = GENERATE(0u, 1u);
  const std::size_t between = GENERATE(0u, 1u);
  const unsigned first = GENERATE(1000u, 1460u);
  const unsigned second = GENERATE(1000u, 8960u);
  const auto offering = [&](unsigned one, unsigned other) {
    return test::tcp{}
        .syn()
        .option(test::packet_bytes(before, std::byte{1}))
        .mss(one)
        .option(test::packet_bytes(between, std::byte{1}))
        .mss(other)
        .bytes();
  };
  auto packet = offering(first, second);
  CAPTURE(before, between, first, second);

  CHECK(clamp_mss(std::span{packet}.subspan(20), 1300) == (first > 1300 || second > 1300));

  CHECK(packet == offering(std::min(first, 1300u), std::min(second, 1300u)));
  CHECK(test::wrong_with(packet) == "");
}

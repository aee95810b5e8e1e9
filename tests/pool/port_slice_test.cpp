#include "weir/pool/port_slice.hpp"

#include "tests/pool/pools.hpp"
#include "tests/support/catch.hpp"

#include <cstdint>

namespace weir {
namespace {

using test::ports;

TEST_CASE("the slices of all shards cover a range exactly once", "[pool][slice]") {
  const auto whole = GENERATE(ports(1024, 65535), ports(1, 1), ports(1000, 1007), port_range{});
  const auto shards = GENERATE(as<std::uint16_t>{}, 1, 2, 3, 7, 8, 64, 255);
  CAPTURE(whole.first().number(), whole.last().number(), shards);

  std::uint32_t next = whole.first().number();
  for (std::uint16_t index = 0; index < shards; ++index) {
    const auto slice = slice_of(whole, {index, shards});
    if (!slice) continue;
    REQUIRE(slice->first().number() == next);
    next = slice->last().number() + 1u;
    REQUIRE(shard_of(slice->first(), whole, shards) == index);
    REQUIRE(shard_of(slice->last(), whole, shards) == index);
  }

  CHECK(next == whole.last().number() + 1u);
}

TEST_CASE("slices differ by one port at most", "[pool][slice]") {
  const port_range whole = ports(1024, 1033);

  CHECK(slice_of(whole, {0, 3})->size() == 4);
  CHECK(slice_of(whole, {1, 3})->size() == 3);
  CHECK(slice_of(whole, {2, 3})->size() == 3);
}

TEST_CASE("more shards than ports leave the last ones without a slice", "[pool][slice]") {
  const port_range whole = ports(1024, 1025);

  CHECK(slice_of(whole, {1, 3}));
  CHECK_FALSE(slice_of(whole, {2, 3}));
}

}  // namespace
}  // namespace weir

#pragma once

#include "weir/net/port.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

namespace weir {

/// Which of how many equal shards one is; `index` is below `count`.
struct shard_share {
  std::uint16_t index = 0;
  std::uint16_t count = 1;
};

/// The part of a pool's ports that a shard owns: slices lie in the order of their shards, differ
/// by one port at most and cover the range exactly once. Nothing where there is less than a port
/// for every shard and none is left for this one.
constexpr std::optional<port_range> slice_of(port_range whole, shard_share share) noexcept {
  if (share.count == 1) {
    return whole;
  }
  const std::uint32_t each = whole.size() / share.count;
  const std::uint32_t longer = whole.size() % share.count;
  const std::uint32_t length = each + (share.index < longer ? 1 : 0);
  if (length == 0) {
    return std::nullopt;
  }
  const std::uint32_t first =
      whole.first().number() + share.index * each + std::min<std::uint32_t>(share.index, longer);
  return port_range::between(port{static_cast<std::uint16_t>(first)},
                             port{static_cast<std::uint16_t>(first + length - 1)});
}

/// The index of the shard in whose slice of `whole` a port lies; `whole` contains it.
constexpr std::uint16_t shard_of(port one, port_range whole, std::uint16_t shards) noexcept {
  const std::uint32_t each = whole.size() / shards;
  const std::uint32_t longer = whole.size() % shards;
  const auto offset = static_cast<std::uint32_t>(one.number() - whole.first().number());
  const std::uint32_t in_longer = longer * (each + 1);
  if (offset < in_longer) {
    return static_cast<std::uint16_t>(offset / (each + 1));
  }
  return static_cast<std::uint16_t>(longer + (offset - in_longer) / each);
}

static_assert(slice_of(port_range{}, {0, 1}) == port_range{});
static_assert(!slice_of(port_range::only(port{1024}), {1, 2}));

}  // namespace weir

#pragma once

#include "weir/base/word_optional.hpp"
#include "weir/net/flow_key.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/pool/external_address.hpp"
#include "weir/pool/mapping.hpp"
#include "weir/pool/pool.hpp"

#include <cstdint>
#include <optional>

namespace weir {

/// What an internal endpoint will likely wear that asks a pool for a mapping. Tables make it in
/// four steps, each of which asks memory for what the next one reads, so that many endpoints wait
/// for memory together. A forecast that does not come true costs time and nothing else.
template <IpVersion V>
struct mapping_forecast {
  const pool* from = nullptr;  ///< whom it asks: no guess
  internal_key<V> key{};
  std::uint64_t hash = 0;       ///< of the key
  std::uint64_t host_hash = 0;  ///< of a pool that pairs
  mapping_id candidate{};       ///< the mapping that it may have, and from the third step on has
  word_optional<numbered_endpoint> drawn{};  ///< where a search for a new one begins
  endpoint<ipv4> worn{};                     ///< what it wears, or a new mapping will
  std::uint64_t worn_hash = 0;               ///< of that; zero where a new mapping is not expected
};

}  // namespace weir

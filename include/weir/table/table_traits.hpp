#pragma once

#include "weir/table/bucket_index.hpp"
#include "weir/table/hash.hpp"
#include "weir/table/index.hpp"

#include <concepts>
#include <cstdint>

namespace weir {

/// What a table of keys in packed words is made of: a keyed hash, and an index by those words,
/// which is made for so many entries with payloads up to some number.
template <class T, class Words>
concept TableTraits =
    Hash<typename T::hash> && IndexFor<typename T::template index<Words>, Words> &&
    std::constructible_from<typename T::template index<Words>, std::uint32_t, std::uint32_t>;

struct table_traits {
  using hash = xxh3_hash;
  template <class Words>
  using index = bucket_index;
};

}  // namespace weir

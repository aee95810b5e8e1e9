#pragma once

#include "weir/net/ip_version.hpp"
#include "weir/table/bucket_index.hpp"
#include "weir/table/hash.hpp"
#include "weir/table/index.hpp"
#include "weir/wire/packed_flow.hpp"

#include <concepts>
#include <cstdint>

namespace weir {

/// What a session table is made of: a keyed hash, and an index by the words of a key. An index is
/// made for so many entries with payloads up to some number.
template <class T>
concept SessionTraits =
    Hash<typename T::hash> &&
    IndexFor<typename T::template index<packed_flow<ipv4>::words_type>,
             packed_flow<ipv4>::words_type> &&
    IndexFor<typename T::template index<packed_flow<ipv6>::words_type>,
             packed_flow<ipv6>::words_type> &&
    std::constructible_from<typename T::template index<packed_flow<ipv4>::words_type>,
                            std::uint32_t, std::uint32_t>;

struct session_traits {
  using hash = xxh3_hash;
  template <class Key>
  using index = bucket_index;
};
static_assert(SessionTraits<session_traits>);

}  // namespace weir

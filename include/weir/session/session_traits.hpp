#pragma once

#include "weir/net/ip_version.hpp"
#include "weir/table/table_traits.hpp"
#include "weir/wire/packed_flow.hpp"

namespace weir {

/// What session tables of both families are made of.
template <class T>
concept SessionTraits =
    TableTraits<T, packed_flow<ipv4>::words_type> && TableTraits<T, packed_flow<ipv6>::words_type>;

struct session_traits : table_traits {};
static_assert(SessionTraits<session_traits>);

}  // namespace weir

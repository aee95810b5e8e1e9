// says: 1 <= (T|empty_traits)::burst_max\)?.* (is not satisfied|\(1 <= 0\))

#include "weir/engine/shard.hpp"

struct empty_traits : weir::default_traits {
  static constexpr std::size_t burst_max = 0;
};
static_assert(weir::EngineTraits<empty_traits>);

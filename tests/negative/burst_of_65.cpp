// says: burst_max <= 64\)*' (is not satisfied|\(65 <= 64\))

#include "weir/engine/shard.hpp"

struct wide_traits : weir::default_traits {
  static constexpr std::size_t burst_max = 65;
};
static_assert(weir::EngineTraits<wide_traits>);

// says: now\(\)' (is not 'noexcept'|may throw an exception)

#include "weir/time/clock.hpp"

struct wall_clock {
  weir::instant now() const { return {}; }
};
static_assert(weir::Clock<wall_clock>);

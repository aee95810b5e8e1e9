// says: (could not convert|no viable conversion|no known conversion|cannot convert)

#include "weir/net/port.hpp"

weir::port_range web = weir::port_range::only(80);

#pragma once

#include "weir/route/next_hop.hpp"
#include "weir/route/route_table.hpp"

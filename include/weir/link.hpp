#pragma once

#include "weir/link/ethernet.hpp"
#include "weir/link/link_type.hpp"
#include "weir/link/strip.hpp"

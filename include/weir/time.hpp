#pragma once

#include "weir/time/clock.hpp"
#include "weir/time/instant.hpp"
#include "weir/time/tick.hpp"

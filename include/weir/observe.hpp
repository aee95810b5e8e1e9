#pragma once

#include "weir/observe/counter.hpp"
#include "weir/observe/counters.hpp"
#include "weir/observe/observer.hpp"

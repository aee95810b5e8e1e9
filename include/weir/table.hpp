#pragma once

#include "weir/table/bitmap.hpp"
#include "weir/table/bucket_index.hpp"
#include "weir/table/due_queue.hpp"
#include "weir/table/hash.hpp"
#include "weir/table/index.hpp"
#include "weir/table/lpm.hpp"
#include "weir/table/memory.hpp"
#include "weir/table/simd.hpp"
#include "weir/table/slab.hpp"
#include "weir/table/table_traits.hpp"

#pragma once

#include "weir/base/contract.hpp"
#include "weir/base/drop_reason.hpp"
#include "weir/base/interface_id.hpp"
#include "weir/base/ordered_places.hpp"
#include "weir/base/verdict.hpp"
#include "weir/base/version.hpp"
#include "weir/base/word_optional.hpp"

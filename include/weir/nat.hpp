#pragma once

#include "weir/nat/exemption.hpp"
#include "weir/nat/icmp_error.hpp"
#include "weir/nat/ipv4_id.hpp"
#include "weir/nat/rewrite.hpp"
#include "weir/nat/static_nat.hpp"
#include "weir/nat/static_side.hpp"

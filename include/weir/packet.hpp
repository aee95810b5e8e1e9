#pragma once

#include "weir/packet/archetype.hpp"
#include "weir/packet/packet.hpp"
#include "weir/packet/packet_burst.hpp"
#include "weir/packet/packet_meta.hpp"
#include "weir/packet/ram_packet.hpp"

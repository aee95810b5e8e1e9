#pragma once

#include "weir/dpdk/finish_checksum.hpp"
#include "weir/dpdk/gather.hpp"
#include "weir/dpdk/mbuf_burst.hpp"
#include "weir/dpdk/mbuf_packet.hpp"
#include "weir/dpdk/mbuf_sink.hpp"
#include "weir/dpdk/transmit_array.hpp"
#include "weir/dpdk/tsc_clock.hpp"

#pragma once

#include "weir/pcap/byte_order.hpp"
#include "weir/pcap/capture_fault.hpp"
#include "weir/pcap/classic.hpp"
#include "weir/pcap/input.hpp"
#include "weir/pcap/link_number.hpp"
#include "weir/pcap/pcapng.hpp"
#include "weir/pcap/reader.hpp"
#include "weir/pcap/record.hpp"
#include "weir/pcap/record_burst.hpp"
#include "weir/pcap/record_packet.hpp"
#include "weir/pcap/resolution.hpp"
#include "weir/pcap/writer.hpp"

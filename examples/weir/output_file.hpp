#pragma once

#include "weir/pcap/writer.hpp"

#include <cstdint>
#include <string>

namespace weir::program {

/// Opens a capture to be written, in a folder that is made where it is not there; ends the program
/// where the capture cannot be written.
pcap::writer open_output(const std::string& path, std::uint16_t link_number);

}  // namespace weir::program

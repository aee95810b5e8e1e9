#pragma once

#include <cstddef>
#include <span>

namespace weir::program {

/// Completes the checksums of a packet that was captured before its sender's hardware did: of TCP
/// or UDP whose field holds the sum of the pseudo header and nothing else, and of an IPv4 header
/// whose field holds zero. Any other checksum is left as it is, right or wrong, and so is a packet
/// that the capture cut: a corrupt payload never comes to look valid. True if there was something
/// to complete.
bool complete_checksum(std::span<std::byte> packet, std::size_t wire_size) noexcept;

}  // namespace weir::program

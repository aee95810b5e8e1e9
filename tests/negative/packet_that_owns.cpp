// says: sizeof \(P\)|sizeof\(P\)|packet_handle_max

#include "weir/packet/packet.hpp"

#include <array>
#include <cstddef>
#include <span>

class owned_packet {
 public:
  std::span<const std::byte> bytes() const noexcept { return bytes_; }
  std::span<std::byte> bytes() noexcept { return bytes_; }
  std::size_t wire_size() const noexcept { return bytes_.size(); }

 private:
  std::array<std::byte, 256> bytes_;
};
static_assert(weir::Packet<owned_packet>);

#pragma once

#include "weir/base/interface_id.hpp"
#include "weir/engine/snapshot.hpp"
#include "weir/net/ip_address.hpp"
#include "weir/net/prefix.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace weir::program {

/// Which sources live behind which interface: those of its subnets and of the routes through it,
/// but for default routes.
class sides {
 public:
  explicit sides(const snapshot& config);

  bool is_behind(interface_id id, const ip_address& source) const noexcept;

 private:
  std::vector<std::vector<ip_prefix>> behind_;  ///< by interface number
};

/// The length that a packet's own header gives it, if that can be and is less than `wire_size`:
/// what follows is the link's padding, or a trailer.
std::size_t without_padding(std::span<const std::byte> packet, std::size_t wire_size) noexcept;

}  // namespace weir::program

#include "examples/weir/sides.hpp"

#include "weir/net/protocol.hpp"
#include "weir/wire/ipv4_header.hpp"
#include "weir/wire/ipv6_header.hpp"

#include "examples/weir/neighbors.hpp"

#include <algorithm>

namespace weir::program {

namespace {

/// Whether the length of a packet is in its jumbo option, if anywhere (RFC 2675 section 2).
bool says_length_elsewhere(const ipv6_header& header) noexcept {
  return header.payload_length() == 0 && header.next_header() == protocol::hop_by_hop;
}

}  // namespace

sides::sides(const snapshot& config) : behind_(config.interfaces().size()) {
  for (const auto& facts : config.interfaces()) {
    for (const auto& one : facts.addresses) {
      behind_[facts.id.number()].push_back(subnet_of(one));
    }
  }
  for (const auto& route : config.raw().routes) {
    const auto id = config.find_interface(route.interface);
    if (id && route.to.length() > 0) {
      behind_[id->number()].push_back(route.to);
    }
  }
}

bool sides::is_behind(interface_id id, const ip_address& source) const noexcept {
  const auto& prefixes = behind_[id.number()];
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](const ip_prefix& one) { return one.contains(source); });
}

std::size_t without_padding(std::span<const std::byte> packet, std::size_t wire_size) noexcept {
  std::size_t own = 0;
  if (const auto header = ipv4_header::parse(packet)) {
    own = header->total_length();
  } else if (const auto wide = ipv6_header::parse(packet); wide && !says_length_elsewhere(*wide)) {
    own = ipv6_header::size + wide->payload_length();
  }
  return own != 0 ? std::min(own, wire_size) : wire_size;
}

}  // namespace weir::program

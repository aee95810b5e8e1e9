#pragma once

#include "weir/base/drop_reason.hpp"
#include "weir/engine/snapshot.hpp"
#include "weir/link/strip.hpp"
#include "weir/net/ip_address.hpp"
#include "weir/packet/packet_meta.hpp"
#include "weir/time/instant.hpp"

#include "examples/weir/assignment.hpp"
#include "examples/weir/explain.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace weir::program {

/// A packet that somebody wants explained, or a frame without one.
struct question {
  std::optional<drop_reason> unread;  ///< why there is no packet; else there is one
  std::string frame;                  ///< what there is instead
  std::vector<std::byte> packet;      ///< from the IP header on
  std::size_t wire_size = 0;
  ip_address source{};
  std::optional<link_facts> ethernet;  ///< what its Ethernet header said, where it had one
  interface_id ingress{};
  link_cast cast = link_cast::unicast;
  bool is_reflected = false;  ///< came through a tap, from outside
  bool completes_checksum = false;
  domain_id inside{};  ///< of the tap's inner interface
  instant time{};
};

/// The packet that the options name. What cannot be read ends the program with the reason.
question asked_question(const explain_options& options, const snapshot& config);

/// The captures that are replayed before. Of the packet's own capture, what comes before it.
std::vector<input_assignment> history_of(const explain_options& options, const snapshot& config);

}  // namespace weir::program

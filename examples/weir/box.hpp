#pragma once

#include "weir/base/interface_id.hpp"
#include "weir/engine/snapshot.hpp"
#include "weir/net/ip_address.hpp"
#include "weir/pcap/writer.hpp"
#include "weir/time/instant.hpp"

#include "examples/weir/assignment.hpp"
#include "examples/weir/neighbors.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace weir::program {

/// Frames and bytes that passed an interface.
struct frame_counts {
  std::uint64_t in = 0;
  std::uint64_t in_bytes = 0;
  std::uint64_t out = 0;  ///< what weir made included
  std::uint64_t out_bytes = 0;
  std::uint64_t generated = 0;  ///< of `out`, what weir made
};

/// One interface of the box: who is on its wire, where its frames are written, how many there were.
struct box_interface {
  neighbors hosts;
  std::string path;  ///< empty: its frames are counted and not written
  std::optional<pcap::writer> writer;
  frame_counts counts{};
};

/// A packet on its way out.
struct outgoing {
  std::span<const std::byte> packet;
  std::size_t wire_size = 0;
  instant time{};
};

/// The box that a configuration describes, with captures for wires.
class box {
 public:
  /// Opens every output; one that cannot be written ends the program.
  box(const snapshot& config, const std::vector<output_assignment>& outputs);

  box_interface& operator[](interface_id id) noexcept { return interfaces_[id.number()]; }
  const box_interface& operator[](interface_id id) const noexcept {
    return interfaces_[id.number()];
  }

  /// Sends a packet towards a next hop.
  void send(next_hop_id hop, const outgoing& one) noexcept;
  /// Hands a packet to the box itself.
  void deliver(const outgoing& one) noexcept;
  /// Sends a packet that weir made to the station that sent what it is about; where that is not
  /// known, to the neighbour it is addressed to.
  void answer(interface_id ingress, const std::optional<mac_address>& station,
              const outgoing& one) noexcept;
  /// Sends a packet that weir made towards a next hop, or to the box itself.
  void make(interface_id egress, next_hop_id hop, const outgoing& one) noexcept;

  /// Whether an output could not be written.
  bool has_failed() const noexcept;
  /// The name of an output that failed, if one has.
  std::optional<std::string> failed_output() const;
  /// Writes out what is buffered; ends the program where that fails.
  void close();

 private:
  void send(interface_id egress, const mac_address& station, const outgoing& one) noexcept;
  void write(box_interface& to, std::span<const std::byte> link_header,
             const outgoing& one) noexcept;

  /// The station of a next hop's gateway, while its interface's neighbours are the same.
  struct gateway_station {
    mac_address mac{};
    std::optional<std::uint64_t> as_of;
  };

  const snapshot& config_;
  std::vector<gateway_station> gateways_;  ///< by next hop
  std::vector<box_interface> interfaces_;
};

/// The destination of a packet, of either family.
ip_address destination_of(std::span<const std::byte> packet) noexcept;
/// The source of a packet, of either family.
ip_address source_of(std::span<const std::byte> packet) noexcept;

}  // namespace weir::program

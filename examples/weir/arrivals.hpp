#pragma once

#include "weir/base/drop_reason.hpp"
#include "weir/link/strip.hpp"
#include "weir/net/ip_address.hpp"
#include "weir/net/mac_address.hpp"
#include "weir/packet/packet_meta.hpp"

#include "examples/weir/box.hpp"
#include "examples/weir/inputs.hpp"
#include "examples/weir/sides.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace weir::program {

/// Who sent a frame, for what goes back to them.
struct frame_sender {
  interface_id ingress{};
  std::optional<mac_address> station;
};

/// A packet whose link header has come off. Borrows from the record.
struct arrival {
  std::span<const std::byte> packet;
  std::size_t wire_size = 0;
  link_cast cast = link_cast::unicast;
  frame_sender sender{};
};

/// What arrived, counted.
struct arrival_counts {
  std::uint64_t frames = 0;                              ///< every record, IP or not
  std::array<std::uint64_t, drop_reason_count> drops{};  ///< those that are no packets for the box
  std::uint64_t tagged = 0;                              ///< frames whose VLAN tags were taken off
  std::uint64_t cut = 0;                                 ///< records that the capture cut
};

/// Whether an Ethernet frame is for another station, at an interface that takes its own alone.
bool is_foreign(const neighbors& hosts, const link_facts& link) noexcept;

/// Takes link headers off, finds the interface a record entered by, and learns who is where. What a
/// record tells counts from its own packet on and not for those before it, though they may still
/// wait to be judged.
class arrivals {
 public:
  arrivals(const snapshot& config, box& wires);

  /// The packet of the file's next record; nothing if it is none, or not for the box.
  std::optional<arrival> take(input_file& file);

  /// Whether the record taken last shows a neighbour where it was not known to be; it must be
  /// learned before the next one is taken.
  bool has_news() const noexcept { return news_.has_value(); }
  void learn_news();

  const arrival_counts& counts() const noexcept { return counts_; }

 private:
  /// A neighbour and who sent for it.
  struct sighting {
    interface_id ingress{};
    ip_address neighbor{};
    mac_address station{};
  };

  std::optional<arrival> arrived(interface_id ingress, const link_facts& link,
                                 const pcap::record& record, const ip_address& source);
  interface_id ingress_of(const input_file& file, const link_facts& link,
                          const ip_address& source) const;
  void count(interface_id ingress, const input_file& file, const link_facts& link);
  void note_arp(interface_id ingress, const link_facts& link, std::span<const std::byte> frame);
  void note(interface_id ingress, const ip_address& neighbor, const mac_address& station);

  box& wires_;
  sides where_;
  arrival_counts counts_;
  std::optional<sighting> news_;
};

}  // namespace weir::program

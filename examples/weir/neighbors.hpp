#pragma once

// Overview
//
// Who has which station address. In order: what the configuration says, what frames of the
// interface have shown (a packet's source on a connected subnet, with the frame's sender), and an
// address derived from the neighbour's own, so that a replay never waits for an answer and the same
// capture makes the same frames.
//
// Limits: `learned_max` neighbours are known per interface, those of the configuration among them;
// those after are derived.

#include "weir/engine/snapshot.hpp"
#include "weir/net/ip_address.hpp"
#include "weir/net/mac_address.hpp"
#include "weir/net/prefix.hpp"
#include "weir/table/bucket_index.hpp"
#include "weir/table/hash.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace weir::program {

/// A locally administered station address that follows from a name.
mac_address derived_mac(std::string_view name);
/// A locally administered station address that follows from an IP address.
mac_address derived_mac(const ip_address& address);

/// The station addresses of one interface's hosts, and its own.
class neighbors {
 public:
  static constexpr std::size_t learned_max = 65'536;

  neighbors(const interface_facts& facts, const snapshot& config);

  /// The interface's own address.
  const mac_address& own() const noexcept { return own_; }
  /// Whether the interface takes frames that are addressed to other stations.
  bool takes_any() const noexcept { return takes_any_; }

  /// Whether `learn` would change what `of` answers.
  bool is_news(const ip_address& source, const mac_address& sender) noexcept;

  /// Notes who sent a packet, if its source is on a connected subnet.
  void learn(const ip_address& source, const mac_address& sender);

  /// The station address of a neighbour.
  mac_address of(const ip_address& neighbor) const noexcept;

  /// Grows when what `of` answers may have changed.
  std::uint64_t changes() const noexcept { return changes_; }

  /// Whether the address lies in a subnet of the interface.
  bool on_link(const ip_address& address) const noexcept;

 private:
  struct station {
    ip_address address{};
    mac_address mac{};
    bool fixed = false;
  };

  static std::array<std::uint64_t, 2> words_of(const ip_address& address) noexcept {
    return {address.v6().high(), address.v6().low()};
  }
  static std::uint8_t last_byte_of(const ip_address& address) noexcept {
    return static_cast<std::uint8_t>(address.v6().low() & 0xFF);
  }
  /// The place of a neighbour that was looked for not long ago, or `no_payload`.
  std::uint32_t recent(const ip_address& address) const noexcept;
  /// The place of a neighbour, or `no_payload`.
  std::uint32_t find(const ip_address& address) const noexcept;
  /// Whether a neighbour is elsewhere than was known; where the configuration puts it it stays.
  bool has_moved(std::uint32_t place, const mac_address& sender) const noexcept {
    return !known_[place].fixed && known_[place].mac != sender;
  }
  /// Makes an address known that is not, if there is room.
  void put(const station& one);

  mac_address own_{};
  bool takes_any_ = true;
  std::vector<ip_prefix> subnets_;
  xxh3_hash hash_{hash_seed{}};
  bucket_index index_;
  std::vector<station> known_;
  std::array<std::uint32_t, 256> recent_{};  ///< places by the last byte of their addresses
  std::uint64_t changes_ = 0;
};

}  // namespace weir::program

#pragma once

// Overview. RFC 7422: every internal host has a block of ports of one external address that
// follows from the two prefixes alone, so that an external endpoint names its host without a log.
//
//   hosts of one address   = internal hosts / external addresses, rounded up
//   ports of one host      = ports of the pool / hosts of one address, rounded down
//   host h                 has address h / hosts-of-one-address
//                          and block   h mod hosts-of-one-address

#include "weir/net/port.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

namespace weir {

/// The part of an external address that is one internal host's.
struct host_block {
  std::uint32_t external = 0;  ///< which of the pool's external addresses
  port_range ports{};

  friend constexpr bool operator==(const host_block&, const host_block&) noexcept = default;
};

/// Where each internal host of a deterministic pool lives, and back.
/// If you hold one, the blocks of all hosts are disjoint and not empty.
class deterministic_plan {
 public:
  struct shape {
    std::uint64_t internal_hosts = 0;
    std::uint32_t external_addresses = 0;
    port_range ports{};
    std::uint32_t ports_per_host = 0;  ///< zero: as many as there are
  };

  /// Nothing if there are no hosts or no addresses, or if the blocks do not fit.
  static constexpr std::optional<deterministic_plan> make(const shape& of) noexcept {
    if (of.internal_hosts == 0 || of.external_addresses == 0) {
      return std::nullopt;
    }
    const std::uint64_t each = (of.internal_hosts - 1) / of.external_addresses + 1;
    if (each > of.ports.size()) {
      return std::nullopt;
    }
    const auto most = static_cast<std::uint32_t>(of.ports.size() / each);
    if (of.ports_per_host > most) {
      return std::nullopt;
    }
    deterministic_plan made;
    made.internal_hosts_ = of.internal_hosts;
    made.hosts_per_address_ = static_cast<std::uint32_t>(each);
    made.ports_per_host_ = of.ports_per_host == 0 ? most : of.ports_per_host;
    made.port_first_ = of.ports.first().number();
    return made;
  }

  constexpr std::uint32_t ports_per_host() const noexcept { return ports_per_host_; }
  constexpr std::uint32_t hosts_per_address() const noexcept { return hosts_per_address_; }

  /// The block of the host that is `host`-th of the internal ones.
  constexpr host_block block_of(std::uint64_t host) const noexcept {
    const auto block = static_cast<std::uint32_t>(host % hosts_per_address_);
    const std::uint32_t first = port_first_ + block * ports_per_host_;
    return {static_cast<std::uint32_t>(host / hosts_per_address_),
            *port_range::between(port{static_cast<std::uint16_t>(first)},
                                 port{static_cast<std::uint16_t>(first + ports_per_host_ - 1)})};
  }

  /// The host whose block contains this port of the `external`-th address, if one has it.
  constexpr std::optional<std::uint64_t> host_of(std::uint32_t external, port one) const noexcept {
    if (one.number() < port_first_) {
      return std::nullopt;
    }
    const std::uint32_t block = (one.number() - port_first_) / ports_per_host_;
    const std::uint64_t host = std::uint64_t{external} * hosts_per_address_ + block;
    if (block >= hosts_per_address_ || host >= internal_hosts_) {
      return std::nullopt;
    }
    return host;
  }
  /// The first host whose whole block of the `external`-th address lies in a range, if one has it.
  constexpr std::optional<std::uint64_t> host_within(std::uint32_t external,
                                                     port_range range) const noexcept {
    const std::uint32_t from =
        std::max<std::uint32_t>(range.first().number(), port_first_) - port_first_;
    const std::uint32_t before = (from + ports_per_host_ - 1) / ports_per_host_;
    const std::uint32_t first = port_first_ + before * ports_per_host_;
    if (first + ports_per_host_ - 1 > range.last().number()) {
      return std::nullopt;
    }
    return host_of(external, port{static_cast<std::uint16_t>(first)});
  }

 private:
  constexpr deterministic_plan() noexcept = default;

  std::uint64_t internal_hosts_ = 0;
  std::uint32_t hosts_per_address_ = 0;
  std::uint32_t ports_per_host_ = 0;
  std::uint16_t port_first_ = 0;
};

/// The port of a block that an internal port asks for first.
constexpr port preferred_port(const host_block& block, port internal) noexcept {
  const std::uint32_t offset = internal.number() % block.ports.size();
  return port{static_cast<std::uint16_t>(block.ports.first().number() + offset)};
}

}  // namespace weir

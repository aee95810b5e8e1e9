#pragma once

#include "weir/base/contract.hpp"
#include "weir/base/word_optional.hpp"
#include "weir/net/port.hpp"
#include "weir/pool/external_address.hpp"
#include "weir/pool/open_places.hpp"
#include "weir/pool/pool_set.hpp"
#include "weir/pool/port_space.hpp"
#include "weir/table/bitmap.hpp"
#include "weir/table/memory.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace weir {

/// Who may say which external ports are taken: one owner for every external address of a shard,
/// shared by all pools that list the address and by both translators, so that no endpoint is ever
/// given twice. What static mappings and the box itself claim is taken from the start.
class port_owner {
 public:
  explicit port_owner(const pool_set& pools)
      : ports_{pools.externals().size() * port_space_count}, places_{pools} {
    for (const port_claim& claim : pools.claims()) {
      for (std::uint32_t one = claim.ports.first().number(); one <= claim.ports.last().number();
           ++one) {
        of(claim.external, claim.space).try_take(port{static_cast<std::uint16_t>(one)});
      }
    }
  }

  bool taken(external_id external, port_space space, port one) const noexcept {
    return of(external, space).taken(one);
  }
  /// Asks for what taking the port, or a search that starts there, reads first.
  void prefetch(external_id external, port_space space, port one) const noexcept {
    of(external, space).prefetch(one);
  }
  /// Fails when the port is taken.
  bool try_take(external_id external, port_space space, port one) noexcept {
    return of(external, space).try_take(one);
  }
  /// The port was taken; it is free now.
  void release(external_id external, port_space space, port one) noexcept {
    expects(of(external, space).release(one), "a released port was taken");
    places_.open(space, external);
  }

  /// A free port of the range, from `start` on and then from the range's first port; nothing if
  /// and only if every port of that parity in the range is taken.
  word_optional<port> find_free(external_id external, port_space space, port start,
                                port_range within,
                                port_parity parity = port_parity::any) const noexcept {
    return of(external, space).find_free(start, within, parity);
  }

  /// How many ports are taken, claims included.
  std::uint32_t count(external_id external, port_space space) const noexcept {
    return of(external, space).count();
  }
  /// Where the pools' searches are not in vain: whoever finds nothing at a place closes it.
  open_places& places() noexcept { return places_; }
  /// Has the platform give all memory now.
  void populate() noexcept { ports_.populate(); }
  std::size_t bytes() const noexcept { return ports_.bytes(); }

 private:
  bitmap& of(external_id external, port_space space) noexcept {
    return ports_[external.number() * port_space_count + number(space)];
  }
  const bitmap& of(external_id external, port_space space) const noexcept {
    return ports_[external.number() * port_space_count + number(space)];
  }

  huge_array<bitmap> ports_;
  open_places places_;
};

}  // namespace weir

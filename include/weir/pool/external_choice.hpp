#pragma once

// Overview. Which external endpoint a new mapping wears. A deterministic pool's follows from its
// plan. Of another pool, a host's address comes first: the one it has, or the one that a keyed hash
// of host and pool names (RFC 4787 REQ-2). If that is full, the next ones in the pool's order are
// asked, as the pool allows; of a pool that does not pair, all of them from any on.

#include "weir/base/word_optional.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/net/port.hpp"
#include "weir/pool/acquired_mapping.hpp"
#include "weir/pool/external_address.hpp"
#include "weir/pool/open_places.hpp"
#include "weir/pool/pool.hpp"
#include "weir/pool/pool_set.hpp"
#include "weir/pool/port_choice.hpp"
#include "weir/pool/port_owner.hpp"
#include "weir/pool/port_slice.hpp"
#include "weir/pool/port_space.hpp"
#include "weir/pool/random.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

namespace weir {

/// An internal endpoint that asks for an external one.
template <IpVersion V>
struct external_wish {
  typename V::address host{};
  port_wish port{};
  std::uint64_t host_hash = 0;        ///< of a pool that pairs
  word_optional<external_id> kept{};  ///< the address the host has
};

/// What a mapping is to wear, if the outcome is `made`, or why there is nothing.
struct external_choice {
  mapping_outcome outcome = mapping_outcome::made;
  numbered_endpoint worn{};
};

/// Chooses external endpoints for the mappings of one shard. Takes nothing, and notes with the
/// owner where it looked in vain.
class external_chooser {
 public:
  /// `pools` and `owner` outlive the chooser; the owner was made for the same pools.
  external_chooser(const pool_set& pools, port_owner& owner, shard_share share)
      : pools_{&pools}, owner_{&owner}, share_{share} {}

  /// The external address that a host has, or the first of those it asks that no claim takes whole;
  /// nothing where claims leave it none.
  template <IpVersion V>
  word_optional<external_id> address_of(const pool& from,
                                        const external_wish<V>& wish) const noexcept {
    const auto externals = pools_->externals_of(from);
    const auto is_free = [&](external_id one) noexcept {
      return !pools_->is_claimed_whole(one, wish.port.protocol);
    };
    if constexpr (std::same_as<V, ipv4>) {
      if (from.plan) {
        const external_id planned = externals[pools_->block_of(from, wish.host).external];
        return is_free(planned) ? word_optional{planned} : word_optional<external_id>{};
      }
    }
    if (wish.kept && is_free(*wish.kept)) return wish.kept;
    const std::uint32_t start = place_of(wish.host_hash, externals.size());
    std::uint32_t place = start;
    do {
      if (is_free(externals[place])) return externals[place];
      place = place_behind(place, externals);
    } while (place != start);
    return std::nullopt;
  }

  template <IpVersion V, Random R>
  external_choice choose(const pool& from, const external_wish<V>& wish, R& random) noexcept {
    if constexpr (std::same_as<V, ipv4>) {
      if (from.plan) return choose_in_block(from, wish);
    }
    const auto externals = pools_->externals_of(from);
    if (!from.manners.paired) {
      return search(from, any_place(externals.size(), random), wish.port, random);
    }
    if (wish.kept) {
      if (const auto found = choose_port(*owner_, *wish.kept, from, wish.port, share_, random)) {
        return {mapping_outcome::made, {*wish.kept, *found}};
      }
      if (!from.manners.paired_full_takes_other) return {mapping_outcome::host_full, {}};
    }
    return search(from, place_of(wish.host_hash, externals.size()), wish.port, random);
  }

  /// Whether a host that keeps an address comes to it first even if it kept none.
  bool comes_back_to(const pool& from, std::uint64_t host_hash, external_id kept) const noexcept {
    const auto externals = pools_->externals_of(from);
    return !from.manners.paired_full_takes_other &&
           externals[place_of(host_hash, externals.size())] == kept;
  }

  /// Asks for what `likely` reads.
  template <IpVersion V>
  void prefetch(const pool& from, const external_wish<V>& wish) const noexcept {
    if (from.manners.paired && from.manners.preserve_port && !from.plan) {
      owner_->prefetch(first_asked(from, wish), wish.port.space, wish.port.internal);
    }
  }
  /// Where `choose` will begin, if the host keeps no other address; asks for what it reads there.
  /// `random` draws as that of `choose` will.
  template <IpVersion V, Random R>
  numbered_endpoint draw(const pool& from, const external_wish<V>& wish, R& random) const noexcept {
    const numbered_endpoint drawn = likely_of(from, wish, random);
    owner_->prefetch(drawn.external, wish.port.space, drawn.port);
    return drawn;
  }
  /// What `choose` will come to from where it begins, if it finds it there.
  template <IpVersion V>
  numbered_endpoint foretell(const pool& from, const external_wish<V>& wish,
                             const numbered_endpoint& drawn) const noexcept {
    if (!owner_->taken(drawn.external, wish.port.space, drawn.port)) return drawn;
    return {drawn.external, free_behind(from, wish, drawn).value_or(drawn.port)};
  }

  /// Whether `choose` comes to the same, whatever ports come back but those that `stays(endpoint)`,
  /// asked of each that stands in its way; false where these are many, or it finds nothing.
  /// `random` draws as that of `choose` will.
  template <IpVersion V, Random R, class Stays>
  bool rests_on(const pool& from, const external_wish<V>& wish, R& random,
                Stays&& stays) const noexcept {
    const numbered_endpoint drawn = likely_of(from, wish, random);
    const auto stays_there = [&](port one) noexcept {
      return stays(numbered_endpoint{drawn.external, one});
    };
    if constexpr (std::same_as<V, ipv4>) {
      if (from.plan) {
        return !detail::must_keep(wish.port) &&
               detail::search_rests_on(*owner_, drawn.external, wish.port.space,
                                       pools_->block_of(from, wish.host).ports, port_parity::any,
                                       drawn.port, stays_there);
      }
    }
    return weir::rests_on(*owner_, drawn.external, from, wish.port, share_, drawn.port,
                          stays_there);
  }

 private:
  template <Random R>
  static std::uint32_t any_place(std::size_t externals, R& random) noexcept {
    return below(static_cast<std::uint32_t>(externals), random);
  }
  /// Which of a pool's addresses a host asks first.
  static std::uint32_t place_of(std::uint64_t host_hash, std::size_t externals) noexcept {
    return static_cast<std::uint32_t>((host_hash >> 32) * externals >> 32);
  }
  /// The next place of a pool's addresses, around their end.
  static std::uint32_t place_behind(std::uint32_t place,
                                    std::span<const external_id> externals) noexcept {
    return place + 1 == externals.size() ? 0 : place + 1;
  }
  /// The address that a host has, or asks first for a port.
  template <IpVersion V>
  external_id first_asked(const pool& from, const external_wish<V>& wish) const noexcept {
    const auto externals = pools_->externals_of(from);
    return wish.kept.value_or(externals[place_of(wish.host_hash, externals.size())]);
  }

  external_choice choose_in_block(const pool& from,
                                  const external_wish<ipv4>& wish) const noexcept {
    const host_block block = pools_->block_of(from, wish.host);
    const external_id external = pools_->externals_of(from)[block.external];
    const auto found = choose_port(*owner_, external, block, wish.port);
    if (!found) return {mapping_outcome::host_full, {}};
    return {mapping_outcome::made, {external, *found}};
  }

  template <IpVersion V, Random R>
  numbered_endpoint likely_of(const pool& from, const external_wish<V>& wish,
                              R& random) const noexcept {
    const auto externals = pools_->externals_of(from);
    if constexpr (std::same_as<V, ipv4>) {
      if (from.plan) {
        const host_block block = pools_->block_of(from, wish.host);
        return {externals[block.external], preferred_port(block, wish.port.internal)};
      }
    }
    const external_id external = from.manners.paired
                                     ? first_asked(from, wish)
                                     : externals[any_place(externals.size(), random)];
    return {external, likely_port(*owner_, external, from, wish.port, share_, random)};
  }

  /// The port that is found where the one that was drawn is taken.
  template <IpVersion V>
  word_optional<port> free_behind(const pool& from, const external_wish<V>& wish,
                                  const numbered_endpoint& drawn) const noexcept {
    if constexpr (std::same_as<V, ipv4>) {
      if (from.plan) {
        return choose_port(*owner_, drawn.external, pools_->block_of(from, wish.host), wish.port);
      }
    }
    return port_behind(*owner_, drawn.external, from, wish.port, share_, drawn.port);
  }

  /// A port of any of the pool's addresses, from the `start`-th on and around.
  template <Random R>
  external_choice search(const pool& from, std::uint32_t start, const port_wish& wish,
                         R& random) noexcept {
    const std::uint32_t first = pools_->first_place_of(from);
    const auto end = static_cast<std::uint32_t>(first + pools_->externals_of(from).size());
    const auto found = search_places(from, {first + start, end}, wish, random);
    if (found.outcome == mapping_outcome::made) return found;
    return search_places(from, {first, first + start}, wish, random);
  }

  struct place_range {
    std::uint32_t first;
    std::uint32_t end;
  };
  template <Random R>
  external_choice search_places(const pool& from, place_range among, const port_wish& wish,
                                R& random) noexcept {
    open_places& places = owner_->places();
    const bool asks_all = wants_its_own(wish);
    for (std::uint32_t place = among.first; place < among.end; ++place) {
      if (!asks_all) {
        const auto open = places.next(wish.space, place, among.end);
        if (!open) break;
        place = *open;
      }
      const external_id external = pools_->externals_by_pool()[place];
      if (const auto found = choose_port(*owner_, external, from, wish, share_, random)) {
        return {mapping_outcome::made, {external, *found}};
      }
      if (!asks_all) places.close(wish.space, place);
    }
    return {mapping_outcome::exhausted, {}};
  }

  /// Whether a search says nothing of other ports, nor that of another one of this: SCTP keeps its
  /// ports, and IKE's may be free where no other is.
  static bool wants_its_own(const port_wish& wish) noexcept {
    return detail::must_keep(wish) || (wish.protocol == protocol::udp && wish.internal == ike_port);
  }

  const pool_set* pools_;
  port_owner* owner_;
  shard_share share_;
};

}  // namespace weir

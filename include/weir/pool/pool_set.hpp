#pragma once

#include "weir/base/word_optional.hpp"
#include "weir/net/ipv4_address.hpp"
#include "weir/net/port.hpp"
#include "weir/pool/external_address.hpp"
#include "weir/pool/pool.hpp"
#include "weir/pool/pools_by_host.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace weir {

/// Whose an external endpoint is, as far as arithmetic alone can tell.
enum class inverse_outcome : std::uint8_t {
  host,            ///< a deterministic pool's host
  no_pool,         ///< no pool has the address
  dynamic_pool,    ///< only live mappings can tell
  port_not_given,  ///< the port lies outside of what the pool gives
  claimed,         ///< the port is reserved, or a static mapping's: no pool gives it
  no_host,         ///< a port that is left over when every host has its block
};

struct inverse_answer {
  inverse_outcome outcome = inverse_outcome::no_pool;
  pool_id pool{};           ///< unless the outcome is `no_pool`
  ipv4_address internal{};  ///< of outcome `host`
  port_range ports{};       ///< of outcome `host`: its block
};

/// All pools of a configuration, proven; `checked` in pool/checked_pools.hpp makes one.
///
/// Every external address has one number, whichever pools list it: ports are owned by address.
class pool_set {
 public:
  pool_set() = default;

  std::span<const pool> pools() const noexcept { return pools_; }
  const pool& at(pool_id id) const noexcept { return pools_[id.number()]; }

  /// The first pool that serves flows from a source and that `accepts(pool)` takes, or null.
  template <class Accepts>
  const pool* find_serving(domain_id domain, ipv4_address source,
                           Accepts&& accepts) const noexcept {
    return find_listing(domain, source, [&](const pool& one) noexcept {
      // Few sources are anybody's external address: a pool may list many, and is seldom asked.
      const bool is_worn = find({domain, source}) && one.wears(source);
      return !is_worn && accepts(one);
    });
  }
  const pool* find_serving(domain_id domain, ipv4_address source) const noexcept {
    return find_serving(domain, source, [](const pool&) noexcept { return true; });
  }

  /// The first pool that lists an address as internal and that `accepts(pool)` takes, or null.
  template <class Accepts>
  const pool* find_listing(domain_id domain, ipv4_address address,
                           Accepts&& accepts) const noexcept {
    if (!by_host_.is_empty()) [[unlikely]] {
      const pool_id found =
          by_host_.find(domain, address, [&](pool_id one) noexcept { return accepts(at(one)); });
      return found.is_none() ? nullptr : &at(found);
    }
    for (const pool& one : pools_) {
      if (one.domain == domain && one.is_internal(address) && accepts(one)) return &one;
    }
    return nullptr;
  }

  /// Every external address of every pool, in order.
  std::span<const external_address> externals() const noexcept { return externals_; }
  const external_address& at(external_id id) const noexcept { return externals_[id.number()]; }
  /// The number of an address that some pool gives ports of.
  word_optional<external_id> find(const external_address& wanted) const noexcept {
    const auto place = find_sorted(externals_, wanted);
    return place ? word_optional{external_id{static_cast<std::uint16_t>(*place)}}
                 : word_optional<external_id>{};
  }
  /// A pool's external addresses, in the order it lists them.
  std::span<const external_id> externals_of(const pool& one) const noexcept {
    const run mine = runs_[one.id.number()];
    return {externals_by_pool_.data() + mine.first, mine.count};
  }

  /// The same of all pools, one after the other: what is a place there is one of a single pool.
  std::span<const external_id> externals_by_pool() const noexcept { return externals_by_pool_; }
  std::uint32_t first_place_of(const pool& one) const noexcept {
    return runs_[one.id.number()].first;
  }

  /// Ports that are never given, in order.
  std::span<const port_claim> claims() const noexcept { return claims_; }
  /// Those of one external address and space.
  std::span<const port_claim> claims_of(external_id external, port_space space) const noexcept {
    const auto first =
        std::partition_point(claims_.begin(), claims_.end(), [&](const port_claim& claim) noexcept {
          return claim.external < external || (claim.external == external && claim.space < space);
        });
    const auto end = std::find_if(first, claims_.end(), [&](const port_claim& claim) noexcept {
      return claim.external != external || claim.space != space;
    });
    return {first, end};
  }

  /// The external address and ports of a host that a deterministic pool serves.
  host_block block_of(const pool& deterministic, ipv4_address host) const noexcept {
    return deterministic.plan->block_of(host_number(deterministic, host));
  }

  /// Whether a port is never given, by any pool that has the address.
  bool is_claimed(external_id external, port_space space, port one) const noexcept {
    const auto claims = claims_of(external, space);
    return std::any_of(claims.begin(), claims.end(),
                       [&](const port_claim& claim) noexcept { return claim.ports.contains(one); });
  }

  /// Whether no pool gives the address for a protocol, whatever the port.
  bool is_claimed_whole(external_id external, protocol kind) const noexcept {
    const auto is_claim = [&](const whole_claim& wanted) noexcept {
      return std::binary_search(whole_claims_.begin(), whole_claims_.end(), wanted);
    };
    return !whole_claims_.empty() &&
           (is_claim({external, std::nullopt}) || is_claim({external, kind}));
  }

  /// Whose a port of an external address is: the inverse of `block_of` (RFC 7422 section 2.2). A
  /// claimed port is no host's, though it lies in a block: nobody was ever given it.
  inverse_answer inverse(const external_address& external, port_space space,
                         port one) const noexcept {
    const auto number = find(external);
    const bool claimed = number && is_claimed(*number, space, one);
    inverse_answer best;
    for (const pool& each : pools_) {
      if (each.external_domain != external.domain || !each.is_external(external.address)) {
        continue;
      }
      if (!each.numbers(space).contains(one)) {
        if (best.outcome == inverse_outcome::no_pool) {
          best = {inverse_outcome::port_not_given, each.id, {}, {}};
        }
        continue;
      }
      if (claimed) {
        return {inverse_outcome::claimed, each.id, {}, {}};
      }
      return each.plan ? inverse_in(each, external.address, one)
                       : inverse_answer{inverse_outcome::dynamic_pool, each.id, {}, {}};
    }
    return best;
  }

 private:
  friend class pool_set_builder;

  struct run {
    std::uint32_t first = 0;
    std::uint32_t count = 0;
  };

  /// Pools that list no more prefixes in all are asked one by one, which is faster.
  static constexpr std::size_t prefixes_asked_max = 16;

  /// Files the pools under their hosts, as they were specified.
  void file(std::span<const pool_specification> raw) {
    std::size_t prefixes = 0;
    for (const auto& one : raw) prefixes += one.internal.size();
    if (prefixes > prefixes_asked_max) by_host_ = pools_by_host{raw};
  }

  static std::uint64_t host_number(const pool& of, ipv4_address host) noexcept {
    std::uint64_t before = 0;
    for (const address_range& range : of.internal) {
      if (range.contains(host)) {
        return before + host.bits() - range.first.bits();
      }
      before += range.size();
    }
    return before;
  }

  /// The address that is `number`-th of the ranges; there are more than `number`.
  static ipv4_address nth(std::span<const address_range> ranges, std::uint64_t number) noexcept {
    for (const address_range& range : ranges) {
      if (number < range.size()) {
        return ipv4_address{range.first.bits() + static_cast<std::uint32_t>(number)};
      }
      number -= range.size();
    }
    return {};
  }

  static inverse_answer inverse_in(const pool& of, ipv4_address external, port one) noexcept {
    std::uint64_t before = 0;
    for (const address_range& range : of.external) {
      if (range.contains(external)) {
        before += external.bits() - range.first.bits();
        break;
      }
      before += range.size();
    }
    const auto host = of.plan->host_of(static_cast<std::uint32_t>(before), one);
    if (!host) {
      return {inverse_outcome::no_host, of.id, {}, {}};
    }
    return {inverse_outcome::host, of.id, nth(of.internal, *host), of.plan->block_of(*host).ports};
  }

  std::vector<pool> pools_;
  pools_by_host by_host_;  ///< of no pools where each is asked
  std::vector<external_address> externals_;
  std::vector<external_id> externals_by_pool_;  ///< pool by pool
  std::vector<run> runs_;                       ///< whose they are
  std::vector<port_claim> claims_;
  std::vector<whole_claim> whole_claims_;  ///< in order
};

}  // namespace weir

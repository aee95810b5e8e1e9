#pragma once

// Overview. Which pools an internal host may leave by, in the order they were given, without asking
// each. Every prefix that a pool lists is a block, which keeps the pools that list just this prefix
// and knows the next wider block around it: a host's pools are those of the narrowest block that
// holds it, found by longest prefix, and of all blocks around that one. Their first is kept with
// every block, since it is the one that nearly every host leaves by.
//
// The search is not inline: where there are few pools, packets do not come by here.
//
// Limits. Memory grows with the prefixes that pools list, however they overlap; no more than 33
// blocks lie around each other.

#include "weir/net/domain.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/net/ipv4_address.hpp"
#include "weir/net/prefix.hpp"
#include "weir/pool/pool.hpp"
#include "weir/table/lpm.hpp"

#include <algorithm>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace weir {

/// The pools that list an address as internal. Made once.
class pools_by_host {
 public:
  /// Of no pools.
  pools_by_host() = default;

  /// Of pools that are numbered in this order.
  explicit pools_by_host(std::span<const pool_specification> pools) {
    const auto listings = listings_of(pools);
    for (auto next = listings.begin(); next != listings.end();) {
      next = add_domain(next, listings.end());
    }
  }

  /// Whether there are no pools.
  bool is_empty() const noexcept { return blocks_.empty(); }

  /// The first pool that lists an address and that `accepts(pool_id)` takes, or none.
  template <class Accepts>
  [[gnu::__noinline__]] pool_id find(domain_id domain, ipv4_address address,
                                     Accepts&& accepts) const noexcept {
    const block* const narrowest = find_block(domain, address);
    if (narrowest == nullptr) return pool_id::none();
    pool_id one = narrowest->first;
    while (!one.is_none() && !accepts(one)) one = after(*narrowest, one);
    return one;
  }

  std::size_t bytes() const noexcept {
    std::size_t sum = blocks_.size() * sizeof(block) + pools_.size() * sizeof(pool_id) +
                      trie_of_domain_.size() * sizeof(std::uint16_t);
    for (const auto& one : tries_) sum += sizeof one + one.bytes();
    return sum;
  }

 private:
  /// A prefix that a pool lists.
  struct listing {
    domain_id domain{};
    ipv4_prefix block{};
    pool_id pool{};

    friend auto operator<=>(const listing&, const listing&) noexcept = default;
  };
  using listing_place = std::vector<listing>::const_iterator;

  /// Its pools, in order.
  struct block {
    std::uint32_t around = no_value;  ///< the next wider block
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    pool_id first{};  ///< of all that list it or a block around it
  };

  static constexpr std::uint16_t no_trie = 0xFFFF;

  const block* find_block(domain_id domain, ipv4_address address) const noexcept {
    if (domain.number() >= trie_of_domain_.size()) return nullptr;
    const std::uint16_t trie = trie_of_domain_[domain.number()];
    if (trie == no_trie) return nullptr;
    const std::uint32_t found = tries_[trie].find(address);
    return found == no_value ? nullptr : &blocks_[found];
  }

  std::span<const pool_id> pools_of(const block& of) const noexcept {
    return {pools_.data() + of.begin, pools_.data() + of.end};
  }
  const block* around(const block& inner) const noexcept {
    return inner.around == no_value ? nullptr : &blocks_[inner.around];
  }

  /// The next pool, in order, that lists a block or one around it.
  [[gnu::__noinline__]] pool_id after(const block& narrowest, pool_id last) const noexcept {
    pool_id next = pool_id::none();  // which sorts behind all others
    for (const block* here = &narrowest; here != nullptr; here = around(*here)) {
      const auto listed = pools_of(*here);
      const auto behind = std::upper_bound(listed.begin(), listed.end(), last);
      if (behind != listed.end()) next = std::min(next, *behind);
    }
    return next;
  }

  static std::vector<listing> listings_of(std::span<const pool_specification> pools) {
    std::vector<listing> made;
    for (std::size_t index = 0; index < pools.size(); ++index) {
      const pool_specification& one = pools[index];
      const pool_id id{static_cast<std::uint16_t>(index)};
      for (const auto& inside : one.internal) made.push_back({one.domain, inside, id});
    }
    std::ranges::sort(made);
    const auto repeated = std::ranges::unique(made);
    made.erase(repeated.begin(), repeated.end());
    return made;
  }

  /// Wider blocks sort before those inside them, so the ones around a block are at hand.
  listing_place add_domain(listing_place next, listing_place end) {
    const domain_id domain = next->domain;
    std::vector<lpm_entry<ipv4>> entries;
    std::vector<lpm_entry<ipv4>> open;
    while (next != end && next->domain == domain) {
      const ipv4_prefix here = next->block;
      while (!open.empty() && !open.back().block.contains(here)) open.pop_back();
      const auto inside_end = std::find_if(next, end, [&](const listing& each) {
        return each.domain != domain || each.block != here;
      });
      entries.push_back({here, static_cast<std::uint32_t>(blocks_.size())});
      add_block(next, inside_end, open.empty() ? no_value : open.back().value);
      open.push_back(entries.back());
      next = inside_end;
    }
    trie_of_domain_.resize(domain.number() + std::size_t{1}, no_trie);
    trie_of_domain_[domain.number()] = static_cast<std::uint16_t>(tries_.size());
    tries_.emplace_back(entries);
    return next;
  }

  void add_block(listing_place next, listing_place end, std::uint32_t around) {
    block made;
    made.around = around;
    made.begin = static_cast<std::uint32_t>(pools_.size());
    if (around != no_value) made.first = blocks_[around].first;
    for (; next != end; ++next) {
      pools_.push_back(next->pool);
      made.first = std::min(made.first, next->pool);
    }
    made.end = static_cast<std::uint32_t>(pools_.size());
    blocks_.push_back(made);
  }

  std::vector<std::uint16_t> trie_of_domain_;
  std::vector<lpm<ipv4>> tries_;  ///< of prefixes to blocks
  std::vector<block> blocks_;
  std::vector<pool_id> pools_;  ///< block by block
};

}  // namespace weir

#pragma once

// Overview. Static mappings as one side has them: an address has a run of entries, its port
// forwards by port and then its 1:1 mappings, that of all protocols last. Runs are found by a hash,
// so that an address without any costs one line of the index, however many others have some.

#include "weir/base/contract.hpp"
#include "weir/net/domain.hpp"
#include "weir/net/ipv4_address.hpp"
#include "weir/net/port.hpp"
#include "weir/net/protocol.hpp"
#include "weir/table/bucket_index.hpp"
#include "weir/table/hash.hpp"

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

namespace weir::detail {

/// How much of an address a static mapping covers.
enum class static_breadth : std::uint8_t {
  endpoint,  ///< a port of a protocol: a port forward
  protocol,
  address,
};

/// What of an address a static mapping covers; what it does not name is zero.
struct static_scope {
  static_breadth breadth = static_breadth::endpoint;
  port only{};
  weir::protocol protocol{};

  friend constexpr auto operator<=>(const static_scope&, const static_scope&) noexcept = default;
};

/// One side of a static mapping, and what the other one is.
struct static_entry {
  domain_id domain{};
  ipv4_address address{};
  static_scope covers{};
  ipv4_address to{};
  port to_port{};  ///< of an endpoint
  zone_id zone{};
  std::uint32_t index = 0;  ///< which mapping, in the order they were given
  bool hairpin = true;
  std::uint32_t run = 0;  ///< of the first entry of an address: how many it has
};

/// The entries of one side. Made once.
class static_side {
 public:
  using run = std::span<const static_entry>;

  /// Of no mappings.
  static_side() : static_side{std::vector<static_entry>{}} {}

  explicit static_side(std::vector<static_entry> entries)
      : entries_{sorted(std::move(entries))},
        index_{static_cast<std::uint32_t>(entries_.size()),
               static_cast<std::uint32_t>(entries_.size())} {
    for (auto next = entries_.begin(); next != entries_.end(); next += next->run) {
      next->run = run_at(next);
      const key_type key = key_of(*next);
      const bool is_there =
          index_.try_insert(hash_(key), key, static_cast<std::uint32_t>(next - entries_.begin()));
      expects(is_there, "every address of a static mapping fits the index");
    }
  }

  /// The entries of an address: the most particular first, and of the same scope those that were
  /// given first.
  run of(domain_id domain, ipv4_address address) const noexcept {
    if (entries_.empty()) return {};
    const key_type key = key_of(domain, address);
    const std::uint32_t found = index_.find(hash_(key), key, [&](std::uint32_t place) noexcept {
      return key_of(entries_[place]) == key;
    });
    if (found == no_payload) return {};
    return {&entries_[found], entries_[found].run};
  }

  std::size_t size() const noexcept { return entries_.size(); }

 private:
  using key_type = std::array<std::uint64_t, 2>;

  static constexpr key_type key_of(domain_id domain, ipv4_address address) noexcept {
    return {domain.number(), address.bits()};
  }
  static constexpr key_type key_of(const static_entry& one) noexcept {
    return key_of(one.domain, one.address);
  }

  static std::vector<static_entry> sorted(std::vector<static_entry> entries) {
    std::ranges::sort(entries, {}, [](const static_entry& one) {
      return std::tuple{one.domain, one.address, one.covers, one.index};
    });
    return entries;
  }

  std::uint32_t run_at(std::vector<static_entry>::const_iterator first) const {
    const auto end = std::find_if(first, entries_.end(), [&](const static_entry& one) {
      return key_of(one) != key_of(*first);
    });
    return static_cast<std::uint32_t>(end - first);
  }

  std::vector<static_entry> entries_;
  xxh3_hash hash_{hash_seed{}};  // no secret: who configures the addresses chooses no collisions
  bucket_index index_;
};

}  // namespace weir::detail

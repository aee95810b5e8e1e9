#pragma once

// Overview. The mappings of a host are a list through their records; an index leads to the first
// one, which says what external address the host keeps. So a host is known to have one or none.
//
// Limits. `hosts_max` hosts are remembered. A mapping of another one stands in no list.

#include "weir/base/contract.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/pool/mapping.hpp"
#include "weir/table/memory.hpp"
#include "weir/table/simd.hpp"
#include "weir/table/table_traits.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace weir {

struct mapping_limits {
  std::uint32_t mappings_max = 1'000'000;
  std::uint32_t hosts_max = 250'000;

  /// Where every host may have one mapping alone, as many hosts as this are remembered.
  static constexpr std::uint32_t hosts_all_max = 65'536;

  /// For so many mappings: in a large table most hosts have several.
  static constexpr mapping_limits of(std::uint32_t mappings) noexcept {
    return {mappings, std::max(mappings / 4, std::min(mappings, hosts_all_max))};
  }
};
static_assert(mapping_limits::of(1).hosts_max == 1);
static_assert(mapping_limits::of(65'536).hosts_max == 65'536);
static_assert(mapping_limits::of(65'537).hosts_max == 65'536);
static_assert(mapping_limits::of(1'000'000).hosts_max == 250'000);

/// Which mappings are of one host, in a table's `records`.
template <IpVersion V, TableTraits<detail::packed_key<V>> Traits>
class host_lists {
 public:
  using records_type = huge_array<mapping<V>>;

  host_lists(const mapping_limits& limits, const hash_seed& seed)
      : hash_{seed}, hosts_max_{limits.hosts_max}, index_{limits.hosts_max, limits.mappings_max} {}

  /// The hash of a key's host.
  std::uint64_t hash(const internal_key<V>& key) const noexcept {
    return hash_(detail::packed_host(key));
  }
  void prefetch(std::uint64_t hash) const noexcept { index_.prefetch(hash); }

  /// The first mapping of a key's host; `none` if none is remembered.
  mapping_id find(const records_type& records, const internal_key<V>& key,
                  std::uint64_t hash) const noexcept {
    return mapping_id{index_.find(hash, detail::packed_host(key), [&](std::uint32_t id) noexcept {
      const mapping<V>& record = records[id];
      return record.internal_address == key.endpoint.address && record.pool == key.pool &&
             record.internal_domain == key.domain;
    })};
  }

  /// Puts a new mapping before the others of its host, so that no third record is touched; one
  /// with another address goes behind the `first`, which says what address the host keeps.
  void join(records_type& records, mapping_id id, mapping_id first, std::uint64_t hash) noexcept {
    mapping<V>& record = records[id.number()];
    const auto packed = detail::packed_host(record.key());
    if (first.is_none()) {
      record.has_host = index_.try_insert(hash, packed, id.number());
      return;
    }
    record.has_host = true;
    mapping<V>& former = records[first.number()];
    if (former.external == record.external) {
      replace(hash, packed, first, id);
      record.next = first;
      former.previous = id;
      return;
    }
    record.previous = first;
    record.next = former.next;
    if (!former.next.is_none()) records[former.next.number()].previous = id;
    former.next = id;
  }

  /// Asks for what `leave` touches.
  void prefetch_leave(const records_type& records, mapping_id id) const noexcept {
    const mapping<V>& record = records[id.number()];
    if (!record.has_host) return;
    for (const mapping_id other : {record.next, record.previous}) {
      if (!other.is_none()) prefetch_write(records.data() + other.number());
    }
    if (record.previous.is_none()) index_.prefetch(hash(record.key()));
  }
  /// Takes a mapping out of the list it stands in, if it stands in one.
  void leave(records_type& records, mapping_id id) noexcept {
    const mapping<V>& record = records[id.number()];
    if (!record.has_host) {
      return;
    }
    if (!record.next.is_none()) records[record.next.number()].previous = record.previous;
    if (!record.previous.is_none()) {
      records[record.previous.number()].next = record.next;
      return;
    }
    const auto packed = detail::packed_host(record.key());
    const std::uint64_t hash = hash_(packed);
    if (record.next.is_none()) {
      index_.erase(hash, packed, id.number());
    } else {
      replace(hash, packed, id, record.next);
    }
  }

  /// Whether no further host is remembered.
  bool is_full() const noexcept { return size() == hosts_max_; }
  /// Hosts that are remembered.
  std::uint32_t size() const noexcept { return index_.size(); }
  /// Has the platform give all memory now.
  void populate() noexcept { index_.populate(); }
  std::size_t bytes() const noexcept { return index_.bytes(); }

 private:
  /// Another mapping comes first in the list of its host.
  void replace(std::uint64_t hash, const detail::packed_key<V>& packed, mapping_id former,
               mapping_id first) noexcept {
    index_.erase(hash, packed, former.number());
    const bool is_there = index_.try_insert(hash, packed, first.number());
    expects(is_there, "a host fits where it was");
  }

  typename Traits::hash hash_;
  std::uint32_t hosts_max_;
  typename Traits::template index<detail::packed_key<V>> index_;
};

}  // namespace weir

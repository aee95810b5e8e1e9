#pragma once

// Overview. One record for each mapping and two entries in one index: by its internal endpoint,
// and by the external endpoint it wears. A third entry, in an index of its own, leads from a host
// to the first of its mappings, which are a list: so a host is known to have one or none.
//
// Pairing (RFC 4787 REQ-2). The external address a host gets follows from a keyed hash of host and
// pool. If it is full when the host has no mapping, the next ones in the pool's order are asked;
// while a host has a mapping, its first one says which address it keeps.
//
// Life cycle. `acquire` finds or makes a mapping and counts a session on it; `hold` counts another
// one; `release` takes one off, and the last one frees the mapping and its port.
//
// Limits. `mappings_max` mappings. Of hosts, `hosts_max` are remembered; those beyond it have the
// address their hash says unless it is full.

#include "weir/base/contract.hpp"
#include "weir/net/flow_key.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/net/protocol.hpp"
#include "weir/pool/mapping.hpp"
#include "weir/pool/pool.hpp"
#include "weir/pool/pool_set.hpp"
#include "weir/pool/port_choice.hpp"
#include "weir/pool/port_owner.hpp"
#include "weir/pool/port_slice.hpp"
#include "weir/pool/port_space.hpp"
#include "weir/pool/random.hpp"
#include "weir/table/bucket_index.hpp"
#include "weir/table/hash.hpp"
#include "weir/table/memory.hpp"

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace weir {

/// How an endpoint fared that asked for a mapping.
enum class mapping_outcome : std::uint8_t {
  found,       ///< it had one
  made,        ///< it has one now
  unneeded,    ///< the box's own endpoint, which no pool gives
  taken,       ///< the box's own endpoint, which an internal host wears
  exhausted,   ///< no external address has a port for it
  host_full,   ///< the address its host is paired with, or its host's block, is full
  table_full,  ///< no record is free
  portless,    ///< the protocol has no ports to map
};

/// A mapping that now counts the caller as one of its sessions, or why there is none.
struct acquired_mapping {
  mapping_outcome outcome = mapping_outcome::exhausted;
  mapping_id id = mapping_id::none();

  constexpr explicit operator bool() const noexcept { return !id.is_none(); }
};

struct mapping_limits {
  std::uint32_t mappings_max = 1'000'000;
  std::uint32_t hosts_max = 250'000;
};

/// The mappings of one shard whose internal side is of family V.
template <IpVersion V, Hash H = xxh3_hash>
class mapping_table {
 public:
  /// `pools` and `owner` outlive the table; the owner was made for the same pools.
  mapping_table(const pool_set& pools, port_owner& owner, mapping_limits limits,
                const hash_seed& seed, shard_share share = {})
      : pools_{&pools},
        owner_{&owner},
        share_{share},
        hash_{seed},
        records_{limits.mappings_max},
        endpoints_{2 * limits.mappings_max, limits.mappings_max},
        hosts_{limits.hosts_max, limits.mappings_max},
        in_vain_(pools.pools().size()) {
    expects(limits.mappings_max <= mappings_limit, "the index counts two entries for each mapping");
  }

  const mapping<V>& at(mapping_id id) const noexcept { return records_[id.number()]; }

  /// The mapping of an internal endpoint, or `none`.
  mapping_id find(const internal_key<V>& key) const noexcept {
    const auto packed = detail::packed(key);
    return mapping_id{endpoints_.find(hash_(packed), packed, [&](std::uint32_t id) noexcept {
      return records_[id].key() == key;
    })};
  }
  /// The mapping that wears an external endpoint, or `none`.
  mapping_id find(const external_key& key) const noexcept {
    const auto packed = detail::packed(key);
    return mapping_id{endpoints_.find(hash_(packed), packed, [&](std::uint32_t id) noexcept {
      return external_of(records_[id]) == key;
    })};
  }

  /// Finds the mapping of an internal endpoint under a pool, or makes one; counts a session.
  template <Random R>
  acquired_mapping acquire(const pool& from, weir::protocol kind, const endpoint<V>& internal,
                           R& random) noexcept {
    const internal_key<V> key{from.id, from.domain, kind, internal};
    if (const mapping_id found = find(key); !found.is_none()) {
      hold(found);
      return {mapping_outcome::found, found};
    }
    const auto space = space_of(kind);
    if (!space) return {mapping_outcome::portless, {}};
    if (size_ == records_.size()) return {mapping_outcome::table_full, {}};
    return make(from, key, *space, random);
  }

  /// The box's own endpoint on an external address: the mapping it wears as it is, so that no pool
  /// gives it to somebody else meanwhile; counts a session.
  acquired_mapping acquire_own(const external_key& own) noexcept
    requires std::same_as<V, ipv4>
  {
    const auto space = space_of(own.protocol);
    const auto external = pools_->find({own.domain, own.endpoint.address});
    if (!space || !external) return {mapping_outcome::unneeded, {}};
    if (const mapping_id found = find(own); !found.is_none()) {
      if (!records_[found.number()].pool.is_none()) return {mapping_outcome::taken, {}};
      hold(found);
      return {mapping_outcome::found, found};
    }
    if (owner_->taken(*external, *space, own.endpoint.port)) {
      return {mapping_outcome::unneeded, {}};
    }
    if (size_ == records_.size()) return {mapping_outcome::table_full, {}};
    return enter({pool_id::none(), own.domain, own.protocol, own.endpoint}, *external, *space,
                 own.endpoint.port);
  }

  /// One more session uses the mapping.
  void hold(mapping_id id) noexcept { ++records_[id.number()].sessions; }

  /// One session less uses the mapping; the last one frees it and its port.
  void release(mapping_id id) noexcept {
    mapping<V>& record = records_[id.number()];
    expects(record.sessions != 0, "a released mapping is held");
    if (--record.sessions != 0) {
      return;
    }
    leave_host(id);
    const auto internal = detail::packed(record.key());
    const auto external = detail::packed(external_of(record));
    endpoints_.erase(hash_(internal), internal, id.number());
    endpoints_.erase(hash_(external), external, id.number());
    owner_->release(record.external, *space_of(record.protocol), record.external_port);
    record.next = free_;
    free_ = id;
    --size_;
  }

  /// Asks for the index line of an endpoint, where a lookup follows soon.
  void prefetch(const internal_key<V>& key) const noexcept {
    endpoints_.prefetch(hash_(detail::packed(key)));
  }
  void prefetch(const external_key& key) const noexcept {
    endpoints_.prefetch(hash_(detail::packed(key)));
  }

  /// Calls `function(id, mapping)` for every mapping.
  template <class Function>
  void for_each(Function&& function) const {
    for (std::uint32_t id = 0; id < fresh_; ++id) {
      if (records_[id].sessions != 0) function(mapping_id{id}, records_[id]);
    }
  }

  /// The mapping whose address the host of a mapping keeps; `none` if it is not remembered.
  mapping_id first_of_host(const internal_key<V>& key) const noexcept {
    return find_host(key, hash_(detail::packed_host(key)));
  }

  std::uint32_t size() const noexcept { return size_; }
  std::uint32_t entries() const noexcept { return endpoints_.size(); }
  std::uint32_t hosts() const noexcept { return hosts_.size(); }
  const port_owner& owner() const noexcept { return *owner_; }
  const pool_set& pools() const noexcept { return *pools_; }
  std::size_t bytes() const noexcept {
    return records_.bytes() + endpoints_.bytes() + hosts_.bytes();
  }

 private:
  static constexpr std::uint32_t mappings_limit = bucket_index::payload_limit / 2;

  external_key external_of(const mapping<V>& record) const noexcept {
    return {pools_->at(record.external).domain, record.protocol, record.outside()};
  }

  struct choice {
    external_id external{};
    port external_port{};
  };

  template <Random R>
  acquired_mapping make(const pool& from, const internal_key<V>& key, port_space space,
                        R& random) noexcept {
    const port_wish wish{key.protocol, space, key.endpoint.port};
    if constexpr (std::same_as<V, ipv4>) {
      if (from.plan) {
        return make_in_block(from, key, wish);
      }
    }
    const auto externals = pools_->externals_of(from);
    std::uint32_t start = 0;
    if (!from.manners.paired) {
      start = below(static_cast<std::uint32_t>(externals.size()), random);
    } else {
      const auto packed = detail::packed_host(key);
      const std::uint64_t hash = hash_(packed);
      if (const mapping_id first = find_host(key, hash); !first.is_none()) {
        const external_id paired = records_[first.number()].external;
        if (const auto found = choose_port(*owner_, paired, from, wish, share_, random)) {
          return enter(key, paired, space, *found);
        }
        if (!from.manners.paired_full_takes_other) return {mapping_outcome::host_full, {}};
      }
      start = static_cast<std::uint32_t>((hash >> 32) * externals.size() >> 32);
    }
    const auto found = search(from, externals, start, wish, random);
    if (!found) return {mapping_outcome::exhausted, {}};
    return enter(key, found->external, space, found->external_port);
  }

  acquired_mapping make_in_block(const pool& from, const internal_key<V>& key,
                                 const port_wish& wish) noexcept {
    const host_block block = pools_->block_of(from, key.endpoint.address);
    const external_id external = pools_->externals_of(from)[block.external];
    const auto found = choose_port(*owner_, external, block, wish);
    if (!found) return {mapping_outcome::host_full, {}};
    return enter(key, external, wish.space, *found);
  }

  /// A port of any of the pool's addresses, from the `start`-th on. Where there was none, and no
  /// port of the space came back since, there is none.
  template <Random R>
  std::optional<choice> search(const pool& from, std::span<const external_id> externals,
                               std::uint32_t start, const port_wish& wish, R& random) noexcept {
    const bool any_port_will_do = wish.protocol != protocol::sctp;
    auto& in_vain = in_vain_[from.id.number()][number(wish.space)];
    const std::uint64_t now = owner_->releases(wish.space) + 1;
    if (any_port_will_do && in_vain == now) return std::nullopt;
    for (std::size_t offset = 0; offset < externals.size(); ++offset) {
      const external_id external = externals[(start + offset) % externals.size()];
      if (const auto found = choose_port(*owner_, external, from, wish, share_, random)) {
        return choice{external, *found};
      }
    }
    if (any_port_will_do) in_vain = now;
    return std::nullopt;
  }

  /// Makes a mapping with one session, or changes nothing. The port is free.
  acquired_mapping enter(const internal_key<V>& key, external_id external, port_space space,
                         port external_port) noexcept {
    const mapping_id id = free_.is_none() ? mapping_id{fresh_} : free_;
    mapping<V>& record = records_[id.number()];
    const mapping_id free_next = free_.is_none() ? free_ : record.next;
    record = {key.endpoint.address,
              pools_->at(external).address,
              key.endpoint.port,
              external_port,
              key.domain,
              external,
              key.pool,
              key.protocol,
              false,
              1,
              mapping_id::none(),
              mapping_id::none()};
    const auto by_internal = detail::packed(key);
    const auto by_external = detail::packed(external_of(record));
    if (!endpoints_.try_insert(hash_(by_internal), by_internal, id.number())) {
      record.sessions = 0;
      record.next = free_next;
      return {mapping_outcome::table_full, {}};
    }
    if (!endpoints_.try_insert(hash_(by_external), by_external, id.number())) {
      endpoints_.erase(hash_(by_internal), by_internal, id.number());
      record.sessions = 0;
      record.next = free_next;
      return {mapping_outcome::table_full, {}};
    }
    owner_->try_take(external, space, external_port);
    if (free_.is_none()) {
      ++fresh_;
    } else {
      free_ = free_next;
    }
    ++size_;
    if (!key.pool.is_none() && pools_->at(key.pool).manners.paired) join_host(id);
    return {mapping_outcome::made, id};
  }

  mapping_id find_host(const internal_key<V>& key, std::uint64_t hash) const noexcept {
    return mapping_id{hosts_.find(hash, detail::packed_host(key), [&](std::uint32_t id) noexcept {
      const mapping<V>& record = records_[id];
      return record.internal_address == key.endpoint.address && record.pool == key.pool &&
             record.internal_domain == key.domain;
    })};
  }

  /// The first mapping of a host stays the first: the others stand behind it.
  void join_host(mapping_id id) noexcept {
    mapping<V>& record = records_[id.number()];
    const auto packed = detail::packed_host(record.key());
    const std::uint64_t hash = hash_(packed);
    const mapping_id first = find_host(record.key(), hash);
    if (first.is_none()) {
      record.has_host = hosts_.try_insert(hash, packed, id.number());
      return;
    }
    mapping<V>& head = records_[first.number()];
    record.has_host = true;
    record.previous = first;
    record.next = head.next;
    if (!head.next.is_none()) records_[head.next.number()].previous = id;
    head.next = id;
  }

  void leave_host(mapping_id id) noexcept {
    const mapping<V>& record = records_[id.number()];
    if (!record.has_host) {
      return;
    }
    if (!record.next.is_none()) records_[record.next.number()].previous = record.previous;
    if (!record.previous.is_none()) {
      records_[record.previous.number()].next = record.next;
      return;
    }
    const auto packed = detail::packed_host(record.key());
    const std::uint64_t hash = hash_(packed);
    hosts_.erase(hash, packed, id.number());
    if (!record.next.is_none()) {
      hosts_.try_insert(hash, packed, record.next.number());
    }
  }

  const pool_set* pools_;
  port_owner* owner_;
  shard_share share_;
  H hash_;
  huge_array<mapping<V>> records_;
  bucket_index endpoints_;
  bucket_index hosts_;
  /// By pool and space: one more than the releases there were when nothing was found.
  std::vector<std::array<std::uint64_t, port_space_count>> in_vain_;
  mapping_id free_{};
  std::uint32_t fresh_ = 0;
  std::uint32_t size_ = 0;
};

}  // namespace weir

#pragma once

// Overview. One record for each mapping and two entries in one index: by its internal endpoint,
// and by the external endpoint it wears. The mappings of a host are a list.
//
// Pairing (RFC 4787 REQ-2). The external address a host gets follows from a keyed hash of host and
// pool. If it is full when the host has no mapping, the next ones in the pool's order are asked;
// while a host has a mapping, its first one says which address it keeps.
//
// Life cycle. `acquire` finds or makes a mapping and counts a session on it; `hold` counts another
// one; `release` takes one off, and the last one frees the mapping and its port. Strangers are
// sessions that hold a mapping without keeping it open for others.
//
// Limits. `mappings_max` mappings. Of hosts, `hosts_max` are remembered; those beyond it have the
// address their hash says unless it is full.

#include "weir/base/contract.hpp"
#include "weir/net/flow_key.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/net/protocol.hpp"
#include "weir/pool/acquired_mapping.hpp"
#include "weir/pool/host_lists.hpp"
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
#include "weir/table/simd.hpp"
#include "weir/table/table_traits.hpp"

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace weir {

/// The hashes by which a mapping of an internal endpoint is found, and what its host has.
struct mapping_hashes {
  std::uint64_t endpoint = 0;
  std::uint64_t host = 0;  ///< of a pool that pairs
};

/// The mappings of one shard whose internal side is of family V.
template <IpVersion V, TableTraits<detail::packed_key<V>> Traits = table_traits>
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
        strangers_{limits.mappings_max},
        hosts_{limits, seed},
        endpoints_{2 * limits.mappings_max, limits.mappings_max},
        in_vain_(pools.pools().size()) {
    expects(limits.mappings_max <= mappings_limit, "the index counts two entries for each mapping");
  }

  const mapping<V>& at(mapping_id id) const noexcept { return records_[id.number()]; }

  /// The mapping of an internal endpoint, or `none`.
  mapping_id find(const internal_key<V>& key) const noexcept {
    return find(key, hash_(detail::packed(key)));
  }
  /// The mapping that wears an external endpoint, or `none`.
  mapping_id find(const external_key& key) const noexcept {
    const auto packed = packed_external(key);
    return mapping_id{endpoints_.find(hash_(packed), packed, [&](std::uint32_t id) noexcept {
      return external_of(records_[id]) == key;
    })};
  }

  mapping_hashes hashes(const pool& from, weir::protocol kind,
                        const endpoint<V>& internal) const noexcept {
    const internal_key<V> key{from.id, from.domain, kind, internal};
    return {hash_(detail::packed(key)), from.manners.paired ? hosts_.hash(key) : 0};
  }
  /// Asks for what `acquire` reads first.
  void prefetch(const mapping_hashes& at) const noexcept {
    endpoints_.prefetch(at.endpoint);
    hosts_.prefetch(at.host);
  }

  /// Finds the mapping of an internal endpoint under a pool, or makes one; counts a session.
  template <Random R>
  acquired_mapping acquire(const pool& from, weir::protocol kind, const endpoint<V>& internal,
                           R& random) noexcept {
    return acquire(from, kind, internal, hashes(from, kind, internal), random, ignored);
  }
  /// The same where the `hashes` are known. `on_choice` hears what a new mapping will wear before
  /// it is entered, to ask for memory meanwhile.
  template <Random R, class OnChoice>
  acquired_mapping acquire(const pool& from, weir::protocol kind, const endpoint<V>& internal,
                           const mapping_hashes& at, R& random, OnChoice&& on_choice) noexcept {
    request asked{{from.id, from.domain, kind, internal}};
    asked.hash = at.endpoint;
    asked.host_hash = at.host;
    if (const mapping_id found = find(asked.key, asked.hash); !found.is_none()) {
      hold(found);
      return {mapping_outcome::found, found};
    }
    const auto space = space_of(kind);
    if (!space) return {mapping_outcome::portless, {}};
    if (size_ == records_.size()) return {mapping_outcome::table_full, {}};
    asked.space = *space;
    const choice chosen = choose(from, asked, random);
    if (chosen.outcome != mapping_outcome::made) return {chosen.outcome, {}};
    return enter(asked, chosen, on_choice);
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
    request asked{{pool_id::none(), own.domain, own.protocol, own.endpoint}, *space};
    asked.hash = hash_(detail::packed(asked.key));
    return enter(asked, {mapping_outcome::made, *external, own.endpoint.port}, ignored);
  }

  /// One more session uses the mapping.
  void hold(mapping_id id) noexcept { ++records_[id.number()].sessions; }

  /// One session less uses the mapping; the last one frees it and its port.
  void release(mapping_id id) noexcept {
    mapping<V>& record = records_[id.number()];
    expects(record.sessions != 0, "a released mapping is held");
    if (--record.sessions == 0) end(id);
  }

  /// The same for a stranger: a session that came from outside, which nobody answered yet.
  void hold_as_stranger(mapping_id id) noexcept {
    hold(id);
    ++strangers_[id.number()];
  }
  /// A stranger is one no more: it was answered, or is about to release the mapping.
  void forget_stranger(mapping_id id) noexcept {
    expects(strangers_[id.number()] != 0, "who was a stranger was counted");
    --strangers_[id.number()];
  }
  std::uint32_t strangers(mapping_id id) const noexcept { return strangers_[id.number()]; }
  /// Whether any session but strangers holds the mapping. What comes from outside does not lengthen
  /// its life otherwise (RFC 4787 REQ-6).
  bool is_kept(mapping_id id) const noexcept { return at(id).sessions > strangers(id); }

  /// Calls `function(id, mapping)` for every mapping.
  template <class Function>
  void for_each(Function&& function) const {
    for (std::uint32_t id = 0; id < fresh_; ++id) {
      if (records_[id].sessions != 0) function(mapping_id{id}, records_[id]);
    }
  }

  /// The external address that an internal host has, or asks first, for packets without a mapping.
  external_id address_of(const pool& from, const typename V::address& host) const noexcept {
    const auto externals = pools_->externals_of(from);
    if constexpr (std::same_as<V, ipv4>) {
      if (from.plan) return externals[pools_->block_of(from, host).external];
    }
    const internal_key<V> key{from.id, from.domain, {}, {host, {}}};
    const std::uint64_t hash = hosts_.hash(key);
    const mapping_id first = hosts_.find(records_, key, hash);
    return first.is_none() ? externals[place_of(hash, externals.size())]
                           : records_[first.number()].external;
  }

  /// The mapping whose address the host of a mapping keeps; `none` if it is not remembered.
  mapping_id first_of_host(const internal_key<V>& key) const noexcept {
    return hosts_.find(records_, key, hosts_.hash(key));
  }

  std::uint32_t size() const noexcept { return size_; }
  std::uint32_t entries() const noexcept { return endpoints_.size(); }
  std::uint32_t hosts() const noexcept { return hosts_.size(); }
  const port_owner& owner() const noexcept { return *owner_; }
  const pool_set& pools() const noexcept { return *pools_; }
  std::size_t bytes() const noexcept {
    return records_.bytes() + strangers_.bytes() + endpoints_.bytes() + hosts_.bytes();
  }

 private:
  using index_type = typename Traits::template index<detail::packed_key<V>>;

  static constexpr auto ignored = [](const endpoint<ipv4>&) noexcept {};

  static constexpr std::uint32_t mappings_limit = bucket_index::payload_limit / 2;

  /// An external endpoint as long as the internal ones, whose index it shares.
  static constexpr detail::packed_key<V> packed_external(const external_key& key) noexcept {
    const auto words = detail::packed(key);
    detail::packed_key<V> padded{};
    std::copy(words.begin(), words.end(), padded.begin());
    return padded;
  }

  external_key external_of(const mapping<V>& record) const noexcept {
    return {pools_->at(record.external).domain, record.protocol, record.outside()};
  }

  /// An internal endpoint that asks for a mapping, and what is known of it.
  struct request {
    internal_key<V> key{};
    port_space space{};
    std::uint64_t hash = 0;
    bool paired = false;
    std::uint64_t host_hash = 0;            ///< of one that is paired
    mapping_id first = mapping_id::none();  ///< of its host, if that is remembered

    constexpr port_wish wish() const noexcept { return {key.protocol, space, key.endpoint.port}; }
  };
  /// What a mapping is to wear, or why there is nothing.
  struct choice {
    mapping_outcome outcome = mapping_outcome::made;
    external_id external{};
    port external_port{};
  };

  mapping_id find(const internal_key<V>& key, std::uint64_t hash) const noexcept {
    return mapping_id{endpoints_.find(hash, detail::packed(key), [&](std::uint32_t id) noexcept {
      return records_[id].key() == key;
    })};
  }

  /// Which of a pool's addresses a host asks first.
  static std::uint32_t place_of(std::uint64_t host_hash, std::size_t externals) noexcept {
    return static_cast<std::uint32_t>((host_hash >> 32) * externals >> 32);
  }

  template <Random R>
  choice choose(const pool& from, request& asked, R& random) noexcept {
    if constexpr (std::same_as<V, ipv4>) {
      if (from.plan) {
        return choose_in_block(from, asked);
      }
    }
    const auto externals = pools_->externals_of(from);
    asked.paired = from.manners.paired;
    std::uint32_t start = 0;
    if (!asked.paired) {
      start = below(static_cast<std::uint32_t>(externals.size()), random);
    } else {
      asked.first = hosts_.find(records_, asked.key, asked.host_hash);
      if (!asked.first.is_none()) {
        const external_id kept = records_[asked.first.number()].external;
        if (const auto found = choose_port(*owner_, kept, from, asked.wish(), share_, random)) {
          return {mapping_outcome::made, kept, *found};
        }
        if (!from.manners.paired_full_takes_other) return {mapping_outcome::host_full, {}, {}};
      }
      start = place_of(asked.host_hash, externals.size());
    }
    return search(from, externals, start, asked.wish(), random);
  }

  choice choose_in_block(const pool& from, const request& asked) const noexcept {
    const host_block block = pools_->block_of(from, asked.key.endpoint.address);
    const external_id external = pools_->externals_of(from)[block.external];
    const auto found = choose_port(*owner_, external, block, asked.wish());
    if (!found) return {mapping_outcome::host_full, {}, {}};
    return {mapping_outcome::made, external, *found};
  }

  /// A port of any of the pool's addresses, from the `start`-th on. Where there was none, and no
  /// port of the space came back since, there is none.
  template <Random R>
  choice search(const pool& from, std::span<const external_id> externals, std::uint32_t start,
                const port_wish& wish, R& random) noexcept {
    const bool any_port_will_do = wish.protocol != protocol::sctp;
    auto& in_vain = in_vain_[from.id.number()][number(wish.space)];
    const std::uint64_t now = owner_->releases(wish.space) + 1;
    if (any_port_will_do && in_vain == now) return {mapping_outcome::exhausted, {}, {}};
    std::size_t place = start;
    do {
      if (const auto found = choose_port(*owner_, externals[place], from, wish, share_, random)) {
        return {mapping_outcome::made, externals[place], *found};
      }
      place = place + 1 == externals.size() ? 0 : place + 1;
    } while (place != start);
    if (any_port_will_do) in_vain = now;
    return {mapping_outcome::exhausted, {}, {}};
  }

  /// Makes a mapping with one session, or changes nothing. The port is free.
  template <class OnChoice>
  acquired_mapping enter(const request& asked, const choice& chosen,
                         OnChoice&& on_choice) noexcept {
    const external_address& external = pools_->at(chosen.external);
    const endpoint<ipv4> worn{external.address, chosen.external_port};
    const auto by_external = packed_external({external.domain, asked.key.protocol, worn});
    const std::uint64_t external_hash = hash_(by_external);
    endpoints_.prefetch(external_hash);
    on_choice(worn);
    const mapping_id id = next_record();
    if (!endpoints_.try_insert(asked.hash, detail::packed(asked.key), id.number())) {
      return {mapping_outcome::table_full, {}};
    }
    begin(id, asked, chosen);
    // This entry comes last: its line was asked for last.
    if (!endpoints_.try_insert(external_hash, by_external, id.number())) {
      end(id);
      return {mapping_outcome::table_full, {}};
    }
    return {mapping_outcome::made, id};
  }

  mapping_id next_record() const noexcept { return free_.is_none() ? mapping_id{fresh_} : free_; }

  /// Takes the next record, the port and a place in the list of the host, and fills the record.
  void begin(mapping_id id, const request& asked, const choice& chosen) noexcept {
    const internal_key<V>& key = asked.key;
    mapping<V>& record = records_[id.number()];
    if (free_.is_none()) {
      ++fresh_;
    } else {
      free_ = record.next;
    }
    ++size_;
    prefetch_write(records_.data() + next_record().number());
    owner_->try_take(chosen.external, asked.space, chosen.external_port);
    record = {};
    record.internal_address = key.endpoint.address;
    record.internal_port = key.endpoint.port;
    record.internal_domain = key.domain;
    record.external_address = pools_->at(chosen.external).address;
    record.external_port = chosen.external_port;
    record.external = chosen.external;
    record.pool = key.pool;
    record.protocol = key.protocol;
    record.sessions = 1;
    if (asked.paired) hosts_.join(records_, id, asked.first, asked.host_hash);
  }

  /// Undoes `begin`, and takes away whatever entries there are.
  void end(mapping_id id) noexcept {
    mapping<V>& record = records_[id.number()];
    hosts_.leave(records_, id);
    const auto internal = detail::packed(record.key());
    const auto external = packed_external(external_of(record));
    endpoints_.erase(hash_(internal), internal, id.number());
    endpoints_.erase(hash_(external), external, id.number());
    owner_->release(record.external, *space_of(record.protocol), record.external_port);
    record.sessions = 0;
    record.next = free_;
    free_ = id;
    --size_;
  }

  const pool_set* pools_;
  port_owner* owner_;
  shard_share share_;
  typename Traits::hash hash_;
  huge_array<mapping<V>> records_;
  huge_array<std::uint32_t> strangers_;  ///< by mapping; read only where filters are open
  host_lists<V, Traits> hosts_;
  index_type endpoints_;
  /// By pool and space: one more than the releases there were when nothing was found.
  std::vector<std::array<std::uint64_t, port_space_count>> in_vain_;
  mapping_id free_{};
  std::uint32_t fresh_ = 0;
  std::uint32_t size_ = 0;
};

}  // namespace weir

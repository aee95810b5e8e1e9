#pragma once

// Overview. One record for each mapping and two entries in one index: by its internal endpoint,
// and by the external endpoint it wears. The mappings of a host are a list.
//
// Pairing (RFC 4787 REQ-2). While a host has a mapping, its first one says which external address
// it keeps.
//
// Life cycle. `acquire` finds or makes a mapping and counts a session on it; `hold` counts another
// one; `release` takes one off, and the last one frees the mapping and its port. Strangers are
// sessions that hold a mapping without keeping it open for others.
//
// Limits. `mappings_max` mappings. Of hosts, `hosts_max` are remembered; those beyond it have the
// address their hash says unless it is full.

#include "weir/base/contract.hpp"
#include "weir/base/word_optional.hpp"
#include "weir/net/flow_key.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/net/protocol.hpp"
#include "weir/pool/acquired_mapping.hpp"
#include "weir/pool/external_choice.hpp"
#include "weir/pool/host_lists.hpp"
#include "weir/pool/mapping.hpp"
#include "weir/pool/mapping_forecast.hpp"
#include "weir/pool/pool.hpp"
#include "weir/pool/pool_set.hpp"
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
#include <concepts>
#include <cstddef>
#include <cstdint>

namespace weir {

/// The mappings of one shard whose internal side is of family V.
template <IpVersion V, TableTraits<detail::packed_key<V>> Traits = table_traits>
class mapping_table {
 public:
  /// `pools` and `owner` outlive the table; the owner was made for the same pools.
  mapping_table(const pool_set& pools, port_owner& owner, mapping_limits limits,
                const hash_seed& seed, shard_share share = {})
      : pools_{&pools},
        owner_{&owner},
        chooser_{pools, owner, share},
        hash_{seed},
        records_{limits.mappings_max},
        strangers_{limits.mappings_max},
        hosts_{limits, seed},
        endpoints_{2 * limits.mappings_max, limits.mappings_max} {
    expects(limits.mappings_max <= bucket_index::payload_limit / 2,
            "the index counts two entries for each mapping");
  }

  const mapping<V>& at(mapping_id id) const noexcept { return records_[id.number()]; }
  /// The external endpoint that a mapping wears.
  endpoint<ipv4> outside(mapping_id id) const noexcept { return external_of(at(id)).endpoint; }

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

  /// First step of a forecast: what one begins with that holds nothing yet.
  void begin(mapping_forecast<V>& of, const pool& from, weir::protocol kind,
             const endpoint<V>& internal) const noexcept {
    of.from = &from;
    of.key = {from.id, from.domain, kind, internal};
    of.hash = hash_(detail::packed(of.key));
    of.host_hash = from.manners.paired ? hosts_.hash(of.key) : 0;
    of.candidate = mapping_id::none();
    of.drawn = {};
    of.worn_hash = 0;
    endpoints_.prefetch(of.hash);
    hosts_.prefetch(of.host_hash);
  }
  /// Second step.
  void find_candidate(mapping_forecast<V>& of) const noexcept {
    of.candidate = mapping_id{endpoints_.first_candidate(of.hash, detail::packed(of.key))};
    if (!of.candidate.is_none()) {
      prefetch_write(records_.data() + of.candidate.number());
    } else if (const auto space = space_of(of.key.protocol)) {
      chooser_.prefetch(*of.from, wish_of(of, *space, {}));
    }
  }
  /// Third step. `random` is a copy of the one that mappings of these endpoints will be acquired
  /// with, in the same order.
  template <Random R>
  void draw(mapping_forecast<V>& of, R& random) const noexcept {
    if (!of.candidate.is_none() && at(of.candidate).key() == of.key) return;
    of.candidate = mapping_id::none();
    if (const auto space = space_of(of.key.protocol)) {
      of.drawn = chooser_.draw(*of.from, wish_of(of, *space, {}), random);
    }
  }
  /// Fourth step; false where nothing can be told.
  bool conclude(mapping_forecast<V>& of) const noexcept {
    if (!of.candidate.is_none()) {
      of.worn = outside(of.candidate);
      return true;
    }
    if (!of.drawn) return false;
    const auto wish = wish_of(of, *space_of(of.key.protocol), {});
    const auto worn = key_of(of.key.protocol, chooser_.foretell(*of.from, wish, *of.drawn));
    of.worn = worn.endpoint;
    of.worn_hash = hash_(packed_external(worn));
    endpoints_.prefetch(of.worn_hash);
    return true;
  }

  /// Finds the mapping of an internal endpoint under a pool, or makes one; counts a session.
  template <Random R>
  acquired_mapping acquire(const pool& from, weir::protocol kind, const endpoint<V>& internal,
                           R& random) noexcept {
    mapping_forecast<V> asked;
    begin(asked, from, kind, internal);
    return acquire(asked, random, [](const endpoint<ipv4>&) noexcept {});
  }
  /// The same where it was foreseen, to any step. `on_choice` hears what a new mapping will wear
  /// before it is entered, to ask for memory meanwhile.
  template <Random R, class OnChoice>
  acquired_mapping acquire(const mapping_forecast<V>& asked, R& random,
                           OnChoice&& on_choice) noexcept {
    if (const mapping_id found = find(asked.key, asked.hash); !found.is_none()) {
      hold(found);
      return {mapping_outcome::found, found};
    }
    const auto space = space_of(asked.key.protocol);
    if (!space) return {mapping_outcome::portless, {}};
    if (is_full()) return {mapping_outcome::table_full, {}};
    const place_among_hosts among = place_among(asked);
    const auto chosen = chooser_.choose(*asked.from, wish_of(asked, *space, among.first), random);
    if (chosen.outcome != mapping_outcome::made) return {chosen.outcome, {}};
    return enter(asked, among, *space, chosen.worn, on_choice);
  }

  /// Whether what `acquire` answers is the same, whichever mappings end but those that `lives(id)`,
  /// asked of each that matters; false with the first that does not, and where many may matter.
  template <Random R, class Lives>
  bool rests_on(const mapping_forecast<V>& asked, R random, Lives&& lives) const noexcept {
    const mapping_id found = find(asked.key, asked.hash);
    if (!found.is_none()) return lives(found);
    const place_among_hosts among = place_among(asked);
    const bool may_move =
        !among.first.is_none() &&
        !chooser_.comes_back_to(*asked.from, asked.host_hash, at(among.first).external);
    if (may_move && !lives(among.first)) return false;
    const auto space = space_of(asked.key.protocol);
    if (!space) return true;
    if (is_full() || (among.paired && among.first.is_none() && hosts_.is_full())) return false;
    const auto stays = [&](const numbered_endpoint& taken) noexcept {
      const mapping_id there = find(key_of(asked.key.protocol, taken));
      return there.is_none() ? pools_->is_claimed(taken.external, *space, taken.port)
                             : lives(there);
    };
    return chooser_.rests_on(*asked.from, wish_of(asked, *space, among.first), random, stays);
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
    if (is_full()) return {mapping_outcome::table_full, {}};
    mapping_forecast<V> asked{nullptr, {pool_id::none(), own.domain, own.protocol, own.endpoint}};
    asked.hash = hash_(detail::packed(asked.key));
    return enter(asked, {}, *space, {*external, own.endpoint.port},
                 [](const endpoint<ipv4>&) noexcept {});
  }

  /// One more session uses the mapping.
  void hold(mapping_id id) noexcept { ++records_[id.number()].sessions; }
  /// Says of which session it is known that it holds a mapping, and for how long.
  void set_wearer(mapping_id id, std::uint32_t session) noexcept {
    records_[id.number()].wearer = session;
  }

  /// Asks for what `prefetch_release` reads.
  void prefetch(mapping_id id) const noexcept { prefetch_write(records_.data() + id.number()); }
  /// Asks for what `release` touches beside the record, where it is the last.
  void prefetch_release(mapping_id id) const noexcept {
    const mapping<V>& record = records_[id.number()];
    if (record.sessions != 1) return;
    endpoints_.prefetch(hash_(detail::packed(record.key())));
    endpoints_.prefetch(hash_(packed_external(external_of(record))));
    hosts_.prefetch_leave(records_, id);
    owner_->prefetch(record.external, *space_of(record.protocol), record.external_port);
  }
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

  /// The external address that an internal host has, or would get, for packets of a protocol
  /// without mappings; nothing where no address of the pool is left for it.
  word_optional<external_id> address_of(const pool& from, weir::protocol kind,
                                        const typename V::address& host) const noexcept {
    const internal_key<V> key{from.id, from.domain, kind, {host, {}}};
    external_wish<V> wish{.host = host, .port = {.protocol = kind}};
    if (!from.plan) {
      wish.host_hash = hosts_.hash(key);
      wish.kept = kept_by(hosts_.find(records_, key, wish.host_hash));
    }
    return chooser_.address_of(from, wish);
  }

  /// The mapping whose address the host of a mapping keeps; `none` if it is not remembered.
  mapping_id first_of_host(const internal_key<V>& key) const noexcept {
    return hosts_.find(records_, key, hosts_.hash(key));
  }

  std::uint32_t size() const noexcept { return size_; }
  bool is_full() const noexcept { return size_ == records_.size(); }
  std::uint32_t entries() const noexcept { return endpoints_.size(); }
  std::uint32_t hosts() const noexcept { return hosts_.size(); }
  const port_owner& owner() const noexcept { return *owner_; }
  const pool_set& pools() const noexcept { return *pools_; }
  /// Has the platform give all memory now.
  void populate() noexcept {
    records_.populate();
    strangers_.populate();
    endpoints_.populate();
    hosts_.populate();
  }
  std::size_t bytes() const noexcept {
    return records_.bytes() + strangers_.bytes() + endpoints_.bytes() + hosts_.bytes();
  }

 private:
  /// An external endpoint as long as the internal ones, whose index it shares.
  static constexpr detail::packed_key<V> packed_external(const external_key& key) noexcept {
    const auto words = detail::packed(key);
    detail::packed_key<V> padded{};
    std::copy(words.begin(), words.end(), padded.begin());
    return padded;
  }

  external_key key_of(weir::protocol kind, const numbered_endpoint& worn) const noexcept {
    const external_address& external = pools_->at(worn.external);
    return {external.domain, kind, {external.address, worn.port}};
  }
  external_key external_of(const mapping<V>& record) const noexcept {
    return key_of(record.protocol, {record.external, record.external_port});
  }

  /// Whether a mapping stands in the list of its host, and before or behind whom.
  struct place_among_hosts {
    bool paired = false;
    mapping_id first = mapping_id::none();
  };

  place_among_hosts place_among(const mapping_forecast<V>& asked) const noexcept {
    const bool paired = asked.from->manners.paired && !asked.from->plan;
    return {paired,
            paired ? hosts_.find(records_, asked.key, asked.host_hash) : mapping_id::none()};
  }

  /// The external address that a host keeps whose first mapping this is, if it is one.
  word_optional<external_id> kept_by(mapping_id id) const noexcept {
    return id.is_none() ? word_optional<external_id>{}
                        : word_optional{records_[id.number()].external};
  }
  external_wish<V> wish_of(const mapping_forecast<V>& asked, port_space space,
                           mapping_id first) const noexcept {
    return {asked.key.endpoint.address,
            {asked.key.protocol, space, asked.key.endpoint.port},
            asked.host_hash,
            kept_by(first)};
  }

  mapping_id find(const internal_key<V>& key, std::uint64_t hash) const noexcept {
    return mapping_id{endpoints_.find(hash, detail::packed(key), [&](std::uint32_t id) noexcept {
      return records_[id].key() == key;
    })};
  }

  /// Makes a mapping with one session, or changes nothing. The port is free.
  template <class OnChoice>
  acquired_mapping enter(const mapping_forecast<V>& asked, const place_among_hosts& among,
                         port_space space, const numbered_endpoint& chosen,
                         OnChoice&& on_choice) noexcept {
    const external_key worn = key_of(asked.key.protocol, chosen);
    const auto by_external = packed_external(worn);
    const bool is_foreseen = asked.worn_hash != 0 && asked.worn == worn.endpoint;
    const std::uint64_t external_hash = is_foreseen ? asked.worn_hash : hash_(by_external);
    if (!is_foreseen) endpoints_.prefetch(external_hash);
    on_choice(worn.endpoint);
    const mapping_id id = next_record();
    if (!endpoints_.try_insert(asked.hash, detail::packed(asked.key), id.number())) {
      return {mapping_outcome::table_full, {}};
    }
    begin(id, asked.key, space, chosen);
    if (among.paired) hosts_.join(records_, id, among.first, asked.host_hash);
    // This entry comes last: its line was asked for last.
    if (!endpoints_.try_insert(external_hash, by_external, id.number())) {
      end(id);
      return {mapping_outcome::table_full, {}};
    }
    return {mapping_outcome::made, id};
  }

  mapping_id next_record() const noexcept { return free_.is_none() ? mapping_id{fresh_} : free_; }

  /// Takes the next record and the port, and fills the record.
  void begin(mapping_id id, const internal_key<V>& key, port_space space,
             const numbered_endpoint& chosen) noexcept {
    mapping<V>& record = records_[id.number()];
    if (free_.is_none()) {
      ++fresh_;
    } else {
      free_ = record.next;
    }
    ++size_;
    prefetch_write(records_.data() + next_record().number());
    const bool is_taken = owner_->try_take(chosen.external, space, chosen.port);
    expects(is_taken, "a mapping takes a free port");
    record.begin(key, chosen.external, chosen.port);
  }

  /// Undoes `begin`, and takes away whatever entries there are.
  [[gnu::__noinline__]] void end(mapping_id id) noexcept {
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
  external_chooser chooser_;
  typename Traits::hash hash_;
  huge_array<mapping<V>> records_;
  huge_array<std::uint32_t> strangers_;  ///< by mapping; read only where filters are open
  host_lists<V, Traits> hosts_;
  typename Traits::template index<detail::packed_key<V>> endpoints_;
  mapping_id free_{};
  std::uint32_t fresh_ = 0;
  std::uint32_t size_ = 0;
};

}  // namespace weir

#pragma once

// All state of one part of the traffic: its sessions, mappings, ports, limits and counters. A shard
// is used by one thread at a time and shares nothing that changes with another one.

#include "weir/base/contract.hpp"
#include "weir/engine/plain_gate.hpp"
#include "weir/engine/rate_limit.hpp"
#include "weir/engine/session_account.hpp"
#include "weir/engine/snapshot.hpp"
#include "weir/nat/ipv4_id.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/net/session_end.hpp"
#include "weir/observe/counters.hpp"
#include "weir/observe/observer.hpp"
#include "weir/policy/policy.hpp"
#include "weir/pool/mapping_table.hpp"
#include "weir/pool/port_owner.hpp"
#include "weir/pool/random.hpp"
#include "weir/session/review_queue.hpp"
#include "weir/session/session_table.hpp"
#include "weir/time/tick.hpp"
#include "weir/wire/header_walk.hpp"

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace weir {

/// What an engine is compiled for, beside what sessions are.
///  - `burst_max` is how many packets wait for memory together, 1 to 64: they are bits of a word;
///  - `has_plain_path` lets the common packet take its short cut; without it every packet is asked
///    every question, with the same answers.
template <class T>
concept EngineTraits = SessionTraits<T> && Observer<typename T::observer> && requires {
  { T::burst_max } -> std::same_as<const std::size_t&>;
  requires 1 <= T::burst_max&& T::burst_max <= 64;
  { T::has_plain_path } -> std::convertible_to<bool>;
};

struct default_traits : session_traits {
  using observer = null_observer;
  static constexpr std::size_t burst_max = 32;
  static constexpr bool has_plain_path = true;
};
static_assert(EngineTraits<default_traits>);

/// Sessions that one call looks at, at most, to end those whose time is up.
inline constexpr std::uint32_t reclaim_unbounded = review_queue::everything;

struct worker_options {
  /// The secret of hashes and port choices: random where strangers send packets, the same where
  /// runs must repeat.
  hash_seed seed{};
  /// Records of each family that are reviewed, or moved nearer to their review, before each group
  /// of packets, at most. Where that is several for each of them, newcomers do not outrun it.
  std::uint32_t reclaim_budget = 256;
  /// Whether the platform gives all memory of the tables when the worker is made, and not when a
  /// packet first needs it, which then waits for it: for live traffic.
  bool populate = false;
};

namespace detail {

inline session_table_options table_options(const snapshot& config, const worker_options& options,
                                           session_room* room) {
  const auto& raw = config.raw().sessions;
  return {.sessions_max = raw.max,
          .when_full = raw.full,
          .per_source_max = raw.per_source,
          .embryonic_per_source_max = raw.embryonic_per_source,
          .seed = options.seed,
          .timeouts = config.timeouts(),
          .room = room};
}

/// Mappings are made where there are pools, and never more than sessions.
inline mapping_limits limits_of(const snapshot& config) {
  const bool maps = !config.pools().pools().empty();
  return mapping_limits::of(maps ? config.raw().sessions.max : 1);
}

/// The snapshot of a shard, whose ports no other one gives meanwhile.
class claimed_snapshot {
 public:
  explicit claimed_snapshot(std::shared_ptr<const snapshot> given) noexcept
      : given_{std::move(given)} {
    expects(given_ != nullptr, "a worker is made for a snapshot");
    expects(given_->pools().pools().empty() || !given_->has_ports_given_.test_and_set(),
            "one worker at a time gives the ports of a snapshot");
  }
  ~claimed_snapshot() { given_->has_ports_given_.clear(); }
  claimed_snapshot(const claimed_snapshot&) = delete;
  claimed_snapshot& operator=(const claimed_snapshot&) = delete;

  const snapshot* operator->() const noexcept { return given_.get(); }
  const snapshot& operator*() const noexcept { return *given_; }

 private:
  std::shared_ptr<const snapshot> given_;
};

/// What the packet path asks of an interface for every packet.
struct alignas(16) ingress_facts {
  domain_id domain{};
  zone_id zone{};
  bool is_strict = false;  ///< `source_validation::strict`
  bool is_barred = false;  ///< in no zone: what is not between neighbours goes nowhere
  plain_gate plain{};      ///< who may take the short cut

  /// Whether even a packet of a session is asked where it came in.
  bool is_guarded() const noexcept { return is_strict || is_barred; }
};

static_assert(mapping_id{cold_record::no_mapping}.is_none());

template <EngineTraits Traits>
struct shard {
  shard(std::shared_ptr<const snapshot> given, const worker_options& options)
      : config{std::move(given)},
        hops{config->hops().data()},
        room{config->raw().sessions.max, 0},
        sessions4{table_options(*config, options, &room)},
        sessions6{table_options(*config, options, &room)},
        owner{config->pools()},
        mappings{config->pools(), owner, limits_of(*config), options.seed},
        random{options.seed},
        identifications{options.seed},
        answers{config->raw().icmp_errors_per_second},
        walking{config->walking()},
        reclaim_budget{options.reclaim_budget},
        judges_transport{config->raw().checks.transport_checksum},
        clamps_mss{std::ranges::any_of(config->policies().policies(), [](const policy& one) {
          return one.settings().tcp_mss.kind != mss_clamp::form::off;
        })} {
    if (options.populate) {
      sessions4.populate();
      sessions6.populate();
      owner.populate();
      mappings.populate();
      identifications.populate();
    }
    for (const auto& one : config->interfaces()) {
      const bool is_strict = one.validation == source_validation::strict;
      const bool is_foreseen = !is_strict || config->domains() == 1;
      const bool is_barred = one.zone.is_none() && !config->raw().compatibility.pass_unzoned;
      const bool takes_plain =
          Traits::has_plain_path && !ingress.empty() && is_foreseen && !is_barred;
      const auto gate = takes_plain ? plain_gate::to_station(judges_transport) : plain_gate{};
      ingress.push_back({.domain = one.domain,
                         .zone = one.zone,
                         .is_strict = is_strict,
                         .is_barred = is_barred,
                         .plain = gate});
      guards_plain = guards_plain || (takes_plain && is_strict);
    }
  }

  shard(const shard&) = delete;
  shard& operator=(const shard&) = delete;

  template <IpVersion V>
  auto& sessions() noexcept {
    if constexpr (V::number == 4) {
      return sessions4;
    } else {
      return sessions6;
    }
  }
  template <IpVersion V>
  const auto& sessions() const noexcept {
    if constexpr (V::number == 4) {
      return sessions4;
    } else {
      return sessions6;
    }
  }

  /// Lets go of what a session held, and tells. Called while its record is whole.
  template <IpVersion V>
  void release(std::uint32_t id, session_end why) noexcept {
    if constexpr (V::number == 4) {
      const auto [worn, reached] = mappings_of(id);
      if (!worn.is_none()) mappings.release(worn);
      if (!reached.is_none()) {
        if (sessions4.hot(id).is_stranger()) mappings.forget_stranger(reached);
        mappings.release(reached);
      }
    }
    const auto& table = sessions<V>();
    observer.ended(facts_of_session(id, table.hot(id), table.cold(id)), why);
  }

  /// The mapping that wears the external endpoint a session was opened towards, or none: found by
  /// that endpoint, for as long as the session holds it nobody else wears it.
  mapping_id reached_by(const hot_record<ipv4>& record) const noexcept {
    if (!record.has(session_flag::translated)) {
      return mapping_id::none();
    }
    const auto received = unpack(record.key[0]);
    const auto answering = unpack(record.key[1]);
    // In two domains, one endpoint is two.
    const bool is_as_sent =
        received.destination == answering.source && received.domain == answering.domain;
    if (is_as_sent || !has_ports(received.protocol)) {
      return mapping_id::none();
    }
    const auto found =
        mappings.find(external_key{received.domain, received.protocol, received.destination});
    return found.is_none() || mappings.at(found).pool.is_none() ? mapping_id::none() : found;
  }

  /// The mappings that a session holds, or none: the one it wears, and the one it was opened
  /// towards.
  std::pair<mapping_id, mapping_id> mappings_of(std::uint32_t id) const noexcept {
    return {mapping_id{sessions4.cold(id).mapping}, reached_by(sessions4.hot(id))};
  }

  /// What session tables call for the sessions they end by themselves.
  template <IpVersion V>
  struct session_ender {
    shard* state;

    void operator()(std::uint32_t id, session_end why) const noexcept {
      (why == session_end::expired ? state->lives.expired : state->lives.evicted).add();
      state->template release<V>(id, why);
    }
    /// A mapping that ends with its session lies on half a dozen lines: what a batch of them needs
    /// is waited for together.
    void prefetch(std::span<const std::uint32_t> ending) const noexcept
      requires(V::number == 4)
    {
      const auto& all = state->mappings;
      if (all.size() == 0) return;
      const auto each_held = [&](auto&& ask) noexcept {
        for (const std::uint32_t id : ending) {
          const mapping_id held{state->sessions4.cold(id).mapping};
          if (!held.is_none()) ask(held);
        }
      };
      each_held([&](mapping_id held) noexcept { all.prefetch(held); });
      each_held([&](mapping_id held) noexcept { all.prefetch_release(held); });
    }
  };
  template <IpVersion V>
  session_ender<V> on_end() noexcept {
    return {this};
  }

  /// Ends a session for a reason of the engine's.
  template <IpVersion V>
  [[gnu::__noinline__]] void end(std::uint32_t id) noexcept {
    lives.ended.add();
    release<V>(id, session_end::ended);
    sessions<V>().end(id);
  }

  /// Ends what is dead, reviewing at most `budget` records of each family.
  [[gnu::__noinline__]] std::uint32_t reclaim(tick now, std::uint32_t budget) noexcept {
    return sessions4.reclaim(now, budget, on_end<ipv4>()) +
           sessions6.reclaim(now, budget, on_end<ipv6>());
  }

  /// Ends what is dead within the worker's budget.
  void keep_up(tick now) noexcept {
    if (!sessions4.is_settled(now) || !sessions6.is_settled(now)) reclaim(now, reclaim_budget);
  }

  claimed_snapshot config;
  const hop_facts* hops;  ///< of the snapshot, by number
  session_room room;
  session_table<ipv4, Traits> sessions4;
  session_table<ipv6, Traits> sessions6;
  port_owner owner;
  mapping_table<ipv4, Traits> mappings;
  seeded_random random;
  ipv4_identifications identifications;
  rate_limit answers;
  walk_options walking;
  std::uint32_t reclaim_budget;
  bool judges_transport = false;       ///< transport checksums are judged of every packet
  bool clamps_mss = false;             ///< for sessions of some policy
  bool guards_plain = false;           ///< the short cut is open to a strict interface
  std::vector<ingress_facts> ingress;  ///< by interface number
  packet_counters packets;
  session_counters lives;
  [[no_unique_address]] typename Traits::observer observer{};
};

}  // namespace detail

}  // namespace weir

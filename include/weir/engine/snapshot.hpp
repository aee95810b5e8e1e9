#pragma once

#include "weir/base/contract.hpp"
#include "weir/base/interface_id.hpp"
#include "weir/base/verdict.hpp"
#include "weir/base/word_optional.hpp"
#include "weir/engine/configuration.hpp"
#include "weir/engine/exempt_flows.hpp"
#include "weir/engine/interface_facts.hpp"
#include "weir/nat/static_nat.hpp"
#include "weir/net/domain.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/policy/zone_policy.hpp"
#include "weir/pool/pool_set.hpp"
#include "weir/route/next_hop.hpp"
#include "weir/route/route_table.hpp"
#include "weir/session/timeouts.hpp"
#include "weir/wire/packet_facts.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace weir {

/// What the packet path must know of a next hop, and of the interface it is reached by.
struct alignas(32) hop_facts {
  interface_id interface {};
  next_hop_kind kind = next_hop_kind::forward;
  bool leads_to_worn = false;             ///< to an address that translated flows alone wear
  std::uint32_t mtu = 0;                  ///< IP MTU of the interface, bytes
  verdict decision = verdict::deliver();  ///< for a packet that may leave through it
  zone_id zone = zone_id::none();         ///< of the interface, like the domain
  domain_id domain{};
  bool is_default = false;  ///< as `next_hop` has it
};
static_assert(sizeof(hop_facts) == 32);

/// The parts of a snapshot while it is being made; `checked()` fills them.
struct snapshot_parts {
  configuration raw;
  std::vector<interface_facts> interfaces;  ///< by number; 0 is `local`
  std::vector<std::string> zones;           ///< by number; 0 is `local`
  std::vector<std::string> domains;         ///< by number; 0 is `default`
  std::vector<neighbor_facts> neighbors;
  std::vector<next_hop> hops;  ///< by number; 0 is the box itself
  std::vector<route_table<ipv4>> routes4;
  std::vector<route_table<ipv6>> routes6;
  zone_policy policies;
  std::vector<session_timeouts> timeouts;  ///< 0 is the box's, then one per policy with its own
  pool_set pools;
  static_nat statics;
  exempt_flows exempt;
};

class snapshot;
namespace detail {
class claimed_snapshot;
}

/// A compiled configuration, or everything that is wrong with it.
using checked_result = std::variant<std::shared_ptr<const snapshot>, std::vector<fault>>;

/// A configuration that has been looked at and compiled. `checked()` is the only way to get one;
/// it never changes afterwards, and any number of threads may read it. It remembers whether a
/// worker gives the ports of its pools.
class snapshot {
 public:
  const configuration& raw() const noexcept { return parts_.raw; }

  /// What of a packet's headers is judged.
  walk_options walking() const noexcept {
    return {.verify_ip_checksum = parts_.raw.checks.ip_checksum,
            .pass_ip_options = parts_.raw.headers.pass_ip_options,
            .pass_routing_headers = parts_.raw.headers.pass_routing_headers,
            .pass_unknown_extensions = parts_.raw.headers.pass_unknown_extensions};
  }

  std::span<const interface_facts> interfaces() const noexcept { return parts_.interfaces; }
  bool has_interface(interface_id id) const noexcept {
    return id.number() < parts_.interfaces.size();
  }
  /// The facts of an interface that exists.
  const interface_facts& interface(interface_id id) const noexcept {
    expects(has_interface(id), "an interface is one of the snapshot's");
    return parts_.interfaces[id.number()];
  }
  std::optional<interface_id> find_interface(std::string_view name) const noexcept {
    return weir::find_interface(parts_.interfaces, name);
  }

  std::string_view zone_name(zone_id zone) const noexcept {
    expects(zone.is_none() || zone.number() < parts_.zones.size(),
            "a zone is one of the snapshot's");
    return zone.is_none() ? std::string_view{"none"} : parts_.zones[zone.number()];
  }
  std::string_view domain_name(domain_id domain) const noexcept {
    expects(domain.number() < parts_.domains.size(), "a domain is one of the snapshot's");
    return parts_.domains[domain.number()];
  }
  std::size_t domains() const noexcept { return parts_.domains.size(); }
  std::span<const neighbor_facts> neighbors() const noexcept { return parts_.neighbors; }

  const weir::next_hop& next_hop(next_hop_id id) const noexcept {
    expects(id.number() < parts_.hops.size(), "a next hop is one of the snapshot's");
    return parts_.hops[id.number()];
  }
  /// The same next hop as the packet path sees it. Not looked at: it must be of this snapshot.
  const hop_facts& hop(next_hop_id id) const noexcept { return hops_[id.number()]; }

  std::span<const hop_facts> hops() const noexcept { return hops_; }
  /// The domain that a flow of a domain leaves to by a next hop.
  domain_id domain_beyond(const hop_facts& hop, domain_id from) const noexcept {
    return hop.kind == next_hop_kind::local ? from : hop.domain;
  }

  /// The next hop towards an address, by the longest prefix; nothing if there is no route.
  word_optional<next_hop_id> route(domain_id domain, ipv4_address address) const noexcept {
    return domain.number() < parts_.routes4.size() ? parts_.routes4[domain.number()].find(address)
                                                   : word_optional<next_hop_id>{};
  }
  word_optional<next_hop_id> route(domain_id domain, const ipv6_address& address) const noexcept {
    return domain.number() < parts_.routes6.size() ? parts_.routes6[domain.number()].find(address)
                                                   : word_optional<next_hop_id>{};
  }
  /// Whether the address is the box's own in the domain.
  template <class Address>
  bool is_own(domain_id domain, const Address& address) const noexcept {
    const auto found = route(domain, address);
    return found && hop(*found).kind == next_hop_kind::local;
  }

  /// The first address of a domain's interfaces that is not link-local: who speaks for those that
  /// have none. Looked up and not looked for, because it is asked before the rate of answers is:
  /// a flood must not have every interface searched for each packet.
  template <IpVersion V>
  std::optional<typename V::address> speaker(domain_id domain) const noexcept {
    expects(domain.number() < parts_.domains.size(), "a domain is one of the snapshot's");
    if constexpr (V::number == 4) {
      return speakers4_[domain.number()];
    } else {
      return speakers6_[domain.number()];
    }
  }

  /// Whether an address is worn by translated flows and is not the box's own: what no session or
  /// mapping has taken from there goes nowhere, and is never routed back out.
  bool is_translation_address(domain_id domain, ipv4_address address) const noexcept {
    return find_sorted(translation_addresses_, {domain, address}).has_value();
  }
  /// IPv6 is not translated.
  bool is_translation_address(domain_id, const ipv6_address&) const noexcept { return false; }

  /// Whether an address that packets reach by `back`, if anywhere, is worn by translated flows and
  /// is nobody's beside, so that none comes in from there. Pools may cover what is a neighbour's: a
  /// gateway that a route names, and a station that is configured.
  bool is_worn_alone(domain_id domain, ipv4_address address,
                     word_optional<next_hop_id> back) const noexcept {
    return (!back || hop(*back).leads_to_worn) &&
           find_sorted(worn_alone_, {domain, address}).has_value();
  }
  /// Nor is this one.
  bool is_worn_alone(domain_id, const ipv6_address&, word_optional<next_hop_id>) const noexcept {
    return false;
  }

  const zone_policy& policies() const noexcept { return parts_.policies; }
  std::span<const session_timeouts> timeouts() const noexcept { return parts_.timeouts; }
  const pool_set& pools() const noexcept { return parts_.pools; }
  const static_nat& statics() const noexcept { return parts_.statics; }
  const exempt_flows& exempt() const noexcept { return parts_.exempt; }

 private:
  friend checked_result checked(const configuration& raw);
  friend class detail::claimed_snapshot;

  /// Made of parts that `checked()` has proven to fit.
  explicit snapshot(snapshot_parts parts) : parts_{std::move(parts)} {
    hops_.reserve(parts_.hops.size());
    for (const auto& hop : parts_.hops) {
      const next_hop_id id{static_cast<std::uint16_t>(hops_.size())};
      const auto decision = hop.kind == next_hop_kind::local ? verdict::deliver()
                                                             : verdict::forward(hop.interface, id);
      const auto& leaving = interface(hop.interface);
      hops_.push_back({hop.interface, hop.kind, false, leaving.mtu, decision, leaving.zone,
                       leaving.domain, hop.is_default});
    }
    list_speakers();
    list_translation_addresses();
    list_worn_alone();
  }

  void list_speakers() {
    speakers4_.resize(parts_.domains.size());
    speakers6_.resize(parts_.domains.size());
    for (const auto& one : parts_.interfaces) {
      auto& four = speakers4_[one.domain.number()];
      auto& six = speakers6_[one.domain.number()];
      if (!four) four = first_address<ipv4>(one, false);
      if (!six) six = first_address<ipv6>(one, false);
    }
  }

  void list_translation_addresses() {
    auto& all = translation_addresses_;
    const auto add = [&](const external_address& one) {
      if (!is_own(one.domain, one.address)) all.push_back(one);
    };
    for (const auto& one : parts_.pools.externals()) add(one);
    for (const auto& claim : parts_.statics.claims()) add(claim.external);
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
  }

  void list_worn_alone() {
    std::vector<external_address> others;
    const auto add = [&](interface_id on, const ip_address& address) {
      if (address.is_ipv4()) others.push_back({interface(on).domain, address.v4()});
    };
    for (const auto& one : parts_.hops) {
      if (one.gateway) add(one.interface, *one.gateway);
    }
    for (const auto& one : parts_.neighbors) add(one.interface, one.address);
    std::sort(others.begin(), others.end());
    const auto& worn = translation_addresses_;
    std::set_difference(worn.begin(), worn.end(), others.begin(), others.end(),
                        std::back_inserter(worn_alone_));
    for (const auto& one : worn_alone_) {
      if (const auto way = route(one.domain, one.address)) {
        hops_[(*way).number()].leads_to_worn = true;
      }
    }
  }

  snapshot_parts parts_;
  mutable std::atomic_flag has_ports_given_{};  ///< by a worker
  std::vector<hop_facts> hops_;
  std::vector<std::optional<ipv4_address>> speakers4_;   ///< by domain
  std::vector<std::optional<ipv6_address>> speakers6_;   ///< by domain
  std::vector<external_address> translation_addresses_;  ///< sorted; none is the box's own
  std::vector<external_address> worn_alone_;             ///< those of no neighbour
};

}  // namespace weir

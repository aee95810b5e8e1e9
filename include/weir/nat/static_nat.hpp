#pragma once

#include "weir/base/ordered_places.hpp"
#include "weir/nat/static_side.hpp"
#include "weir/net/domain.hpp"
#include "weir/net/flow_key.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/net/ipv4_address.hpp"
#include "weir/net/port.hpp"
#include "weir/net/protocol.hpp"
#include "weir/net/special_address.hpp"
#include "weir/pool/external_address.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace weir {

/// A mapping that is always there: 1:1 where no port is named, else a port forward.
struct static_mapping {
  ipv4_address external{};
  std::optional<port> external_port;
  ipv4_address internal{};
  std::optional<port> internal_port;       ///< absent or zero: the external port
  std::optional<weir::protocol> protocol;  ///< absent: every protocol; a port forward names one
  zone_id zone = zone_id::none();          ///< the zone its external side is in; none: any
  domain_id domain{};
  bool hairpin = true;  ///< internal hosts reach it by its external endpoint (RFC 4787 REQ-9)
};

/// One end of a flow that may have a static mapping.
struct static_query {
  domain_id domain{};
  weir::protocol protocol{};
  weir::endpoint<ipv4> endpoint{};
  zone_id external_zone{};  ///< the zone of the flow's other end
};

/// The other side of a static mapping.
struct static_match {
  weir::endpoint<ipv4> endpoint{};
  std::size_t index = 0;    ///< which mapping, in the order they were given
  bool hairpin = true;      ///< whether internal hosts may use it
  bool by_hairpin = false;  ///< found for that alone: the flow's other end is in another zone
  bool is_forward = false;  ///< a port forward, whose ports may be equal
};

/// One thing that is wrong with a static mapping.
struct static_fault {
  std::size_t index = 0;  ///< which one, in the order they were given
  std::string field;      ///< which part of it, as configurations name it
  std::string what;       ///< what is wrong
  std::string fix;        ///< what would be right
  /// The earlier mapping that it cannot be told apart from, if that is the fault.
  std::optional<std::size_t> earlier = {};
};

class static_nat;
using checked_statics = std::variant<static_nat, std::vector<static_fault>>;
checked_statics checked(std::span<const static_mapping> raw);

/// All static mappings of a configuration, proven, found from both sides. Those of the flow's zone
/// come before those that allow hairpins, and then the most particular one: a port forward before a
/// 1:1 mapping of one protocol before one of all.
class static_nat {
 public:
  static_nat() = default;

  /// What a flow towards an external endpoint is for. Where no mapping of its zone is for it, one
  /// of another zone is found that allows hairpins: those come from elsewhere by their nature.
  std::optional<static_match> find_internal(const static_query& query) const noexcept {
    return find_in_zone_or_hairpin(by_external_, query);
  }

  /// What a new flow from an internal endpoint wears outside.
  std::optional<static_match> find_external(const static_query& query) const noexcept {
    return find(run_of(by_internal_, query), query, breadth::endpoint, false);
  }
  /// The same where port forwards count for nothing.
  std::optional<static_match> find_one_to_one(const static_query& query) const noexcept {
    return find(run_of(by_internal_, query), query, breadth::protocol, false);
  }
  /// The same for a hairpin, which wears what it would wear outside: zones count for nothing where
  /// a mapping allows hairpins.
  std::optional<static_match> find_hairpin_source(const static_query& query) const noexcept {
    return find_in_zone_or_hairpin(by_internal_, query);
  }

  /// Whether an internal host has a 1:1 mapping, of one protocol or all, whose zone `accepts(zone)`
  /// takes.
  template <class Accepts>
  bool has_one_to_one(domain_id domain, ipv4_address internal, Accepts&& accepts) const noexcept {
    const run all = by_internal_.of(domain, internal);
    return std::any_of(first_of(all, {breadth::protocol}), all.end(),
                       [&](const detail::static_entry& one) { return accepts(one.zone); });
  }

  /// The external endpoints that no pool may give.
  std::span<const external_claim> claims() const noexcept { return claims_; }
  std::size_t size() const noexcept { return by_external_.size(); }

 private:
  friend checked_statics checked(std::span<const static_mapping> raw);

  using breadth = detail::static_breadth;
  using run = detail::static_side::run;

  static_nat(std::vector<detail::static_entry> by_external,
             std::vector<detail::static_entry> by_internal, std::vector<external_claim> claims)
      : by_external_{std::move(by_external)},
        by_internal_{std::move(by_internal)},
        claims_{std::move(claims)} {}

  static run run_of(const detail::static_side& side, const static_query& query) noexcept {
    return side.of(query.domain, query.endpoint.address);
  }

  /// The first entry of a run that covers what is wanted, or what comes behind it.
  static run::iterator first_of(run all, const detail::static_scope& wanted) noexcept {
    return std::ranges::lower_bound(all, wanted, {}, &detail::static_entry::covers);
  }

  static std::optional<static_match> find_in_zone_or_hairpin(const detail::static_side& side,
                                                             const static_query& query) noexcept {
    const run all = run_of(side, query);
    const auto in_zone = find(all, query, breadth::endpoint, false);
    return in_zone ? in_zone : find(all, query, breadth::endpoint, true);
  }

  /// The most particular mapping that is not more particular than `least`: of the zone, or, where
  /// it allows hairpins, of any.
  static std::optional<static_match> find(run all, const static_query& query, breadth least,
                                          bool hairpins_match) noexcept {
    if (all.empty()) return std::nullopt;
    const std::array<detail::static_scope, 3> scopes{
        {{breadth::endpoint, query.endpoint.port, query.protocol},
         {breadth::protocol, {}, query.protocol},
         {breadth::address}}};
    for (std::size_t next = static_cast<std::size_t>(least); next < scopes.size(); ++next) {
      const auto& wanted = scopes[next];
      for (auto place = first_of(all, wanted); place != all.end() && place->covers == wanted;
           ++place) {
        const bool zone_matches = place->zone.is_none() || place->zone == query.external_zone;
        if (zone_matches || (hairpins_match && place->hairpin)) {
          const bool is_forward = wanted.breadth == breadth::endpoint;
          const port to_port = is_forward ? place->to_port : query.endpoint.port;
          return static_match{
              {place->to, to_port}, place->index, place->hairpin, !zone_matches, is_forward};
        }
      }
    }
    return std::nullopt;
  }

  detail::static_side by_external_;
  detail::static_side by_internal_;
  std::vector<external_claim> claims_;
};

namespace detail {

/// The port a port forward leads to.
constexpr port forwarded_port(const static_mapping& one) noexcept {
  return one.internal_port.value_or(port{}) == port{} ? *one.external_port : *one.internal_port;
}

/// What a mapping covers of its address on either side.
struct static_scopes {
  static_scope external{};
  static_scope internal{};
};
constexpr static_scopes scopes_of(const static_mapping& one) noexcept {
  const auto kind = one.protocol.value_or(protocol{});
  if (one.external_port) {
    return {{static_breadth::endpoint, *one.external_port, kind},
            {static_breadth::endpoint, forwarded_port(one), kind}};
  }
  const auto breadth = one.protocol ? static_breadth::protocol : static_breadth::address;
  return {{breadth, {}, kind}, {breadth, {}, kind}};
}

constexpr bool zones_meet(zone_id one, zone_id other) noexcept {
  return one.is_none() || other.is_none() || one == other;
}

/// Finds what is wrong with one mapping by itself.
inline void check_static(std::size_t index, const static_mapping& one,
                         std::vector<static_fault>& faults) {
  const auto refuse = [&](const char* field, const char* what, const char* fix) {
    faults.push_back({index, field, what, fix, {}});
  };
  const bool forwardable = one.protocol == protocol::tcp || one.protocol == protocol::udp;
  if (!is_routable(ipv4_prefix::host(one.external))) {
    refuse("external", "the address is not one host's that packets are forwarded to",
           "a unicast address");
  }
  if (!is_routable(ipv4_prefix::host(one.internal))) {
    refuse("internal", "the address is not one host's that packets are forwarded to",
           "a unicast address");
  }
  if (one.external == one.internal && !one.external_port) {
    refuse("internal", "the mapping translates an address to itself", "another address");
  }
  if (one.external_port && !forwardable) {
    refuse("protocol", "a port forward needs a protocol with ports that may change",
           "protocol: tcp or protocol: udp");
  }
  if (one.external_port == port{}) {
    refuse("external", "port 0 is no port", "a port from 1 to 65535");
  }
  if (one.internal_port && !one.external_port) {
    refuse("external", "the internal side names a port and the external side does not",
           "a port on both sides, or on neither");
  }
}

/// Finds mappings that cannot be told apart from an earlier one: of those in `places`, those with
/// the same `key` whose zones meet. Of each the first such one is named.
template <class Key>
void check_collisions(std::span<const static_mapping> raw, const std::vector<std::size_t>& places,
                      Key&& key, const static_fault& fault, std::vector<static_fault>& faults) {
  const auto order =
      ordered_places(places.size(), [&](std::size_t i) { return key(raw[places[i]]); });
  auto first = order.begin();  // of those with the same key
  for (auto here = order.begin(); here != order.end(); ++here) {
    const static_mapping& one = raw[places[*here]];
    while (key(raw[places[*first]]) != key(one)) ++first;
    const auto earlier = std::find_if(first, here, [&](std::size_t before) {
      return zones_meet(raw[places[before]].zone, one.zone);
    });
    if (earlier != here) {
      faults.push_back({places[*here], fault.field, fault.what, fault.fix, places[*earlier]});
    }
  }
}

/// Finds mappings of one endpoint outside, and 1:1 mappings of one host inside.
inline void check_collisions(std::span<const static_mapping> raw,
                             std::vector<static_fault>& faults) {
  std::vector<std::size_t> all(raw.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  check_collisions(
      raw, all,
      [](const static_mapping& one) {
        return std::tuple{one.domain, one.protocol, one.external, one.external_port};
      },
      {0, "external", "an earlier mapping has the same endpoint", "every endpoint once", {}},
      faults);

  std::vector<std::size_t> one_to_one;
  std::copy_if(all.begin(), all.end(), std::back_inserter(one_to_one),
               [&](std::size_t index) { return !raw[index].external_port; });
  check_collisions(
      raw, one_to_one,
      [](const static_mapping& one) {
        return std::tuple{one.domain, one.protocol, one.internal};
      },
      {0, "internal", "an earlier mapping is of the same host", "every host once", {}}, faults);
}

}  // namespace detail

/// Proves static mappings and makes the tables packets use, or names every fault.
inline checked_statics checked(std::span<const static_mapping> raw) {
  std::vector<static_fault> faults;
  for (std::size_t index = 0; index < raw.size(); ++index) {
    detail::check_static(index, raw[index], faults);
  }
  detail::check_collisions(raw, faults);
  if (!faults.empty()) {
    return faults;
  }
  std::vector<detail::static_entry> by_external;
  std::vector<detail::static_entry> by_internal;
  std::vector<external_claim> claims;
  for (std::size_t index = 0; index < raw.size(); ++index) {
    const static_mapping& one = raw[index];
    const auto number = static_cast<std::uint32_t>(index);
    const auto scope = detail::scopes_of(one);
    by_external.push_back({one.domain, one.external, scope.external, one.internal,
                           scope.internal.only, one.zone, number, one.hairpin});
    by_internal.push_back({one.domain, one.internal, scope.internal, one.external,
                           scope.external.only, one.zone, number, one.hairpin});
    claims.push_back({{one.domain, one.external}, one.protocol, one.external_port});
  }
  return static_nat{std::move(by_external), std::move(by_internal), std::move(claims)};
}

}  // namespace weir

#pragma once

#include "weir/net/port.hpp"
#include "weir/net/prefix.hpp"
#include "weir/net/protocol.hpp"
#include "weir/net/special_address.hpp"
#include "weir/net/text.hpp"
#include "weir/pool/claimed_block.hpp"
#include "weir/pool/deterministic.hpp"
#include "weir/pool/external_address.hpp"
#include "weir/pool/pool.hpp"
#include "weir/pool/pool_set.hpp"
#include "weir/pool/port_space.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace weir {

/// The most external addresses of one set: each has an owner with a bit for every port.
inline constexpr std::uint64_t external_addresses_max = 16384;
/// The most external addresses that the pools of a set list in all, repetitions counted.
inline constexpr std::uint64_t external_listings_max = 16 * external_addresses_max;
/// The most pools of one set.
inline constexpr std::size_t pools_max = 4096;

/// One thing that is wrong with a pool.
struct pool_fault {
  std::size_t pool = 0;  ///< which one, in the order they were given
  std::string field;     ///< which part of it, as configurations name it: `external[1]`
  std::string what;      ///< what is wrong
  std::string fix;       ///< what would be right
};

using checked_pools = std::variant<pool_set, std::vector<pool_fault>>;

/// Proves pools and makes the set packets use, or names every fault. Claims on addresses that no
/// pool lists are of no concern and left out.
checked_pools checked(std::span<const pool_specification> raw,
                      std::span<const external_claim> claims = {});

/// Makes a `pool_set`; the only one who can.
class pool_set_builder {
 public:
  explicit pool_set_builder(std::span<const pool_specification> raw) : raw_{raw} {}

  checked_pools build(std::span<const external_claim> claims) {
    if (raw_.size() > pools_max) {
      refuse(pools_max, "", "there are more than " + std::to_string(pools_max) + " pools",
             "fewer pools with more prefixes each");
      return std::move(faults_);
    }
    for (std::size_t index = 0; index < raw_.size(); ++index) {
      check_one(index);
    }
    check_pairs();
    if (faults_.empty()) {
      settle_numbers();
      number_externals();
    }
    if (!faults_.empty()) {
      return std::move(faults_);
    }
    add_claims(claims);
    check_claims();
    if (!faults_.empty()) {
      return std::move(faults_);
    }
    made_.file(raw_);
    return std::move(made_);
  }

 private:
  void refuse(std::size_t index, std::string field, std::string what, std::string fix) {
    faults_.push_back({index, std::move(field), std::move(what), std::move(fix)});
  }

  static std::string place(const char* list, std::size_t index) {
    return std::string{list} + "[" + std::to_string(index) + "]";
  }

  void check_one(std::size_t index) {
    const pool_specification& raw = raw_[index];
    pool one;
    one.id = pool_id{static_cast<std::uint16_t>(index)};
    one.domain = raw.domain;
    one.external_domain = raw.external_domain;
    one.zone = raw.zone;
    one.ports = one.identifiers = raw.ports;
    one.manners = raw.manners;
    for (const ipv4_prefix& block : raw.internal) one.internal.push_back(range_of(block));
    for (const ipv4_prefix& block : raw.external) one.external.push_back(range_of(block));
    one.lists_everybody = std::ranges::count(raw.internal, ipv4_prefix{}) != 0;
    check_addresses(index);
    check_ports(index);
    if (raw.deterministic) {
      one.plan = checked_plan(index);
    }
    made_.pools_.push_back(std::move(one));
  }

  void check_addresses(std::size_t index) {
    const pool_specification& raw = raw_[index];
    if (raw.internal.empty()) {
      refuse(index, "internal", "the pool serves nobody", "the prefixes of its internal hosts");
    }
    if (raw.external.empty()) {
      refuse(index, "external", "the pool has no external address",
             "external prefixes, or an interface that has an IPv4 address");
    }
    for (std::size_t here = 0; here < raw.external.size(); ++here) {
      if (!is_routable(raw.external[here])) {
        refuse(index, place("external", here),
               "not every address of the prefix is one host's that packets are forwarded to",
               "unicast addresses");
      }
      refuse_overlaps(index, "external", raw.external, here, " of the same pool",
                      "every external address once");
    }
    const std::uint64_t total = addresses_in(raw.external);
    if (total > external_addresses_max) {
      refuse(index, "external", std::to_string(total) + " external addresses are too many",
             "at most " + std::to_string(external_addresses_max));
    }
  }

  static std::uint64_t addresses_in(const std::vector<ipv4_prefix>& blocks) {
    std::uint64_t sum = 0;
    for (const ipv4_prefix& block : blocks) sum += range_of(block).size();
    return sum;
  }
  /// Refuses a block for each earlier one that it shares addresses with.
  void refuse_overlaps(std::size_t index, const char* field, const std::vector<ipv4_prefix>& blocks,
                       std::size_t here, const char* of_what, const char* fix) {
    for (std::size_t earlier = 0; earlier < here; ++earlier) {
      if (blocks[here].overlaps(blocks[earlier])) {
        refuse(index, place(field, here), "overlaps " + to_text(blocks[earlier]) + of_what, fix);
      }
    }
  }

  void check_ports(std::size_t index) {
    const pool_specification& raw = raw_[index];
    if (raw.ports.first() == port{}) {
      refuse(index, "ports", "port 0 is no port", "a range that begins at 1 or above");
    }
    std::vector<port_range> reserved = raw.reserved_ports;
    std::sort(reserved.begin(), reserved.end());
    if (ports_left(raw.ports, reserved, [](port_range one) { return one; }) == 0) {
      refuse(index, "reserved-ports", "every port of the pool is reserved",
             "fewer reserved ports, or a wider range");
    }
  }

  std::optional<deterministic_plan> checked_plan(std::size_t index) {
    const pool_specification& raw = raw_[index];
    deterministic_plan::shape shape{0, 0, raw.ports, 0};
    for (std::size_t here = 0; here < raw.internal.size(); ++here) {
      refuse_overlaps(index, "internal", raw.internal, here, " of the same deterministic pool",
                      "every internal host once");
    }
    shape.internal_hosts = addresses_in(raw.internal);
    const std::uint64_t addresses = addresses_in(raw.external);
    if (shape.internal_hosts == 0 || addresses == 0 || addresses > external_addresses_max) {
      return std::nullopt;  // refused already
    }
    shape.external_addresses = static_cast<std::uint32_t>(addresses);
    const auto fitting = deterministic_plan::make(shape);
    if (!fitting) {
      refuse(index, "internal",
             std::to_string(shape.internal_hosts) + " hosts behind " + std::to_string(addresses) +
                 " addresses of " + std::to_string(raw.ports.size()) +
                 " ports leave less than one port for each",
             "more external addresses, or fewer internal ones");
      return std::nullopt;
    }
    shape.ports_per_host = raw.ports_per_host;
    const auto plan = deterministic_plan::make(shape);
    if (!plan) {
      refuse(index, "deterministic.ports-per-host",
             std::to_string(raw.ports_per_host) + " ports for each host are too many",
             "at most " + std::to_string(fitting->ports_per_host()));
    }
    return plan;
  }

  /// How messages call a pool.
  std::string named(std::size_t index) const {
    const std::string& name = raw_[index].name;
    return name.empty() ? std::to_string(index) : "\"" + name + "\"";
  }

  void check_pairs() {
    for (std::size_t index = 0; index < raw_.size(); ++index) {
      for (std::size_t earlier = 0; earlier < index; ++earlier) {
        check_pair(index, earlier);
      }
    }
  }

  void check_pair(std::size_t index, std::size_t earlier) {
    const pool_specification& one = raw_[index];
    const pool_specification& other = raw_[earlier];
    if (takes_all_of(other, one)) {
      refuse(index, "internal", "pool " + named(earlier) + " serves the same hosts first",
             "internal prefixes of its own, or the pool with the narrower ones first");
    }
    // A host's block names its host only as long as nobody else takes ports of it.
    if ((one.deterministic || other.deterministic) && share_ports(one, other)) {
      refuse(index, "ports",
             "a deterministic pool shares ports of an external address with pool " + named(earlier),
             "disjoint external addresses or disjoint ports");
    }
  }

  /// Whether a pool leaves no host to one that stands behind it.
  static bool takes_all_of(const pool_specification& first,
                           const pool_specification& behind) noexcept {
    return first.domain == behind.domain && (first.zone.is_none() || first.zone == behind.zone) &&
           !behind.internal.empty() &&
           std::all_of(behind.internal.begin(), behind.internal.end(),
                       [&](const ipv4_prefix& block) { return cover(first.internal, block); });
  }

  /// Whether every address of a block is in one of others, not all of it in the same one maybe.
  static bool cover(std::span<const ipv4_prefix> others, const ipv4_prefix& block) noexcept {
    bool overlapped = false;
    for (const ipv4_prefix& other : others) {
      if (other.contains(block)) return true;
      overlapped |= other.overlaps(block);
    }
    const unsigned half = block.length() + 1;
    return overlapped && cover(others, ipv4_prefix::around(block.address(), half)) &&
           cover(others, ipv4_prefix::around(last_address(block), half));
  }

  static bool share_ports(const pool_specification& one, const pool_specification& other) noexcept {
    return one.ports.overlaps(other.ports) && share_addresses(one, other);
  }
  static bool share_addresses(const pool_specification& one,
                              const pool_specification& other) noexcept {
    if (one.external_domain != other.external_domain) return false;
    for (const ipv4_prefix& block : one.external) {
      for (const ipv4_prefix& block_of_other : other.external) {
        if (block.overlaps(block_of_other)) return true;
      }
    }
    return false;
  }

  /// What dynamic pools give beside their ports, unless a deterministic pool has it: a number of a
  /// host's block names that host. Query identifiers are no ports, and none of them is well known:
  /// a pool whose ports begin where those end gives identifiers from zero.
  void settle_numbers() {
    for (std::size_t index = 0; index < raw_.size(); ++index) {
      pool& one = made_.pools_[index];
      if (one.plan) continue;
      one.gives_ike_port = !is_planned(index, port_range::only(ike_port));
      const auto all = *port_range::between(port{}, one.ports.last());
      if (one.ports.first() <= well_known_end && !is_planned(index, all)) one.identifiers = all;
    }
  }

  /// Whether a deterministic pool has any of the numbers, on any address of the pool.
  bool is_planned(std::size_t index, port_range numbers) const noexcept {
    return std::any_of(raw_.begin(), raw_.end(), [&](const pool_specification& other) {
      return other.deterministic && numbers.overlaps(other.ports) &&
             share_addresses(raw_[index], other);
    });
  }

  void number_externals() {
    std::uint64_t listings = 0;
    for (const pool& one : made_.pools_) {
      for (const address_range& range : one.external) listings += range.size();
    }
    if (listings > external_listings_max) {
      refuse(raw_.size() - 1, "external",
             "the pools list " + std::to_string(listings) + " external addresses in all",
             "at most " + std::to_string(external_listings_max));
      return;
    }
    for (const pool& one : made_.pools_) {
      for_each_address(one, [&](external_address each) { made_.externals_.push_back(each); });
    }
    std::sort(made_.externals_.begin(), made_.externals_.end());
    made_.externals_.erase(std::unique(made_.externals_.begin(), made_.externals_.end()),
                           made_.externals_.end());
    if (made_.externals_.size() > external_addresses_max) {
      refuse(raw_.size() - 1, "external",
             std::to_string(made_.externals_.size()) + " external addresses in all are too many",
             "at most " + std::to_string(external_addresses_max));
      return;
    }
    for (const pool& one : made_.pools_) {
      auto& ids = made_.externals_by_pool_;
      const auto first = static_cast<std::uint32_t>(ids.size());
      for_each_address(one, [&](external_address each) { ids.push_back(*made_.find(each)); });
      made_.runs_.push_back({first, static_cast<std::uint32_t>(ids.size()) - first});
    }
  }

  template <class Function>
  static void for_each_address(const pool& of, Function&& function) {
    for (const address_range& range : of.external) {
      for (std::uint64_t offset = 0; offset < range.size(); ++offset) {
        const auto bits = range.first.bits() + static_cast<std::uint32_t>(offset);
        function(external_address{of.external_domain, ipv4_address{bits}});
      }
    }
  }

  void add_claims(std::span<const external_claim> claims) {
    for (const external_claim& claim : claims) {
      const auto id = made_.find(claim.external);
      if (!id) continue;
      if (!claim.only) made_.whole_claims_.push_back({*id, claim.protocol});
      const port_range ports = claim.only ? port_range::only(*claim.only) : port_range{};
      for (std::size_t space = 0; space < port_space_count; ++space) {
        const port_space each{static_cast<std::uint8_t>(space)};
        if (!claim.protocol || space_of(*claim.protocol) == each) {
          made_.claims_.push_back({*id, each, ports});
        }
      }
    }
    for (std::size_t index = 0; index < raw_.size(); ++index) {
      add_reserved(raw_[index].reserved_ports, made_.externals_of(made_.pools_[index]));
    }
    std::sort(made_.claims_.begin(), made_.claims_.end());
    std::sort(made_.whole_claims_.begin(), made_.whole_claims_.end());
  }

  /// A pool of which nothing is left for its hosts would refuse every flow.
  void check_claims() {
    for (std::size_t index = 0; index < raw_.size(); ++index) {
      if (detail::has_no_port(made_, made_.pools_[index])) {
        refuse(index, "external", "every address of the pool is a 1:1 mapping's",
               "addresses that no static mapping takes whole");
      } else if (made_.pools_[index].plan) {
        check_blocks(index);
      }
    }
  }

  /// A host whose block is claimed has no port, and no other one would do.
  void check_blocks(std::size_t index) {
    const pool& one = made_.pools_[index];
    const auto places = static_cast<std::uint32_t>(made_.externals_of(one).size());
    for (std::uint32_t place = 0; place < places; ++place) {
      if (const auto lost = detail::find_claimed_block(made_, one, place)) {
        refuse(index, "ports",
               std::string{"no "} + (lost->space == port_space::tcp ? "TCP" : "UDP") +
                   " port is left for host " + to_text(pool_set::nth(one.internal, lost->host)) +
                   ": its block, " + to_text(one.plan->block_of(lost->host).ports) + " of " +
                   to_text(made_.at(lost->external).address) + ", is reserved or claimed",
               lost->claimed == port_range{}
                   ? "external addresses that no static mapping takes whole"
                   : "a range that leaves out " + to_text(lost->claimed) + ", or larger blocks");
        return;
      }
    }
  }

  /// Query identifiers are no ports: none of them is reserved.
  void add_reserved(std::span<const port_range> reserved, std::span<const external_id> externals) {
    for (const external_id id : externals) {
      for (const port_range& range : reserved) {
        for (const port_space space : {port_space::tcp, port_space::udp, port_space::other}) {
          made_.claims_.push_back({id, space, range});
        }
      }
    }
  }

  std::span<const pool_specification> raw_;
  std::vector<pool_fault> faults_;
  pool_set made_;
};

inline checked_pools checked(std::span<const pool_specification> raw,
                             std::span<const external_claim> claims) {
  return pool_set_builder{raw}.build(claims);
}

}  // namespace weir

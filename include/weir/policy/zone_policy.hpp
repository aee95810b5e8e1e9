#pragma once

#include "weir/base/contract.hpp"
#include "weir/net/domain.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/policy/policy.hpp"
#include "weir/policy/query.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace weir {

/// Zones of one box, at most, `local` included.
inline constexpr std::size_t zones_max = 1024;
/// Policies of one box, at most.
inline constexpr std::size_t policies_max = 65'535;

/// What answers for a pair of zones: a policy, or nothing.
class found_policy {
 public:
  constexpr found_policy() noexcept = default;
  constexpr found_policy(const policy& found, bool is_reversed) noexcept
      : policy_{&found}, is_reversed_{is_reversed} {}

  constexpr explicit operator bool() const noexcept { return policy_ != nullptr; }
  constexpr const policy& operator*() const noexcept { return *policy_; }
  constexpr const policy* operator->() const noexcept { return policy_; }
  /// The policy is the one of the opposite pair, in whose direction packets are judged.
  constexpr bool is_reversed() const noexcept { return is_reversed_; }

 private:
  const policy* policy_ = nullptr;
  bool is_reversed_ = false;
};

/// What happens to the flow that the packet would open; there is a policy.
template <IpVersion V>
decision decide(const found_policy& found, const policy_query<V>& query) noexcept {
  return found.is_reversed() ? found->decide(reversed(query)) : found->decide(query);
}

/// Whether a pair of zones without a policy borrows that of the opposite pair.
enum class reverse_policy : std::uint8_t {
  off,
  on,
};

/// The policies of a box: one for each ordered pair of zones that has one. From and to may be the
/// same zone. Made once; 4 bytes for each pair of zones beside the policies.
class zone_policy {
 public:
  /// No pair has a policy.
  zone_policy() = default;

  /// No pair is given twice, no zone is none, and zone numbers are less than `zones_max`.
  explicit zone_policy(std::vector<policy_settings> policies,
                       weir::reverse_policy reverse = reverse_policy::off) {
    expects(policies.size() <= policies_max, "a box has at most policies_max policies");
    for (const auto& one : policies) {
      zones_ = std::max<std::size_t>({zones_, one.from.number() + 1u, one.to.number() + 1u});
    }
    expects(zones_ <= zones_max, "a box has at most zones_max zones");
    by_pair_.resize(zones_ * zones_);
    policies_.reserve(policies.size());
    for (auto& one : policies) {
      auto& place = by_pair_[pair(one.from, one.to)];
      expects(!place, "a pair of zones has one policy");
      policies_.emplace_back(std::move(one));
      place = entry{static_cast<std::uint16_t>(policies_.size()), false};
    }
    if (reverse == reverse_policy::on) {
      borrow_opposites();
    }
  }

  /// The policy for packets between two zones; nothing where none is given.
  found_policy find(zone_id from, zone_id to) const noexcept {
    if (from.number() >= zones_ || to.number() >= zones_) {
      return {};
    }
    const auto found = by_pair_[pair(from, to)];
    return found ? found_policy{policies_[found.number - 1u], found.is_reversed} : found_policy{};
  }

  /// All policies, in the order they were given.
  std::span<const policy> policies() const noexcept { return policies_; }
  /// The place of one of them.
  std::uint16_t number_of(const policy& one) const noexcept {
    return static_cast<std::uint16_t>(&one - policies_.data());
  }

 private:
  /// The number of a policy, from one; zero is none.
  struct entry {
    std::uint16_t number = 0;
    bool is_reversed = false;

    explicit operator bool() const noexcept { return number != 0; }
  };

  std::size_t pair(zone_id from, zone_id to) const noexcept {
    return from.number() * zones_ + to.number();
  }

  void borrow_opposites() noexcept {
    for (const auto& one : policies_) {
      const auto from = one.settings().from;
      const auto to = one.settings().to;
      auto& opposite = by_pair_[pair(to, from)];
      if (!opposite) {
        opposite = {by_pair_[pair(from, to)].number, true};
      }
    }
  }

  std::size_t zones_ = 0;
  std::vector<entry> by_pair_;
  std::vector<policy> policies_;
};

}  // namespace weir

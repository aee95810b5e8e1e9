#pragma once

#include "weir/base/interface_id.hpp"
#include "weir/base/word_optional.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/net/prefix.hpp"
#include "weir/table/lpm.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace weir {

/// Addresses of `destination` live behind the next hop.
template <IpVersion V>
struct route {
  prefix<V> destination{};
  next_hop_id next_hop{};
};

/// The routes of one domain and family, made once. The longest destination wins (RFC 1812
/// section 5.2.4.3).
template <IpVersion V>
class route_table {
 public:
  /// Nothing is reachable.
  route_table() = default;

  /// Where a destination is given twice, the later route counts.
  explicit route_table(std::span<const route<V>> routes)
      : next_hops_{std::span<const lpm_entry<V>>{entries_of(routes)}} {}

  /// The next hop of the address, or nothing if no route leads there.
  word_optional<next_hop_id> find(typename V::address destination) const noexcept {
    const std::uint32_t found = next_hops_.find(destination);
    if (found == no_value) {
      return std::nullopt;
    }
    return next_hop_id{static_cast<std::uint16_t>(found)};
  }

  std::size_t bytes() const noexcept { return next_hops_.bytes(); }

 private:
  static std::vector<lpm_entry<V>> entries_of(std::span<const route<V>> routes) {
    std::vector<lpm_entry<V>> entries;
    entries.reserve(routes.size());
    for (const auto& one : routes) {
      entries.push_back({one.destination, one.next_hop.number()});
    }
    return entries;
  }

  lpm<V> next_hops_;
};

}  // namespace weir

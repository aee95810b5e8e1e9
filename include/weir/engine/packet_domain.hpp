#pragma once

#include "weir/base/interface_id.hpp"
#include "weir/engine/shard.hpp"
#include "weir/engine/snapshot.hpp"
#include "weir/net/domain.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/wire/ipv4_header.hpp"
#include "weir/wire/ipv6_header.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

namespace weir::detail {

/// The domain of the box's own packet: where its source is an own address; the first one if it is
/// none anywhere.
template <IpVersion V>
domain_id own_domain(const snapshot& config, std::span<const std::byte> bytes) noexcept {
  if (config.domains() == 1) {
    return domain_id{};
  }
  using header_type = std::conditional_t<V::number == 4, ipv4_header, ipv6_header>;
  const auto header = header_type::parse(bytes);
  if (!header) {
    return domain_id{};
  }
  for (std::uint16_t number = 0; number < config.domains(); ++number) {
    if (config.is_own(domain_id{number}, header->source())) {
      return domain_id{number};
    }
  }
  return domain_id{};
}

/// The domain a packet is in: its interface's, or for the box's own that of its source.
template <IpVersion V, EngineTraits T>
domain_id domain_of(const shard<T>& state, std::span<const std::byte> bytes,
                    interface_id ingress) noexcept {
  if (!ingress.is_local()) [[likely]] {
    return state.ingress[ingress.number()].domain;
  }
  return own_domain<V>(*state.config, bytes);
}

}  // namespace weir::detail

#pragma once

#include "weir/net/ipv4_address.hpp"
#include "weir/net/ipv6_address.hpp"

#include <concepts>

namespace weir {

/// The IPv4 family, as a template argument.
struct ipv4 {
  using address = ipv4_address;
  static constexpr unsigned number = 4;
  static constexpr unsigned address_bits = 32;
};

/// The IPv6 family, as a template argument.
struct ipv6 {
  using address = ipv6_address;
  static constexpr unsigned number = 6;
  static constexpr unsigned address_bits = 128;
};

/// Satisfied by `ipv4` and `ipv6`: code that serves both families takes one as a parameter.
template <class V>
concept IpVersion = std::same_as<V, ipv4> || std::same_as<V, ipv6>;

}  // namespace weir

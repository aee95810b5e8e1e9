#pragma once

#include "weir/net/flow_key.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/net/port.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace weir {

/// Addresses and ports of a flow as words in host order, each address with its highest word first:
/// the source, the destination, zeros, and both ports in the last one, the source's in its lower
/// half. They are rows of four, so that a row is compared at once; the last word but one is zero.
template <IpVersion V>
using flow_words = std::array<std::uint32_t, V::number == 4 ? 4 : 12>;

/// Words of an address.
template <IpVersion V>
inline constexpr std::size_t address_words = V::address_bits / 32;

/// An address as words in host order, the highest one first.
constexpr std::array<std::uint32_t, 1> words_of(ipv4_address address) noexcept {
  return {address.bits()};
}
constexpr std::array<std::uint32_t, 4> words_of(const ipv6_address& address) noexcept {
  return {
      static_cast<std::uint32_t>(address.high() >> 32), static_cast<std::uint32_t>(address.high()),
      static_cast<std::uint32_t>(address.low() >> 32), static_cast<std::uint32_t>(address.low())};
}

/// Both ports as the last of a flow's words has them.
constexpr std::uint32_t ports_word(std::uint32_t source, std::uint32_t destination) noexcept {
  return source | destination << 16;
}
constexpr std::uint32_t ports_word(port source, port destination) noexcept {
  return ports_word(source.number(), destination.number());
}

namespace detail {

/// Stores a row at once, so that it can be loaded at once.
[[gnu::__always_inline__]] inline void store_row(std::uint32_t* to, std::uint32_t first,
                                                 std::uint32_t second, std::uint32_t third,
                                                 std::uint32_t fourth) noexcept {
  using row [[gnu::vector_size(16)]] = std::uint32_t;
  const row words{first, second, third, fourth};
  std::memcpy(to, &words, sizeof words);
}

}  // namespace detail

/// The words of a flow.
[[gnu::__always_inline__]] inline flow_words<ipv4> words_of(const flow_key<ipv4>& flow) noexcept {
  flow_words<ipv4> made;
  detail::store_row(made.data(), flow.source.address.bits(), flow.destination.address.bits(), 0,
                    ports_word(flow.source.port, flow.destination.port));
  return made;
}
[[gnu::__always_inline__]] inline flow_words<ipv6> words_of(const flow_key<ipv6>& flow) noexcept {
  const auto source = words_of(flow.source.address);
  const auto destination = words_of(flow.destination.address);
  flow_words<ipv6> made;
  detail::store_row(made.data(), source[0], source[1], source[2], source[3]);
  detail::store_row(made.data() + 4, destination[0], destination[1], destination[2],
                    destination[3]);
  detail::store_row(made.data() + 8, 0, 0, 0, ports_word(flow.source.port, flow.destination.port));
  return made;
}

}  // namespace weir

#pragma once

// Overview
//
// A flow key as the wire shows it, so that a packet's key is loaded and not assembled, and a
// rewrite is stored and not taken apart. Every field but the domain is in network order, and none
// is turned to compare, reverse or hash.
//
//   IPv4, 16 bytes, as bytes 8..23 of a header without options, with the ports behind it:
//     annotation(1)  protocol(1)  domain(2)  source(4)  destination(4)  ports(2+2)
//   IPv6, 40 bytes:
//     annotation(1)  protocol(1)  domain(2)  ports(2+2)  source(16)  destination(16)
//
// The annotation lies where the TTL does. It belongs to whoever stores the key: no comparison and
// no hash sees it, and the key of a packet has zero there.

#include "weir/net/domain.hpp"
#include "weir/net/flow_key.hpp"
#include "weir/net/flow_words.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/net/port.hpp"
#include "weir/net/protocol.hpp"
#include "weir/wire/bytes.hpp"
#include "weir/wire/ipv4_header.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace weir {

namespace detail {

/// Two 32-bit words as one 64-bit word that holds them in memory order, and back.
constexpr std::uint64_t joined(std::uint32_t first, std::uint32_t second) noexcept {
  if constexpr (std::endian::native == std::endian::little) {
    return std::uint64_t{second} << 32 | first;
  } else {
    return std::uint64_t{first} << 32 | second;
  }
}
constexpr std::uint32_t first_of(std::uint64_t word) noexcept {
  if constexpr (std::endian::native == std::endian::little) {
    return static_cast<std::uint32_t>(word);
  } else {
    return static_cast<std::uint32_t>(word >> 32);
  }
}
constexpr std::uint32_t second_of(std::uint64_t word) noexcept {
  if constexpr (std::endian::native == std::endian::little) {
    return static_cast<std::uint32_t>(word >> 32);
  } else {
    return static_cast<std::uint32_t>(word);
  }
}

/// Annotation, protocol and domain as the 32-bit word that holds them in memory order.
constexpr std::uint32_t flow_head(std::uint8_t annotation, protocol transport,
                                  domain_id domain) noexcept {
  if constexpr (std::endian::native == std::endian::little) {
    return std::uint32_t{annotation} | std::uint32_t{number(transport)} << 8 |
           std::uint32_t{domain.number()} << 16;
  } else {
    return std::uint32_t{annotation} << 24 | std::uint32_t{number(transport)} << 16 |
           domain.number();
  }
}
inline constexpr std::uint32_t annotation_mask = flow_head(0xFF, protocol{0}, domain_id{});
inline constexpr std::uint32_t protocol_mask = flow_head(0, protocol{0xFF}, domain_id{});
inline constexpr std::uint64_t key_mask = ~joined(annotation_mask, 0);

/// The byte that comes first in memory; loads no more than that.
constexpr std::uint8_t first_byte_of(const std::uint64_t& word) noexcept {
  if (std::is_constant_evaluated()) {
    return static_cast<std::uint8_t>(network_order(word) >> 56);
  }
  std::uint8_t byte;
  std::memcpy(&byte, &word, 1);
  return byte;
}
/// The eight bytes in the middle of two words; loads no more than them.
constexpr std::uint64_t middle_of(const std::array<std::uint64_t, 2>& words) noexcept {
  if (std::is_constant_evaluated()) {
    return joined(second_of(words[0]), first_of(words[1]));
  }
  std::uint64_t middle;
  std::memcpy(&middle, reinterpret_cast<const std::byte*>(words.data()) + 4, sizeof middle);
  return middle;
}
constexpr protocol protocol_of(std::uint32_t head) noexcept {
  return protocol{static_cast<std::uint8_t>(
      std::endian::native == std::endian::little ? head >> 8 : head >> 16)};
}
constexpr domain_id domain_of(std::uint32_t head) noexcept {
  return domain_id{
      static_cast<std::uint16_t>(std::endian::native == std::endian::little ? head >> 16 : head)};
}

/// Both ports as the 32-bit word that holds them in network order, and back.
constexpr std::uint32_t packed_ports(port source, port destination) noexcept {
  return network_order(std::uint32_t{source.number()} << 16 | destination.number());
}
constexpr port source_port_of(std::uint32_t ports) noexcept {
  return port{static_cast<std::uint16_t>(network_order(ports) >> 16)};
}
constexpr port destination_port_of(std::uint32_t ports) noexcept {
  return port{static_cast<std::uint16_t>(network_order(ports))};
}

}  // namespace detail

/// The part of a flow that a rewrite exchanges, as it lies in an IPv4 packet.
struct packed_endpoints {
  std::uint64_t addresses = 0;  ///< source and destination
  std::uint32_t ports = 0;      ///< both

  /// Those of an IPv4 header; the ports remain zero.
  static packed_endpoints addresses_of(const std::byte* header) noexcept {
    return {load_raw<std::uint64_t>(header + ipv4_field::source), 0};
  }
  /// Those of an IPv4 header without options, ports behind it.
  static packed_endpoints all_of(const std::byte* header) noexcept {
    return {addresses_of(header).addresses,
            load_raw<std::uint32_t>(header + ipv4_header::size_min)};
  }

  constexpr std::uint32_t destination() const noexcept { return detail::second_of(addresses); }

  /// Stores both addresses into an IPv4 header.
  void store_addresses(std::byte* header) const noexcept {
    store_raw(header + ipv4_field::source, addresses);
  }
  /// Stores addresses and ports into an IPv4 header without options, ports behind it.
  void store_all(std::byte* header) const noexcept {
    store_addresses(header);
    store_raw(header + ipv4_header::size_min, ports);
  }
  /// Those of the answering packets, where nothing is translated.
  friend constexpr packed_endpoints reversed(const packed_endpoints& ends) noexcept {
    return {std::rotl(ends.addresses, 32), std::rotl(ends.ports, 16)};
  }
};

template <IpVersion V>
class packed_flow;

/// A flow key over IPv4, as the wire shows it.
template <>
class packed_flow<ipv4> {
 public:
  using words_type = std::array<std::uint64_t, 2>;

  constexpr packed_flow() noexcept = default;
  /// `source`, `destination` and `ports` are words as they lie in the packet.
  constexpr packed_flow(domain_id domain, weir::protocol transport, std::uint32_t source,
                        std::uint32_t destination, std::uint32_t ports) noexcept
      : words_{detail::joined(detail::flow_head(0, transport, domain), source),
               detail::joined(destination, ports)} {}

  /// The key of a packet by its header; `ports` are both, as they lie in the packet.
  static packed_flow from_header(const std::byte* header, domain_id domain,
                                 weir::protocol transport, std::uint32_t ports) noexcept {
    return {domain, transport, load_raw<std::uint32_t>(header + ipv4_field::source),
            load_raw<std::uint32_t>(header + ipv4_field::destination), ports};
  }
  /// The same of a packet whose header has no options and whose ports follow it.
  static packed_flow from_ipv4_header(const std::byte* header, domain_id domain) noexcept {
    packed_flow made;
    made.words_[0] = (load_raw<std::uint64_t>(header + 8) &
                      detail::joined(detail::protocol_mask, ~std::uint32_t{0})) |
                     detail::joined(detail::flow_head(0, weir::protocol{0}, domain), 0);
    made.words_[1] = load_raw<std::uint64_t>(header + 16);
    return made;
  }

  /// The words that identify the flow, for hashing.
  constexpr words_type words() const noexcept { return {words_[0] & detail::key_mask, words_[1]}; }

  constexpr std::uint8_t annotation() const noexcept { return detail::first_byte_of(words_[0]); }
  constexpr void set_annotation(std::uint8_t value) noexcept {
    words_[0] = (words_[0] & detail::key_mask) |
                detail::joined(detail::flow_head(value, weir::protocol{0}, domain_id{}), 0);
  }

  constexpr weir::protocol protocol() const noexcept { return detail::protocol_of(head()); }
  constexpr domain_id domain() const noexcept { return detail::domain_of(head()); }
  constexpr ipv4_address source() const noexcept {
    return ipv4_address{network_order(source_bits())};
  }
  constexpr ipv4_address destination() const noexcept {
    return ipv4_address{network_order(destination_bits())};
  }
  constexpr port source_port() const noexcept { return detail::source_port_of(ports_bits()); }
  constexpr port destination_port() const noexcept {
    return detail::destination_port_of(ports_bits());
  }

  /// The source as it lies in the packet.
  constexpr std::uint32_t source_bits() const noexcept { return detail::second_of(words_[0]); }
  /// The destination as it lies in the packet.
  constexpr std::uint32_t destination_bits() const noexcept { return detail::first_of(words_[1]); }
  /// Both ports as they lie in the packet.
  constexpr std::uint32_t ports_bits() const noexcept { return detail::second_of(words_[1]); }

  constexpr packed_endpoints endpoints() const noexcept {
    return {detail::middle_of(words_), ports_bits()};
  }

  /// Whether both are the same flow in the same direction.
  friend constexpr bool same_flow(const packed_flow& left, const packed_flow& right) noexcept {
    return (((left.words_[0] ^ right.words_[0]) & detail::key_mask) |
            (left.words_[1] ^ right.words_[1])) == 0;
  }
  /// The key of the answering packets, where nothing is translated; without annotation.
  friend constexpr packed_flow reversed(const packed_flow& flow) noexcept {
    packed_flow made;
    made.words_[0] =
        detail::joined(flow.head() & ~detail::annotation_mask, flow.destination_bits());
    made.words_[1] = detail::joined(flow.source_bits(), std::rotl(flow.ports_bits(), 16));
    return made;
  }

 private:
  constexpr std::uint32_t head() const noexcept { return detail::first_of(words_[0]); }

  words_type words_{};
};
static_assert(sizeof(packed_flow<ipv4>) == 16);
static_assert(std::is_trivially_copyable_v<packed_flow<ipv4>>);

/// A flow key over IPv6, with addresses and ports as the wire shows them.
template <>
class packed_flow<ipv6> {
 public:
  using words_type = std::array<std::uint64_t, 5>;
  /// Half an address, as it lies in the packet, and its other half.
  using address_bits = std::array<std::uint64_t, 2>;

  constexpr packed_flow() noexcept = default;
  /// `source`, `destination` and `ports` are words as they lie in the packet.
  constexpr packed_flow(domain_id domain, weir::protocol transport, const address_bits& source,
                        const address_bits& destination, std::uint32_t ports) noexcept
      : words_{detail::joined(detail::flow_head(0, transport, domain), ports), source[0], source[1],
               destination[0], destination[1]} {}

  /// The key of a packet by its header; `ports` are both, as they lie in the packet.
  static packed_flow from_header(const std::byte* header, domain_id domain,
                                 weir::protocol transport, std::uint32_t ports) noexcept {
    const auto word = [header](std::size_t i) noexcept {
      return load_raw<std::uint64_t>(header + 8 * i);
    };
    packed_flow made;
    made.words_ = {detail::joined(detail::flow_head(0, transport, domain), ports), word(1), word(2),
                   word(3), word(4)};
    return made;
  }

  /// The words that identify the flow, for hashing.
  constexpr words_type words() const noexcept {
    auto identity = words_;
    identity[0] &= detail::key_mask;
    return identity;
  }

  constexpr std::uint8_t annotation() const noexcept { return detail::first_byte_of(words_[0]); }
  constexpr void set_annotation(std::uint8_t value) noexcept {
    words_[0] = (words_[0] & detail::key_mask) |
                detail::joined(detail::flow_head(value, weir::protocol{0}, domain_id{}), 0);
  }

  constexpr weir::protocol protocol() const noexcept { return detail::protocol_of(head()); }
  constexpr domain_id domain() const noexcept { return detail::domain_of(head()); }
  constexpr ipv6_address source() const noexcept {
    return ipv6_address::from_halves(network_order(words_[1]), network_order(words_[2]));
  }
  constexpr ipv6_address destination() const noexcept {
    return ipv6_address::from_halves(network_order(words_[3]), network_order(words_[4]));
  }
  constexpr port source_port() const noexcept { return detail::source_port_of(ports_bits()); }
  constexpr port destination_port() const noexcept {
    return detail::destination_port_of(ports_bits());
  }

  /// The source as it lies in the packet.
  constexpr address_bits source_bits() const noexcept { return {words_[1], words_[2]}; }
  /// The destination as it lies in the packet.
  constexpr address_bits destination_bits() const noexcept { return {words_[3], words_[4]}; }
  /// Both ports as they lie in the packet.
  constexpr std::uint32_t ports_bits() const noexcept { return detail::second_of(words_[0]); }

  /// Stores both addresses into an IPv6 header.
  void store_addresses(std::byte* header) const noexcept {
    for (std::size_t i = 1; i < words_.size(); ++i) store_raw(header + 8 * i, words_[i]);
  }

  /// Whether both are the same flow in the same direction.
  friend constexpr bool same_flow(const packed_flow& left, const packed_flow& right) noexcept {
    return (((left.words_[0] ^ right.words_[0]) & detail::key_mask) |
            (left.words_[1] ^ right.words_[1]) | (left.words_[2] ^ right.words_[2]) |
            (left.words_[3] ^ right.words_[3]) | (left.words_[4] ^ right.words_[4])) == 0;
  }
  /// The key of the answering packets, where nothing is translated; without annotation.
  friend constexpr packed_flow reversed(const packed_flow& flow) noexcept {
    packed_flow made;
    made.words_ = {
        detail::joined(flow.head() & ~detail::annotation_mask, std::rotl(flow.ports_bits(), 16)),
        flow.words_[3], flow.words_[4], flow.words_[1], flow.words_[2]};
    return made;
  }

 private:
  constexpr std::uint32_t head() const noexcept { return detail::first_of(words_[0]); }

  words_type words_{};
};
static_assert(sizeof(packed_flow<ipv6>) == 40);
static_assert(std::is_trivially_copyable_v<packed_flow<ipv6>>);

/// The key as the wire shows it.
constexpr packed_flow<ipv4> pack(const flow_key<ipv4>& key) noexcept {
  return {key.domain, key.protocol, network_order(key.source.address.bits()),
          network_order(key.destination.address.bits()),
          detail::packed_ports(key.source.port, key.destination.port)};
}
constexpr packed_flow<ipv6> pack(const flow_key<ipv6>& key) noexcept {
  const auto bits = [](const ipv6_address& address) {
    return packed_flow<ipv6>::address_bits{network_order(address.high()),
                                           network_order(address.low())};
  };
  return {key.domain, key.protocol, bits(key.source.address), bits(key.destination.address),
          detail::packed_ports(key.source.port, key.destination.port)};
}

/// The key in host order.
template <IpVersion V>
constexpr flow_key<V> unpack(const packed_flow<V>& flow) noexcept {
  return {flow.domain(),
          flow.protocol(),
          {flow.source(), flow.source_port()},
          {flow.destination(), flow.destination_port()}};
}

namespace detail {

/// Sixteen bytes that are moved at once.
using byte_row [[gnu::vector_size(16)]] = std::uint8_t;

}  // namespace detail

/// The words of the flow in host order; the same as of the unpacked key, at less expense.
[[gnu::__always_inline__]] inline flow_words<ipv4> words_of(
    const packed_flow<ipv4>& flow) noexcept {
  if constexpr (std::endian::native != std::endian::little) return words_of(unpack(flow));
  detail::byte_row row;
  std::memcpy(&row, &flow, sizeof row);
  row = __builtin_shufflevector(row, detail::byte_row{}, 7, 6, 5, 4, 11, 10, 9, 8,  //
                                16, 16, 16, 16, 13, 12, 15, 14);
  flow_words<ipv4> made;
  std::memcpy(made.data(), &row, sizeof row);
  return made;
}
[[gnu::__always_inline__]] inline flow_words<ipv6> words_of(
    const packed_flow<ipv6>& flow) noexcept {
  if constexpr (std::endian::native != std::endian::little) return words_of(unpack(flow));
  flow_words<ipv6> made;
  for (std::size_t address = 0; address < 2; ++address) {
    detail::byte_row row;
    std::memcpy(&row, reinterpret_cast<const std::byte*>(&flow) + 8 + address * sizeof row,
                sizeof row);
    row = __builtin_shufflevector(row, row, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
    std::memcpy(made.data() + 4 * address, &row, sizeof row);
  }
  detail::store_row(made.data() + 8, 0, 0, 0,
                    ports_word(flow.source_port(), flow.destination_port()));
  return made;
}

static_assert(unpack(reversed(pack(flow_key<ipv4>{domain_id{7},
                                                  protocol::udp,
                                                  {ipv4_address{10, 0, 0, 1}, port{1}},
                                                  {ipv4_address{10, 0, 0, 2}, port{2}}}))) ==
              flow_key<ipv4>{domain_id{7},
                             protocol::udp,
                             {ipv4_address{10, 0, 0, 2}, port{2}},
                             {ipv4_address{10, 0, 0, 1}, port{1}}});

}  // namespace weir

#pragma once

// Where the fields of link-layer headers lie: the offsets and byte order that the room `link`
// may not know.

#include "weir/net/mac_address.hpp"
#include "weir/wire/bytes.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace weir {

/// Protocols of a frame (IEEE 802 numbers).
namespace ethertype {
inline constexpr std::uint16_t ipv4 = 0x0800;
inline constexpr std::uint16_t arp = 0x0806;
inline constexpr std::uint16_t vlan = 0x8100;
inline constexpr std::uint16_t ipv6 = 0x86DD;
inline constexpr std::uint16_t pppoe_session = 0x8864;
inline constexpr std::uint16_t service_vlan = 0x88A8;
inline constexpr std::uint16_t service_vlan_old = 0x9100;
}  // namespace ethertype

/// The address stored `offset` bytes into `bytes`, which hold it.
constexpr mac_address load_mac(std::span<const std::byte> bytes, std::size_t offset) noexcept {
  return mac_address::from_bits(std::uint64_t{load_be<std::uint16_t>(bytes, offset)} << 32 |
                                load_be<std::uint32_t>(bytes, offset + 2));
}
/// Stores an address `offset` bytes into `bytes`, which have room for it.
constexpr void store_mac(std::span<std::byte> bytes, std::size_t offset,
                         const mac_address& address) noexcept {
  store_be(bytes, offset, static_cast<std::uint16_t>(address.bits() >> 32));
  store_be(bytes, offset + 2, static_cast<std::uint32_t>(address.bits()));
}

/// A bounds-checked view of an Ethernet II header (IEEE 802.3 section 3.2), without tags.
class ethernet_header {
 public:
  static constexpr std::size_t size = 14;
  static constexpr std::size_t type_offset = 12;

  static constexpr std::optional<ethernet_header> parse(std::span<const std::byte> bytes) noexcept {
    if (bytes.size() < size) return std::nullopt;
    return ethernet_header{bytes};
  }

  constexpr mac_address destination() const noexcept { return load_mac(bytes_, 0); }
  constexpr mac_address source() const noexcept { return load_mac(bytes_, mac_address::size); }
  constexpr std::uint16_t type() const noexcept {
    return load_be<std::uint16_t>(bytes_, type_offset);
  }

 private:
  constexpr explicit ethernet_header(std::span<const std::byte> bytes) noexcept : bytes_{bytes} {}

  std::span<const std::byte> bytes_;
};

/// A VLAN tag: its type and its control word (IEEE 802.1Q section 9.6).
struct vlan_tag {
  static constexpr std::size_t size = 4;
  static constexpr std::uint16_t id_mask = 0x0FFF;

  std::uint16_t type = ethertype::vlan;
  std::uint16_t control = 0;

  constexpr std::uint16_t id() const noexcept { return control & id_mask; }

  friend constexpr bool operator==(const vlan_tag&, const vlan_tag&) noexcept = default;
};

constexpr bool is_vlan(std::uint16_t type) noexcept {
  return type == ethertype::vlan || type == ethertype::service_vlan ||
         type == ethertype::service_vlan_old;
}

/// The stations of a frame.
struct link_addresses {
  mac_address destination{};
  mac_address source{};

  friend constexpr bool operator==(const link_addresses&, const link_addresses&) noexcept = default;
};

/// The length of an Ethernet header with so many tags.
constexpr std::size_t ethernet_size(std::size_t tags) noexcept {
  return ethernet_header::size + tags * vlan_tag::size;
}

/// Writes an Ethernet header of `ethernet_size(tags.size())` bytes, for which `to` has room.
constexpr void write_ethernet_header(std::span<std::byte> to, const link_addresses& addresses,
                                     std::span<const vlan_tag> tags, std::uint16_t type) noexcept {
  store_mac(to, 0, addresses.destination);
  store_mac(to, mac_address::size, addresses.source);
  std::size_t at = ethernet_header::type_offset;
  for (const auto& tag : tags) {
    store_be(to, at, tag.type);
    store_be(to, at + 2, tag.control);
    at += vlan_tag::size;
  }
  store_be(to, at, type);
}

/// The family behind a null or loopback header, whose four bytes are the capturing machine's
/// AF_INET, or one of the systems' AF_INET6, in either byte order; zero where it is neither.
constexpr std::uint16_t loopback_ethertype(std::span<const std::byte> bytes) noexcept {
  constexpr std::uint32_t small = 0xFFFF;
  const auto ordered = load_be<std::uint32_t>(bytes, 0);
  const auto family = ordered > small ? detail::swapped(ordered) : ordered;
  switch (family) {
    case 2:
      return ethertype::ipv4;
    case 10:
    case 24:
    case 28:
    case 30:
      return ethertype::ipv6;
    default:
      return 0;
  }
}
inline constexpr std::size_t loopback_header_size = 4;

/// A VLAN tag's control word and the type behind it, as they follow the tag's own type.
struct tag_body {
  std::uint16_t control = 0;
  std::uint16_t next_type = 0;

  static constexpr std::optional<tag_body> parse(std::span<const std::byte> bytes) noexcept {
    if (bytes.size() < vlan_tag::size) return std::nullopt;
    return tag_body{load_be<std::uint16_t>(bytes, 0), load_be<std::uint16_t>(bytes, 2)};
  }
};

/// The header of a PPPoE session's frame (RFC 2516 section 4) and the PPP protocol behind it (RFC
/// 1661 section 2). Its length is not looked at: the packet has its own.
struct pppoe_header {
  static constexpr std::size_t size = 8;
  static constexpr std::uint16_t data = 0x1100;  ///< version 1, type 1, the code of a session
  static constexpr std::uint16_t ipv4 = 0x0021;  ///< PPP protocol (RFC 1332 section 2)
  static constexpr std::uint16_t ipv6 = 0x0057;  ///< PPP protocol (RFC 5072 section 2)

  std::uint16_t session = 0;
  std::uint16_t next_type = 0;  ///< ethertype of what it carries; zero where that is no packet

  static constexpr std::optional<pppoe_header> parse(std::span<const std::byte> bytes) noexcept {
    if (bytes.size() < size) return std::nullopt;
    pppoe_header made{load_be<std::uint16_t>(bytes, 2), 0};
    const auto carried = load_be<std::uint16_t>(bytes, 6);
    if (load_be<std::uint16_t>(bytes, 0) == data && (carried == ipv4 || carried == ipv6)) {
      made.next_type = carried == ipv4 ? ethertype::ipv4 : ethertype::ipv6;
    }
    return made;
  }
};

/// Writes the header before a packet of so many bytes, which `next_type` names; `to` has room.
constexpr void write_pppoe_header(std::span<std::byte> to, const pppoe_header& header,
                                  std::size_t packet_size) noexcept {
  constexpr std::size_t protocol_size = 2;
  store_be(to, 0, pppoe_header::data);
  store_be(to, 2, header.session);
  store_be(to, 4, static_cast<std::uint16_t>(packet_size + protocol_size));
  store_be(to, 6, header.next_type == ethertype::ipv4 ? pppoe_header::ipv4 : pppoe_header::ipv6);
}

/// What a Linux cooked header of either version says.
struct cooked_header {
  static constexpr std::size_t size_v1 = 16;
  static constexpr std::size_t size_v2 = 20;

  /// To whom the frame was sent, as the kernel saw it.
  enum class cast : std::uint8_t {
    host = 0,
    broadcast = 1,
    multicast = 2,
    other_host = 3,
    outgoing = 4,
  };

  cast to{};
  std::uint16_t type = 0;
  mac_address source{};

  /// Of version 1 (DLT_LINUX_SLL).
  static constexpr std::optional<cooked_header> parse_v1(
      std::span<const std::byte> bytes) noexcept {
    constexpr std::size_t address = 6;
    if (bytes.size() < size_v1) return std::nullopt;
    return cooked_header{cast{load_be<std::uint8_t>(bytes, 1)}, load_be<std::uint16_t>(bytes, 14),
                         load_mac(bytes, address)};
  }
  /// Of version 2 (DLT_LINUX_SLL2).
  static constexpr std::optional<cooked_header> parse_v2(
      std::span<const std::byte> bytes) noexcept {
    constexpr std::size_t address = 12;
    if (bytes.size() < size_v2) return std::nullopt;
    return cooked_header{cast{load_be<std::uint8_t>(bytes, 10)}, load_be<std::uint16_t>(bytes, 0),
                         load_mac(bytes, address)};
  }
};

namespace detail {

inline constexpr auto golden_ethernet =
    octets<0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02, 0, 0, 0, 0, 0x01, 0x08, 0x00>;

inline constexpr auto golden_pppoe = octets<0x11, 0x00, 0x12, 0x34, 0x00, 0x16, 0x00, 0x21>;

}  // namespace detail

static_assert(pppoe_header::parse(detail::golden_pppoe)->session == 0x1234);
static_assert(pppoe_header::parse(detail::golden_pppoe)->next_type == ethertype::ipv4);
static_assert(!pppoe_header::parse(detail::golden_pppoe.first(7)));
static_assert(ethernet_header::parse(detail::golden_ethernet)->type() == ethertype::ipv4);
static_assert(ethernet_header::parse(detail::golden_ethernet)->destination().is_group());
static_assert(ethernet_header::parse(detail::golden_ethernet)->source() ==
              mac_address{{0x02, 0, 0, 0, 0, 0x01}});
static_assert(!ethernet_header::parse(detail::golden_ethernet.first(13)));

}  // namespace weir

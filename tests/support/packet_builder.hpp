#pragma once

// Packets for tests. Defaults are valid, so that a test states only what it is about:
//
//   test::udp{}.from("10.0.0.5", 1000).to("192.0.2.1", 53).payload("hello").bytes()
//   test::tcp{}.syn().mss(1460).bytes()
//   test::echo{}.from("2001:db8::5").to("2001:db8::1").identifier(7).bytes()
//   test::icmp{3, 4}.rest(1280).quote(packet).bytes()
//
// Lengths and checksums are computed here, by code that shares nothing with weir's.

#include "weir/net/flow_key.hpp"
#include "weir/net/ip_address.hpp"
#include "weir/net/mac_address.hpp"
#include "weir/net/protocol.hpp"
#include "weir/net/text.hpp"

#include "tests/support/reference_checksum.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::test {

using packet_bytes = std::vector<std::byte>;

/// Bytes from numbers, and from text.
inline packet_bytes octets(std::initializer_list<unsigned> values) {
  packet_bytes made;
  for (const auto value : values) made.push_back(static_cast<std::byte>(value));
  return made;
}
inline packet_bytes text_bytes(std::string_view text) {
  packet_bytes made;
  for (const char letter : text) made.push_back(static_cast<std::byte>(letter));
  return made;
}
/// Bytes from hexadecimal digits; anything else between them is skipped.
inline packet_bytes hex(std::string_view digits) {
  packet_bytes made;
  int pending = -1;
  for (const char digit : digits) {
    int value = -1;
    if (digit >= '0' && digit <= '9') value = digit - '0';
    if (digit >= 'a' && digit <= 'f') value = digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F') value = digit - 'A' + 10;
    if (value < 0) continue;
    if (pending >= 0) made.push_back(static_cast<std::byte>(pending * 16 + value));
    pending = pending >= 0 ? -1 : value;
  }
  return made;
}

inline void put(packet_bytes& to, std::size_t at, std::uint64_t value, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    to[at + i] = static_cast<std::byte>(value >> (8 * (size - 1 - i)));
  }
}
inline void append(packet_bytes& to, std::uint64_t value, std::size_t size) {
  to.resize(to.size() + size);
  put(to, to.size() - size, value, size);
}
inline void append(packet_bytes& to, std::span<const std::byte> more) {
  to.insert(to.end(), more.begin(), more.end());
}
inline void append(packet_bytes& to, const ip_address& address) {
  if (address.is_ipv4()) {
    append(to, address.v4().bits(), 4);
  } else {
    append(to, address.v6().high(), 8);
    append(to, address.v6().low(), 8);
  }
}

/// A packet in the making; `bytes()` makes it. The family is that of the addresses.
class builder {
 public:
  explicit builder(protocol transport) : transport_{transport} {}

  // Addresses, ports, and the IP header.
  builder& from(std::string_view address, unsigned port = 1000) {
    return from(parse_ip_address(address).value(), port);
  }
  builder& from(const ip_address& address, unsigned port = 1000) {
    source_ = address;
    source_port_ = static_cast<std::uint16_t>(port);
    return *this;
  }
  template <IpVersion V>
  builder& from(const endpoint<V>& source) {
    return from(ip_address{source.address}, source.port.number());
  }
  builder& to(std::string_view address, unsigned port = 53) {
    return to(parse_ip_address(address).value(), port);
  }
  builder& to(const ip_address& address, unsigned port = 53) {
    destination_ = address;
    destination_port_ = static_cast<std::uint16_t>(port);
    return *this;
  }
  template <IpVersion V>
  builder& to(const endpoint<V>& destination) {
    return to(ip_address{destination.address}, destination.port.number());
  }
  builder& ttl(unsigned value) { return set(ttl_, value); }
  builder& tos(unsigned value) { return set(tos_, value); }
  builder& id(unsigned value) { return set(id_, value); }
  builder& dont_fragment(bool value = true) { return set(dont_fragment_, value); }
  /// Options of IPv4, padded to words.
  builder& ip_options(packet_bytes options) {
    options.resize((options.size() + 3) / 4 * 4);
    return set(ip_options_, std::move(options));
  }
  /// Adds an extension header of IPv6; `body` follows its first two bytes and is padded to eight.
  builder& extension(protocol kind, packet_bytes body = {}) {
    const std::size_t size = (body.size() + 2 + 7) / 8 * 8;
    body.resize(size - 2);
    const std::size_t length = kind == protocol::ah ? size / 4 - 2 : size / 8 - 1;
    body.insert(body.begin(), {std::byte{0}, static_cast<std::byte>(length)});
    extensions_.emplace_back(kind, std::move(body));
    return *this;
  }
  /// Adds a fragment header of IPv6 to the chain as it stands; `offset` is in bytes.
  builder& fragment_header(unsigned offset, bool more, std::uint32_t id = 1) {
    packet_bytes header(8);
    put(header, 2, offset | (more ? 1u : 0u), 2);
    put(header, 4, id, 4);
    extensions_.emplace_back(protocol::fragment, std::move(header));
    return *this;
  }

  // The payload, and the transport header.
  builder& payload(packet_bytes bytes) { return set(payload_, std::move(bytes)); }
  builder& payload(std::string_view text) { return payload(text_bytes(text)); }
  builder& payload_size(std::size_t size) {
    packet_bytes bytes(size);
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(i * 7 + 1);
    return payload(std::move(bytes));
  }
  builder& no_checksum() { return set(checksum_, checksum_kind::none); }
  builder& bad_checksum() { return set(checksum_, checksum_kind::wrong); }
  /// The sum of the pseudo header alone, as transmit offload leaves it in captures.
  builder& partial_checksum() { return set(checksum_, checksum_kind::partial); }

  builder& flags(unsigned bits) { return set(flags_, bits); }
  builder& syn() { return flags(0x02); }
  builder& syn_ack() { return flags(0x12); }
  builder& ack() { return flags(0x10); }
  builder& fin() { return flags(0x11); }
  builder& rst() { return flags(0x04); }
  builder& sequence(std::uint32_t value) { return set(sequence_, value); }
  builder& acknowledgment(std::uint32_t value) { return set(acknowledgment_, value); }
  builder& window(unsigned value) { return set(window_, value); }
  /// Adds TCP options, as they are; the whole is padded with zeros to words.
  builder& option(const packet_bytes& bytes) {
    append(tcp_options_, bytes);
    return *this;
  }
  builder& mss(unsigned value) { return option(octets({2, 4, value >> 8, value & 0xFF})); }
  builder& window_scale(unsigned shift) { return option(octets({3, 3, shift})); }
  builder& sack_permitted() { return option(octets({4, 2})); }

  builder& type(unsigned value) { return set(icmp_type_, value); }
  builder& code(unsigned value) { return set(icmp_code_, value); }
  /// The second word of an ICMP header.
  builder& rest(std::uint32_t value) { return set(icmp_rest_, value); }
  builder& identifier(unsigned value) {
    return rest((icmp_rest_ & 0xFFFF) | static_cast<std::uint32_t>(value) << 16);
  }
  builder& echo_sequence(unsigned value) { return rest((icmp_rest_ & 0xFFFF0000) | value); }
  /// What an ICMP error is about, cut to `size_max` bytes.
  builder& quote(std::span<const std::byte> packet, std::size_t size_max = 548) {
    const auto part = packet.first(std::min(packet.size(), size_max));
    return payload(packet_bytes(part.begin(), part.end()));
  }
  builder& spi(std::uint32_t value) { return set(spi_, value); }

  // Lies, for packets that must be refused.
  builder& total_length(unsigned value) { return set(total_length_, value); }
  builder& bad_ip_checksum() { return set(bad_ip_checksum_, true); }
  builder& udp_length(unsigned value) { return set(udp_length_, value); }
  builder& data_offset(unsigned words) { return set(data_offset_, words); }

  bool is_ipv6() const {
    return source_ ? source_->is_ipv6() : destination_ && destination_->is_ipv6();
  }
  ip_address source() const {
    if (source_) return *source_;
    return is_ipv6() ? *parse_ip_address("2001:db8::5") : *parse_ip_address("10.0.0.5");
  }
  ip_address destination() const {
    if (destination_) return *destination_;
    return is_ipv6() ? *parse_ip_address("2001:db8:1::1") : *parse_ip_address("192.0.2.1");
  }

  packet_bytes bytes() const { return wrapped(segment(), 0, false); }

  /// The packet in pieces of at most `piece_max` bytes of payload, which is rounded down to eight.
  std::vector<packet_bytes> fragments(std::size_t piece_max) const {
    const auto whole = segment();
    const std::size_t step = piece_max / 8 * 8;
    std::vector<packet_bytes> pieces;
    for (std::size_t at = 0; at < whole.size(); at += step) {
      pieces.push_back(fragment(at, std::min(step, whole.size() - at)));
    }
    return pieces;
  }
  /// One piece: `size` bytes of payload from `offset`, however little sense that makes.
  packet_bytes fragment(std::size_t offset, std::size_t size) const {
    const auto whole = segment();
    const auto first = whole.begin() + static_cast<std::ptrdiff_t>(offset);
    const packet_bytes part(first, first + static_cast<std::ptrdiff_t>(size));
    const bool more = offset + size < whole.size();
    if (!is_ipv6()) return wrapped(part, offset, more);
    builder piece = *this;
    piece.fragment_header(static_cast<unsigned>(offset), more, id_);
    return piece.wrapped(part, 0, false);
  }

 private:
  enum class checksum_kind {
    right,
    none,
    wrong,
    partial
  };

  template <class T, class U>
  builder& set(T& field, U&& value) {
    field = static_cast<T>(std::forward<U>(value));
    return *this;
  }

  protocol transport() const {
    const bool icmp = transport_ == protocol::icmp || transport_ == protocol::icmpv6;
    return !icmp ? transport_ : is_ipv6() ? protocol::icmpv6 : protocol::icmp;
  }

  /// Transport header and payload.
  packet_bytes segment() const {
    packet_bytes made;
    std::optional<std::size_t> field;
    switch (transport()) {
      case protocol::tcp:
        made = tcp_segment();
        field = 16;
        break;
      case protocol::udp:
      case protocol::udp_lite:
        made = udp_segment();
        field = 6;
        break;
      case protocol::icmp:
      case protocol::icmpv6:
        made = icmp_segment();
        field = 2;
        break;
      case protocol::sctp:
        made = ports();
        append(made, 0xABCD0123, 4);  // verification tag
        append(made, 0, 4);
        append(made, payload_);
        put_crc(made);
        break;
      case protocol::dccp:
        made = ports();
        append(made, octets({3, 0, 0, 0, 0x04, 0, 0, 1}));
        append(made, payload_);
        field = 6;
        break;
      case protocol::esp:
        append(made, spi_, 4);
        append(made, sequence_, 4);
        append(made, payload_);
        break;
      default:
        made = payload_;
    }
    if (field) put_checksum(made, *field);
    return made;
  }

  packet_bytes ports() const {
    packet_bytes made;
    append(made, source_port_, 2);
    append(made, destination_port_, 2);
    return made;
  }
  packet_bytes tcp_segment() const {
    packet_bytes made = ports();
    packet_bytes options = tcp_options_;
    options.resize((options.size() + 3) / 4 * 4);
    append(made, sequence_, 4);
    append(made, acknowledgment_, 4);
    append(made, data_offset_.value_or(5 + options.size() / 4) << 4, 1);
    append(made, flags_, 1);
    append(made, window_, 2);
    append(made, 0, 4);
    append(made, options);
    append(made, payload_);
    return made;
  }
  packet_bytes udp_segment() const {
    packet_bytes made = ports();
    append(made, udp_length_.value_or(8 + payload_.size()), 2);
    append(made, 0, 2);
    append(made, payload_);
    return made;
  }
  packet_bytes icmp_segment() const {
    packet_bytes made;
    const unsigned echo_request = is_ipv6() ? 128 : 8;
    append(made, icmp_type_.value_or(echo_request), 1);
    append(made, icmp_code_, 1);
    append(made, 0, 2);
    append(made, icmp_rest_, 4);
    append(made, payload_);
    return made;
  }

  static void put_crc(packet_bytes& segment) {
    const auto crc = reference_crc32c(segment);  // stored least significant byte first
    for (std::size_t i = 0; i < 4; ++i) segment[8 + i] = static_cast<std::byte>(crc >> (8 * i));
  }
  void put_checksum(packet_bytes& segment, std::size_t field) const {
    if (checksum_ == checksum_kind::none) return;
    packet_bytes addresses;
    append(addresses, source());
    append(addresses, destination());
    const auto next = static_cast<unsigned char>(transport());
    const bool lies = transport_ == protocol::udp && udp_length_.has_value();
    const std::size_t length = lies ? *udp_length_ : segment.size();
    const auto pseudo =
        transport() == protocol::icmp ? 0u : reference_pseudo_sum(addresses, next, length);
    if (checksum_ == checksum_kind::partial) return put(segment, field, pseudo, 2);
    const auto covered = std::span{segment}.first(std::min(length, segment.size()));
    auto sum = reference_checksum(covered, pseudo);
    const bool zero_means_none = transport_ == protocol::udp || transport_ == protocol::udp_lite;
    if (sum == 0 && zero_means_none) sum = 0xFFFF;
    put(segment, field, checksum_ == checksum_kind::wrong ? sum ^ 0x5555u : sum, 2);
  }

  /// The IP header, with what extends it, before a piece of the segment.
  packet_bytes wrapped(const packet_bytes& piece, std::size_t offset, bool more) const {
    packet_bytes made;
    if (is_ipv6()) {
      std::size_t length = piece.size();
      for (const auto& [kind, header] : extensions_) length += header.size();
      append(made, 0x60000000u | std::uint32_t{tos_} << 20, 4);
      append(made, total_length_.value_or(length), 2);
      append(made, 0, 1);
      append(made, ttl_, 1);
      append(made, source());
      append(made, destination());
      std::size_t next_at = 6;
      for (const auto& [kind, header] : extensions_) {
        put(made, next_at, static_cast<std::uint8_t>(kind), 1);
        next_at = made.size();
        append(made, header);
      }
      put(made, next_at, static_cast<std::uint8_t>(transport()), 1);
    } else {
      const std::size_t size = 20 + ip_options_.size();
      append(made, 0x40 | size / 4, 1);
      append(made, tos_, 1);
      append(made, total_length_.value_or(size + piece.size()), 2);
      append(made, id_, 2);
      append(made, offset / 8 | (more ? 0x2000u : 0u) | (dont_fragment_ ? 0x4000u : 0u), 2);
      append(made, ttl_, 1);
      append(made, static_cast<std::uint8_t>(transport()), 1);
      append(made, 0, 2);
      append(made, source());
      append(made, destination());
      append(made, ip_options_);
      const auto sum = reference_checksum(made);
      put(made, 10, bad_ip_checksum_ ? sum ^ 0x5555u : sum, 2);
    }
    append(made, piece);
    return made;
  }

  protocol transport_;
  std::optional<ip_address> source_;
  std::optional<ip_address> destination_;
  std::uint16_t source_port_ = 1000;
  std::uint16_t destination_port_ = 53;
  std::uint8_t ttl_ = 64;
  std::uint8_t tos_ = 0;
  std::uint16_t id_ = 0x1234;
  bool dont_fragment_ = false;
  packet_bytes ip_options_;
  std::vector<std::pair<protocol, packet_bytes>> extensions_;
  packet_bytes payload_;
  checksum_kind checksum_ = checksum_kind::right;
  std::uint8_t flags_ = 0x10;
  std::uint32_t sequence_ = 1;
  std::uint32_t acknowledgment_ = 1;
  std::uint16_t window_ = 64240;
  packet_bytes tcp_options_;
  std::optional<unsigned> icmp_type_;
  std::uint8_t icmp_code_ = 0;
  std::uint32_t icmp_rest_ = 0x00010001;
  std::uint32_t spi_ = 0xC0DE0001;
  std::optional<unsigned> total_length_;
  bool bad_ip_checksum_ = false;
  std::optional<unsigned> udp_length_;
  std::optional<unsigned> data_offset_;
};

struct udp : builder {
  udp() : builder{protocol::udp} {}
};
/// A segment of an open connection; see `syn()` and its like.
struct tcp : builder {
  tcp() : builder{protocol::tcp} {}
};
/// An echo request; `type(0)` or, over IPv6, `type(129)` makes it a reply.
struct echo : builder {
  echo() : builder{protocol::icmp} {}
};
/// Any ICMP or ICMPv6 message: the family is that of the addresses.
struct icmp : builder {
  icmp(unsigned type_value, unsigned code_value) : builder{protocol::icmp} {
    type(type_value).code(code_value).rest(0);
  }
};
/// Any protocol, known by its number; those with ports, ESP and ICMP get their headers.
struct datagram : builder {
  explicit datagram(protocol transport) : builder{transport} {}
};

/// A frame: an Ethernet header with VLAN ids, outer first, before a packet.
inline packet_bytes ethernet(std::span<const std::byte> packet, const mac_address& destination,
                             const mac_address& source, std::span<const unsigned> vlans = {}) {
  packet_bytes made;
  for (const auto octet : destination.octets()) append(made, octet, 1);
  for (const auto octet : source.octets()) append(made, octet, 1);
  for (std::size_t i = 0; i < vlans.size(); ++i) {
    append(made, i + 1 < vlans.size() ? 0x88A8 : 0x8100, 2);
    append(made, vlans[i], 2);
  }
  const bool six = !packet.empty() && std::to_integer<unsigned>(packet[0]) >> 4 == 6;
  append(made, six ? 0x86DD : 0x0800, 2);
  append(made, packet);
  return made;
}

}  // namespace weir::test

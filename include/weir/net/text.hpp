#pragma once

// Addresses as people write them. For the control side: it allocates.

#include "weir/net/flow_key.hpp"
#include "weir/net/ip_address.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/net/ipv4_address.hpp"
#include "weir/net/ipv6_address.hpp"
#include "weir/net/mac_address.hpp"
#include "weir/net/port.hpp"
#include "weir/net/prefix.hpp"

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir {

namespace detail {

/// A number of the whole text, without sign, space or superfluous zero; nothing if it is past
/// `max` or longer than `digits_max`.
constexpr std::optional<std::uint32_t> parse_number(std::string_view text, std::uint32_t max,
                                                    unsigned base = 10) noexcept {
  constexpr std::size_t digits_max = 9;
  const bool padded = base == 10 && text.size() > 1 && text[0] == '0';
  if (text.empty() || text.size() > digits_max || padded) return std::nullopt;
  std::uint32_t value = 0;
  for (const char digit : text) {
    unsigned worth = base;
    if (digit >= '0' && digit <= '9') worth = static_cast<unsigned>(digit - '0');
    if (digit >= 'a' && digit <= 'f') worth = static_cast<unsigned>(digit - 'a') + 10;
    if (digit >= 'A' && digit <= 'F') worth = static_cast<unsigned>(digit - 'A') + 10;
    if (worth >= base) return std::nullopt;
    value = value * base + worth;
    if (value > max) return std::nullopt;
  }
  return value;
}

/// The text before a separator, which is taken off with it; all of it where there is none.
constexpr std::string_view take_until(std::string_view& text, char separator) noexcept {
  const auto at = text.find(separator);
  const auto head = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
  return head;
}

inline void append_hex(std::string& out, std::uint32_t value) {
  std::array<char, 8> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, 16).ptr;
  out.append(digits.data(), end);
}

}  // namespace detail

/// Dotted decimal, four numbers without leading zeros.
constexpr std::optional<ipv4_address> parse_ipv4_address(std::string_view text) noexcept {
  std::uint32_t bits = 0;
  for (int i = 0; i < 4; ++i) {
    const bool last = i == 3;
    if (!last && text.find('.') == std::string_view::npos) return std::nullopt;
    const auto octet = detail::parse_number(last ? text : detail::take_until(text, '.'), 255);
    if (!octet) return std::nullopt;
    bits = bits << 8 | *octet;
  }
  return ipv4_address{bits};
}

namespace detail {

/// One side of an IPv6 address around its `::`: up to eight groups, the last perhaps in dotted
/// decimal. How many groups there were; nothing if they are malformed or too many.
constexpr std::optional<std::size_t> parse_groups(std::string_view text,
                                                  std::array<std::uint16_t, 8>& groups) noexcept {
  constexpr std::size_t digits_max = 4;
  if (text.empty()) return 0;
  std::size_t count = 0;
  for (bool last = false; !last;) {
    last = text.find(':') == std::string_view::npos;
    const auto group = take_until(text, ':');
    if (last && group.find('.') != std::string_view::npos) {
      const auto dotted = parse_ipv4_address(group);
      if (!dotted || count > 6) return std::nullopt;
      groups[count++] = static_cast<std::uint16_t>(dotted->bits() >> 16);
      groups[count++] = static_cast<std::uint16_t>(dotted->bits());
      return count;
    }
    const auto value = parse_number(group, 0xFFFF, 16);
    if (!value || group.size() > digits_max || count == groups.size()) return std::nullopt;
    groups[count++] = static_cast<std::uint16_t>(*value);
  }
  return count;
}

/// Eight groups as an address.
constexpr ipv6_address from_groups(const std::array<std::uint16_t, 8>& groups) noexcept {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    high = high << 16 | groups[i];
    low = low << 16 | groups[i + 4];
  }
  return ipv6_address::from_halves(high, low);
}

constexpr std::array<std::uint16_t, 8> to_groups(const ipv6_address& address) noexcept {
  std::array<std::uint16_t, 8> groups{};
  for (std::size_t i = 0; i < 4; ++i) {
    groups[i] = static_cast<std::uint16_t>(address.high() >> (48 - 16 * i));
    groups[i + 4] = static_cast<std::uint16_t>(address.low() >> (48 - 16 * i));
  }
  return groups;
}

}  // namespace detail

/// RFC 4291 section 2.2, every form: full, with `::`, and with dotted decimal at the end.
constexpr std::optional<ipv6_address> parse_ipv6_address(std::string_view text) noexcept {
  std::array<std::uint16_t, 8> groups{};
  const auto gap = text.find("::");
  if (gap == std::string_view::npos) {
    const auto count = detail::parse_groups(text, groups);
    if (count != groups.size()) return std::nullopt;
    return detail::from_groups(groups);
  }
  std::array<std::uint16_t, 8> tail{};
  const auto head_text = text.substr(0, gap);
  if (head_text.find('.') != std::string_view::npos) return std::nullopt;
  const auto before = detail::parse_groups(head_text, groups);
  const auto after = detail::parse_groups(text.substr(gap + 2), tail);
  // The gap stands for one group at least (RFC 5952 section 4.2.2 would rather see two).
  if (!before || !after || *before + *after >= groups.size()) return std::nullopt;
  for (std::size_t i = 0; i < *after; ++i) groups[groups.size() - *after + i] = tail[i];
  return detail::from_groups(groups);
}

/// An address of either family.
constexpr std::optional<ip_address> parse_ip_address(std::string_view text) noexcept {
  if (text.find(':') != std::string_view::npos) {
    const auto six = parse_ipv6_address(text);
    return six ? std::optional{ip_address{*six}} : std::nullopt;
  }
  const auto four = parse_ipv4_address(text);
  return four ? std::optional{ip_address{*four}} : std::nullopt;
}

/// An address and its length, whose host bits may be set: `10.0.0.1/24` of an interface.
struct address_and_length {
  ip_address address{};
  unsigned length = 0;
};

/// Nothing if either part is malformed or the length exceeds the family's; without a slash, the
/// length of a host.
constexpr std::optional<address_and_length> parse_address_and_length(
    std::string_view text) noexcept {
  const bool has_length = text.find('/') != std::string_view::npos;
  const auto address = parse_ip_address(detail::take_until(text, '/'));
  if (!address) return std::nullopt;
  const unsigned bits = address->bits_count();
  if (!has_length) return address_and_length{*address, bits};
  const auto length = detail::parse_number(text, bits);
  if (!length) return std::nullopt;
  return address_and_length{*address, *length};
}

/// An address block; nothing if host bits are set. Without a slash, one host.
constexpr std::optional<ip_prefix> parse_prefix(std::string_view text) noexcept {
  const auto parts = parse_address_and_length(text);
  if (!parts) return std::nullopt;
  const auto block = ip_prefix::around(parts->address, parts->length);
  return block.address() == parts->address ? std::optional{block} : std::nullopt;
}

/// Six pairs of hexadecimal digits between colons.
constexpr std::optional<mac_address> parse_mac_address(std::string_view text) noexcept {
  std::array<std::uint8_t, mac_address::size> octets{};
  if (text.size() != 17) return std::nullopt;
  for (std::size_t i = 0; i < octets.size(); ++i) {
    if (i > 0 && text[3 * i - 1] != ':') return std::nullopt;
    const auto octet = detail::parse_number(text.substr(3 * i, 2), 255, 16);
    if (!octet) return std::nullopt;
    octets[i] = static_cast<std::uint8_t>(*octet);
  }
  return mac_address{octets};
}

/// A port number in decimal.
constexpr std::optional<port> parse_port(std::string_view text) noexcept {
  const auto number = detail::parse_number(text, 65535);
  return number ? std::optional{port{static_cast<std::uint16_t>(*number)}} : std::nullopt;
}

inline std::string to_text(ipv4_address address) {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) {
    out += std::to_string(address.bits() >> shift & 0xFF);
    if (shift > 0) out += '.';
  }
  return out;
}

/// The canonical form (RFC 5952): lower case, the longest run of zero groups, the first of equals,
/// as `::`, and IPv4-mapped addresses in dotted decimal.
inline std::string to_text(const ipv6_address& address) {
  if (address.is_v4_mapped()) {
    return "::ffff:" + to_text(ipv4_address{static_cast<std::uint32_t>(address.low())});
  }
  const auto groups = detail::to_groups(address);
  std::size_t gap = groups.size();
  std::size_t gap_length = 1;  // RFC 5952 section 4.2.2: one zero group alone is written out
  for (std::size_t i = 0; i < groups.size(); ++i) {
    std::size_t run = 0;
    while (i + run < groups.size() && groups[i + run] == 0) ++run;
    if (run > gap_length) {
      gap = i;
      gap_length = run;
    }
  }
  std::string out;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (i == gap) {
      out += "::";
      i += gap_length - 1;
      continue;
    }
    if (!out.empty() && out.back() != ':') out += ':';
    detail::append_hex(out, groups[i]);
  }
  return out;
}

inline std::string to_text(const ip_address& address) {
  return address.is_ipv4() ? to_text(address.v4()) : to_text(address.v6());
}

template <IpVersion V>
std::string to_text(const prefix<V>& block) {
  return to_text(block.address()) + '/' + std::to_string(block.length());
}
inline std::string to_text(const ip_prefix& block) {
  return to_text(block.address()) + '/' + std::to_string(block.length());
}

inline std::string to_text(const mac_address& address) {
  std::string out;
  for (const auto octet : address.octets()) {
    if (!out.empty()) out += ':';
    if (octet < 16) out += '0';
    detail::append_hex(out, octet);
  }
  return out;
}

inline std::string to_text(const port_range& range) {
  const auto first = std::to_string(range.first().number());
  return range.size() == 1 ? first : first + '-' + std::to_string(range.last().number());
}

/// `192.0.2.1:53` or `[2001:db8::1]:53` (RFC 5952 section 6).
template <IpVersion V>
std::string to_text(const endpoint<V>& end) {
  const auto port = ':' + std::to_string(end.port.number());
  if constexpr (V::number == 4) {
    return to_text(end.address) + port;
  } else {
    return '[' + to_text(end.address) + ']' + port;
  }
}

/// An address of either family with a port.
struct ip_endpoint {
  ip_address address{};
  weir::port port{};

  friend constexpr bool operator==(const ip_endpoint&, const ip_endpoint&) noexcept = default;
};

/// `192.0.2.1:53` or `[2001:db8::1]:53`.
constexpr std::optional<ip_endpoint> parse_endpoint(std::string_view text) noexcept {
  const bool bracketed = text.starts_with('[');
  if (bracketed) text.remove_prefix(1);
  const auto end = bracketed ? text.find("]:") : text.rfind(':');
  if (end == std::string_view::npos) return std::nullopt;
  const auto address = parse_ip_address(text.substr(0, end));
  const auto number = parse_port(text.substr(end + (bracketed ? 2 : 1)));
  if (!address || !number || address->is_ipv6() != bracketed) return std::nullopt;
  return ip_endpoint{*address, *number};
}

}  // namespace weir

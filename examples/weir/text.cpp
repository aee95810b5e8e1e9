#include "examples/weir/text.hpp"

#include "weir/wire/bytes.hpp"
#include "weir/wire/ipv6_header.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <numeric>
#include <vector>

namespace weir::program {

namespace {

std::optional<unsigned> parse_number(std::string_view text, unsigned max) {
  unsigned value = 0;
  const auto* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  return error == std::errc{} && rest == end && value <= max ? std::optional{value} : std::nullopt;
}

/// How many letters must change to make one word the other.
std::size_t edits(std::string_view left, std::string_view right) {
  std::vector<std::size_t> row(right.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < left.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < right.size(); ++j) {
      const std::size_t replaced = diagonal + (left[i] == right[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string text(const ip_address& address) {
  std::array<std::byte, 16> bytes{};
  std::array<char, INET6_ADDRSTRLEN> made{};
  if (address.is_ipv4()) {
    store_be(bytes.data(), address.v4().bits());
  } else {
    store_ipv6_address(bytes, 0, address.v6());
  }
  const int family = address.is_ipv4() ? AF_INET : AF_INET6;
  return ::inet_ntop(family, bytes.data(), made.data(), made.size());
}

std::string text(const ip_address& address, port one) {
  return address.is_ipv4() ? fmt::format("{}:{}", text(address), one.number())
                           : fmt::format("[{}]:{}", text(address), one.number());
}

std::string text(const mac_address& address) {
  const auto& octets = address.octets();
  return fmt::format("{:02x}:{:02x}:{:02x}:{:02x}:{:02x}:{:02x}", octets[0], octets[1], octets[2],
                     octets[3], octets[4], octets[5]);
}

std::string text(std::uint64_t count) {
  auto made = std::to_string(count);
  for (auto at = static_cast<std::ptrdiff_t>(made.size()) - 3; at > 0; at -= 3) {
    made.insert(static_cast<std::size_t>(at), 1, ' ');
  }
  return made;
}

std::optional<ip_address> parse_address(std::string_view text) {
  const std::string whole{text};
  std::array<std::byte, 16> bytes{};
  if (::inet_pton(AF_INET, whole.c_str(), bytes.data()) == 1) {
    return ipv4_address{load_be<std::uint32_t>(bytes.data())};
  }
  if (::inet_pton(AF_INET6, whole.c_str(), bytes.data()) == 1) {
    return load_ipv6_address(bytes, 0);
  }
  return std::nullopt;
}

std::optional<ip_prefix> parse_prefix(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = parse_address(text.substr(0, slash));
  if (!address) {
    return std::nullopt;
  }
  const unsigned bits = address->is_ipv4() ? ipv4::address_bits : ipv6::address_bits;
  const auto length =
      slash == std::string_view::npos ? bits : parse_number(text.substr(slash + 1), bits);
  if (!length) {
    return std::nullopt;
  }
  if (address->is_ipv4()) {
    const auto made = ipv4_prefix::make(address->v4(), *length);
    return made ? std::optional<ip_prefix>{*made} : std::nullopt;
  }
  const auto made = ipv6_prefix::make(address->v6(), *length);
  return made ? std::optional<ip_prefix>{*made} : std::nullopt;
}

std::optional<address_and_port> parse_endpoint(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) {
    return std::nullopt;
  }
  auto host = text.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return std::nullopt;
  }
  constexpr unsigned port_max = 65535;
  const auto address = parse_address(host);
  const auto number = parse_number(text.substr(colon + 1), port_max);
  if (!address || !number) {
    return std::nullopt;
  }
  return address_and_port{*address, port{static_cast<std::uint16_t>(*number)}};
}

std::string nearest(std::string_view text, std::span<const std::string> known) {
  std::string best;
  std::size_t best_edits = text.size() / 2 + 2;
  for (const auto& one : known) {
    const auto count = edits(text, one);
    if (count < best_edits) {
      best = one;
      best_edits = count;
    }
  }
  return best;
}

std::string listed(std::span<const std::string> words) {
  std::string made;
  for (std::size_t at = 0; at < words.size(); ++at) {
    made += at == 0 ? "" : at + 1 == words.size() ? " and " : ", ";
    made += words[at];
  }
  return made;
}

}  // namespace weir::program

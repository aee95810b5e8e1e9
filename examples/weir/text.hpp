#pragma once

#include "weir/net/ip_address.hpp"
#include "weir/net/mac_address.hpp"
#include "weir/net/port.hpp"
#include "weir/net/prefix.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace weir::program {

/// An address as people write it (IPv6: RFC 5952).
std::string text(const ip_address& address);
/// An address with a port: `192.0.2.1:80`, `[2001:db8::1]:80`.
std::string text(const ip_address& address, port one);
std::string text(const mac_address& address);
/// A count with its thousands set apart: `1 234 567`.
std::string text(std::uint64_t count);

std::optional<ip_address> parse_address(std::string_view text);
std::optional<ip_prefix> parse_prefix(std::string_view text);

struct address_and_port {
  ip_address address{};
  weir::port port{};
};
std::optional<address_and_port> parse_endpoint(std::string_view text);

/// The word of `known` that is nearest to `text`; empty where none is near.
std::string nearest(std::string_view text, std::span<const std::string> known);

/// `a, b and c`.
std::string listed(std::span<const std::string> words);

}  // namespace weir::program

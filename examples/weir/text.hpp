#pragma once

#include "weir/net/ip_address.hpp"
#include "weir/net/port.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace weir::program {

/// An address with a port: `192.0.2.1:80`, `[2001:db8::1]:80`.
std::string text(const ip_address& address, port one);
/// A count with its thousands set apart: `1 234 567`.
std::string text(std::uint64_t count);

/// The word of `known` that was probably meant by `text`: at most a third of its letters differ,
/// and not all of them. Empty where none is near; dashes before an option are no letters.
std::string nearest(std::string_view text, std::span<const std::string> known);

/// `a, b and c`.
std::string listed(std::span<const std::string> words);

}  // namespace weir::program

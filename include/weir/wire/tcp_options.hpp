#pragma once

#include "weir/wire/bytes.hpp"
#include "weir/wire/checksum.hpp"
#include "weir/wire/tcp_header.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace weir {

/// TCP option kinds (RFC 9293 section 3.2, RFC 7323, RFC 2018).
namespace tcp_option {
inline constexpr std::uint8_t end = 0;
inline constexpr std::uint8_t nothing = 1;
inline constexpr std::uint8_t mss = 2;
inline constexpr std::uint8_t window_scale = 3;
inline constexpr std::uint8_t sack_permitted = 4;
}  // namespace tcp_option

/// The largest window scale; a larger one counts as this (RFC 7323 section 2.3).
inline constexpr std::uint8_t window_scale_max = 14;

/// What the options of a SYN say; of an option that is there twice the last one.
struct tcp_options {
  std::optional<std::uint16_t> mss;
  std::optional<std::uint8_t> window_scale;
  bool sack_permitted = false;
};

/// Calls `visit` with the kind of each option of a TCP header, where it begins and how long it is;
/// as many steps as bytes, at most. An option whose length lies ends the walk; what stood before it
/// holds.
template <class Visit>
constexpr void each_tcp_option(std::span<const std::byte> options, Visit&& visit) noexcept {
  for (std::size_t at = 0; at < options.size();) {
    const auto kind = load_be<std::uint8_t>(options, at);
    if (kind == tcp_option::end) return;
    if (kind == tcp_option::nothing) {
      ++at;
      continue;
    }
    const std::size_t length = at + 1 < options.size() ? load_be<std::uint8_t>(options, at + 1) : 0;
    if (length < 2 || length > options.size() - at) return;
    visit(kind, at, length);
    at += length;
  }
}

/// Walks the options of a TCP header.
constexpr tcp_options walk_tcp_options(std::span<const std::byte> options) noexcept {
  tcp_options found;
  each_tcp_option(options, [&](std::uint8_t kind, std::size_t at, std::size_t length) noexcept {
    if (kind == tcp_option::mss && length == 4) {
      found.mss = load_be<std::uint16_t>(options, at + 2);
    } else if (kind == tcp_option::window_scale && length == 3) {
      found.window_scale = std::min(load_be<std::uint8_t>(options, at + 2), window_scale_max);
    } else if (kind == tcp_option::sack_permitted && length == 2) {
      found.sack_permitted = true;
    }
  });
  return found;
}

/// Lowers the MSS of a SYN to `limit` where it offers more, and the checksum with it; an MSS is
/// never raised or added. Of several each is lowered, for nobody says which one a host believes.
/// `segment` begins at the TCP header. Whether anything changed.
constexpr bool clamp_mss(std::span<std::byte> segment, std::uint16_t limit) noexcept {
  const auto header = tcp_header::parse(segment);
  if (!header || (header->flags() & tcp_flag::syn) == 0) return false;
  const auto options = header->options();
  bool changed = false;
  each_tcp_option(options, [&](std::uint8_t kind, std::size_t at, std::size_t length) noexcept {
    if (kind != tcp_option::mss || length != 4) return;
    const auto offered = load_be<std::uint16_t>(options, at + 2);
    if (offered <= limit) return;
    // An option may begin at an odd byte; the words it lies in then hold its halves the other way
    // round, which for a ones-complement sum is the value with its bytes exchanged.
    const auto word = [odd = at % 2 != 0](std::uint16_t value) {
      return odd ? static_cast<std::uint16_t>(value << 8 | value >> 8) : value;
    };
    store_be(segment, tcp_header::size_min + at + 2, limit);
    adjust_checksum(segment.data() + tcp_field::checksum,
                    checksum_delta{}.replacing(word(offered), word(limit)));
    changed = true;
  });
  return changed;
}

static_assert(walk_tcp_options(tcp_header::parse(detail::golden_syn)->options()).mss == 1460);
static_assert(walk_tcp_options(tcp_header::parse(detail::golden_syn)->options()).window_scale == 7);
static_assert(walk_tcp_options(tcp_header::parse(detail::golden_syn)->options()).sack_permitted);
static_assert(!walk_tcp_options(detail::octets<8, 0, 2, 4, 5, 180>).mss);

}  // namespace weir

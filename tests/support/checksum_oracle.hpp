#pragma once

// Says what is wrong with a packet, reading it anew: nothing here is weir's.

#include "tests/support/reference_checksum.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace weir::test {

/// How a transport checksum stands.
enum class checksum_verdict {
  right,
  wrong,
  absent,    ///< the protocol has none, or UDP went without
  unjudged,  ///< a fragment, or not all of it is here
};

namespace detail {

/// What the oracle reads from a packet's headers.
struct dissection {
  std::string fault;  ///< empty where the headers are consistent
  unsigned version = 0;
  std::size_t transport_at = 0;
  std::size_t end = 0;
  unsigned transport = 0;
  bool fragment = false;
  bool later = false;
  std::span<const std::byte> addresses;
};

inline dissection dissect_v4(std::span<const std::byte> bytes, std::size_t wire_size) {
  dissection found;
  found.version = 4;
  if (bytes.size() < 20) return found.fault = "the IPv4 header is cut", found;
  found.transport_at = number_at(bytes, 0, 1) % 16 * 4;
  found.end = number_at(bytes, 2, 2);
  found.transport = static_cast<unsigned>(number_at(bytes, 9, 1));
  found.fragment = (number_at(bytes, 6, 2) & 0x3FFF) != 0;
  found.later = (number_at(bytes, 6, 2) & 0x1FFF) != 0;
  found.addresses = bytes.subspan(12, 8);
  if (found.transport_at < 20 || found.transport_at > bytes.size()) {
    return found.fault = "the IPv4 header length lies", found;
  }
  if (found.end < found.transport_at || found.end > wire_size) {
    return found.fault = "the IPv4 total length lies", found;
  }
  if (reference_sum(bytes.first(found.transport_at)) != 0xFFFF) {
    found.fault = "the IPv4 header checksum is wrong";
  }
  return found;
}

inline dissection dissect_v6(std::span<const std::byte> bytes, std::size_t wire_size) {
  dissection found;
  found.version = 6;
  if (bytes.size() < 40) return found.fault = "the IPv6 header is cut", found;
  found.end = 40 + number_at(bytes, 4, 2);
  found.transport = static_cast<unsigned>(number_at(bytes, 6, 1));
  found.transport_at = 40;
  found.addresses = bytes.subspan(8, 32);
  if (found.end > wire_size) return found.fault = "the IPv6 payload length lies", found;
  while (found.transport == 0 || found.transport == 43 || found.transport == 44 ||
         found.transport == 51 || found.transport == 60) {
    const std::size_t at = found.transport_at;
    if (at + 8 > std::min(found.end, bytes.size())) {
      return found.fault = "an extension header is cut", found;
    }
    const auto length = number_at(bytes, at + 1, 1);
    if (found.transport == 44) {
      found.later = (number_at(bytes, at + 2, 2) & 0xFFF8) != 0;
      found.fragment = (number_at(bytes, at + 2, 2) & 0xFFF9) != 0;
      found.transport_at = at + 8;
    } else {
      found.transport_at = at + (found.transport == 51 ? (length + 2) * 4 : (length + 1) * 8);
    }
    found.transport = static_cast<unsigned>(number_at(bytes, at, 1));
    if (found.later) break;
  }
  if (found.transport_at > found.end) found.fault = "an extension header is cut";
  return found;
}

inline dissection dissect(std::span<const std::byte> bytes, std::size_t wire_size) {
  dissection found;
  if (bytes.empty()) return found.fault = "there are no bytes", found;
  const auto version = number_at(bytes, 0, 1) / 16;
  if (version == 4) return dissect_v4(bytes, wire_size);
  if (version == 6) return dissect_v6(bytes, wire_size);
  return found.fault = "the version is neither 4 nor 6", found;
}

inline bool verifies(const dissection& packet, std::span<const std::byte> covered,
                     std::size_t length) {
  const bool plain = packet.version == 4 && packet.transport == 1;
  const auto pseudo =
      plain ? 0u
            : reference_pseudo_sum(packet.addresses, static_cast<unsigned char>(packet.transport),
                                   length);
  return reference_sum(covered, pseudo) == 0xFFFF;
}

inline checksum_verdict judge_udp(const dissection& packet, std::span<const std::byte> segment) {
  const bool lite = packet.transport == 136;
  const std::size_t field = number_at(segment, 4, 2);
  const std::size_t length = lite && field == 0 ? segment.size() : field;
  if (length < 8 || length > segment.size()) return checksum_verdict::wrong;
  if (number_at(segment, 6, 2) == 0) {
    return packet.version == 4 && !lite ? checksum_verdict::absent : checksum_verdict::wrong;
  }
  const auto covered = segment.first(length);
  return verifies(packet, covered, lite ? segment.size() : length) ? checksum_verdict::right
                                                                   : checksum_verdict::wrong;
}

inline checksum_verdict judge_sctp(std::span<const std::byte> segment) {
  std::vector<std::byte> copy(segment.begin(), segment.end());
  std::uint32_t stored = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    stored |= std::to_integer<std::uint32_t>(copy[8 + i]) << (8 * i);
    copy[8 + i] = std::byte{0};
  }
  return reference_crc32c(copy) == stored ? checksum_verdict::right : checksum_verdict::wrong;
}

inline checksum_verdict judge(const dissection& packet, std::span<const std::byte> bytes) {
  if (packet.fragment || packet.end > bytes.size()) return checksum_verdict::unjudged;
  const auto segment = bytes.first(packet.end).subspan(packet.transport_at);
  const auto enough = [&](std::size_t size) { return segment.size() >= size; };
  switch (packet.transport) {
    case 6:
      return enough(20) && verifies(packet, segment, segment.size()) ? checksum_verdict::right
                                                                     : checksum_verdict::wrong;
    case 17:
    case 136:
      return enough(8) ? judge_udp(packet, segment) : checksum_verdict::wrong;
    case 33:
      return enough(12) && verifies(packet, segment, segment.size()) ? checksum_verdict::right
                                                                     : checksum_verdict::wrong;
    case 132:
      return enough(12) ? judge_sctp(segment) : checksum_verdict::wrong;
    case 1:
    case 58:
      if ((packet.transport == 1) != (packet.version == 4)) return checksum_verdict::absent;
      return enough(4) && verifies(packet, segment, segment.size()) ? checksum_verdict::right
                                                                    : checksum_verdict::wrong;
    default:
      return checksum_verdict::absent;
  }
}

inline bool quotes(const dissection& packet, std::span<const std::byte> bytes) {
  const bool icmp = (packet.version == 4 && packet.transport == 1) ||
                    (packet.version == 6 && packet.transport == 58);
  if (!icmp || packet.later || packet.transport_at + 8 > bytes.size()) return false;
  const auto type = number_at(bytes, packet.transport_at, 1);
  if (packet.version == 6) return type >= 1 && type <= 4;
  return type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
}

}  // namespace detail

/// How the transport checksum of a packet stands; `unjudged` where its headers make no sense.
inline checksum_verdict judge_transport(std::span<const std::byte> bytes) {
  const auto packet = detail::dissect(bytes, bytes.size());
  return packet.fault.empty() ? detail::judge(packet, bytes) : checksum_verdict::unjudged;
}

/// Whether the checksum field of whole TCP or UDP holds the sum of its pseudo header and no more.
inline bool covers_pseudo_header_alone(std::span<const std::byte> bytes) {
  const auto packet = detail::dissect(bytes, bytes.size());
  const bool is_tcp = packet.transport == 6;
  if (!packet.fault.empty() || packet.fragment || (!is_tcp && packet.transport != 17)) return false;
  const std::size_t length = packet.end - packet.transport_at;
  if (packet.end > bytes.size() || length < (is_tcp ? 20 : 8)) return false;
  const auto field = number_at(bytes, packet.transport_at + (is_tcp ? 16 : 6), 2);
  const auto sum =
      reference_pseudo_sum(packet.addresses, static_cast<unsigned char>(packet.transport), length);
  return field % 0xFFFF == sum % 0xFFFF;  // ones-complement has two zeros
}

/// What is wrong with the packet that an ICMP error quotes: its header checksum and, where the
/// whole of it is quoted, its transport checksum. Empty where nothing is.
inline std::string wrong_with_quote(std::span<const std::byte> bytes) {
  const auto packet = detail::dissect(bytes, bytes.size());
  if (!packet.fault.empty() || !detail::quotes(packet, bytes)) return {};
  const auto quote =
      bytes.first(std::min(packet.end, bytes.size())).subspan(packet.transport_at + 8);
  if (quote.size() < (packet.version == 4 ? 20u : 40u)) return {};
  constexpr std::size_t any_length = 1u << 20;
  const auto inner = detail::dissect(quote, any_length);
  if (!inner.fault.empty()) return "in the quote, " + inner.fault;
  if (detail::judge(inner, quote) == checksum_verdict::wrong) {
    return "in the quote, the transport checksum is wrong";
  }
  return {};
}

/// What is wrong with a packet of `wire_size` bytes, of which `bytes` are here: lengths, header
/// checksum, transport checksum, and the same in what an ICMP error quotes. Empty where nothing is.
inline std::string wrong_with(std::span<const std::byte> bytes, std::size_t wire_size = 0) {
  const auto packet = detail::dissect(bytes, std::max(wire_size, bytes.size()));
  if (!packet.fault.empty()) return packet.fault;
  if (detail::judge(packet, bytes) == checksum_verdict::wrong) {
    return "the transport checksum is wrong (protocol " + std::to_string(packet.transport) + ")";
  }
  return wrong_with_quote(bytes);
}

}  // namespace weir::test

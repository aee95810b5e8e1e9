#pragma once

#include "weir/net/ip_version.hpp"
#include "weir/net/protocol.hpp"
#include "weir/wire/bytes.hpp"
#include "weir/wire/checksum.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace weir {

/// ICMP message types and the codes weir sends (RFC 792, RFC 950, RFC 8335, RFC 1812 section
/// 5.2.7.1).
namespace icmp_type {
inline constexpr std::uint8_t echo_reply = 0;
inline constexpr std::uint8_t unreachable = 3;
inline constexpr std::uint8_t source_quench = 4;
inline constexpr std::uint8_t redirect = 5;
inline constexpr std::uint8_t echo_request = 8;
inline constexpr std::uint8_t router_advertisement = 9;
inline constexpr std::uint8_t router_solicitation = 10;
inline constexpr std::uint8_t time_exceeded = 11;
inline constexpr std::uint8_t parameter_problem = 12;
inline constexpr std::uint8_t timestamp_request = 13;
inline constexpr std::uint8_t timestamp_reply = 14;
inline constexpr std::uint8_t information_request = 15;
inline constexpr std::uint8_t information_reply = 16;
inline constexpr std::uint8_t mask_request = 17;
inline constexpr std::uint8_t mask_reply = 18;
inline constexpr std::uint8_t extended_echo_request = 42;
inline constexpr std::uint8_t extended_echo_reply = 43;
}  // namespace icmp_type
namespace icmp_code {
inline constexpr std::uint8_t net_unreachable = 0;
inline constexpr std::uint8_t host_unreachable = 1;
inline constexpr std::uint8_t port_unreachable = 3;
inline constexpr std::uint8_t fragmentation_needed = 4;
inline constexpr std::uint8_t source_route_failed = 5;
inline constexpr std::uint8_t admin_prohibited = 13;
}  // namespace icmp_code

/// ICMPv6 message types and the codes weir sends (RFC 4443, RFC 4861, RFC 2710, RFC 6275, RFC
/// 8335).
namespace icmpv6_type {
inline constexpr std::uint8_t unreachable = 1;
inline constexpr std::uint8_t packet_too_big = 2;
inline constexpr std::uint8_t time_exceeded = 3;
inline constexpr std::uint8_t parameter_problem = 4;
inline constexpr std::uint8_t error_last = 127;
inline constexpr std::uint8_t echo_request = 128;
inline constexpr std::uint8_t echo_reply = 129;
inline constexpr std::uint8_t multicast_listener_query = 130;
inline constexpr std::uint8_t multicast_listener_done = 132;
inline constexpr std::uint8_t router_solicitation = 133;
inline constexpr std::uint8_t router_advertisement = 134;
inline constexpr std::uint8_t neighbor_solicitation = 135;
inline constexpr std::uint8_t neighbor_advertisement = 136;
inline constexpr std::uint8_t redirect = 137;
inline constexpr std::uint8_t multicast_listener_report_v2 = 143;
inline constexpr std::uint8_t mobile_prefix_solicitation = 146;
inline constexpr std::uint8_t mobile_prefix_advertisement = 147;
inline constexpr std::uint8_t extended_echo_request = 160;
inline constexpr std::uint8_t extended_echo_reply = 161;
}  // namespace icmpv6_type
namespace icmpv6_code {
inline constexpr std::uint8_t erroneous_field = 0;
inline constexpr std::uint8_t no_route = 0;
inline constexpr std::uint8_t admin_prohibited = 1;
inline constexpr std::uint8_t beyond_scope = 2;
inline constexpr std::uint8_t address_unreachable = 3;
inline constexpr std::uint8_t port_unreachable = 4;
}  // namespace icmpv6_code

/// The protocol number of a family's ICMP.
template <IpVersion V>
inline constexpr protocol icmp_of = V::number == 4 ? protocol::icmp : protocol::icmpv6;

/// Whether a message reports about a packet that it quotes. Redirects of IPv4 do; those of IPv6
/// are neighbour discovery. All types below 128 are errors in ICMPv6 (RFC 4443 section 2.1).
template <IpVersion V>
constexpr bool is_icmp_error(std::uint8_t type) noexcept {
  if constexpr (V::number == 4) {
    return type == icmp_type::unreachable || type == icmp_type::source_quench ||
           type == icmp_type::redirect || type == icmp_type::time_exceeded ||
           type == icmp_type::parameter_problem;
  } else {
    return type <= icmpv6_type::error_last;
  }
}

namespace detail {

/// A query and its reply, by their types.
struct icmp_query {
  std::uint8_t request;
  std::uint8_t reply;
};

/// The queries whose identifier is where that of the echo is. Who answers the discovery of home
/// agents is somebody else than was asked (RFC 6275 section 6.6), so that is none.
template <IpVersion V>
inline constexpr auto icmp_queries = std::to_array<icmp_query>({
    {icmp_type::echo_request, icmp_type::echo_reply},
    {icmp_type::timestamp_request, icmp_type::timestamp_reply},
    {icmp_type::information_request, icmp_type::information_reply},
    {icmp_type::mask_request, icmp_type::mask_reply},
    {icmp_type::extended_echo_request, icmp_type::extended_echo_reply},
});
template <>
inline constexpr auto icmp_queries<ipv6> = std::to_array<icmp_query>({
    {icmpv6_type::echo_request, icmpv6_type::echo_reply},
    {icmpv6_type::mobile_prefix_solicitation, icmpv6_type::mobile_prefix_advertisement},
    {icmpv6_type::extended_echo_request, icmpv6_type::extended_echo_reply},
});

}  // namespace detail

/// The request that a query message makes or answers; nothing if the message is no query.
template <IpVersion V>
constexpr std::optional<std::uint8_t> icmp_request_of(std::uint8_t type) noexcept {
  for (const auto& one : detail::icmp_queries<V>) {
    if (type == one.request || type == one.reply) return one.request;
  }
  return std::nullopt;
}

/// Whether a message is a query that asks, and not its reply.
template <IpVersion V>
constexpr bool is_icmp_request(std::uint8_t type) noexcept {
  return icmp_request_of<V>(type) == type;
}

/// Where the fields of an ICMP or ICMPv6 message lie.
namespace icmp_field {
inline constexpr std::size_t type = 0;
inline constexpr std::size_t code = 1;
inline constexpr std::size_t checksum = 2;
inline constexpr std::size_t identifier = 4;
inline constexpr std::size_t sequence = 6;
inline constexpr std::size_t mtu_ipv4 = 6;
inline constexpr std::size_t mtu_ipv6 = 4;
inline constexpr std::size_t quote_words_ipv4 = 5;
inline constexpr std::size_t quote_words_ipv6 = 4;
}  // namespace icmp_field

/// A bounds-checked view of the first eight bytes of an ICMP or ICMPv6 message; errors quote a
/// packet behind them.
template <IpVersion V>
class icmp_header {
 public:
  static constexpr std::size_t size = 8;

  static constexpr std::optional<icmp_header> parse(std::span<const std::byte> bytes) noexcept {
    if (bytes.size() < size) return std::nullopt;
    return icmp_header{bytes};
  }

  constexpr std::uint8_t type() const noexcept {
    return load_be<std::uint8_t>(bytes_, icmp_field::type);
  }
  constexpr std::uint8_t code() const noexcept {
    return load_be<std::uint8_t>(bytes_, icmp_field::code);
  }
  constexpr inet_checksum checksum() const noexcept {
    return inet_checksum{load_be<std::uint16_t>(bytes_, icmp_field::checksum)};
  }
  constexpr bool is_error() const noexcept { return is_icmp_error<V>(type()); }
  /// Whether the sender asks; meaningful for queries.
  constexpr bool is_request() const noexcept { return is_icmp_request<V>(type()); }
  /// Meaningful for queries.
  constexpr std::uint16_t identifier() const noexcept {
    return load_be<std::uint16_t>(bytes_, icmp_field::identifier);
  }
  /// Meaningful for queries.
  constexpr std::uint16_t sequence() const noexcept {
    return load_be<std::uint16_t>(bytes_, icmp_field::sequence);
  }
  /// Meaningful for fragmentation needed (RFC 1191) and packet too big.
  constexpr std::uint32_t mtu() const noexcept {
    if constexpr (V::number == 4) {
      return load_be<std::uint16_t>(bytes_, icmp_field::mtu_ipv4);
    } else {
      return load_be<std::uint32_t>(bytes_, icmp_field::mtu_ipv6);
    }
  }
  /// How many bytes of quote the length attribute claims (RFC 4884 section 3); zero where it is
  /// not set or the message has none.
  constexpr std::size_t quote_size() const noexcept {
    if constexpr (V::number == 4) {
      const bool has_length = type() == icmp_type::unreachable ||
                              type() == icmp_type::time_exceeded ||
                              type() == icmp_type::parameter_problem;
      return has_length ? load_be<std::uint8_t>(bytes_, icmp_field::quote_words_ipv4) * 4u : 0;
    } else {
      const bool has_length =
          type() == icmpv6_type::unreachable || type() == icmpv6_type::time_exceeded;
      return has_length ? load_be<std::uint8_t>(bytes_, icmp_field::quote_words_ipv6) * 8u : 0;
    }
  }

 private:
  constexpr explicit icmp_header(std::span<const std::byte> bytes) noexcept : bytes_{bytes} {}

  std::span<const std::byte> bytes_;
};

namespace detail {

inline constexpr auto golden_echo = octets<8, 0, 0xE5, 0xCA, 0x12, 0x34, 0x00, 0x01>;
inline constexpr auto golden_too_big = octets<2, 0, 0, 0, 0x00, 0x00, 0x05, 0x00>;

}  // namespace detail

static_assert(icmp_header<ipv4>::parse(detail::golden_echo)->identifier() == 0x1234);
static_assert(icmp_header<ipv4>::parse(detail::golden_echo)->is_request());
static_assert(ones_sum::of(detail::golden_echo).verifies());
static_assert(icmp_header<ipv6>::parse(detail::golden_too_big)->mtu() == 1280);
static_assert(icmp_header<ipv6>::parse(detail::golden_too_big)->is_error());
static_assert(!icmp_header<ipv6>::parse(detail::golden_too_big.first(7)));
static_assert(icmp_header<ipv4>::parse(detail::octets<11, 0, 0, 0, 0, 32, 0, 0>)->quote_size() ==
              128);

}  // namespace weir

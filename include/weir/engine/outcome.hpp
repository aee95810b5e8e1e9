#pragma once

#include "weir/base/verdict.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/wire/icmp_error.hpp"

#include <cstdint>

namespace weir {

/// What is to be sent back about a packet, if the manners of RFC 1812 section 4.3.2.7 allow.
struct answer_request {
  enum class form : std::uint8_t {
    nothing,
    icmp,       ///< an ICMP or ICMPv6 error, by the family of the packet
    tcp_reset,  ///< RFC 9293 section 3.10.7.1
  };

  form form = form::nothing;
  std::uint8_t type = 0;
  std::uint8_t code = 0;
  std::uint32_t rest = 0;  ///< the second word of the error: an MTU or a pointer

  template <IpVersion V>
  static constexpr answer_request icmp(const icmp_error<V>& error) noexcept {
    return {form::icmp, error.type, error.code, error.rest};
  }
  static constexpr answer_request reset() noexcept { return {form::tcp_reset, 0, 0, 0}; }
};

/// The end of one packet's way through the questions: a verdict, and perhaps an answer to it.
struct outcome {
  verdict decision = verdict::consume();
  answer_request answer{};

  constexpr outcome(const verdict& only) noexcept : decision{only} {}
  constexpr outcome(drop_reason reason) noexcept : decision{verdict::drop(reason)} {}
  constexpr outcome(drop_reason reason, const answer_request& reply) noexcept
      : decision{verdict::drop(reason)}, answer{reply} {}
};

}  // namespace weir

#pragma once

#include "weir/base/verdict.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/wire/icmp_error.hpp"

#include <cstdint>

namespace weir {

/// What is to be sent back about a packet, if the manners of RFC 1812 section 4.3.2.7 allow. One
/// word.
class answer_request {
 public:
  enum class form : std::uint8_t {
    nothing,
    icmp,       ///< an ICMP or ICMPv6 error, by the family of the packet
    tcp_reset,  ///< RFC 9293 section 3.10.7.1
  };

  constexpr answer_request() noexcept = default;
  template <IpVersion V>
  static constexpr answer_request icmp(const icmp_error<V>& error) noexcept {
    answer_request made;
    made.word_ = static_cast<std::uint64_t>(form::icmp) | std::uint64_t{error.type} << 8 |
                 std::uint64_t{error.code} << 16 | std::uint64_t{error.rest} << 32;
    return made;
  }
  static constexpr answer_request reset() noexcept {
    answer_request made;
    made.word_ = static_cast<std::uint64_t>(form::tcp_reset);
    return made;
  }

  constexpr form kind() const noexcept { return form{static_cast<std::uint8_t>(word_)}; }
  constexpr bool is_nothing() const noexcept { return word_ == 0; }
  /// The error; meaningful for `icmp` only.
  template <IpVersion V>
  constexpr icmp_error<V> error() const noexcept {
    return {static_cast<std::uint8_t>(word_ >> 8), static_cast<std::uint8_t>(word_ >> 16),
            static_cast<std::uint32_t>(word_ >> 32)};
  }

 private:
  friend class outcome;

  std::uint64_t word_ = 0;
};

/// How one question ended for a packet: with a verdict and perhaps an answer, or open, so that the
/// next question is asked. Two words, returned in registers.
class outcome {
 public:
  constexpr outcome(const verdict& only) noexcept : decision_{only} {}
  constexpr outcome(drop_reason reason) noexcept : decision_{verdict::drop(reason)} {}
  constexpr outcome(drop_reason reason, const answer_request& reply) noexcept
      : decision_{verdict::drop(reason)}, answer_{reply} {}
  /// The next question decides.
  static constexpr outcome open() noexcept {
    outcome made{verdict::consume()};
    made.answer_.word_ = open_word;
    return made;
  }

  constexpr bool is_open() const noexcept { return answer_.word_ == open_word; }
  /// Whether there is a verdict.
  constexpr explicit operator bool() const noexcept { return !is_open(); }
  constexpr const verdict& decision() const noexcept { return decision_; }
  constexpr const answer_request& answer() const noexcept { return answer_; }

 private:
  static constexpr std::uint64_t open_word = ~std::uint64_t{0};

  verdict decision_;
  answer_request answer_{};
};
static_assert(sizeof(outcome) == 16);

}  // namespace weir

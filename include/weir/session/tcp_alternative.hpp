#pragma once

#include "weir/session/tcp_window.hpp"
#include "weir/wire/tcp_header.hpp"
#include "weir/wire/tcp_options.hpp"

#include <cstdint>

namespace weir {

/// What the two sides may go by instead of what their session goes by, as far as 27 bits go: a SYN,
/// in case its receiver answers or refuses it after all, or an answer, in case the opener takes it.
/// The last one of these; of a SYN the window scale it offered too. 27 bits of acknowledgment are
/// all that tells who takes an answer: whoever sees no packets guesses them once in 134 million.
class tcp_alternative {
 public:
  constexpr tcp_alternative() noexcept = default;
  /// A SYN that `confirming` would confirm; its scale may be `tcp_segment::no_window_scale`.
  static constexpr tcp_alternative syn(std::uint32_t confirming, std::uint8_t scale) noexcept {
    return {scale == tcp_segment::no_window_scale ? unscaled : scale + 1u, confirming};
  }
  /// An answer that `confirming` would confirm.
  static constexpr tcp_alternative answer(std::uint32_t confirming) noexcept {
    return {answered, confirming};
  }

  /// Whether it is a SYN that a segment answers or refuses.
  constexpr bool is_answered_by(const tcp_segment& segment) const noexcept {
    return kind() != nothing && kind() != answered && is_confirmed_by(segment);
  }
  /// Whether it is an answer that a segment of the opener confirms.
  constexpr bool is_taken_by(const tcp_segment& segment) const noexcept {
    return kind() == answered && is_confirmed_by(segment);
  }
  /// The scale that a SYN offered, or `tcp_segment::no_window_scale`.
  constexpr std::uint8_t window_scale() const noexcept {
    return kind() == unscaled ? tcp_segment::no_window_scale
                              : static_cast<std::uint8_t>(kind() - 1);
  }

 private:
  static constexpr unsigned number_bits = 27;
  static constexpr std::uint32_t number_mask = (1u << number_bits) - 1;
  static constexpr std::uint32_t nothing = 0;
  static constexpr std::uint32_t answered = 0x1E;
  static constexpr std::uint32_t unscaled = 0x1F;
  static_assert(window_scale_max + 1 < answered);

  constexpr tcp_alternative(std::uint32_t kind, std::uint32_t confirming) noexcept
      : word_{kind << number_bits | (confirming & number_mask)} {}

  constexpr std::uint32_t kind() const noexcept { return word_ >> number_bits; }
  constexpr bool is_confirmed_by(const tcp_segment& segment) const noexcept {
    return segment.has(tcp_flag::ack) && ((word_ ^ segment.acknowledgment) & number_mask) == 0;
  }

  std::uint32_t word_ = 0;
};
static_assert(sizeof(tcp_alternative) == 4);

}  // namespace weir

#pragma once

// Overview
//
// The Internet checksum is the complement of a ones-complement sum of 16-bit words (RFC 1071).
// `ones_sum` adds words up, `checksum_delta` is what a rewrite adds to such a sum, and
// `inet_checksum` is the field. A rewrite known in advance is a delta computed once and applied to
// every packet; the way back is its negative.
//
// Sums carry on in any byte order (RFC 1071 section 2(B)): bytes are added as they lie in memory
// and turned once, at the end.

#include "weir/net/ipv4_address.hpp"
#include "weir/net/ipv6_address.hpp"
#include "weir/net/protocol.hpp"
#include "weir/wire/bytes.hpp"

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

namespace weir {

namespace detail {

/// The ones-complement sum of the 16-bit words of a number: a sum with the halves exchanged carries
/// into the upper half whatever the lower one overflows. Zero only where all of them are.
constexpr std::uint16_t folded(std::uint32_t sum) noexcept {
  return static_cast<std::uint16_t>((sum + std::rotl(sum, 16)) >> 16);
}
constexpr std::uint16_t folded(std::uint64_t sum) noexcept {
  return folded(static_cast<std::uint32_t>((sum + std::rotl(sum, 32)) >> 32));
}
static_assert(folded(std::uint32_t{0}) == 0 && folded(std::uint32_t{0xFFFF}) == 0xFFFF);
static_assert(folded(std::uint32_t{0x1'FFFE}) == 0xFFFF);
static_assert(folded(std::uint64_t{0xFFFF'FFFF'FFFF'FFFF}) == 0xFFFF);
static_assert(folded(std::uint64_t{0x0001'0002'0003'0004}) == 10);
static_assert(folded(std::uint64_t{0xFFFF'0000'0000'0001}) == 1);

/// The difference of two numbers in ones-complement arithmetic; folded, it is that of the sums of
/// their 16-bit words. Zero only where they are equal, or one zero of two is taken from the other.
template <std::unsigned_integral Number>
constexpr Number ones_difference(Number left, Number right) noexcept {
  Number difference = 0;
  const bool borrows = __builtin_sub_overflow(left, right, &difference);
  return static_cast<Number>(difference - Number{borrows});
}
static_assert(ones_difference(0x1'0000u, 0xFFFFu) == 1 && ones_difference(1u, 2u) == 0xFFFF'FFFE);
/// Their sum. Zero only where both are.
template <std::unsigned_integral Number>
constexpr Number ones_total(Number left, Number right) noexcept {
  Number sum = 0;
  const bool carries = __builtin_add_overflow(left, right, &sum);
  return static_cast<Number>(sum + Number{carries});
}
static_assert(ones_total(0xFFFF'FFFFu, 1u) == 1 && ones_total(0xFFFF'FFFFu, 0u) == 0xFFFF'FFFF);

constexpr std::uint16_t complement(std::uint16_t word) noexcept {
  return static_cast<std::uint16_t>(~word);
}

/// Adds 32-bit halves so that 2^32 words fit without a carry to look after.
constexpr std::uint64_t halves(std::uint64_t word) noexcept {
  return (word & 0xFFFFFFFF) + (word >> 32);
}

/// The bytes' words in the machine's order; an odd byte at the end is padded with zero.
constexpr std::uint64_t raw_sum(const std::byte* at, std::size_t size) noexcept {
  std::uint64_t even = 0;
  std::uint64_t odd = 0;
  for (; size >= 16; at += 16, size -= 16) {
    even += halves(load_raw<std::uint64_t>(at));
    odd += halves(load_raw<std::uint64_t>(at + 8));
  }
  std::uint64_t sum = halves(even) + halves(odd);
  for (; size >= 4; at += 4, size -= 4) sum += load_raw<std::uint32_t>(at);
  if (size >= 2) {
    sum += load_raw<std::uint16_t>(at);
    at += 2;
    size -= 2;
  }
  if (size == 1)
    sum += network_order(static_cast<std::uint16_t>(std::to_integer<unsigned>(*at) << 8));
  return sum;
}

}  // namespace detail

/// A ones-complement sum of 16-bit words.
class ones_sum {
 public:
  constexpr ones_sum() noexcept = default;

  /// The sum over bytes that begin at an even offset of the covered data.
  static constexpr ones_sum of(std::span<const std::byte> bytes) noexcept {
    return ones_sum{network_order(detail::folded(detail::raw_sum(bytes.data(), bytes.size())))};
  }

  constexpr ones_sum plus(std::uint16_t word) const noexcept {
    return ones_sum{static_cast<std::uint64_t>(bits_) + word};
  }
  constexpr ones_sum plus(std::uint32_t words) const noexcept {
    return ones_sum{static_cast<std::uint64_t>(bits_) + words};
  }
  constexpr ones_sum plus(ipv4_address address) const noexcept { return plus(address.bits()); }
  constexpr ones_sum plus(const ipv6_address& address) const noexcept {
    return ones_sum{bits_ + detail::halves(address.high()) + detail::halves(address.low())};
  }
  constexpr ones_sum plus(ones_sum other) const noexcept { return plus(other.bits_); }

  /// The sum in 16 bits. Zero only where every word is zero.
  constexpr std::uint16_t bits() const noexcept { return bits_; }
  /// Whether data that include their checksum are as they were sent (RFC 1071 section 1).
  constexpr bool verifies() const noexcept { return bits_ == 0xFFFF; }

 private:
  constexpr explicit ones_sum(std::uint64_t sum) noexcept : bits_{detail::folded(sum)} {}

  std::uint16_t bits_ = 0;
};

/// The pseudo header of a transport checksum (RFC 9293 section 3.1).
constexpr ones_sum pseudo_header(ipv4_address source, ipv4_address destination, protocol transport,
                                 std::uint32_t length) noexcept {
  return ones_sum{}
      .plus(source)
      .plus(destination)
      .plus(std::uint16_t{number(transport)})
      .plus(length);
}
/// The pseudo header of a transport checksum over IPv6 (RFC 8200 section 8.1).
constexpr ones_sum pseudo_header(const ipv6_address& source, const ipv6_address& destination,
                                 protocol transport, std::uint32_t length) noexcept {
  return ones_sum{}
      .plus(source)
      .plus(destination)
      .plus(std::uint16_t{number(transport)})
      .plus(length);
}

/// What the replacement of some words adds to a sum. Two bytes; a record stores it as `bits()`.
class checksum_delta {
 public:
  /// Nothing changes.
  constexpr checksum_delta() noexcept = default;
  static constexpr checksum_delta from_bits(std::uint16_t bits) noexcept {
    return checksum_delta{bits};
  }

  /// This, and a word changes from `before` to `after`: the ~m + m' of RFC 1624 eqn. 3.
  constexpr checksum_delta replacing(std::uint16_t before, std::uint16_t after) const noexcept {
    return checksum_delta{std::uint64_t{bits_} + detail::complement(before) + after};
  }
  constexpr checksum_delta replacing(std::uint32_t before, std::uint32_t after) const noexcept {
    return checksum_delta{std::uint64_t{bits_} + ~before + after};
  }
  constexpr checksum_delta replacing(ipv4_address before, ipv4_address after) const noexcept {
    return replacing(before.bits(), after.bits());
  }
  constexpr checksum_delta replacing(const ipv6_address& before,
                                     const ipv6_address& after) const noexcept {
    return checksum_delta{bits_ + detail::halves(~before.high()) + detail::halves(~before.low()) +
                          detail::halves(after.high()) + detail::halves(after.low())};
  }
  /// This, and a whole sum is exchanged for another: pseudo headers of two families, say.
  constexpr checksum_delta replacing(ones_sum before, ones_sum after) const noexcept {
    return replacing(before.bits(), after.bits());
  }

  /// Both changes.
  friend constexpr checksum_delta operator+(checksum_delta left, checksum_delta right) noexcept {
    return checksum_delta{std::uint64_t{left.bits_} + right.bits_};
  }
  /// The change that takes this one back.
  constexpr checksum_delta operator-() const noexcept {
    return checksum_delta{detail::complement(bits_)};
  }

  constexpr std::uint16_t bits() const noexcept { return bits_; }

 private:
  constexpr explicit checksum_delta(std::uint64_t sum) noexcept : bits_{detail::folded(sum)} {}

  std::uint16_t bits_ = 0;
};
static_assert(sizeof(checksum_delta) == 2);

/// A checksum field.
class inet_checksum {
 public:
  constexpr explicit inet_checksum(std::uint16_t field) noexcept : field_{field} {}

  /// The field of data whose words, the field itself counted as zero, add up to `sum`.
  static constexpr inet_checksum of(ones_sum sum) noexcept {
    return inet_checksum{detail::complement(sum.bits())};
  }
  static constexpr inet_checksum of(std::span<const std::byte> bytes) noexcept {
    return of(ones_sum::of(bytes));
  }

  constexpr std::uint16_t field() const noexcept { return field_; }

  /// The checksum after the covered data change.
  [[nodiscard]] constexpr inet_checksum adjusted(checksum_delta delta) const noexcept {
    // RFC 1624 section 3, eqn. 4: HC' = HC - ~m - m'. The RFC 1141 form can yield 0xFFFF where
    // 0x0000 is due.
    return inet_checksum{detail::ones_difference(field_, delta.bits())};
  }

  /// The checksum after a word of the covered data changes from `before` to `after`.
  [[nodiscard]] constexpr inet_checksum replacing(std::uint16_t before,
                                                  std::uint16_t after) const noexcept {
    return adjusted(checksum_delta{}.replacing(before, after));
  }
  [[nodiscard]] constexpr inet_checksum replacing(std::uint32_t before,
                                                  std::uint32_t after) const noexcept {
    return adjusted(checksum_delta{}.replacing(before, after));
  }
  [[nodiscard]] constexpr inet_checksum replacing(ipv4_address before,
                                                  ipv4_address after) const noexcept {
    return adjusted(checksum_delta{}.replacing(before, after));
  }
  [[nodiscard]] constexpr inet_checksum replacing(const ipv6_address& before,
                                                  const ipv6_address& after) const noexcept {
    return adjusted(checksum_delta{}.replacing(before, after));
  }

  /// The field as UDP sends it: zero would say that there is no checksum (RFC 768).
  [[nodiscard]] constexpr inet_checksum never_zero() const noexcept {
    return inet_checksum{field_ == 0 ? std::uint16_t{0xFFFF} : field_};
  }

  friend constexpr bool operator==(inet_checksum, inet_checksum) noexcept = default;

 private:
  std::uint16_t field_;
};

// RFC 1624 section 4: the example that separates its equations from RFC 1141.
static_assert(inet_checksum{0xDD2F}.replacing(std::uint16_t{0x5555}, std::uint16_t{0x3285}) ==
              inet_checksum{0x0000});
// RFC 1071 section 3: the worked example.
static_assert(ones_sum::of(detail::octets<0x00, 0x01, 0xF2, 0x03, 0xF4, 0xF5, 0xF6, 0xF7>).bits() ==
              0xDDF2);

/// Changes the checksum field at `field`, of a header that always has one.
constexpr void adjust_checksum(std::byte* field, checksum_delta delta) noexcept {
  store_be(field, inet_checksum{load_be<std::uint16_t>(field)}.adjusted(delta).field());
}

}  // namespace weir

#pragma once

#include "weir/net/ipv4_address.hpp"
#include "weir/net/protocol.hpp"
#include "weir/table/hash.hpp"
#include "weir/table/memory.hpp"
#include "weir/wire/bytes.hpp"
#include "weir/wire/checksum.hpp"
#include "weir/wire/ipv4_header.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace weir {

/// Fresh identifications for packets of many hosts that share an external address: two of them
/// that may be fragments at once must not look like pieces of one datagram (RFC 6864 section
/// 5.3.1, RFC 7857 section 10).
///
/// Counters are found by a keyed hash of external address, remote and protocol. Triples that meet
/// on a counter skip numbers, but none of them repeats one within 65536. What a remote sees begins
/// at a number that only the secret tells.
class ipv4_identifications {
 public:
  static constexpr std::size_t counters_default = 8192;

  explicit ipv4_identifications(const hash_seed& seed, std::size_t counters_min = counters_default)
      : hash_{seed}, counters_{std::bit_ceil(counters_min)} {}

  std::uint16_t next(ipv4_address external, ipv4_address remote, protocol kind) noexcept {
    const std::array<std::uint64_t, 2> triple{std::uint64_t{external.bits()} << 32 | remote.bits(),
                                              number(kind)};
    const std::uint64_t hash = hash_(triple);
    std::uint16_t& counter =
        counters_[static_cast<std::uint32_t>(hash >> 32) & (counters_.size() - 1)];
    return static_cast<std::uint16_t>(hash + counter++);
  }

  /// Has the platform give all memory now.
  void populate() noexcept { counters_.populate(); }

 private:
  xxh3_hash hash_;
  huge_array<std::uint16_t> counters_;
};

/// Whether an identification means anything: atomic datagrams, which are whole and stay whole,
/// need none (RFC 6864 section 4.1).
inline bool needs_identification(const std::byte* header) noexcept {
  constexpr auto pieces = static_cast<std::uint16_t>(
      ipv4_header::offset_mask | ipv4_header::more_fragments_bit | ipv4_header::dont_fragment_bit);
  const auto word = load_raw<std::uint16_t>(header + ipv4_field::flags_and_offset);
  return (word & network_order(pieces)) != network_order(ipv4_header::dont_fragment_bit);
}

/// Replaces the identification of an IPv4 header.
inline void replace_identification(std::byte* header, std::uint16_t identification) noexcept {
  std::byte* const field = header + ipv4_field::identification;
  const auto before = network_order(load_raw<std::uint16_t>(field));
  store_raw(field, network_order(identification));
  adjust_checksum(header + ipv4_field::checksum,
                  checksum_delta{}.replacing(before, identification));
}

}  // namespace weir

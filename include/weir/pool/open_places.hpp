#pragma once

#include "weir/base/word_optional.hpp"
#include "weir/pool/external_address.hpp"
#include "weir/pool/pool_set.hpp"
#include "weir/pool/port_space.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace weir {

/// At which places of the pools' lists of external addresses a search for a port is not in vain,
/// as far as is known: a place is closed when one found nothing there, and opens with the next port
/// of the address that comes back. A full pool of thousands of addresses has one or two open. All
/// searches are for ports of one shard's share: another share may find some where these do not.
class open_places {
 public:
  explicit open_places(const pool_set& pools)
      : first_of_(pools.externals().size() + 1), places_(pools.externals_by_pool().size()) {
    const auto listed = pools.externals_by_pool();
    for (const external_id one : listed) ++first_of_[one.number() + 1u];
    for (std::size_t i = 1; i < first_of_.size(); ++i) first_of_[i] += first_of_[i - 1];
    auto next = first_of_;
    for (std::uint32_t place = 0; place < listed.size(); ++place) {
      places_[next[listed[place].number()]++] = place;
    }
    for (auto& words : open_) words.assign(listed.size() / word_bits + 1, ~std::uint64_t{0});
  }

  void close(port_space space, std::uint32_t place) noexcept {
    open_[number(space)][place / word_bits] &= ~(std::uint64_t{1} << place % word_bits);
  }
  /// Opens all places of an address.
  void open(port_space space, external_id external) noexcept {
    auto& words = open_[number(space)];
    const std::size_t end = first_of_[external.number() + 1u];
    for (std::size_t i = first_of_[external.number()]; i < end; ++i) {
      words[places_[i] / word_bits] |= std::uint64_t{1} << places_[i] % word_bits;
    }
  }

  /// The first open place in [first, end).
  word_optional<std::uint32_t> next(port_space space, std::uint32_t first,
                                    std::uint32_t end) const noexcept {
    if (first >= end) return std::nullopt;
    const auto& words = open_[number(space)];
    std::uint32_t word = first / word_bits;
    std::uint64_t open = words[word] & ~std::uint64_t{0} << first % word_bits;
    while (open == 0) {
      if (++word * word_bits >= end) return std::nullopt;
      open = words[word];
    }
    const std::uint32_t found =
        word * word_bits + static_cast<std::uint32_t>(std::countr_zero(open));
    return found < end ? word_optional{found} : word_optional<std::uint32_t>{};
  }

 private:
  static constexpr std::uint32_t word_bits = 64;

  std::vector<std::uint32_t> first_of_;  ///< of each address, where its places begin in `places_`
  std::vector<std::uint32_t> places_;    ///< address by address
  std::array<std::vector<std::uint64_t>, port_space_count> open_;
};

}  // namespace weir

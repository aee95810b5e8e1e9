#pragma once

#include "weir/net/protocol.hpp"

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>

namespace weir {

/// The IP protocols, parted so that the rules of a list treat those of one class alike.
///
/// There are at most `classes_max` classes: sets that come when all are taken part nothing.
class protocol_classes {
 public:
  using protocol_set = std::bitset<256>;

  static constexpr std::size_t classes_max = 16;

  /// One class of all protocols.
  protocol_classes() noexcept { members_[0].set(); }

  /// Parts every class that lies in the set with some of its members and not with others.
  void part(const protocol_set& set) noexcept {
    const std::size_t whole = count_;
    for (std::size_t place = 0; place < whole && count_ < classes_max; ++place) {
      const auto inside = members_[place] & set;
      if (inside.none() || inside == members_[place]) {
        continue;
      }
      members_[place] &= ~set;
      members_[count_] = inside;
      for (std::size_t value = 0; value < inside.size(); ++value) {
        if (inside.test(value)) {
          class_of_[value] = static_cast<std::uint8_t>(count_);
        }
      }
      ++count_;
    }
  }

  std::size_t count() const noexcept { return count_; }
  std::size_t class_of(protocol transport) const noexcept { return class_of_[number(transport)]; }
  /// The protocols of a class below `count()`; there is at least one.
  const protocol_set& members(std::size_t place) const noexcept { return members_[place]; }

 private:
  std::array<std::uint8_t, 256> class_of_{};  ///< first, beside what searches read with it
  std::size_t count_ = 1;
  std::array<protocol_set, classes_max> members_{};
};

}  // namespace weir

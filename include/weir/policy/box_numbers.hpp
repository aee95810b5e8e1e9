#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <vector>

namespace weir::detail {

/// Some boxes of a list, by their places in it.
using box_numbers = std::vector<std::uint32_t>;

/// Which of two lists comes first. Not `<`: where words have their highest byte first, GCC 12's
/// library compares no more than the first bytes of vectors of words.
struct box_numbers_less {
  bool operator()(const box_numbers& left, const box_numbers& right) const noexcept {
    return std::lexicographical_compare(left.begin(), left.end(), right.begin(), right.end());
  }
};

/// A map from lists of boxes.
template <class T>
using map_by_boxes = std::map<box_numbers, T, box_numbers_less>;

}  // namespace weir::detail

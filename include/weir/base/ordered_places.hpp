#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

namespace weir {

/// The places of so many elements in order of their keys, and of equal ones in order of the places:
/// what is to be told in an order, and stays where it is. `key(place)` is asked often. Allocates.
template <class Key>
std::vector<std::size_t> ordered_places(std::size_t count, Key&& key) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t left, std::size_t right) {
    const auto& one = key(left);
    const auto& other = key(right);
    return one < other || (!(other < one) && left < right);
  });
  return order;
}

}  // namespace weir

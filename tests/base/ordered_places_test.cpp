#include "weir/base/ordered_places.hpp"

#include "tests/support/catch.hpp"

#include <cstddef>
#include <string>
#include <vector>

using namespace weir;

TEST_CASE("places are in order of keys, and equal ones in their own", "[base][ordered_places]") {
  const std::vector<std::string> words{"b", "a", "b", "", "a", "b"};

  const auto order = ordered_places(words.size(), [&](std::size_t at) { return words[at]; });

  CHECK(order == std::vector<std::size_t>{3, 1, 4, 0, 2, 5});
  CHECK(ordered_places(0, [](std::size_t at) { return at; }).empty());
}

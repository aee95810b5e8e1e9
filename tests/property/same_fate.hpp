#pragma once

#include "tests/support/catch.hpp"
#include "tests/support/gateway.hpp"

#include <cstddef>

namespace weir::test {

/// Requires that the same became of two packets.
inline void check_same(const fate& left, const fate& right) {
  INFO(left.text() << " against " << right.text());
  REQUIRE(left.decision == right.decision);
  REQUIRE(left.bytes == right.bytes);
  REQUIRE(left.answers.size() == right.answers.size());
  for (std::size_t i = 0; i < left.answers.size(); ++i) {
    REQUIRE(left.answers[i].bytes == right.answers[i].bytes);
  }
}

}  // namespace weir::test

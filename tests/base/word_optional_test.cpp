#include "weir/base/word_optional.hpp"

#include "weir/base/interface_id.hpp"

#include "tests/support/catch.hpp"

#include <cstdint>
#include <optional>

using namespace weir;

TEST_CASE("a word optional holds nothing until it is given a value", "[base][word_optional]") {
  word_optional<next_hop_id> found;

  CHECK_FALSE(found.has_value());
  CHECK_FALSE(static_cast<bool>(found));
  CHECK(found == std::nullopt);
  CHECK(found.value_or(next_hop_id{7}) == next_hop_id{7});

  found = next_hop_id{9};
  CHECK(found.has_value());
  CHECK(*found == next_hop_id{9});
  CHECK(found.value_or(next_hop_id{7}) == next_hop_id{9});

  CHECK(std::optional<next_hop_id>{found} == next_hop_id{9});

  found = std::nullopt;
  CHECK_FALSE(found);
  CHECK(std::optional<next_hop_id>{found} == std::nullopt);
}

TEST_CASE("a word optional tells every value from nothing", "[base][word_optional]") {
  for (const auto value : {std::uint16_t{0}, std::uint16_t{1}, std::uint16_t{0xFFFF}}) {
    CHECK(word_optional<std::uint16_t>{value} != std::nullopt);
    CHECK(*word_optional<std::uint16_t>{value} == value);
  }
  for (const std::uint32_t value : {0u, 1u, 0x8000'0000u, 0xFFFF'FFFFu}) {
    CHECK(word_optional<std::uint32_t>{value} != std::nullopt);
    CHECK(*word_optional<std::uint32_t>{value} == value);
  }
  CHECK(word_optional<std::uint16_t>{1} != word_optional<std::uint16_t>{2});
  CHECK(word_optional<std::uint16_t>{1} == word_optional<std::uint16_t>{1});
}

#include "weir/base/drop_reason.hpp"

#include "tests/support/catch.hpp"

#include <cctype>
#include <cstdint>
#include <set>
#include <string_view>

using namespace weir;

TEST_CASE("every drop reason has a name of its own", "[base][drop_reason]") {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < drop_reason_count; ++i) {
    const auto reason = drop_reason{static_cast<std::uint8_t>(i)};
    CAPTURE(i);
    CHECK_FALSE(name(reason).empty());
    CHECK(names.insert(name(reason)).second);
    for (const char letter : name(reason)) {
      CHECK((letter == '_' || std::islower(static_cast<unsigned char>(letter)) != 0 ||
             std::isdigit(static_cast<unsigned char>(letter)) != 0));
    }
  }
}

TEST_CASE("every drop reason is described in a sentence of its own", "[base][drop_reason]") {
  std::set<std::string_view> sentences;
  for (std::size_t i = 0; i < drop_reason_count; ++i) {
    const auto reason = drop_reason{static_cast<std::uint8_t>(i)};
    CAPTURE(name(reason));
    CHECK(describe(reason).size() > name(reason).size() / 2);
    CHECK(sentences.insert(describe(reason)).second);
  }
}

TEST_CASE("behind the last drop reason there is no name", "[base][drop_reason]") {
  CHECK(name(drop_reason{drop_reason_count}).empty());
  CHECK(describe(drop_reason{drop_reason_count}).empty());
  CHECK(name(drop_reason{255}).empty());
}

TEST_CASE("the values of drop reasons stay as they are", "[base][drop_reason]") {
  // Values are append-only: recorded reports must keep their meaning.
  CHECK(static_cast<int>(drop_reason::truncated_header) == 0);
  CHECK(static_cast<int>(drop_reason::bad_ip_checksum) == 4);
  CHECK(static_cast<int>(drop_reason::no_session) == 29);
  CHECK(static_cast<int>(drop_reason::hairpin_loop) == 52);
}

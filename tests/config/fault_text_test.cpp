#include "weir/config/fault_text.hpp"

#include "weir/config/located_fault.hpp"

#include "tests/support/catch.hpp"

#include <array>
#include <string>
#include <string_view>

using weir::config::nearest;
using weir::config::detail::edit_distance;
using weir::config::detail::shown;
using weir::config::detail::suggestion;

TEST_CASE("a fault is written as compilers write them", "[config][fault]") {
  CHECK(to_text(weir::config::located_fault{"a.yaml", {3, 7}, "what", "fix"}) ==
        "a.yaml:3:7: what; fix");
  CHECK(to_text(weir::config::located_fault{"a.yaml", {}, "what", "fix"}) == "a.yaml: what; fix");
}

TEST_CASE("edits between words are counted", "[config][fault]") {
  CHECK(edit_distance("", "") == 0);
  CHECK(edit_distance("zone", "zone") == 0);
  CHECK(edit_distance("", "zone") == 4);
  CHECK(edit_distance("zone", "") == 4);
  CHECK(edit_distance("zone", "zones") == 1);
  CHECK(edit_distance("zone", "one") == 1);
  CHECK(edit_distance("zone", "zane") == 1);
  CHECK(edit_distance("zone", "zoen") == 1);
  CHECK(edit_distance("kitten", "sitting") == 3);
}

TEST_CASE("the nearest word is at most a third away", "[config][fault]") {
  constexpr std::array<std::string_view, 3> known{"strict", "loose", "off"};

  CHECK(nearest("strickt", known) == "strict");
  CHECK(nearest("STRICT", known) == "strict");
  CHECK(nearest("of", known) == "off");
  CHECK(nearest("lose", known) == "loose");
  CHECK(!nearest("on", known));
  CHECK(!nearest("tight", known));
  CHECK(!nearest("", known));
  CHECK(!nearest("x", std::array<std::string_view, 1>{"y"}));
  CHECK(nearest("Y", std::array<std::string_view, 1>{"y"}) == "y");
  CHECK(!nearest(std::string(65, 's'), known));
}

TEST_CASE("a suggestion names the nearest word, or all", "[config][fault]") {
  constexpr std::array<std::string_view, 2> known{"own", "any"};
  constexpr std::array<std::string_view, 1> single{"none"};

  CHECK(suggestion("owm", known) == "did you mean \"own\"?");
  CHECK(suggestion("everything", known) == "one of: own, any");
  CHECK(suggestion("everything", single) == "none");
}

TEST_CASE("a text is shown in one line and cut between characters", "[config][fault]") {
  CHECK(shown("a\nb\x1B") == "\"a?b?\"");
  CHECK(shown(std::string(60, 'x')) == "\"" + std::string(60, 'x') + "\"");
  CHECK(shown(std::string(61, 'x')) == "\"" + std::string(60, 'x') + "...\"");
  CHECK(shown(std::string(59, 'x') + "\xC3\xBC\xC3\xBC") == "\"" + std::string(59, 'x') + "...\"");
}

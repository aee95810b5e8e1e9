#include "weir/config/document.hpp"

#include "weir/config/reader.hpp"

#include "tests/config/said.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/seeded.hpp"

#include <cstddef>
#include <random>
#include <string>
#include <variant>
#include <vector>

using weir::config::located_fault;
using weir::config::read;
using weir::test::first_said_about;

namespace {

std::size_t faults_in(const std::string& text) {
  const auto result = read(text, "f");
  const auto* faults = std::get_if<std::vector<located_fault>>(&result);
  return faults == nullptr ? 0 : faults->size();
}

struct spoilt {
  std::string text;
  std::string said;
};

}  // namespace

TEST_CASE("a text that is not YAML is one fault with its place", "[config][yaml]") {
  const auto one = GENERATE(values<spoilt>({
      {"interfaces: [a, b\n",
       "f:2:1: this is not valid YAML: end of sequence flow not found; close quotes and brackets, "
       "indent alike, put a space behind each colon"},
      {"interfaces: { a: 1\n",
       "f:2:1: this is not valid YAML: end of map flow not found; close quotes and brackets, "
       "indent alike, put a space behind each colon"},
      {"interfaces: }\n",
       "f:1:13: this is not valid YAML: illegal flow end; close quotes and brackets, indent alike, "
       "put a space behind each colon"},
      {"interfaces: a: b\n",
       "f:1:14: this is not valid YAML: illegal map value; close quotes and brackets, indent "
       "alike, put a space behind each colon"},
      {"interfaces:\n  lan:\n   zone: a\n  - b\n",
       "f:4:3: this is not valid YAML: end of map not found; close quotes and brackets, indent "
       "alike, put a space behind each colon"},
      {"martians: 'off\n", "f:1:11: a quote opens here and is never closed; a closing quote"},
      {"'martians: off\n", "f:1:1: a quote opens here and is never closed; a closing quote"},
      {"martians: \"off\n", "f:1:11: a quote opens here and is never closed; a closing quote"},
      {"martians: \"off\\",
       "f:1:16: this is not valid YAML: unknown escape character: ?; close "
       "quotes and brackets, indent alike, put a space behind each colon"},
      {"martians: off\n---\nmartians: off\n",
       "f:2:1: a second YAML document begins here; one document in a file"},
      {"martians: off\n...\nmartians: off\n",
       "f:3:1: a second YAML document begins here; one document in a file"},
      {"? [a, b]\n: c\n", "f:1:3: a key is a list or a map; a word as key"},
      {": c\n", "f:1:1: a key is missing; key: value"},
      {"~: c\n", "f:1:1: a key is missing; key: value"},
      {"sets: { a: @b }\n",
       "f:1:12: a value begins with \"@\" and is not quoted; \"@name\" in quotes"},
      {"sets: { a: [`b`] }\n",
       "f:1:13: a value begins with \"`\" and is not quoted; \"@name\" in quotes"},
      {"policies: [{ tcp-flags: [syn, !rst] }]\n",
       "f:1:31: \"!rst\" without quotes is a YAML tag; quote what begins with \"!\""},
      {"martians: !!str off\n",
       "f:1:11: \"tag:yaml.org,2002:str\" without quotes is a YAML tag; "
       "quote what begins with \"!\""},
      {"martians: |\n  off\n",
       "f:1:11: a value holds a control character or a line end; one line of text"},
      {"martians: \"o\\0ff\"\n",
       "f:1:11: a value holds a control character or a line end; one line of text"},
      {"martians: \"o\\x7Fff\"\n",
       "f:1:11: a value holds a control character or a line end; one line of text"},
      {"sets: { \"a\\x80\": [] }\n",
       "f:1:9: a value holds a control character or a line end; one line of text"},
      {"martians: \"off\\u009F\"\n",
       "f:1:11: a value holds a control character or a line end; one line of text"},
      {"martians: \"o\\xA0\"\n",
       "f:1:11: martians: \"o\xC2\xA0\" is not known here; one of: drop, off"},
      {"- martians\n",
       "f:1:1: the file is a list; a map of: interfaces, sets, sessions, routes, "
       "neighbors, host-path, headers, martians, checks, limits, policies, nat, "
       "events, compatibility"},
      {"martians\n",
       "f:1:1: the file is one value; a map of: interfaces, sets, sessions, routes, "
       "neighbors, host-path, headers, martians, checks, limits, policies, nat, "
       "events, compatibility"},
  }));

  INFO(one.text);
  CHECK(first_said_about(one.text) == one.said);
  CHECK(faults_in(one.text) == 1);
}

TEST_CASE("anchors and aliases are refused where they stand", "[config][yaml]") {
  const auto one = GENERATE(values<spoilt>({
      {"sets: { a: &x [80], b: *x }\n", "f:1:12"},
      {"sets:\n  a: &x\n    - 80\n", "f:2:6"},
      {"&x sets: {}\n", "f:1:1"},
      {"sets: &x {}\n", "f:1:7"},
      {"sets: { a: *x }\n", "f:1:12"},
      {"sets: &x\n", "f:1:7"},
      {"interfaces: { <<: *base }\n", "f:1:19"},
  }));

  INFO(one.text);
  CHECK(first_said_about(one.text) ==
        one.said + ": anchors and aliases are refused; write the value where it is used");
}

TEST_CASE("an alias bomb does not go off", "[config][yaml]") {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
  for (int level = 1; level < 30; ++level) {
    const std::string below = "*a" + std::to_string(level - 1);
    bomb += "a" + std::to_string(level) + ": &a" + std::to_string(level) + " [" + below;
    for (int i = 0; i < 8; ++i) {
      bomb += ", " + below;
    }
    bomb += "]\n";
  }

  CHECK(first_said_about(bomb) ==
        "f:1:5: anchors and aliases are refused; write the value where it is used");
}

TEST_CASE("lists and maps nest to a limit", "[config][yaml]") {
  const auto nested = [](std::size_t depth) {
    return "x: " + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "\n";
  };

  CHECK(first_said_about(nested(16)).find("unknown key \"x\"") != std::string::npos);
  CHECK(first_said_about(nested(17)) == "f:1:19: lists and maps nest too deep; at most 16 levels");
  CHECK(first_said_about(nested(100'000)) ==
        "f:1:19: lists and maps nest too deep; at most 16 levels");
  CHECK(first_said_about("x: " + std::string(100'000, '[')) ==
        "f:1:19: lists and maps nest too deep; at most 16 levels");
  CHECK(first_said_about("x: " + std::string(100'000, '{')) ==
        "f:1:19: lists and maps nest too deep; at most 16 levels");
}

TEST_CASE("brackets without end are refused before they are kept", "[config][yaml]") {
  const auto most =
      static_cast<std::size_t>(weir::test::rounds(int{weir::config::detail::document_bytes_max}));
  const std::string first =
      GENERATE("", "# a comment\nx: ", "x: a [", "\"x\": {", "- ", "y: 'it''s'\nx: ");
  const std::string bracket = GENERATE("[", "{", "[\n", "[a,", "[\"[\", ");
  std::string text = first;
  while (text.size() + bracket.size() <= most) text += bracket;
  CAPTURE(first, bracket);

  CHECK(first_said_about(text).find("nest too deep; at most 16 levels") != std::string::npos);
}

TEST_CASE("brackets that open nothing do not nest", "[config][yaml]") {
  const std::string line =
      GENERATE("# [ {\n", "  \"[ \\\" {\": 1\n", "  '[ '' {': 1\n", "  a[b: {}\n");
  std::string text = "x:\n";
  for (int count = 0; count < 5'000; ++count) text += line;
  CAPTURE(line);

  CHECK(first_said_about(text).find("nest too deep") == std::string::npos);
}

TEST_CASE("block lists and maps nest to the same limit", "[config][yaml]") {
  std::string text;
  for (std::size_t depth = 0; depth < 1'000; ++depth) {
    text += std::string(depth, ' ') + "a:\n";
  }

  CHECK(first_said_about(text) == "f:17:17: lists and maps nest too deep; at most 16 levels");
  CHECK(first_said_about(std::string("- ") + "- - - - - - - - - - - - - - - - - - a\n") ==
        "f:1:33: lists and maps nest too deep; at most 16 levels");
}

TEST_CASE("the size of a file has a limit", "[config][yaml]") {
  constexpr std::size_t most = weir::config::detail::document_bytes_max;
  const std::string comment(most - 1, '#');

  if (!weir::test::is_sanitized) CHECK(first_said_about(comment + "\n") == "");  // slow there
  CHECK(first_said_about(comment + "\n\n") ==
        "f:1:1: the file is larger than 16 MiB; a smaller file");
}

TEST_CASE("a tab does not indent", "[config][yaml]") {
  CHECK(first_said_about("sessions:\n\tmax: 5\n") == "f:2:1: a tab indents this line; spaces");
  CHECK(first_said_about("sessions:\n  \tmax: 5\n") == "f:2:3: a tab indents this line; spaces");
  CHECK(first_said_about("sessions:\n\t# a comment\n \t\n  max:\t5\t# more\n") == "");
}

TEST_CASE("what is not text is refused", "[config][yaml]") {
  const auto one = GENERATE(values<spoilt>({
      {std::string("\0\1\2", 3), "f:1:1: a control character stands here; a text file in UTF-8"},
      {"martians: off\n\x1B[31m\n", "f:2:1: a control character stands here; a text file in UTF-8"},
      {"martians: off\rx", "f:1:14: a control character stands here; a text file in UTF-8"},
      {"# \xC2\x9B\n", "f:1:3: a control character stands here; a text file in UTF-8"},
      {"# \xFF\n", "f:1:3: this byte is not UTF-8; a text file in UTF-8"},
      {"# \xC0\x80\n", "f:1:3: this byte is not UTF-8; a text file in UTF-8"},
      {"# \xE2\x82\n", "f:1:3: this byte is not UTF-8; a text file in UTF-8"},
      {"# \xED\xA0\x80\n", "f:1:3: this byte is not UTF-8; a text file in UTF-8"},
      {"# \xF4\x90\x80\x80\n", "f:1:3: this byte is not UTF-8; a text file in UTF-8"},
      {"\xFF\xFE"
       "m\0",
       "f:1:1: this byte is not UTF-8; a text file in UTF-8"},
      {"\x7F"
       "ELF",
       "f:1:1: a control character stands here; a text file in UTF-8"},
  }));

  CHECK(first_said_about(one.text) == one.said);
}

TEST_CASE("columns count characters", "[config][yaml]") {
  CHECK(first_said_about("\xEF\xBB\xBFmartains: off\n") ==
        "f:1:1: unknown key \"martains\"; did you mean \"martians\"?");
  CHECK(first_said_about(
            "policies: [{ name: \"\xC3\xBC\xE2\x82\xAC\", from: a, to: 'b', tcp: x }]\n") ==
        "f:1:49: tcp: \"x\" is not known here; one of: strict, loose, off");
}

TEST_CASE("an address with \"::\" in a list must be quoted", "[config][yaml]") {
  const auto one = GENERATE(values<spoilt>({
      {"sets: { a: [2001:db8::1] }\n", "f:1:13: \"2001:db8::1\" contains \"::\""},
      {"sets: { a: [2001:db8::/32, 10.0.0.1] }\n", "f:1:13: \"2001:db8::/32\" contains \"::\""},
      {"sets: { a: [10.0.0.1, 2001:db8::] }\n", "f:1:23: \"2001:db8::\" contains \"::\""},
      {"sets: { a: [2001:db8::, 10.0.0.1] }\n", "f:1:13: \"2001:db8::\" contains \"::\""},
      {"sets: { a: [::/0] }\n", "f:1:13: \"::/0\" contains \"::\""},
      {"sets:\n  a:\n    - 2001:db8::\n", "f:3:7: \"2001:db8::\" contains \"::\""},
  }));

  INFO(one.text);
  const auto said = first_said_about(one.text);
  const auto quoted =
      one.said.substr(one.said.find('"'), one.said.find("\" ") + 1 - one.said.find('"'));
  CHECK(said == one.said + " and is not quoted; " + quoted + " in quotes");
  CHECK(faults_in(one.text) == 1);
}

TEST_CASE("an address that ends in \"::\" is named where it breaks the YAML", "[config][yaml]") {
  CHECK(first_said_about("routes: [{ to: 2001:db8::, interface: lan }]\n") ==
        "f:1:25: this is not valid YAML: end of map flow not found; quote the addresses that "
        "contain \"::\"");
  CHECK(first_said_about("sets:\n  a: 2001:db8::\n") ==
        "f:2:15: this is not valid YAML: illegal map value; quote the addresses that contain "
        "\"::\"");
}

TEST_CASE("addresses with \"::\" outside of lists need no quotes", "[config][yaml]") {
  CHECK(first_said_about("routes: [{ to: ::/0, via: fe80::1, interface: lan }]\n") == "");
  CHECK(first_said_about("sets:\n  a:\n    - 2001:db8::1\n    - ::/0\n") == "");
}

TEST_CASE("random changes to a file are read or refused with places in it", "[config][yaml]") {
  const std::string good =
      "interfaces:\n  lan: { addresses: [192.0.2.1/24, \"2001:db8::1/64\"], zone: inside }\n"
      "policies:\n  - name: out\n    from: inside\n    to: local\n    rules:\n"
      "      - { action: deny, protocol: tcp, destination-port: [80, 8000-8099] }\n";
  const std::string alphabet = "[]{}:,-?&*!|>'\"%@`# \n\tabc019./\\";
  const auto seed = GENERATE(range(1u, 2001u));
  std::mt19937 random{seed};
  std::string text = good;
  for (int change = 0; change < 3; ++change) {
    const std::size_t at = random() % text.size();
    text[at] = alphabet[random() % alphabet.size()];
  }
  std::vector<std::size_t> line_lengths{1};
  for (const char one : text) {
    if (one == '\n') {
      line_lengths.push_back(1);
    } else {
      ++line_lengths.back();
    }
  }

  const auto result = read(text, "f");

  INFO("seed " << seed << "\n" << text);
  if (const auto* faults = std::get_if<std::vector<located_fault>>(&result)) {
    for (const auto& one : *faults) {
      INFO(to_text(one));
      REQUIRE(one.at.line >= 1);
      REQUIRE(one.at.line <= line_lengths.size());
      REQUIRE(one.at.column >= 1);
      REQUIRE(one.at.column <= line_lengths[one.at.line - 1]);
    }
  }
  SUCCEED();
}

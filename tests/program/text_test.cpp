#include "examples/weir/text.hpp"

#include "examples/weir/table.hpp"
#include "tests/support/catch.hpp"

#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

using weir::program::listed;
using weir::program::nearest;
using weir::program::text;
using weir::program::text_table;

TEST_CASE("counts are read in thousands", "[program][text]") {
  CHECK(text(std::uint64_t{0}) == "0");
  CHECK(text(std::uint64_t{999}) == "999");
  CHECK(text(std::uint64_t{1000}) == "1 000");
  CHECK(text(std::uint64_t{1'234'567}) == "1 234 567");
}

TEST_CASE("the nearest name is the one with the fewest changes", "[program][text]") {
  const std::vector<std::string> known{"local", "lan", "wan", "management"};

  CHECK(nearest("lna", known) == "lan");
  CHECK(nearest("mangement", known) == "management");
  CHECK(nearest("something-else", known).empty());
  CHECK(nearest("--foo", std::vector<std::string>{"--in", "--tap", "--out"}).empty());
  CHECK(nearest("--ot", std::vector<std::string>{"--in", "--tap", "--out"}) == "--out");
  CHECK(nearest("x", std::vector<std::string>{"y"}).empty());
  CHECK(nearest("--", std::vector<std::string>{"--in"}).empty());
}

TEST_CASE("words are listed as people do", "[program][text]") {
  CHECK(listed(std::vector<std::string>{"a"}) == "a");
  CHECK(listed(std::vector<std::string>{"a", "b"}) == "a and b");
  CHECK(listed(std::vector<std::string>{"a", "b", "c"}) == "a, b and c");
}

TEST_CASE("a table lines up words left and counts right", "[program][text]") {
  using align = text_table::align;
  text_table table{{align::left, align::right, align::left}};
  table.add({"a", "1", "x"});
  table.add({"long", "100", ""});
  std::FILE* const file = std::tmpfile();
  REQUIRE(file != nullptr);

  table.print(file);

  std::rewind(file);
  std::string printed(100, '\0');
  printed.resize(std::fread(printed.data(), 1, printed.size(), file));
  std::fclose(file);
  CHECK(printed == "  a       1  x\n  long  100\n");
}

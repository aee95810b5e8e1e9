#include "weir/base/version.hpp"

#include "tests/support/catch.hpp"

#include <fstream>
#include <iterator>
#include <regex>
#include <string>

TEST_CASE("the version in the header is the version of the project", "[base][version]") {
  std::ifstream file("CMakeLists.txt");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  std::smatch found;

  REQUIRE(
      std::regex_search(text, found, std::regex(R"(project\(weir VERSION (\d+)\.(\d+)\.(\d+))")));

  CHECK(std::to_string(weir::library_version.major) == found[1].str());
  CHECK(std::to_string(weir::library_version.minor) == found[2].str());
  CHECK(std::to_string(weir::library_version.patch) == found[3].str());
}

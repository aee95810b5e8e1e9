#include "examples/weir/summary.hpp"

#include "examples/weir/result.hpp"
#include "tests/support/catch.hpp"

#include <array>
#include <cstdio>
#include <string>
#include <string_view>

namespace {

std::string summary_of(double elapsed) {
  weir::program::replay_result result;
  result.configuration = "home-gateway.yaml";
  result.packets.in = result.packets.out = 3'000'000;
  result.elapsed = elapsed;
  std::FILE* const file = std::tmpfile();
  REQUIRE(file != nullptr);
  weir::program::print_summary(result, file);
  std::rewind(file);
  std::string said;
  std::array<char, 4096> part{};
  while (const auto count = std::fread(part.data(), 1, part.size(), file)) {
    said.append(part.data(), count);
  }
  std::fclose(file);
  return said;
}

bool says(double elapsed, std::string_view text) {
  return summary_of(elapsed).find(text) != std::string::npos;
}

}  // namespace

TEST_CASE("a summary names no rate for a run of less than half a second", "[program][summary]") {
  CHECK(says(0.5, "in 0.50 s (6.00 million a second)\n"));
  CHECK(says(0.49, "in 0.49 s\n"));
}

#include "weir/table/memory.hpp"

#include "tests/support/catch.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

TEST_CASE("an array is zero from the start", "[table][memory]") {
  const auto size = GENERATE(std::size_t{1}, std::size_t{1000}, std::size_t{1} << 20);
  const weir::huge_array<std::uint32_t> array{size};

  CHECK(std::all_of(array.data(), array.data() + size, [](auto word) { return word == 0; }));
  CHECK(array.size() == size);
  CHECK(array.bytes() == size * 4);
}

TEST_CASE("an array starts at a cache line", "[table][memory]") {
  const auto size = GENERATE(std::size_t{1}, std::size_t{63}, weir::huge_page_bytes - 1);
  const weir::huge_array<std::byte> array{size};

  CHECK(reinterpret_cast<std::uintptr_t>(array.data()) % weir::line_bytes == 0);
}

TEST_CASE("an array of a large page starts at one", "[table][memory]") {
  const auto size = GENERATE(weir::huge_page_bytes * 1, weir::huge_page_bytes * 3 + 1);
  weir::huge_array<std::byte> array{size};
  array[0] = std::byte{1};
  array[size - 1] = std::byte{1};

  CHECK(reinterpret_cast<std::uintptr_t>(array.data()) % weir::huge_page_bytes == 0);
}

TEST_CASE("an array of nothing is nothing", "[table][memory]") {
  const weir::huge_array<std::uint64_t> array{0};

  CHECK(array.data() == nullptr);
  CHECK(array.bytes() == 0);
}

TEST_CASE("moving an array leaves the source empty", "[table][memory]") {
  weir::huge_array<std::uint32_t> source{10};
  source[3] = 7;

  weir::huge_array<std::uint32_t> made{std::move(source)};
  CHECK(made[3] == 7);
  CHECK(source.size() == 0);

  weir::huge_array<std::uint32_t> assigned{5};
  assigned = std::move(made);
  CHECK(assigned[3] == 7);
  CHECK(assigned.size() == 10);
  CHECK(made.data() == nullptr);
}

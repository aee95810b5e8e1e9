#include "weir/table/memory.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/seeded.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>
#include <vector>

using weir::test::is_sanitized;

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

TEST_CASE("an array has all its memory once it is populated, and its content", "[table][memory]") {
  const auto size = GENERATE(std::size_t{1}, std::size_t{5000}, weir::huge_page_bytes * 3 + 5000);
  weir::huge_array<std::byte> array{size};
  array[size / 2] = std::byte{7};

  array.populate();

  constexpr std::uintptr_t page_bytes = 4096;
  const auto begin = reinterpret_cast<std::uintptr_t>(array.data()) / page_bytes * page_bytes;
  const auto end = reinterpret_cast<std::uintptr_t>(array.data()) + size;
  std::vector<unsigned char> resident((end - begin + page_bytes - 1) / page_bytes);
  REQUIRE(::mincore(reinterpret_cast<void*>(begin), end - begin, resident.data()) == 0);
  CHECK(std::all_of(resident.begin(), resident.end(), [](auto page) { return (page & 1) != 0; }));
  CHECK(array[size / 2] == std::byte{7});
  CHECK(std::count(array.data(), array.data() + size, std::byte{0}) ==
        static_cast<std::ptrdiff_t>(size - 1));
}

TEST_CASE("an array that no memory is left for throws", "[table][memory]") {
  if (is_sanitized) {
    WARN("SKIPPED: the sanitizer stops a program that asks for so much");
    return;
  }
  const volatile std::size_t too_many = ~std::size_t{0} / 2;

  CHECK_THROWS_AS(weir::huge_array<std::byte>{too_many}, std::bad_alloc);
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

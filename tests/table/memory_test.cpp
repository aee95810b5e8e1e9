#include "weir/table/memory.hpp"

#include "tests/support/catch.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>

namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool is_sanitized = true;
#elif defined(__has_feature)
constexpr bool is_sanitized = __has_feature(address_sanitizer);
#else
constexpr bool is_sanitized = false;
#endif

}  // namespace

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

#include "weir/wire/bytes.hpp"

#include "tests/support/catch.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

using namespace weir;

TEST_CASE("values are read and written in network order at any place", "[wire][bytes]") {
  std::array<std::byte, 16> memory{};
  for (std::size_t at = 0; at < 8; ++at) {
    store_be(std::span<std::byte>{memory}, at, std::uint64_t{0x0102030405060708});
    CAPTURE(at);
    for (std::size_t i = 0; i < 8; ++i) CHECK(memory[at + i] == static_cast<std::byte>(i + 1));
    CHECK(load_be<std::uint64_t>(memory, at) == 0x0102030405060708);
    CHECK(load_be<std::uint32_t>(memory, at + 2) == 0x03040506);
    CHECK(load_be<std::uint16_t>(memory, at + 6) == 0x0708);
    CHECK(load_be<std::uint8_t>(memory, at + 3) == 4);
  }
}

TEST_CASE("little-endian values have their lowest byte first", "[wire][bytes]") {
  std::array<std::byte, 4> memory{};

  store_le(memory.data(), std::uint32_t{0x01020304});

  CHECK(memory == std::array{std::byte{4}, std::byte{3}, std::byte{2}, std::byte{1}});
  CHECK(load_le<std::uint32_t>(memory.data()) == 0x01020304);
  CHECK(load_le<std::uint16_t>(memory.data()) == 0x0304);
}

TEST_CASE("a raw word is stored as it was loaded", "[wire][bytes]") {
  std::array<std::byte, 8> memory{};
  for (std::size_t i = 0; i < 8; ++i) memory[i] = static_cast<std::byte>(0x10 + i);
  std::array<std::byte, 8> copy{};

  store_raw(copy.data(), load_raw<std::uint64_t>(memory.data()));

  CHECK(copy == memory);
}

TEST_CASE("network order is its own inverse", "[wire][bytes]") {
  CHECK(network_order(network_order(std::uint32_t{0x01020304})) == 0x01020304);
  CHECK(network_order(network_order(std::uint16_t{0x0102})) == 0x0102);
}

TEST_CASE("constant evaluation reads and writes the same bytes", "[wire][bytes]") {
  constexpr auto made = [] {
    std::array<std::byte, 8> memory{};
    store_be(memory.data(), std::uint32_t{0xAABBCCDD});
    store_raw(memory.data() + 4, load_raw<std::uint32_t>(memory.data()));
    return memory;
  }();
  std::array<std::byte, 8> memory{};
  store_be(memory.data(), std::uint32_t{0xAABBCCDD});
  store_raw(memory.data() + 4, load_raw<std::uint32_t>(memory.data()));

  CHECK(made == memory);
}

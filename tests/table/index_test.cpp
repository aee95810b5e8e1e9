#include "weir/table/index.hpp"

#include "weir/table/bucket_index.hpp"

#include "tests/support/catch.hpp"

#include <cstddef>
#include <cstdint>

namespace {

struct key {
  std::uint64_t words[2];
};

// The least that satisfies the concept: an index that never has room.
struct index_archetype {
  void prefetch(std::uint64_t) const noexcept {}
  std::uint32_t first_candidate(std::uint64_t, const key&) const noexcept {
    return weir::no_payload;
  }
  template <class IsPayloadOfKey>
  std::uint32_t find(std::uint64_t, const key&, IsPayloadOfKey&&) const noexcept {
    return weir::no_payload;
  }
  bool try_insert(std::uint64_t, const key&, std::uint32_t) noexcept { return false; }
  bool erase(std::uint64_t, const key&, std::uint32_t) noexcept { return false; }
  void populate() noexcept {}
  std::uint32_t size() const noexcept { return 0; }
  std::size_t bytes() const noexcept { return 0; }
};
static_assert(weir::IndexFor<index_archetype, key>);
static_assert(weir::IndexFor<weir::bucket_index, key>);
static_assert(!weir::IndexFor<index_archetype, int>);

struct throwing_index : index_archetype {
  bool try_insert(std::uint64_t, const key&, std::uint32_t) { return false; }
};
static_assert(!weir::IndexFor<throwing_index, key>);

struct answers_a_pointer : index_archetype {
  const std::uint32_t* first_candidate(std::uint64_t, const key&) const noexcept { return nullptr; }
};
static_assert(!weir::IndexFor<answers_a_pointer, key>);

}  // namespace

TEST_CASE("no payload is no_payload", "[table][index]") {
  CHECK(weir::bucket_index::payload_limit < weir::no_payload);
}

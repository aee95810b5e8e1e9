#pragma once

#include <atomic>
#include <cstdint>

namespace weir {

/// A count that one thread writes and any thread may read at any time.
/// Costs a plain load and store: there is one writer, so no read-modify-write is needed.
class counter {
 public:
  constexpr counter() noexcept = default;
  counter(const counter& other) noexcept : count_{other.read()} {}
  counter& operator=(const counter& other) noexcept {
    count_.store(other.read(), std::memory_order_relaxed);
    return *this;
  }

  std::uint64_t read() const noexcept { return count_.load(std::memory_order_relaxed); }
  /// Called by the writing thread only.
  void add(std::uint64_t count = 1) noexcept {
    count_.store(read() + count, std::memory_order_relaxed);
  }

 private:
  std::atomic<std::uint64_t> count_{0};
};
static_assert(std::atomic<std::uint64_t>::is_always_lock_free || sizeof(void*) < 8,
              "64-bit machines count without locks");

}  // namespace weir

// The index to measure against: an absl::flat_hash_map from keys to payloads, reserved at start, on
// large pages like the engine's tables. It hashes with the same function and seed as the engine
// does and is handed the hash like any index, so it never hashes twice.

#pragma once

#include "weir/table/hash.hpp"
#include "weir/table/index.hpp"
#include "weir/table/simd.hpp"

#include "absl/container/flat_hash_map.h"

#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>

namespace weir::bench {

/// The seed of every benchmark: whoever uses `absl_index` hashes with `xxh3_hash` under this one.
inline constexpr hash_seed seed{0x243F'6A88'85A3'08D3, 0x1319'8A2E'0370'7344};
inline const xxh3_hash seeded_hash{seed};

/// Asks for large pages as the engine's tables do.
template <class T>
struct huge_page_allocator {
  using value_type = T;

  huge_page_allocator() = default;
  template <class U>
  huge_page_allocator(const huge_page_allocator<U>&) noexcept {}

  T* allocate(std::size_t count) {
    const std::size_t bytes = count * sizeof(T);
    void* const first = ::operator new(bytes, alignment);
    prefer_huge_pages(first, bytes / huge_page_bytes * huge_page_bytes);
    return static_cast<T*>(first);
  }
  void deallocate(T* first, std::size_t) noexcept { ::operator delete(first, alignment); }

  friend bool operator==(const huge_page_allocator&, const huge_page_allocator&) = default;

 private:
  static constexpr std::align_val_t alignment{huge_page_bytes};
};

template <class Key>
class absl_index {
 public:
  absl_index(std::uint32_t entries_max, std::uint32_t) { map_.reserve(entries_max); }

  void prefetch(std::uint64_t hash) const noexcept { map_.prefetch(hash_only{hash}); }
  std::uint32_t first_candidate(std::uint64_t hash, const Key& key) const noexcept {
    const auto found = map_.find(key, hash);
    return found == map_.end() ? no_payload : found->second;
  }
  template <class IsPayloadOfKey>
  std::uint32_t find(std::uint64_t hash, const Key& key, IsPayloadOfKey&&) const noexcept {
    return first_candidate(hash, key);
  }
  bool try_insert(std::uint64_t hash, const Key& key, std::uint32_t payload) noexcept {
    map_.lazy_emplace(hashed_key{hash, &key}, [&](const auto& make) { make(key, payload); });
    return true;
  }
  bool erase(std::uint64_t hash, const Key& key, std::uint32_t) noexcept {
    const auto found = map_.find(key, hash);
    if (found == map_.end()) {
      return false;
    }
    map_.erase(found);
    return true;
  }
  /// Filled before anything is measured.
  void populate() noexcept {}
  std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(map_.size()); }
  /// A slot and a control byte for each place.
  std::size_t bytes() const noexcept {
    return map_.capacity() * (sizeof(typename map_type::value_type) + 1);
  }

 private:
  struct hash_only {
    std::uint64_t hash;
  };
  struct hashed_key {
    std::uint64_t hash;
    const Key* key;
  };
  struct hasher {
    using is_transparent = void;
    std::size_t operator()(const Key& key) const noexcept {
      return static_cast<std::size_t>(seeded_hash(key));
    }
    std::size_t operator()(const hash_only& given) const noexcept { return given.hash; }
    std::size_t operator()(const hashed_key& given) const noexcept { return given.hash; }
  };
  struct equal {
    using is_transparent = void;
    bool operator()(const Key& left, const Key& right) const noexcept { return left == right; }
    bool operator()(const Key& left, const hashed_key& right) const noexcept {
      return left == *right.key;
    }
  };
  using map_type = absl::flat_hash_map<Key, std::uint32_t, hasher, equal,
                                       huge_page_allocator<std::pair<const Key, std::uint32_t>>>;

  map_type map_;
};

}  // namespace weir::bench

// The index to measure against: a DPDK rte_hash from keys to payloads, asked for many keys at once.
// It is handed the hash like any index, so it never hashes twice. Needs DPDK's environment, which
// `start_rte()` begins once for the program, without huge pages, devices or privileges.

#pragma once

#include "weir/table/index.hpp"
#include "weir/table/simd.hpp"

#include <rte_eal.h>
#include <rte_hash.h>
#include <rte_lcore.h>
#include <rte_memory.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace weir::bench {

/// Whether DPDK's environment runs here; it keeps the program on the processors it had.
inline bool start_rte() {
  static const bool started = [] {
    cpu_set_t before;
    sched_getaffinity(0, sizeof before, &before);
    std::vector<std::string> words{"bench",
                                   "--no-huge",
                                   "-m",
                                   "2048",
                                   "--no-shconf",
                                   "--no-pci",
                                   "--no-telemetry",
                                   "--log-level=*:error",
                                   "--file-prefix=weir-bench-" + std::to_string(getpid())};
    std::vector<char*> arguments;
    for (auto& word : words) {
      arguments.push_back(word.data());
    }
    const bool runs = rte_eal_init(static_cast<int>(arguments.size()), arguments.data()) >= 0;
    sched_setaffinity(0, sizeof before, &before);
    // Large pages where the platform gives them, as the other tables ask for.
    const auto prefer = [](const rte_memseg_list*, const rte_memseg* first, std::size_t bytes,
                           void*) {
      prefer_huge_pages(first->addr, bytes);
      return 0;
    };
    if (runs) {
      rte_memseg_contig_walk(prefer, nullptr);
    }
    return runs;
  }();
  return started;
}

/// Tables have names, and no two the same.
inline unsigned rte_tables_made = 0;

template <class Key>
class rte_index {
 public:
  static constexpr std::size_t lanes_max = RTE_HASH_LOOKUP_BULK_MAX;

  rte_index(std::uint32_t entries_max, std::uint32_t) : table_{made(entries_max)} {
    if (!table_) {
      throw std::runtime_error{"rte_hash has no memory for " + std::to_string(entries_max)};
    }
  }

  /// The bulk lookup prefetches for itself.
  void prefetch(std::uint64_t) const noexcept {}
  std::uint32_t first_candidate(std::uint64_t hash, const Key& key) const noexcept {
    void* payload = nullptr;
    const int found =
        rte_hash_lookup_with_hash_data(table_.get(), key.data(), signature(hash), &payload);
    return found >= 0 ? as_payload(payload) : no_payload;
  }
  template <class Lane, class Take>
  void first_candidates(std::span<Lane> lanes, Take&& take) const noexcept {
    std::array<Key, lanes_max> keys;
    std::array<const void*, lanes_max> places;
    std::array<hash_sig_t, lanes_max> signatures;
    std::array<void*, lanes_max> payloads;
    if (lanes.empty()) {
      return;
    }
    for (std::size_t i = 0; i < lanes.size(); ++i) {
      keys[i] = lanes[i].key().words();
      places[i] = keys[i].data();
      signatures[i] = signature(lanes[i].hash);
    }
    std::uint64_t hits = 0;
    rte_hash_lookup_with_hash_bulk_data(table_.get(), places.data(), signatures.data(),
                                        static_cast<std::uint32_t>(lanes.size()), &hits,
                                        payloads.data());
    for (std::size_t i = 0; i < lanes.size(); ++i) {
      take(lanes[i], (hits >> i & 1) != 0 ? as_payload(payloads[i]) : no_payload);
    }
  }
  template <class IsPayloadOfKey>
  std::uint32_t find(std::uint64_t hash, const Key& key, IsPayloadOfKey&&) const noexcept {
    return first_candidate(hash, key);
  }
  bool try_insert(std::uint64_t hash, const Key& key, std::uint32_t payload) noexcept {
    return rte_hash_add_key_with_hash_data(table_.get(), key.data(), signature(hash),
                                           std::bit_cast<void*>(std::uintptr_t{payload})) == 0;
  }
  bool erase(std::uint64_t hash, const Key& key, std::uint32_t) noexcept {
    return rte_hash_del_key_with_hash(table_.get(), key.data(), signature(hash)) >= 0;
  }
  /// Filled before anything is measured.
  void populate() noexcept {}
  std::uint32_t size() const noexcept {
    return static_cast<std::uint32_t>(rte_hash_count(table_.get()));
  }
  /// Nobody tells.
  std::size_t bytes() const noexcept { return 0; }

 private:
  struct give_back {
    void operator()(rte_hash* table) const noexcept { rte_hash_free(table); }
  };

  static hash_sig_t signature(std::uint64_t hash) noexcept { return static_cast<hash_sig_t>(hash); }
  static std::uint32_t as_payload(void* stored) noexcept {
    return static_cast<std::uint32_t>(std::bit_cast<std::uintptr_t>(stored));
  }
  static rte_hash* made(std::uint32_t entries_max) {
    const std::string name = "sessions" + std::to_string(rte_tables_made++);
    rte_hash_parameters wanted{};
    wanted.name = name.c_str();
    wanted.entries = std::max(entries_max, 16u);
    wanted.key_len = sizeof(Key);
    wanted.socket_id = static_cast<int>(rte_socket_id());
    return start_rte() ? rte_hash_create(&wanted) : nullptr;
  }

  std::unique_ptr<rte_hash, give_back> table_;
};
static_assert(IndexFor<rte_index<std::array<std::uint64_t, 2>>, std::array<std::uint64_t, 2>>);

}  // namespace weir::bench

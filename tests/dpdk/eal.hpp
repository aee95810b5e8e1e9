#pragma once

// DPDK for tests: its environment, started once per program, without huge pages, devices or
// privileges; a pool whose mbufs are counted; and ports that run in this process.

#include "tests/support/catch.hpp"

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <rte_mempool.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace weir::test {

namespace detail {

inline bool start_eal() {
  std::vector<std::string> words{"weir",
                                 "--no-huge",
                                 "-m",
                                 "64",
                                 "--no-shconf",
                                 "--no-pci",
                                 "--no-telemetry",
                                 "--log-level=*:error",
                                 "--file-prefix=weir-" + std::to_string(getpid()),
                                 "--vdev=net_ring0",
                                 "--vdev=net_ring1",
                                 "--vdev=net_null0"};
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  return rte_eal_init(static_cast<int>(arguments.size()), arguments.data()) >= 0;
}

}  // namespace detail

/// Whether DPDK runs here; says that the test is skipped where it does not.
inline bool has_eal() {
  static const bool started = detail::start_eal();
  if (!started) WARN("SKIPPED: the environment of DPDK does not start here");
  return started;
}

/// Mbufs; what is missing from it has leaked or is still in use.
class mbuf_pool {
 public:
  explicit mbuf_pool(unsigned size, std::uint16_t room = RTE_MBUF_DEFAULT_BUF_SIZE)
      : size_{size},
        pool_{rte_pktmbuf_pool_create(("pool" + std::to_string(made_++)).c_str(), size, 0, 0, room,
                                      SOCKET_ID_ANY)} {
    if (pool_ == nullptr) throw std::runtime_error{"there is no memory for a pool"};
  }
  mbuf_pool(const mbuf_pool&) = delete;
  mbuf_pool& operator=(const mbuf_pool&) = delete;
  ~mbuf_pool() { rte_mempool_free(pool_); }

  rte_mempool& pool() const noexcept { return *pool_; }
  unsigned in_use() const noexcept { return size_ - rte_mempool_avail_count(pool_); }

  /// An mbuf of these bytes.
  rte_mbuf& make(std::span<const std::byte> bytes) const {
    auto* const made = rte_pktmbuf_alloc(pool_);
    if (made == nullptr) throw std::runtime_error{"the pool is empty"};
    auto* const to = rte_pktmbuf_append(made, static_cast<std::uint16_t>(bytes.size()));
    if (to == nullptr) throw std::runtime_error{"the bytes do not fit an mbuf"};
    std::memcpy(to, bytes.data(), bytes.size());
    return *made;
  }
  /// The same in two segments, the first of `first` bytes.
  rte_mbuf& make_scattered(std::span<const std::byte> bytes, std::size_t first) const {
    auto& head = make(bytes.first(first));
    auto& tail = make(bytes.subspan(first));
    if (rte_pktmbuf_chain(&head, &tail) != 0) throw std::runtime_error{"too many segments"};
    return head;
  }

 private:
  static inline unsigned made_ = 0;

  unsigned size_;
  rte_mempool* pool_;
};

/// A port that runs in this process: net_ring gives back what is sent to it, net_null gives frames
/// that nobody filled and takes everything.
class vdev_port {
 public:
  vdev_port(const std::string& name, const mbuf_pool& memory) {
    constexpr std::uint16_t descriptors = 64;
    const rte_eth_conf plain{};
    must(rte_eth_dev_get_port_by_name(name.c_str(), &id_));
    must(rte_eth_dev_configure(id_, 1, 1, &plain));
    must(rte_eth_rx_queue_setup(id_, 0, descriptors, 0, nullptr, &memory.pool()));
    must(rte_eth_tx_queue_setup(id_, 0, descriptors, 0, nullptr));
    must(rte_eth_dev_start(id_));
  }
  vdev_port(const vdev_port&) = delete;
  vdev_port& operator=(const vdev_port&) = delete;
  ~vdev_port() { rte_eth_dev_stop(id_); }

  std::size_t send(std::span<rte_mbuf*> frames) {
    return rte_eth_tx_burst(id_, 0, frames.data(), static_cast<std::uint16_t>(frames.size()));
  }
  std::vector<rte_mbuf*> receive() {
    std::array<rte_mbuf*, 64> frames{};
    const auto count = rte_eth_rx_burst(id_, 0, frames.data(), frames.size());
    return {frames.begin(), frames.begin() + count};
  }

 private:
  static void must(int result) {
    if (result < 0) throw std::runtime_error{rte_strerror(-result)};
  }

  std::uint16_t id_ = 0;
};

/// The bytes of an mbuf, all segments in a row.
inline std::vector<std::byte> bytes_of(const rte_mbuf& mbuf) {
  std::vector<std::byte> made;
  for (const auto* part = &mbuf; part != nullptr; part = part->next) {
    const auto* const from = rte_pktmbuf_mtod(part, const std::byte*);
    made.insert(made.end(), from, from + part->data_len);
  }
  return made;
}

}  // namespace weir::test

#pragma once

// What a replay came to, as numbers: the report and the summary are two ways to write it down.

#include "weir/base/drop_reason.hpp"
#include "weir/time/instant.hpp"

#include "examples/weir/box.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace weir::program {

/// Every input packet, counted once.
struct packet_totals {
  std::uint64_t in = 0;
  std::uint64_t out = 0;
  std::uint64_t dropped = 0;
  std::uint64_t delivered = 0;
  std::uint64_t consumed = 0;
  std::uint64_t held = 0;

  bool balanced() const noexcept { return in == out + dropped + delivered + consumed + held; }
};

struct life_totals {
  std::uint64_t created = 0;
  std::uint64_t expired = 0;
  std::uint64_t ended = 0;
  std::uint64_t evicted = 0;
  std::uint64_t refused = 0;
  std::uint64_t live = 0;
};

struct pool_totals {
  std::string name;
  std::uint64_t mappings = 0;
  std::uint64_t ports_used = 0;
  std::uint64_t ports = 0;
};

/// Records of a link type that weir does not read.
struct unknown_link {
  std::string name;
  std::uint64_t records = 0;
};

struct input_totals {
  std::string path;
  std::string from;  ///< the interface, or the two of a tap
  std::uint64_t records = 0;
  std::vector<unknown_link> unknown_links;
  std::optional<std::uint64_t> fault_offset;
  std::string fault;
};

struct interface_totals {
  std::string name;
  std::string path;  ///< of its output; empty where there is none
  frame_counts frames{};
};

struct replay_result {
  std::string configuration;
  std::uint64_t seed = 0;
  std::vector<input_totals> inputs;
  std::vector<interface_totals> interfaces;
  packet_totals packets{};
  std::array<std::uint64_t, drop_reason_count> drops{};
  std::uint64_t generated = 0;
  std::uint64_t answers_suppressed = 0;
  std::uint64_t reflected = 0;
  std::uint64_t checksums_completed = 0;
  std::uint64_t tagged = 0;
  std::uint64_t cut = 0;
  life_totals sessions{};
  std::uint64_t generation = 0;  ///< of the configuration in force at the end
  std::vector<pool_totals> pools;
  instant first{};
  instant last{};
  std::uint64_t clamped = 0;
  std::uint64_t retimed = 0;  ///< frames written with the nearest time that a pcap file can tell
  std::optional<std::string> broken;  ///< what `--verify` found wrong
  bool verified = false;
  int interrupted = 0;            ///< the signal that ended the input; zero where none did
  std::uint64_t memory_peak = 0;  ///< bytes
  double elapsed = 0;             ///< seconds on the clock of the wall

  std::uint64_t dropped_by_reasons() const noexcept {
    std::uint64_t sum = 0;
    for (const auto one : drops) sum += one;
    return sum;
  }
  /// Whether every packet is accounted for once, and every drop has its reason.
  bool conserved() const noexcept {
    return packets.balanced() && dropped_by_reasons() == packets.dropped;
  }
};

}  // namespace weir::program

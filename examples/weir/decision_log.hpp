#pragma once

#include "weir/base/interface_id.hpp"
#include "weir/base/verdict.hpp"
#include "weir/engine/snapshot.hpp"
#include "weir/engine/worker.hpp"
#include "weir/observe/observer.hpp"
#include "weir/time/instant.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <utility>

namespace weir::program {

/// Remembers what the policy said of the packet being judged, where its rule is to be logged.
class decision_log : public null_observer {
 public:
  void judged(const judgement& said) noexcept {
    if (said.log) said_ = said;
  }

  /// What is to be logged of the packet that was judged last.
  std::optional<judgement> take() noexcept { return std::exchange(said_, std::nullopt); }

 private:
  std::optional<judgement> said_;
};
static_assert(Observer<decision_log>);

/// An engine that tells which decisions are to be logged.
struct logging_traits : default_traits {
  using observer = decision_log;
};
static_assert(EngineTraits<logging_traits>);

/// A packet as it arrived.
struct arrived_packet {
  std::span<const std::byte> bytes;
  std::size_t wire_size = 0;
  interface_id ingress{};
  instant time{};
};

/// Writes a line about a decision to standard error.
void write_log(const arrived_packet& packet, const judgement& said, const verdict& answer,
               const snapshot& config) noexcept;

}  // namespace weir::program

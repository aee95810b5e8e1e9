#pragma once

// Overview
//
// Captures go through the engine as if the box stood where they were taken. Records are merged by
// time, their link headers come off, and packets of one tick make a burst; the worker judges it,
// and what it sends is framed and written. Captured time is the only clock.
//
// A tap's packets that enter from outside are first readdressed to what their flows show there
// (reflector.hpp). Any packet before may make, end or change that, so all of them are judged first:
// such a packet begins a burst. So does one after a frame that shows a neighbour where it was not
// known to be.

#include "weir/engine/sink.hpp"
#include "weir/engine/snapshot.hpp"
#include "weir/engine/worker.hpp"
#include "weir/pcap/record_burst.hpp"

#include "examples/weir/arrivals.hpp"
#include "examples/weir/assignment.hpp"
#include "examples/weir/box.hpp"
#include "examples/weir/checksum_completion.hpp"
#include "examples/weir/decision_log.hpp"
#include "examples/weir/inputs.hpp"
#include "examples/weir/reflector.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace weir::program {

struct replay_setup {
  std::vector<input_assignment> inputs;
  std::vector<output_assignment> outputs;
  std::uint64_t seed = 1;
  bool complete_checksums = false;
};

/// A replay, from the first record to the last.
template <EngineTraits Traits>
class basic_replayer {
 public:
  basic_replayer(std::shared_ptr<const snapshot> config, const replay_setup& setup)
      : config_{std::move(config)},
        inputs_{setup.inputs},
        box_{*config_, setup.outputs},
        arrivals_{*config_, box_},
        worker_{config_, options_of(setup)},
        complete_checksums_{setup.complete_checksums} {
    senders_.reserve(pcap::record_burst::packets_max);
    if (logs_decisions && config_->raw().events.log_to_stderr) {
      arrived_.emplace();
    }
  }

  /// Reads and judges the next records, up to the end of a burst; false when nothing is left.
  bool step() {
    if (waiting_ != nullptr) {
      take(*std::exchange(waiting_, nullptr));
    }
    while (waiting_ == nullptr) {
      auto* const file = inputs_.advance();
      if (file == nullptr) {
        finish();
        return false;
      }
      const auto now = tick::at(clock_.at(file->next.time));
      const bool fits = burst_.has_room_for(file->next.bytes.size());
      if (burst_.size() != 0 && (now != burst_tick_ || !fits)) {
        waiting_ = file;
      } else {
        take(*file);
      }
    }
    judge();
    return true;
  }

  /// Ends the input: the next step judges what was read, and is the last.
  void stop() noexcept { inputs_.stop(); }

  const snapshot& config() const noexcept { return *config_; }
  const merged_inputs& inputs() const noexcept { return inputs_; }
  const replay_clock& clock() const noexcept { return clock_; }
  const arrivals& arrived() const noexcept { return arrivals_; }
  std::uint64_t reflected() const noexcept { return reflected_; }
  std::uint64_t completed() const noexcept { return completed_; }
  basic_worker<Traits>& worker() noexcept { return worker_; }
  const basic_worker<Traits>& worker() const noexcept { return worker_; }
  box& wires() noexcept { return box_; }
  const box& wires() const noexcept { return box_; }

 private:
  static constexpr bool logs_decisions = std::same_as<typename Traits::observer, decision_log>;

  /// Takes what the worker decides of the burst to the box's wires.
  class sink {
   public:
    explicit sink(basic_replayer& owner) noexcept : owner_{owner} {}

    void decided(std::size_t index, pcap::record_packet& packet, const verdict& answer) noexcept {
      owner_.log(index, answer);
      const outgoing one{std::as_const(packet).bytes(), packet.wire_size(),
                         owner_.burst_.time(index)};
      if (answer.forwarded()) {
        owner_.box_.send(answer.next_hop(), one);
      } else if (answer.delivered()) {
        owner_.box_.deliver(one);
      }
    }

    bool generated(std::span<const std::byte> bytes, const emission& where) noexcept {
      const outgoing one{bytes, bytes.size(), owner_.burst_.time(where.about)};
      const auto& sender = owner_.senders_[where.about];
      if (where.answers_sender) {
        owner_.box_.answer(sender.ingress, sender.station, one);
      } else {
        owner_.box_.make(where.egress, where.hop, one);
      }
      return true;
    }

   private:
    basic_replayer& owner_;
  };

  static worker_options options_of(const replay_setup& setup) {
    worker_options made;
    made.seed = hash_seed{setup.seed, 0};
    made.reclaim_budget = reclaim_unbounded;
    return made;
  }

  void take(input_file& file) {
    burst_tick_ = tick::at(clock_.now());
    const auto arrived = arrivals_.take(file);
    if (arrivals_.has_news()) [[unlikely]] {
      judge();  // packets before a frame do not know what it shows of its sender
      arrivals_.learn_news();
    }
    if (!arrived) {
      return;
    }
    const bool from_outside = file.assigned.outside == arrived->sender.ingress;
    if (from_outside) {
      judge();
    }
    const auto packet = add(*arrived);
    if (from_outside) {
      reflect(packet, file.assigned);
    }
  }

  void keep_arrived() {
    for (std::size_t i = 0; i < burst_.size(); ++i) {
      const auto packet = burst_[i];
      arrived_->add(packet.bytes(), packet.wire_size(), {}, {});
    }
  }

  /// Logs what was decided of a packet of the burst, where the decision is to be logged.
  void log(std::size_t index, const verdict& answer) noexcept {
    if constexpr (logs_decisions) {
      const auto said = arrived_ ? worker_.observer().take() : std::nullopt;
      if (said) {
        const auto packet = std::as_const(*arrived_)[index];
        write_log({packet.bytes(), packet.wire_size(), senders_[index].ingress, burst_.time(index)},
                  *said, answer, *config_);
      }
    }
  }

  /// Adds a packet to the burst, with its checksum completed where that is asked for.
  pcap::record_packet add(const arrival& arrived) noexcept {
    if (burst_.size() == 0) {
      burst_time_ = clock_.now();
    }
    burst_.add(arrived.packet, arrived.wire_size,
               {.ingress = arrived.sender.ingress, .cast = arrived.cast}, clock_.now());
    senders_.push_back(arrived.sender);
    auto packet = burst_[burst_.size() - 1];
    if (complete_checksums_ && complete_checksum(packet.bytes(), packet.wire_size())) {
      ++completed_;
    }
    return packet;
  }

  /// Readdresses a packet that enters from outside to what its flow shows there, if that is known.
  /// Whatever came before it was judged.
  void reflect(pcap::record_packet packet, const input_assignment& tap) noexcept {
    const auto& outside = config_->interface(*tap.outside);
    const tap_ends ends{config_->interface(tap.inside).domain, outside.domain, outside.zone};
    const reflector by{worker_, ends, tick::at(clock_.now())};
    reflected_ += by.reflect(packet) ? 1u : 0u;
  }

  /// Has the burst judged at the time of its packets, and begins another. The clock may have gone
  /// on: it shows the time of the record that ended the burst.
  void judge() {
    if (burst_.size() == 0) {
      return;
    }
    if (arrived_) {
      keep_arrived();
    }
    sink to{*this};
    worker_.process(burst_, burst_time_, to);
    begin_burst();
  }

  void begin_burst() noexcept {
    burst_.clear();
    if (arrived_) {
      arrived_->clear();
    }
    senders_.clear();
  }

  /// Judges what is left. Records that held no packet may have moved the clock beyond the last
  /// burst: sessions whose time is up by then have ended.
  void finish() {
    judge();
    if (clock_.started()) {
      worker_.expire(clock_.now());
    }
  }

  std::shared_ptr<const snapshot> config_;
  merged_inputs inputs_;
  box box_;
  arrivals arrivals_;
  basic_worker<Traits> worker_;
  bool complete_checksums_;

  pcap::record_burst burst_;
  std::optional<pcap::record_burst> arrived_;  ///< the burst before it was judged, to be logged
  std::vector<frame_sender> senders_;          ///< of the burst's packets
  tick burst_tick_{};                          ///< of the last record taken
  instant burst_time_{};                       ///< of the burst's first packet
  replay_clock clock_;
  input_file* waiting_ = nullptr;  ///< its record did not fit the burst
  std::uint64_t reflected_ = 0;    ///< packets readdressed to the endpoint outside
  std::uint64_t completed_ = 0;    ///< checksums completed
};

using replayer = basic_replayer<logging_traits>;

}  // namespace weir::program

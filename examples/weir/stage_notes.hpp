#pragma once

#include "weir/engine/shard.hpp"
#include "weir/observe/observer.hpp"

#include <cstdint>
#include <optional>

namespace weir::program {

/// What the engine found out about one packet, stage by stage.
struct stage_notes {
  struct translation {
    translation_kind kind = translation_kind::none;
    flow_facts flow{};
  };

  bool matched = false;
  bool unmatched = false;
  std::optional<translation> destination;
  std::optional<next_hop_id> routed;
  std::optional<judgement> judged;
  std::optional<translation> source;
  bool created = false;
  std::uint32_t ended = 0;
  std::optional<verdict> decided;
};

/// Takes notes of the packet that is being judged, while it has a place to keep them.
class note_taker {
 public:
  void write_to(stage_notes* notes) noexcept { notes_ = notes; }

  void matched(ip_family, std::uint32_t, direction) noexcept {
    if (notes_ != nullptr) notes_->matched = true;
  }
  void unmatched() noexcept {
    if (notes_ != nullptr) notes_->unmatched = true;
  }
  void destination_translated(translation_kind kind, const flow_facts& flow) noexcept {
    if (notes_ != nullptr) notes_->destination = {kind, flow};
  }
  void routed(next_hop_id hop) noexcept {
    if (notes_ != nullptr) notes_->routed = hop;
  }
  void judged(const judgement& said) noexcept {
    if (notes_ != nullptr) notes_->judged = said;
  }
  void source_translated(translation_kind kind, const flow_facts& flow) noexcept {
    if (notes_ != nullptr) notes_->source = {kind, flow};
  }
  void created(const session_facts&) noexcept {
    if (notes_ != nullptr) notes_->created = true;
  }
  void ended(const session_facts&, session_end) noexcept {
    if (notes_ != nullptr) ++notes_->ended;
  }
  void decided(const verdict& answer) noexcept {
    if (notes_ != nullptr) notes_->decided = answer;
  }

 private:
  stage_notes* notes_ = nullptr;
};
static_assert(Observer<note_taker>);

/// An engine that asks every packet every question, and tells.
struct explaining_traits : default_traits {
  using observer = note_taker;
  static constexpr bool has_plain_path = false;
};
static_assert(EngineTraits<explaining_traits>);

}  // namespace weir::program

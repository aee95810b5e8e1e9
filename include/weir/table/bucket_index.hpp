#pragma once

// Overview. Entries are 32-bit words, fifteen to a cache line: a tag cut from the hash above a
// payload that only the caller understands. The sixteenth word of a line counts the entries that
// passed it by because it was full; they stand in one of the following lines. So a key that is
// not there usually costs one line, and a key that is there one line and the caller's record.
//
// Limits. Sized for `entries_max` at nine entries a line (60 %). A key goes at most `probes_max`
// lines from home; at full load and under a secret hash one insertion in about 10^11 needs more.

#include "weir/base/contract.hpp"
#include "weir/table/index.hpp"
#include "weir/table/memory.hpp"
#include "weir/table/simd.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

namespace weir {

/// A map from hashes to payloads in lines of fifteen; the model of `IndexFor` the engine uses.
/// One writer, who is the only reader. Costs 7.1 bytes for each of `entries_max` entries.
class bucket_index {
 public:
  static constexpr std::uint32_t entries_per_line = 9;
  static constexpr std::uint32_t probes_max = 16;
  /// A tag has at least four bits.
  static constexpr std::uint32_t payload_limit = (1u << 28) - 1;

  /// Room for `entries_max` entries whose payloads are at most `payload_max`.
  bucket_index(std::uint32_t entries_max, std::uint32_t payload_max)
      : geometry_{entries_max / entries_per_line + 1, checked_mask(payload_max)},
        entries_max_{entries_max},
        lines_{geometry_.lines_count} {}

  /// Answers the line that it asks for.
  const void* prefetch(std::uint64_t hash) const noexcept {
    const line* const home = &lines_[geometry_.home(hash)];
    prefetch_read(home);
    return home;
  }

  /// The first payload in the home line whose tag is the hash's, or `no_payload`.
  template <class Key>
  std::uint32_t first_candidate(std::uint64_t hash, const Key&) const noexcept {
    return geometry_.first_candidate(lines_[geometry_.home(hash)], hash,
                                     []() noexcept { return no_payload; });
  }

  /// The first payload whose tag is the hash's, at home or behind it, for each of many lanes, which
  /// have a `hash` and, as `place`, what `prefetch` answered: hands lane and answer to `take`.
  template <class Lane, class Take>
  void first_candidates(std::span<Lane> lanes, Take&& take) const noexcept {
    // What `take` writes might be this index, as far as compilers know; it is not the copy.
    const geometry copy = geometry_;
    for (Lane& lane : lanes) {
      const auto& home = *static_cast<const line*>(lane.place);
      take(lane, copy.first_candidate(home, lane.hash,
                                      [&]() noexcept { return candidate_further(lane.hash); }));
    }
  }

  // Nearly every key stands at home: what looks further is kept out of the way.

  /// The payload with the hash's tag that `is_payload_of_key` accepts, or `no_payload`.
  template <class Key, class IsPayloadOfKey>
  std::uint32_t find(std::uint64_t hash, const Key&,
                     IsPayloadOfKey&& is_payload_of_key) const noexcept {
    const line& home = lines_[geometry_.home(hash)];
    const std::uint32_t found = find_in(home, hash, is_payload_of_key);
    return found != no_payload || home.passed() == 0 ? found
                                                     : find_further(hash, is_payload_of_key);
  }

  /// Fails when `entries_max` entries are there, or `probes_max` lines in a row are full.
  template <class Key>
  bool try_insert(std::uint64_t hash, const Key&, std::uint32_t payload) noexcept {
    expects(payload <= geometry_.payload_mask, "a payload fits the index");
    if (size_ == entries_max_) {
      return false;
    }
    line& home = lines_[geometry_.home(hash)];
    if (!home.try_put(geometry_.tag(hash) | payload) && !try_insert_further(hash, payload))
        [[unlikely]] {
      return false;
    }
    ++size_;
    return true;
  }

  /// Whether the entry was there; it is not any more.
  template <class Key>
  bool erase(std::uint64_t hash, const Key&, std::uint32_t payload) noexcept {
    line& home = lines_[geometry_.home(hash)];
    if (!home.try_clear(geometry_.tag(hash) | payload) &&
        (home.passed() == 0 || !erase_further(hash, payload))) [[unlikely]] {
      return false;
    }
    --size_;
    return true;
  }

  std::uint32_t size() const noexcept { return size_; }
  std::uint32_t entries_max() const noexcept { return entries_max_; }
  /// Has the platform give all memory now.
  void populate() noexcept { lines_.populate(); }
  std::size_t bytes() const noexcept { return lines_.bytes(); }

 private:
  struct alignas(line_bytes) line {
    std::uint32_t words[line_words];

    std::uint32_t passed() const noexcept { return words[line_slots]; }
    /// Fails where no word is empty.
    bool try_put(std::uint32_t entry) noexcept {
      const std::uint32_t empty = match_line(words, 0, ~0u);
      if (empty == 0) return false;
      words[std::countr_zero(empty)] = entry;
      return true;
    }
    /// Empties a word that is the entry; fails where none is.
    bool try_clear(std::uint32_t entry) noexcept {
      const std::uint32_t matches = match_line(words, entry, ~0u);
      if (matches == 0) return false;
      words[std::countr_zero(matches)] = 0;
      return true;
    }
  };
  static_assert(sizeof(line) == line_bytes);

  /// Where entries stand and what they look like.
  struct geometry {
    std::uint32_t lines_count;
    std::uint32_t payload_mask;

    /// The upper half of the hash, scaled to the number of lines: no power of two is needed.
    std::uint32_t home(std::uint64_t hash) const noexcept {
      return static_cast<std::uint32_t>((hash >> 32) * lines_count >> 32);
    }
    /// From the lower half of the hash, and never zero, so that no entry looks like an empty word.
    std::uint32_t tag(std::uint64_t hash) const noexcept {
      const std::uint32_t cut = static_cast<std::uint32_t>(hash) & ~payload_mask;
      return cut == 0 ? payload_mask + 1 : cut;
    }
    /// The first payload in a line with the hash's tag, or what `otherwise` answers.
    template <class Otherwise>
    std::uint32_t first_candidate(const line& there, std::uint64_t hash,
                                  Otherwise&& otherwise) const noexcept {
      const std::uint32_t matches = match_line(there.words, tag(hash), ~payload_mask);
      if (matches == 0) [[unlikely]] {
        return otherwise();
      }
      return there.words[std::countr_zero(matches)] & payload_mask;
    }
  };

  static std::uint32_t checked_mask(std::uint32_t payload_max) noexcept {
    expects(payload_max <= payload_limit, "payloads leave room for a tag");
    return std::bit_ceil(payload_max + 1) - 1;
  }

  std::uint32_t after(std::uint32_t place) const noexcept {
    return place + 1 == geometry_.lines_count ? 0 : place + 1;
  }

  template <class IsPayloadOfKey>
  std::uint32_t find_in(const line& there, std::uint64_t hash,
                        IsPayloadOfKey& is_payload_of_key) const noexcept {
    std::uint32_t matches = match_line(there.words, geometry_.tag(hash), ~geometry_.payload_mask);
    for (; matches != 0; matches &= matches - 1) {
      const std::uint32_t payload = there.words[std::countr_zero(matches)] & geometry_.payload_mask;
      if (is_payload_of_key(payload)) {
        return payload;
      }
    }
    return no_payload;
  }

  /// The same in the lines behind home, of which some entry passed each but the last.
  template <class IsPayloadOfKey>
  [[gnu::__noinline__]] std::uint32_t find_further(
      std::uint64_t hash, IsPayloadOfKey& is_payload_of_key) const noexcept {
    std::uint32_t place = geometry_.home(hash);
    for (std::uint32_t probe = 1; probe < probes_max; ++probe) {
      place = after(place);
      const std::uint32_t found = find_in(lines_[place], hash, is_payload_of_key);
      if (found != no_payload || lines_[place].passed() == 0) {
        return found;
      }
    }
    return no_payload;
  }

  /// The first payload with the hash's tag behind home.
  [[gnu::__noinline__]] std::uint32_t candidate_further(std::uint64_t hash) const noexcept {
    if (lines_[geometry_.home(hash)].passed() == 0) return no_payload;
    auto any = [](std::uint32_t) noexcept { return true; };
    return find_further(hash, any);
  }

  [[gnu::__noinline__]] bool try_insert_further(std::uint64_t hash,
                                                std::uint32_t payload) noexcept {
    const std::uint32_t first = geometry_.home(hash);
    std::uint32_t place = first;
    for (std::uint32_t probe = 1; probe < probes_max; ++probe) {
      place = after(place);
      if (lines_[place].try_put(geometry_.tag(hash) | payload)) {
        count_passing(first, place, 1);
        return true;
      }
    }
    return false;
  }

  [[gnu::__noinline__]] bool erase_further(std::uint64_t hash, std::uint32_t payload) noexcept {
    const std::uint32_t first = geometry_.home(hash);
    std::uint32_t place = first;
    for (std::uint32_t probe = 1; probe < probes_max; ++probe) {
      place = after(place);
      if (lines_[place].try_clear(geometry_.tag(hash) | payload)) {
        count_passing(first, place, ~0u);
        return true;
      }
      if (lines_[place].passed() == 0) {
        return false;
      }
    }
    return false;
  }

  /// Adds to the count of every line that an entry of `first` standing in `last` passed.
  void count_passing(std::uint32_t first, std::uint32_t last, std::uint32_t change) noexcept {
    for (std::uint32_t place = first; place != last; place = after(place)) {
      lines_[place].words[line_slots] += change;
    }
  }

  geometry geometry_;
  std::uint32_t entries_max_;
  std::uint32_t size_ = 0;
  huge_array<line> lines_;
};
static_assert(IndexFor<bucket_index, std::uint64_t>);

}  // namespace weir

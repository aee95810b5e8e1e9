#pragma once

#include "weir/base/contract.hpp"
#include "weir/table/memory.hpp"
#include "weir/table/simd.hpp"

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace weir {

/// What a slab answers where no record is free.
inline constexpr std::uint32_t no_record = 0xFFFF'FFFF;

/// A fixed number of records by id, each in two parts: what every packet touches, and the rest.
///
/// A record's bytes are zero when its id is acquired for the first time and as they were left
/// after that. Released ids are handed out again first, the latest one before the others.
/// Costs four bytes for each record beside the parts.
template <class Hot, class Cold>
class slab {
  static_assert(std::is_trivially_copyable_v<Hot> && std::is_trivially_copyable_v<Cold>);

 public:
  explicit slab(std::uint32_t records_max)
      : hot_{records_max}, cold_{records_max}, released_{records_max} {
    expects(records_max < no_record, "an id names every record of a slab");
  }

  Hot& hot(std::uint32_t id) noexcept { return hot_[id]; }
  const Hot& hot(std::uint32_t id) const noexcept { return hot_[id]; }
  Cold& cold(std::uint32_t id) noexcept { return cold_[id]; }
  const Cold& cold(std::uint32_t id) const noexcept { return cold_[id]; }

  /// An id that nobody holds, or `no_record`.
  std::uint32_t try_acquire() noexcept {
    const std::uint32_t id = next_free();
    if (id == no_record) {
      return no_record;
    }
    if (released_count_ != 0) {
      --released_count_;
    } else {
      ++fresh_;
    }
    ++size_;
    return id;
  }

  /// The id is held, and is held no longer.
  void release(std::uint32_t id) noexcept {
    expects(size_ != 0 && id < fresh_, "a released record was acquired");
    released_[released_count_++] = id;
    --size_;
  }

  /// What the acquisition after `others` more ones will answer, if nothing is released meanwhile.
  std::uint32_t next_free(std::uint32_t others = 0) const noexcept {
    if (others < released_count_) {
      return released_[released_count_ - 1 - others];
    }
    const std::uint32_t behind = others - released_count_;
    return behind < records_max() - fresh_ ? fresh_ + behind : no_record;
  }

  /// Asks for all lines of the hot part, to be written soon; any number is allowed.
  void prefetch_hot(std::uint32_t id) const noexcept {
    const auto* const first = reinterpret_cast<const std::byte*>(hot_.data() + id);
    for (std::size_t at = 0; at < sizeof(Hot); at += line_bytes) prefetch_write(first + at);
  }
  /// Asks for the cold part, to be written soon; any number is allowed.
  void prefetch_cold(std::uint32_t id) const noexcept { prefetch_write(cold_.data() + id); }

  std::uint32_t size() const noexcept { return size_; }
  std::uint32_t records_max() const noexcept { return static_cast<std::uint32_t>(hot_.size()); }
  /// One more than the greatest id that was ever acquired: walks need go no further.
  std::uint32_t ids_end() const noexcept { return fresh_; }
  /// Has the platform give all memory now.
  void populate() noexcept {
    hot_.populate();
    cold_.populate();
    released_.populate();
  }
  std::size_t bytes() const noexcept { return hot_.bytes() + cold_.bytes() + released_.bytes(); }

 private:
  huge_array<Hot> hot_;
  huge_array<Cold> cold_;
  huge_array<std::uint32_t> released_;
  std::uint32_t released_count_ = 0;
  std::uint32_t fresh_ = 0;
  std::uint32_t size_ = 0;
};

}  // namespace weir

#pragma once

// Overview. A wheel of four levels with 256 slots each. The first level has one slot for each
// tick of the present 256, the second one for each 256 ticks of the present 65536, and so on; a
// slot of a higher level is dealt to the levels below when its time begins. A slot is a chain of
// chunks, a cache line each, that hold seven entries. Bits say which slots hold anything, so
// hours of silence are passed in a few steps.
//
// Life cycle. An entry is pushed once and comes out once. Nothing is ever taken out early: the
// caller compares the tick of an entry with the tick its record is queued for, and lets go of
// entries that are out of date, or pushes a new one.
//
// Limits. Entries lie less than `stored_ticks_max` behind the tick of the latest `drain`; no more
// than `entries_max` are queued.

#include "weir/base/contract.hpp"
#include "weir/table/memory.hpp"
#include "weir/table/simd.hpp"
#include "weir/time/tick.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

namespace weir {

/// An id with the low half of the tick at which it is due. Has no value before it is given one.
struct due_entry {
  std::uint32_t due_low;
  std::uint32_t id;

  friend constexpr bool operator==(const due_entry&, const due_entry&) noexcept = default;
};

/// Which ids are due, in order of their ticks. Costs 9.2 bytes for each entry and 64 KiB.
class due_queue {
 public:
  /// Entries that `drain` hands over at once.
  static constexpr std::uint32_t batch_max = 32;

  /// Room for `entries_max` entries; time begins at `now`.
  due_queue(std::uint32_t entries_max, tick now)
      : entries_max_{entries_max}, drained_{now}, current_{now}, chunks_{chunks_for(entries_max)} {}

  /// Fails when `entries_max` entries are queued. What is due already comes out at the next
  /// `drain`, before everything else.
  bool try_push(tick due, std::uint32_t id) noexcept {
    if (size_ == entries_max_) {
      return false;
    }
    ++size_;
    const std::uint64_t ahead = due.count() - current_.count();
    if (ahead - 1 < stored_ticks_max - 1) [[likely]] {
      append(slot_of(due.low()), {due.low(), id});
    } else {
      push_apart(due, id);
    }
    return true;
  }

  /// Hands over what is due at `now` in order of due ticks, as spans of at most `batch_max`
  /// entries, and answers how many. Time never goes back: an earlier `now` is the latest one.
  ///
  /// At most `budget` entries are handed over or dealt to a lower level; the rest waits for the
  /// next call. `visit` may push. After a jump of `stored_ticks_max` or more, what is due comes
  /// out in no particular order.
  template <class Visit>
  std::uint32_t drain(tick now, std::uint32_t budget, Visit&& visit) noexcept {
    drained_ = std::max(drained_, now);
    if (size_ == 0) {
      current_ = drained_;
      return 0;
    }
    catch_up();
    admit_late();
    std::uint32_t visited = 0;
    batch_space batch;
    while (true) {
      const std::uint32_t gathered = gather(batch, budget);
      if (gathered == 0) {
        return visited;
      }
      visited += gathered;
      visit(std::span<const due_entry>{batch.data(), gathered});
    }
  }

  /// Whether the latest `drain` has left nothing for the next one at the same tick.
  bool is_drained() const noexcept {
    return current_ == drained_ && heads_[late_chain] == 0 && heads_[due_chain] == 0 &&
           heads_[dealt_chain] == 0;
  }
  std::uint32_t size() const noexcept { return size_; }
  /// Has the platform give all memory now.
  void populate() noexcept { chunks_.populate(); }
  std::size_t bytes() const noexcept { return chunks_.bytes() + sizeof *this; }

 private:
  static constexpr std::uint32_t chunk_entries = 7;
  static constexpr std::uint32_t levels_count = 4;
  static constexpr std::uint32_t slots_bits = 8;
  static constexpr std::uint32_t level_slots = 1u << slots_bits;
  static constexpr std::uint32_t slots_count = levels_count * level_slots;
  /// Chains beside the slots: due when pushed, being handed over, being dealt to lower levels.
  static constexpr std::uint32_t late_chain = slots_count;
  static constexpr std::uint32_t due_chain = slots_count + 1;
  static constexpr std::uint32_t dealt_chain = slots_count + 2;
  static constexpr std::uint32_t chains_count = slots_count + 3;

  /// The first chunk of a chain: its number, and below it in three bits how many more entries it
  /// has room for, so that whoever appends writes the chunk and reads none. Zero where there is
  /// none. The chunks behind the first one are full.
  using chain_head = std::uint32_t;
  static constexpr std::uint32_t room_bits = 3;
  static constexpr std::uint32_t room_mask = (1u << room_bits) - 1;
  static_assert(chunk_entries == room_mask);

  struct alignas(line_bytes) chunk {
    due_entry entries[chunk_entries];
    /// What follows in the chain; of a free chunk, the number of the next free one.
    std::uint32_t next;
    /// What follows that: asked for in time, where a chain is longer than its lines are near.
    std::uint32_t next_but_one;
  };
  static_assert(sizeof(chunk) == line_bytes);

  /// A batch, and room for what of a chunk is copied without being taken.
  using batch_space = std::array<due_entry, batch_max + chunk_entries>;

  static std::size_t chunks_for(std::uint32_t entries_max) noexcept {
    const std::size_t chunks = entries_max / chunk_entries + chains_count + std::size_t{1};
    expects(chunks <= ~chain_head{0} >> room_bits, "a chain's head says any chunk's number");
    return chunks;
  }

  static constexpr std::uint32_t slot_at(std::uint32_t level, std::uint32_t low) noexcept {
    return level * level_slots + (low >> level * slots_bits) % level_slots;
  }

  /// Queues what is due already, or farther ahead than the wheel tells apart.
  [[gnu::__noinline__]] void push_apart(tick due, std::uint32_t id) noexcept {
    if (due <= current_) {
      append(late_chain, {due.low(), id});
      return;
    }
    expects(due.count() - std::min(due, drained_).count() < stored_ticks_max,
            "a due tick lies less than 24 days ahead");
    place({due.low(), id}, due.count() - current_.count());
  }

  /// Puts an entry that is due `ahead` ticks after `current_` where it belongs.
  void place(due_entry entry, std::uint64_t ahead) noexcept {
    if (ahead == 0) {
      append(due_chain, entry);
      return;
    }
    // What lies beyond half the wheel waits in its farthest slot and is dealt again from there.
    append(
        slot_of(ahead < stored_ticks_max ? entry.due_low : current_.low() + (stored_ticks_max - 1)),
        entry);
  }

  /// The slot of a tick that is not the present one: of the level where their ticks differ first.
  std::uint32_t slot_of(std::uint32_t due_low) const noexcept {
    const auto last_bit =
        31 - static_cast<std::uint32_t>(std::countl_zero(due_low ^ current_.low()));
    return slot_at(last_bit / slots_bits, due_low);
  }

  void append(std::uint32_t chain, due_entry entry) noexcept {
    chain_head head = heads_[chain];
    if ((head & room_mask) == 0) {
      head = open_chunk(chain);
    }
    first_chunk(head).entries[held(head)] = entry;
    heads_[chain] = head - 1;
  }

  chunk& first_chunk(chain_head head) noexcept { return chunks_[head >> room_bits]; }
  /// How many entries the first chunk of a chain holds.
  static constexpr std::uint32_t held(chain_head head) noexcept {
    return chunk_entries - (head & room_mask);
  }

  /// An empty chunk before the others of a chain.
  chain_head open_chunk(std::uint32_t chain) noexcept {
    const chain_head rest = heads_[chain];
    if (rest == 0 && chain < slots_count) {
      occupied_[chain / 64] |= std::uint64_t{1} << chain % 64;
    }
    std::uint32_t taken = free_;
    if (taken == 0) {
      taken = ++fresh_;
    } else {
      free_ = chunks_[taken].next;
    }
    chunks_[taken].next = rest;
    chunks_[taken].next_but_one = first_chunk(rest).next;
    return taken << room_bits | room_mask;
  }

  /// Takes at most `most` entries from the front of a chain; there is room for a chunk.
  std::uint32_t take(std::uint32_t chain, due_entry* to, std::uint32_t most) noexcept {
    const chain_head head = heads_[chain];
    const due_entry* const entries = first_chunk(head).entries;
    const std::uint32_t taken = std::min(most, held(head));
    if (taken == held(head)) {
      // A whole chunk: to copy as many as there are takes longer.
      std::copy_n(entries, chunk_entries, to);
    } else {
      std::copy_n(entries + (held(head) - taken), taken, to);
    }
    let_go(chain, taken);
    return taken;
  }

  /// Forgets the last entries of a chain's first chunk, and frees it when these were all.
  void let_go(std::uint32_t chain, std::uint32_t count) noexcept {
    const chain_head head = heads_[chain];
    if (count != held(head)) {
      heads_[chain] = head + count;
      return;
    }
    chunk& emptied = first_chunk(head);
    heads_[chain] = emptied.next;
    prefetch_write(&first_chunk(emptied.next_but_one));
    emptied.next = free_;
    free_ = head >> room_bits;
  }

  void move_chain(std::uint32_t from, std::uint32_t to) noexcept {
    heads_[to] = heads_[from];
    heads_[from] = 0;
  }

  /// Fills a batch with what is due, moving the present tick on, until nothing more is due.
  std::uint32_t gather(batch_space& batch, std::uint32_t& budget) noexcept {
    std::uint32_t gathered = 0;
    while (budget != 0 && gathered < batch_max) {
      if (heads_[due_chain] != 0) {
        const std::uint32_t taken =
            take(due_chain, batch.data() + gathered, std::min(budget, batch_max - gathered));
        gathered += taken;
        size_ -= taken;
        budget -= taken;
      } else if (heads_[dealt_chain] != 0) {
        budget -= deal(budget);
      } else if (current_ == drained_ || !advance()) {
        break;
      }
    }
    return gathered;
  }

  /// Deals one chunk of a slot whose time has begun; answers how many entries that were.
  std::uint32_t deal(std::uint32_t budget) noexcept {
    const chain_head head = heads_[dealt_chain];
    const std::uint32_t count = std::min(budget, held(head));
    const due_entry* const dealt = first_chunk(head).entries + (held(head) - count);
    for (std::uint32_t next = 0; next < count; ++next) {
      place(dealt[next], dealt[next].due_low - current_.low());
    }
    let_go(dealt_chain, count);
    return count;
  }

  /// Moves the present tick to the next slot that holds anything and opens it. Fails, and moves
  /// the present tick all the way, if no such slot begins by then.
  bool advance() noexcept {
    for (std::uint32_t level = 0; level < levels_count; ++level) {
      const std::uint32_t steps = steps_to_occupied(level);
      if (steps == 0) {
        continue;
      }
      const std::uint32_t shift = level * slots_bits;
      const tick begins{((current_.count() >> shift) + steps) << shift};
      if (begins > drained_) {
        break;
      }
      current_ = begins;
      const std::uint32_t slot = slot_at(level, begins.low());
      occupied_[slot / 64] &= ~(std::uint64_t{1} << slot % 64);
      move_chain(slot, level == 0 ? due_chain : dealt_chain);
      prefetch_next_tick();
      return true;
    }
    current_ = drained_;
    return false;
  }

  /// Ticks often hold a chunk each: asks for the next one while this one is handed over.
  void prefetch_next_tick() noexcept {
    const std::uint32_t steps = steps_to_occupied(0);
    prefetch_write(&first_chunk(heads_[slot_at(0, current_.low() + steps)]));
  }

  /// How many slots of a level lie between the present one and the next that holds anything;
  /// zero if none does. Only the top level goes round.
  std::uint32_t steps_to_occupied(std::uint32_t level) const noexcept {
    const std::uint32_t present = slot_at(0, current_.low() >> level * slots_bits);
    const std::uint64_t* words = occupied_.data() + level * level_slots / 64;
    const std::uint32_t present_word = present / 64;
    std::uint64_t behind = words[present_word] & (~std::uint64_t{1} << present % 64);
    for (std::uint32_t word = present_word;;) {
      if (behind != 0) {
        const auto slot = word % 4 * 64 + static_cast<std::uint32_t>(std::countr_zero(behind));
        return (slot - present) % level_slots;
      }
      ++word;
      if (level + 1 < levels_count ? word == 4 : word == present_word + 4) {
        return 0;
      }
      behind = words[word % 4];
    }
  }

  /// Has what was due when it was pushed handed over first. What is pushed from now on is not, so
  /// a visitor that pushes does not keep a drain from ending.
  void admit_late() noexcept {
    if (heads_[due_chain] == 0) {
      move_chain(late_chain, due_chain);
    } else {
      move_entries(late_chain, due_chain);
    }
  }

  void move_entries(std::uint32_t from, std::uint32_t to) noexcept {
    std::array<due_entry, chunk_entries> moved;
    while (heads_[from] != 0) {
      const std::uint32_t count = take(from, moved.data(), chunk_entries);
      for (std::uint32_t next = 0; next < count; ++next) {
        append(to, moved[next]);
      }
    }
  }

  /// After a jump, brings the present tick to where 32 bits can tell all queued ticks apart. What
  /// that passes comes out next.
  void catch_up() noexcept {
    while (drained_.count() - current_.count() >= stored_ticks_max) {
      if (heads_[due_chain] != 0) {
        move_entries(due_chain, late_chain);
      } else if (heads_[dealt_chain] != 0) {
        deal(chunk_entries);
      } else if (!advance()) {
        return;
      }
    }
  }

  std::uint32_t entries_max_;
  std::uint32_t size_ = 0;
  /// The latest tick that `drain` was told, and the one up to which it has come.
  tick drained_;
  tick current_;
  std::uint32_t free_ = 0;
  std::uint32_t fresh_ = 0;
  std::array<std::uint64_t, slots_count / 64> occupied_{};
  std::array<chain_head, chains_count> heads_{};
  huge_array<chunk> chunks_;
};

}  // namespace weir

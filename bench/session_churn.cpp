// Claim: creating and ending sessions in bursts is several times faster than one at a time with
// absl::flat_hash_map. An operation ends the session that is due next and creates one with a random
// life: a record of a hot and a cold line, a random external port, two index entries and a place in
// the due queue, taken and given back. Both kinds of table go through the same steps; the burst
// prefetches what it is about to write.
//
// A turn replaces every session, so that it pays in full for what comes in waves: the due queue
// deals a slot of its second level every 8192 operations, and the median of short turns would be a
// turn without. Beside it stand short turns, in which each finds the others' lines in the caches.

#include "weir/net/port.hpp"
#include "weir/table/bitmap.hpp"
#include "weir/table/bucket_index.hpp"
#include "weir/table/due_queue.hpp"
#include "weir/table/hash.hpp"
#include "weir/table/index.hpp"
#include "weir/table/memory.hpp"
#include "weir/table/slab.hpp"
#include "weir/time/tick.hpp"

#include "bench/absl_index.hpp"
#include "bench/harness.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace {

namespace bench = weir::bench;
using weir::port;
using weir::tick;

constexpr std::uint32_t ends_per_tick = 32;
constexpr std::uint32_t sessions_per_address = 32'000;
const weir::port_range usable = weir::port_range::between(port{1024}, port{65535}).value();

using key_words = std::array<std::uint64_t, 2>;

struct alignas(64) hot_record {
  std::array<key_words, 2> keys;
  std::uint32_t due_low;
  std::uint32_t address;
  port external;
  std::uint16_t state;
  std::uint32_t counters[5];
};
struct alignas(64) cold_record {
  std::uint64_t words[8];
};
static_assert(sizeof(hot_record) == 64 && sizeof(cold_record) == 64);

// What one creation needs from the step that prefetches to the step that writes.
struct opening {
  std::array<key_words, 2> keys;
  std::array<std::uint64_t, 2> hashes;
  std::uint32_t address;
  std::uint32_t life;
  port external;
};

template <weir::IndexFor<key_words> Index, std::uint32_t burst>
class sessions {
 public:
  explicit sessions(std::uint32_t count)
      : index_{2 * count, 2 * count},
        records_{count},
        due_{count, tick{1}},
        ports_{count / sessions_per_address + 1},
        random_{count},
        life_max_{2 * (count / ends_per_tick)} {
    // Sessions in their midst: the longer a life, the more likely that one meets it.
    for (std::uint32_t made = 0; made < count; ++made) {
      const double part = 1 - std::sqrt(static_cast<double>(random_() >> 11) / 0x1p53);
      opening one = choose(0);
      one.life = 1 + static_cast<std::uint32_t>(part * life_max_);
      prepare(one);
      finish(one);
    }
  }

  void churn(std::uint32_t operations) {
    for (std::uint32_t ended = 0; ended < operations;) {
      const std::uint32_t wanted = std::min(burst, operations - ended);
      const std::uint32_t count = due_.drain(
          now_, wanted, [&](std::span<const weir::due_entry> entries) noexcept { end(entries); });
      if (count == 0) now_ = now_ + 1;
      create(count);
      ended += count;
    }
  }

  bool is_consistent() const {
    std::uint32_t taken = 0;
    for (std::size_t address = 0; address < ports_.size(); ++address) {
      taken += ports_[address].count();
    }
    for (std::uint32_t id = 0; id < records_.ids_end(); ++id) {
      for (std::uint32_t way = 0; way < 2; ++way) {
        const key_words& key = records_.hot(id).keys[way];
        if (find(key) != (id << 1 | way)) return false;
      }
    }
    return index_.size() == 2 * records_.size() && taken == records_.size() &&
           due_.size() == records_.size() && records_.size() == records_.records_max();
  }

 private:
  std::uint32_t find(const key_words& key) const {
    return index_.find(bench::seeded_hash(key), key, [&](std::uint32_t payload) noexcept {
      return records_.hot(payload >> 1).keys[payload & 1] == key;
    });
  }

  void create(std::uint32_t count) {
    for (std::uint32_t next = 0; next < count; ++next) openings_[next] = choose(next);
    for (std::uint32_t next = 0; next < count; ++next) prepare(openings_[next]);
    for (std::uint32_t next = 0; next < count; ++next) finish(openings_[next]);
  }

  // How long it lives, and where the search for a port starts: all from one random number.
  opening choose(std::uint32_t others) {
    const std::uint64_t drawn = random_();
    opening made;
    made.address = static_cast<std::uint32_t>((drawn >> 48) * ports_.size() >> 16);
    made.life = 1 + static_cast<std::uint32_t>((drawn >> 32 & 0xFFFF) * life_max_ >> 16);
    made.external = port{static_cast<std::uint16_t>(usable.first().number() +
                                                    ((drawn & 0xFFFF'FFFF) * usable.size() >> 32))};
    if constexpr (burst > 1) {
      ports_[made.address].prefetch(made.external);
      const std::uint32_t id = records_.next_free(others);
      records_.prefetch_hot(id);
    }
    return made;
  }

  void prepare(opening& made) {
    made.external = *ports_[made.address].find_free(made.external, usable);
    ports_[made.address].try_take(made.external);
    const std::uint64_t internal = next_internal_++;
    const std::uint64_t external = std::uint64_t{made.address} << 16 | made.external.number();
    made.keys = {key_words{0x0A00'0000'C633'6401, internal},
                 key_words{0xC633'6401'CB00'7100, external}};
    for (std::size_t way = 0; way < 2; ++way) {
      made.hashes[way] = bench::seeded_hash(made.keys[way]);
      if constexpr (burst > 1) index_.prefetch(made.hashes[way]);
    }
  }

  void finish(const opening& made) {
    const std::uint32_t id = records_.try_acquire();
    const tick due = now_ + made.life;
    records_.hot(id) = {made.keys, due.low(), made.address, made.external, 1, {}};
    records_.cold(id) = {{due.count(), made.keys[0][1]}};
    for (std::uint32_t way = 0; way < 2; ++way) {
      index_.try_insert(made.hashes[way], made.keys[way], id << 1 | way);
    }
    due_.try_push(due, id);
  }

  void end(std::span<const weir::due_entry> entries) noexcept {
    std::array<std::array<std::uint64_t, 2>, weir::due_queue::batch_max> hashes;
    // A core waits for some twenty lines at once, and drops what is asked for beyond them.
    constexpr std::size_t ahead = burst > 1 ? 16 : 0;
    for (const auto& entry : entries.first(std::min(entries.size(), ahead))) {
      records_.prefetch_hot(entry.id);
    }
    for (std::size_t next = 0; next < entries.size(); ++next) {
      const hot_record& gone = records_.hot(entries[next].id);
      if (ahead != 0 && next + ahead < entries.size()) {
        records_.prefetch_hot(entries[next + ahead].id);
      }
      if constexpr (burst > 1) ports_[gone.address].prefetch(gone.external);
      for (std::size_t way = 0; way < 2; ++way) {
        hashes[next][way] = bench::seeded_hash(gone.keys[way]);
        if constexpr (burst > 1) index_.prefetch(hashes[next][way]);
      }
    }
    for (std::size_t next = 0; next < entries.size(); ++next) {
      const std::uint32_t id = entries[next].id;
      hot_record& gone = records_.hot(id);
      if constexpr (burst > 1) records_.prefetch_cold(id);  // the next session's, soon
      for (std::uint32_t way = 0; way < 2; ++way) {
        index_.erase(hashes[next][way], gone.keys[way], id << 1 | way);
      }
      ports_[gone.address].release(gone.external);
      gone.state = 0;
      records_.release(id);
    }
  }

  Index index_;
  weir::slab<hot_record, cold_record> records_;
  weir::due_queue due_;
  weir::huge_array<weir::bitmap> ports_;
  bench::random_numbers random_;
  std::uint32_t life_max_;
  std::array<opening, burst> openings_{};
  std::uint64_t next_internal_ = 1;
  tick now_{1};
};

struct contenders {
  explicit contenders(std::uint32_t count) : ours{count}, naive{count}, tuned{count} {}

  void measure(const std::string& subject, std::uint32_t operations, std::size_t sweeps, double bar,
               bench::report& report) {
    const auto measured = bench::alternate({{operations, [&] { ours.churn(operations); }},
                                            {operations, [&] { naive.churn(operations); }},
                                            {operations, [&] { tuned.churn(operations); }}},
                                           sweeps);
    report.verify(ours.is_consistent() && naive.is_consistent() && tuned.is_consistent(),
                  "a session, a key, a port or a place in the queue was lost");
    report.add({.claim = "create and end",
                .subject = subject,
                .figure = "/ absl one at a time",
                .measured = measured[0],
                .baseline = measured[1],
                .bar = bench::bar::faster(bar)});
    report.add({.claim = "create and end",
                .subject = subject,
                .figure = "/ absl in bursts of 32",
                .measured = measured[0],
                .baseline = measured[2]});
  }

  sessions<weir::bucket_index, 32> ours;
  sessions<bench::absl_index<key_words>, 1> naive;
  sessions<bench::absl_index<key_words>, 32> tuned;
};

void measure(const bench::options& options, bench::report& report, std::uint32_t count,
             const std::string& name, double bar) {
  contenders all{count};
  const std::uint32_t whole = std::max(count, 1u << 18);
  all.measure(name + " sessions", options.pick(whole, count), options.pick<std::size_t>(15, 1), bar,
              report);
  all.measure(name + ", short turns", 1024, options.pick<std::size_t>(1000, 10),
              bench::bar::no_limit, report);
}

}  // namespace

int main(int count, char** arguments) {
  const bench::options options = bench::parse(count, arguments);
  bench::report report{options};

  measure(options, report, 65'536, "64 k", 5);
  if (!options.smoke) measure(options, report, 1'000'000, "1 M", 6);
  return report.exit_code();
}

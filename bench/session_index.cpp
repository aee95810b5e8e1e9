// Claim: the bucket index finds a session faster than absl::flat_hash_map, the more so the more
// sessions there are, in a third of the memory. A lookup is: hash the key, find it, compare it
// with the record's, write to the record. Both kinds of table go through the same steps; only the
// index differs. One packet at a time, and in bursts of 32 with prefetches. Bars are those of the
// whole engine at the same numbers of sessions.

#include "weir/table/bucket_index.hpp"
#include "weir/table/hash.hpp"
#include "weir/table/index.hpp"
#include "weir/table/memory.hpp"
#include "weir/table/simd.hpp"

#include "bench/absl_index.hpp"
#include "bench/harness.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace {

namespace bench = weir::bench;

constexpr std::uint32_t queries_count = 2048;
constexpr std::uint32_t burst_max = 32;

using narrow_key = std::array<std::uint64_t, 2>;
using wide_key = std::array<std::uint64_t, 5>;

// A flow of one direction; way 1 is the answer's.
template <class Key>
Key key_of(std::uint32_t id, std::uint32_t way) {
  Key key{};
  key[0] = std::uint64_t{0x0A00'0000 + id % 65'536} << 32 | (0xC633'6400 + way);
  key[Key{}.size() - 1] = std::uint64_t{6} << 48 | std::uint64_t{id / 65'536} << 16 | way;
  return key;
}

template <class Key>
struct alignas(64) record {
  Key keys[2];
  std::uint32_t packets;
};

// Sessions behind an index: two entries and one record each.
template <class Key, weir::IndexFor<Key> Index>
class sessions {
 public:
  explicit sessions(std::uint32_t count) : index_{2 * count, 2 * count}, records_{count} {
    for (std::uint32_t id = 0; id < count; ++id) {
      for (std::uint32_t way = 0; way < 2; ++way) {
        const Key key = records_[id].keys[way] = key_of<Key>(id, way);
        index_.try_insert(bench::seeded_hash(key), key, id << 1 | way);
      }
    }
  }

  // Finds the keys burst by burst and answers how many are there.
  template <std::uint32_t burst>
  std::uint32_t look_up(const std::vector<Key>& keys) {
    std::uint32_t found = 0;
    for (std::size_t first = 0; first < keys.size(); first += burst) {
      found += look_up_burst<burst>(keys.data() + first);
    }
    return found;
  }

  std::size_t index_bytes() const { return index_.bytes(); }
  std::uint32_t entries() const { return index_.size(); }

 private:
  template <std::uint32_t burst>
  std::uint32_t look_up_burst(const Key* keys) {
    std::array<std::uint64_t, burst> hashes;
    std::array<std::uint32_t, burst> candidates;
    for (std::uint32_t next = 0; next < burst; ++next) {
      hashes[next] = bench::seeded_hash(keys[next]);
      if constexpr (burst > 1) {
        index_.prefetch(hashes[next]);
      }
    }
    for (std::uint32_t next = 0; next < burst; ++next) {
      candidates[next] = index_.first_candidate(hashes[next], keys[next]);
      if constexpr (burst > 1) {
        weir::prefetch_write(records_.data() + (candidates[next] >> 1));
      }
    }
    std::uint32_t found = 0;
    for (std::uint32_t next = 0; next < burst; ++next) {
      found += touch(hashes[next], keys[next], candidates[next]);
    }
    return found;
  }

  std::uint32_t touch(std::uint64_t hash, const Key& key, std::uint32_t candidate) {
    const auto is_key = [&](std::uint32_t payload) noexcept {
      return records_[payload >> 1].keys[payload & 1] == key;
    };
    if (candidate == weir::no_payload || !is_key(candidate)) {
      candidate = index_.find(hash, key, is_key);
    }
    if (candidate == weir::no_payload) {
      return 0;
    }
    ++records_[candidate >> 1].packets;
    return 1;
  }

  Index index_;
  weir::huge_array<record<Key>> records_;
};

// Random queries, all of keys that are there or all of keys that are not.
template <class Key>
class queries {
 public:
  queries(std::uint32_t sessions_count, bool present)
      : sessions_count_{sessions_count}, present_{present}, random_{sessions_count} {
    next();
  }

  void next() {
    for (auto& key : keys_) {
      const std::uint32_t id = random_.below(sessions_count_);
      key = key_of<Key>(present_ ? id : id + sessions_count_, random_.below(2));
    }
  }
  const std::vector<Key>& keys() const { return keys_; }
  std::uint32_t expected() const { return present_ ? queries_count : 0; }

 private:
  std::uint32_t sessions_count_;
  bool present_;
  bench::random_numbers random_;
  std::vector<Key> keys_ = std::vector<Key>(queries_count);
};

struct size_case {
  std::uint32_t sessions;
  const char* name;
  double bar_naive;
  double bar_tuned;
};

template <class Key>
void measure(const bench::options& options, bench::report& report, const char* family,
             const size_case& size, bool present) {
  sessions<Key, weir::bucket_index> ours{size.sessions};
  sessions<Key, bench::absl_index<Key>> theirs{size.sessions};
  queries<Key> wanted{size.sessions, present};
  std::uint32_t found = 0;
  const auto contender = [&](auto sweep) {
    return bench::contender{queries_count, [&, sweep] { found += sweep(); },
                            [&] { wanted.next(); }};
  };
  const std::vector<bench::contender> contenders{
      contender([&] { return ours.template look_up<burst_max>(wanted.keys()); }),
      contender([&] { return theirs.template look_up<1>(wanted.keys()); }),
      contender([&] { return theirs.template look_up<burst_max>(wanted.keys()); }),
      contender([&] { return ours.template look_up<1>(wanted.keys()); }),
  };
  const auto measured = bench::alternate(contenders, options.pick<std::size_t>(400, 5));

  const std::string subject =
      std::string{size.name} + " " + family + (present ? "" : " absent keys");
  const auto row = [&](const char* figure, std::size_t which, std::size_t baseline, double bar) {
    bench::row made{.claim = "session index",
                    .subject = subject,
                    .figure = figure,
                    .measured = measured[which],
                    .baseline = measured[baseline]};
    if (bar > 0) {
      made.bar = bench::bar::faster(bar);
    }
    report.add(made);
  };
  row("bursts of 32 / absl", 0, 1, present ? size.bar_naive : 0);
  row("bursts of 32 / absl, bursts", 0, 2, present ? size.bar_tuned : 0);
  row("one at a time / absl", 3, 1, 0);
  found = 0;
  for (const auto& one : contenders) {
    one.sweep();
  }
  report.verify(found == contenders.size() * wanted.expected(), "an index finds the wrong keys");
  if (present && size.sessions == 1'000'000) {
    char figure[64];
    std::snprintf(figure, sizeof figure, "bytes an entry (absl %.1f)",
                  static_cast<double>(theirs.index_bytes()) / theirs.entries());
    report.add({.claim = "session index",
                .subject = subject,
                .figure = figure,
                .value = static_cast<double>(ours.index_bytes()) / ours.entries(),
                .bar = bench::bar::value(7.2)});
  }
}

template <class Key>
void measure_hashes(const bench::options& options, bench::report& report, const char* subject) {
  queries<Key> wanted{65'536, true};
  const weir::xxh3_hash xxh3{bench::seed};
  const weir::multiply_fold_hash fold{bench::seed};
  const auto contender = [&](const auto& hash) {
    return bench::contender{queries_count, [&] {
                              std::uint64_t sum = 0;
                              for (const auto& key : wanted.keys()) {
                                sum += hash(key);
                              }
                              bench::keep(sum);
                            }};
  };
  const auto measured =
      bench::alternate({contender(fold), contender(xxh3)}, options.pick<std::size_t>(2000, 20));
  report.add({.claim = "hash",
              .subject = subject,
              .figure = "multiply-fold / xxh3",
              .measured = measured[0],
              .baseline = measured[1]});
}

}  // namespace

int main(int count, char** arguments) {
  const bench::options options = bench::parse(count, arguments);
  bench::report report{options};

  measure_hashes<narrow_key>(options, report, "16-byte key");
  measure_hashes<wide_key>(options, report, "40-byte key");
  std::vector<size_case> sizes{{1'000, "1 k", 1.2, 1.2}, {65'536, "64 k", 4, 1.8}};
  if (!options.smoke) {
    sizes.push_back({1'000'000, "1 M", 5, 1.8});
  }
  for (const auto& size : sizes) {
    measure<narrow_key>(options, report, "IPv4", size, true);
    measure<narrow_key>(options, report, "IPv4", size, false);
    measure<wide_key>(options, report, "IPv6", size, true);
  }
  return report.exit_code();
}

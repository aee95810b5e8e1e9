// What every benchmark shares: contenders that take turns sweep by sweep in one process, medians
// of short sweeps, and one table for the figures.
//
// The machine may be shared and its clocks may change, so nothing is measured alone: a claim is a
// ratio of medians of sweeps that alternated. Sweeps of 20 to 50 microseconds mostly escape
// pre-emption. What prepares a sweep or checks its result is outside the timed part.

#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#if defined(__x86_64__) || defined(__i386__)
#include <x86intrin.h>
#endif

namespace weir::bench {

/// How long to measure: `--smoke` sees only whether a benchmark runs and checks its results.
struct options {
  bool smoke = false;
  bool header = true;

  /// The number of sweeps or the size of a case, as a full run and a smoke run want it.
  template <class Number>
  Number pick(Number full, Number smoke_number) const {
    return smoke ? smoke_number : full;
  }
};

inline options parse(int count, char** arguments) {
  options parsed;
  for (int next = 1; next < count; ++next) {
    const std::string_view argument{arguments[next]};
    if (argument == "--smoke") {
      parsed.smoke = true;
    } else if (argument == "--no-header") {
      parsed.header = false;
    } else {
      std::fprintf(stderr, "usage: %s [--smoke] [--no-header]\n", arguments[0]);
      std::exit(2);
    }
  }
  return parsed;
}

/// Random enough for inputs, fast enough between sweeps, the same in every run (splitmix64).
class random_numbers {
 public:
  explicit random_numbers(std::uint64_t start) : state_{start} {}

  std::uint64_t operator()() {
    std::uint64_t mixed = state_ += 0x9E37'79B9'7F4A'7C15;
    mixed = (mixed ^ mixed >> 30) * 0xBF58'476D'1CE4'E5B9;
    mixed = (mixed ^ mixed >> 27) * 0x94D0'49BB'1331'11EB;
    return mixed ^ mixed >> 31;
  }
  std::uint32_t below(std::uint32_t limit) {
    return static_cast<std::uint32_t>(((*this)() >> 32) * limit >> 32);
  }

 private:
  std::uint64_t state_;
};

/// Has the compiler believe that somebody reads the value.
template <class T>
void keep(const T& value) {
  asm volatile("" : : "r"(&value) : "memory");
}

/// The time stamp counter, or zero where the machine has none.
inline std::uint64_t cycles() {
#if defined(__x86_64__) || defined(__i386__)
  return __rdtsc();
#else
  return 0;
#endif
}

/// One way to do `operations` things; `prepare` comes before every sweep and is not timed.
struct contender {
  std::uint64_t operations = 0;
  std::function<void()> sweep;
  std::function<void()> prepare = [] {};
};

/// The median sweep of a contender, for one operation.
struct measurement {
  double ns = 0;
  double cycles = 0;
};

namespace detail {

inline double median(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace detail

/// Lets contenders take turns for `sweeps` rounds, after a few that warm up; one answer for each.
inline std::vector<measurement> alternate(const std::vector<contender>& contenders,
                                          std::size_t sweeps) {
  using clock = std::chrono::steady_clock;
  constexpr std::size_t warm_up = 3;
  std::vector<std::vector<double>> ns(contenders.size());
  std::vector<std::vector<double>> ticks(contenders.size());
  for (std::size_t round = 0; round < warm_up + sweeps; ++round) {
    for (std::size_t turn = 0; turn < contenders.size(); ++turn) {
      const contender& one = contenders[turn];
      one.prepare();
      const auto start = clock::now();
      const std::uint64_t first_cycle = cycles();
      one.sweep();
      const std::uint64_t last_cycle = cycles();
      const std::chrono::duration<double, std::nano> taken = clock::now() - start;
      if (round >= warm_up) {
        const auto operations = static_cast<double>(one.operations);
        ns[turn].push_back(taken.count() / operations);
        ticks[turn].push_back(static_cast<double>(last_cycle - first_cycle) / operations);
      }
    }
  }
  std::vector<measurement> medians;
  for (std::size_t turn = 0; turn < contenders.size(); ++turn) {
    medians.push_back({detail::median(ns[turn]), detail::median(ticks[turn])});
  }
  return medians;
}

/// What a claim promises of a ratio.
struct bar {
  enum class kind : std::uint8_t {
    speed_at_least,  ///< baseline over figure: so many times faster than the baseline
    cost_at_most,    ///< figure over baseline: no more than so many times the baseline's cost
    value_at_most,   ///< the row's value itself, for bytes and the like
  };
  kind what = kind::speed_at_least;
  double limit = 0;

  static bar faster(double times) { return {kind::speed_at_least, times}; }
  static bar cost(double times) { return {kind::cost_at_most, times}; }
  static bar value(double most) { return {kind::value_at_most, most}; }
  /// A limit that promises nothing: the ratio is printed, and no bar.
  static constexpr double no_limit = 1e300;
};

/// One line of the table. What is not set stays empty in print.
struct row {
  std::string claim;
  std::string subject;
  std::string figure;
  std::optional<measurement> measured{};
  std::optional<measurement> baseline{};
  std::optional<double> value{};
  std::optional<weir::bench::bar> bar{};
};

/// The table all benchmarks print, row by row, and whether their results were right.
class report {
 public:
  explicit report(const options& given) {
    if (given.header) {
      std::printf("%-22s %-27s %-27s %8s %8s %8s %7s %8s %s\n", "claim", "case", "figure", "ns",
                  "cycles", "base ns", "ratio", "bar", "met");
    }
  }

  void add(const row& added) {
    const std::optional<double> ratio = ratio_of(added);
    std::printf(
        "%-22s %-27s %-27s %8s %8s %8s %7s %8s %s\n", added.claim.c_str(), added.subject.c_str(),
        added.figure.c_str(),
        number(added.measured ? std::optional{added.measured->ns} : std::nullopt).c_str(),
        number(added.measured && added.measured->cycles > 0 ? std::optional{added.measured->cycles}
                                                            : std::nullopt)
            .c_str(),
        number(added.baseline ? std::optional{added.baseline->ns} : std::nullopt).c_str(),
        number(ratio).c_str(), limit(added).c_str(), met(added, ratio));
    std::fflush(stdout);
  }

  /// A benchmark that checks nothing measures nothing: says what came out wrong.
  void verify(bool right, std::string_view what) {
    if (!right) {
      std::printf("WRONG RESULT: %.*s\n", static_cast<int>(what.size()), what.data());
      failed_ = true;
    }
  }

  /// What the program returns: a bar that is not met is no failure, a wrong result is one.
  int exit_code() const { return failed_ ? 1 : 0; }

 private:
  static std::optional<double> ratio_of(const row& added) {
    if (added.bar && added.bar->what == bar::kind::value_at_most) {
      return added.value;
    }
    if (!added.measured || !added.baseline) {
      return std::nullopt;
    }
    const bool is_cost = added.bar && added.bar->what == bar::kind::cost_at_most;
    return is_cost ? added.measured->ns / added.baseline->ns
                   : added.baseline->ns / added.measured->ns;
  }

  static std::string number(std::optional<double> value) {
    if (!value) {
      return "";
    }
    char text[32];
    std::snprintf(text, sizeof text, *value < 100 ? "%.2f" : "%.0f", *value);
    return text;
  }

  static std::string limit(const row& added) {
    if (!added.bar || added.bar->limit == bar::no_limit) {
      return "";
    }
    const bool at_least = added.bar->what == bar::kind::speed_at_least;
    return (at_least ? ">= " : "<= ") + number(added.bar->limit);
  }

  static const char* met(const row& added, std::optional<double> ratio) {
    if (!added.bar || !ratio || added.bar->limit == bar::no_limit) {
      return "";
    }
    const bool at_least = added.bar->what == bar::kind::speed_at_least;
    return (at_least ? *ratio >= added.bar->limit : *ratio <= added.bar->limit) ? "yes" : "NO";
  }

  bool failed_ = false;
};

/// Measures `measure(flows, name, given, out)` where flows fit the first caches, where they fit the
/// last one and where they may not; what the program returns.
template <class Measure>
int run_by_size(const options& given, Measure&& measure) {
  report out{given};
  measure(1'000, "1 k", given, out);
  measure(64'000, "64 k", given, out);
  if (!given.smoke) measure(1'000'000, "1 M", given, out);
  return out.exit_code();
}

}  // namespace weir::bench

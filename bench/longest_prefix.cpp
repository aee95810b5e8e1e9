// Claim: up to a thousand prefixes the compressed trie is faster than a DIR-24-8, which spends
// 32 MiB on a table of any size; a table of the whole Internet costs it at most five times the
// time in a third of the memory. For IPv6 it is faster than a hash table for each length.

#include "weir/net/ip_version.hpp"
#include "weir/net/prefix.hpp"
#include "weir/table/lpm.hpp"
#include "weir/table/memory.hpp"

#include "absl/container/flat_hash_map.h"
#include "bench/harness.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace {

namespace bench = weir::bench;
using weir::ipv4;
using weir::ipv4_address;
using weir::ipv6;
using weir::ipv6_address;
using weir::lpm_entry;

constexpr std::uint32_t queries_count = 2048;
constexpr std::uint32_t values_count = 16;

// More than half of the prefixes as long as they are announced, the rest shorter.
unsigned random_length(bench::random_numbers& random, unsigned shortest, unsigned usual) {
  return random.below(100) < 55 ? usual : shortest + random.below(usual - shortest);
}
ipv4_address random_address(bench::random_numbers& random, ipv4) {
  return ipv4_address{0x0100'0000 + random.below(0xDF00'0000)};
}
// Clustered: a few thousand providers' blocks, customers inside.
ipv6_address random_address(bench::random_numbers& random, ipv6) {
  bench::random_numbers provider{random.below(4096)};
  return ipv6_address::from_halves(0x2000'0000'0000'0000 |
                                       (provider() >> 3 & 0x1FFF'FFFF'0000'0000) |
                                       random.below(1u << 31) * 2,
                                   random());
}

template <class V>
std::vector<lpm_entry<V>> prefixes(std::size_t count) {
  bench::random_numbers random{count};
  std::vector<lpm_entry<V>> entries;
  for (std::size_t next = 0; next < count; ++next) {
    const bool is_ipv4 = V::number == 4;
    const unsigned length = random_length(random, is_ipv4 ? 12 : 32, is_ipv4 ? 24 : 48);
    entries.push_back(
        {weir::prefix<V>::around(random_address(random, V{}), length), random.below(values_count)});
  }
  return entries;
}

// Half of the addresses inside random prefixes, half anywhere.
template <class V>
class queries {
 public:
  explicit queries(const std::vector<lpm_entry<V>>& entries) : entries_{entries}, random_{3} {
    next();
  }
  void next() {
    for (auto& address : addresses_) {
      address = random_address(random_, V{});
      if (random_.below(2) == 0) {
        const auto place = random_.below(static_cast<std::uint32_t>(entries_.size()));
        address = entries_[place].block.address();
      }
    }
  }
  const std::vector<typename V::address>& addresses() const { return addresses_; }

 private:
  const std::vector<lpm_entry<V>>& entries_;
  bench::random_numbers random_;
  std::vector<typename V::address> addresses_ = std::vector<typename V::address>(queries_count);
};

// One table entry for each /24; the prefixes of the benchmark are no longer than that.
class dir_24 {
 public:
  explicit dir_24(std::vector<lpm_entry<ipv4>> entries) : values_{1u << 24} {
    std::fill_n(values_.data(), values_.size(), static_cast<std::uint16_t>(none));
    std::ranges::sort(entries, {}, [](const auto& entry) { return entry.block.length(); });
    for (const auto& entry : entries) {
      std::fill_n(values_.data() + (entry.block.address().bits() >> 8),
                  std::size_t{1} << (24 - entry.block.length()),
                  static_cast<std::uint16_t>(entry.value));
    }
  }
  std::uint32_t find(ipv4_address address) const {
    const std::uint32_t found = values_[address.bits() >> 8];
    return found == none ? weir::no_value : found;
  }
  std::size_t bytes() const { return values_.bytes(); }

 private:
  static constexpr std::uint32_t none = 0xFFFF;
  weir::huge_array<std::uint16_t> values_;
};

// A hash table for each length, the longest asked first.
class table_per_length {
 public:
  explicit table_per_length(const std::vector<lpm_entry<ipv6>>& entries) {
    for (unsigned length = 129; length-- > 0;) {
      table one{length, {}};
      for (const auto& entry : entries) {
        if (entry.block.length() == length) {
          one.values[bits(entry.block.address())] = entry.value;
        }
      }
      if (!one.values.empty()) {
        tables_.push_back(std::move(one));
      }
    }
  }
  std::uint32_t find(ipv6_address address) const {
    for (const auto& one : tables_) {
      const auto found = one.values.find(bits(weir::masked(address, one.length)));
      if (found != one.values.end()) {
        return found->second;
      }
    }
    return weir::no_value;
  }
  std::size_t bytes() const {
    std::size_t sum = 0;
    for (const auto& one : tables_) {
      sum += one.values.capacity() * (sizeof(std::pair<address_bits, std::uint32_t>) + 1);
    }
    return sum;
  }

 private:
  using address_bits = std::pair<std::uint64_t, std::uint64_t>;
  struct table {
    unsigned length;
    absl::flat_hash_map<address_bits, std::uint32_t> values;
  };
  static address_bits bits(ipv6_address address) { return {address.high(), address.low()}; }

  std::vector<table> tables_;
};

std::string memory_text(std::size_t ours, std::size_t theirs) {
  char text[64];
  std::snprintf(text, sizeof text, "%.0f KiB (baseline %.0f)", static_cast<double>(ours) / 1024,
                static_cast<double>(theirs) / 1024);
  return text;
}

template <class V, class Baseline>
void measure(const bench::options& options, bench::report& report, std::size_t count,
             const std::string& subject, bench::bar bar) {
  auto entries = prefixes<V>(count);
  // The baselines keep one value for a prefix; so the trie gets no prefix twice.
  std::ranges::sort(entries, {}, &lpm_entry<V>::block);
  const auto twice = std::ranges::unique(entries, {}, &lpm_entry<V>::block);
  entries.erase(twice.begin(), twice.end());
  const weir::lpm<V> ours{entries};
  const Baseline theirs{entries};
  queries<V> asked{entries};
  const auto contender = [&](const auto& match) {
    return bench::contender{queries_count,
                            [&] {
                              std::uint32_t sum = 0;
                              for (const auto& address : asked.addresses()) {
                                sum += match.find(address);
                              }
                              bench::keep(sum);
                            },
                            [&] { asked.next(); }};
  };
  const auto measured =
      bench::alternate({contender(ours), contender(theirs)}, options.pick<std::size_t>(1000, 10));

  bool agree = true;
  for (const auto& address : asked.addresses()) {
    agree = agree && ours.find(address) == theirs.find(address);
  }
  report.verify(agree, "the trie and the baseline differ");
  report.add({.claim = "longest prefix",
              .subject = subject,
              .figure = memory_text(ours.bytes(), theirs.bytes()),
              .measured = measured[0],
              .baseline = measured[1],
              .bar = bar});
}

}  // namespace

int main(int count, char** arguments) {
  const bench::options options = bench::parse(count, arguments);
  bench::report report{options};

  struct size_case {
    std::size_t prefixes;
    const char* name;
    double dir_24_cost;
  };
  std::vector<size_case> sizes{{10, "10", 1}, {1'000, "1 k", 1}, {100'000, "100 k", 5}};
  if (!options.smoke) {
    sizes.push_back({1'000'000, "1 M", 5});
  }
  for (const auto& size : sizes) {
    measure<ipv4, dir_24>(options, report, size.prefixes,
                          std::string{size.name} + " IPv4 / DIR-24-8",
                          bench::bar::cost(size.dir_24_cost));
  }
  for (const auto& size : sizes) {
    measure<ipv6, table_per_length>(options, report, size.prefixes,
                                    std::string{size.name} + " IPv6 / table a length",
                                    bench::bar::faster(1.2));
  }
  return report.exit_code();
}

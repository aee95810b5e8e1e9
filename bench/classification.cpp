// Claim: the first rule that matches is found in nearly the same time whether there are a hundred
// rules or ten thousand. The baseline is the plain loop over an array of rules.
//
// The engine begins the searches of a group of packets together; so does this, in bursts of as
// many. What a search costs alone is printed beside it.
//
// Rules are like ClassBench's, the last one matches everything, and half of the packets are drawn
// from inside random rules; every sweep has packets of its own. There are as many lists as a box
// with four zones has pairs, and every packet meets one at random: with a single list of up to a
// thousand rules the plain loop measures how well the branch predictor has learned that list by
// heart.

#include "weir/engine/shard.hpp"
#include "weir/policy/rule_set.hpp"
#include "weir/wire/packed_flow.hpp"

#include "bench/harness.hpp"
#include "tests/policy/random_rules.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace weir::bench {
namespace {

using test::random_rules;
using test::rule_flavor;

constexpr std::size_t burst_max = default_traits::burst_max;
// A sweep is so long that what the contender before it has left in the caches does not count.
constexpr std::size_t sweep_packets = 32'768;
static_assert(sweep_packets % burst_max == 0);
constexpr std::size_t linear_packets_min = 1024;
constexpr std::uint64_t seed = 20;

struct address_rule {
  std::uint32_t block = 0;
  std::uint32_t mask = 0;

  bool holds(std::uint32_t address) const { return (address & mask) == block; }
};
struct wide_address_rule {
  std::uint64_t block_high = 0;
  std::uint64_t block_low = 0;
  std::uint64_t mask_high = 0;
  std::uint64_t mask_low = 0;

  bool holds(const ipv6_address& address) const {
    return (address.high() & mask_high) == block_high && (address.low() & mask_low) == block_low;
  }
};

address_rule address_rule_of(const ipv4_prefix& block) {
  const auto ones = ipv4_address{~0u};
  return {block.address().bits(), masked(ones, block.length()).bits()};
}
wide_address_rule address_rule_of(const ipv6_prefix& block) {
  const auto mask = masked(ipv6_address::from_halves(~0ull, ~0ull), block.length());
  return {block.address().high(), block.address().low(), mask.high(), mask.low()};
}
std::uint32_t comparable(ipv4_address address) { return address.bits(); }
const ipv6_address& comparable(const ipv6_address& address) { return address; }

// What a program without a classifier does.
template <class V>
class linear_rules {
 public:
  explicit linear_rules(const std::vector<rule>& rules) {
    for (const auto& one : rules) {
      rules_.push_back(row_of(one));
    }
  }

  // Where its code lies must not decide how well branches are predicted.
  [[gnu::noinline, gnu::aligned(64)]] std::uint32_t match(const policy_query<V>& query) const {
    const auto source = comparable(query.flow.source.address);
    const auto destination = comparable(query.flow.destination.address);
    const auto source_port = query.flow.source.port.number();
    const auto destination_port = query.flow.destination.port.number();
    for (std::size_t place = 0; place < rules_.size(); ++place) {
      const row& one = rules_[place];
      if (one.source.holds(source) && one.destination.holds(destination) &&
          source_port >= one.source_port_first && source_port <= one.source_port_last &&
          destination_port >= one.destination_port_first &&
          destination_port <= one.destination_port_last &&
          (one.any_protocol || one.protocol == query.flow.protocol)) {
        return static_cast<std::uint32_t>(place);
      }
    }
    return weir::rule_match::none;
  }

 private:
  using address = decltype(address_rule_of(weir::prefix<V>{}));

  struct row {
    address source{};
    address destination{};
    std::uint16_t source_port_first = 0;
    std::uint16_t source_port_last = 65535;
    std::uint16_t destination_port_first = 0;
    std::uint16_t destination_port_last = 65535;
    weir::protocol protocol{};
    bool any_protocol = true;
  };

  static row row_of(const rule& one) {
    row made;
    if (!one.sources.empty()) {
      made.source = address_rule_of(one.sources.front().as<V>());
    }
    if (!one.destinations.empty()) {
      made.destination = address_rule_of(one.destinations.front().as<V>());
    }
    if (!one.source_ports.empty()) {
      made.source_port_first = one.source_ports.front().first().number();
      made.source_port_last = one.source_ports.front().last().number();
    }
    if (!one.destination_ports.empty()) {
      made.destination_port_first = one.destination_ports.front().first().number();
      made.destination_port_last = one.destination_ports.front().last().number();
    }
    if (!one.protocols.empty()) {
      made.protocol = one.protocols.front();
      made.any_protocol = false;
    }
    return made;
  }

  std::vector<row> rules_;
};

// A list in both forms.
template <class V>
struct rule_list {
  linear_rules<V> linear;
  rule_set<V> compiled;
};

// Packets and the lists they meet. The engine has the key of a packet as it lies there, and reads
// the query only where a rule must be asked; the plain loop takes fields in host order.
template <class V>
struct trace {
  struct packet {
    const rule_list<V>* list;
    packed_flow<V> key;
  };

  std::vector<packet> packets;
  std::vector<policy_query<V>> queries;

  /// The sum of what a function says of each list and its packet's query.
  template <class Match>
  std::uint64_t sum(Match&& match) const {
    std::uint64_t made = 0;
    for (std::size_t i = 0; i < packets.size(); ++i) made += match(*packets[i].list, queries[i]);
    return made;
  }
};

/// The sum of the rules that packets match, found together in bursts.
template <class V>
std::uint64_t match_bursts(const trace<V>& of) {
  std::array<weir::detail::rule_search<V>, burst_max> searches;
  std::uint64_t sum = 0;
  for (std::size_t first = 0; first < of.packets.size(); first += burst_max) {
    const auto burst = std::span{of.packets}.subspan(first, burst_max);
    for (std::size_t i = 0; i < burst_max; ++i) {
      const auto& key = burst[i].key;
      burst[i].list->compiled.begin(searches[i], words_of(key), key.protocol(), true);
    }
    weir::detail::lead_to_leaves<V>(searches);
    for (std::size_t i = 0; i < burst_max; ++i) {
      sum += burst[i].list->compiled.conclude(searches[i], of.queries[first + i]).rule;
    }
  }
  return sum;
}

template <class V>
void measure(std::size_t count, std::size_t lists, std::optional<bar> limit, const options& given,
             report& out) {
  random_rules<V> random{seed + count};
  std::vector<std::vector<rule>> rules;
  std::vector<rule_list<V>> both;
  double build_ms = 0;
  for (std::size_t list = 0; list < lists; ++list) {
    rules.push_back(random.make(count, rule_flavor::plain));
    const auto start = std::chrono::steady_clock::now();
    rule_set<V> compiled{rules.back()};
    const std::chrono::duration<double, std::milli> taken =
        std::chrono::steady_clock::now() - start;
    build_ms += taken.count() / static_cast<double>(lists);
    both.push_back({linear_rules<V>{rules.back()}, std::move(compiled)});
  }
  // Every sweep meets packets of its own: those of one that is repeated are learned by heart.
  trace<V> drawn;
  const auto draw = [&](std::size_t wanted) {
    drawn.packets.clear();
    drawn.queries.clear();
    for (std::size_t i = 0; i < wanted; ++i) {
      const auto list = random.below(lists);
      const bool is_inside = i % 2 != 0;
      drawn.queries.push_back(is_inside ? random.packet_of(rules[list][random.below(count)])
                                        : random.packet());
      drawn.packets.push_back({&both[list], pack(drawn.queries.back().flow)});
    }
  };
  const auto by_loop = [](const auto& list, const auto& query) { return list.linear.match(query); };
  const auto by_tree = [](const auto& list, const auto& query) {
    return list.compiled.match(query).rule;
  };
  draw(sweep_packets);
  const auto different = drawn.sum([&](const auto& list, const auto& query) {
    return by_loop(list, query) != by_tree(list, query);
  });
  out.verify(different == 0 && drawn.sum(by_loop) == match_bursts(drawn),
             "the classifier and the plain loop name the same rule");

  // The plain loop is given fewer packets, so that its sweeps are not much longer.
  const std::size_t share = std::max(sweep_packets / count * 4, linear_packets_min);
  const std::vector<contender> contenders{
      {share, [&] { keep(drawn.sum(by_loop)); }, [&] { draw(share); }},
      {sweep_packets, [&] { keep(match_bursts(drawn)); }, [&] { draw(sweep_packets); }},
      {sweep_packets, [&] { keep(drawn.sum(by_tree)); }, [&] { draw(sweep_packets); }},
  };
  const auto medians = alternate(contenders, given.pick<std::size_t>(101, 3));
  char figure[64];
  std::snprintf(figure, sizeof figure, "build %.1f ms, %.2f MB", build_ms,
                static_cast<double>(both.front().compiled.bytes()) * 1e-6);
  const std::string family = V::number == 4 ? "ipv4 " : "ipv6 ";
  const std::string subject = family + std::to_string(lists) + "x" + std::to_string(count);
  out.add({"classification", subject, figure, medians[1], medians[0], {}, limit});
  out.add({"classification", subject, "one by one", medians[2], medians[0], {}, {}});
}

int run(const options& given) {
  report out{given};
  measure<ipv4>(10, 16, {}, given, out);
  measure<ipv4>(100, 16, bar::faster(8), given, out);
  measure<ipv4>(1000, 16, bar::faster(80), given, out);
  measure<ipv4>(10'000, 1, bar::faster(400), given, out);
  measure<ipv4>(100, 1, {}, given, out);
  measure<ipv4>(1000, 1, {}, given, out);
  measure<ipv6>(100, 16, {}, given, out);
  measure<ipv6>(1000, 16, {}, given, out);
  measure<ipv6>(10'000, 1, {}, given, out);
  return out.exit_code();
}

}  // namespace
}  // namespace weir::bench

int main(int count, char** arguments) {
  return weir::bench::run(weir::bench::parse(count, arguments));
}

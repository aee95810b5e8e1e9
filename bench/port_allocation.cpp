// Claims: a free port of an address is found at nearly the same price whether half of the ports are
// taken or all but one in a thousand; and where those of 256 addresses are all taken, who gives a
// mapping back and asks for another pays at most three times what it costs where half are. An
// operation releases one at random and takes or makes another.

#include "weir/net/port.hpp"
#include "weir/pool/checked_pools.hpp"
#include "weir/pool/mapping_table.hpp"
#include "weir/pool/verify.hpp"
#include "weir/table/bitmap.hpp"
#include "weir/table/memory.hpp"

#include "bench/harness.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace {

namespace bench = weir::bench;
using weir::port;
using weir::port_range;

constexpr std::uint32_t operations = 2048;
const port_range usable = port_range::between(port{1024}, port{65535}).value();

// One external address with so many of its ports taken.
class address_ports {
 public:
  explicit address_ports(double occupancy) : random_{7} {
    const auto wanted = static_cast<std::uint32_t>(occupancy * usable.size());
    while (taken_.size() < wanted) {
      take();
    }
  }

  void churn() {
    for (std::uint32_t operation = 0; operation < operations; ++operation) {
      const std::uint32_t place = random_.below(static_cast<std::uint32_t>(taken_.size()));
      ports_[0].release(taken_[place]);
      taken_[place] = *ports_[0].find_free(start(), usable);
      ports_[0].try_take(taken_[place]);
    }
  }

  bool is_consistent() const {
    for (const port one : taken_) {
      if (!ports_[0].taken(one)) {
        return false;
      }
    }
    return ports_[0].count() == taken_.size();
  }

 private:
  port start() {
    return port{static_cast<std::uint16_t>(usable.first().number() + random_.below(usable.size()))};
  }
  void take() {
    const port found = *ports_[0].find_free(start(), usable);
    ports_[0].try_take(found);
    taken_.push_back(found);
  }

  weir::huge_array<weir::bitmap> ports_{1};
  std::vector<port> taken_;
  bench::random_numbers random_;
};

// Hosts behind a pool, each with one mapping.
class pool_mappings {
 public:
  explicit pool_mappings(double occupancy) {
    const auto wanted = static_cast<std::size_t>(occupancy * mappings_max);
    while (held_.size() < wanted) held_.push_back(make());
  }

  void churn() {
    for (std::uint32_t operation = 0; operation < operations; ++operation) {
      weir::mapping_id& one = held_[random_.below(static_cast<std::uint32_t>(held_.size()))];
      table_.release(one);
      one = make();
    }
  }

  bool is_consistent() const {
    return table_.size() == held_.size() && !weir::verify_ports(owner_, pools_, table_);
  }

 private:
  static constexpr std::uint32_t addresses = 256;
  static constexpr std::uint32_t ports_each = 64;
  static constexpr std::uint32_t mappings_max = addresses * ports_each;

  static weir::pool_set one_pool() {
    std::vector<weir::pool_specification> raw(1);
    raw[0].internal = {weir::ipv4_prefix::around({10, 0, 0, 0}, 8)};
    raw[0].external = {weir::ipv4_prefix::around({100, 64, 0, 0}, 24)};
    raw[0].ports = port_range::between(port{1024}, port{1023 + ports_each}).value();
    return std::get<weir::pool_set>(weir::checked(raw, {}));
  }
  weir::mapping_id make() {
    const weir::ipv4_address host{0x0A00'0000 | (++hosts_ & 0xFF'FFFF)};
    const auto made =
        table_.acquire(pools_.pools()[0], weir::protocol::udp, {host, port{5060}}, draws_);
    return made.id;
  }

  weir::pool_set pools_ = one_pool();
  weir::port_owner owner_{pools_};
  weir::mapping_table<weir::ipv4> table_{pools_, owner_, {mappings_max, mappings_max}, {11, 12}};
  weir::seeded_random draws_{{11, 12}};
  std::uint32_t hosts_ = 0;
  std::vector<weir::mapping_id> held_;
  bench::random_numbers random_{7};
};

void measure_address(const bench::options& options, bench::report& report) {
  const std::vector<double> occupancies{0.5, 0.9, 0.99, 0.999};
  std::vector<address_ports> addresses;
  addresses.reserve(occupancies.size());
  for (const double occupancy : occupancies) {
    addresses.emplace_back(occupancy);
  }
  std::vector<bench::contender> contenders;
  for (auto& address : addresses) {
    contenders.push_back({operations, [&address] { address.churn(); }});
  }
  const auto measured = bench::alternate(contenders, options.pick<std::size_t>(2000, 20));

  for (std::size_t which = 0; which < occupancies.size(); ++which) {
    char taken[32];
    std::snprintf(taken, sizeof taken, "%.1f %% taken", occupancies[which] * 100);
    bench::row row{.claim = "port allocation",
                   .subject = taken,
                   .figure = "release one, take one",
                   .measured = measured[which]};
    if (which != 0) {
      row.baseline = measured[0];
      row.bar = bench::bar::cost(6);
    }
    report.add(row);
    report.verify(addresses[which].is_consistent(), "a port is taken that nobody holds");
  }
}

void measure_pool(const bench::options& options, bench::report& report) {
  pool_mappings full{1};
  pool_mappings half{0.5};
  const auto measured =
      bench::alternate({{operations, [&] { full.churn(); }}, {operations, [&] { half.churn(); }}},
                       options.pick<std::size_t>(500, 5));
  report.add({.claim = "port allocation",
              .subject = "256 addresses, all taken",
              .figure = "over half of them taken",
              .measured = measured[0],
              .baseline = measured[1],
              .bar = bench::bar::cost(3)});
  report.verify(full.is_consistent() && half.is_consistent(), "a mapping lost its port");
}

}  // namespace

int main(int count, char** arguments) {
  const bench::options options = bench::parse(count, arguments);
  bench::report report{options};
  measure_address(options, report);
  measure_pool(options, report);
  return report.exit_code();
}

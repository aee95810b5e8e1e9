// Claim: a free port is found at nearly the same price whether half of the ports are taken or all
// but one in a thousand. An operation releases a random taken port and takes a random free one.

#include "weir/net/port.hpp"
#include "weir/table/bitmap.hpp"
#include "weir/table/memory.hpp"

#include "bench/harness.hpp"

#include <cstdint>
#include <string>
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

}  // namespace

int main(int count, char** arguments) {
  const bench::options options = bench::parse(count, arguments);
  bench::report report{options};

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
  return report.exit_code();
}

#include "examples/weir/neighbors.hpp"

#include <algorithm>
#include <array>

namespace weir::program {

namespace {

/// FNV-1a: short, stable, and the same on every machine.
class stable_hash {
 public:
  void add(std::uint8_t octet) noexcept { value_ = (value_ ^ octet) * 0x100000001B3; }
  void add(std::uint64_t number) noexcept {
    for (unsigned shift = 0; shift < 64; shift += 8) {
      add(static_cast<std::uint8_t>(number >> shift & 0xFF));
    }
  }
  std::uint64_t value() const noexcept { return value_; }

 private:
  std::uint64_t value_ = 0xCBF29CE484222325;
};

mac_address local_mac(std::uint64_t value) noexcept {
  constexpr std::uint8_t locally_administered = 0x02;
  std::array<std::uint8_t, mac_address::size> octets{locally_administered};
  for (std::size_t at = 1; at < octets.size(); ++at) {
    octets[at] = static_cast<std::uint8_t>(value >> (8 * at) & 0xFF);
  }
  return mac_address{octets};
}

}  // namespace

ip_prefix subnet_of(const interface_address_configuration& one) {
  if (one.address.is_ipv4()) {
    return ipv4_prefix::around(one.address.v4(), one.length);
  }
  return ipv6_prefix::around(one.address.v6(), one.length);
}

mac_address derived_mac(std::string_view name) {
  stable_hash hash;
  for (const char letter : name) hash.add(static_cast<std::uint8_t>(letter));
  return local_mac(hash.value());
}

mac_address derived_mac(const ip_address& address) {
  stable_hash hash;
  hash.add(address.v6().high());
  hash.add(address.v6().low());
  return local_mac(hash.value());
}

neighbors::neighbors(const interface_facts& facts, const snapshot& config)
    : own_{facts.mac.value_or(derived_mac(std::string_view{facts.name}))},
      takes_any_{facts.accept_any_mac.value_or(true)} {
  for (const auto& one : facts.addresses) subnets_.push_back(subnet_of(one));
  for (const auto& one : config.neighbors()) {
    if (one.interface == facts.id) {
      known_.insert_or_assign(one.address, known{one.mac, true});
    }
  }
}

bool neighbors::on_link(const ip_address& address) const noexcept {
  return std::any_of(subnets_.begin(), subnets_.end(),
                     [&](const ip_prefix& one) { return one.contains(address); });
}

void neighbors::learn(const ip_address& source, const mac_address& sender) {
  if (sender.is_group() || !on_link(source)) {
    return;
  }
  const auto found = known_.find(source);
  if (found != known_.end()) {
    if (!found->second.fixed) found->second.mac = sender;
  } else if (known_.size() < learned_max) {
    known_.emplace(source, known{sender, false});
  }
}

mac_address neighbors::of(const ip_address& neighbor) const noexcept {
  const auto found = known_.find(neighbor);
  return found != known_.end() ? found->second.mac : derived_mac(neighbor);
}

std::size_t neighbors::hash::operator()(const ip_address& address) const noexcept {
  constexpr std::uint64_t golden = 0x9E3779B97F4A7C15;
  const auto mixed = (address.v6().high() ^ (address.v6().low() * golden)) * golden;
  return static_cast<std::size_t>(mixed ^ mixed >> 32);
}

}  // namespace weir::program

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
      takes_any_{facts.accept_any_mac.value_or(true)},
      index_{static_cast<std::uint32_t>(learned_max + config.neighbors().size()),
             static_cast<std::uint32_t>(learned_max + config.neighbors().size())} {
  for (const auto& one : facts.addresses) subnets_.push_back(subnet_of(one));
  for (const auto& one : config.neighbors()) {
    if (one.interface == facts.id) {
      put({one.address, one.mac, true});
    }
  }
}

bool neighbors::on_link(const ip_address& address) const noexcept {
  return std::any_of(subnets_.begin(), subnets_.end(),
                     [&](const ip_prefix& one) { return one.contains(address); });
}

bool neighbors::is_news(const ip_address& source, const mac_address& sender) noexcept {
  if (!sender.is_station()) {
    return false;
  }
  if (const std::uint32_t place = recent(source); place != no_payload) {
    return has_moved(place, sender);
  }
  if (!on_link(source)) {
    return false;
  }
  const std::uint32_t place = find(source);
  if (place == no_payload) {
    return known_.size() < learned_max;
  }
  recent_[last_byte_of(source)] = place;
  return has_moved(place, sender);
}

void neighbors::learn(const ip_address& source, const mac_address& sender) {
  if (!is_news(source, sender)) {
    return;
  }
  const std::uint32_t place = find(source);
  if (place == no_payload) {
    put({source, sender, false});
  } else {
    known_[place].mac = sender;
    ++changes_;
  }
}

mac_address neighbors::of(const ip_address& neighbor) const noexcept {
  const std::uint32_t place = find(neighbor);
  return place != no_payload ? known_[place].mac : derived_mac(neighbor);
}

std::uint32_t neighbors::recent(const ip_address& address) const noexcept {
  const std::uint32_t place = recent_[last_byte_of(address)];
  return place < known_.size() && known_[place].address == address ? place : no_payload;
}

std::uint32_t neighbors::find(const ip_address& address) const noexcept {
  if (const std::uint32_t place = recent(address); place != no_payload) {
    return place;
  }
  const auto words = words_of(address);
  return index_.find(hash_(words), words, [&](std::uint32_t place) noexcept {
    return known_[place].address == address;
  });
}

void neighbors::put(const station& one) {
  const auto words = words_of(one.address);
  if (index_.try_insert(hash_(words), words, static_cast<std::uint32_t>(known_.size()))) {
    known_.push_back(one);
  }
  ++changes_;
}

}  // namespace weir::program

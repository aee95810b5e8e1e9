#pragma once

// Random traffic between an inside and an outside: conversations that make sense, packets that do
// not, and both damaged.

#include "weir/wire/header_walk.hpp"

#include "tests/support/gateway.hpp"
#include "tests/support/packet_builder.hpp"
#include "tests/support/seeded.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

namespace weir::test {

/// Makes packets one by one; what left the box before may be answered, quoted or repeated.
class random_traffic {
 public:
  explicit random_traffic(std::uint64_t seed) : random_{seed} {}

  std::uint64_t seed() const noexcept { return random_.seed(); }
  seeded& random() noexcept { return random_; }

  sent_packet next() {
    auto made = sensible();
    if (random_.one_in(12)) damage(made.bytes);
    return made;
  }

  /// Tells what left the box, and where, so that later packets can be about it.
  void saw(const std::string& egress, const packet_bytes& bytes) {
    auto& seen = egress == "wan" ? outside_ : inside_;
    if (seen.size() < 64) {
      seen.push_back(bytes);
    } else {
      seen[random_.below(seen.size())] = bytes;
    }
  }

 private:
  sent_packet sensible() {
    switch (random_.below(8)) {
      case 0:
      case 1:
      case 2:
        return {"lan", from_inside()};
      case 3:
      case 4:
        return answer_to(outside_, "wan");
      case 5:
        return answer_to(inside_, "lan");
      case 6:
        return about(random_.one_in(2) ? "wan" : "lan");
      default:
        return {"wan", from_outside()};
    }
  }

  std::string host() { return "10.0.0." + std::to_string(2 + random_.below(6)); }
  std::string remote() { return "192.0.2." + std::to_string(1 + random_.below(4)); }
  unsigned some_port() { return static_cast<unsigned>(1000 + random_.below(8)); }

  packet_bytes from_inside() {
    if (random_.one_in(6)) return six("2001:db8:1::" + std::to_string(2 + random_.below(4)));
    return dressed(host(), remote());
  }
  packet_bytes from_outside() {
    return dressed(remote(), random_.one_in(3) ? host() : std::string{"203.0.113.1"});
  }
  packet_bytes six(const std::string& from) {
    builder made = random_.one_in(2) ? builder{udp{}} : builder{tcp{}.flags(some_flags())};
    return made.from(from, some_port()).to("2001:db8:9::1", some_port()).bytes();
  }

  unsigned some_flags() {
    constexpr unsigned usual[] = {0x02, 0x12, 0x10, 0x18, 0x11, 0x04, 0x14, 0x00, 0x03, 0x29};
    return random_.pick(std::vector<unsigned>(std::begin(usual), std::end(usual)));
  }

  packet_bytes dressed(const std::string& from, const std::string& to) {
    builder made = some_protocol();
    made.from(from, some_port()).to(to, some_port()).ttl(static_cast<unsigned>(random_.below(70)));
    made.payload_size(random_.below(40)).dont_fragment(random_.one_in(2));
    made.id(random_.word());
    if (random_.one_in(9)) made.no_checksum();
    if (random_.one_in(15)) made.bad_checksum();
    if (random_.one_in(20)) made.ip_options(octets({1, 1, 1, 1}));
    if (random_.one_in(20)) made.payload_size(1600);
    if (random_.one_in(10)) {
      made.payload_size(64);
      return made.fragment(random_.one_in(2) ? 0 : 32, 32);
    }
    return made.bytes();
  }

  builder some_protocol() {
    switch (random_.below(8)) {
      case 0:
      case 1:
        return udp{};
      case 2:
        return echo{}
            .identifier(static_cast<unsigned>(random_.below(4)))
            .type(random_.one_in(3) ? 0 : 8);
      case 3:
        return datagram{protocol{static_cast<std::uint8_t>(
            random_.pick(std::vector<unsigned>{47, 50, 132, 136, 33, 4, 51, 99, 1, 2}))}};
      default:
        return tcp{}
            .flags(some_flags())
            .sequence(static_cast<std::uint32_t>(1 + random_.below(200)))
            .acknowledgment(static_cast<std::uint32_t>(1 + random_.below(200)))
            .window(static_cast<unsigned>(random_.below(65536)));
    }
  }

  /// A packet that left, sent back with its ends exchanged: its checksums stay what they were.
  sent_packet answer_to(const std::vector<packet_bytes>& seen, const std::string& interface) {
    if (seen.empty()) return {"lan", from_inside()};
    auto bytes = random_.pick(seen);
    const bool four = bytes.size() >= 20 && std::to_integer<unsigned>(bytes[0]) >> 4 == 4;
    if (!four) return {interface, bytes};
    const std::size_t at = (std::to_integer<unsigned>(bytes[0]) & 15u) * 4;
    std::swap_ranges(bytes.begin() + 12, bytes.begin() + 16, bytes.begin() + 16);
    const auto kind = std::to_integer<unsigned>(bytes[9]);
    const bool ports = kind == 6 || kind == 17;
    const auto pieces = std::to_integer<unsigned>(bytes[6]) & 0x3F;
    if (ports && pieces == 0 && bytes.size() >= at + 4) {
      std::swap_ranges(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                       bytes.begin() + static_cast<std::ptrdiff_t>(at) + 2,
                       bytes.begin() + static_cast<std::ptrdiff_t>(at) + 2);
    }
    return {interface, bytes};
  }

  /// An ICMP error about something that left.
  sent_packet about(const std::string& interface) {
    const auto& seen = interface == "wan" ? outside_ : inside_;
    if (seen.empty()) return {"wan", from_outside()};
    const auto& quoted = random_.pick(seen);
    const auto key = walk<ipv4>(quoted, quoted.size(), domain_id{});
    if (!key.facts.ok) return {"wan", from_outside()};
    const unsigned type = random_.pick(std::vector<unsigned>{3, 3, 3, 11, 12, 5, 4});
    auto error = icmp{type, static_cast<unsigned>(random_.below(5))}
                     .from(interface == "wan" ? remote() : host())
                     .to(ip_address{key.key.source()})
                     .quote(quoted, 20 + random_.below(quoted.size()));
    if (random_.one_in(10)) error.bad_checksum();
    return {interface, error.bytes()};
  }

  void damage(packet_bytes& bytes) {
    if (bytes.empty()) return;
    if (random_.one_in(3)) {
      bytes.resize(random_.below(bytes.size()) + 1);
      return;
    }
    const auto times = 1 + random_.below(4);
    for (std::uint64_t i = 0; i < times; ++i) {
      bytes[random_.below(bytes.size())] ^= static_cast<std::byte>(1u << random_.below(8));
    }
  }

  seeded random_;
  std::vector<packet_bytes> outside_;  ///< left by wan
  std::vector<packet_bytes> inside_;   ///< left by lan
};

}  // namespace weir::test

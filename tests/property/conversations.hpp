#pragma once

// Both sides of connections through a box: most of what they say is plausible and some is not.

#include "weir/net/text.hpp"
#include "weir/packet/packet_meta.hpp"
#include "weir/wire/header_walk.hpp"

#include "tests/property/traffic.hpp"
#include "tests/support/packet_builder.hpp"
#include "tests/support/seeded.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace weir::test {

/// Makes packets of hosts at `lan` and remotes at `wan`, over both families, TCP and UDP.
class random_conversations {
 public:
  random_conversations(std::uint64_t seed, std::size_t count) : random_{seed}, all_(count) {
    for (std::size_t i = 0; i < count; ++i) begin(all_[i], i);
  }

  std::uint64_t seed() const noexcept { return random_.seed(); }
  seeded& random() noexcept { return random_; }

  sent_packet next() {
    latest_ = random_.index(all_.size());
    auto& one = all_[latest_];
    if (random_.one_in(150)) one.said = 0;
    const bool is_host = side_of(one) == 0;
    const std::size_t side = is_host ? 0 : 1;
    builder made = one.is_tcp ? segment(one, side) : builder{udp{}};
    if (is_host) {
      made.from(one.host, one.host_port).to(one.remote, one.remote_port);
    } else {
      const bool is_stranger = !one.is_tcp && random_.one_in(30);
      made.from(one.remote, one.remote_port + (is_stranger ? 1 : 0)).to(one.worn, one.worn_port);
    }
    made.payload_size(random_.one_in(50) ? 1480 : random_.below(40));
    made.ttl(random_.one_in(40) ? static_cast<unsigned>(random_.below(3)) : 64);
    made.tos(random_.octet()).id(random_.word()).dont_fragment(random_.one_in(2));
    if (!one.is_tcp && !made.is_ipv6() && random_.one_in(6)) made.no_checksum();
    if (random_.one_in(40)) made.bad_checksum();
    const auto cast = random_.one_in(200) ? link_cast::broadcast : link_cast::unicast;
    const auto known = random_.pick(known_);
    if (known == checksum_state::partial) made.partial_checksum();
    ++one.said;
    return {is_host ? "lan" : "wan", made.bytes(), {{}, cast, known}};
  }

  /// Whether the latest packet begins its conversation: nothing else is sensible until it is known
  /// what it left as.
  bool has_begun_one() const { return all_[latest_].said == 1; }
  /// Tells what the latest packet left as.
  void saw(const packet_bytes& bytes) {
    auto& one = all_[latest_];
    if (one.host.is_ipv4()) learn(one, walk<ipv4>(bytes, bytes.size(), {}));
  }

 private:
  struct conversation {
    bool is_tcp = false;
    ip_address host, remote, worn;
    unsigned host_port = 0, remote_port = 0, worn_port = 0;
    std::uint32_t sequence[2] = {};
    unsigned said = 0;  ///< packets since it began
  };

  void begin(conversation& one, std::size_t number) {
    const auto place = std::to_string(2 + number % 6);
    const bool is_six = number % 3 == 0;
    one.is_tcp = number % 4 != 0;
    one.host = *parse_ip_address(is_six ? "2001:db8:1::" + place : "10.0.0." + place);
    one.remote = *parse_ip_address(is_six ? "2001:db8:9::1" : "192.0.2.1");
    one.host_port = 2000 + static_cast<unsigned>(number % 11);  // hosts share ports
    one.remote_port = number % 8 == 0 ? 53 : 1003;
    one.worn = one.host;
    one.worn_port = one.host_port;
    for (auto& each : one.sequence) each = static_cast<std::uint32_t>(random_.next());
  }

  /// A connection begins with its host, its remote and its host again.
  std::size_t side_of(const conversation& one) {
    return one.said < 3 ? one.said % 2 : random_.index(2);
  }

  builder segment(conversation& one, std::size_t side) {
    auto& own = one.sequence[side];
    const auto other = one.sequence[1 - side];
    builder made{tcp{}};
    made.window(random_.one_in(3) ? random_.word() : 0xFFFFu).sequence(own).acknowledgment(other);
    if (one.said == 0) return made.syn().acknowledgment(0).sequence(own++).window_scale(7);
    if (one.said == 1) return made.syn_ack().sequence(own++).window_scale(5);
    made.flags(random_.pick(std::vector<unsigned>{0x10, 0x10, 0x10, 0x18, 0x18, 0x30, 0xD0}));
    if (random_.one_in(4)) made.option(octets({1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2}));
    if (random_.one_in(4)) made.sequence(own - random_.word()).acknowledgment(other - 100);
    if (random_.one_in(30)) made.sequence(own + static_cast<std::uint32_t>(random_.next()));
    if (random_.one_in(60)) made.flags(random_.pick(std::vector<unsigned>{0x11, 0x14, 0x02, 0x00}));
    own += static_cast<std::uint32_t>(random_.below(40));
    return made;
  }

  static void learn(conversation& one, const walked<ipv4>& left) {
    const auto key = unpack(left.key);
    if (!left.facts.ok || ip_address{key.destination.address} != one.remote) return;
    one.worn = ip_address{key.source.address};
    one.worn_port = key.source.port.number();
  }

  static constexpr std::array known_{checksum_state::unverified, checksum_state::unverified,
                                     checksum_state::valid, checksum_state::partial};

  seeded random_;
  std::vector<conversation> all_;
  std::size_t latest_ = 0;
};

}  // namespace weir::test

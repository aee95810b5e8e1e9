// Claim: established TCP and UDP of every common kind take the short cut. None costs half as much
// again as what `established_nat44` measures, TCP behind NAT44 with DF set.
//
// Each kind takes turns with that one. IPv6 is not translated, and its frames are 20 bytes longer.

#include "bench/harness.hpp"
#include "bench/traffic.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace weir::bench {
namespace {

/// What is common to the packets of a run.
struct kind {
  const char* name;
  protocol transport = protocol::tcp;
  bool has_dont_fragment = true;
  bool is_answered = true;
  checksum_state checksum = checksum_state::unverified;
};

/// The sum of a packet's pseudo header, which a sender leaves to its hardware to complete.
template <IpVersion V>
std::uint16_t partial_sum(const walked<V>& headers) {
  return pseudo_header(headers.key.source(), headers.key.destination(), headers.facts.transport,
                       headers.facts.end - headers.facts.transport_offset)
      .bits();
}

/// Whether all packets of a ring have the sums of their pseudo headers.
template <IpVersion V>
bool is_partial(packet_ring& ring) {
  return is_every_packet<V>(ring, [](std::span<const std::byte> bytes, const walked<V>& headers) {
    const auto field =
        headers.facts.transport_offset + *checksum_field_of<V>(headers.facts.transport);
    return load_be<std::uint16_t>(bytes, field) == partial_sum(headers);
  });
}

/// Between two zones, without translation.
configuration ipv6_configuration(std::uint32_t flows) {
  auto raw = nat44_configuration(flows);
  raw.interfaces[0].addresses = {{*parse_ip_address("2a00:100::1"), 32}};
  raw.interfaces[1].addresses = {{*parse_ip_address("2a00:200::1"), 32}};
  raw.routes.clear();
  raw.policies[0].default_action = action::permit_stateful;
  raw.nat.pools.clear();
  return raw;
}

template <IpVersion V>
packed_flow<V> key_of(std::uint32_t n, protocol transport) {
  const auto four = unpack(nth_flow(n));
  flow_key<V> made{domain_id{}, transport, {{}, four.source.port}, {{}, port{4430}}};
  if constexpr (V::number == 4) {
    made.source.address = four.source.address;
    made.destination.address = four.destination.address;
  } else {
    made.source.address = ipv6_address::from_halves(0x2A00'0100'0000'0000, 2 + n / 16);
    made.destination.address = ipv6_address::from_halves(0x2A00'0200'0000'0000, 2 + n % 61);
  }
  return pack(made);
}

/// Turns a packet of any flow over IPv4 or IPv6 into one of this key and kind, checksums right.
template <IpVersion V>
void write(std::span<std::byte> to, const packed_flow<V>& key, const kind& like, std::uint8_t flags,
           std::uint32_t sequence, std::uint32_t acknowledgment) {
  std::fill(to.begin(), to.end(), std::byte{0});
  const auto transport = to.subspan(header_size_min<V>);
  if constexpr (V::number == 4) {
    write_tcp(to, key, flags, sequence, acknowledgment);
    store_be(to, ipv4_field::protocol, number(like.transport));
    if (!like.has_dont_fragment) store_be(to, ipv4_field::flags_and_offset, std::uint16_t{0});
    store_be(to, ipv4_field::checksum, std::uint16_t{0});
    complete_header_checksum(to);
  } else {
    store_be(to, ipv6_field::version_class_and_label, std::uint32_t{0x60000000});
    store_be(to, ipv6_field::payload_length, static_cast<std::uint16_t>(transport.size()));
    store_be(to, ipv6_field::next_header, number(like.transport));
    store_be(to, ipv6_field::hop_limit, std::uint8_t{64});
    key.store_addresses(to.data());
    store_be(transport, tcp_field::sequence, sequence);
    store_be(transport, tcp_field::acknowledgment, acknowledgment);
    store_be(transport, tcp_field::data_offset, std::uint8_t{0x50});
    store_be(transport, tcp_field::flags, flags);
    store_be(transport, tcp_field::window, std::uint16_t{64240});
  }
  store_raw(transport.data(), key.ports_bits());
  if (like.transport == protocol::udp) {
    store_be(transport, udp_field::length, static_cast<std::uint16_t>(transport.size()));
    store_be(transport, udp_field::checksum, std::uint16_t{0});
  }
  const auto headers = walk<V>(to, to.size(), domain_id{});
  if (like.checksum == checksum_state::partial) {
    store_be(transport, *checksum_field_of<V>(like.transport), partial_sum(headers));
  } else {
    complete_transport_checksum<V>(to, headers.facts, headers.key);
  }
}

/// A worker with flows of one kind, and a ring of their packets.
template <IpVersion V>
class kind_engine {
 public:
  kind_engine(const kind& like, std::uint32_t flows, report& out)
      : like_{like},
        worker_{compiled(V::number == 4 ? nat44_configuration(flows) : ipv6_configuration(flows))},
        out_{&out} {
    for (std::uint32_t n = 0; n < flows; ++n) open(key_of<V>(n, like.transport));
    out.verify(sink_.forwarded == sent_, std::string{like.name} + " is established");
  }

  contender in_turn() {
    contender made;
    made.operations = ring_size;
    made.prepare = [this] {
      if (has_swept_) {
        const bool is_right =
            like_.checksum == checksum_state::partial ? is_partial<V>(ring_) : is_intact<V>(ring_);
        out_->verify(sink_.forwarded == ring_size && is_right, like_.name);
      }
      sink_.forwarded = 0;
      has_swept_ = true;
      for (std::size_t i = 0; i < ring_size; ++i) {
        const auto& flow = flows_[random_.below(static_cast<std::uint32_t>(flows_.size()))];
        const std::size_t way = like_.is_answered ? i & 1 : 0;
        std::ranges::copy(flow[way], ring_.bytes(i).begin());
        ring_.set_ingress(i, way == 0 ? lan : wan);
        ring_.set_checksum(i, like_.checksum);
      }
    };
    made.sweep = [this] { worker_.process(ring_.burst(), start, sink_); };
    return made;
  }

 private:
  static constexpr std::size_t bytes_each = header_size_min<V> + 30;
  using packet = std::array<std::byte, bytes_each>;

  packed_flow<V> send(const packed_flow<V>& key, interface_id from, std::uint8_t flags,
                      std::uint32_t sequence, std::uint32_t acknowledgment) {
    write<V>(one_.bytes(0), key, like_, flags, sequence, acknowledgment);
    one_.set_ingress(0, from);
    one_.set_checksum(0, like_.checksum);
    worker_.process(one_.burst(), start, sink_);
    ++sent_;
    return reversed(walk<V>(one_.bytes(0), bytes_each, domain_id{}).key);
  }

  /// The SYN carries ten bytes, as do all other packets.
  void open(const packed_flow<V>& key) {
    constexpr std::uint32_t here = 1000, there = 5000;
    const auto back = send(key, lan, tcp_flag::syn, here, 0);
    if (like_.is_answered) send(back, wan, tcp_flag::syn | tcp_flag::ack, there, here + 11);
    if (like_.transport == protocol::tcp) {
      send(key, lan, tcp_flag::ack, here + 11, there + 11);
      send(back, wan, tcp_flag::ack, there + 11, here + 21);
    }
    auto& made = flows_.emplace_back();
    write<V>(made[0], key, like_, tcp_flag::ack, here + 11, there + 11);
    write<V>(made[1], back, like_, tcp_flag::ack, there + 11, here + 21);
  }

  kind like_;
  basic_worker<default_traits> worker_;
  counting_sink sink_;
  packet_ring one_{1, bytes_each};
  packet_ring ring_{ring_size, bytes_each};
  std::vector<std::array<packet, 2>> flows_;  ///< a packet of each direction
  random_numbers random_{7};
  report* out_;
  std::uint64_t sent_ = 0;
  bool has_swept_ = false;
};

/// A run of so many flows: beside TCP behind NAT44, one other kind after the other.
class comparison {
 public:
  comparison(std::uint32_t flows, const char* name, const options& given, report& out)
      : flows_{flows},
        name_{std::string{name} + " flows"},
        sweeps_{given.pick<std::size_t>(400, 3)},
        common_{{"tcp"}, flows, out},
        out_{&out} {}

  template <IpVersion V>
  void measure(const kind& like) {
    kind_engine<V> own{like, flows_, *out_};
    const auto took = alternate({own.in_turn(), common_.in_turn()}, sweeps_);
    out_->add({"established-kinds",
               name_,
               std::string{like.name} + " over tcp",
               took[0],
               took[1],
               {},
               bar::cost(1.5)});
  }

 private:
  std::uint32_t flows_;
  std::string name_;
  std::size_t sweeps_;
  kind_engine<ipv4> common_;
  report* out_;
};

void measure(std::uint32_t flows, const char* name, const options& given, report& out) {
  comparison beside{flows, name, given, out};
  beside.measure<ipv4>({"tcp without DF", protocol::tcp, false});
  beside.measure<ipv4>({"tcp partial sum", protocol::tcp, true, true, checksum_state::partial});
  beside.measure<ipv4>({"udp", protocol::udp});
  beside.measure<ipv4>({"udp without DF", protocol::udp, false});
  beside.measure<ipv4>({"udp one way", protocol::udp, true, false});
  beside.measure<ipv6>({"tcp ipv6", protocol::tcp});
  beside.measure<ipv6>({"udp ipv6", protocol::udp});
}

}  // namespace
}  // namespace weir::bench

int main(int count, char** arguments) {
  return weir::bench::run_by_size(weir::bench::parse(count, arguments), weir::bench::measure);
}

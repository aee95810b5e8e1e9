// Established TCP flows behind NAT44, as 64-byte frames in RAM: what the engine benchmarks measure.

#pragma once

#include "weir/engine/configuration.hpp"
#include "weir/engine/worker.hpp"
#include "weir/net/text.hpp"
#include "weir/packet/ram_packet.hpp"
#include "weir/wire/transport_checksum.hpp"

#include "bench/compiled.hpp"
#include "bench/harness.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <stdexcept>
#include <vector>

namespace weir::bench {

/// An Ethernet frame of 64 bytes holds an IP packet of 50: no FCS, as in a driver's buffer.
inline constexpr std::size_t packet_size = 50;
inline constexpr std::size_t headers_size = 40;
inline constexpr std::size_t ring_size = 2048;

inline constexpr interface_id lan{1};
inline constexpr interface_id wan{2};

/// Two zones with NAT44 between them and enough external addresses for so many flows, half full.
inline configuration nat44_configuration(std::uint32_t flows) {
  configuration raw;
  raw.interfaces.resize(2);
  raw.interfaces[0].name = "lan";
  raw.interfaces[0].zone = "inside";
  raw.interfaces[0].addresses = {{*parse_ip_address("10.0.0.1"), 8}};
  raw.interfaces[1].name = "wan";
  raw.interfaces[1].zone = "outside";
  raw.interfaces[1].addresses = {{*parse_ip_address("198.18.0.1"), 24}};
  route_configuration out;
  out.to = ip_prefix{ipv4_prefix{}};
  out.via = parse_ip_address("198.18.0.254");
  out.interface = "wan";
  raw.routes = {out};
  policy_configuration outbound;
  outbound.name = "outbound";
  outbound.from = "inside";
  outbound.to = "outside";
  outbound.default_action = action::permit_stateful_nat;
  raw.policies = {outbound};
  pool_configuration pool;
  pool.name = "internet";
  pool.internal = {*parse_prefix("10.0.0.0/8")};
  unsigned length = 32;
  while (length > 16 && (std::uint64_t{1} << (32 - length)) * 32'000 < flows) {
    --length;
  }
  pool.external = {ip_prefix{ipv4_prefix::around(ipv4_address{198, 19, 0, 0}, length)}};
  pool.paired_full_takes_other = true;
  raw.nat.pools = {pool};
  raw.sessions.max = flows + flows / 64 + 64;
  return raw;
}

/// When an engine begins.
inline constexpr instant start = instant::from_epoch(duration::seconds(1'000'000));

/// Both directions of a TCP connection, as its packets are received.
struct tcp_flow {
  packed_flow<ipv4> key[2];
  /// With their checksums: every packet of a direction is the same.
  std::array<std::byte, headers_size> header[2];
};

/// Writes a TCP packet with correct checksums; payload bytes are zero.
inline void write_tcp(std::span<std::byte> to, const packed_flow<ipv4>& key, std::uint8_t flags,
                      std::uint32_t sequence, std::uint32_t acknowledgment) {
  std::fill(to.begin(), to.end(), std::byte{0});
  store_be(to, ipv4_field::version_and_length, std::uint8_t{0x45});
  store_be(to, ipv4_field::total_length, static_cast<std::uint16_t>(to.size()));
  store_be(to, ipv4_field::flags_and_offset, ipv4_header::dont_fragment_bit);
  store_be(to, ipv4_field::ttl, std::uint8_t{64});
  store_be(to, ipv4_field::protocol, number(protocol::tcp));
  store_be(to, ipv4_field::source, key.source().bits());
  store_be(to, ipv4_field::destination, key.destination().bits());
  store_be(to, ipv4_field::checksum,
           inet_checksum::of(std::span<const std::byte>{to.first(ipv4_header::size_min)}).field());
  const auto tcp = to.subspan(ipv4_header::size_min);
  store_be(tcp, tcp_field::source_port, key.source_port().number());
  store_be(tcp, tcp_field::destination_port, key.destination_port().number());
  store_be(tcp, tcp_field::sequence, sequence);
  store_be(tcp, tcp_field::acknowledgment, acknowledgment);
  store_be(tcp, tcp_field::data_offset, std::uint8_t{0x50});
  store_be(tcp, tcp_field::flags, flags);
  store_be(tcp, tcp_field::window, std::uint16_t{64240});
  const auto headers = walk<ipv4>(to, to.size(), domain_id{});
  complete_transport_checksum<ipv4>(to, headers.facts, headers.key);
}

/// The key of the n-th flow as its opener sends it: hosts of 10/8 with sixteen ports each.
inline packed_flow<ipv4> nth_flow(std::uint32_t n) {
  return pack(flow_key<ipv4>{
      domain_id{},
      protocol::tcp,
      {ipv4_address{0x0A010000u + n / 16}, port{static_cast<std::uint16_t>(20'000 + n % 16 * 977)}},
      {ipv4_address{0xC0000200u + n % 61 * 7919}, port{443}}});
}

/// Counts verdicts and keeps nothing.
struct counting_sink {
  std::uint64_t forwarded = 0;

  void decided(std::size_t, ram_packet&, const verdict& answer) noexcept {
    forwarded += answer.forwarded() ? 1u : 0u;
  }
  bool generated(std::span<const std::byte>, const emission&) noexcept { return true; }
};

/// Packets of a size in memory, one after the other in slots of whole cache lines.
class packet_ring {
 public:
  explicit packet_ring(std::size_t size, std::size_t bytes_each = packet_size)
      : bytes_each_{bytes_each},
        slot_{(bytes_each + 63) / 64 * 64},
        memory_(size * slot_),
        frames_(size) {
    for (std::size_t i = 0; i < size; ++i) {
      frames_[i].packet = ram_packet{bytes(i)};
    }
  }

  std::span<std::byte> bytes(std::size_t i) { return {memory_.data() + i * slot_, bytes_each_}; }
  void set_ingress(std::size_t i, interface_id from) { frames_[i].meta.ingress = from; }
  void set_checksum(std::size_t i, checksum_state known) { frames_[i].meta.transport = known; }
  ram_burst burst() const { return ram_burst{frames_}; }
  ram_burst burst(std::size_t first, std::size_t count) const {
    return ram_burst{std::span{frames_}.subspan(first, count)};
  }

 private:
  std::size_t bytes_each_;
  std::size_t slot_;
  std::vector<std::byte> memory_;
  std::vector<ram_frame> frames_;
};

/// Opens flows through a worker and knows what their packets look like.
template <class Worker>
std::vector<tcp_flow> establish(Worker& worker, std::uint32_t flows, instant now) {
  constexpr std::uint32_t opener_start = 1000;
  constexpr std::uint32_t answer_start = 5000;
  std::vector<tcp_flow> made(flows);
  packet_ring ring{32};
  counting_sink sink;
  const auto send = [&](std::uint32_t first, interface_id from, direction way, std::uint8_t flags,
                        std::uint32_t sequence, std::uint32_t acknowledgment) {
    const std::uint32_t count = std::min(flows - first, 32u);
    for (std::uint32_t i = 0; i < count; ++i) {
      write_tcp(ring.bytes(i), made[first + i].key[index_of(way)], flags, sequence, acknowledgment);
      ring.set_ingress(i, from);
    }
    worker.process(ring.burst(0, count), now, sink);
    return count;
  };
  for (std::uint32_t first = 0; first < flows; first += 32) {
    for (std::uint32_t n = first; n < std::min(flows, first + 32); ++n) {
      made[n].key[0] = nth_flow(n);
    }
    const auto count = send(first, lan, direction::original, tcp_flag::syn, opener_start, 0);
    for (std::uint32_t i = 0; i < count; ++i) {
      made[first + i].key[1] = reversed(walk<ipv4>(ring.bytes(i), packet_size, domain_id{}).key);
    }
    // The SYN carries ten bytes (RFC 7413), so all sequences below move by them.
    send(first, wan, direction::reply, tcp_flag::syn | tcp_flag::ack, answer_start,
         opener_start + 11);
    send(first, lan, direction::original, tcp_flag::ack, opener_start + 11, answer_start + 11);
    send(first, wan, direction::reply, tcp_flag::ack, answer_start + 11, opener_start + 21);
  }
  for (auto& flow : made) {
    std::array<std::byte, packet_size> whole;
    write_tcp(whole, flow.key[0], tcp_flag::ack, opener_start + 11, answer_start + 11);
    std::copy_n(whole.begin(), headers_size, flow.header[0].begin());
    write_tcp(whole, flow.key[1], tcp_flag::ack, answer_start + 11, opener_start + 21);
    std::copy_n(whole.begin(), headers_size, flow.header[1].begin());
  }
  if (sink.forwarded != std::uint64_t{flows} * 4) {
    throw std::runtime_error{"flows could not be established: " + std::to_string(sink.forwarded) +
                             " of " + std::to_string(flows * 4) + " packets passed"};
  }
  return made;
}

/// Fills a ring with packets of random flows, both ways alternating.
inline void fill(packet_ring& ring, const std::vector<tcp_flow>& flows, random_numbers& random) {
  for (std::size_t i = 0; i < ring_size; ++i) {
    const auto& flow = flows[random.below(static_cast<std::uint32_t>(flows.size()))];
    const std::size_t way = i & 1;
    std::copy_n(flow.header[way].begin(), headers_size, ring.bytes(i).begin());
    ring.set_ingress(i, way == 0 ? lan : wan);
  }
}

/// Whether the headers of every packet of the ring are right, and `is_right(bytes, headers)`.
template <IpVersion V, class IsRight>
bool is_every_packet(packet_ring& ring, IsRight&& is_right) {
  for (std::size_t i = 0; i < ring_size; ++i) {
    const auto bytes = ring.bytes(i);
    const auto headers = walk<V>(bytes, bytes.size(), domain_id{});
    if (!headers.facts.ok || !is_right(bytes, headers)) return false;
  }
  return true;
}

/// Whether every packet of the ring has checksums that are right.
template <IpVersion V = ipv4>
bool is_intact(packet_ring& ring) {
  return is_every_packet<V>(ring, [](std::span<const std::byte> bytes, const walked<V>& headers) {
    return transport_checksum_is_right<V>(bytes, headers.facts, headers.key) == true;
  });
}

}  // namespace weir::bench

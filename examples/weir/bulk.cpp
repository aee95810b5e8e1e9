#include "examples/weir/bulk.hpp"

#include "weir/pool/random.hpp"
#include "weir/wire/bytes.hpp"
#include "weir/wire/checksum.hpp"
#include "weir/wire/ipv4_header.hpp"
#include "weir/wire/link_header.hpp"
#include "weir/wire/udp_header.hpp"

#include "examples/weir/craft.hpp"
#include "examples/weir/traffic.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace weir::program {

namespace {

/// The flow's two ends, worked out from its number.
struct bulk_flow {
  std::uint32_t host;
  ipv4_address inside;
  port inside_port;
  ipv4_address outside;
};

constexpr port https{443};

class bulk_flows {
 public:
  explicit bulk_flows(const bulk_options& options) : options_{options} {
    const auto addresses = std::uint64_t{1} << (32 - options.inside.length());
    constexpr std::uint64_t not_hosts = 3;  // the network, the gateway, the broadcast address
    hosts_ = addresses > not_hosts + 1 ? static_cast<std::uint32_t>(addresses - not_hosts) : 1;
    hosts_ = std::min({hosts_, options.flows, 250u});
  }

  bulk_flow operator[](std::uint32_t number) const {
    constexpr std::uint32_t ports = 64'000;
    constexpr std::uint16_t first_port = 1'024;
    constexpr std::uint32_t servers = 1u << (32 - bulk_internet.length());
    const auto host = 1 + number % hosts_;
    const auto slot = number / hosts_;
    return {host, host_address(options_.inside, host).v4(),
            port{static_cast<std::uint16_t>(first_port + slot % ports)},
            ipv4_address{bulk_internet.address().v4().bits() + 1 + number % (servers - 2)}};
  }

 private:
  const bulk_options& options_;
  std::uint32_t hosts_;
};

/// One packet that is rewritten for every record: only addresses and ports change.
class template_packet {
 public:
  explicit template_packet(std::uint32_t frame_size)
      : packet_{udp_packet({ipv4_address{}, ipv4_address{}}, {},
                           filler(frame_size - bulk_frame_size_min))} {
    const std::span<std::byte> all{packet_};
    header_ = inet_checksum{load_be<std::uint16_t>(all, ipv4_field::checksum)};
    transport_ = inet_checksum{load_be<std::uint16_t>(all, checksum_at)};
  }

  std::span<const std::byte> between(ipv4_address source, port source_port,
                                     ipv4_address destination, port destination_port) {
    const std::span<std::byte> all{packet_};
    const auto addresses =
        checksum_delta{}.replacing(ipv4_address{}, source).replacing(ipv4_address{}, destination);
    const auto ports = addresses.replacing(std::uint16_t{0}, source_port.number())
                           .replacing(std::uint16_t{0}, destination_port.number());
    store_be(all, ipv4_field::source, source.bits());
    store_be(all, ipv4_field::destination, destination.bits());
    store_be(all, ipv4_field::checksum, header_.adjusted(addresses).field());
    store_be(all, ports_at, source_port.number());
    store_be(all, ports_at + 2, destination_port.number());
    store_be(all, checksum_at, transport_.adjusted(ports).never_zero().field());
    return packet_;
  }

 private:
  static constexpr std::size_t ports_at = ipv4_header::size_min;
  static constexpr std::size_t checksum_at = ports_at + udp_field::checksum;

  packet_bytes packet_;
  inet_checksum header_{0};
  inet_checksum transport_{0};
};

}  // namespace

bool write_bulk(const bulk_options& options, pcap::writer& from_inside,
                pcap::writer& from_outside) {
  const bulk_flows flows{options};
  template_packet packet{options.frame_size};
  seeded_random random{hash_seed{options.seed, 0x6275'6C6B}};
  const auto gap = 1'000'000'000 / std::int64_t{options.per_second};
  std::array<std::byte, ethernet_header::size> link_header{};
  bool good = true;
  for (std::uint64_t count = 0; count < options.packets && good; ++count) {
    const bool opening = count < options.flows;
    const auto bits = random.bits();
    const auto number = opening ? static_cast<std::uint32_t>(count)
                                : static_cast<std::uint32_t>((bits >> 32) * options.flows >> 32);
    const bool outward = opening || (bits & 1) != 0;
    const auto flow = flows[number];
    const auto time = traffic_start + duration::nanoseconds(gap * static_cast<std::int64_t>(count));
    if (outward) {
      write_ethernet_header(link_header, {gateway_mac(), host_mac(flow.host)}, {}, ethertype::ipv4);
      good = from_inside.write(
          time, {link_header, packet.between(flow.inside, flow.inside_port, flow.outside, https),
                 options.frame_size});
    } else {
      write_ethernet_header(link_header, {host_mac(flow.host), gateway_mac()}, {}, ethertype::ipv4);
      good = from_outside.write(
          time, {link_header, packet.between(flow.outside, https, flow.inside, flow.inside_port),
                 options.frame_size});
    }
  }
  return good;
}

}  // namespace weir::program

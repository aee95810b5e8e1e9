#include "examples/weir/craft.hpp"

#include "weir/wire/bytes.hpp"
#include "weir/wire/checksum.hpp"
#include "weir/wire/icmp_header.hpp"
#include "weir/wire/ipv4_header.hpp"
#include "weir/wire/ipv6_header.hpp"
#include "weir/wire/tcp_header.hpp"
#include "weir/wire/transport_checksum.hpp"
#include "weir/wire/udp_header.hpp"

#include <array>

namespace weir::program {

namespace {

std::size_t header_size(const path& along) {
  return along.source.is_ipv4() ? ipv4_header::size_min : ipv6_header::size;
}

void store_ipv4_header(std::span<std::byte> packet, const path& along, protocol transport) {
  store_be<std::uint8_t>(packet, ipv4_field::version_and_length, 0x45);
  store_be(packet, ipv4_field::total_length, static_cast<std::uint16_t>(packet.size()));
  store_be(packet, ipv4_field::flags_and_offset, ipv4_header::dont_fragment_bit);
  store_be(packet, ipv4_field::ttl, along.ttl);
  store_be(packet, ipv4_field::protocol, number(transport));
  store_be(packet, ipv4_field::source, along.source.v4().bits());
  store_be(packet, ipv4_field::destination, along.destination.v4().bits());
  store_be(packet, ipv4_field::checksum,
           inet_checksum::of(packet.first(ipv4_header::size_min)).field());
}

void store_ipv6_header(std::span<std::byte> packet, const path& along, protocol transport) {
  store_be<std::uint8_t>(packet, 0, 0x60);
  store_be(packet, ipv6_field::payload_length,
           static_cast<std::uint16_t>(packet.size() - ipv6_header::size));
  store_be(packet, ipv6_field::next_header, number(transport));
  store_be(packet, ipv6_field::hop_limit, along.ttl);
  store_ipv6_address(packet, ipv6_field::source, along.source.v6());
  store_ipv6_address(packet, ipv6_field::destination, along.destination.v6());
}

ones_sum pseudo_header_of(const path& along, protocol transport, std::size_t length) {
  const auto size = static_cast<std::uint32_t>(length);
  return along.source.is_ipv4()
             ? pseudo_header(along.source.v4(), along.destination.v4(), transport, size)
             : pseudo_header(along.source.v6(), along.destination.v6(), transport, size);
}

/// Room for a packet: zeros for the IP header, then the transport header, then the payload.
packet_bytes joined(const path& along, std::span<const std::byte> header,
                    std::span<const std::byte> payload) {
  packet_bytes packet(header_size(along));
  packet.insert(packet.end(), header.begin(), header.end());
  packet.insert(packet.end(), payload.begin(), payload.end());
  return packet;
}

/// Fills in the IP header and the transport checksum.
packet_bytes finished(packet_bytes packet, const path& along, protocol transport,
                      std::size_t checksum_at) {
  const std::span<std::byte> all{packet};
  if (along.source.is_ipv4()) {
    store_ipv4_header(all, along, transport);
  } else {
    store_ipv6_header(all, along, transport);
  }
  const auto body = all.subspan(header_size(along));
  auto sum = ones_sum::of(body);
  if (transport != protocol::icmp) {
    sum = sum.plus(pseudo_header_of(along, transport, body.size()));
  }
  store_be(body, checksum_at, transport_checksum_of(transport, sum).field());
  return packet;
}

}  // namespace

std::uint16_t largest_segment(const path& along) {
  constexpr std::size_t link_size = 1500;
  return static_cast<std::uint16_t>(link_size - header_size(along) - tcp_header::size_min);
}

packet_bytes udp_packet(const path& along, port_pair ports, std::span<const std::byte> payload) {
  std::array<std::byte, udp_header::size> header{};
  store_be(header, udp_field::source_port, ports.source.number());
  store_be(header, udp_field::destination_port, ports.destination.number());
  store_be(header, udp_field::length,
           static_cast<std::uint16_t>(udp_header::size + payload.size()));
  return finished(joined(along, header, payload), along, protocol::udp, udp_field::checksum);
}

packet_bytes tcp_packet(const path& along, port_pair ports, const tcp_segment& segment,
                        std::span<const std::byte> payload) {
  // Maximum segment size, no operation, window scale 7, no operation twice, SACK permitted.
  constexpr std::array<std::uint8_t, 12> options{2, 4, 0, 0, 1, 3, 3, 7, 1, 1, 4, 2};
  constexpr std::size_t size_at = tcp_header::size_min + 2;
  packet_bytes header(tcp_header::size_min + (segment.with_options ? options.size() : 0));
  const std::span<std::byte> fields{header};
  store_be(fields, tcp_field::source_port, ports.source.number());
  store_be(fields, tcp_field::destination_port, ports.destination.number());
  store_be(fields, tcp_field::sequence, segment.sequence);
  store_be(fields, tcp_field::acknowledgment, segment.acknowledgment);
  store_be(fields, tcp_field::data_offset, static_cast<std::uint8_t>(header.size() / 4 << 4));
  store_be(fields, tcp_field::flags, segment.flags);
  store_be(fields, tcp_field::window, segment.window);
  for (std::size_t at = tcp_header::size_min; at < header.size(); ++at) {
    header[at] = static_cast<std::byte>(options[at - tcp_header::size_min]);
  }
  if (segment.with_options) {
    store_be(fields, size_at, largest_segment(along));
  }
  return finished(joined(along, header, payload), along, protocol::tcp, tcp_field::checksum);
}

packet_bytes icmp_packet(const path& along, const icmp_message& message,
                         std::span<const std::byte> payload) {
  std::array<std::byte, icmp_header<ipv4>::size> header{};
  store_be(header, icmp_field::type, message.type);
  store_be(header, icmp_field::code, message.code);
  store_be(header, icmp_field::identifier, message.rest);
  const auto transport = along.source.is_ipv4() ? protocol::icmp : protocol::icmpv6;
  return finished(joined(along, header, payload), along, transport, icmp_field::checksum);
}

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span{text.data(), text.size()});
}

packet_bytes filler(std::size_t size) {
  constexpr std::size_t letters = 26;
  packet_bytes made(size);
  for (std::size_t at = 0; at < size; ++at) {
    made[at] = static_cast<std::byte>('a' + at % letters);
  }
  return made;
}

}  // namespace weir::program

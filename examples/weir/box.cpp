#include "examples/weir/box.hpp"

#include "weir/pcap/link_number.hpp"
#include "weir/wire/bytes.hpp"
#include "weir/wire/ipv4_header.hpp"
#include "weir/wire/ipv6_header.hpp"
#include "weir/wire/link_header.hpp"

#include "examples/weir/failure.hpp"
#include "examples/weir/output_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace weir::program {

namespace {

ip_address address_at(std::span<const std::byte> packet, std::size_t offset_ipv4,
                      std::size_t offset_ipv6) noexcept {
  if (is_ipv6(packet)) {
    return packet.size() < ipv6_header::size ? ip_address{ipv6_address{}}
                                             : ip_address{load_ipv6_address(packet, offset_ipv6)};
  }
  return packet.size() < ipv4_header::size_min
             ? ip_address{}
             : ip_address{ipv4_address{load_be<std::uint32_t>(packet, offset_ipv4)}};
}

}  // namespace

ip_address destination_of(std::span<const std::byte> packet) noexcept {
  return address_at(packet, ipv4_field::destination, ipv6_field::destination);
}
ip_address source_of(std::span<const std::byte> packet) noexcept {
  return address_at(packet, ipv4_field::source, ipv6_field::source);
}

box::box(const snapshot& config, const std::vector<output_assignment>& outputs)
    : config_{config}, gateways_(config.hops().size()) {
  interfaces_.reserve(config.interfaces().size());
  for (const auto& facts : config.interfaces()) {
    interfaces_.push_back({neighbors{facts, config}, {}, {}, {}});
  }
  for (const auto& output : outputs) {
    auto& one = (*this)[output.interface];
    one.path = output.path;
    one.writer.emplace(open_output(output.path, output.interface.is_local()
                                                    ? pcap::link_number_raw_ip
                                                    : pcap::link_number_ethernet));
  }
}

void box::send(next_hop_id id, const outgoing& one) noexcept {
  const auto& hop = config_.next_hop(id);
  const auto& hosts = (*this)[hop.interface].hosts;
  if (!hop.gateway) {
    send(hop.interface, hosts.of(destination_of(one.packet)), one);
    return;
  }
  auto& known = gateways_[id.number()];
  if (known.as_of != hosts.changes()) {
    known = {hosts.of(*hop.gateway), hosts.changes()};
  }
  send(hop.interface, known.mac, one);
}

void box::send(interface_id egress, const mac_address& station, const outgoing& one) noexcept {
  auto& to = (*this)[egress];
  std::array<std::byte, ethernet_header::size> link_header{};
  write_ethernet_header(link_header, {station, to.hosts.own()}, {},
                        is_ipv6(one.packet) ? ethertype::ipv6 : ethertype::ipv4);
  write(to, link_header, one);
}

void box::answer(interface_id ingress, const std::optional<mac_address>& station,
                 const outgoing& one) noexcept {
  auto& to = (*this)[ingress];
  ++to.counts.generated;
  if (ingress.is_local()) {
    deliver(one);
  } else {
    send(ingress, station ? *station : to.hosts.of(destination_of(one.packet)), one);
  }
}

void box::make(interface_id egress, next_hop_id hop, const outgoing& one) noexcept {
  ++(*this)[egress].counts.generated;
  if (egress.is_local()) {
    deliver(one);
  } else {
    send(hop, one);
  }
}

void box::deliver(const outgoing& one) noexcept { write((*this)[interface_id::local()], {}, one); }

void box::write(box_interface& to, std::span<const std::byte> link_header,
                const outgoing& one) noexcept {
  const auto size = static_cast<std::uint32_t>(link_header.size() + one.wire_size);
  ++to.counts.out;
  to.counts.out_bytes += size;
  if (to.writer) {
    to.writer->write(one.time, {link_header, one.packet, size});
  }
}

bool box::has_failed() const noexcept {
  return std::any_of(interfaces_.begin(), interfaces_.end(), [](const box_interface& one) {
    return one.writer && one.writer->error() != 0;
  });
}

std::optional<std::string> box::failed_output() const {
  for (const auto& one : interfaces_) {
    if (one.writer && one.writer->error() != 0) {
      return fmt::format("{}: writing failed: {}", one.path, std::strerror(one.writer->error()));
    }
  }
  return std::nullopt;
}

void box::close() {
  for (auto& one : interfaces_) {
    if (one.writer) one.writer->close();
  }
  if (const auto failed = failed_output()) {
    throw input_output_failure(*failed);
  }
}

}  // namespace weir::program

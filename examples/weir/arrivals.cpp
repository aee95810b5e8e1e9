#include "examples/weir/arrivals.hpp"

#include "weir/pcap/link_number.hpp"
#include "weir/wire/bytes.hpp"
#include "weir/wire/link_header.hpp"

#include <algorithm>
#include <utility>

namespace weir::program {

bool is_foreign(const neighbors& hosts, const link_facts& link) noexcept {
  return !hosts.takes_any() && link.cast == link_cast::unicast &&
         link.addresses.destination != hosts.own();
}

arrivals::arrivals(const snapshot& config, box& wires) : wires_{wires}, where_{config} {}

std::optional<arrival> arrivals::take(input_file& file) {
  const auto& record = file.next;
  const auto type = pcap::link_type_of(record.link_type);
  auto link = type ? strip(record.bytes, *type) : link_facts{};
  if (!type) {
    link.fault = drop_reason::not_ip;
    ++file.unknown_links[record.link_type];
  }
  const auto source = source_of(record.bytes.subspan(link.header_size));
  const auto ingress = ingress_of(file, link, source);
  if (link.ok && type == link_type::ethernet && is_foreign(wires_[ingress].hosts, link)) {
    link.ok = false;
    link.fault = drop_reason::foreign_mac;
  }
  count(ingress, file, link);
  if (!link.ok) {
    note_arp(ingress, link, record.bytes);
    return std::nullopt;
  }
  return arrived(ingress, link, record, source);
}

/// Made in place: that it is read in wider pieces than it was written in would cost as much.
std::optional<arrival> arrivals::arrived(interface_id ingress, const link_facts& link,
                                         const pcap::record& record, const ip_address& source) {
  std::optional<arrival> made{std::in_place};
  const auto packet = record.bytes.subspan(link.header_size);
  made->wire_size = without_padding(packet, record.original_length - link.header_size);
  made->packet = packet.first(std::min(packet.size(), made->wire_size));
  made->cast = link.cast;
  made->sender.ingress = ingress;
  const auto& station = link.addresses.source;
  if (station != mac_address{} && !ingress.is_local()) {
    made->sender.station = station;
    if (wires_[ingress].hosts.is_news(source, station)) [[unlikely]] {
      note(ingress, source, station);
    }
  }
  return made;
}

/// Where a record enters: a tap's by the side its source lives on.
interface_id arrivals::ingress_of(const input_file& file, const link_facts& link,
                                  const ip_address& source) const {
  if (!file.assigned.outside || !link.ok) {
    return file.assigned.inside;
  }
  const bool is_inside = where_.is_behind(file.assigned.inside, source);
  return is_inside ? file.assigned.inside : *file.assigned.outside;
}

void arrivals::count(interface_id ingress, const input_file& file, const link_facts& link) {
  const auto& record = file.next;
  ++counts_.frames;
  auto& frames = wires_[ingress].counts;
  ++frames.in;
  frames.in_bytes += record.original_length;
  counts_.cut += record.original_length > record.bytes.size() ? 1u : 0u;
  counts_.tagged += link.ok && link.tag_count != 0 ? 1u : 0u;
  if (!link.ok) {
    ++counts_.drops[static_cast<std::size_t>(link.fault)];
  }
}

/// An ARP message tells its sender's address (RFC 826).
void arrivals::note_arp(interface_id ingress, const link_facts& link,
                        std::span<const std::byte> frame) {
  constexpr std::size_t station_at = 8;
  constexpr std::size_t address_at = 14;
  constexpr std::size_t message_size = 28;
  if (link.type != ethertype::arp || frame.size() < link.header_size + message_size) {
    return;
  }
  const auto message = frame.subspan(link.header_size);
  const ipv4_address sender{load_be<std::uint32_t>(message, address_at)};
  const auto station = load_mac(message, station_at);
  if (wires_[ingress].hosts.is_news(sender, station)) {
    note(ingress, sender, station);
  }
}

/// Out of line: news are rare, and every record comes by here.
[[gnu::noinline]] void arrivals::note(interface_id ingress, const ip_address& neighbor,
                                      const mac_address& station) {
  news_ = sighting{ingress, neighbor, station};
}

void arrivals::learn_news() {
  wires_[news_->ingress].hosts.learn(news_->neighbor, news_->station);
  news_.reset();
}

}  // namespace weir::program

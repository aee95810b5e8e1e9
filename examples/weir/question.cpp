#include "examples/weir/question.hpp"

#include "weir/pcap/link_number.hpp"
#include "weir/pcap/reader.hpp"
#include "weir/wire/ipv4_header.hpp"
#include "weir/wire/ipv6_header.hpp"
#include "weir/wire/link_header.hpp"

#include "examples/weir/box.hpp"
#include "examples/weir/failure.hpp"
#include "examples/weir/file_uses.hpp"
#include "examples/weir/sides.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <string_view>
#include <utility>

namespace weir::program {

namespace {

/// FILE#NUMBER, counted from one as other programs do.
struct numbered_record {
  std::string path;
  std::uint64_t number = 0;
};

numbered_record checked_record(const std::string& text) {
  const auto hash = text.rfind('#');
  numbered_record made{text.substr(0, hash), 0};
  if (hash != std::string::npos) {
    const auto* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data() + hash + 1, end, made.number);
    if (error != std::errc{} || rest != end) made.number = 0;
  }
  if (made.number == 0) {
    throw usage_failure(
        fmt::format("--pcap {}: write it as FILE#NUMBER; the first packet is number 1", text));
  }
  return made;
}

std::vector<std::byte> bytes_of_hex(const std::string& text) {
  std::vector<std::byte> made;
  std::string digits;
  for (const char letter : text) {
    if (std::isspace(static_cast<unsigned char>(letter)) == 0 && letter != ':') digits += letter;
  }
  for (std::size_t at = 0; at < digits.size(); at += 2) {
    unsigned value = 0;
    const auto* const first = digits.data() + at;
    const auto [rest, error] = std::from_chars(first, first + 2, value, 16);
    if (at + 1 == digits.size() || error != std::errc{} || rest != first + 2) {
      throw usage_failure(
          "--packet: not hexadecimal; give two digits for each byte, from the IP or the Ethernet "
          "header on");
    }
    made.push_back(static_cast<std::byte>(value));
  }
  return made;
}

/// What a frame holds that is no IP packet.
std::string strange_payload(const link_facts& link) {
  constexpr std::uint16_t first_type = 1536;  // IEEE 802.3: what is less is a length
  if (link.fault != drop_reason::not_ip) return "cannot be read";
  if (link.type == ethertype::arp) return "ARP";
  return link.type < first_type ? "without an ethertype"
                                : fmt::format("ethertype 0x{:04x}", link.type);
}

question unread(drop_reason why, std::size_t wire_size, const std::string& what) {
  question made;
  made.unread = why;
  made.frame = fmt::format("{} bytes, {}", wire_size, what);
  return made;
}

/// Takes the link header off.
question stripped(std::span<const std::byte> frame, std::size_t wire_size, link_type type) {
  const auto link = strip(frame, type);
  if (!link.ok) {
    return unread(link.fault, wire_size, strange_payload(link));
  }
  question made;
  const auto packet = frame.subspan(link.header_size);
  made.wire_size = without_padding(packet, wire_size - link.header_size);
  made.source = source_of(packet);
  const auto held = packet.first(std::min(packet.size(), made.wire_size));
  made.packet.assign(held.begin(), held.end());
  made.cast = link.cast;
  if (type == link_type::ethernet) {
    made.ethernet = link;
  }
  return made;
}

/// Whether an IP packet begins here and is all there, by its own lengths.
bool is_whole_packet(std::span<const std::byte> bytes) noexcept {
  if (const auto header = ipv4_header::parse(bytes)) {
    return header->total_length() <= bytes.size();
  }
  const auto wide = ipv6_header::parse(bytes);
  return wide && ipv6_header::size + wide->payload_length() <= bytes.size();
}

/// Whether a frame of this type is one that is met, whatever it carries.
bool is_usual_type(std::uint16_t type) noexcept {
  return type == ethertype::ipv4 || type == ethertype::ipv6 || type == ethertype::arp ||
         type == ethertype::pppoe_session || is_vlan(type);
}

/// What bytes begin with, if nobody says so. A station's address may look like the begin of an IP
/// header, an IP address like an Ethernet type: who holds a whole packet is believed first.
link_type guessed_link(std::span<const std::byte> bytes) noexcept {
  const auto frame = strip(bytes, link_type::ethernet);
  if (frame.ok && is_whole_packet(bytes.subspan(frame.header_size))) {
    return link_type::ethernet;
  }
  if (is_whole_packet(bytes)) {
    return link_type::raw;
  }
  const bool is_frame = is_usual_type(frame.type) || !strip(bytes, link_type::raw).ok;
  return is_frame ? link_type::ethernet : link_type::raw;
}

question from_hex(const std::string& text, const std::string& link) {
  const auto bytes = bytes_of_hex(text);
  const auto type = link.empty()    ? guessed_link(bytes)
                    : link == "raw" ? link_type::raw
                                    : link_type::ethernet;
  return stripped(bytes, bytes.size(), type);
}

question from_capture(const std::string& text) {
  const auto wanted = checked_record(text);
  auto opened = pcap::reader::open(wanted.path);
  if (!opened) {
    throw usage_failure(fmt::format("{}: cannot be read: {}", wanted.path, std::strerror(errno)));
  }
  pcap::record record;
  std::uint64_t number = 0;
  while (number < wanted.number && opened->next(record)) ++number;
  if (number < wanted.number) {
    const auto& fault = opened->fault();
    throw usage_failure(
        fmt::format("{}: has {} packets{}", wanted.path, number, fault ? ": " + fault->what : ""));
  }
  const auto type = pcap::link_type_of(record.link_type);
  if (!type) {
    return unread(drop_reason::not_ip, record.original_length,
                  fmt::format("of link type {}, which weir does not read",
                              pcap::link_name(record.link_type)));
  }
  auto made = stripped(record.bytes, record.original_length, *type);
  made.time = record.time;
  return made;
}

/// Without --in and --tap, a packet enters where its source lives.
interface_id by_source(const question& asked, const snapshot& config) {
  const auto hop = asked.source.is_ipv4() ? config.route(domain_id{}, asked.source.v4())
                                          : config.route(domain_id{}, asked.source.v6());
  if (!hop || config.next_hop(*hop).interface.is_local()) {
    throw usage_failure(
        "where the packet enters cannot be told by its source; give --in INTERFACE");
  }
  return config.next_hop(*hop).interface;
}

}  // namespace

question asked_question(const explain_options& options, const snapshot& config) {
  auto made = options.capture.empty() ? from_hex(options.packet, options.link)
                                      : from_capture(options.capture);
  made.completes_checksum = options.complete_checksums;
  if (!options.in.empty()) {
    made.ingress = named_interface(options.in, "--in " + options.in, config);
  } else if (!options.tap.empty()) {
    const auto tap = named_tap(options.tap, "--tap " + options.tap, config);
    const sides where{config};
    made.is_reflected = !made.unread && !where.is_behind(tap.inside, made.source);
    made.ingress = made.is_reflected ? tap.outside : tap.inside;
    made.inside = config.interface(tap.inside).domain;
  } else if (!made.unread) {
    made.ingress = by_source(made, config);
  }
  return made;
}

std::vector<input_assignment> history_of(const explain_options& options, const snapshot& config) {
  if (!options.in.empty() && !options.tap.empty()) {
    throw usage_failure("--in and --tap exclude each other: a packet enters one way");
  }
  std::vector<assignment> typed;
  for (const auto& one : options.after) {
    const auto equals = one.find('=');
    const auto names = equals == std::string::npos ? options.tap.empty() ? options.in : options.tap
                                                   : one.substr(0, equals);
    if (names.empty()) {
      throw usage_failure(fmt::format(
          "--after {}: where its packets enter is not said; give --in INTERFACE, --tap IN,OUT, or "
          "write INTERFACE=FILE",
          one));
    }
    const auto path = equals == std::string::npos ? one : one.substr(equals + 1);
    const bool is_tap = names.find(',') != std::string::npos;
    typed.push_back({is_tap ? "--tap" : "--in", names + "=" + path});
  }
  auto made = typed.empty() ? std::vector<input_assignment>{} : checked_inputs(typed, config);
  file_uses files;
  files.read(options.config, "--config " + options.config);
  for (const auto& one : made) files.read(one.path, one.words);
  if (!options.capture.empty()) {
    const auto own = checked_record(options.capture);
    files.read(own.path, "--pcap " + options.capture);
    for (auto& one : made) {
      if (is_same_file(one.path, own.path)) one.records_max = own.number - 1;
    }
  }
  return made;
}

}  // namespace weir::program

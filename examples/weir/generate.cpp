#include "examples/weir/generate.hpp"

#include "weir/net/text.hpp"
#include "weir/pcap/link_number.hpp"
#include "weir/pcap/writer.hpp"
#include "weir/wire/link_header.hpp"

#include "examples/weir/bulk.hpp"
#include "examples/weir/file_uses.hpp"
#include "examples/weir/text.hpp"
#include "examples/weir/traffic.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <optional>
#include <utility>

namespace weir::program {

namespace {

ip_prefix checked_prefix(const std::string& option, const std::string& text, bool is_ipv4) {
  const auto made = parse_prefix(text);
  if (!made || made->is_ipv4() != is_ipv4) {
    throw usage_failure(fmt::format("{} {}: not an {} prefix; write it like {}", option, text,
                                    is_ipv4 ? "IPv4" : "IPv6",
                                    is_ipv4 ? "10.0.0.0/24" : "2001:db8:1::/64"));
  }
  return *made;
}

template <class T>
void check_range(const char* option, T value, T first, T last) {
  if (value < first || value > last) {
    throw usage_failure(fmt::format("{} {}: must be from {} to {}", option, value, first, last));
  }
}

/// The one file, or the files of the two sides.
std::vector<std::string> checked_paths(const std::vector<std::string>& out) {
  std::vector<std::string> paths;
  for (const auto& one : out) {
    const auto equals = one.find('=');
    paths.push_back(equals == std::string::npos ? one : one.substr(equals + 1));
  }
  if (out.size() > 2 || (out.size() == 2 && is_same_file(paths[0], paths[1]))) {
    throw usage_failure(
        "--out takes one file for both directions, or NAME=FILE twice: what the hosts send, then "
        "what the Internet sends");
  }
  return paths;
}

pcap::writer open_output(const std::string& path) {
  auto opened = pcap::writer::open(path, pcap::link_number_ethernet);
  if (!opened) {
    throw input_output_failure(
        fmt::format("{}: cannot be written: {}", path, std::strerror(errno)));
  }
  return std::move(*opened);
}

bool write_home(const home_options& options, pcap::writer& from_inside, pcap::writer& from_outside,
                std::uint64_t& packets) {
  std::array<std::byte, ethernet_header::size> link_header{};
  for (const auto& frame : home_traffic(options)) {
    write_ethernet_header(link_header, frame.stations, {}, frame.type);
    auto& to = frame.from_inside ? from_inside : from_outside;
    const auto size = static_cast<std::uint32_t>(link_header.size() + frame.payload.size());
    if (!to.write(frame.time, {link_header, frame.payload, size})) {
      return false;
    }
    ++packets;
  }
  return true;
}

home_options checked_home(const generate_options& options) {
  home_options made{.seed = options.seed,
                    .inside = checked_prefix("--inside", options.inside, true),
                    .inside_ipv6 = {},
                    .hosts = options.hosts,
                    .conversations = options.conversations,
                    .length = duration::seconds(options.seconds)};
  if (!options.inside_ipv6.empty()) {
    made.inside_ipv6 = checked_prefix("--inside-ipv6", options.inside_ipv6, false);
  }
  constexpr unsigned longest = 28;
  check_range("--inside: the prefix length", made.inside.length(), 8u, longest);
  const auto hosts_max = (1u << (32 - made.inside.length())) - 3;
  check_range("--hosts", options.hosts, 1u, std::min(hosts_max, 65'000u));
  check_range("--conversations", options.conversations, 0u, 1'000'000u);
  check_range("--duration", options.seconds, 1u, 86'400u);
  return made;
}

bulk_options checked_bulk(const generate_options& options) {
  const auto home = checked_home(options);
  check_range("--size", options.size, bulk_frame_size_min, bulk_frame_size_max);
  check_range("--flows", options.flows, 1u, bulk_flows_max);
  return {.seed = options.seed,
          .inside = home.inside,
          .packets = options.packets,
          .flows = options.flows,
          .frame_size = options.size};
}

}  // namespace

exit_code run_generate(const generate_options& options) {
  const auto paths = checked_paths(options.out);
  const auto home = checked_home(options);
  const auto bulk = checked_bulk(options);
  auto first = open_output(paths.front());
  std::optional<pcap::writer> second;
  if (paths.size() == 2) {
    second.emplace(open_output(paths.back()));
  }
  auto& from_outside = second ? *second : first;

  std::uint64_t packets = options.packets;
  bool good = options.packets == 0 ? write_home(home, first, from_outside, packets)
                                   : write_bulk(bulk, first, from_outside);
  good = first.close() && good;
  good = (!second || second->close()) && good;
  if (!good) {
    const int error = first.error() != 0 ? first.error() : from_outside.error();
    throw input_output_failure(
        fmt::format("{}: writing failed: {}", listed(paths), std::strerror(error)));
  }
  auto* const to = paths.front() == "-" || paths.back() == "-" ? stderr : stdout;
  fmt::print(to, "{} packets in {}\n", text(packets), listed(paths));
  return exit_code::ok;
}

}  // namespace weir::program

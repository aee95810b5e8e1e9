#include "examples/weir/generate.hpp"

#include "weir/net/special_address.hpp"
#include "weir/net/text.hpp"
#include "weir/pcap/link_number.hpp"
#include "weir/pcap/writer.hpp"
#include "weir/wire/link_header.hpp"

#include "examples/weir/bulk.hpp"
#include "examples/weir/file_uses.hpp"
#include "examples/weir/output_file.hpp"
#include "examples/weir/text.hpp"
#include "examples/weir/traffic.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <optional>
#include <span>

namespace weir::program {

namespace {

template <class T>
void check_range(const std::string& option, T value, T first, T last) {
  if (value < first || value > last) {
    throw usage_failure(fmt::format("{} {}: must be from {} to {}", option, value, first, last));
  }
}

/// Whether hosts that others talk to may have the addresses of a block of eight bits or more.
bool is_for_hosts(const ip_prefix& block) {
  const auto first = block.address();
  if (first.is_ipv4()) {
    constexpr auto of_links = ipv4_prefix::around(ipv4_address{169, 254, 0, 0}, 16);
    return !is_martian_source(first.v4()) && !of_links.overlaps(block.as<ipv4>());
  }
  constexpr unsigned global = 0x2000 >> 13;       // 2000::/3
  constexpr unsigned unique_local = 0xFC00 >> 9;  // fc00::/7
  return first.v6().high() >> 61 == global || first.v6().high() >> 57 == unique_local;
}

/// The home's block of a family: one that hosts may have, and that is not the Internet's.
ip_prefix checked_home_block(const std::string& option, const std::string& text, bool is_ipv4,
                             std::span<const ip_prefix> internet) {
  const char* const example = is_ipv4 ? "10.0.0.0/24" : "2001:db8:1::/64";
  const auto made = parse_prefix(text);
  if (!made || made->is_ipv4() != is_ipv4) {
    throw usage_failure(fmt::format("{} {}: not an {} prefix; write it like {}", option, text,
                                    is_ipv4 ? "IPv4" : "IPv6", example));
  }
  check_range(option + ": the prefix length", made->length(), 8u, is_ipv4 ? 28u : 112u);
  if (!is_for_hosts(*made)) {
    throw usage_failure(fmt::format("{} {}: hosts have no such addresses; write it like {}", option,
                                    text, example));
  }
  for (const auto& block : internet) {
    if (made->overlaps(block)) {
      throw usage_failure(fmt::format("{} {}: {} is the made Internet's; take another, like {}",
                                      option, text, to_text(block), example));
    }
  }
  return *made;
}

/// The one file, which may have any name, or the files of the two sides.
std::vector<std::string> checked_paths(const std::vector<std::string>& out) {
  if (out.size() == 1) {
    return out;
  }
  std::vector<std::string> paths;
  for (const auto& one : out) {
    const auto equals = one.find('=');
    paths.push_back(equals == std::string::npos ? one : one.substr(equals + 1));
    if (equals == 0 || paths.back().empty()) {
      throw usage_failure(fmt::format("--out {}: write it as --out NAME=FILE", one));
    }
  }
  const bool is_one =
      out.size() == 2 && (is_same_file(paths[0], paths[1]) ||
                          (is_standard_output(paths[0]) && is_standard_output(paths[1])));
  if (out.size() > 2 || is_one) {
    throw usage_failure(
        "--out takes one file for both directions, or NAME=FILE twice: what the hosts send, then "
        "what the Internet sends");
  }
  return paths;
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

void check_hosts(std::uint32_t hosts, const ip_prefix& inside) {
  const auto hosts_max = (1u << (32 - inside.length())) - 3;
  check_range("--hosts", hosts, 1u, std::min(hosts_max, 65'000u));
}

home_options checked_home(const generate_options& options) {
  home_options made{.seed = options.seed,
                    .inside = checked_home_block("--inside", options.inside, true, made_internet),
                    .inside_ipv6 = {},
                    .hosts = options.hosts,
                    .conversations = options.conversations,
                    .length = duration::seconds(options.seconds)};
  if (!options.inside_ipv6.empty()) {
    made.inside_ipv6 =
        checked_home_block("--inside-ipv6", options.inside_ipv6, false, made_internet);
  }
  check_hosts(options.hosts, made.inside);
  check_range("--conversations", options.conversations, 0u, 1'000'000u);
  check_range("--duration", options.seconds, 1u, 86'400u);
  return made;
}

bulk_options checked_bulk(const generate_options& options) {
  check_range("--size", options.size, bulk_frame_size_min, bulk_frame_size_max);
  check_range("--flows", options.flows, 1u, bulk_flows_max);
  const std::array internet{bulk_internet};
  return {.seed = options.seed,
          .inside = checked_home_block("--inside", options.inside, true, internet),
          .packets = options.packets,
          .flows = options.flows,
          .frame_size = options.size};
}

}  // namespace

exit_code run_generate(const generate_options& options) {
  const auto paths = checked_paths(options.out);
  const auto bulk = options.packets != 0 ? std::optional{checked_bulk(options)} : std::nullopt;
  const auto home = bulk ? home_options{} : checked_home(options);
  auto first = open_output(paths.front(), pcap::link_number_ethernet);
  std::optional<pcap::writer> second;
  if (paths.size() == 2) {
    second.emplace(open_output(paths.back(), pcap::link_number_ethernet));
  }
  auto& from_outside = second ? *second : first;

  std::uint64_t packets = options.packets;
  bool good = bulk ? write_bulk(*bulk, first, from_outside)
                   : write_home(home, first, from_outside, packets);
  good = first.close() && good;
  good = (!second || second->close()) && good;
  if (!good) {
    const int error = first.error() != 0 ? first.error() : from_outside.error();
    throw input_output_failure(
        fmt::format("{}: writing failed: {}", listed(paths), std::strerror(error)));
  }
  const bool is_taken = is_standard_output(paths.front()) || is_standard_output(paths.back());
  auto* const to = is_taken ? stderr : stdout;
  fmt::print(to, "{} packets in {}\n", text(packets), listed(paths));
  return exit_code::ok;
}

}  // namespace weir::program
